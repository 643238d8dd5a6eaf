/*
 * What a recorder remembers of the sockets that are there: which row each has, the
 * state that was written last, its latest figures.
 *
 * A socket costs 148 bytes at most, its share of the hash table included; there are
 * never more than LIVE_MAX.
 */
#ifndef STORE_LIVE_H
#define STORE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chunks.h"
#include "base/error.h"
#include "model/identity.h"
#include "model/sock.h"

#define LIVE_MAX ((uint32_t)1 << 22)
#define LIVE_NONE UINT32_MAX

enum live_flag {
	LIVE_USED = 1 << 0,
	LIVE_SEEN = 1 << 1,   /* in this poll */
	LIVE_ENDED = 1 << 2,  /* an event said so, at ->ended_ms */
	LIVE_FOREIGN = 1 << 3, /* of an earlier boot: nothing that is seen is the same */
	LIVE_CONNECTION = 1 << 4, /* TCP, and no listener */
};

/* The columns of a socket's figures, in the order of enum figure (live.c). */
enum figure {
	FIGURE_RECV_QUEUE,
	FIGURE_SEND_QUEUE,
	FIGURE_BYTES_RECEIVED,
	FIGURE_BYTES_ACKED,
	FIGURE_BYTES_SENT,
	FIGURE_BYTES_RETRANS,
	FIGURE_TOTAL_RETRANS,
	FIGURE_SEGS_IN,
	FIGURE_SEGS_OUT,
	FIGURE_LOST,
	FIGURE_RTT,
	FIGURE_MIN_RTT,
	FIGURE_CWND,
	FIGURE_DROPS,
	FIGURE_COUNT
};

struct figures {
	uint64_t bytes_received;
	uint64_t bytes_acked;
	uint64_t bytes_sent;
	uint64_t bytes_retrans;
	uint32_t recv_queue;
	uint32_t send_queue;
	uint32_t total_retrans;
	uint32_t segs_in;
	uint32_t segs_out;
	uint32_t lost;
	uint32_t rtt_us;
	uint32_t min_rtt_us;
	uint32_t cwnd;
	uint32_t drops;
	uint32_t known; /* bits 1 << enum figure */
};

/* Take over what @sk tells; what it does not tell stays. */
void figures_take(struct figures *f, const struct sock *sk);

/* Into @out; false: not known. */
bool figures_value(const struct figures *f, enum figure which, uint64_t *out);

/* What is undone when a poll could not be written. */
struct live_state {
	uint64_t row; /* of the table socket; 0: none yet */
	uint64_t since_ms;
	uint64_t ended_ms;
	uint8_t state; /* enum state; STATE_COUNT: none yet */
	uint8_t flags;
	uint8_t owners_rank;  /* how much is recorded of its owners (recorder_owners.c) */
	uint32_t first_owner; /* a hash of it; 0: not known what is recorded */
};

struct live_socket {
	struct identity identity;
	uint32_t chain;
	struct live_state now;
	struct figures figures;
};

struct live_undo {
	uint32_t number;
	bool created;
	struct live_state before;
};

struct live {
	struct chunks sockets;
	uint32_t used; /* ever taken into use */
	uint32_t count;
	uint32_t free; /* head of the free list, by ->chain; LIVE_NONE: empty */
	uint32_t *buckets;
	unsigned int bucket_bits;
	struct live_undo *undo; /* of the poll under way */
	size_t undo_count;
	size_t undo_room;
};

void live_init(struct live *l);
void live_fini(struct live *l);

/* Borrowed, valid until live_fini(): sockets never move. */
struct live_socket *live_at(const struct live *l, uint32_t number);

/*
 * The number of the socket, or LIVE_NONE.  Without @ends the identity's cookie alone
 * decides.
 */
uint32_t live_find(const struct live *l, const struct identity *identity, bool ends);

/* The same of one that has no row yet, and was not seen in this poll. */
uint32_t live_find_new(const struct live *l, const struct identity *identity);

/* A new one, noted for undoing.  LIVE_NONE with @err set. */
uint32_t live_add(struct live *l, const struct identity *identity, struct error *err);
void live_remove(struct live *l, uint32_t number);

/* ->now of the socket is going to change: remember it.  0, or -1 with @err set. */
int live_touch(struct live *l, uint32_t number, struct error *err);

/* What was written is there; or it is not, and all is as it was before the poll. */
void live_commit(struct live *l);
void live_rollback(struct live *l);

#endif
