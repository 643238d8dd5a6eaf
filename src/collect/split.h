/*
 * Reading one large dump over two sockets at once.
 *
 * The kernel needs about a microsecond a socket, in the receiving thread; two
 * dumps whose filters exclude one another halve the wall time of a large table.
 * The cut is a port, taken from a sample of the table: D_LE port on one side,
 * D_GE port + 1 on the other, so every socket is in exactly one half.
 */
#ifndef COLLECT_SPLIT_H
#define COLLECT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct collector;
struct leg;
struct nlmsghdr;

/* Where a dump is cut: up to and including port @last, and beyond. */
struct split_point {
	bool peer; /* the peer's port counts, not the local one */
	uint16_t last;
	unsigned int lower_percent; /* share of the work in the lower part */
};

/* One socket of the sample. */
struct split_sample {
	uint16_t local_port;
	uint16_t peer_port;
	uint16_t weight; /* what it costs the kernel to report it */
};

/*
 * The best point for @count samples (which are reordered).  False when none
 * leaves the smaller part at least a quarter of the work.
 */
bool split_choose(struct split_point *out, struct split_sample *samples, size_t count);

/* The bytecode of one part. */
#define SPLIT_CODE_BYTES 8
void split_code(const struct split_point *p, bool upper, void *code);

enum split_status {
	SPLIT_DONE,	/* the leg is complete */
	SPLIT_STOPPED,	/* the sink wants no more */
	SPLIT_REFUSED,	/* not worth it or not possible; nothing was taken */
	SPLIT_LOST,	/* broken off: ask again; some sockets may have been taken */
};

/*
 * Read the whole of @leg, if it is large, handing each message to take() on the
 * calling thread.
 */
enum split_status split_run(struct collector *c, const struct leg *leg,
			    int (*take)(void *context, const struct nlmsghdr *nlh), void *context);

#endif
