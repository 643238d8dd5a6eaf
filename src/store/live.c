/* The sockets that are there, as a recorder remembers them: see live.h. */
#include "config.h"

#include "store/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { CHUNK_SHIFT = 9, BUCKET_BITS_MIN = 8 };

#define CHUNK ((uint32_t)1 << CHUNK_SHIFT)

/* Where a figure is: in struct figures, and in what the kernel tells of TCP. */
struct figure_place {
	uint16_t offset;
	uint16_t size;
	uint16_t tcp_offset; /* with ->tcp */
	bool tcp;
};

#define PLACE(field)                                                                               \
	.offset = offsetof(struct figures, field), .size = sizeof(((struct figures *)0)->field)
#define FROM_TCP(field) .tcp = true, .tcp_offset = offsetof(struct tcp_facts, field)

static const struct figure_place places[FIGURE_COUNT] = {
	[FIGURE_RECV_QUEUE] = { PLACE(recv_queue) },
	[FIGURE_SEND_QUEUE] = { PLACE(send_queue) },
	[FIGURE_BYTES_RECEIVED] = { PLACE(bytes_received), FROM_TCP(bytes_received) },
	[FIGURE_BYTES_ACKED] = { PLACE(bytes_acked), FROM_TCP(bytes_acked) },
	[FIGURE_BYTES_SENT] = { PLACE(bytes_sent), FROM_TCP(bytes_sent) },
	[FIGURE_BYTES_RETRANS] = { PLACE(bytes_retrans), FROM_TCP(bytes_retrans) },
	[FIGURE_TOTAL_RETRANS] = { PLACE(total_retrans), FROM_TCP(total_retrans_segments) },
	[FIGURE_SEGS_IN] = { PLACE(segs_in), FROM_TCP(segs_in) },
	[FIGURE_SEGS_OUT] = { PLACE(segs_out), FROM_TCP(segs_out) },
	[FIGURE_LOST] = { PLACE(lost), FROM_TCP(lost_segments) },
	[FIGURE_RTT] = { PLACE(rtt_us), FROM_TCP(rtt_us) },
	[FIGURE_MIN_RTT] = { PLACE(min_rtt_us), FROM_TCP(min_rtt_us) },
	[FIGURE_CWND] = { PLACE(cwnd), FROM_TCP(snd_cwnd_segments) },
	[FIGURE_DROPS] = { PLACE(drops) },
};

static void take_tcp(struct figures *f, const struct sock *sk)
{
	for (unsigned int i = 0; i < FIGURE_COUNT; i++) {
		const struct figure_place *p = &places[i];

		if (!p->tcp || p->tcp_offset + p->size > sk->tcp_bytes)
			continue;
		memcpy((char *)f + p->offset, (const char *)sk->tcp + p->tcp_offset, p->size);
		f->known |= 1u << i;
	}
}

void figures_take(struct figures *f, const struct sock *sk)
{
	if (sk->kind != SOCK_FULL)
		return;
	if (sk->has & SOCK_HAS_QUEUES) {
		f->recv_queue = sk->recv_queue;
		f->send_queue = sk->send_queue;
		f->known |= 1u << FIGURE_RECV_QUEUE | 1u << FIGURE_SEND_QUEUE;
	}
	if (sk->memory && sk->memory_known > MEMORY_DROPS) {
		f->drops = sk->memory[MEMORY_DROPS];
		f->known |= 1u << FIGURE_DROPS;
	}
	/* a listener's facts mean something else */
	if (sk->tcp && sk->state != STATE_LISTEN)
		take_tcp(f, sk);
}

bool figures_value(const struct figures *f, enum figure which, uint64_t *out)
{
	const struct figure_place *p = &places[which];
	uint32_t narrow;

	if (!(f->known & 1u << which))
		return false;
	if (p->size == sizeof(*out)) {
		memcpy(out, (const char *)f + p->offset, sizeof(*out));
		return true;
	}
	memcpy(&narrow, (const char *)f + p->offset, sizeof(narrow));
	*out = narrow;
	return true;
}

void live_init(struct live *l)
{
	*l = (struct live){ .free = LIVE_NONE };
}

void live_fini(struct live *l)
{
	chunks_fini(&l->sockets);
	free(l->buckets);
	free(l->undo);
	live_init(l);
}

struct live_socket *live_at(const struct live *l, uint32_t number)
{
	struct live_socket *chunk = l->sockets.list[number >> CHUNK_SHIFT];

	return &chunk[number & (CHUNK - 1)];
}

/* By the cookie alone: an event may lack the ends. */
static uint32_t *bucket_of(const struct live *l, uint64_t id)
{
	return &l->buckets[hash_place(id, l->bucket_bits)];
}

uint32_t live_find(const struct live *l, const struct identity *identity, bool ends)
{
	uint32_t number;

	if (!l->buckets)
		return LIVE_NONE;
	for (number = *bucket_of(l, identity->id); number != LIVE_NONE;
	     number = live_at(l, number)->chain) {
		const struct live_socket *s = live_at(l, number);

		if (s->identity.id == identity->id && !(s->now.flags & LIVE_FOREIGN) &&
		    (!ends || s->identity.ends == identity->ends))
			return number;
	}
	return LIVE_NONE;
}

uint32_t live_find_new(const struct live *l, const struct identity *identity)
{
	uint32_t number = l->buckets ? *bucket_of(l, identity->id) : LIVE_NONE;

	while (number != LIVE_NONE) {
		const struct live_socket *s = live_at(l, number);

		if (identity_equal(&s->identity, identity) && !s->now.row &&
		    !(s->now.flags & LIVE_SEEN))
			break;
		number = s->chain;
	}
	return number;
}

static void link_socket(struct live *l, uint32_t number)
{
	uint32_t *bucket = bucket_of(l, live_at(l, number)->identity.id);

	live_at(l, number)->chain = *bucket;
	*bucket = number;
}

static int buckets_reserve(struct live *l, struct error *err)
{
	unsigned int bits = l->buckets ? l->bucket_bits + 1 : BUCKET_BITS_MIN;
	uint32_t *buckets;

	if (l->buckets && l->count < (uint32_t)1 << l->bucket_bits)
		return 0;
	buckets = malloc(sizeof(*buckets) << bits);
	if (!buckets)
		return error_set(err, ENOMEM, "cannot record more than %u sockets", l->count);
	memset(buckets, 0xff, sizeof(*buckets) << bits); /* LIVE_NONE */
	free(l->buckets);
	l->buckets = buckets;
	l->bucket_bits = bits;
	for (uint32_t i = 0; i < l->used; i++)
		if (live_at(l, i)->now.flags & LIVE_USED)
			link_socket(l, i);
	return 0;
}

static uint32_t take_place(struct live *l)
{
	uint32_t number = l->free;

	if (number != LIVE_NONE) {
		l->free = live_at(l, number)->chain;
		return number;
	}
	if (l->used >> CHUNK_SHIFT >= l->sockets.count &&
	    chunks_add(&l->sockets, CHUNK * sizeof(struct live_socket)))
		return LIVE_NONE;
	return l->used++;
}

static int note_undo(struct live *l, const struct live_undo *undo, struct error *err)
{
	if (l->undo_count == l->undo_room) {
		size_t room = l->undo_room ? l->undo_room * 2 : 256;
		struct live_undo *list = reallocarray(l->undo, room, sizeof(*list));

		if (!list)
			return error_set(err, ENOMEM, "cannot record sockets");
		l->undo = list;
		l->undo_room = room;
	}
	l->undo[l->undo_count++] = *undo;
	return 0;
}

uint32_t live_add(struct live *l, const struct identity *identity, struct error *err)
{
	uint32_t number;

	if (l->count >= LIVE_MAX) {
		error_set(err, 0, "cannot record more than %u sockets", LIVE_MAX);
		return LIVE_NONE;
	}
	if (buckets_reserve(l, err))
		return LIVE_NONE;
	number = take_place(l);
	if (number == LIVE_NONE) {
		error_set(err, ENOMEM, "cannot record more than %u sockets", l->count);
		return LIVE_NONE;
	}
	*live_at(l, number) = (struct live_socket){
		.identity = *identity,
		.now = { .flags = LIVE_USED, .state = STATE_COUNT },
	};
	link_socket(l, number);
	l->count++;
	if (note_undo(l, &(struct live_undo){ .number = number, .created = true }, err)) {
		live_remove(l, number);
		return LIVE_NONE;
	}
	return number;
}

void live_remove(struct live *l, uint32_t number)
{
	struct live_socket *s = live_at(l, number);
	uint32_t *link = bucket_of(l, s->identity.id);

	while (*link != number)
		link = &live_at(l, *link)->chain;
	*link = s->chain;
	s->now.flags = 0;
	s->chain = l->free;
	l->free = number;
	l->count--;
}

int live_touch(struct live *l, uint32_t number, struct error *err)
{
	const struct live_undo undo = { .number = number, .before = live_at(l, number)->now };

	return note_undo(l, &undo, err);
}

/* A flood leaves a large journal: the usual one is small. */
static void undo_clear(struct live *l)
{
	l->undo_count = 0;
	if (l->undo_room > l->used / 4 + 4096) {
		free(l->undo);
		l->undo = NULL;
		l->undo_room = 0;
	}
}

void live_commit(struct live *l)
{
	undo_clear(l);
}

void live_rollback(struct live *l)
{
	for (size_t i = l->undo_count; i-- > 0;) {
		const struct live_undo *u = &l->undo[i];

		if (u->created)
			live_remove(l, u->number);
		else
			live_at(l, u->number)->now = u->before;
	}
	undo_clear(l);
}
