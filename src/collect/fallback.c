/* /proc/net instead of netlink: see fallback.h. */
#include "config.h"

#include "collect/fallback.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The file that is to be read for @proto and @family, or NULL. */
static const char *named_file(const struct collector *c, enum proto proto, unsigned int family)
{
	return c->options.proc_net[proto][family == FAMILY_V6];
}

bool fallback_has_file(const struct collector *c, enum proto proto)
{
	return named_file(c, proto, FAMILY_V4) || named_file(c, proto, FAMILY_V6);
}

void fallback_without_netlink(struct collector *c, const struct error *cause)
{
	c->no_netlink = true;
	snprintf(c->refusal, sizeof(c->refusal), "%s", cause->text);
}

void fallback_refused(struct collector *c, struct leg *leg, int code)
{
	c->refused |= PROTO_BIT(leg->spec.proto);
	c->report.from_netlink &= ~PROTO_BIT(leg->spec.proto);
	snprintf(c->refusal, sizeof(c->refusal), "%s", strerror(code));
	leg->unknown = code == ENOENT && !procnet_tells_of(leg->spec.proto);
}

/* "tcp, raw": the names of @protos, or the modules that know them. */
static void name_protos(char *out, size_t size, proto_set protos, bool modules)
{
	size_t used = 0;
	const char *last = NULL;

	out[0] = '\0';
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		const char *name = modules ? proto_info(p)->module : proto_info(p)->name;

		/* protocols that share a module stand side by side in the table */
		if (!(protos & PROTO_BIT(p)) || (last && !strcmp(last, name)) || used >= size)
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
		last = name;
	}
}

/* Why /proc/net was read where that was not asked for; false when it was not. */
static bool tell_refusal(struct collector *c)
{
	proto_set refused = c->refused & c->report.from_proc;
	char names[128];
	char modules[128];

	if (c->options.no_netlink)
		return false;
	if (c->no_netlink) {
		snprintf(c->why, sizeof(c->why), "/proc/net is read instead of netlink: %s",
			 c->refusal);
		return true;
	}
	if (!refused)
		return false;
	name_protos(names, sizeof(names), refused, false);
	name_protos(modules, sizeof(modules), refused, true);
	snprintf(c->why, sizeof(c->why),
		 "/proc/net is read for %s: the kernel's sock_diag refuses %s (%s); "
		 "the module%s %s may have to be loaded", names,
		 strchr(names, ',') ? "them" : "it", c->refusal,
		 strchr(modules, ',') ? "s" : "", modules);
	return true;
}

void fallback_reset(struct collector *c)
{
	const struct collect_report before = c->report;

	if (!before.source)
		snprintf(c->sources, sizeof(c->sources), "%s",
			 c->no_netlink ? "procfs" : "netlink");
	c->refused = 0;
	c->report = (struct collect_report){
		.source = c->sources,
		.why = before.why,
		.unasked = before.unasked,
	};
}

void fallback_tell(struct collector *c)
{
	struct collect_report *report = &c->report;

	if (c->no_netlink && !report->from_proc)
		snprintf(c->sources, sizeof(c->sources), "procfs");
	else
		collect_report_name(report, c->sources, sizeof(c->sources));
	report->unasked = tell_refusal(c);
	if (report->unasked)
		report->why = c->why;
	else if (c->no_netlink)
		report->why = "as asked for, /proc/net is read instead of netlink";
	else
		report->why = report->from_proc ?
			"as asked for, files of lines as in /proc/net are read" : NULL;
}

/* A file that is missing below an existing /proc/net: a protocol that this kernel lacks. */
static bool proc_net_exists(const struct collector *c)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/net/.",
		 c->options.proc_root ? c->options.proc_root : "/proc");
	return access(path, F_OK) == 0;
}

/* Neither netlink nor /proc/net tells of what @leg is about. */
static void note_missing(struct collector *c, const struct leg *leg)
{
	proto_set proto = PROTO_BIT(leg->spec.proto);

	if (!procnet_tells_of(leg->spec.proto) && !leg->unknown)
		c->report.untold |= proto;
	/* Without IPv6 in the kernel the protocol itself is still there. */
	else if (leg->unknown || leg->spec.family != FAMILY_V6)
		c->report.missing |= proto;
}

static int opened(struct collector *c, const struct leg *leg)
{
	c->report.from_proc |= PROTO_BIT(leg->spec.proto);
	c->report.untold_states[leg->spec.proto] =
		procnet_untold(leg->spec.proto) & c->request.states;
	c->report.matched = !c->request.match;
	return 1;
}

int fallback_open(struct collector *c, const struct leg *leg, struct error *err)
{
	const char *path = named_file(c, leg->spec.proto, leg->spec.family);
	struct error cause = { 0 };

	if (path)
		return procnet_open_file(&c->proc, &leg->spec, path, err) < 0 ? -1 :
										opened(c, leg);
	if (!procnet_open(&c->proc, &leg->spec, c->options.proc_root, &cause))
		return opened(c, leg);
	if (cause.code == ENOENT && proc_net_exists(c)) {
		note_missing(c, leg);
		return 0;
	}
	/* what was refused for lack of netlink is its reason */
	c->report.from_proc |= PROTO_BIT(leg->spec.proto);
	fallback_tell(c);
	return error_set(err, 0, "no source of sockets: %s; is /proc mounted? (%s)", cause.text,
			 c->report.why);
}
