/*
 * Where sockets come from: one pass over the table of sources.
 *
 * To add a protocol or family: a row in sources[], and a decoder (see source.h)
 * if its messages differ.  A pass is a list of legs, each one dump of one source,
 * read one datagram at a time; a leg that netlink refuses is read from /proc/net.
 */
#include "config.h"

#include "collect/collect.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collect/collector.h"
#include "collect/inet_diag.h"
#include "collect/split.h"

/* How often a leg is begun again before it is an error. */
#define RESTARTS_MAX 4

static const struct source sources[] = {
	{ .proto = PROTO_TCP, .netlink = &inet_diag_source, .one_walk = true },
	{ .proto = PROTO_UDP, .netlink = &inet_diag_source },
};

struct collector *collector_open(const struct collect_options *options, struct error *err)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (!c) {
		error_set(err, ENOMEM, "cannot collect sockets");
		return NULL;
	}
	if (options)
		c->options = *options;
	c->dump.transport = c->options.transport;
	c->exact.transport = c->options.transport;
	if (c->options.no_netlink) {
		c->no_netlink = true;
		snprintf(c->why, sizeof(c->why),
			 "as asked for, /proc/net is read instead of netlink");
	}
	return c;
}

void collector_close(struct collector *c)
{
	if (!c)
		return;
	netlink_fini(&c->dump);
	netlink_fini(&c->exact);
	procnet_close(&c->proc);
	bytecode_fini(&c->program);
	free(c);
}

const struct collect_report *collector_report(const struct collector *c)
{
	return &c->report;
}

/* Nothing is under way any more; what a half-read dump needs is released. */
static void pass_end(struct collector *c)
{
	netlink_abandon(&c->dump);
	procnet_close(&c->proc);
	c->leg_count = 0;
	c->leg_at = 0;
	c->asked = false;
}

static void leg_add(struct collector *c, const struct source *source, unsigned int family)
{
	struct leg *leg = &c->legs[c->leg_count];

	if (c->leg_count == LEGS_MAX)
		return;
	*leg = (struct leg){
		.source = source,
		.spec = {
			.proto = source->proto,
			.family = family,
			.states = c->request.states,
			.facts = c->request.facts,
			.filter = c->filter,
		},
		.from_proc = c->no_netlink,
	};
	if (source->netlink->prepare(&leg->spec))
		c->leg_count++;
}

static void legs_add(struct collector *c, const struct source *source)
{
	unsigned int both = FAMILY_V4 | FAMILY_V6;
	unsigned int families = c->request.families & both;

	if (families == both && source->one_walk && !c->one_walk_refused && !c->no_netlink) {
		leg_add(c, source, both);
		return;
	}
	if (families & FAMILY_V4)
		leg_add(c, source, FAMILY_V4);
	if (families & FAMILY_V6)
		leg_add(c, source, FAMILY_V6);
}

/* Compile request.match into the filter of all legs. */
static int filter_compile(struct collector *c, struct error *err)
{
	struct bytecode_limits limits = { .without = c->without };

	bytecode_fini(&c->program);
	c->program = (struct bytecode){ 0 };
	if (c->request.match && !c->report.unfiltered &&
	    bytecode_compile(&c->program, c->request.match, &limits, err) < 0)
		return -1;
	c->filter = (struct diag_filter){ c->program.code, c->program.len };
	c->report.matched = !c->request.match ||
			    (c->program.exact && !c->report.unfiltered && !c->no_netlink);
	for (size_t i = 0; i < c->leg_count; i++)
		c->legs[i].spec.filter = c->filter;
	return 0;
}

int collector_start(struct collector *c, const struct collect_request *request, struct error *err)
{
	pass_end(c);
	c->request = *request;
	c->report = (struct collect_report){
		.source = c->no_netlink ? "procfs" : "netlink",
		.why = c->no_netlink ? c->why : NULL,
	};
	memset(c->recent, 0, sizeof(c->recent));
	ifnames_reset(&c->interfaces);
	if (filter_compile(c, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (request->protos & PROTO_BIT(sources[i].proto))
			legs_add(c, &sources[i]);
	return 0;
}

/*
 * True when @cookie was seen a short while ago.  The kernel resumes a dump at an
 * index in a hash chain; a chain that grew meanwhile gives sockets twice, close
 * to one another.
 */
static bool seen(struct collector *c, uint64_t cookie)
{
	uint64_t *slot = &c->recent[cookie * UINT64_C(0x9e3779b97f4a7c15) >> (64 - RECENT_BITS)];

	if (*slot == cookie)
		return cookie != 0;
	*slot = cookie;
	return false;
}

static int sock_push(struct collector *c, const struct sock *sk)
{
	c->report.sockets++;
	return sink_push(c->sink, sk);
}

static int message_take(void *context, const struct nlmsghdr *nlh)
{
	struct collector *c = context;
	struct leg *leg = &c->legs[c->leg_at];
	struct sock *sk = &c->record.sock;

	if (!leg->source->netlink->decode(&leg->spec, nlh, &c->record)) {
		c->report.malformed++;
		return 0;
	}
	leg->taken++;
	if (!(c->request.states & STATE_BIT(sk->state))) {
		c->report.outside++;
		return 0;
	}
	if (sk->has & SOCK_HAS_COOKIE && seen(c, sk->cookie)) {
		c->report.duplicates++;
		return 0;
	}
	sk->interface = ifnames_find(&c->interfaces, sk->ifindex);
	return sock_push(c, sk);
}

/* Lines of other states are in the file whether asked for or not. */
static int line_take(void *context, const struct sock *sk)
{
	struct collector *c = context;

	if (!(c->request.states & STATE_BIT(sk->state)))
		return 0;
	return sock_push(c, sk);
}

static void leg_done(struct collector *c)
{
	c->leg_at++;
	c->asked = false;
}

/* Read the rest of this pass's legs from /proc/net, from this one on if @all. */
static void legs_from_proc(struct collector *c, bool all)
{
	c->report.matched = !c->request.match;
	for (size_t i = c->leg_at; i < (all ? c->leg_count : c->leg_at + 1); i++) {
		struct leg *leg = &c->legs[i];

		leg->from_proc = true;
		if (leg->spec.family == (FAMILY_V4 | FAMILY_V6)) {
			leg->spec.family = FAMILY_V4;
			leg_add(c, leg->source, FAMILY_V6);
			c->legs[c->leg_count - 1].from_proc = true;
		}
	}
	c->report.source = "procfs";
	c->report.why = c->why;
	c->asked = false;
}

/* There is no netlink at all, now and later. */
static int netlink_missing(struct collector *c, const struct error *cause)
{
	snprintf(c->why, sizeof(c->why), "/proc/net is read instead of netlink: %s", cause->text);
	c->no_netlink = true;
	legs_from_proc(c, true);
	return 0;
}

/* Ask for the leg's two families one after the other, in this and later passes. */
static int leg_per_family(struct collector *c, struct leg *leg)
{
	c->one_walk_refused = true;
	leg->spec.family = FAMILY_V4;
	leg_add(c, leg->source, FAMILY_V6);
	c->asked = false;
	return 0;
}

/*
 * The kernel refused the filter with @code: leave out what most likely was the
 * reason, in later passes too, and in the end the whole filter.
 */
static int leg_filter_less(struct collector *c, int code, struct error *err)
{
	unsigned int reason = 1u << (code == EPERM ? MATCH_MARK : MATCH_CGROUP);

	if (c->without & reason)
		c->report.unfiltered = true;
	c->without |= reason;
	c->asked = false;
	return filter_compile(c, err);
}

/* Begin again after @code took the dump away. */
static int leg_restart(struct collector *c, struct leg *leg, int code, struct error *err)
{
	if (code == EAGAIN)
		return error_set(err, 0, "the kernel did not answer a request for its %s sockets; "
				 "try again", proto_info(leg->spec.proto)->name);
	if (leg->restarts++ == RESTARTS_MAX)
		return error_set(err, code, "the dump of %s sockets was interrupted %d times; "
				 "try again", proto_info(leg->spec.proto)->name, RESTARTS_MAX + 1);
	c->report.interrupted++;
	netlink_close(&c->dump);
	c->asked = false;
	return 0;
}

/* The kernel answered with @code instead of the dump, or at its end. */
static int leg_refused(struct collector *c, struct leg *leg, int code, struct error *err)
{
	const char *name = proto_info(leg->spec.proto)->name;

	if (code == EBUSY || code == EINTR || code == ENOBUFS || code == EAGAIN)
		return leg_restart(c, leg, code, err);
	if (leg->taken)
		return error_set(err, code, "the kernel broke off the dump of %s sockets", name);
	if (leg->spec.filter.len)
		return leg_filter_less(c, code, err);
	if (leg->spec.family == (FAMILY_V4 | FAMILY_V6))
		return leg_per_family(c, leg);
	snprintf(c->why, sizeof(c->why),
		 "/proc/net is read for %s: the kernel's sock_diag refuses it (%s); "
		 "the module %s_diag may have to be loaded", name, strerror(code), name);
	legs_from_proc(c, false);
	return 0;
}

int leg_ask(struct netlink *nl, const struct leg *leg, struct error *err)
{
	struct nlmsghdr *request = malloc(DUMP_REQUEST_BYTES + leg->spec.filter.len + 8);
	int rc;

	if (!request)
		return error_set(err, ENOMEM, "cannot ask the kernel for its sockets");
	leg->source->netlink->request(&leg->spec, request);
	rc = netlink_ask(nl, request, err);
	free(request);
	return rc;
}

static int netlink_begin(struct collector *c, struct leg *leg, struct error *err)
{
	struct error cause = { 0 };

	if (netlink_ready(&c->dump, c->request.facts & FACT_MARK, &cause) < 0 ||
	    leg_ask(&c->dump, leg, &cause) < 0) {
		if (cause.code != ENOMEM)
			return netlink_missing(c, &cause);
		*err = cause;
		return -1;
	}
	c->asked = true;
	leg->taken = 0;
	return 0;
}

/* Take in one datagram.  0, 1 when the sink wants no more, -1 with @err set. */
static int netlink_leg_step(struct collector *c, struct leg *leg, struct error *err)
{
	struct netlink_walk walk = { .take = message_take, .context = c };
	enum netlink_status status;

	if (!c->asked)
		return netlink_begin(c, leg, err);
	status = netlink_step(&c->dump, &walk);
	c->report.malformed += walk.malformed;
	if (status == NETLINK_STOPPED)
		return 1;
	if (status == NETLINK_LOST)
		return leg_restart(c, leg, walk.code, err);
	if (status == NETLINK_DONE && walk.code)
		return leg_refused(c, leg, walk.code, err);
	if (status == NETLINK_DONE)
		leg_done(c);
	return 0;
}

/* A file that is missing below an existing /proc/net: a protocol that this kernel lacks. */
static bool proc_net_exists(const struct collector *c)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/net/.",
		 c->options.proc_root ? c->options.proc_root : "/proc");
	return access(path, F_OK) == 0;
}

static int proc_begin(struct collector *c, const struct leg *leg, struct error *err)
{
	struct error cause = { 0 };

	if (procnet_open(&c->proc, &leg->spec, c->options.proc_root, &cause) == 0) {
		c->asked = true;
		return 0;
	}
	if (cause.code != ENOENT || !proc_net_exists(c))
		return error_set(err, 0, "no source of sockets: %s; is /proc mounted? (%s)",
				 cause.text, c->why);
	/* Without IPv6 in the kernel the protocol itself is still there. */
	if (leg->spec.family == FAMILY_V4)
		c->report.missing |= PROTO_BIT(leg->spec.proto);
	leg_done(c);
	return 0;
}

/* Like netlink_leg_step(). */
static int proc_leg_step(struct collector *c, const struct leg *leg, struct error *err)
{
	enum procnet_status status;

	if (!c->asked)
		return proc_begin(c, leg, err);
	status = procnet_step(&c->proc, line_take, c, err);
	if (status == PROCNET_MORE)
		return 0;
	c->report.malformed += c->proc.garbled;
	procnet_close(&c->proc);
	if (status == PROCNET_FAILED)
		return -1;
	leg_done(c);
	return status == PROCNET_STOPPED;
}

static int leg_step(struct collector *c, struct error *err)
{
	struct leg *leg = &c->legs[c->leg_at];

	return leg->from_proc ? proc_leg_step(c, leg, err) : netlink_leg_step(c, leg, err);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int collector_step(struct collector *c, struct sink *sink, unsigned int budget_us,
		   struct error *err)
{
	uint64_t deadline_us = now_us() + budget_us;

	c->sink = sink;
	while (c->leg_at < c->leg_count) {
		int rc = leg_step(c, err);

		if (rc) {
			pass_end(c);
			return rc < 0 ? -1 : 0;
		}
		if (now_us() >= deadline_us)
			break;
	}
	return c->leg_at < c->leg_count;
}

/* The leg over two sockets where that helps; like netlink_leg_step(). */
static int leg_split(struct collector *c, struct leg *leg, struct error *err)
{
	switch (split_run(c, leg, message_take, c)) {
	case SPLIT_DONE:
		c->report.split = true;
		leg_done(c);
		return 0;
	case SPLIT_STOPPED:
		return 1;
	case SPLIT_LOST:
		if (leg->taken)
			return leg_restart(c, leg, EINTR, err);
		break;
	case SPLIT_REFUSED:
		break;
	}
	return leg_step(c, err);
}

int collector_run(struct collector *c, const struct collect_request *request, struct sink *sink,
		  struct error *err)
{
	if (collector_start(c, request, err) < 0)
		return -1;
	c->sink = sink;
	while (c->leg_at < c->leg_count) {
		struct leg *leg = &c->legs[c->leg_at];
		bool fresh = !c->asked && !leg->from_proc && !leg->restarts;
		int rc = c->options.parallel && fresh ? leg_split(c, leg, err) : leg_step(c, err);

		if (rc) {
			pass_end(c);
			return rc < 0 ? -1 : 0;
		}
	}
	return 0;
}

/* Single answers on their way in. */
struct exact_pass {
	struct collector *c;
	const struct sock *socks;
	unsigned int facts;
	uint32_t first_seq;
	size_t left;
	int stopped;
	struct sink *sink;
	const struct sock *spec_of; /* @spec is for this one and others like it */
	struct dump_spec spec;
};

static void exact_spec(struct exact_pass *pass, const struct sock *sk)
{
	const struct sock *like = pass->spec_of;

	if (!like || like->proto != sk->proto || like->state != sk->state)
		inet_diag_exact_spec(sk, pass->facts, &pass->spec);
	pass->spec_of = sk;
}

static int exact_take(void *context, const struct nlmsghdr *nlh)
{
	struct exact_pass *pass = context;
	const struct sock *asked = &pass->socks[nlh->nlmsg_seq - pass->first_seq];
	struct sock_record *record = &pass->c->record;

	pass->left--;
	exact_spec(pass, asked);
	if (nlh->nlmsg_type != NLMSG_ERROR && inet_diag_source.decode(&pass->spec, nlh, record)) {
		record->sock.interface = ifnames_find(&pass->c->interfaces, record->sock.ifindex);
		pass->stopped = sink_push(pass->sink, &record->sock);
	}
	return pass->stopped || !pass->left;
}

static int exact_ask(struct collector *c, const struct sock *socks, size_t count,
		     unsigned int facts, uint32_t *first_seq, struct error *err)
{
	uint64_t requests[COLLECT_EXACT_MAX * INET_DIAG_EXACT_BYTES / sizeof(uint64_t)];

	for (size_t i = 0; i < count; i++)
		inet_diag_exact(&socks[i], facts,
				(void *)((char *)requests + i * INET_DIAG_EXACT_BYTES));
	if (netlink_ready(&c->exact, facts & FACT_MARK, err) < 0)
		return -1;
	return netlink_ask_many(&c->exact, (struct nlmsghdr *)requests,
				count * INET_DIAG_EXACT_BYTES, first_seq, err);
}

int collector_exact(struct collector *c, const struct sock *socks, size_t count,
		    unsigned int facts, struct sink *sink, struct error *err)
{
	struct exact_pass pass = {
		.c = c, .socks = socks, .facts = facts, .left = count, .sink = sink,
	};
	struct netlink_walk walk = { .take = exact_take, .context = &pass, .single = true };

	if (c->no_netlink)
		return error_set(err, 0, "single sockets can be asked for through netlink only");
	if (count > COLLECT_EXACT_MAX)
		return error_set(err, EINVAL, "cannot ask for %zu sockets at once", count);
	if (!count)
		return 0;
	if (exact_ask(c, socks, count, facts, &pass.first_seq, err) < 0)
		return -1;
	walk.seq = pass.first_seq;
	walk.seq_more = (uint32_t)count - 1;
	while (pass.left && !pass.stopped) {
		enum netlink_status status = netlink_step(&c->exact, &walk);

		if (status == NETLINK_LOST || status == NETLINK_DONE) {
			netlink_close(&c->exact);
			return error_set(err, walk.code, "the kernel did not answer for %zu of %zu "
					 "sockets", pass.left, count);
		}
	}
	return 0;
}
