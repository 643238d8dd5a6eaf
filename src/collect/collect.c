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
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "collect/collector.h"
#include "collect/everywhere.h"
#include "collect/fallback.h"
#include "collect/inet_diag.h"
#include "collect/netlink_diag.h"
#include "collect/packet_diag.h"
#include "collect/parallel.h"
#include "collect/saved.h"
#include "collect/tipc_diag.h"
#include "collect/unix_diag.h"
#include "collect/vsock_diag.h"
#include "collect/xdp_diag.h"

/* How often a leg is begun again before it is an error. */
#define RESTARTS_MAX 4

static const struct source sources[] = {
	{ .proto = PROTO_TCP, .netlink = &inet_diag_source, .one_walk = true,
	  .filters = true },
	{ .proto = PROTO_UDP, .netlink = &inet_diag_source, .filters = true },
	{ .proto = PROTO_UDPLITE, .netlink = &inet_diag_source, .filters = true },
	{ .proto = PROTO_RAW, .netlink = &inet_diag_source, .filters = true },
	{ .proto = PROTO_MPTCP, .netlink = &inet_diag_source, .filters = true },
	{ .proto = PROTO_SCTP, .netlink = &inet_diag_source, .repeats = true },
	{ .proto = PROTO_DCCP, .netlink = &inet_diag_source, .filters = true },
	{ .proto = PROTO_UNIX, .netlink = &unix_diag_source },
	{ .proto = PROTO_PACKET, .netlink = &packet_diag_source },
	{ .proto = PROTO_NETLINK, .netlink = &netlink_diag_source, .repeats = true },
	{ .proto = PROTO_VSOCK, .netlink = &vsock_diag_source },
	{ .proto = PROTO_TIPC, .netlink = &tipc_diag_source },
	{ .proto = PROTO_XDP, .netlink = &xdp_diag_source },
};

#define SOURCE_COUNT (sizeof(sources) / sizeof(sources[0]))

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
	c->no_netlink = c->options.no_netlink;
	if (c->options.saved.read)
		c->kind = &saved_kind;
	else if (c->options.all_namespaces && everywhere_open(c, err))
		goto failed;
	return c;
failed:
	collector_close(c);
	return NULL;
}

void collector_close(struct collector *c)
{
	if (!c)
		return;
	if (c->kind)
		c->kind->close(c);
	netlink_fini(&c->dump);
	netlink_fini(&c->exact);
	procnet_close(&c->proc);
	intern_fini(&c->repeated);
	bytecode_fini(&c->program);
	free(c);
}

const struct collect_report *collector_report(const struct collector *c)
{
	return &c->report;
}

const char *collector_netns_name(const struct collector *c, uint64_t netns)
{
	return c->kind && c->kind->netns_name ? c->kind->netns_name(c, netns) : NULL;
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

static struct diag_filter filter_for(const struct collector *c, const struct source *source)
{
	return source->filters ? c->filter : (struct diag_filter){ 0 };
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
			.filter = filter_for(c, source),
		},
		.from_proc = c->no_netlink || fallback_has_file(c, source->proto),
	};
	if (source->netlink->prepare(&leg->spec))
		c->leg_count++;
}

static void legs_add(struct collector *c, const struct source *source)
{
	unsigned int both = FAMILY_V4 | FAMILY_V6;
	unsigned int families = c->request.families & both;

	if (proto_info(source->proto)->family != AF_INET) {
		leg_add(c, source, 0);
		return;
	}
	if (families == both && source->one_walk && !c->one_walk_refused && !c->no_netlink &&
	    !fallback_has_file(c, source->proto)) {
		leg_add(c, source, both);
		return;
	}
	if (families & FAMILY_V4)
		leg_add(c, source, FAMILY_V4);
	if (families & FAMILY_V6)
		leg_add(c, source, FAMILY_V6);
}

static bool all_filter(proto_set protos)
{
	for (size_t i = 0; i < SOURCE_COUNT; i++)
		if (protos & PROTO_BIT(sources[i].proto) && !sources[i].filters)
			return false;
	return true;
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
			    (c->program.exact && !c->report.unfiltered && !c->no_netlink &&
			     all_filter(c->request.protos));
	for (size_t i = 0; i < c->leg_count; i++)
		c->legs[i].spec.filter = filter_for(c, c->legs[i].source);
	return 0;
}

int collector_start(struct collector *c, const struct collect_request *request, struct error *err)
{
	if (c->kind)
		return c->kind->start(c, request, err);
	pass_end(c);
	c->request = *request;
	fallback_reset(c);
	memset(c->recent, 0, sizeof(c->recent));
	intern_reset(&c->repeated);
	ifnames_reset(&c->interfaces);
	if (filter_compile(c, err) < 0)
		return -1;
	for (size_t i = 0; i < SOURCE_COUNT; i++)
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

/* What makes a socket of a source that repeats itself the same one. */
struct identity {
	uint64_t cookie;
	uint8_t address[2][16];
	uint16_t port[2];
};

static void identity_end(struct identity *id, unsigned int i, const struct endpoint *e)
{
	memcpy(id->address[i], e->bytes, sizeof(e->bytes));
	id->port[i] = e->port;
}

/*
 * True when @sk was pushed before in this pass.  A netlink socket in a multicast
 * group is in two tables, an SCTP endpoint is told with its associations as well.
 */
static bool repeated(struct collector *c, const struct sock *sk)
{
	struct identity id;
	size_t before = c->repeated.count;
	uint32_t number;

	memset(&id, 0, sizeof(id)); /* the padding is compared as well */
	id.cookie = sk->cookie;
	identity_end(&id, 0, &sk->local);
	identity_end(&id, 1, &sk->peer);
	return !intern_add(&c->repeated, &id, sizeof(id), &number) &&
	       c->repeated.count == before;
}

static bool duplicate(struct collector *c, const struct source *source, const struct sock *sk)
{
	if (!(sk->has & SOCK_HAS_COOKIE))
		return false;
	return source->repeats ? repeated(c, sk) : seen(c, sk->cookie);
}

static bool wanted(const struct collector *c, const struct sock *sk)
{
	uint16_t types = c->request.types[sk->proto];

	return c->request.states & STATE_BIT(sk->state) && (!types || types & 1u << sk->type);
}

/* The socket of @record, completed with what is known here. */
static int sock_push(struct collector *c, struct sock_record *record)
{
	const struct netlink_source *source = c->legs[c->leg_at].source->netlink;

	record->sock.interface = ifnames_find(&c->interfaces, record->sock.ifindex);
	if (source->describe)
		source->describe(record);
	c->report.sockets++;
	return sink_push(c->sink, &record->sock);
}

static int message_take(void *context, const struct nlmsghdr *nlh)
{
	struct collector *c = context;
	struct leg *leg = &c->legs[c->leg_at];
	const struct sock *sk = &c->record.sock;

	if (!leg->source->netlink->decode(&leg->spec, nlh, &c->record)) {
		c->report.malformed++;
		return 0;
	}
	leg->taken++;
	if (!wanted(c, sk)) {
		c->report.outside++;
		return 0;
	}
	if (duplicate(c, leg->source, sk)) {
		c->report.duplicates++;
		return 0;
	}
	return sock_push(c, &c->record);
}

/* Lines of other states are in the file whether asked for or not. */
static int line_take(void *context, const struct sock *sk)
{
	struct collector *c = context;

	if (!wanted(c, sk))
		return 0;
	c->record.sock = *sk;
	return sock_push(c, &c->record);
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
	c->asked = false;
}

/* There is no netlink at all, now and later. */
static int netlink_missing(struct collector *c, const struct error *cause)
{
	fallback_without_netlink(c, cause);
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
	if (code == EBUSY || code == EINTR || code == ENOBUFS || code == EAGAIN)
		return leg_restart(c, leg, code, err);
	if (leg->taken)
		return error_set(err, code, "the kernel broke off the dump of %s sockets",
				 proto_info(leg->spec.proto)->name);
	/* ENOENT is about the protocol. */
	if (leg->spec.filter.len && code != ENOENT)
		return leg_filter_less(c, code, err);
	if (leg->spec.family == (FAMILY_V4 | FAMILY_V6))
		return leg_per_family(c, leg);
	fallback_refused(c, leg, code);
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
	c->report.from_netlink |= PROTO_BIT(leg->spec.proto);
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

static int proc_begin(struct collector *c, const struct leg *leg, struct error *err)
{
	int opened = fallback_open(c, leg, err);

	c->asked = opened > 0;
	if (!opened)
		leg_done(c);
	return opened < 0 ? -1 : 0;
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

/* The sink wants no more, or a leg failed. */
static int pass_break_off(struct collector *c, int rc)
{
	pass_end(c);
	fallback_tell(c);
	return rc < 0 ? -1 : 0;
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

	if (c->kind)
		return c->kind->step(c, sink, budget_us, err);
	c->sink = sink;
	while (c->leg_at < c->leg_count) {
		int rc = leg_step(c, err);

		if (rc)
			return pass_break_off(c, rc);
		if (now_us() >= deadline_us)
			break;
	}
	if (c->leg_at < c->leg_count)
		return 1;
	fallback_tell(c);
	return 0;
}

/* The leg with a second thread where that helps; like netlink_leg_step(). */
static int leg_parallel(struct collector *c, struct leg *leg, struct error *err)
{
	enum parallel_status status = parallel_run(c, leg, message_take, c);

	if (status != PARALLEL_REFUSED)
		c->report.from_netlink |= PROTO_BIT(leg->spec.proto);
	switch (status) {
	case PARALLEL_DONE:
		leg_done(c);
		return 0;
	case PARALLEL_STOPPED:
		return 1;
	case PARALLEL_LOST:
		if (leg->taken)
			return leg_restart(c, leg, EINTR, err);
		break;
	case PARALLEL_REFUSED:
		break;
	}
	return leg_step(c, err);
}

int collector_run(struct collector *c, const struct collect_request *request, struct sink *sink,
		  struct error *err)
{
	if (c->kind)
		return c->kind->run(c, request, sink, err);
	if (collector_start(c, request, err) < 0)
		return -1;
	c->sink = sink;
	while (c->leg_at < c->leg_count) {
		struct leg *leg = &c->legs[c->leg_at];
		bool fresh = !c->asked && !leg->from_proc && !leg->restarts;
		bool parallel = c->options.parallel && fresh;
		int rc = parallel ? leg_parallel(c, leg, err) : leg_step(c, err);

		if (rc)
			return pass_break_off(c, rc);
	}
	fallback_tell(c);
	return 0;
}
