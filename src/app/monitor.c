/* One tick of the live view: see monitor.h. */
#include "config.h"

#include "app/monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/follower.h"
#include "collect/counters.h"
#include "model/history.h"
#include "model/panel_counts.h"
#include "model/tracker.h"

/* A slice of collecting between two looks at the keys. */
#define SLICE_US 4000

/* Passes that rates and the share seen are computed over. */
#define RATE_PASSES 10

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

/* What one pass adds to the rates. */
struct rate_pass {
	bool known;
	uint64_t span_ns;
	uint64_t opened; /* by the kernel's counters */
	uint64_t closed;
	uint64_t seen; /* of those opened, by polls and events */
};

struct monitor {
	struct sink sink; /* of a pass: into ->filling */
	struct sink exact_sink;
	struct monitor_options options;
	struct snapshot *shown;	  /* published */
	struct snapshot *filling; /* of the pass under way, or spare */
	struct snapshot *exact;
	struct snapshot *latest; /* one of the above: of the last complete pass, or NULL */
	struct tracker *tracker;
	struct follower *follower; /* NULL: no events */
	size_t unconfirmed; /* that vanished from the last pass, and were not asked for again */
	struct history *history;
	struct counters counters;
	bool counters_read;
	struct rate_pass rates[RATE_PASSES];
	size_t rate_next;
	uint32_t counts[STATE_COUNT]; /* of the last pass */
	uint32_t others;
	state_set uncounted;
	uint64_t passes;
	bool published;
	unsigned int facts; /* that the pass delivers */
	bool busy;
	bool failed;
	struct error error; /* why the last pass failed, or a socket was not taken */
	uint64_t began_ns;
	uint64_t wall_ns;
	uint64_t due_ns;
	uint64_t real_interval_ns;
	uint64_t cpu_ns;  /* of the process, when the last pass ended */
	uint64_t cpu_at_ns;
	bool asked_anew;	 /* the next pass is by another request */
	bool others_than_before; /* this one is */
	double cpu;	  /* share of one core, smoothed */
	double pass_cost_ns; /* CPU from pass to pass, smoothed */
	char host[65];
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* One socket of a pass. */
static int take(struct sink *sink, const struct sock *sk)
{
	struct monitor *m = sink_of(sink, struct monitor, sink);
	int seen = tracker_observe(m->tracker, sk, NULL, &m->error);

	if (seen > 0)
		return 0;
	if (seen < 0 || snapshot_add(m->filling, sk, &m->error)) {
		m->failed = true;
		return 1;
	}
	return 0;
}

static int take_exact(struct sink *sink, const struct sock *sk)
{
	struct monitor *m = sink_of(sink, struct monitor, exact_sink);

	return snapshot_add(m->exact, sk, NULL) ? 1 : 0;
}

struct monitor *monitor_new(const struct monitor_options *options, struct error *err)
{
	struct monitor *m = calloc(1, sizeof(*m));

	if (!m)
		goto no_memory;
	m->sink.push = take;
	m->exact_sink.push = take_exact;
	m->options = *options;
	m->shown = snapshot_new();
	m->filling = snapshot_new();
	m->exact = snapshot_new();
	m->tracker = tracker_new();
	m->history = history_new();
	if (!m->shown || !m->filling || !m->exact || !m->tracker || !m->history)
		goto no_memory;
	if (options->events)
		m->follower = follower_new(options->collector, m->tracker, options->request.protos,
					   options->request.families, NULL);
	m->real_interval_ns = options->interval_ms * NS_PER_MS;
	m->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	m->cpu_at_ns = clock_ns(CLOCK_MONOTONIC);
	if (gethostname(m->host, sizeof(m->host) - 1))
		m->host[0] = '\0';
	return m;
no_memory:
	error_set(err, ENOMEM, "cannot set up the monitor");
	monitor_free(m);
	return NULL;
}

void monitor_free(struct monitor *m)
{
	if (!m)
		return;
	snapshot_free(m->shown);
	snapshot_free(m->filling);
	snapshot_free(m->exact);
	follower_free(m->follower);
	tracker_free(m->tracker);
	history_free(m->history);
	free(m);
}

/* The interval that keeps the process below its share of a core. */
static void choose_interval(struct monitor *m)
{
	uint64_t wanted = m->options.interval_ms * NS_PER_MS;
	uint64_t least = (uint64_t)(m->pass_cost_ns * 100 / m->options.cpu_percent);

	m->real_interval_ns = least > wanted ? least : wanted;
	m->due_ns = m->began_ns + m->real_interval_ns;
}

void monitor_set_interval(struct monitor *m, unsigned int interval_ms)
{
	m->options.interval_ms = interval_ms;
	choose_interval(m);
}

void monitor_set_request(struct monitor *m, const struct collect_request *request)
{
	m->options.request = *request;
	m->asked_anew = true;
}

uint64_t monitor_due_ns(const struct monitor *m)
{
	return m->due_ns;
}

bool monitor_busy(const struct monitor *m)
{
	return m->busy;
}

void monitor_begin(struct monitor *m, unsigned int facts)
{
	struct collect_request request = m->options.request;

	if (m->busy)
		return;
	request.facts |= facts & FACTS_OF_DUMP;
	m->facts = request.facts;
	m->began_ns = clock_ns(CLOCK_MONOTONIC);
	m->wall_ns = clock_ns(CLOCK_REALTIME);
	m->failed = false;
	m->error.text[0] = '\0';
	m->busy = true;
	m->others_than_before = m->asked_anew;
	m->asked_anew = false;
	m->latest = NULL;
	snapshot_reset(m->filling);
	tracker_begin(m->tracker, m->began_ns);
	if (collector_start(m->options.collector, &request, &m->error))
		m->failed = true;
}

static void note_rates(struct monitor *m, const struct counters *before)
{
	struct rate_pass *r = &m->rates[m->rate_next++ % RATE_PASSES];

	*r = (struct rate_pass){ .span_ns = m->counters.taken_ns - before->taken_ns };
	r->known = counters_connections(before, &m->counters, &r->opened, &r->closed);
	if (!r->known)
		return;
	r->seen = tracker_last_pass(m->tracker)->opened;
}

static void read_counters(struct monitor *m)
{
	struct counters before = m->counters;
	bool had = m->counters_read;

	m->counters = (struct counters){ 0 };
	m->counters_read = !counters_read(&m->counters, m->options.proc_root,
					  clock_ns(CLOCK_MONOTONIC), NULL);
	if (had && m->counters_read)
		note_rates(m, &before);
}

void monitor_reset_rates(struct monitor *m)
{
	m->counters_read = false;
	memset(m->rates, 0, sizeof(m->rates));
	m->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	m->cpu_at_ns = clock_ns(CLOCK_MONOTONIC);
}

static void note_cost(struct monitor *m)
{
	uint64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
	double cost = (double)(cpu_ns - m->cpu_ns);
	double span = (double)(now_ns - m->cpu_at_ns);

	if (m->passes++ && span > 0) {
		m->cpu = m->cpu > 0 ? m->cpu * 0.7 + cost / span * 0.3 : cost / span;
		m->pass_cost_ns = m->pass_cost_ns > 0 ? m->pass_cost_ns * 0.7 + cost * 0.3 : cost;
	}
	m->cpu_ns = cpu_ns;
	m->cpu_at_ns = now_ns;
}

int monitor_fd(const struct monitor *m)
{
	return m->follower ? follower_fd(m->follower) : -1;
}

/* Without netlink there are neither cookies nor answers about single sockets. */
static bool from_proc(const struct monitor *m, enum proto proto)
{
	return collector_report(m->options.collector)->from_proc & PROTO_BIT(proto);
}

/* A pass that leaves out some sockets leaves it open whether an unknown one is new. */
static bool covers(void *context, const struct sock *sk)
{
	const struct monitor *m = context;
	const struct collect_request *r = &m->options.request;

	return !r->match && r->protos & PROTO_BIT(sk->proto) && !from_proc(m, sk->proto) &&
	       !(states_tcp() & ~STATE_BIT(STATE_CLOSED) & ~r->states);
}

void monitor_listen(struct monitor *m)
{
	const struct follower_watch watch = { .covers = covers, .context = m };

	if (m->follower)
		follower_read(m->follower, clock_ns(CLOCK_MONOTONIC), &watch, NULL);
}

/* What the pass has not found is asked for alone: a dump may miss a socket while others change. */
static void confirm(struct monitor *m)
{
	const struct snapshot *before = m->shown;

	m->unconfirmed = 0;
	/* what was not asked for is not missing: confirmed it would stay for good */
	if (m->others_than_before)
		return;
	if (m->published && !m->options.saved && !from_proc(m, PROTO_TCP))
		m->unconfirmed = follower_confirm(m->options.collector, m->tracker, before,
						  m->facts, &m->sink);
}

static void pass_complete(struct monitor *m, bool hold)
{
	struct snapshot *old = m->shown;

	monitor_listen(m);
	confirm(m);
	tracker_end(m->tracker, true, NULL, NULL);
	snapshot_stamp(m->filling, m->began_ns, m->wall_ns);
	m->others = panel_counts(m->filling, m->options.request.protos, m->counts);
	m->uncounted = panel_uncounted(m->options.request.protos, m->options.request.states);
	history_add(m->history, m->began_ns, m->counts);
	if (!m->options.saved)
		read_counters(m);
	m->latest = m->filling;
	if (!hold || !m->published) {
		m->shown = m->filling;
		m->filling = old;
	}
	m->published = true;
}

bool monitor_step(struct monitor *m, bool hold)
{
	int more = m->failed ? -1 :
		   collector_step(m->options.collector, &m->sink, SLICE_US, &m->error);

	if (more > 0 && !m->failed)
		return false;
	m->busy = false;
	if (more < 0 || m->failed) {
		m->failed = true;
		tracker_end(m->tracker, false, NULL, NULL);
	} else {
		pass_complete(m, hold);
	}
	note_cost(m);
	choose_interval(m);
	return true;
}

const struct snapshot *monitor_latest(const struct monitor *m)
{
	return m->latest;
}

const struct counters *monitor_counters(const struct monitor *m)
{
	return m->counters_read ? &m->counters : NULL;
}

const struct tracker *monitor_tracker(const struct monitor *m)
{
	return m->tracker;
}

static void rates_data(const struct monitor *m, struct ui_rates *rates)
{
	struct rate_pass sum = { 0 };

	for (size_t i = 0; i < RATE_PASSES; i++) {
		if (!m->rates[i].known)
			continue;
		sum.span_ns += m->rates[i].span_ns;
		sum.opened += m->rates[i].opened;
		sum.closed += m->rates[i].closed;
		sum.seen += m->rates[i].seen;
	}
	*rates = (struct ui_rates){ .known = sum.span_ns > 0 };
	if (!rates->known)
		return;
	rates->opened = (double)sum.opened * NS_PER_S / (double)sum.span_ns;
	rates->closed = (double)sum.closed * NS_PER_S / (double)sum.span_ns;
	rates->seen_known = sum.opened > 0;
	if (rates->seen_known)
		rates->seen = sum.seen < sum.opened ? (double)sum.seen / (double)sum.opened : 1;
}

/* What the last pass was not asked for, and what its source does not tell. */
static state_set uncounted(const struct monitor *m, const struct collect_report *report)
{
	state_set states = m->uncounted;

	for (size_t p = 0; p < PROTO_COUNT; p++)
		states |= report->untold_states[p];
	return states;
}

void monitor_data(const struct monitor *m, struct ui_data *data)
{
	const struct collect_report *report = collector_report(m->options.collector);

	*data = (struct ui_data){
		.snapshot = m->published ? m->shown : NULL,
		.tracker = m->tracker,
		.history = m->history,
		.counters = m->counters_read ? &m->counters : NULL,
		.protos = m->options.request.protos,
		.others = m->others,
		.wall_ns = m->wall_ns,
		.interval_ms = m->options.interval_ms,
		.real_interval_ms = (unsigned int)(m->real_interval_ns / NS_PER_MS),
		.cpu = m->cpu,
		.host = m->host[0] ? m->host : NULL,
		.uncounted = uncounted(m, report),
		.source_name = report->source,
		.source_why = report->why,
		.trouble = m->failed ? m->error.text : NULL,
	};
	memcpy(data->counts, m->counts, sizeof(data->counts));
	rates_data(m, &data->rates);
	data->rates.events = m->follower;
	data->rates.losses = m->follower ? follower_losses(m->follower) : 0;
	data->rates.unconfirmed = m->unconfirmed;
}

/* tcp_info and the like exist of full TCP sockets only. */
static bool worth_asking(const struct sock *sk)
{
	return sk->proto == PROTO_TCP && sk->kind == SOCK_FULL;
}

const struct snapshot *monitor_exact(struct monitor *m, const struct sock *socks, size_t count,
				     unsigned int facts)
{
	struct sock batch[COLLECT_EXACT_MAX];
	size_t used = 0;

	facts &= FACTS_OF_DUMP;
	snapshot_reset(m->exact);
	if (!facts || from_proc(m, PROTO_TCP))
		return NULL;
	for (size_t i = 0; i <= count; i++) {
		if (used == COLLECT_EXACT_MAX || (i == count && used)) {
			if (collector_exact(m->options.collector, batch, used, facts,
					    &m->exact_sink, NULL))
				return NULL;
			used = 0;
		}
		if (i < count && worth_asking(&socks[i]))
			batch[used++] = socks[i];
	}
	return m->exact;
}
