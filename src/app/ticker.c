/* Doing something again and again: see ticker.h. */
#include "config.h"

#include "app/ticker.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/loop.h"

/* Work takes at most one part in so many of the time: of the CPU's, and of the clock's. */
#define SHARE 10
#define SHARE_OF_CLOCK 2

/* The longest pause for the clock's sake: work may have stood still for hours, stopped by ^Z. */
#define PAUSE_NS_MAX UINT64_C(10000000000)

struct ticker {
	struct loop *loop;
	uint64_t interval_ns;
	uint64_t began_ns; /* of the work under way; 0: none yet */
	uint64_t cpu_ns;   /* of the process, when the wait before began */
	bool due;
	bool ended;
};

static void on_signal(void *context, int signo)
{
	struct ticker *t = context;

	(void)signo;
	t->ended = true;
}

static void on_time(void *context)
{
	struct ticker *t = context;

	t->due = true;
}

struct ticker *ticker_new(unsigned int interval_ms, struct error *err)
{
	struct ticker *t = calloc(1, sizeof(*t));
	sigset_t signals;

	if (!t) {
		error_set(err, ENOMEM, "cannot wait");
		return NULL;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	t->interval_ns = (uint64_t)interval_ms * 1000000;
	t->loop = loop_new(err);
	if (t->loop && !loop_signals(t->loop, &signals, on_signal, t, err))
		return t;
	ticker_free(t);
	return NULL;
}

void ticker_free(struct ticker *t)
{
	if (!t)
		return;
	loop_free(t->loop);
	free(t);
}

int ticker_watch(struct ticker *t, int fd, void (*ready)(void *context), void *context,
		 struct error *err)
{
	return loop_watch(t->loop, fd, ready, context, err);
}

void ticker_stop(struct ticker *t)
{
	t->ended = true;
}

static uint64_t process_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * When the next tick is due: on time, unless the last one and its wait cost too large a
 * part of it.  By the CPU: on a busy machine the work takes long because of others, and
 * that is when people want to know what happens.  By the clock as well, more generously:
 * waiting for a sick disk costs no CPU, and ticks without a pause would keep it busy.
 */
static uint64_t next_ns(struct ticker *t)
{
	const uint64_t now = loop_now_ns();
	const uint64_t worked = now - t->began_ns;
	const uint64_t before = t->cpu_ns;
	uint64_t interval = t->interval_ns;
	uint64_t pause = worked * (SHARE_OF_CLOCK - 1);

	t->cpu_ns = process_cpu_ns();
	if (!t->began_ns)
		return now;
	if (pause > PAUSE_NS_MAX)
		pause = PAUSE_NS_MAX;
	if (worked + pause > interval)
		interval = worked + pause;
	if ((t->cpu_ns - before) * SHARE > interval)
		interval = (t->cpu_ns - before) * SHARE;
	return t->began_ns + interval;
}

bool ticker_wait(struct ticker *t, uint64_t until_ns)
{
	uint64_t at = next_ns(t);

	t->due = false;
	if (loop_timer(t->loop, at < until_ns ? at : until_ns, on_time, t, NULL))
		return false;
	while (!t->due && !t->ended)
		if (loop_turn(t->loop, LOOP_FOREVER, NULL) < 0)
			return false;
	t->began_ns = loop_now_ns();
	return !t->ended;
}
