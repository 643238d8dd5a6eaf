/* What events tell the tracker, and what it misses: see tracker.h. */
#include "config.h"

#include "model/tracker_record.h"

/* Where a TCP socket is in the life of a connection, as the kernel counts them. */
enum stage { STAGE_NONE, STAGE_OPENING, STAGE_OPEN, STAGE_CLOSING };

static enum stage stage_of(enum state s)
{
	if (s == STATE_COUNT || s == STATE_SYN_RECEIVED)
		return STAGE_NONE;
	if (s == STATE_SYN_SENT)
		return STAGE_OPENING;
	if (s == STATE_ESTABLISHED || s == STATE_CLOSE_WAIT)
		return STAGE_OPEN;
	if (state_info(s)->class != CLASS_CLOSING || state_info(s)->scope != SCOPE_TCP)
		return STAGE_NONE;
	return STAGE_CLOSING;
}

void tracker_count_connection(struct tracker_pass *pass, enum state from, enum state to)
{
	enum stage before = stage_of(from);
	enum stage after = stage_of(to);

	if (before == STAGE_NONE && after != STAGE_NONE)
		pass->opened++;
	if (before < STAGE_CLOSING && after == STAGE_CLOSING)
		pass->closed++;
}

enum state tracker_count_path(struct tracker_pass *pass, bool tcp, enum state from,
			     enum closing closing, enum state left)
{
	enum state next = ending_next(from, closing, left);

	while (next != from) {
		pass->transitions[from][next]++;
		if (tcp)
			tracker_count_connection(pass, from, next);
		from = next;
		next = ending_next(from, closing, left);
	}
	return from;
}

void tracker_count_born(struct tracker *t, struct record *r)
{
	if (!r->uncounted)
		return;
	r->uncounted = false;
	t->pass.born++;
	t->pass.born_in[r->state]++;
	if (r->tcp)
		tracker_count_connection(&t->pass, STATE_COUNT, r->state);
}

void tracker_count_gone(struct tracker_pass *pass, bool tcp, enum state from)
{
	pass->gone++;
	pass->gone_from[from]++;
	if (tcp && stage_of(from) == STAGE_OPEN)
		pass->closed++;
}

/* Not found by the pass, and nothing says why. */
static bool is_missing(const struct tracker *t, const struct record *r)
{
	return (r->flags & (RECORD_LIVE | RECORD_ENDED)) == RECORD_LIVE &&
	       (r->flags & RECORD_SEEN) != t->seen_mark && r->state != STATE_TIME_WAIT;
}

size_t tracker_missing(const struct tracker *t)
{
	uint32_t number;
	size_t count = 0;

	if (t->seen == t->live)
		return 0;
	for (number = 0; number < t->used; number++)
		count += is_missing(t, tracker_record(t, number));
	return count;
}

bool tracker_is_missing(const struct tracker *t, const struct sock *sk)
{
	const struct identity key = identity_of(sk);
	uint32_t number = tracker_lookup(t, &key);

	return number != NONE && is_missing(t, tracker_record(t, number));
}

uint32_t tracker_lookup_destroyed(const struct tracker *t, const struct sock *sk)
{
	const struct identity key = identity_of(sk);
	uint32_t number = tracker_lookup(t, &key);

	if (number != NONE || !t->buckets || !(sk->has & SOCK_HAS_COOKIE))
		return number;
	number = *tracker_bucket(t, key.id);
	while (number != NONE && (tracker_record(t, number)->id != key.id ||
				  !(tracker_record(t, number)->flags & RECORD_COOKIE)))
		number = tracker_record(t, number)->chain;
	return number;
}

void tracker_follow(struct tracker *t)
{
	t->follows = true;
}

void tracker_wait_no_more(struct tracker *t)
{
	for (uint32_t number = 0; number < t->used; number++)
		if (tracker_record(t, number)->flags & RECORD_LIVE)
			tracker_count_born(t, tracker_record(t, number));
}

/*
 * No pass has it now.  One that sent nothing since the first pass began was there already,
 * or had ended before while a descriptor still held it; so had one that passes saw vanish.
 */
static bool is_new(struct tracker *t, const struct sock *sk, const struct ending *e,
		   uint64_t at_ns)
{
	uint64_t idle_ns = (uint64_t)e->idle_ms * 1000000;

	if (!t->settled || e->closing == CLOSING_UNUSED)
		return false;
	if (sk->has & SOCK_HAS_COOKIE && recent_take(&t->vanished, sk->cookie, NULL))
		return false;
	return !e->idle_known || at_ns < idle_ns || at_ns - idle_ns >= t->settled_ns;
}

bool tracker_knows(const struct tracker *t, const struct sock *sk)
{
	return tracker_lookup_destroyed(t, sk) != NONE;
}

bool tracker_wants_minisock(const struct tracker *t, const struct sock *sk,
			    const struct ending *e)
{
	return sk->proto == PROTO_TCP && sk->peer.port && t->settled &&
	       (e->closing == CLOSING_ORDERLY || e->closing == CLOSING_UNKNOWN) &&
	       tracker_lookup_destroyed(t, sk) == NONE;
}

/* The state that a pass would have met it in, had it come at once. */
static enum state first_state(const struct tracker *t, const struct sock *sk,
			      const struct ending *e)
{
	const uint16_t port = sk->local.port;

	if (sk->proto != PROTO_TCP)
		return STATE_UNCONNECTED;
	if (e->opening == OPENING_UNKNOWN)
		return t->listening[port / 64] >> port % 64 & 1 ? STATE_SYN_RECEIVED :
								  STATE_SYN_SENT;
	return e->opening == OPENING_HERE ? STATE_SYN_SENT : STATE_SYN_RECEIVED;
}

/* A life that no pass saw, up to the state @left. */
static enum state count_told(struct tracker *t, const struct sock *sk, const struct ending *e,
			     enum state left)
{
	const bool tcp = sk->proto == PROTO_TCP;
	enum state first = first_state(t, sk, e);

	t->pass.born++;
	t->pass.born_in[first]++;
	if (tcp) {
		tracker_count_connection(&t->pass, STATE_COUNT, first);
		t->pass.told++;
	}
	return tracker_count_path(&t->pass, tcp, first, e->closing, left);
}

/* What is left of @sk, or @sk itself, is tracked: now it is known how it came there. */
static int told_known(struct tracker *t, struct record *r, const struct sock *sk,
		      const struct ending *e)
{
	r->flags |= RECORD_ENDED;
	r->closing = e->closing & 0xf;
	if (r->uncounted)
		count_told(t, sk, e, r->state);
	r->uncounted = false;
	return TOLD_KNOWN;
}

static int adopt(struct tracker *t, const struct sock *minisock, const struct identity *key,
		 uint64_t at_ns, struct error *err)
{
	uint32_t number = tracker_insert(t, minisock, key, at_ns, RECORD_UNPOLLED | RECORD_ENDED);

	if (number == NONE)
		return tracker_no_memory(t, err);
	tracker_record(t, number)->closing = CLOSING_ORDERLY;
	return TOLD_LINGERS;
}

/*
 * A dump's answers wait for their reader: one may still bring the socket, from before it
 * was destroyed.  So it has a record, not met by this pass, that ends with it.
 */
static int bury_later(struct tracker *t, const struct sock *sk, enum state last, uint64_t at_ns,
		      struct error *err)
{
	const struct identity key = identity_of(sk);
	uint32_t number = tracker_insert(t, sk, &key, at_ns, RECORD_UNPOLLED | RECORD_ENDED);

	if (number == NONE)
		return tracker_no_memory(t, err);
	tracker_record(t, number)->flags ^= RECORD_SEEN;
	tracker_record(t, number)->state = (uint8_t)last;
	return TOLD_SHORT;
}

int tracker_ended(struct tracker *t, const struct sock *sk, const struct ending *e,
		  const struct sock *minisock, uint64_t at_ns, struct error *err)
{
	uint32_t number = tracker_lookup_destroyed(t, sk);
	struct identity key;

	if (number != NONE)
		return told_known(t, tracker_record(t, number), sk, e);
	if (!is_new(t, sk, e, at_ns))
		return TOLD_NOTHING;
	if (minisock) {
		key = identity_of(minisock);
		number = tracker_lookup(t, &key);
		if (number == NONE) {
			count_told(t, sk, e, minisock->state);
			return adopt(t, minisock, &key, at_ns, err);
		}
		/* under a cookie of its own; unless it is another one's */
		if (!(tracker_record(t, number)->flags & RECORD_ENDED))
			return told_known(t, tracker_record(t, number), sk, e);
	}
	if (t->open)
		return bury_later(t, sk, count_told(t, sk, e, STATE_COUNT), at_ns, err);
	tracker_count_gone(&t->pass, sk->proto == PROTO_TCP, count_told(t, sk, e, STATE_COUNT));
	return TOLD_SHORT;
}
