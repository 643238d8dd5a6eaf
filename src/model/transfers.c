/* What holds transfers back: see transfers.h. */
#include "config.h"

#include "model/transfers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/intern.h"

/* Polls that are nearer to each other are one. */
#define NEAREST_NS UINT64_C(200000000)

struct key {
	uint64_t netns;
	uint64_t cookie;
};

struct transfer {
	uint64_t busy_us;
	uint64_t rwnd_limited_us;
	uint64_t sndbuf_limited_us;
	uint64_t sent; /* bytes, or segments where the kernel counts no bytes */
	uint64_t again; /* of it, what was sent before */
	const char *limit; /* NULL: not known */
};

/* By the number of its key. */
struct poll {
	struct intern keys;
	struct transfer *list;
	size_t room;
	uint64_t at_ns;
};

struct transfers {
	struct poll poll[2];
	struct poll *now;
	struct poll *before;
	bool polled;
};

struct transfers *transfers_new(void)
{
	struct transfers *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->now = &t->poll[0];
	t->before = &t->poll[1];
	return t;
}

void transfers_free(struct transfers *t)
{
	for (size_t i = 0; t && i < 2; i++) {
		intern_fini(&t->poll[i].keys);
		free(t->poll[i].list);
	}
	free(t);
}

bool transfers_polled(const struct transfers *t)
{
	return t->polled;
}

bool transfers_begin(struct transfers *t, uint64_t now_ns)
{
	struct poll *now = t->before;

	if (t->polled && now_ns - t->now->at_ns < NEAREST_NS)
		return false;
	t->before = t->now;
	t->now = now;
	t->polled = true;
	now->at_ns = now_ns;
	intern_reset(&now->keys);
	return true;
}

static struct key key_of(const struct sock *sk)
{
	return (struct key){ .netns = sk->netns, .cookie = sk->cookie };
}

/* Data may be sent in these states. */
static bool may_send(const struct sock *sk)
{
	return (sk->state == STATE_ESTABLISHED || sk->state == STATE_CLOSE_WAIT) &&
	       sk->proto == PROTO_TCP && sk->has & SOCK_HAS_COOKIE;
}

static struct transfer transfer_of(const struct sock *sk)
{
	const struct tcp_facts *tcp = sk->tcp;
	const bool bytes = tcp_facts_has(sk, bytes_retrans);

	return (struct transfer){
		.busy_us = tcp->busy_time_us,
		.rwnd_limited_us = tcp->rwnd_limited_us,
		.sndbuf_limited_us = tcp->sndbuf_limited_us,
		.sent = bytes ? tcp->bytes_sent : tcp->data_segs_out,
		.again = bytes ? tcp->bytes_retrans : tcp->total_retrans_segments,
	};
}

/* A retransmission timer that has fired in vain sends nothing for seconds. */
static bool is_lossy(const struct transfer *before, const struct transfer *now,
		     const struct sock *sk)
{
	return now->again > before->again || sk->tcp->lost_segments ||
	       (sk->has & SOCK_HAS_TIMER && sk->timer == TIMER_RETRANSMIT && sk->retransmits);
}

/*
 * All that fits into the send buffer is on its way, and the network would take more.  The
 * kernel notes that wait only where it comes right after sending.
 */
static bool is_buffer_full(const struct sock *sk)
{
	return sk->has & SOCK_HAS_MEMORY && sk->memory_known > MEMORY_WMEM_QUEUED &&
	       sk->memory[MEMORY_WMEM_QUEUED] >= sk->memory[MEMORY_SNDBUF] &&
	       !sk->tcp->notsent_bytes && sk->tcp->unacked_segments < sk->tcp->snd_cwnd_segments;
}

static const char *limit_of(const struct transfer *before, const struct transfer *now,
			    uint64_t span_us, const struct sock *sk)
{
	uint64_t busy = now->busy_us - before->busy_us;
	const uint64_t receiver = now->rwnd_limited_us - before->rwnd_limited_us;
	const uint64_t buffer = now->sndbuf_limited_us - before->sndbuf_limited_us;
	uint64_t application;
	uint64_t network;

	if (now->busy_us < before->busy_us || now->rwnd_limited_us < before->rwnd_limited_us ||
	    now->sndbuf_limited_us < before->sndbuf_limited_us || now->sent < before->sent)
		return NULL;
	if (!busy && now->sent == before->sent)
		return "idle";
	if (busy < receiver + buffer)
		busy = receiver + buffer;
	network = busy - receiver - buffer;
	application = span_us > busy ? span_us - busy : 0;
	if (receiver >= buffer && receiver >= network && receiver >= application)
		return "receiver";
	if (buffer >= network && buffer >= application)
		return "send-buffer";
	if (application > network)
		return "application";
	if (is_buffer_full(sk))
		return "send-buffer";
	return is_lossy(before, now, sk) ? "loss" : "network";
}

static bool make_room(struct poll *p)
{
	struct transfer *list = array_room(p->list, &p->room, p->keys.count, 256, sizeof(*list));

	if (list)
		p->list = list;
	return list;
}

int transfers_note(struct transfers *t, const struct sock *sk, struct error *err)
{
	struct poll *p = t->now;
	const struct key key = key_of(sk);
	struct transfer now;
	uint32_t number;

	if (!may_send(sk) || !tcp_facts_has(sk, sndbuf_limited_us))
		return 0;
	now = transfer_of(sk);
	if (intern_find(&t->before->keys, &key, sizeof(key), &number))
		now.limit = limit_of(&t->before->list[number], &now,
				     (p->at_ns - t->before->at_ns) / 1000, sk);
	if (!make_room(p) || intern_add(&p->keys, &key, sizeof(key), &number))
		return error_set(err, ENOMEM, "cannot compare two polls");
	p->list[number] = now;
	return 0;
}

const char *transfers_limit(const struct transfers *t, const struct sock *sk)
{
	const struct key key = key_of(sk);
	uint32_t number;

	if (!may_send(sk) || !intern_find(&t->now->keys, &key, sizeof(key), &number))
		return NULL;
	return t->now->list[number].limit;
}
