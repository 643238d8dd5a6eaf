/*
 * The states that a socket was seen in, and since when, of the sockets that were
 * looked at last: each from the moment on when it was selected.
 */
#ifndef UI_TIMELINE_H
#define UI_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tracker.h"
#include "ui/ui.h"

/* States that are remembered of one socket; the oldest go first. */
#define TIMELINE_STEPS 16

/* Sockets that are watched; the one that was looked at longest ago goes first. */
#define TIMELINES_MAX 64

struct timeline_step {
	enum state state;
	uint64_t since_ns;
	bool since_before; /* it may have been in the state for longer */
};

struct timeline {
	struct row_id id;
	struct sock sock; /* as it was seen last, without what it points to */
	struct timeline_step step[TIMELINE_STEPS];
	size_t count;
	uint64_t gone_ns;   /* 0: it is there */
	uint64_t looked_at; /* the highest was looked at last */
};

struct timelines {
	struct timeline line[TIMELINES_MAX];
	size_t count;
	uint64_t looks;
};

/* @sk is looked at: watch it from now on, if it is not being watched. */
void timelines_watch(struct timelines *t, const struct sock *sk, const struct track *track);

/* Another pass: what became of the watched ones. */
void timelines_update(struct timelines *t, const struct tracker *tracker);

/* What is known of @id, or NULL.  Borrowed, valid until the next timelines_watch(). */
const struct timeline *timelines_find(const struct timelines *t, const struct row_id *id);

#endif
