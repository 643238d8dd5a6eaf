/* The one poll loop: see loop.h. */
#include "config.h"

#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct source {
	int fd;
	void (*ready)(void *context);
	void *context;
};

struct timer {
	uint64_t at_ns;
	void (*expired)(void *context); /* NULL: a free slot */
	void *context;
};

struct loop {
	struct source sources[LOOP_SOURCES_MAX];
	size_t source_count;
	struct timer timers[LOOP_TIMERS_MAX];
	int signal_fd;
	sigset_t unblocked; /* the mask to put back */
	void (*caught)(void *context, int signo);
	void *caught_context;
};

struct loop *loop_new(struct error *err)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l) {
		error_set(err, ENOMEM, "cannot set up the event loop");
		return NULL;
	}
	l->signal_fd = -1;
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->signal_fd >= 0) {
		close(l->signal_fd);
		sigprocmask(SIG_SETMASK, &l->unblocked, NULL);
	}
	free(l);
}

uint64_t loop_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int loop_watch(struct loop *l, int fd, void (*ready)(void *context), void *context,
	       struct error *err)
{
	if (l->source_count == LOOP_SOURCES_MAX)
		return error_set(err, 0, "cannot watch more than %d descriptors",
				 LOOP_SOURCES_MAX);
	l->sources[l->source_count++] = (struct source){ fd, ready, context };
	return 0;
}

void loop_unwatch(struct loop *l, int fd)
{
	for (size_t i = 0; i < l->source_count; i++) {
		if (l->sources[i].fd == fd) {
			l->sources[i] = l->sources[--l->source_count];
			return;
		}
	}
}

static void signals_read(void *context)
{
	struct loop *l = context;
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		l->caught(l->caught_context, (int)info.ssi_signo);
}

int loop_signals(struct loop *l, const sigset_t *signals,
		 void (*caught)(void *context, int signo), void *context, struct error *err)
{
	int fd = signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);

	if (fd < 0)
		return error_set(err, errno, "cannot receive signals");
	if (loop_watch(l, fd, signals_read, l, err)) {
		close(fd);
		return -1;
	}
	l->caught = caught;
	l->caught_context = context;
	l->signal_fd = fd;
	sigprocmask(SIG_BLOCK, signals, &l->unblocked);
	return 0;
}

static bool timer_is(const struct timer *t, void (*expired)(void *context), const void *context)
{
	return t->expired == expired && t->context == context;
}

int loop_timer(struct loop *l, uint64_t at_ns, void (*expired)(void *context), void *context,
	       struct error *err)
{
	struct timer *slot = NULL;

	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++) {
		struct timer *t = &l->timers[i];

		if (timer_is(t, expired, context)) {
			slot = t;
			break;
		}
		if (!t->expired && !slot)
			slot = t;
	}
	if (!slot)
		return error_set(err, 0, "cannot set more than %d timers", LOOP_TIMERS_MAX);
	if (at_ns == UINT64_MAX)
		*slot = (struct timer){ 0 };
	else
		*slot = (struct timer){ at_ns, expired, context };
	return 0;
}

/* Nanoseconds to wait: @wait_ns, or less when a timer is due earlier. */
static uint64_t wait_until_timer(const struct loop *l, uint64_t wait_ns)
{
	uint64_t now = loop_now_ns();

	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++) {
		const struct timer *t = &l->timers[i];
		uint64_t left;

		if (!t->expired)
			continue;
		left = t->at_ns > now ? t->at_ns - now : 0;
		if (left < wait_ns)
			wait_ns = left;
	}
	return wait_ns;
}

static int timers_run(struct loop *l)
{
	uint64_t now = loop_now_ns();
	int ran = 0;

	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++) {
		struct timer due = l->timers[i];

		if (!due.expired || due.at_ns > now)
			continue;
		l->timers[i] = (struct timer){ 0 };
		due.expired(due.context);
		ran++;
	}
	return ran;
}

static bool still_watched(const struct loop *l, const struct source *s)
{
	for (size_t i = 0; i < l->source_count; i++)
		if (l->sources[i].fd == s->fd && l->sources[i].ready == s->ready)
			return true;
	return false;
}

/* Call those of the @count sources that have something to say. */
static int sources_run(struct loop *l, const struct source *sources, const struct pollfd *fds,
		       size_t count)
{
	int ran = 0;

	for (size_t i = 0; i < count; i++) {
		if (!fds[i].revents || !still_watched(l, &sources[i]))
			continue;
		sources[i].ready(sources[i].context);
		ran++;
	}
	return ran;
}

int loop_turn(struct loop *l, uint64_t wait_ns, struct error *err)
{
	struct source sources[LOOP_SOURCES_MAX];
	struct pollfd fds[LOOP_SOURCES_MAX];
	size_t count = l->source_count;
	struct timespec wait;
	int ready;

	for (size_t i = 0; i < count; i++) {
		sources[i] = l->sources[i];
		fds[i] = (struct pollfd){ .fd = sources[i].fd, .events = POLLIN };
	}
	wait_ns = wait_until_timer(l, wait_ns);
	wait.tv_sec = (time_t)(wait_ns / 1000000000u);
	wait.tv_nsec = (long)(wait_ns % 1000000000u);
	ready = ppoll(fds, count, wait_ns == LOOP_FOREVER ? NULL : &wait, NULL);
	if (ready < 0 && errno != EINTR)
		return error_set(err, errno, "cannot wait for events");
	if (ready <= 0)
		return timers_run(l);
	return sources_run(l, sources, fds, count) + timers_run(l);
}
