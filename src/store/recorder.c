/*
 * The polls of a recorder: see recorder.h.
 *
 * All rows of a poll are one transaction, and what is remembered of the sockets is
 * changed along with it: a journal takes that back when the transaction fails, so
 * that the next poll finds the difference to what is in the file.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "store/recorder_state.h"
#include "store/schema.h"

/* Findings that can go on at one time; there are some twenty kinds. */
#define FINDINGS_MAX 512

static void note_gap(struct recorder *r, const char *reason)
{
	if (r->gap_ms || !r->last_ms)
		return;
	r->gap_ms = r->last_ms;
	snprintf(r->gap_reason, sizeof(r->gap_reason), "%s", reason);
}

void recorder_abandon(struct recorder *r, const char *reason)
{
	note_gap(r, reason);
	if (!r->open)
		return;
	r->squeeze = sqlite.errcode(r->db.db) == SQLITE_FULL;
	r->open = false;
	/* a full disk has ended the transaction already */
	if (!sqlite.get_autocommit(r->db.db))
		recorder_db_run(&r->db, RUN_ROLLBACK, NULL, NULL);
	live_rollback(&r->live);
}

/* Room in a file that is as large as it may be, in a transaction of its own. */
static int squeeze(struct recorder *r, struct error *err)
{
	if (recorder_db_run(&r->db, RUN_BEGIN, NULL, err))
		return -1;
	if (prune_slice(r, err) || recorder_db_run(&r->db, RUN_COMMIT, NULL, err)) {
		if (!sqlite.get_autocommit(r->db.db))
			recorder_db_run(&r->db, RUN_ROLLBACK, NULL, NULL);
		return -1;
	}
	r->squeeze = false;
	return 0;
}

/* Times in the file only grow: a clock that was set back goes on from where it was. */
static uint64_t forward(struct recorder *r, uint64_t now_ms)
{
	if (now_ms > r->last_ms)
		r->shift_ms = 0;
	else if (now_ms + r->shift_ms <= r->last_ms)
		r->shift_ms = r->last_ms + 1 - now_ms;
	return now_ms + r->shift_ms;
}

int recorder_begin(struct recorder *r, uint64_t now_ms, struct error *err)
{
	if (r->open)
		recorder_abandon(r, "a poll was not completed");
	r->now_ms = forward(r, now_ms);
	if (r->last_ms && r->now_ms - r->last_ms > r->stall_ms)
		note_gap(r, "there were no polls");
	r->rows = 0;
	memset(&r->counts, 0, sizeof(r->counts));
	for (uint32_t i = 0; i < r->live.used; i++)
		live_at(&r->live, i)->now.flags &= (uint8_t)~LIVE_SEEN;
	if (r->squeeze && squeeze(r, err))
		return -1;
	if (recorder_db_run(&r->db, RUN_BEGIN, NULL, err))
		return -1;
	r->open = true;
	return 0;
}

bool recorder_wants(const struct recorder *r, const struct sock *sk)
{
	const struct identity identity = identity_of(sk);
	uint32_t number = live_find(&r->live, &identity, true);

	return number == LIVE_NONE || !live_at(&r->live, number)->now.row;
}

static bool is_connection(const struct sock *sk)
{
	return sk->proto == PROTO_TCP && sk->state != STATE_LISTEN && sk->state != STATE_BOUND;
}

static void count_socket(struct recorder *r, const struct sock *sk)
{
	size_t family = sk->local.family == ADDR_V4 ? FAMILY_IP4 :
			sk->local.family == ADDR_V6 ? FAMILY_IP6 :
						      FAMILY_OTHER;

	r->counts.sockets[sk->proto][sk->state][family]++;
	r->counts.all++;
}

/* When a state that is seen now ended, which @s was in before. */
static uint64_t end_of_state(const struct recorder *r, const struct live_socket *s)
{
	if (s->now.flags & LIVE_ENDED)
		return s->now.ended_ms;
	return r->gap_ms ? r->last_ms + 1 : r->now_ms;
}

/*
 * When it began: an event tells of the entry into TIME-WAIT to the millisecond.  In a
 * gap the end of the one before is known no better than the beginning of this one.
 */
static uint64_t begin_of_state(const struct recorder *r, const struct live_socket *s,
			       const struct sock *sk)
{
	return s->now.flags & LIVE_ENDED && sk->state == STATE_TIME_WAIT ? s->now.ended_ms :
									    r->now_ms;
}

/*
 * What an event told of a socket that no poll had seen is kept by its ends: the kernel
 * makes a cookie when somebody asks for it, so that such a socket has one in its event
 * and another one in TIME-WAIT.  Cookies do not grow to this number.
 */
static struct identity identity_of_unseen(const struct identity *identity)
{
	return (struct identity){ .id = UINT64_C(1) << 63 | identity->ends,
				  .ends = identity->ends };
}

/*
 * The TIME-WAIT (or FIN-WAIT-2) that is left of a socket whose end an event has told, or
 * will tell yet.
 */
static void adopt_event(struct recorder *r, uint32_t number)
{
	struct live_socket *s = live_at(&r->live, number);
	const struct identity unseen = identity_of_unseen(&s->identity);
	uint32_t told = live_find_new(&r->live, &unseen);
	struct live_socket *event;

	if (told == LIVE_NONE) {
		recent_add(&r->left, unseen.id, number);
		return;
	}
	event = live_at(&r->live, told);
	s->now.flags |= LIVE_ENDED;
	s->now.ended_ms = event->now.ended_ms;
	s->figures = event->figures;
	event->now.flags |= LIVE_SEEN;
}

static int add_new(struct recorder *r, struct live_socket *s, const struct sock *sk,
		   const struct recorder_details *details, struct error *err)
{
	bool before = r->first || r->gap_ms;

	s->now.since_ms = begin_of_state(r, s, sk);
	s->now.state = sk->state;
	s->now.flags |= is_connection(sk) ? LIVE_CONNECTION : 0;
	owners_written(&s->now, details);
	r->counts.opened += is_connection(sk);
	return rows_add_socket(r, sk, details, s->now.since_ms, before, &s->now.row, err) ||
	       rows_add_dwell(r, &s->now, err);
}

static int change_state(struct recorder *r, uint32_t number, const struct sock *sk,
			struct error *err)
{
	struct live_socket *s = live_at(&r->live, number);
	uint64_t ended = end_of_state(r, s);

	if (live_touch(&r->live, number, err) || rows_end_dwell(r, &s->now, ended, err))
		return -1;
	s->now.since_ms = begin_of_state(r, s, sk);
	if (s->now.since_ms < ended)
		s->now.since_ms = ended;
	s->now.state = sk->state;
	if (is_connection(sk))
		s->now.flags |= LIVE_CONNECTION;
	return rows_add_dwell(r, &s->now, err);
}

int recorder_observe(struct recorder *r, const struct sock *sk,
		     const struct recorder_details *details, struct error *err)
{
	const struct identity identity = identity_of(sk);
	uint32_t number = live_find(&r->live, &identity, true);
	struct live_socket *s;

	if (sk->state >= STATE_COUNT || sk->proto >= PROTO_COUNT)
		return error_set(err, 0, "a socket in state %u makes no sense", sk->state);
	if (number == LIVE_NONE) {
		number = live_add(&r->live, &identity, err);
		if (number == LIVE_NONE)
			return -1;
		if (sk->kind == SOCK_MINI)
			adopt_event(r, number);
	}
	s = live_at(&r->live, number);
	if (s->now.flags & LIVE_SEEN)
		return 0;
	s->now.flags |= LIVE_SEEN;
	figures_take(&s->figures, sk);
	count_socket(r, sk);
	if (!s->now.row)
		return add_new(r, s, sk, details, err);
	if (owners_renew(r, number, details, err))
		return -1;
	return s->now.state == sk->state ? 0 : change_state(r, number, sk, err);
}

/* The socket of an event.  One that the kernel has disconnected is known by its cookie. */
static uint32_t find_ended(const struct recorder *r, const struct sock *sk,
			   const struct identity *identity)
{
	uint32_t number = live_find(&r->live, identity, true);

	if (number == LIVE_NONE && sk->has & SOCK_HAS_COOKIE && (!sk->peer.port || !sk->local.port))
		number = live_find(&r->live, identity, false);
	return number;
}

/* Within this poll, by the clock of the file. */
static uint64_t event_time(const struct recorder *r, uint64_t at_ms)
{
	at_ms += r->shift_ms;
	if (at_ms > r->now_ms)
		return r->now_ms;
	return at_ms > r->last_ms ? at_ms : r->last_ms + 1;
}

static void note_end(struct live_socket *s, const struct sock *sk, uint64_t at_ms)
{
	s->now.flags |= LIVE_ENDED;
	s->now.ended_ms = at_ms;
	figures_take(&s->figures, sk);
}

/*
 * Of a socket that a poll saw vanish, or saw the rest of, before its event came: its final
 * figures.  1, 0 when it is none of them, or -1 with @err set.
 */
static int told_late(struct recorder *r, const struct sock *sk, const struct identity *identity,
		     const struct identity *unseen, struct error *err)
{
	uint64_t found;
	struct live_socket *rest;

	if (recent_take(&r->vanished, identity->id, &found))
		return rows_add_figures(r, found, sk, err) ? -1 : 1;
	if (!recent_take(&r->left, unseen->id, &found))
		return 0;
	rest = live_at(&r->live, (uint32_t)found);
	/* it is not there any more: this is another one between the same ends */
	if (!(rest->now.flags & LIVE_USED) || rest->identity.ends != identity->ends)
		return 0;
	figures_take(&rest->figures, sk);
	return 1;
}

int recorder_ended(struct recorder *r, const struct sock *sk, uint64_t at_ms, struct error *err)
{
	const struct identity identity = identity_of(sk);
	const struct identity unseen = identity_of_unseen(&identity);
	uint32_t number = find_ended(r, sk, &identity);
	bool known = number != LIVE_NONE;

	if (known && live_touch(&r->live, number, err))
		return -1;
	if (!known) {
		int late = told_late(r, sk, &identity, &unseen, err);

		if (late)
			return late < 0 ? -1 : 0;
		number = live_add(&r->live, &unseen, err);
	}
	if (number == LIVE_NONE)
		return -1;
	note_end(live_at(&r->live, number), sk, event_time(r, at_ms));
	return !known;
}

int recorder_unseen(struct recorder *r, const struct sock *sk, struct error *err)
{
	const struct identity identity = identity_of(sk);
	const struct identity unseen = identity_of_unseen(&identity);
	uint32_t number = live_find_new(&r->live, &unseen);
	struct live_socket *s;

	if (number == LIVE_NONE)
		return 0;
	s = live_at(&r->live, number);
	s->now.since_ms = s->now.ended_ms;
	s->now.state = STATE_CLOSED;
	if (is_connection(sk)) {
		s->now.flags |= LIVE_CONNECTION;
		r->counts.opened++;
		r->counts.short_lived++;
	}
	return rows_add_socket(r, sk, NULL, s->now.since_ms, false, &s->now.row, err) ||
	       rows_add_dwell(r, &s->now, err);
}

/* The number of the open finding, made when there is none. */
static int put_finding(struct recorder *r, const struct finding *f, uint64_t since_ms,
		       uint64_t *id, struct error *err)
{
	const struct cell severity = cell_text(severity_name(f->severity));
	const struct cell sockets = cell_known(f->sockets, f->sockets);
	const struct cell name[] = { cell_text(f->info->name), cell_text(f->subject) };
	int found = recorder_db_ask(&r->db, FINDING_OPEN, name, id, err);

	if (found < 0)
		return -1;
	r->rows++;
	if (found)
		return recorder_db_run(&r->db, FINDING_UPDATE,
				       (const struct cell[]){ cell_int(*id), severity,
							      cell_text(f->evidence),
							      cell_text(f->owner), sockets },
				       err);
	if (recorder_db_run(&r->db, FINDING_ADD,
			    (const struct cell[]){ name[0], name[1], severity,
						   cell_int(since_ms), cell_text(f->evidence),
						   cell_text(f->owner), sockets },
			    err))
		return -1;
	*id = recorder_db_last_id(&r->db);
	return 0;
}

static bool contains(const uint64_t *ids, size_t count, uint64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Those that went on, and are not among @ids. */
static int end_findings(struct recorder *r, const uint64_t *ids, size_t count, struct error *err)
{
	uint64_t ended[FINDINGS_MAX];
	size_t ended_count = 0;
	sqlite3_stmt *s = recorder_db_rows(&r->db, FINDINGS_OPEN, NULL);
	int more;

	while ((more = recorder_db_step(&r->db, s, err)) > 0) {
		uint64_t id = (uint64_t)sqlite.column_int64(s, 0);

		if (ended_count < FINDINGS_MAX && !contains(ids, count, id))
			ended[ended_count++] = id;
	}
	for (size_t i = 0; !more && i < ended_count; i++)
		more = recorder_db_run(&r->db, FINDING_END,
				       (const struct cell[]){ cell_int(ended[i]),
							      cell_int(r->gap_ms ? r->last_ms + 1 :
										   r->now_ms) },
				       err);
	return more;
}

int recorder_findings(struct recorder *r, const struct finding *list, size_t count,
		      uint64_t at_ns, struct error *err)
{
	uint64_t ids[FINDINGS_MAX];

	if (count > FINDINGS_MAX)
		count = FINDINGS_MAX;
	for (size_t i = 0; i < count; i++) {
		uint64_t age_ms = at_ns > list[i].since_ns ?
					  (at_ns - list[i].since_ns) / 1000000 :
					  0;

		if (put_finding(r, &list[i], r->now_ms - age_ms, &ids[i], err))
			return -1;
	}
	return end_findings(r, ids, count, err);
}

int recorder_gap(struct recorder *r, uint64_t since_ms, uint64_t until_ms, const char *reason,
		 uint64_t events, struct error *err)
{
	return rows_add_gap(r, since_ms + r->shift_ms, until_ms + r->shift_ms, reason, events, err);
}

/* A socket that the poll no longer found: how it ended, and when. */
static int close_socket(struct recorder *r, const struct live_socket *s, struct error *err)
{
	bool by_event = s->now.flags & LIVE_ENDED;
	const char *by = by_event ? "event" : r->gap_ms ? "gap" : "poll";
	uint64_t at = end_of_state(r, s);

	r->counts.closed += (s->now.flags & LIVE_CONNECTION) != 0;
	if (!by_event && s->now.state != STATE_TIME_WAIT)
		recent_add(&r->vanished, s->identity.id, s->now.row);
	if (at < s->now.since_ms)
		at = s->now.since_ms;
	return rows_end_dwell(r, &s->now, at, err) || rows_close_socket(r, s, at, by, err);
}

static int close_gone(struct recorder *r, struct error *err)
{
	for (uint32_t i = 0; i < r->live.used; i++) {
		const struct live_socket *s = live_at(&r->live, i);

		if ((s->now.flags & (LIVE_USED | LIVE_SEEN)) == LIVE_USED && s->now.row &&
		    close_socket(r, s, err))
			return -1;
	}
	return 0;
}

static void bury_gone(struct recorder *r)
{
	for (uint32_t i = 0; i < r->live.used; i++) {
		struct live_state *now = &live_at(&r->live, i)->now;

		if (now->flags & LIVE_USED && (!(now->flags & LIVE_SEEN) || !now->row))
			live_remove(&r->live, i);
		else
			now->flags &= (uint8_t)~LIVE_ENDED;
	}
}

static int write_end(struct recorder *r, const struct recorder_kernel *kernel, struct error *err)
{
	if (close_gone(r, err) || rows_add_poll(r, kernel, err))
		return -1;
	if (r->gap_ms && rows_add_gap(r, r->gap_ms, r->now_ms, r->gap_reason, 0, err))
		return -1;
	return prune_slice(r, err);
}

static int commit(struct recorder *r, struct error *err)
{
	if (recorder_db_run(&r->db, RUN_COMMIT, NULL, err))
		return -1;
	r->open = false;
	live_commit(&r->live);
	return 0;
}

int recorder_end(struct recorder *r, bool complete, const struct recorder_kernel *kernel,
		 struct error *err)
{
	struct error why = { 0 };

	if (!r->open)
		return error_set(err, 0, "no poll has begun");
	if ((complete && write_end(r, kernel, &why)) || commit(r, &why)) {
		recorder_abandon(r, why.text);
		if (err)
			*err = why;
		return -1;
	}
	if (!complete) {
		note_gap(r, "not all sockets could be read");
		return 0;
	}
	bury_gone(r);
	r->last_ms = r->now_ms;
	r->gap_ms = 0;
	r->first = false;
	prune_shrink(r);
	return 0;
}
