/*
 * connstate record FILE: what happens to sockets, into a file, until interrupted.
 *
 * A poll is that of check, with its findings; what the kernel tells of destroyed
 * sockets in between is kept until the next one.  What can't be written is written by
 * a later poll: a recorder that runs for days must outlast a disk that is full for
 * an hour.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/health.h"
#include "app/options.h"
#include "app/say.h"
#include "app/source.h"
#include "app/ticker.h"
#include "base/buffer.h"
#include "base/loop.h"
#include "collect/counters.h"
#include "collect/events.h"
#include "collect/process_limits.h"
#include "model/owner_reason.h"
#include "store/recorder.h"

#define INTERVAL_MS 1000

/* Ended sockets that are kept from one poll to the next; more are counted as lost. */
#define ENDED_MAX 65536

struct record {
	struct sink sink; /* of events */
	const struct options *o;
	const char *path;
	struct health *health;
	struct recorder *recorder;
	struct events *events; /* NULL: there are none to be had */
	struct snapshot *ended;
	uint64_t ended_ms[ENDED_MAX];
	bool ended_unseen[ENDED_MAX];
	uint64_t dropped;      /* events since the last poll */
	uint64_t losses;       /* of the kernel, up to the last poll */
	struct counters before;
	bool before_known;
	uint64_t last_ms;      /* of the last poll written */
	uint64_t failures;     /* polls in a row that could not be written */
};

static uint64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A socket that the kernel has destroyed. */
static int take_ended(struct sink *sink, const struct sock *sk)
{
	struct record *r = sink_of(sink, struct record, sink);
	size_t number = snapshot_count(r->ended);

	if (number >= ENDED_MAX || snapshot_add(r->ended, sk, NULL)) {
		r->dropped++;
		return 0;
	}
	r->ended_ms[number] = wall_ms();
	return 0;
}

static void on_events(void *context)
{
	struct record *r = context;

	events_read(r->events, 0, &r->sink, NULL);
}

/*
 * Events come from one namespace, and carry no more than the ends: of no use where
 * others are looked at, or listeners alone.
 */
static void open_events(struct record *r, struct ticker *t)
{
	const struct options *o = r->o;

	if (o->all_namespaces || o->no_netlink || o->proc_root || o->listening)
		return;
	r->events = events_open(options_protos(o), options_families(o), NULL, NULL);
	if (r->events && ticker_watch(t, events_fd(r->events), on_events, r, NULL)) {
		events_close(r->events);
		r->events = NULL;
	}
}

/* Could the filter mean a socket that no poll saw?  Its state was any, its owner is not known. */
static bool may_want(const struct record *r, const struct sock *sk)
{
	const struct session *s = health_session(r->health);
	struct row row = { .sock = sk };

	return !s->filter || session_may_keep(s, &row);
}

static int put_ended(struct record *r, struct error *err)
{
	for (size_t i = 0; i < snapshot_count(r->ended); i++) {
		struct sock sk;
		int unseen;

		snapshot_sock(r->ended, i, &sk);
		unseen = recorder_ended(r->recorder, &sk, r->ended_ms[i], err);
		if (unseen < 0)
			return -1;
		r->ended_unseen[i] = unseen && may_want(r, &sk);
	}
	return 0;
}

static int put_unseen(struct record *r, struct error *err)
{
	for (size_t i = 0; i < snapshot_count(r->ended); i++) {
		struct sock sk;

		snapshot_sock(r->ended, i, &sk);
		if (r->ended_unseen[i] && recorder_unseen(r->recorder, &sk, err))
			return -1;
	}
	return 0;
}

static const char *reason_of(const struct owners *owners)
{
	return owners && owners->reason != OWNER_KNOWN ? owner_reason_text(owners->reason) : NULL;
}

/* One that is recorded already: its owners may have become known since. */
static int put_known(struct record *r, const struct sock *sk, struct error *err)
{
	struct owners owners;
	struct recorder_details details = { .owners = NULL };

	if (details_owners(health_session(r->health)->details, sk, &owners)) {
		details.owners = &owners;
		details.owner_reason = reason_of(&owners);
	}
	return recorder_observe(r->recorder, sk, &details, err);
}

static int put_socket(struct record *r, const struct sock *sk, struct error *err)
{
	const struct session *s = health_session(r->health);
	struct row row = { .sock = sk };
	struct recorder_details details;

	if (!s->filter && !recorder_wants(r->recorder, sk))
		return put_known(r, sk, err);
	details_complete(s->details, &row);
	if (s->filter && !session_keeps(s, &row))
		return 0;
	details = (struct recorder_details){
		.owners = row.owners,
		.owner_reason = reason_of(row.owners),
		.cgroup_path = row.cgroup_path,
		.unit = row.unit,
		.container = row.container,
		.netns_name = row.netns_name,
	};
	return recorder_observe(r->recorder, sk, &details, err);
}

static int put_sockets(struct record *r, struct error *err)
{
	const struct snapshot *snapshot = health_snapshot(r->health);

	for (size_t i = 0; i < snapshot_count(snapshot); i++) {
		struct sock sk;

		snapshot_sock(snapshot, i, &sk);
		if (put_socket(r, &sk, err))
			return -1;
	}
	return 0;
}

/* The kernel speaks of all connections of one namespace: of no use beside a selection. */
static struct recorder_kernel kernel_figures(struct record *r)
{
	const struct session *s = health_session(r->health);
	const struct counters *now = health_counters(r->health);
	struct recorder_kernel k = { .known = false };

	if (now && r->before_known && !s->filter && !r->o->all_namespaces && !r->o->listening &&
	    options_families(r->o) == (FAMILY_V4 | FAMILY_V6) &&
	    options_protos(r->o) & PROTO_BIT(PROTO_TCP))
		k.known = counters_connections(&r->before, now, &k.opened, &k.closed);
	r->before_known = now;
	if (now)
		r->before = *now;
	return k;
}

static int put_losses(struct record *r, uint64_t now_ms, struct error *err)
{
	uint64_t losses = r->events ? events_report(r->events)->losses : 0;

	if (losses == r->losses && !r->dropped)
		return 0;
	return recorder_gap(r->recorder, r->last_ms ? r->last_ms : now_ms, now_ms,
			    "events were lost", r->dropped, err);
}

static int put_findings(struct record *r, struct error *err)
{
	size_t count;
	const struct finding *list = findings_list(health_findings(r->health), &count);

	return recorder_findings(r->recorder, list, count, health_at_ns(r->health), err);
}

static int put_poll(struct record *r, uint64_t now_ms, struct error *err)
{
	const struct recorder_kernel kernel = kernel_figures(r);

	if (recorder_begin(r->recorder, now_ms, err) || put_ended(r, err) ||
	    put_sockets(r, err) || put_unseen(r, err) || put_losses(r, now_ms, err) ||
	    put_findings(r, err)) {
		recorder_abandon(r->recorder, err->text);
		return -1;
	}
	return recorder_end(r->recorder, true, &kernel, err);
}

static int poll_once(struct record *r, struct error *err)
{
	uint64_t now_ms;
	int failed;

	/* what ended before the dump can't be in it */
	if (r->events)
		on_events(r);
	if (health_look(r->health, err)) {
		recorder_abandon(r->recorder, err->text);
		return -1;
	}
	now_ms = health_wall_ns(r->health) / 1000000;
	failed = put_poll(r, now_ms, err);
	if (!failed)
		r->last_ms = now_ms;
	r->losses = r->events ? events_report(r->events)->losses : 0;
	r->dropped = 0;
	snapshot_reset(r->ended);
	return failed;
}

/* One line when it begins to fail, one when that is over. */
static void note_outcome(struct record *r, bool failed, struct error *err)
{
	uint64_t failures = r->failures;

	r->failures = failed ? failures + 1 : 0;
	if (failed && !failures) {
		say_error(err, EXIT_FAILED);
	} else if (!failed && failures) {
		error_set(err, 0, "recording goes on after %" PRIu64 " failed polls", failures);
		say_error(err, EXIT_FAILED);
	}
}

static int record_until_ended(struct record *r, struct ticker *t)
{
	while (ticker_wait(t, LOOP_FOREVER)) {
		struct error err = { 0 };

		note_outcome(r, poll_once(r, &err), &err);
	}
	return r->failures ? EXIT_FAILED : EXIT_DONE;
}

/* The filter in words, into @out. */
static void put_filter(const struct options *o, struct buffer *out)
{
	if (o->filter_file)
		buffer_printf(out, "-F %s", o->filter_file);
	for (size_t i = 0; i < o->word_count; i++)
		buffer_printf(out, "%s%s", out->used ? " " : "", o->words[i]);
	buffer_putc(out, '\0');
}

static struct recorder *open_recorder(const struct record *r, struct error *err)
{
	struct utsname host = { .release = "" };
	char boot_id[64];
	struct buffer filter;
	struct recorder *recorder;
	struct recorder_options options = {
		.path = r->path,
		.host = host.nodename,
		.kernel = host.release,
		.boot_id = sysctl_read(boot_id, sizeof(boot_id), NULL, "kernel.random.boot_id",
				       NULL) ?
				   NULL :
				   boot_id,
		.program = PACKAGE_STRING,
		.protos = options_protos(r->o),
		.interval_ms = r->o->interval_ms ? r->o->interval_ms : INTERVAL_MS,
		.keep_ms = r->o->keep_ms,
		.max_bytes = r->o->max_bytes,
	};

	uname(&host);
	buffer_init(&filter, -1);
	put_filter(r->o, &filter);
	options.filter = filter.used > 1 ? filter.data : NULL;
	recorder = recorder_open(&options, wall_ms(), err);
	buffer_fini(&filter);
	return recorder;
}

static int record_to(struct record *r)
{
	unsigned int interval_ms = r->o->interval_ms ? r->o->interval_ms : INTERVAL_MS;
	struct error err = { 0 };
	struct ticker *t;
	int status;

	r->recorder = open_recorder(r, &err);
	if (!r->recorder)
		return say_error(&err, EXIT_FAILED);
	t = ticker_new(interval_ms, &err);
	r->ended = snapshot_new();
	if (t && r->ended) {
		open_events(r, t);
		status = record_until_ended(r, t);
	} else {
		status = say_error(&err, EXIT_FAILED);
	}
	ticker_free(t);
	return status;
}

static void record_free(struct record *r)
{
	if (!r)
		return;
	events_close(r->events);
	snapshot_free(r->ended);
	recorder_close(r->recorder);
	health_close(r->health);
	free(r);
}

int cmd_record(const struct options *given)
{
	struct options o = *given;
	struct error err;
	struct record *r;
	int status;

	if (!o.word_count) {
		error_set(&err, 0, "record needs the name of a file to write to");
		return say_error(&err, EXIT_USAGE);
	}
	r = calloc(1, sizeof(*r));
	if (!r) {
		error_set(&err, 0, "out of memory");
		return say_error(&err, EXIT_FAILED);
	}
	r->sink.push = take_ended;
	r->o = &o;
	r->path = *o.words++;
	o.word_count--;
	r->health = health_open(&o, FACT_OWNERS | FACT_CGROUP_PATH | FACT_NETNS, &status);
	if (r->health)
		status = record_to(r);
	record_free(r);
	return status;
}
