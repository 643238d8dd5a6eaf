/*
 * connstate watch: a line for each socket that opened, changed its state or closed,
 * as seen between two polls, or as told by the kernel when it destroyed the socket.
 *
 * A jump over several states is reported as the jump that it is.  What lives and
 * dies between two polls is told by events alone, as it happens; without them it is
 * not seen.  Of a recording all of its span is told at once.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "app/commands.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/fields.h"
#include "app/follower.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "app/ticker.h"
#include "app/timeline.h"
#include "app/when.h"
#include "base/loop.h"
#include "model/tracker.h"

#define INTERVAL_MS 1000
#define NS_PER_MS UINT64_C(1000000)

static const struct field field_time = {
	.name = "time", .title = "TIME", .kind = VALUE_TEXT, .width = 29,
	.help = "When it was seen, local time with the offset from UTC (RFC 3339)."
};
static const struct field field_event = {
	.name = "event", .title = "EVENT", .kind = VALUE_TEXT, .width = 7,
	.help = "What was seen: opened, changed or closed."
};
static const struct field field_from = {
	.name = "from", .title = "FROM", .kind = VALUE_STATE, .width = 12,
	.help = "State before; unknown of a socket that opened."
};
static const struct field field_to = {
	.name = "to", .title = "TO", .kind = VALUE_STATE, .width = 12,
	.help = "State after; unknown of a socket that closed."
};
static const struct field field_after = {
	.name = "after", .title = "AFTER", .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS,
	.align = ALIGN_RIGHT, .width = 6,
	.help = "How long it was in the state before, as far as that was seen."
};
static const struct field field_learnt = {
	.name = "learnt", .title = "LEARNT", .kind = VALUE_TEXT, .width = 6,
	.help = "How: by a poll, or by an event, of a socket that lived and died between two "
		"polls; a recording does not tell."
};
static const struct field field_sent = {
	.name = "bytes_sent", .title = "SENT", .kind = VALUE_COUNT, .unit = UNIT_BYTES,
	.align = ALIGN_RIGHT, .width = 8,
	.help = "Of an event, in machine formats: bytes that were sent, repeated ones included."
};
static const struct field field_received = {
	.name = "bytes_received", .title = "RECEIVED", .kind = VALUE_COUNT, .unit = UNIT_BYTES,
	.align = ALIGN_RIGHT, .width = 8,
	.help = "Of an event, in machine formats: bytes that were received; the FIN counts as one."
};
static const struct field field_rtt = {
	.name = "rtt", .title = "RTT", .kind = VALUE_COUNT, .unit = UNIT_MICROSECONDS,
	.align = ALIGN_RIGHT, .width = 6,
	.help = "Of an event, in machine formats: the last smoothed round trip time."
};
static const struct field field_process = {
	.name = "process", .title = "PROCESS", .kind = VALUE_TEXT,
	.help = "With -p: all processes that hold the socket, as command[pid]."
};

static const struct field field_netns = {
	.name = "netns", .title = "NETNS", .kind = VALUE_TEXT, .width = 8,
	.help = "With --all-namespaces: network namespace of the socket."
};
static const struct field field_local_host = {
	.name = "local_host", .title = "LOCAL-HOST", .kind = VALUE_TEXT, .width = 20,
	.help = "With -r: name of the local address."
};
static const struct field field_peer_host = {
	.name = "peer_host", .title = "PEER-HOST", .kind = VALUE_TEXT, .width = 20,
	.help = "With -r: name of the address of the peer."
};

/* The last ones only when asked for. */
static const struct field *const fields[] = {
	&field_time,  &field_event,   &field_proto,	 &field_from,
	&field_to,    &field_after,   &field_local,	 &field_peer,
	&field_learnt, &field_sent,   &field_received,	 &field_rtt,
	&field_netns, &field_process, &field_local_host, &field_peer_host,
};

#define FIELDS_MAX (sizeof(fields) / sizeof(fields[0]))
#define FIELDS_ALWAYS 9
#define FIELDS_MACHINE 12 /* of machine formats: the final figures as well */

const struct document_kind document_events = {
	.rows_key = "events",
	.help = "What watch saw. With --format jsonl each line is one of the rows.",
	.fields = fields,
	.count = FIELDS_MAX,
	.always = FIELDS_ALWAYS,
};

struct watch {
	struct session *session;
	const struct field *fields[FIELDS_MAX]; /* of the writer */
	struct document *document;
	struct writer *writer;
	struct tracker *tracker;
	struct follower *follower; /* NULL: no events */
	struct ticker *ticker;
	uint64_t losses; /* of events, that were spoken of */
	struct snapshot *now;
	struct snapshot *before;
	char time[WHEN_TEXT_MAX];
	uint64_t at_ns;
	const struct recorded_sock *recorded; /* what the event is about, in a recording */
	struct names *names; /* makes names of numbers, or NULL */
	bool machine; /* the format has the final figures */
	bool first; /* the pass that all others are compared with */
	bool failed; /* within a callback: @err says why */
	struct error *err;
};

/* Where a state changed and what it was. */
struct event {
	const char *name;
	const struct sock *sock;
	enum state from; /* STATE_COUNT: none */
	enum state to;
	uint64_t since_ns; /* of the state before; 0: unknown */
	bool told; /* by an event; @sock has its final figures */
};

static uint64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct value state_value(enum state s)
{
	return s < STATE_COUNT ? value_state(s) : value_none();
}

static struct value sock_value(const struct sock *sk, const char *name)
{
	const struct row row = { .sock = sk };

	return column_value(column_find(name, strlen(name)), &row);
}

static struct value figure(const struct event *e, const char *name)
{
	return e->told ? sock_value(e->sock, name) : value_none();
}

/* Whether the options (-l, -B) and the filter keep a socket. */
static bool keeps(const struct watch *w, const struct row *row)
{
	return options_states(w->session->o) & STATE_BIT(row->sock->state) &&
	       session_keeps(w->session, row);
}

/* Whether a socket is kept as it is, or was as it was before. */
static bool is_wanted(struct watch *w, const struct event *e, struct row *row)
{
	struct sock other = *e->sock;
	struct row was;

	if (w->recorded)
		replay_row(w->session->replay, w->recorded, w->at_ns / NS_PER_MS, row);
	else
		details_complete(w->session->details, row);
	if (keeps(w, row))
		return true;
	if (e->from >= STATE_COUNT)
		return false;
	was = *row;
	was.sock = &other;
	other.state = (uint8_t)e->from;
	return keeps(w, &was);
}

static int report(struct watch *w, const struct event *e)
{
	struct row row = { .sock = e->sock };
	struct value cells[FIELDS_MAX];
	size_t count = w->machine ? FIELDS_MACHINE : FIELDS_ALWAYS;

	if (!is_wanted(w, e, &row))
		return 0;
	cells[0] = value_string(w->time);
	cells[1] = value_string(e->name);
	cells[2] = value_string(proto_info(e->sock->proto)->name);
	cells[3] = state_value(e->from);
	cells[4] = state_value(e->to);
	cells[5] = e->since_ns && e->since_ns <= w->at_ns ? value_count(w->at_ns - e->since_ns) :
							    value_none();
	cells[6] = sock_value(e->sock, "local");
	/* one that was aborted has forgotten its peer */
	cells[7] = e->told && !e->sock->peer.port && e->sock->proto == PROTO_TCP ?
			   value_none() : sock_value(e->sock, "peer");
	cells[8] = w->recorded ? value_none() : value_string(e->told ? "event" : "poll");
	cells[9] = figure(e, "bytes_sent");
	cells[10] = figure(e, "bytes_received");
	cells[11] = figure(e, "rtt");
	if (w->session->o->all_namespaces)
		cells[count++] = value_string(row.netns_name);
	if (w->session->o->processes)
		cells[count++] = row.process ? value_string(row.process) :
					       value_none_because(row.process_why);
	cells[count] = value_string(row.local_host);
	cells[count + 1] = value_string(row.peer_host);
	if (w->names)
		names_replace(w->names, &row, cells, FIELDS_ALWAYS);
	return writer_row(w->writer, cells, w->err);
}

/* Keeps the sockets of a pass. */
struct keeper {
	struct sink sink;
	struct watch *watch;
	bool failed;
};

static int keep(struct sink *sink, const struct sock *sk)
{
	struct keeper *k = sink_of(sink, struct keeper, sink);
	struct watch *w = k->watch;
	struct row row = { .sock = sk };

	k->failed = snapshot_add(w->now, sk, w->err) ||
		    details_want(w->session->details, sk, w->err) ||
		    (session_may_keep(w->session, &row) &&
		     details_want_names(w->session->details, sk, w->err));
	return k->failed;
}

/* What the pass knows of one socket that is there. */
static int report_present(struct watch *w, const struct sock *sk)
{
	struct track before = { .state = STATE_COUNT };
	struct track track;
	bool known = tracker_find(w->tracker, sk, &before);
	struct event e = { .sock = sk, .from = STATE_COUNT, .to = (enum state)sk->state };
	int seen = tracker_observe(w->tracker, sk, &track, w->err);

	if (seen < 0)
		return -1;
	if (seen > 0 || w->first)
		return 0;
	if (!known) {
		e.name = "opened";
		return report(w, &e);
	}
	if (before.state == track.state)
		return 0;
	e.name = "changed";
	e.from = before.state;
	e.since_ns = before.state_since_ns;
	return report(w, &e);
}

/* Sockets that the pass has missed. */
struct confirmer {
	struct sink sink;
	struct watch *watch;
};

static int take_missed(struct sink *sink, const struct sock *sk)
{
	struct watch *w = sink_of(sink, struct confirmer, sink)->watch;

	w->failed |= snapshot_add(w->now, sk, w->err) || report_present(w, sk);
	return w->failed;
}

static int confirm(struct watch *w)
{
	struct confirmer c = { .sink.push = take_missed, .watch = w };

	if (!(collector_report(w->session->collector)->from_proc & PROTO_BIT(PROTO_TCP)) &&
	    !w->session->o->from)
		follower_confirm(w->session->collector, w->tracker, w->before,
				 w->session->request.facts, &c.sink);
	return w->failed ? -1 : 0;
}

/* Those of the pass before that the tracker has let go of. */
static int report_gone(struct watch *w)
{
	for (size_t i = 0; i < snapshot_count(w->before); i++) {
		struct sock sk;
		struct event e = { .name = "closed", .sock = &sk, .to = STATE_COUNT };
		struct track alive;

		snapshot_sock(w->before, i, &sk);
		if (tracker_find(w->tracker, &sk, &alive))
			continue;
		e.from = (enum state)sk.state;
		if (report(w, &e))
			return -1;
	}
	return 0;
}

static int report_pass(struct watch *w)
{
	when_stamp(w->time, wall_ms());
	tracker_begin(w->tracker, w->at_ns);
	for (size_t i = 0; i < snapshot_count(w->now); i++) {
		struct sock sk;

		snapshot_sock(w->now, i, &sk);
		if (report_present(w, &sk))
			return -1;
	}
	if (confirm(w))
		return -1;
	tracker_end(w->tracker, true, NULL, NULL);
	return tracker_last_pass(w->tracker)->gone ? report_gone(w) : 0;
}

/*
 * Would a poll have brought @sk, in the state that most of a life is spent in?  What polls
 * leave out is unknown to the tracker, however long it was there.
 */
static bool covers(void *context, const struct sock *sk)
{
	const struct watch *w = context;
	struct sock open = *sk;
	struct row row = { .sock = &open };

	if (collector_report(w->session->collector)->from_proc & PROTO_BIT(sk->proto))
		return false;
	if (sk->proto == PROTO_TCP)
		open.state = STATE_ESTABLISHED;
	return !w->session->request.match || session_may_keep(w->session, &row);
}

/* A line about a socket that was told of, from @from to @to. */
static int report_told(struct watch *w, const struct follower_news *news, const char *name,
		       enum state from, enum state to)
{
	struct sock sk = *news->sock;
	struct event e = { .name = name, .sock = &sk, .from = from, .to = to, .told = true };

	sk.state = (uint8_t)(to < STATE_COUNT ? to : from);
	if (from < STATE_COUNT && news->ending.age_known)
		e.since_ns = w->at_ns - (uint64_t)news->ending.age_ms * NS_PER_MS;
	return report(w, &e);
}

/* It opened and it closed, or left a minisock, which polls follow from now on. */
static int on_told(void *context, const struct follower_news *news)
{
	struct watch *w = context;
	enum state open = news->sock->proto == PROTO_TCP ? STATE_ESTABLISHED :
							   (enum state)news->sock->state;
	enum state last = open;

	if (news->told != TOLD_SHORT && news->told != TOLD_LINGERS)
		return 0;
	if (news->ending.closing == CLOSING_FAILED)
		open = last = STATE_SYN_SENT;
	if (news->ending.closing == CLOSING_ORDERLY)
		last = STATE_LAST_ACK;
	if (report_told(w, news, "opened", STATE_COUNT, open))
		return -1;
	if (news->told == TOLD_LINGERS)
		return report_told(w, news, "changed", open, news->left);
	return report_told(w, news, "closed", last, STATE_COUNT);
}

/* Lost events are no failure, but nobody shall take what is shown for all that happened. */
static void say_losses(struct watch *w)
{
	uint64_t losses = follower_losses(w->follower);
	struct error what;

	if (losses == w->losses)
		return;
	w->losses = losses;
	error_set(&what, 0, "the kernel dropped events: some sockets that lived and died between "
			    "two polls are missing");
	say_error(&what, EXIT_DONE);
}

static void on_events(void *context)
{
	struct watch *w = context;
	const struct follower_watch watch = { .covers = covers, .told = on_told, .context = w };

	when_stamp(w->time, wall_ms());
	w->at_ns = loop_now_ns();
	if (follower_read(w->follower, w->at_ns, &watch, w->err)) {
		w->failed = true;
		ticker_stop(w->ticker);
	}
	say_losses(w);
}

/* One poll: the socket table, then what it has in other than the one before. */
static int watch_poll(struct watch *w)
{
	struct keeper k = { .sink.push = keep, .watch = w };
	struct snapshot *before = w->before;

	w->before = w->now;
	w->now = before;
	snapshot_reset(w->now);
	details_reset(w->session->details);
	w->at_ns = loop_now_ns();
	if (collector_run(w->session->collector, &w->session->request, &k.sink, w->err) || k.failed)
		return -1;
	if (details_look_up(w->session->details, w->session->collector, w->err) || report_pass(w))
		return -1;
	if (w->first)
		source_say_lacking(w->session->o, collector_report(w->session->collector));
	w->first = false;
	document_source(w->document, session_source(w->session));
	return 0;
}

/* Without events (an old kernel, no netlink) polls tell what they can. */
static int listen_to_events(struct watch *w)
{
	const struct session *s = w->session;

	if (!options_events(s->o))
		return 0;
	w->follower = follower_new(s->collector, w->tracker, s->request.protos,
				   s->request.families, NULL);
	if (!w->follower)
		return 0;
	return ticker_watch(w->ticker, follower_fd(w->follower), on_events, w, w->err);
}

static int watch_run(struct watch *w)
{
	if (listen_to_events(w))
		return -1;
	while (ticker_wait(w->ticker, LOOP_FOREVER))
		if (watch_poll(w))
			return -1;
	return w->failed ? -1 : writer_end(w->writer, w->err);
}

static int replay_event(void *context, const struct timeline_event *event)
{
	static const char *const names[] = {
		[TIMELINE_OPENED] = "opened",
		[TIMELINE_CHANGED] = "changed",
		[TIMELINE_CLOSED] = "closed",
	};
	struct watch *w = context;
	const struct event e = {
		.name = names[event->kind],
		.sock = &event->what->sock,
		.from = event->from,
		.to = event->to,
		.since_ns = event->from_since_ms * NS_PER_MS,
	};

	if (event->kind == TIMELINE_PRESENT || event->kind == TIMELINE_FOUND ||
	    !replay_asked(&w->session->request, e.sock))
		return 0;
	w->recorded = event->what;
	w->at_ns = event->time_ms * NS_PER_MS;
	when_stamp(w->time, event->time_ms);
	return report(w, &e);
}

static int watch_replay(struct watch *w, struct replay *r)
{
	if (timeline_run(replay_recording(r), replay_since_ms(r), replay_until_ms(r),
			 replay_event, w, w->err))
		return -1;
	document_source(w->document, "recording");
	return writer_end(w->writer, w->err) || replay_say_gaps(r, w->err) ? -1 : 0;
}

/* The fields that @o asks for into @out.  Returns how many. */
static size_t choose_fields(const struct field **out, const struct options *o)
{
	size_t count = FIELDS_ALWAYS;

	if (o->format && o->format->machine)
		count = FIELDS_MACHINE;
	memcpy(out, fields, count * sizeof(*out));
	if (o->all_namespaces)
		out[count++] = &field_netns;
	if (o->processes)
		out[count++] = &field_process;
	if (o->resolve && o->format && o->format->machine) {
		out[count++] = &field_local_host;
		out[count++] = &field_peer_host;
	}
	return count;
}

static int watch_open(struct watch *w, struct document *d, struct error *err)
{
	const struct options *o = w->session->o;

	w->err = err;
	w->first = true;
	w->machine = o->format && o->format->machine;
	w->tracker = tracker_new();
	w->now = snapshot_new();
	w->before = snapshot_new();
	if (!w->tracker || !w->now || !w->before)
		return error_set(err, ENOMEM, "cannot watch");
	w->document = d;
	document_init(d);
	d->live = !w->session->replay;
	d->origin = session_origin(w->session);
	w->writer = document_open(d, o, w->fields, choose_fields(w->fields, o),
				  document_events.rows_key, err);
	if (!o->format || !o->format->machine)
		w->names = details_names(w->session->details);
	return w->writer ? 0 : -1;
}

static void watch_close(struct watch *w, struct document *d)
{
	document_close(d, w->writer);
	snapshot_free(w->now);
	snapshot_free(w->before);
	follower_free(w->follower);
	tracker_free(w->tracker);
}

/* A reader that has seen enough closes the pipe: that is how a watch ends, no failure. */
static int end_of(const struct error *err)
{
	return err->code == EPIPE ? EXIT_DONE : say_error(err, EXIT_FAILED);
}

static int watch_session(struct session *s)
{
	const struct options *o = s->o;
	struct watch w = { .session = s };
	struct document document = { .out.fd = -1 };
	struct error err = { 0 };
	int failed = -1;

	if (!s->replay)
		w.ticker = ticker_new(o->interval_ms ? o->interval_ms : INTERVAL_MS, &err);
	if ((w.ticker || s->replay) && !watch_open(&w, &document, &err))
		failed = s->replay ? watch_replay(&w, s->replay) : watch_run(&w);
	watch_close(&w, &document);
	ticker_free(w.ticker);
	return failed ? end_of(&err) : source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
}

int cmd_watch(const struct options *o)
{
	const struct field *chosen[FIELDS_MAX];
	struct session s;
	struct error err;
	int status;

	if (document_check(o, chosen, choose_fields(chosen, o), &err))
		return say_error(&err, EXIT_USAGE);
	status = session_open(&s, o, o->processes ? FACT_OWNERS : 0);
	/* a socket that leaves the states asked for has not closed: all are followed */
	s.request.states |= states_linux() & ~STATE_BIT(STATE_BOUND);
	if (!status)
		status = watch_session(&s);
	session_close(&s);
	return status;
}
