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

#include "base/chunks.h"
#include "base/hash.h"
#include "model/identity.h"

enum {
	CHUNK_SHIFT = 10, /* records in a chunk: 40 KiB */
	BUCKET_BITS_MIN = 8,
	BUCKET_BITS_MAX = 31,
	SLACK_FACTOR = 4, /* records held for one that is live, before they are moved together */
};

#define CHUNK ((size_t)1 << CHUNK_SHIFT)
#define NONE UINT32_MAX

enum record_flag {
	RECORD_LIVE = 1 << 0,
	RECORD_SEEN = 1 << 1, /* seen in this pass if equal to tracker.seen_mark */
	RECORD_FIRST_PASS = 1 << 2,
	RECORD_BORN = 1 << 3,
	RECORD_CHANGED = 1 << 4,
	RECORD_COOKIE = 1 << 5, /* @id is a cookie, not a stand-in */
};

struct record {
	uint64_t id; /* the cookie, or a hash that stands in for it */
	uint64_t first_seen_ns;
	uint64_t state_since_ns;
	uint32_t ends;	/* hash of protocol, namespace and both ends */
	uint32_t chain; /* the next record in its bucket, or in the free list */
	uint32_t next;	/* the record that followed in the last dump */
	uint8_t state;
	uint8_t previous;
	uint8_t flags;
	uint8_t spare;
};

_Static_assert(sizeof(struct record) == 40, "the record has grown");

struct tracker {
	struct chunks records;
	uint32_t used; /* records ever taken into use: live ones and free ones */
	uint32_t live;
	uint32_t free; /* head of the free list */
	uint32_t *buckets;
	unsigned int bucket_bits;
	uint8_t seen_mark; /* 0 or RECORD_SEEN, changing from pass to pass */
	bool open;	   /* between begin and end */
	bool settled;	   /* a complete pass has ended: what is new now was born */
	uint32_t seen;	   /* in this pass */
	uint32_t first;	   /* the first record of the last dump */
	uint32_t before;   /* the record observed before */
	uint32_t expected; /* the one that followed it in the last dump */
	struct tracker_pass pass; /* being counted */
	struct tracker_pass last;
	struct tracker_pass totals;
};

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
	free(t->buckets);
	free(t);
}

static struct record *record_at(const struct tracker *t, uint32_t number)
{
	struct record *chunk = t->records.list[number >> CHUNK_SHIFT];

	return &chunk[number & (CHUNK - 1)];
}

static bool record_matches(const struct record *r, const struct identity *key)
{
	return r->id == key->id && r->ends == key->ends && r->flags & RECORD_LIVE;
}

static uint32_t *bucket_of(const struct tracker *t, const struct identity *key)
{
	return &t->buckets[hash_place(key->id ^ (uint64_t)key->ends << 32, t->bucket_bits)];
}

/* The number of the record with @key, or NONE. */
static uint32_t find(const struct tracker *t, const struct identity *key)
{
	uint32_t number;

	if (!t->buckets)
		return NONE;
	number = *bucket_of(t, key);
	while (number != NONE && !record_matches(record_at(t, number), key))
		number = record_at(t, number)->chain;
	return number;
}

static void link_record(struct tracker *t, uint32_t number)
{
	struct record *r = record_at(t, number);
	uint32_t *bucket = bucket_of(t, &(struct identity){ r->id, r->ends });

	r->chain = *bucket;
	*bucket = number;
}

static void unlink_record(struct tracker *t, uint32_t number)
{
	const struct record *r = record_at(t, number);
	uint32_t *link = bucket_of(t, &(struct identity){ r->id, r->ends });

	while (*link != number)
		link = &record_at(t, *link)->chain;
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
		if (record_at(t, number)->flags & RECORD_LIVE)
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
		t->free = record_at(t, number)->chain;
		return number;
	}
	if (t->used == NONE)
		return NONE;
	if (t->used >> CHUNK_SHIFT >= t->records.count &&
	    chunks_add(&t->records, CHUNK * sizeof(struct record)))
		return NONE;
	return t->used++;
}

static uint32_t insert(struct tracker *t, const struct sock *sk, const struct identity *key)
{
	uint32_t number;

	if (buckets_reserve(t))
		return NONE;
	number = take_record(t);
	if (number == NONE)
		return NONE;
	*record_at(t, number) = (struct record){
		.id = key->id,
		.first_seen_ns = t->pass.at_ns,
		.state_since_ns = t->pass.at_ns,
		.ends = key->ends,
		.next = NONE,
		.state = sk->state,
		.previous = STATE_COUNT,
		.flags = (uint8_t)(RECORD_LIVE | t->seen_mark |
				   (t->settled ? RECORD_BORN : RECORD_FIRST_PASS) |
				   (sk->has & SOCK_HAS_COOKIE ? RECORD_COOKIE : 0)),
	};
	link_record(t, number);
	t->live++;
	if (t->settled) {
		t->pass.born++;
		t->pass.born_in[sk->state]++;
	}
	return number;
}

/* A record that was there before is seen for the first time in this pass. */
static void refresh(struct tracker *t, struct record *r, uint8_t state)
{
	r->flags = (uint8_t)((r->flags & ~(RECORD_SEEN | RECORD_BORN | RECORD_CHANGED)) |
			     t->seen_mark);
	if (r->state == state)
		return;
	t->pass.transitions[r->state][state]++;
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
	uint32_t *link = t->before == NONE ? &t->first : &record_at(t, t->before)->next;

	if (*link != number)
		*link = number;
	/* A newcomer stands between two old ones: the second is still expected. */
	if (r->next != NONE)
		t->expected = r->next;
	t->before = number;
	t->seen++;
	if (t->expected != NONE)
		__builtin_prefetch(record_at(t, t->expected));
}

void tracker_begin(struct tracker *t, uint64_t now_ns)
{
	if (t->open)
		tracker_end(t, false, NULL, NULL);
	t->pass = (struct tracker_pass){
		.number = t->last.number + 1,
		.since_ns = t->last.at_ns,
		.at_ns = now_ns,
	};
	t->open = true;
	t->seen_mark ^= RECORD_SEEN;
	t->seen = 0;
	t->before = NONE;
	t->expected = t->first;
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
	if (number == NONE || !record_matches(record_at(t, number), &key))
		number = find(t, &key);
	if (number == NONE) {
		number = insert(t, sk, &key);
		if (number == NONE)
			return error_set(err, ENOMEM, "cannot track more than %zu sockets",
					 (size_t)t->live);
		r = record_at(t, number);
	} else {
		r = record_at(t, number);
		duplicate = (r->flags & RECORD_SEEN) == t->seen_mark;
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
	r = record_at(t, t->before); /* the one observed last */
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
		struct record *r = record_at(t, number);

		r->flags = (uint8_t)((r->flags & ~RECORD_SEEN) | t->seen_mark);
	}
}

static void bury(struct tracker *t, uint32_t number,
		 void (*gone)(void *context, const struct tracker_gone *what), void *context)
{
	struct record *r = record_at(t, number);
	struct tracker_gone what = { .cookie = r->flags & RECORD_COOKIE ? r->id : 0 };

	fill(&what.track, r);
	unlink_record(t, number);
	r->flags = 0;
	r->chain = t->free;
	t->free = number;
	t->live--;
	t->pass.gone++;
	t->pass.gone_from[r->state]++;
	if (gone)
		gone(context, &what);
}

static void bury_unseen(struct tracker *t,
			void (*gone)(void *context, const struct tracker_gone *what), void *context)
{
	uint32_t number;

	for (number = 0; number < t->used; number++) {
		const struct record *r = record_at(t, number);

		if (r->flags & RECORD_LIVE && (r->flags & RECORD_SEEN) != t->seen_mark)
			bury(t, number, gone, context);
	}
}

/* Number the live records anew, without gaps, into their ->chain. */
static void renumber(struct tracker *t)
{
	uint32_t number, count = 0;

	for (number = 0; number < t->used; number++) {
		struct record *r = record_at(t, number);

		r->chain = r->flags & RECORD_LIVE ? count++ : NONE;
	}
}

/* Where record @old is going to be, or NONE. */
static uint32_t renumbered(const struct tracker *t, uint32_t old)
{
	return old == NONE ? NONE : record_at(t, old)->chain;
}

/* Move the live records together; none goes up, so none is overwritten too early. */
static void move_together(struct tracker *t)
{
	uint32_t number;

	renumber(t);
	t->first = renumbered(t, t->first);
	for (number = 0; number < t->used; number++)
		record_at(t, number)->next = renumbered(t, record_at(t, number)->next);
	for (number = 0; number < t->used; number++) {
		const struct record *r = record_at(t, number);

		if (r->flags & RECORD_LIVE)
			*record_at(t, r->chain) = *r;
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
}

bool tracker_find(const struct tracker *t, const struct sock *sk, struct track *out)
{
	const struct identity key = identity_of(sk);
	uint32_t number = find(t, &key);

	if (number == NONE)
		return false;
	fill(out, record_at(t, number));
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
	return sizeof(*t) + chunks_total_bytes(&t->records) +
	       bucket_count(t) * sizeof(*t->buckets);
}
