/*
 * connstate summary --interval: see summary_moves.h.
 *
 * Two polls are compared by a tracker for each protocol; sockets that lived and died
 * between them are told by events.
 *
 * A filter that needs look-ups (a process, say) is judged when a poll is complete, and a
 * socket may stop matching while it lives: one that closes loses its process long before
 * TIME-WAIT ends.  So those that matched at either poll are followed in both, and only what
 * matched at the second one is counted.  Of what no poll saw nothing is looked up, so
 * events are of no use there.
 */
#include "config.h"

#include "app/summary_moves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/census.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/fields.h"
#include "app/follower.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "app/ticker.h"
#include "app/totals.h"
#include "base/loop.h"

#define NS_PER_S 1e9

static const struct field field_count = FIELD_OF_COUNT(
	"count", "COUNT", "Sockets in the state at the second poll.");
static const struct field field_opened = FIELD_OF_COUNT(
	"opened", "OPENED", "Sockets that opened, by the state they were first seen in.");
static const struct field field_closed = FIELD_OF_COUNT(
	"closed", "CLOSED", "Sockets that closed, by the state they were last seen in.");

static const struct field *const fields[] = {
	&field_proto, &field_state, &field_count, &field_opened, &field_closed, &field_entered,
	&field_left,  &field_ipv4,  &field_ipv6,
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const struct document_kind document_state_moves = {
	.rows_key = "state_moves",
	.help = "What summary counts with --interval: a row for each protocol and state. The "
		"member seconds says how far apart the two polls were, losses how often the "
		"kernel dropped events.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

struct moves {
	struct sink sink;
	struct session *session;
	struct tracker *trackers[PROTO_COUNT]; /* of the protocols asked for */
	struct tracker *matched[2][PROTO_COUNT]; /* what did at either poll, see judge() */
	struct follower *follower;	       /* of TCP; NULL: no events */
	struct ticker *ticker;
	struct snapshot *first;
	struct census_count counts[PROTO_COUNT][STATE_COUNT];
	uint64_t began_ns;
	uint64_t ended_ns;
	struct error *err;
	bool failed;
};

static int observe(struct sink *sink, const struct sock *sk)
{
	struct moves *m = sink_of(sink, struct moves, sink);
	int seen = tracker_observe(m->trackers[sk->proto], sk, NULL, m->err);

	if (!seen)
		census_note(&m->counts[sk->proto][sk->state], sk);
	/* the first poll is kept, so that what is missing in the second can be asked for */
	m->failed |= seen < 0 || (!m->ended_ns && snapshot_add(m->first, sk, m->err));
	return m->failed;
}

/* A poll that leaves out some sockets leaves it open whether an unknown one is new. */
static bool covers(void *context, const struct sock *sk)
{
	const struct moves *m = context;

	return !m->session->filter && m->trackers[sk->proto] &&
	       !(collector_report(m->session->collector)->from_proc & PROTO_BIT(sk->proto));
}

static void listen_to(void *context)
{
	struct moves *m = context;
	const struct follower_watch watch = { .covers = covers, .context = m };

	if (follower_read(m->follower, loop_now_ns(), &watch, m->err)) {
		m->failed = true;
		ticker_stop(m->ticker);
	}
}

/* One poll into all trackers. */
static int look(struct moves *m, uint64_t now_ns)
{
	memset(m->counts, 0, sizeof(m->counts));
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (m->trackers[p])
			tracker_begin(m->trackers[p], now_ns);
	if (session_run(m->session, &m->sink, m->err) || m->failed)
		return -1;
	if (m->follower && m->ended_ns) {
		listen_to(m);
		follower_confirm(m->session->collector, m->trackers[PROTO_TCP], m->first,
				 m->session->request.facts, &m->sink);
		tracker_wait_no_more(m->trackers[PROTO_TCP]);
	}
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (m->trackers[p])
			tracker_end(m->trackers[p], true, NULL, NULL);
	return m->failed ? -1 : 0;
}

static bool matched_at(const struct moves *m, size_t poll, const struct sock *sk)
{
	struct track track;

	return tracker_find(m->matched[poll][sk->proto], sk, &track);
}

/* Those of @s that matched in it or in the other one, as a pass. */
static int follow_pass(struct moves *m, const struct snapshot *s)
{
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (m->trackers[p])
			tracker_begin(m->trackers[p], snapshot_taken_ns(s));
	for (size_t i = 0; i < snapshot_count(s); i++) {
		struct sock sk;

		snapshot_sock(s, i, &sk);
		if ((matched_at(m, 0, &sk) || matched_at(m, 1, &sk)) &&
		    tracker_observe(m->trackers[sk.proto], &sk, NULL, m->err) < 0)
			return -1;
	}
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (m->trackers[p])
			tracker_end(m->trackers[p], true, NULL, NULL);
	return 0;
}

/* The @poll'th poll, of which all is kept in @s; what matches is noted and counted. */
static int judge(struct moves *m, size_t poll, struct snapshot *s)
{
	const struct sort unsorted = { .count = 0 };
	struct result *r = result_new();
	int seen = 0;

	if (!r)
		return error_set(m->err, ENOMEM, "cannot compare two polls");
	memset(m->counts, 0, sizeof(m->counts));
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (m->trackers[p])
			tracker_begin(m->matched[poll][p], loop_now_ns());
	if (session_query(m->session, s, &unsorted, r, m->err))
		seen = -1;
	for (size_t i = 0; seen >= 0 && i < result_count(r); i++) {
		struct sock sk;

		snapshot_sock(s, result_index(r, i), &sk);
		seen = tracker_observe(m->matched[poll][sk.proto], &sk, NULL, m->err);
		if (!seen)
			census_note(&m->counts[sk.proto][sk.state], &sk);
	}
	result_free(r);
	return seen < 0 ? -1 : 0;
}

static int judge_twice(struct moves *m)
{
	struct snapshot *second = snapshot_new();
	int failed;

	if (!second)
		return error_set(m->err, ENOMEM, "cannot compare two polls");
	failed = judge(m, 0, m->first);
	if (!failed) {
		ticker_wait(m->ticker, LOOP_FOREVER);
		failed = judge(m, 1, second);
	}
	m->began_ns = snapshot_taken_ns(m->first);
	m->ended_ns = snapshot_taken_ns(second);
	failed = failed || follow_pass(m, m->first) || follow_pass(m, second);
	snapshot_free(second);
	return failed ? -1 : 0;
}

/* Without events (an old kernel, no netlink) polls tell what they can. */
static int begin_listening(struct moves *m)
{
	const struct session *s = m->session;

	if (!options_events(s->o) || !m->trackers[PROTO_TCP])
		return 0;
	m->follower = follower_new(s->collector, m->trackers[PROTO_TCP], PROTO_BIT(PROTO_TCP),
				   s->request.families, NULL);
	return m->follower ? ticker_watch(m->ticker, follower_fd(m->follower), listen_to, m,
					  m->err) : 0;
}

/* A signal ends the time between the polls early: what happened until then is told. */
static int run(struct moves *m)
{
	if (!session_sifts(m->session))
		return ticker_wait(m->ticker, LOOP_FOREVER) ? judge_twice(m) : -1;
	if (begin_listening(m) || !ticker_wait(m->ticker, LOOP_FOREVER))
		return -1;
	m->began_ns = loop_now_ns();
	if (look(m, m->began_ns))
		return -1;
	ticker_wait(m->ticker, LOOP_FOREVER);
	m->ended_ns = loop_now_ns();
	return m->failed ? -1 : look(m, m->ended_ns);
}

static int open_parts(struct moves *m)
{
	m->first = snapshot_new();
	for (size_t p = 0; p < PROTO_COUNT; p++) {
		if (!(m->session->request.protos & PROTO_BIT(p)))
			continue;
		m->trackers[p] = tracker_new();
		m->matched[0][p] = tracker_new();
		m->matched[1][p] = tracker_new();
		if (!m->trackers[p] || !m->matched[0][p] || !m->matched[1][p])
			return error_set(m->err, ENOMEM, "cannot compare two polls");
	}
	if (!m->first)
		return error_set(m->err, ENOMEM, "cannot compare two polls");
	m->ticker = ticker_new(m->session->o->interval_ms, m->err);
	return m->ticker ? 0 : -1;
}

static void close_parts(struct moves *m)
{
	follower_free(m->follower);
	ticker_free(m->ticker);
	snapshot_free(m->first);
	for (size_t p = 0; p < PROTO_COUNT; p++) {
		tracker_free(m->trackers[p]);
		tracker_free(m->matched[0][p]);
		tracker_free(m->matched[1][p]);
	}
}

/* What a row says. */
struct moved {
	struct census_count count;
	uint64_t opened;
	uint64_t closed;
	uint64_t entered;
	uint64_t left;
};

static struct moved moved_of(const struct moves *m, enum proto proto, enum state state)
{
	const struct tracker_pass *pass = tracker_last_pass(m->trackers[proto]);
	struct moved moved = {
		.count = m->counts[proto][state],
		.opened = pass->born_in[state],
		.closed = pass->gone_from[state],
	};

	moved.count.unknown = collector_report(m->session->collector)->untold_states[proto] &
			      STATE_BIT(state);
	for (size_t other = 0; other < STATE_COUNT; other++) {
		moved.entered += pass->transitions[other][state];
		moved.left += pass->transitions[state][other];
	}
	return moved;
}

static void moved_add(struct moved *sum, const struct moved *moved)
{
	census_sum(&sum->count, &moved->count);
	sum->opened += moved->opened;
	sum->closed += moved->closed;
	sum->entered += moved->entered;
	sum->left += moved->left;
}

static int write_row(struct writer *w, const struct moves *m, enum proto proto, struct value state,
		     const struct moved *moved)
{
	const struct options *o = m->session->o;
	const struct value unknown[FIELD_COUNT] = {
		value_string(proto_info(proto)->name),
		state,
	};
	const struct value cells[FIELD_COUNT] = {
		unknown[0],
		unknown[1],
		census_total(&moved->count),
		value_count(moved->opened),
		value_count(moved->closed),
		value_count(moved->entered),
		value_count(moved->left),
		census_family(&moved->count, proto, o, FAMILY_V4),
		census_family(&moved->count, proto, o, FAMILY_V6),
	};

	return writer_row(w, moved->count.unknown ? unknown : cells, m->err);
}

/* The states of @proto that were asked for; the sum goes to @sum.  @w may be NULL. */
static int write_states(struct writer *w, const struct moves *m, enum proto proto,
			struct moved *sum)
{
	state_set wanted = proto_info(proto)->states & options_states(m->session->o);

	*sum = (struct moved){ 0 };
	for (size_t s = 0; s < STATE_COUNT; s++) {
		struct moved moved;

		if (!(wanted & STATE_BIT(s)) && !m->counts[proto][s].total)
			continue;
		moved = moved_of(m, proto, (enum state)s);
		moved_add(sum, &moved);
		if (w && write_row(w, m, proto, value_state((enum state)s), &moved))
			return -1;
	}
	return 0;
}

static bool is_told(const struct moves *m, enum proto p)
{
	const struct collect_report *report = collector_report(m->session->collector);

	return m->trackers[p] && !((report->missing | report->untold) & PROTO_BIT(p));
}

static int write_rows(struct writer *w, const struct moves *m)
{
	const struct options *o = m->session->o;
	bool totals = !o->format || !o->format->machine;

	for (size_t p = 0; p < PROTO_COUNT; p++) {
		struct moved sum;

		if (!is_told(m, (enum proto)p))
			continue;
		if (write_states(w, m, (enum proto)p, &sum) ||
		    (totals && write_row(w, m, (enum proto)p, value_string("TOTAL"), &sum)))
			return -1;
	}
	return writer_end(w, m->err);
}

static void add_totals(struct totals *t, struct document *d, const struct moves *m)
{
	for (size_t p = 0; p < PROTO_COUNT; p++) {
		struct moved sum;

		if (!is_told(m, (enum proto)p))
			continue;
		write_states(NULL, m, (enum proto)p, &sum);
		totals_add(t, d, (enum proto)p, &sum.count, m->session->o);
	}
}

static int write_moves(struct moves *m)
{
	const struct options *o = m->session->o;
	struct document document;
	struct totals totals;
	struct writer *w;
	int failed = -1;

	document_init(&document);
	document.origin = session_origin(m->session);
	document_source(&document, session_source(m->session));
	document_add(&document, "seconds",
		     value_ratio((double)(m->ended_ns - m->began_ns) / NS_PER_S));
	document_add(&document, "losses",
		     m->follower ? value_count(follower_losses(m->follower)) : value_none());
	add_totals(&totals, &document, m);
	w = document_open(&document, o, fields, FIELD_COUNT, document_state_moves.rows_key, m->err);
	if (w)
		failed = write_rows(w, m);
	document_close(&document, w);
	return failed;
}

int summary_moves(const struct options *o)
{
	struct error err = { 0 };
	struct session s;
	struct moves m = { .sink.push = observe, .session = &s, .err = &err };
	int status;

	if (document_check(o, fields, FIELD_COUNT, &err))
		return say_error(&err, EXIT_USAGE);
	if (o->from) {
		error_set(&err, 0, "--interval polls the kernel: over a span of a recording count "
				   "with --since and --until");
		return say_error(&err, EXIT_USAGE);
	}
	status = session_open(&s, o, 0);
	if (!status) {
		if (open_parts(&m) || run(&m) || write_moves(&m)) {
			status = say_error(&err, EXIT_FAILED);
		} else {
			source_say_lacking(o, collector_report(s.collector));
			status = source_say_gaps(s.collector, EXIT_DONE, EXIT_FAILED);
		}
		close_parts(&m);
	}
	session_close(&s);
	return status;
}
