/*
 * Bytes and retransmissions of each connection: see traffic.h.
 *
 * A table of places, a connection being in the first free one from where its hash
 * points.  What is gone is taken out when the table is built anew: taking out a
 * single one would cut others off from their place.
 */
#include "config.h"

#include "model/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define BITS_MIN 8

struct flow {
	uint64_t id; /* 0: the place is free */
	uint64_t received_bytes;
	uint64_t sent_bytes;
	uint32_t retransmitted;
	uint32_t pass; /* that saw it last */
};

struct traffic {
	struct flow *flows;
	unsigned int bits; /* there are 2^bits places */
	size_t used;
	size_t seen; /* in this pass */
	uint32_t pass;
	bool compares; /* there was a pass before */
};

struct traffic *traffic_new(void)
{
	return calloc(1, sizeof(struct traffic));
}

void traffic_free(struct traffic *t)
{
	if (t)
		free(t->flows);
	free(t);
}

void traffic_reset(struct traffic *t)
{
	free(t->flows);
	*t = (struct traffic){ 0 };
}

static size_t places(const struct traffic *t)
{
	return t->flows ? (size_t)1 << t->bits : 0;
}

/* A descriptor that connects again keeps its cookie, and counts from 0. */
static uint64_t id_of(const struct sock *sk)
{
	uint64_t hash = hash_word(sk->netns, sk->has & SOCK_HAS_COOKIE ? sk->cookie : sk->inode);

	hash = hash_word(hash, (uint32_t)sk->local.port << 16 | sk->peer.port);
	hash = hash_bytes(hash, sk->local.bytes, sizeof(sk->local.bytes));
	hash = hash_bytes(hash, sk->peer.bytes, sizeof(sk->peer.bytes));
	return hash ? hash : 1;
}

/* The place of @id: its own, or the free one where it belongs. */
static struct flow *place_of(const struct traffic *t, uint64_t id)
{
	size_t mask = places(t) - 1;
	size_t i = hash_place(id, t->bits);

	while (t->flows[i].id && t->flows[i].id != id)
		i = (i + 1) & mask;
	return &t->flows[i];
}

/* Build the table anew with 2^@bits places, of connections seen in @since or later. */
static int rebuild(struct traffic *t, unsigned int bits, uint32_t since)
{
	struct flow *old = t->flows;
	size_t count = places(t);
	struct flow *flows = calloc((size_t)1 << bits, sizeof(*flows));

	if (!flows)
		return -1;
	t->flows = flows;
	t->bits = bits;
	t->used = 0;
	for (size_t i = 0; i < count; i++) {
		if (!old[i].id || old[i].pass < since)
			continue;
		*place_of(t, old[i].id) = old[i];
		t->used++;
	}
	free(old);
	return 0;
}

/* One in eight places stays free at least. */
static bool is_full(const struct traffic *t)
{
	return t->used + 1 > places(t) / 8 * 7;
}

void traffic_begin(struct traffic *t)
{
	t->compares = t->pass > 0;
	t->pass++;
	t->seen = 0;
}

int traffic_note(struct traffic *t, const struct sock *sk, bool born, struct traffic_delta *out)
{
	struct flow was = { .id = 0 };
	struct flow *flow;

	if (sk->state == STATE_LISTEN || !tcp_facts_has(sk, bytes_sent))
		return 0;
	if (is_full(t) && rebuild(t, t->flows ? t->bits + 1 : BITS_MIN, t->pass - 1))
		return -1;
	was.id = id_of(sk);
	flow = place_of(t, was.id);
	if (flow->id)
		was = *flow;
	else
		t->used++;
	*flow = (struct flow){ was.id, sk->tcp->bytes_received, sk->tcp->bytes_sent,
			       sk->tcp->total_retrans_segments, t->pass };
	t->seen++;
	/* one that is new and was not born had been left out by a filter, or had no counts */
	if (!t->compares || (!was.pass && !born) || (was.pass && was.pass + 1 != t->pass) ||
	    was.received_bytes > flow->received_bytes || was.sent_bytes > flow->sent_bytes)
		return 0;
	*out = (struct traffic_delta){ flow->received_bytes - was.received_bytes,
				       flow->sent_bytes - was.sent_bytes,
				       flow->retransmitted - was.retransmitted };
	return 1;
}

void traffic_end(struct traffic *t)
{
	unsigned int bits = BITS_MIN;

	if (t->used - t->seen <= t->used / 4)
		return;
	while ((size_t)1 << bits < t->seen * 2)
		bits++;
	/* without memory for a smaller table the larger one serves on */
	rebuild(t, bits < t->bits ? bits : t->bits, t->pass);
}

size_t traffic_bytes(const struct traffic *t)
{
	return sizeof(*t) + places(t) * sizeof(*t->flows);
}
