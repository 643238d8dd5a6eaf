/*
 * A made-up host for recorders: sockets that stay, and so many that open and close from
 * poll to poll, the same every time.
 *
 * A connection is ESTABLISHED for some polls (most for 1 to 8, one in 16 for many more),
 * then in TIME-WAIT for a few, then gone.
 */
#ifndef BENCH_SYNTHETIC_H
#define BENCH_SYNTHETIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/recorder.h"

struct synthetic {
	uint64_t stable;     /* sockets that stay */
	uint64_t churn;	     /* that open with every poll */
	uint64_t long_polls; /* how long one in 16 lives; 0: none does */
	uint64_t unseen;     /* of each poll's, so many events of what no poll saw */
	uint64_t poll;	     /* the number of the next one */
	uint64_t dwells;     /* begun so far */
	uint64_t events;     /* sockets that opened, changed their state or closed so far */
};

/* Feed the next poll to @r.  0, or -1 with @err set. */
int synthetic_poll(struct synthetic *s, struct recorder *r, uint64_t now_ms, struct error *err);

#endif
