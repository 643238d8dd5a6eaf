/*
 * Doing something again and again until a signal ends it, for commands without a
 * screen: on time, never in a queue, and never with more than a share of a core.
 */
#ifndef APP_TICKER_H
#define APP_TICKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct ticker;

/*
 * A tick every @interval_ms, the first at once; SIGINT, SIGTERM and SIGHUP end
 * it.  NULL with @err set.
 */
struct ticker *ticker_new(unsigned int interval_ms, struct error *err);
void ticker_free(struct ticker *t); /* NULL is fine */

/* While waiting, call @ready whenever @fd can be read.  0, or -1 with @err set. */
int ticker_watch(struct ticker *t, int fd, void (*ready)(void *context), void *context,
		 struct error *err);

/* The wait under way, and any later one, ends as if by a signal. */
void ticker_stop(struct ticker *t);

/*
 * Wait for the next tick, or for @until_ns (CLOCK_MONOTONIC; LOOP_FOREVER: none)
 * if that comes first.  The time between ticks is at least ten times the CPU time that
 * the last one and the wait before it cost, and twice the time that the last one's work
 * took (its pause is 10 s at most).  False when a signal asked for the end.
 */
bool ticker_wait(struct ticker *t, uint64_t until_ns);

#endif
