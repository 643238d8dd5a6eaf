/* From options to a collector: see source.h. */
#include "config.h"

#include "app/source.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/families.h"
#include "app/replay.h"
#include "app/say.h"
#include "collect/dumpfile.h"
#include "collect/netns.h"

/* ss's variables: files that are read instead of asking netlink for a protocol. */
static const struct {
	const char *variable;
	enum proto proto;
	unsigned int v6;
} proc_net_files[] = {
	{ "PROC_NET_TCP", PROTO_TCP, 0 },
	{ "PROC_NET_TCP6", PROTO_TCP, 1 },
	{ "PROC_NET_UDP", PROTO_UDP, 0 },
	{ "PROC_NET_UDP6", PROTO_UDP, 1 },
	{ "PROC_NET_RAW", PROTO_RAW, 0 },
	{ "PROC_NET_RAW6", PROTO_RAW, 1 },
	{ "PROC_NET_UNIX", PROTO_UNIX, 0 },
	{ "PROC_NET_PACKET", PROTO_PACKET, 0 },
	{ "PROC_NET_NETLINK", PROTO_NETLINK, 0 },
};

int source_enter(const struct options *o, struct error *err)
{
	struct netns_visit visit = { 0 };
	struct error why;
	int rc;
	int fd;

	if (!o->net)
		return 0;
	fd = netns_open(o->net, err);
	if (fd < 0)
		return -1;
	rc = netns_enter(&visit, fd, &why);
	close(fd);
	if (!rc) {
		close(visit.home); /* there is no way back */
		return 0;
	}
	return error_set(err, 0, "--net '%s': %s", o->net, why.text);
}

static void name_files(struct collect_options *options)
{
	for (size_t i = 0; i < sizeof(proc_net_files) / sizeof(proc_net_files[0]); i++) {
		const char *path = getenv(proc_net_files[i].variable);

		if (path && *path)
			options->proc_net[proc_net_files[i].proto][proc_net_files[i].v6] = path;
	}
}

struct collector *source_open(const struct options *o, struct replay *replay, bool parallel,
			      struct error *err)
{
	struct collect_options options = {
		.proc_root = o->proc_root,
		.no_netlink = o->no_netlink || o->proc_root,
		.parallel = parallel,
		.all_namespaces = o->all_namespaces,
	};

	if (replay)
		replay_source(replay, &options.saved);
	else if (o->from && dumpfile_source(&options.saved, o->from, err))
		return NULL;
	name_files(&options);
	return collector_open(&options, err);
}

struct collect_request source_request(const struct options *o, unsigned int facts)
{
	struct collect_request request = {
		.protos = options_protos(o),
		.families = options_families(o),
		.states = options_states(o),
		.facts = facts & FACTS_OF_DUMP,
	};

	families_types(o, request.types);
	return request;
}

const char *source_remedy(void)
{
	return geteuid() ? " (run as root)" : "";
}

static void say_refused(const struct collect_report *report)
{
	struct error what;

	error_set(&what, 0, "%zu network namespace%s could not be entered%s: %s%s",
		  report->refused, report->refused == 1 ? "" : "s", source_remedy(),
		  report->refused_names ? report->refused_names : "?",
		  report->unseen ? "; others may be hidden" : "");
	say_error(&what, EXIT_DONE);
}

static void say_unseen(const struct collect_report *report)
{
	struct error what;

	error_set(&what, 0, "the network namespace of %zu process%s could not be told%s; some "
		  "may be missing",
		  report->unseen, report->unseen == 1 ? "" : "es", source_remedy());
	say_error(&what, EXIT_DONE);
}

bool source_untold(const struct options *o, const struct collect_report *report)
{
	proto_set untold = report->untold & o->protos_named;

	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (report->untold_states[p])
			untold |= PROTO_BIT(p);
	return untold;
}

void source_say_lacking(const struct options *o, const struct collect_report *report)
{
	struct error what;

	if (report->unasked) {
		error_set(&what, 0, "%s", report->why);
		say_error(&what, EXIT_DONE);
	}
	if (families_lacking(o, report, &what))
		say_error(&what, EXIT_DONE);
}

int source_say_gaps(const struct collector *c, int status, int failed)
{
	const struct collect_report *report = collector_report(c);
	struct error what;

	if (report->refused)
		say_refused(report);
	else if (report->unseen)
		say_unseen(report);
	if (!report->incomplete)
		return status;
	error_set(&what, 0, "%s", report->incomplete);
	return say_error(&what, failed);
}
