/*
 * Identity across passes: see tracker.h.
 *
 * Every socket has a record of 40 bytes in chunks that never move, found through
 * a hash table of record numbers chained inside the records.  The hash is the
 * second way: a dump comes in nearly the same order as the one before, so every
 * record remembers which one followed it, and that one is tried first.
 */
#include "config.h"

#include "model/tracker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/tracker_record.h"

enum {
	BUCKET_BITS_MIN = 8,
	BUCKET_BITS_MAX = 31,
	SLACK_FACTOR = 4, /* records held for one that is live, before they are moved together */
};

#define CHUNK ((size_t)1 << CHUNK_SHIFT)

struct tracker *tracker_new(void)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->free = NONE;
	t->first = NONE;
	return t;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	chunks_fini(&t->records);
	recent_fini(&t->vanished);
	free(t->buckets);
	free(t);
}

struct record *tracker_record(const struct tracker *t, uint32_t number)
{
	struct record *chunk = t->records.list[number >> CHUNK_SHIFT];

	return &chunk[number & (CHUNK - 1)];
}

static bool record_matches(const struct record *r, const struct identity *key)
{
	return r->id == key->id && r->ends == key->ends && r->flags & RECORD_LIVE;
}

uint32_t *tracker_bucket(const struct tracker *t, uint64_t id)
{
	return &t->buckets[hash_place(id, t->bucket_bits)];
}

uint32_t tracker_lookup(const struct tracker *t, const struct identity *key)
{
	uint32_t number;

	if (!t->buckets)
		return NONE;
	number = *tracker_bucket(t, key->id);
	while (number != NONE && !record_matches(tracker_record(t, number), key))
		number = tracker_record(t, number)->chain;
	return number;
}

static void link_record(struct tracker *t, uint32_t number)
{
	struct record *r = tracker_record(t, number);
	uint32_t *bucket = tracker_bucket(t, r->id);

	r->chain = *bucket;
	*bucket = number;
}

static void unlink_record(struct tracker *t, uint32_t number)
{
	const struct record *r = tracker_record(t, number);
	uint32_t *link = tracker_bucket(t, r->id);

	while (*link != number)
		link = &tracker_record(t, *link)->chain;
	*link = r->chain;
}

static size_t bucket_count(const struct tracker *t)
{
	return t->buckets ? (size_t)1 << t->bucket_bits : 0;
}

/* Chain all live records anew. */
static void buckets_relink(struct tracker *t)
{
	uint32_t number;

	memset(t->buckets, 0xff, bucket_count(t) * sizeof(*t->buckets)); /* NONE */
	for (number = 0; number < t->used; number++)
		if (tracker_record(t, number)->flags & RECORD_LIVE)
			link_record(t, number);
}

/* A table of 2^@bits buckets instead of the one there is. */
static int buckets_resize(struct tracker *t, unsigned int bits)
{
	uint32_t *buckets;

	if (bits > BUCKET_BITS_MAX)
		return -1;
	buckets = malloc(sizeof(*buckets) << bits);
	if (!buckets)
		return -1;
	free(t->buckets);
	t->buckets = buckets;
	t->bucket_bits = bits;
	buckets_relink(t);
	return 0;
}

/* One bucket or more for every live record and another one. */
static int buckets_reserve(struct tracker *t)
{
	if (t->live < bucket_count(t))
		return 0;
	return buckets_resize(t, t->buckets ? t->bucket_bits + 1 : BUCKET_BITS_MIN);
}

/* The number of a record that is not in use, or NONE without memory. */
static uint32_t take_record(struct tracker *t)
{
	uint32_t number = t->free;

	if (number != NONE) {
		t->free = tracker_record(t, number)->chain;
		return number;
	}
	if (t->used == NONE)
		return NONE;
	if (t->used >> CHUNK_SHIFT >= t->records.count &&
	    chunks_add(&t->records, CHUNK * sizeof(struct record)))
		return NONE;
	return t->used++;
}

uint32_t tracker_insert(struct tracker *t, const struct sock *sk, const struct identity *key,
		       uint64_t at_ns, unsigned int flags)
{
	uint32_t number;

	if (buckets_reserve(t))
		return NONE;
	number = take_record(t);
	if (number == NONE)
		return NONE;
	*tracker_record(t, number) = (struct record){
		.id = key->id,
		.first_seen_ns = at_ns,
		.state_since_ns = at_ns,
		.ends = key->ends,
		.next = NONE,
		.state = sk->state,
		.previous = STATE_COUNT,
		.flags = (uint8_t)(flags | RECORD_LIVE | t->seen_mark |
				   (sk->has & SOCK_HAS_COOKIE ? RECORD_COOKIE : 0)),
		.tcp = sk->proto == PROTO_TCP,
	};
	link_record(t, number);
	t->live++;
	return number;
}

/* A socket that a pass meets for the first time. */
static uint32_t insert_met(struct tracker *t, const struct sock *sk, const struct identity *key)
{
	uint32_t number = tracker_insert(t, sk, key, t->pass.at_ns,
				 t->settled ? RECORD_BORN : RECORD_FIRST_PASS);

	if (number == NONE || !t->settled)
		return number;
	tracker_record(t, number)->uncounted = true;
	if (!t->follows || sk->kind != SOCK_MINI)
		tracker_count_born(t, tracker_record(t, number));
	return number;
}

/* A record that was there before is seen for the first time in this pass. */
static void refresh(struct tracker *t, struct record *r, uint8_t state)
{
	r->flags = (uint8_t)((r->flags & ~(RECORD_SEEN | RECORD_BORN | RECORD_CHANGED |
					   RECORD_UNPOLLED)) |
			     t->seen_mark);
	tracker_count_born(t, r);
	if (r->state == state)
		return;
	t->pass.transitions[r->state][state]++;
	if (r->tcp)
		tracker_count_connection(&t->pass, r->state, state);
	r->previous = r->state;
	r->state = state;
	r->state_since_ns = t->pass.at_ns;
	r->flags = (uint8_t)((r->flags & ~RECORD_FIRST_PASS) | RECORD_CHANGED);
}

static void fill(struct track *out, const struct record *r)
{
	*out = (struct track){
		.first_seen_ns = r->first_seen_ns,
		.state_since_ns = r->state_since_ns,
		.state = r->state,
		.previous = r->previous,
		.first_pass = r->flags & RECORD_FIRST_PASS,
		.born = r->flags & RECORD_BORN,
		.changed = r->flags & RECORD_CHANGED,
	};
}

/* @number is next in the order of the dump. */
static void advance(struct tracker *t, uint32_t number, const struct record *r)
{
	uint32_t *link = t->before == NONE ? &t->first : &tracker_record(t, t->before)->next;

	if (*link != number)
		*link = number;
	/* A newcomer stands between two old ones: the second is still expected. */
	if (r->next != NONE)
		t->expected = r->next;
	t->before = number;
	t->seen++;
	if (t->expected != NONE)
		__builtin_prefetch(tracker_record(t, t->expected));
}

void tracker_begin(struct tracker *t, uint64_t now_ns)
{
	if (t->open)
		tracker_end(t, false, NULL, NULL);
	t->pass.number = t->last.number + 1;
	t->pass.since_ns = t->last.at_ns;
	t->pass.at_ns = now_ns;
	t->open = true;
	t->seen_mark ^= RECORD_SEEN;
	t->seen = 0;
	t->before = NONE;
	t->expected = t->first;
}

static void note_listener(struct tracker *t, const struct sock *sk)
{
	if (sk->state == STATE_LISTEN && sk->proto == PROTO_TCP)
		t->listening[sk->local.port / 64] |= UINT64_C(1) << sk->local.port % 64;
}

bool tracker_met(const struct tracker *t, const struct record *r)
{
	return (r->flags & (RECORD_SEEN | RECORD_UNPOLLED)) == t->seen_mark;
}

int tracker_no_memory(const struct tracker *t, struct error *err)
{
	return error_set(err, ENOMEM, "cannot track more than %zu sockets", (size_t)t->live);
}

/* Was @sk, with the record @number or none, destroyed since the kernel put it into the dump? */
static bool is_stale(const struct tracker *t, const struct sock *sk, uint32_t number)
{
	if (number == NONE)
		number = tracker_lookup_destroyed(t, sk);
	return number != NONE && sk->kind != SOCK_MINI &&
	       tracker_record(t, number)->flags & RECORD_UNPOLLED;
}

int tracker_observe(struct tracker *t, const struct sock *sk, struct track *out,
		    struct error *err)
{
	const struct identity key = identity_of(sk);
	uint32_t number = t->expected;
	bool duplicate = false;
	struct record *r;

	if (sk->state >= STATE_COUNT)
		return error_set(err, 0, "a socket in state %u makes no sense", sk->state);
	if (number == NONE || !record_matches(tracker_record(t, number), &key))
		number = tracker_lookup(t, &key);
	if (is_stale(t, sk, number))
		return 1;
	if (number == NONE) {
		number = insert_met(t, sk, &key);
		if (number == NONE)
			return tracker_no_memory(t, err);
		r = tracker_record(t, number);
		note_listener(t, sk);
	} else {
		r = tracker_record(t, number);
		duplicate = tracker_met(t, r);
		if (!duplicate)
			refresh(t, r, sk->state);
	}
	if (!duplicate)
		advance(t, number, r);
	if (out)
		fill(out, r);
	return duplicate;
}

int tracker_recall(struct tracker *t, const struct sock *sk, const struct track *known,
		   struct error *err)
{
	int seen = tracker_observe(t, sk, NULL, err);
	const uint8_t told = RECORD_FIRST_PASS | RECORD_BORN | RECORD_CHANGED;
	struct record *r;

	if (seen)
		return seen;
	r = tracker_record(t, t->before); /* the one observed last */
	r->first_seen_ns = known->first_seen_ns;
	r->state_since_ns = known->state_since_ns;
	r->previous = (uint8_t)known->previous;
	r->flags = (uint8_t)((r->flags & ~told) | (known->first_pass ? RECORD_FIRST_PASS : 0) |
			     (known->born ? RECORD_BORN : 0) |
			     (known->changed ? RECORD_CHANGED : 0));
	return 0;
}

void tracker_recall_pass(struct tracker *t, const struct tracker_pass *pass)
{
	t->last = *pass;
	t->last.live = t->live;
}

/* After a pass that saw not all: the others count as seen, for the marks' sake. */
static void mark_all(struct tracker *t)
{
	uint32_t number;

	for (number = 0; number < t->used; number++) {
		struct record *r = tracker_record(t, number);

		r->flags = (uint8_t)((r->flags & ~RECORD_SEEN) | t->seen_mark);
	}
}

static void bury(struct tracker *t, uint32_t number,
		 void (*gone)(void *context, const struct tracker_gone *what), void *context)
{
	struct record *r = tracker_record(t, number);
	struct tracker_gone what = {
		.cookie = r->flags & RECORD_COOKIE ? r->id : 0,
		.closing = r->closing,
	};

	fill(&what.track, r);
	tracker_count_born(t, r);
	if (t->follows && what.cookie && !(r->flags & RECORD_ENDED) && r->state != STATE_TIME_WAIT)
		recent_add(&t->vanished, what.cookie);
	unlink_record(t, number);
	r->flags = 0;
	r->chain = t->free;
	t->free = number;
	t->live--;
	tracker_count_gone(&t->pass, r->tcp,
		   tracker_count_path(&t->pass, r->tcp, r->state, r->closing, STATE_COUNT));
	if (gone)
		gone(context, &what);
}

static void bury_unseen(struct tracker *t,
			void (*gone)(void *context, const struct tracker_gone *what), void *context)
{
	uint32_t number;

	for (number = 0; number < t->used; number++) {
		const struct record *r = tracker_record(t, number);

		if (r->flags & RECORD_LIVE && (r->flags & RECORD_SEEN) != t->seen_mark)
			bury(t, number, gone, context);
	}
}

/* Number the live records anew, without gaps, into their ->chain. */
static void renumber(struct tracker *t)
{
	uint32_t number, count = 0;

	for (number = 0; number < t->used; number++) {
		struct record *r = tracker_record(t, number);

		r->chain = r->flags & RECORD_LIVE ? count++ : NONE;
	}
}

/* Where record @old is going to be, or NONE. */
static uint32_t renumbered(const struct tracker *t, uint32_t old)
{
	return old == NONE ? NONE : tracker_record(t, old)->chain;
}

/* Move the live records together; none goes up, so none is overwritten too early. */
static void move_together(struct tracker *t)
{
	uint32_t number;

	renumber(t);
	t->first = renumbered(t, t->first);
	for (number = 0; number < t->used; number++)
		tracker_record(t, number)->next = renumbered(t, tracker_record(t, number)->next);
	for (number = 0; number < t->used; number++) {
		const struct record *r = tracker_record(t, number);

		if (r->flags & RECORD_LIVE)
			*tracker_record(t, r->chain) = *r;
	}
	t->used = t->live;
	t->free = NONE;
}

/*
 * After a flood most records are free, and every pass would still walk over all
 * of them: close the gaps and give the rest of the memory back.
 */
static void compact(struct tracker *t)
{
	unsigned int bits = BUCKET_BITS_MIN;

	move_together(t);
	chunks_shrink(&t->records, ((size_t)t->used + CHUNK - 1) >> CHUNK_SHIFT);
	while ((size_t)1 << bits < t->live)
		bits++;
	if (buckets_resize(t, bits))
		buckets_relink(t); /* no memory for a small table: the large one serves on */
}

static void sum_up(struct tracker_pass *totals, const struct tracker_pass *pass)
{
	size_t from, to;

	if (!totals->number)
		totals->since_ns = pass->at_ns;
	totals->number = pass->number;
	totals->at_ns = pass->at_ns;
	totals->live = pass->live;
	totals->born += pass->born;
	totals->gone += pass->gone;
	totals->opened += pass->opened;
	totals->closed += pass->closed;
	totals->told += pass->told;
	for (from = 0; from < STATE_COUNT; from++) {
		totals->born_in[from] += pass->born_in[from];
		totals->gone_from[from] += pass->gone_from[from];
		for (to = 0; to < STATE_COUNT; to++)
			totals->transitions[from][to] += pass->transitions[from][to];
	}
}

void tracker_end(struct tracker *t, bool complete,
		 void (*gone)(void *context, const struct tracker_gone *what), void *context)
{
	if (!t->open)
		return;
	t->open = false;
	if (complete && !t->settled)
		t->settled_ns = t->pass.at_ns;
	if (t->seen != t->live && complete)
		bury_unseen(t, gone, context);
	else if (t->seen != t->live)
		mark_all(t);
	if (complete) {
		t->settled = true;
		if (t->used > CHUNK && t->used / SLACK_FACTOR > t->live)
			compact(t);
	}
	t->pass.live = t->live;
	t->last = t->pass;
	sum_up(&t->totals, &t->pass);
	t->pass = (struct tracker_pass){ 0 };
}

bool tracker_find(const struct tracker *t, const struct sock *sk, struct track *out)
{
	const struct identity key = identity_of(sk);
	uint32_t number = tracker_lookup(t, &key);

	if (number == NONE)
		return false;
	fill(out, tracker_record(t, number));
	return true;
}

const struct tracker_pass *tracker_last_pass(const struct tracker *t)
{
	return &t->last;
}

const struct tracker_pass *tracker_totals(const struct tracker *t)
{
	return &t->totals;
}

size_t tracker_bytes(const struct tracker *t)
{
	return sizeof(*t) + chunks_total_bytes(&t->records) + recent_bytes(&t->vanished) +
	       bucket_count(t) * sizeof(*t->buckets);
}
