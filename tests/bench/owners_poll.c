/*
 * What the owners of all TCP sockets cost in a first poll and in later ones, beside
 * the dump that found the sockets.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "collect/collect.h"
#include "collect/owners.h"

#define POLLS 5

struct inodes {
	struct sink sink;
	uint64_t *list;
	size_t count;
	size_t capacity;
};

static int take(struct sink *sink, const struct sock *sk)
{
	struct inodes *in = sink_of(sink, struct inodes, sink);

	if (in->count == in->capacity) {
		in->capacity = in->capacity ? 2 * in->capacity : 1024;
		in->list = realloc(in->list, in->capacity * sizeof(*in->list));
		if (!in->list)
			exit(1);
	}
	if (sk->has & SOCK_HAS_INODE)
		in->list[in->count++] = sk->inode;
	return 0;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_TCP),
		.families = FAMILY_V4 | FAMILY_V6,
		.states = states_tcp(),
	};
	struct inodes in = { .sink.push = take };
	struct collector *c = collector_open(NULL, NULL);
	struct owner_finder *f = owner_finder_open(NULL, 0, NULL);

	if (!c || !f)
		return 1;
	for (int i = 0; i < POLLS; i++) {
		double start = now_ms();
		double dumped;

		in.count = 0;
		if (collector_run(c, &request, &in.sink, NULL))
			return 1;
		dumped = now_ms();
		if (owner_finder_find(f, in.list, in.count, OWNERS_QUICK, NULL))
			return 1;
		printf("poll %d: %zu sockets in %.1f ms, owners of %zu in %.1f ms more\n", i + 1,
		       in.count, dumped - start, owner_finder_report(f)->found, now_ms() - dumped);
	}
	owner_finder_close(f);
	collector_close(c);
	free(in.list);
	return 0;
}
