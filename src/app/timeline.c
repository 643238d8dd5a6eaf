/*
 * What happened in a recording: see timeline.h.
 *
 * Stays come in the order in which they began.  When a socket closes is told by its last
 * stay, so the closes to come wait in a heap, the next one on top.
 */
#include "config.h"

#include "app/timeline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "app/kept.h"
#include "base/array.h"

struct timeline {
	uint64_t until_ms;
	int (*take)(void *context, const struct timeline_event *event);
	void *context;
	struct recorded_sock **heap;
	size_t count;
	size_t room;
	bool beginning; /* sockets that were there */
	bool failed;
	struct error *err;
};

/* Of one socket the stay that began first; one of no time at all may close it again. */
static bool is_before(const struct recorded_sock *a, const struct recorded_sock *b)
{
	if (a->closed_ms != b->closed_ms)
		return a->closed_ms < b->closed_ms;
	if (a->id != b->id)
		return a->id < b->id;
	return a->state_since_ms < b->state_since_ms;
}

static void swap(struct timeline *t, size_t a, size_t b)
{
	struct recorded_sock *other = t->heap[a];

	t->heap[a] = t->heap[b];
	t->heap[b] = other;
}

static int heap_add(struct timeline *t, const struct recorded_sock *what)
{
	struct recorded_sock **heap = array_room(t->heap, &t->room, t->count, 256, sizeof(*heap));

	if (!heap)
		return error_set(t->err, ENOMEM, "cannot follow a recording");
	t->heap = heap;
	t->heap[t->count] = kept_new(what);
	if (!t->heap[t->count])
		return error_set(t->err, ENOMEM, "cannot follow a recording");
	for (size_t i = t->count++; i && is_before(t->heap[i], t->heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		swap(t, i, (i - 1) / 2);
	return 0;
}

/* The top, which is the caller's then. */
static struct recorded_sock *heap_take(struct timeline *t)
{
	struct recorded_sock *top = t->heap[0];
	size_t i = 0;

	t->heap[0] = t->heap[--t->count];
	for (;;) {
		size_t first = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < t->count; child++)
			if (is_before(t->heap[child], t->heap[first]))
				first = child;
		if (first == i)
			return top;
		swap(t, i, first);
		i = first;
	}
}

static int tell(struct timeline *t, const struct timeline_event *event)
{
	t->failed = t->take(t->context, event) != 0;
	return t->failed ? -1 : 0;
}

static int tell_close(struct timeline *t)
{
	struct recorded_sock *what = heap_take(t);
	const struct timeline_event event = {
		.kind = TIMELINE_CLOSED,
		.time_ms = what->closed_ms,
		.from = (enum state)what->sock.state,
		.to = STATE_COUNT,
		.from_since_ms = what->state_since_ms,
		.what = what,
	};
	/* the stay before the last one, that ended in the same millisecond */
	bool again = t->count && t->heap[0]->id == what->id;
	int rc = again ? 0 : tell(t, &event);

	free(what);
	return rc;
}

/* All closes before @time_ms. */
static int tell_closes(struct timeline *t, uint64_t time_ms)
{
	while (t->count && t->heap[0]->closed_ms < time_ms)
		if (tell_close(t))
			return -1;
	return 0;
}

static enum timeline_kind kind_of(const struct timeline *t, const struct recorded_sock *what)
{
	if (t->beginning)
		return TIMELINE_PRESENT;
	if (what->previous != STATE_COUNT)
		return TIMELINE_CHANGED;
	return what->opened_before ? TIMELINE_FOUND : TIMELINE_OPENED;
}

static int follow(void *context, const struct recorded_sock *what)
{
	struct timeline *t = context;
	struct timeline_event event = {
		.kind = kind_of(t, what),
		.time_ms = what->state_since_ms,
		.from = STATE_COUNT,
		.to = (enum state)what->sock.state,
		.what = what,
	};

	if (!t->beginning && tell_closes(t, event.time_ms))
		return -1;
	if (event.kind == TIMELINE_CHANGED) {
		event.from = what->previous;
		event.from_since_ms = what->previous_since_ms;
	}
	if (tell(t, &event))
		return -1;
	if (!what->closed_ms || what->closed_ms > t->until_ms ||
	    what->state_until_ms != what->closed_ms)
		return 0;
	t->failed = heap_add(t, what) != 0;
	return t->failed ? -1 : 0;
}

static int run_all(struct timeline *t, struct recording *r, uint64_t since_ms)
{
	t->beginning = true;
	if (recording_sockets(r, since_ms, follow, t, t->err) || t->failed)
		return -1;
	t->beginning = false;
	if (recording_dwells(r, since_ms, t->until_ms, follow, t, t->err) || t->failed)
		return -1;
	return tell_closes(t, UINT64_MAX);
}

int timeline_run(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		 int (*take)(void *context, const struct timeline_event *event), void *context,
		 struct error *err)
{
	struct timeline t = {
		.until_ms = until_ms, .take = take, .context = context, .err = err,
	};
	int rc = run_all(&t, r, since_ms);

	for (size_t i = 0; i < t.count; i++)
		free(t.heap[i]);
	free(t.heap);
	return rc;
}
