/* Reading one large dump over two sockets: see split.h. */
#include "config.h"

#include "collect/split.h"

#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collector.h"
#include "collect/relay.h"

/* Below this much work, in sockets, sampling and a thread cost more than they save. */
#define SPLIT_SOCKETS_MIN 50000

/* A TIME-WAIT minisock costs the kernel about a third of a full socket. */
#define WEIGHT_FULL 3
#define WEIGHT_MINI 1

#define SAMPLES_MAX 1024

/*
 * The thread only receives; the caller also decodes and prints both parts, so
 * the thread gets the larger part.
 */
#define THREAD_PERCENT 54
#define PART_PERCENT_MIN 25

static int by_local_port(const void *a, const void *b)
{
	const struct split_sample *x = a;
	const struct split_sample *y = b;

	return (int)x->local_port - (int)y->local_port;
}

static int by_peer_port(const void *a, const void *b)
{
	const struct split_sample *x = a;
	const struct split_sample *y = b;

	return (int)x->peer_port - (int)y->peer_port;
}

/* How far a cut is from the wished one, whichever part the thread gets. */
static unsigned int distance(unsigned int lower_percent)
{
	unsigned int larger = lower_percent > 50 ? lower_percent : 100 - lower_percent;

	return larger > THREAD_PERCENT ? larger - THREAD_PERCENT : THREAD_PERCENT - larger;
}

static uint16_t port_of(const struct split_sample *s, bool peer)
{
	return peer ? s->peer_port : s->local_port;
}

/* Look for a better cut than *@best among the ports of one end. */
static void point_improve(struct split_point *best, struct split_sample *samples, size_t count,
			  bool peer)
{
	uint64_t total = 0;
	uint64_t lower = 0;

	qsort(samples, count, sizeof(samples[0]), peer ? by_peer_port : by_local_port);
	for (size_t i = 0; i < count; i++)
		total += samples[i].weight;
	for (size_t i = 0; i + 1 < count; i++) {
		uint16_t port = port_of(&samples[i], peer);
		unsigned int percent;

		lower += samples[i].weight;
		percent = (unsigned int)(lower * 100 / total);
		if (port_of(&samples[i + 1], peer) != port &&
		    distance(percent) < distance(best->lower_percent))
			*best = (struct split_point){ peer, port, percent };
	}
}

bool split_choose(struct split_point *out, struct split_sample *samples, size_t count)
{
	*out = (struct split_point){ 0 };
	point_improve(out, samples, count, true);
	point_improve(out, samples, count, false);
	return out->lower_percent >= PART_PERCENT_MIN &&
	       out->lower_percent <= 100 - PART_PERCENT_MIN;
}

void split_code(const struct split_point *p, bool upper, void *code)
{
	unsigned char op = p->peer ? INET_DIAG_BC_D_LE : INET_DIAG_BC_S_LE;
	struct inet_diag_bc_op ops[2] = { { 0 }, { 0 } };

	if (upper)
		op = p->peer ? INET_DIAG_BC_D_GE : INET_DIAG_BC_S_GE;
	/* Accepted: land on the end; rejected: four bytes beyond it. */
	ops[0] = (struct inet_diag_bc_op){ op, SPLIT_CODE_BYTES, SPLIT_CODE_BYTES + 4 };
	ops[1].no = (unsigned short)(p->last + (upper ? 1 : 0));
	memcpy(code, ops, SPLIT_CODE_BYTES);
}

/* The number after the word @key in the line of @file that begins with @group; 0 if none. */
static uint64_t sockstat_read(const char *proc_root, const char *file, const char *group,
			      const char *key)
{
	char path[PATH_MAX];
	char line[256];
	uint64_t value = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/net/%s", proc_root ? proc_root : "/proc", file);
	stream = fopen(path, "re");
	if (!stream)
		return 0;
	while (fgets(line, sizeof(line), stream)) {
		const char *at = strstr(line, key);

		if (at && strncmp(line, group, strlen(group)) == 0)
			value = strtoull(at + strlen(key), NULL, 10);
	}
	fclose(stream);
	return value;
}

/*
 * True when a processor has nothing to do: two dumps need more work than one, and
 * gain nothing from sharing a processor.
 */
static bool processor_free(const char *proc_root)
{
	char path[PATH_MAX];
	unsigned int running = 0;
	cpu_set_t allowed;
	FILE *stream;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0 || CPU_COUNT(&allowed) < 2)
		return false;
	snprintf(path, sizeof(path), "%s/loadavg", proc_root ? proc_root : "/proc");
	stream = fopen(path, "re");
	if (!stream)
		return true;
	/* "0.20 0.18 0.12 1/80 11206": this thread is one of those running. */
	if (fscanf(stream, "%*s %*s %*s %u/", &running) != 1)
		running = 0;
	fclose(stream);
	return running < (unsigned int)CPU_COUNT(&allowed);
}

/* About how many full sockets the dump is worth. */
static uint64_t work_expected(const struct collector *c)
{
	const char *root = c->options.proc_root;
	uint64_t full = 0;
	uint64_t mini = 0;

	if (c->request.states & STATE_BIT(STATE_ESTABLISHED))
		full = sockstat_read(root, "sockstat", "TCP:", " inuse ") +
		       sockstat_read(root, "sockstat6", "TCP6:", " inuse ");
	if (c->request.states & STATE_BIT(STATE_TIME_WAIT))
		mini = sockstat_read(root, "sockstat", "TCP:", " tw ");
	return full + mini * WEIGHT_MINI / WEIGHT_FULL;
}

/* A sample being taken. */
struct sampling {
	const struct leg *leg;
	struct sock_record record;
	size_t count;
	struct split_sample samples[SAMPLES_MAX];
};

static int sample_take(void *context, const struct nlmsghdr *nlh)
{
	struct sampling *s = context;
	const struct sock *sk = &s->record.sock;

	if (!s->leg->source->netlink->decode(&s->leg->spec, nlh, &s->record))
		return 0;
	s->samples[s->count++] = (struct split_sample){
		.local_port = sk->local.port,
		.peer_port = sk->peer.port,
		.weight = sk->kind == SOCK_FULL ? WEIGHT_FULL : WEIGHT_MINI,
	};
	return s->count == SAMPLES_MAX;
}

/*
 * Look at the first sockets of the hash table, which are as good as random ones.
 * Listeners and bound sockets are in other tables, and come before.
 */
static bool sample(struct collector *c, const struct leg *leg, struct split_point *out)
{
	struct sampling *s = calloc(1, sizeof(*s));
	struct leg connections = *leg;
	struct netlink_walk walk = { .take = sample_take, .context = s };
	enum netlink_status status = NETLINK_MORE;
	bool chosen;

	if (!s)
		return false;
	connections.spec.states &= ~(STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_BOUND));
	if (!leg->source->netlink->prepare(&connections.spec)) {
		free(s);
		return false;
	}
	s->leg = &connections;
	if (leg_ask(&c->dump, &connections, NULL) == 0)
		while (status == NETLINK_MORE)
			status = netlink_step(&c->dump, &walk);
	netlink_abandon(&c->dump);
	chosen = status == NETLINK_STOPPED && split_choose(out, s->samples, s->count);
	free(s);
	return chosen;
}

/* One part of the dump, asked for on @nl. */
static bool part_ask(struct netlink *nl, const struct leg *leg, const struct split_point *point,
		     bool upper, bool privileged)
{
	char code[SPLIT_CODE_BYTES];
	struct leg part = *leg;

	split_code(point, upper, code);
	part.spec.filter = (struct diag_filter){ code, sizeof(code) };
	return netlink_ready(nl, privileged, NULL) == 0 && leg_ask(nl, &part, NULL) == 0;
}

/* Two dumps on their way in: one received here, one by the relay. */
struct halves {
	struct netlink *own;
	struct relay *relay;
	struct netlink_walk own_walk;
	struct netlink_walk relay_walk;
	enum netlink_status own_status;
	enum netlink_status relay_status;
};

/* What a datagram's status means for the whole; SPLIT_DONE: so far all is well. */
static enum split_status halves_judge(enum netlink_status status, const struct netlink_walk *walk)
{
	if (status == NETLINK_STOPPED)
		return SPLIT_STOPPED;
	if (status == NETLINK_LOST || (status == NETLINK_DONE && walk->code))
		return SPLIT_LOST;
	return SPLIT_DONE;
}

/* Take in what the relay has; with @wait all there will be. */
static enum split_status relay_step(struct halves *h, bool wait)
{
	struct relay_datagram d;

	while (h->relay_status == NETLINK_MORE && relay_peek(h->relay, wait, &d)) {
		enum split_status status;

		h->relay_status = NETLINK_LOST;
		if (d.len > 0)
			h->relay_status = netlink_walk(d.data, (size_t)d.len, &h->relay_walk);
		relay_release(h->relay);
		status = halves_judge(h->relay_status, &h->relay_walk);
		if (status != SPLIT_DONE)
			return status;
	}
	return SPLIT_DONE;
}

static enum split_status halves_read(struct halves *h)
{
	enum split_status status = SPLIT_DONE;

	while (status == SPLIT_DONE && h->own_status == NETLINK_MORE) {
		status = relay_step(h, false);
		if (status != SPLIT_DONE)
			break;
		h->own_status = netlink_step(h->own, &h->own_walk);
		status = halves_judge(h->own_status, &h->own_walk);
	}
	return status == SPLIT_DONE ? relay_step(h, true) : status;
}

static enum split_status parts_read(struct collector *c, struct netlink *other,
				    struct netlink_walk *walk)
{
	struct halves h = {
		.own = &c->dump,
		.own_walk = *walk,
		.relay_walk = *walk,
		.own_status = NETLINK_MORE,
		.relay_status = NETLINK_MORE,
	};
	enum split_status status;

	h.relay = relay_new(other, NULL);
	if (!h.relay)
		return SPLIT_REFUSED;
	h.relay_walk.seq = other->seq;
	status = halves_read(&h);
	relay_free(h.relay);
	c->report.malformed += h.own_walk.malformed + h.relay_walk.malformed;
	return status;
}

enum split_status split_run(struct collector *c, const struct leg *leg,
			    int (*take)(void *context, const struct nlmsghdr *nlh), void *context)
{
	struct netlink other = { .transport = c->dump.transport };
	struct netlink_walk walk = { .take = take, .context = context };
	bool privileged = c->request.facts & FACT_MARK;
	enum split_status status = SPLIT_REFUSED;
	struct split_point point;
	bool thread_upper;

	if (!leg->source->one_walk || leg->spec.filter.len ||
	    work_expected(c) < SPLIT_SOCKETS_MIN || !processor_free(c->options.proc_root) ||
	    netlink_ready(&c->dump, privileged, NULL) < 0 || !sample(c, leg, &point))
		return SPLIT_REFUSED;
	thread_upper = point.lower_percent < 50;
	if (part_ask(&c->dump, leg, &point, !thread_upper, privileged) &&
	    part_ask(&other, leg, &point, thread_upper, privileged))
		status = parts_read(c, &other, &walk);
	netlink_abandon(&c->dump);
	netlink_fini(&other);
	return status;
}
