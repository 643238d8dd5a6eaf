/*
 * The one poll loop: descriptors, timers and signals as events.
 *
 * Timers are deadlines on CLOCK_MONOTONIC; one that is set again before it fired
 * moves, so that ticks never queue up.  Signals are blocked and read from a
 * signalfd: handlers never run, an event does.  Callbacks may watch, unwatch and
 * set timers; they must not free the loop.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LOOP_SOURCES_MAX 16
#define LOOP_TIMERS_MAX 8

/* "Wait until something happens." */
#define LOOP_FOREVER UINT64_MAX

struct loop;

/* NULL with @err set. */
struct loop *loop_new(struct error *err);

/* Unblocks the signals that loop_signals() blocked.  NULL is fine. */
void loop_free(struct loop *l);

/* CLOCK_MONOTONIC now, in nanoseconds. */
uint64_t loop_now_ns(void);

/*
 * Call @ready whenever @fd (which stays the caller's) can be read or hung up.
 * 0, or -1 with @err set when there are LOOP_SOURCES_MAX already.
 */
int loop_watch(struct loop *l, int fd, void (*ready)(void *context), void *context,
	       struct error *err);
void loop_unwatch(struct loop *l, int fd);

/* Block @signals and call @caught with each that arrives.  Once per loop. */
int loop_signals(struct loop *l, const sigset_t *signals,
		 void (*caught)(void *context, int signo), void *context, struct error *err);

/*
 * Call @expired once, at @at_ns or as soon as possible after it.  A timer is known
 * by @expired and @context: setting it again moves it, UINT64_MAX cancels it.
 */
int loop_timer(struct loop *l, uint64_t at_ns, void (*expired)(void *context), void *context,
	       struct error *err);

/*
 * Wait until something happens, but at most @wait_ns; run what is due.  Returns
 * the number of callbacks run, or -1 with @err set.
 */
int loop_turn(struct loop *l, uint64_t wait_ns, struct error *err);

#endif
