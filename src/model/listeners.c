/* The listeners of a pass: see listeners.h. */
#include "config.h"

#include "model/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BUCKETS 1024

struct listener {
	struct listener *next; /* of the same bucket */
	struct endpoint local;
	uint64_t netns;
	uint32_t ifindex;
	uint8_t proto;
	bool dual_stack; /* unspecified IPv6 address that takes IPv4 as well */
	const char *name; /* UNIX */
	uint32_t name_len;
	struct listener_end end;
	struct owners owners;
};

struct listeners {
	struct arena memory;
	struct listener *buckets[BUCKETS];
};

struct listeners *listeners_new(void)
{
	return calloc(1, sizeof(struct listeners));
}

void listeners_free(struct listeners *l)
{
	if (!l)
		return;
	arena_fini(&l->memory);
	free(l);
}

void listeners_reset(struct listeners *l)
{
	memset(l->buckets, 0, sizeof(l->buckets));
	arena_reset(&l->memory);
}

static size_t bucket_of(const struct sock *sk)
{
	uint32_t hash = 2166136261u;
	uint32_t i;

	if (sk->local.family != ADDR_NONE)
		return sk->local.port % BUCKETS;
	for (i = 0; i < sk->name_len; i++)
		hash = (hash ^ (uint8_t)sk->name[i]) * 16777619u;
	return hash % BUCKETS;
}

/* A mapped address as the IPv4 address that it stands for. */
static struct endpoint unmapped(const struct endpoint *e)
{
	struct endpoint v4 = { .port = e->port, .family = ADDR_V4 };

	if (e->family != ADDR_V6 || !addr_is_mapped(e->family, e->bytes))
		return *e;
	memcpy(v4.bytes, e->bytes + 12, 4);
	return v4;
}

static bool same_listener(const struct listener *a, const struct listener *b)
{
	return a->netns == b->netns && a->proto == b->proto && a->ifindex == b->ifindex &&
	       a->dual_stack == b->dual_stack && a->name_len == b->name_len &&
	       (!a->name_len || !memcmp(a->name, b->name, a->name_len)) &&
	       !endpoint_compare(&a->local, &b->local);
}

/* Append those of @more that are not in the list yet. */
static int owners_join(struct arena *memory, struct owners *to, const struct owners *more)
{
	struct owner *list;
	size_t count = to->count, i, k;

	if (!more->count) {
		if (!to->count)
			to->reason = more->reason;
		return 0;
	}
	list = arena_alloc(memory, (to->count + more->count) * sizeof(*list));
	if (!list)
		return -1;
	if (count)
		memcpy(list, to->list, count * sizeof(*list));
	for (i = 0; i < more->count; i++) {
		for (k = 0; k < to->count; k++) {
			if (list[k].pid == more->list[i].pid && list[k].fd == more->list[i].fd)
				break;
		}
		if (k == to->count)
			list[count++] = more->list[i];
	}
	*to = (struct owners){ .reason = OWNER_KNOWN, .count = count, .list = list };
	return 0;
}

static struct listener *listener_new(struct listeners *l, const struct listener *what,
				     size_t bucket)
{
	struct listener *made = arena_alloc(&l->memory, sizeof(*made));

	if (!made)
		return NULL;
	*made = *what;
	if (what->name_len) {
		made->name = arena_strndup(&l->memory, what->name, what->name_len);
		if (!made->name)
			return NULL;
	}
	made->next = l->buckets[bucket];
	l->buckets[bucket] = made;
	return made;
}

int listeners_add(struct listeners *l, const struct sock *sk, const struct owners *owners,
		  struct error *err)
{
	struct listener what = {
		.local = unmapped(&sk->local),
		.netns = sk->netns,
		.ifindex = sk->ifindex,
		.proto = sk->proto,
		.name = sk->name,
		.name_len = sk->local.family == ADDR_NONE ? sk->name_len : 0,
		.owners = { .reason = OWNER_NOT_LOOKED_UP },
	};
	struct listener *at;
	size_t bucket;

	if (sk->state != STATE_LISTEN)
		return 0;
	what.dual_stack = sk->local.family == ADDR_V6 &&
			  !(sk->has & SOCK_HAS_V6ONLY && sk->v6only) &&
			  addr_is_any(sk->local.family, sk->local.bytes);
	bucket = bucket_of(sk);
	for (at = l->buckets[bucket]; at && !same_listener(at, &what); at = at->next)
		;
	what.end = (struct listener_end){
		.local = sk->local,
		.dual_stack = !(sk->has & SOCK_HAS_V6ONLY && sk->v6only),
		.interface = sk->interface,
	};
	if (!at)
		at = listener_new(l, &what, bucket);
	if (!at || owners_join(&l->memory, &at->owners, owners) < 0)
		return error_set(err, ENOMEM, "cannot hold the listeners");
	return 0;
}

/* How well @l goes with a socket whose local end is @local; 0: not at all. */
static unsigned int fitness(const struct listener *l, const struct sock *sk,
			    const struct endpoint *local)
{
	if (l->netns != sk->netns || l->proto != sk->proto)
		return 0;
	if (local->family == ADDR_NONE)
		return l->name_len && l->name_len == sk->name_len &&
		       !memcmp(l->name, sk->name, l->name_len);
	if (l->local.port != local->port || (l->ifindex && l->ifindex != sk->ifindex))
		return 0;
	if (!endpoint_compare(&l->local, local))
		return l->ifindex ? 6 : 5;
	if (!addr_is_any(l->local.family, l->local.bytes))
		return 0;
	if (l->local.family == local->family)
		return l->ifindex ? 4 : 3;
	if (!l->dual_stack)
		return 0;
	return l->ifindex ? 2 : 1;
}

static const struct listener *best_listener(const struct listeners *l, const struct sock *sk)
{
	const struct endpoint local = unmapped(&sk->local);
	const struct listener *best = NULL;
	const struct listener *at;
	unsigned int best_fitness = 0;

	for (at = l->buckets[bucket_of(sk)]; at; at = at->next) {
		unsigned int f = fitness(at, sk, &local);

		if (f > best_fitness) {
			best_fitness = f;
			best = at;
		}
	}
	return best;
}

const struct owners *listeners_find(const struct listeners *l, const struct sock *sk)
{
	const struct listener *found = best_listener(l, sk);

	return found ? &found->owners : NULL;
}

const struct listener_end *listeners_end(const struct listeners *l, const struct sock *sk)
{
	const struct listener *found = best_listener(l, sk);

	return found ? &found->end : NULL;
}
