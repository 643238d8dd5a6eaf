/*
 * Where a dump is cut, to be read over two sockets.
 *
 * The cut is a port, taken from a sample of the table: D_LE port on one side,
 * D_GE port + 1 on the other, so every socket is in exactly one part.
 */
#ifndef COLLECT_SPLIT_H
#define COLLECT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct collector;
struct leg;

/* What a socket costs the kernel to report: a TIME-WAIT minisock about a third of a full one. */
#define SPLIT_WEIGHT_FULL 3
#define SPLIT_WEIGHT_MINI 1

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
	uint16_t weight; /* SPLIT_WEIGHT_... */
};

/*
 * The point for @count samples (which are reordered) whose larger part comes nearest
 * to @wanted per cent of the work.  False when that part is nearly everything.
 */
bool split_choose(struct split_point *out, struct split_sample *samples, size_t count,
		  unsigned int wanted);

/*
 * The same for the table that @leg asks for, by its first sockets: they are as good as
 * random ones.  False also when the table is too small, or can't be read.
 */
bool split_by_sample(struct collector *c, const struct leg *leg, unsigned int wanted,
		  struct split_point *out);

/* The bytecode of one part. */
#define SPLIT_CODE_BYTES 8
void split_code(const struct split_point *p, bool upper, void *code);

#endif
