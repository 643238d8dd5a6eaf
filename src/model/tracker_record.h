/*
 * What tracker.c and tracker_told.c share: the records, how they are found, and how lives are
 * counted.
 */
#ifndef MODEL_TRACKER_RECORD_H
#define MODEL_TRACKER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/chunks.h"
#include "base/recent.h"
#include "model/identity.h"
#include "model/tracker.h"

enum {
	CHUNK_SHIFT = 10, /* records in a chunk: 40 KiB */
};

#define NONE UINT32_MAX
#define PORTS 65536

enum record_flag {
	RECORD_LIVE = 1 << 0,
	RECORD_SEEN = 1 << 1, /* seen in this pass if equal to tracker.seen_mark */
	RECORD_FIRST_PASS = 1 << 2,
	RECORD_BORN = 1 << 3,
	RECORD_CHANGED = 1 << 4,
	RECORD_COOKIE = 1 << 5, /* @id is a cookie, not a stand-in */
	RECORD_ENDED = 1 << 6,	/* the kernel told that the full socket is destroyed */
	RECORD_UNPOLLED = 1 << 7, /* known by an event alone: a minisock, or one that is no more */
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
	uint8_t closing : 4; /* enum closing, of RECORD_ENDED */
	uint8_t tcp : 1;
	uint8_t uncounted : 1; /* as born: the event that tells of its life may be on its way */
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
	uint64_t settled_ns; /* when the first complete one began */
	bool follows;	   /* events are told */
	struct recent vanished; /* cookies that passes missed before an event told of their end */
	uint32_t seen;	   /* in this pass */
	uint32_t first;	   /* the first record of the last dump */
	uint32_t before;   /* the record observed before */
	uint32_t expected; /* the one that followed it in the last dump */
	struct tracker_pass pass; /* being counted: since the last one ended */
	struct tracker_pass last;
	struct tracker_pass totals;
	uint64_t listening[PORTS / 64]; /* bits: TCP ports that somebody ever listened on */
};

struct record *tracker_record(const struct tracker *t, uint32_t number);

/* The head of the chain of @id: by the cookie alone, an event may have forgotten the ends. */
uint32_t *tracker_bucket(const struct tracker *t, uint64_t id);

/* The number of the record with @key, or NONE. */
uint32_t tracker_lookup(const struct tracker *t, const struct identity *key);

/* The same for a destroyed socket, or for one that is: it may have forgotten its ends. */
uint32_t tracker_lookup_destroyed(const struct tracker *t, const struct sock *sk);

/* A record for @sk, as if met in this pass or the last, with @flags.  NONE without memory. */
uint32_t tracker_insert(struct tracker *t, const struct sock *sk, const struct identity *key,
			uint64_t at_ns, unsigned int flags);

int tracker_no_memory(const struct tracker *t, struct error *err);

/* This pass, or the last if none is open, met it itself. */
bool tracker_met(const struct tracker *t, const struct record *r);

/* A TCP socket went from @from (STATE_COUNT: it was not there) to @to. */
void tracker_count_connection(struct tracker_pass *pass, enum state from, enum state to);

/*
 * A life that ended like @closing went on from @from up to @left, or to its end where that
 * is STATE_COUNT.  Returns the last state it was in.
 */
enum state tracker_count_path(struct tracker_pass *pass, bool tcp, enum state from,
			      enum closing closing, enum state left);

/* What a pass met, and has not been counted as born yet, is. */
void tracker_count_born(struct tracker *t, struct record *r);

/* A socket was last in @from and is no more. */
void tracker_count_gone(struct tracker_pass *pass, bool tcp, enum state from);

#endif
