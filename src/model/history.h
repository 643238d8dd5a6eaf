/*
 * Counts per state over time, in fixed memory, at three resolutions: 1 s for
 * 10 minutes, 10 s for 2 hours, 1 min for 24 hours.
 */
#ifndef MODEL_HISTORY_H
#define MODEL_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

enum history_span {
	HISTORY_SECONDS, /* 600 slots of 1 s */
	HISTORY_TENS,	 /* 720 slots of 10 s */
	HISTORY_MINUTES, /* 1,440 slots of 1 min */
	HISTORY_SPANS,
};

struct history_shape {
	uint64_t slot_ns;
	size_t slots;
};

/* What was seen of one state during one slot. */
struct history_slot {
	uint32_t min;
	uint32_t max;
	uint32_t last;
	uint32_t samples; /* 0: nothing was polled in that slot (a gap, not zero) */
};

struct history;

struct history *history_new(void); /* NULL without memory */
void history_free(struct history *h); /* NULL is fine */

const struct history_shape *history_shape(enum history_span span);

/* Note the counts (STATE_COUNT of them) at @now_ns, which never goes back. */
void history_add(struct history *h, uint64_t now_ns, const uint32_t *counts);

/*
 * The slot of @state that is @back slots before the newest one (0 is the
 * newest).  A slot before the first sample, or in a gap, has samples == 0.
 */
struct history_slot history_slot(const struct history *h, enum history_span span,
				 enum state state, size_t back);

/* Time of the newest sample, 0 before the first. */
uint64_t history_now_ns(const struct history *h);

#endif
