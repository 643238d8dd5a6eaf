/* Gathering what findings need: see health.h. */
#include "config.h"

#include "app/health.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "base/loop.h"
#include "collect/counters.h"
#include "collect/process.h"
#include "collect/process_limits.h"
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
	return details_look_up(h->session.details, h->session.collector, err);
}

static const struct owners *owners_of(void *context, const struct sock *sk)
{
	struct health *h = context;
	struct row row = { .sock = sk };

	details_complete(h->session.details, &row);
	return row.owners;
}

static bool limit_of(void *context, uint32_t pid, struct finding_limit *out)
{
	const struct health *h = context;
	struct process_limits limits;

	if (!process_limits_read(&limits, h->o->proc_root, pid))
		return false;
	*out = (struct finding_limit){ .limit = limits.descriptors,
				       .used = limits.open,
				       .used_known = limits.open_known };
	return true;
}

static bool is_wanted(void *context, const struct sock *sk)
{
	struct health *h = context;
	struct row row = { .sock = sk };

	details_complete(h->session.details, &row);
	return session_keeps(&h->session, &row);
}

/* "8080,9148-9150": how many of them are between @min and @max. */
static uint64_t count_reserved(const char *list, uint64_t min, uint64_t max)
{
	uint64_t count = 0;
	unsigned int first;
	unsigned int last;
	int used;

	for (; sscanf(list, "%u%n", &first, &used) == 1; list += *list == ',') {
		list += used;
		last = first;
		if (sscanf(list, "-%u%n", &last, &used) == 1)
			list += used;
		for (uint64_t port = first; port <= last && port <= 65535; port++)
			count += port >= min && port <= max;
	}
	return count;
}

static uint64_t reserved_ports(const struct health *h)
{
	char list[4096];

	if (!h->counters_known || !counters_know(&h->counters, COUNTER_LOCAL_PORT_MIN) ||
	    !counters_know(&h->counters, COUNTER_LOCAL_PORT_MAX) ||
	    sysctl_read(list, sizeof(list), h->o->proc_root, "net.ipv4.ip_local_reserved_ports",
			NULL))
		return 0;
	return count_reserved(list, h->counters.value[COUNTER_LOCAL_PORT_MIN],
			      h->counters.value[COUNTER_LOCAL_PORT_MAX]);
}

/*
 * How long the counters have been counting: as long as the first process of this pid
 * namespace has been there, which is right for a host and for a container.
 */
static uint64_t counters_age_ns(const struct health *h)
{
	int root = open(h->o->proc_root ? h->o->proc_root : "/proc",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process init = { .pid = 0 };
	struct timespec up;
	uint64_t began;
	int failed;

	if (root < 0)
		return 0;
	failed = process_read_stat(root, 1, &init);
	close(root);
	clock_gettime(CLOCK_BOOTTIME, &up);
	began = init.start_time / (uint64_t)sysconf(_SC_CLK_TCK);
	if (failed || (uint64_t)up.tv_sec <= began)
		return 0;
	return ((uint64_t)up.tv_sec - began) * 1000000000;
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
	const struct session *s = &h->session;
	unsigned int late = FACT_OWNERS | FACT_CGROUP_PATH | FACT_TRACK | FACT_HOST_NAMES;
	struct finding_input input = {
		.snapshot = h->snapshot,
		.tracker = h->tracker,
		.protos = s->request.protos,
		.only_sockets = s->filter,
		.wanted = s->filter && filter_facts(s->filter) & late ? is_wanted : NULL,
		.owners = owners_of,
		.limit = h->o->from ? NULL : limit_of,
		.context = h,
	};

	if (collect(h, err))
		return -1;
	read_counters(h);
	input.counters = h->counters_known ? &h->counters : NULL;
	input.counters_age_ns = counters_age_ns(h);
	input.ports_reserved = reserved_ports(h);
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

const struct tracker *health_tracker(const struct health *h)
{
	return h->tracker;
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
	source_say_gaps(h->session.collector, EXIT_DONE, EXIT_UNKNOWN);
}

const char *health_without_counters(const struct health *h)
{
	return h->counters_known ? NULL : h->counters_error.text;
}
