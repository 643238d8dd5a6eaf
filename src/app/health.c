/* Gathering what findings need: see health.h. */
#include "config.h"

#include "app/health.h"

#include <stdlib.h>
#include <time.h>

#include "app/evidence.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "base/loop.h"
#include "collect/counters.h"
#include "model/tracker.h"

struct health {
	const struct options *o;
	struct session session;
	struct findings *findings;
	struct tracker *tracker;
	struct snapshot *snapshot;
	struct counters counters;
	struct error counters_error;
	bool counters_known;
};

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct health *health_open(const struct options *o, unsigned int facts, int *status)
{
	struct health *h = calloc(1, sizeof(*h));
	struct error err;

	if (h) {
		h->o = o;
		h->findings = findings_new(&o->thresholds);
		h->tracker = tracker_new();
		h->snapshot = snapshot_new();
	}
	if (!h || !h->findings || !h->tracker || !h->snapshot) {
		error_set(&err, 0, "out of memory");
		*status = say_error(&err, EXIT_FAILED);
		health_close(h);
		return NULL;
	}
	*status = session_open(&h->session, o, facts | findings_facts());
	if (*status) {
		health_close(h);
		return NULL;
	}
	return h;
}

void health_close(struct health *h)
{
	if (!h)
		return;
	session_close(&h->session);
	snapshot_free(h->snapshot);
	tracker_free(h->tracker);
	findings_free(h->findings);
	free(h);
}

/* Keeps and tracks what it gets, and wants its owners. */
struct taker {
	struct sink sink;
	struct health *health;
	struct error *err;
	bool failed;
};

static int take(struct sink *sink, const struct sock *sk)
{
	struct taker *t = sink_of(sink, struct taker, sink);
	struct health *h = t->health;
	int seen = tracker_observe(h->tracker, sk, NULL, t->err);

	if (seen > 0)
		return 0;
	t->failed = seen < 0 || snapshot_add(h->snapshot, sk, t->err) ||
		    details_want(h->session.details, sk, t->err);
	return t->failed;
}

static int collect(struct health *h, struct error *err)
{
	struct taker t = { .sink.push = take, .health = h, .err = err };
	uint64_t now = loop_now_ns();

	details_reset(h->session.details);
	snapshot_reset(h->snapshot);
	tracker_begin(h->tracker, now);
	if (session_run(&h->session, &t.sink, err) || t.failed) {
		tracker_end(h->tracker, false, NULL, NULL);
		return -1;
	}
	tracker_end(h->tracker, true, NULL, NULL);
	snapshot_stamp(h->snapshot, now, wall_ns());
	if (details_note_transfers(h->session.details, h->snapshot, now, err))
		return -1;
	return details_look_up(h->session.details, h->session.collector, err);
}

/* The counters of now have nothing to do with sockets that were saved. */
static void read_counters(struct health *h)
{
	if (h->o->from)
		error_set(&h->counters_error, 0, "a saved source has none");
	h->counters_known = !h->o->from &&
			    !counters_read(&h->counters, h->o->proc_root, loop_now_ns(),
					   &h->counters_error);
}

int health_look(struct health *h, struct error *err)
{
	struct evidence evidence = { .o = h->o, .session = &h->session,
				     .details = h->session.details };
	struct finding_input input;

	if (collect(h, err))
		return -1;
	read_counters(h);
	evidence_fill(&evidence, h->counters_known ? &h->counters : NULL, &input);
	input.snapshot = h->snapshot;
	input.tracker = h->tracker;
	return findings_run(h->findings, &input, err);
}

const struct findings *health_findings(const struct health *h)
{
	return h->findings;
}

const struct session *health_session(const struct health *h)
{
	return &h->session;
}

const struct snapshot *health_snapshot(const struct health *h)
{
	return h->snapshot;
}

const struct counters *health_counters(const struct health *h)
{
	return h->counters_known ? &h->counters : NULL;
}

uint64_t health_at_ns(const struct health *h)
{
	return snapshot_taken_ns(h->snapshot);
}

uint64_t health_wall_ns(const struct health *h)
{
	return snapshot_wall_ns(h->snapshot);
}

void health_say_gaps(const struct health *h)
{
	source_say_lacking(h->o, collector_report(h->session.collector));
	source_say_gaps(h->session.collector, EXIT_DONE, EXIT_UNKNOWN);
}

const char *health_without_counters(const struct health *h)
{
	return h->counters_known ? NULL : h->counters_error.text;
}
