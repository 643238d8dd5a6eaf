/* Reading a large dump with the help of a second thread: see parallel.h. */
#include "config.h"

#include "collect/parallel.h"

#include <libmnl/libmnl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>

#include "collect/collector.h"
#include "collect/counters.h"
#include "collect/relay.h"
#include "collect/split.h"

/*
 * Work is counted as split.h weighs sockets.  From the first on a thread saves more
 * than it takes to start, from the second on a sample and two dumps do.
 */
#define RELAY_WORK_MIN ((uint64_t)SPLIT_WEIGHT_FULL * 4000)
#define SPLIT_WORK_MIN ((uint64_t)SPLIT_WEIGHT_FULL * 50000)

/* What a socket costs this thread, decoded and written, in tenths of the same weight. */
#define WEIGHT_HERE_TENTHS 6

/* With more than this for the thread the second dump gains nothing. */
#define THREAD_PERCENT_MAX 70

static uint64_t work_of(uint64_t full, uint64_t mini)
{
	return full * SPLIT_WEIGHT_FULL + mini * SPLIT_WEIGHT_MINI;
}

/*
 * Both threads are done at the same time when this one, which has all rows to write,
 * receives so much less.
 */
unsigned int parallel_thread_percent(uint64_t full, uint64_t mini)
{
	uint64_t work = work_of(full, mini);
	uint64_t here = (full + mini) * WEIGHT_HERE_TENTHS / 10;

	return here < work ? (unsigned int)(50 + 50 * here / work) : 100;
}

enum parallel_way parallel_way(uint64_t full, uint64_t mini)
{
	uint64_t work = work_of(full, mini);

	if (work < RELAY_WORK_MIN)
		return PARALLEL_ALONE;
	if (work < SPLIT_WORK_MIN || parallel_thread_percent(full, mini) > THREAD_PERCENT_MAX)
		return PARALLEL_RELAYED;
	return PARALLEL_SPLIT;
}

/* The processors that this process may use. */
static unsigned int processors(void)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return 1;
	return (unsigned int)CPU_COUNT(&allowed);
}

/*
 * True when a processor has nothing to do: two dumps are more work than one, and gain
 * nothing from sharing a processor.
 */
static bool processor_free(const char *proc_root)
{
	char path[PATH_MAX];
	unsigned int running = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/loadavg", proc_root ? proc_root : "/proc");
	stream = fopen(path, "re");
	if (!stream)
		return true;
	/* "0.20 0.18 0.12 1/80 11206": this thread is one of those running. */
	if (fscanf(stream, "%*s %*s %*s %u/", &running) != 1)
		running = 0;
	fclose(stream);
	return running < processors();
}

/* About how many sockets will be told of; none where the kernel does not count them. */
static void expect(const struct collector *c, uint64_t *full, uint64_t *mini)
{
	struct counters now;

	*full = 0;
	*mini = 0;
	if (counters_read_some(&now, c->options.proc_root, 0, COUNTERS_SOCKSTAT, NULL) < 0)
		return;
	if (c->request.states & STATE_BIT(STATE_ESTABLISHED))
		*full = now.value[COUNTER_TCP_INUSE] + now.value[COUNTER_TCP6_INUSE];
	if (c->request.states & STATE_BIT(STATE_TIME_WAIT))
		*mini = now.value[COUNTER_TCP_MINISOCKS];
}

/* Dumps on their way in: one received by the relay, and perhaps one here. */
struct incoming {
	struct relay *relay;
	struct netlink *own; /* NULL: the relay has all */
	struct netlink_walk relay_walk;
	struct netlink_walk own_walk;
	enum netlink_status relay_status;
	enum netlink_status own_status;
};

/* What a datagram's status means for the whole; PARALLEL_DONE: so far all is well. */
static enum parallel_status judge(enum netlink_status status, const struct netlink_walk *walk)
{
	if (status == NETLINK_STOPPED)
		return PARALLEL_STOPPED;
	if (status == NETLINK_LOST || (status == NETLINK_DONE && walk->code))
		return PARALLEL_LOST;
	return PARALLEL_DONE;
}

/* Take in what the relay has; with @wait all there will be. */
static enum parallel_status relay_step(struct incoming *in, bool wait)
{
	struct relay_datagram d;

	while (in->relay_status == NETLINK_MORE && relay_peek(in->relay, wait, &d)) {
		enum parallel_status status;

		in->relay_status = NETLINK_LOST;
		if (d.len > 0)
			in->relay_status = netlink_walk(d.data, (size_t)d.len, &in->relay_walk);
		relay_release(in->relay);
		status = judge(in->relay_status, &in->relay_walk);
		if (status != PARALLEL_DONE)
			return status;
	}
	return PARALLEL_DONE;
}

static enum parallel_status incoming_read(struct incoming *in)
{
	enum parallel_status status = PARALLEL_DONE;

	while (status == PARALLEL_DONE && in->own && in->own_status == NETLINK_MORE) {
		status = relay_step(in, false);
		if (status != PARALLEL_DONE)
			break;
		in->own_status = netlink_step(in->own, &in->own_walk);
		status = judge(in->own_status, &in->own_walk);
	}
	return status == PARALLEL_DONE ? relay_step(in, true) : status;
}

/* Read what @relayed was asked for by a thread, and what @own was, unless NULL, here. */
static enum parallel_status read_all(struct collector *c, struct netlink *relayed,
				     struct netlink *own, const struct netlink_walk *walk)
{
	struct incoming in = {
		.own = own,
		.own_walk = *walk,
		.relay_walk = *walk,
		.own_status = NETLINK_MORE,
		.relay_status = NETLINK_MORE,
	};
	enum parallel_status status;

	in.relay = relay_new(relayed, NULL);
	if (!in.relay)
		return PARALLEL_REFUSED;
	in.relay_walk.seq = relayed->seq;
	status = incoming_read(&in);
	relay_free(in.relay);
	if (in.relay_status == NETLINK_DONE)
		relayed->under_way = false; /* so the socket serves the next request */
	c->report.malformed += in.own_walk.malformed + in.relay_walk.malformed;
	return status;
}

static enum parallel_status relayed_run(struct collector *c, const struct leg *leg,
					const struct netlink_walk *walk)
{
	enum parallel_status status = PARALLEL_REFUSED;

	if (leg_ask(&c->dump, leg, NULL) == 0)
		status = read_all(c, &c->dump, NULL, walk);
	netlink_abandon(&c->dump);
	c->report.relayed = status == PARALLEL_DONE;
	return status;
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

static enum parallel_status split_run(struct collector *c, const struct leg *leg,
				      const struct split_point *point,
				      const struct netlink_walk *walk)
{
	struct netlink other = { .transport = c->dump.transport };
	enum parallel_status status = PARALLEL_REFUSED;
	bool privileged = c->dump.privileged;
	bool thread_upper = point->lower_percent < 50;

	if (part_ask(&c->dump, leg, point, !thread_upper, privileged) &&
	    part_ask(&other, leg, point, thread_upper, privileged))
		status = read_all(c, &other, &c->dump, walk);
	netlink_abandon(&c->dump);
	netlink_fini(&other);
	c->report.split = status == PARALLEL_DONE;
	return status;
}

enum parallel_status parallel_run(struct collector *c, const struct leg *leg,
				  int (*take)(void *context, const struct nlmsghdr *nlh),
				  void *context)
{
	const struct netlink_walk walk = { .take = take, .context = context };
	struct split_point point;
	enum parallel_way way;
	uint64_t full, mini;

	if (!leg->source->one_walk || leg->spec.filter.len)
		return PARALLEL_REFUSED;
	expect(c, &full, &mini);
	way = parallel_way(full, mini);
	if (way == PARALLEL_ALONE || processors() < 2 ||
	    netlink_ready(&c->dump, c->request.facts & FACT_MARK, NULL) < 0)
		return PARALLEL_REFUSED;
	if (way == PARALLEL_SPLIT && processor_free(c->options.proc_root) &&
	    split_by_sample(c, leg, parallel_thread_percent(full, mini), &point))
		return split_run(c, leg, &point, &walk);
	return relayed_run(c, leg, &walk);
}
