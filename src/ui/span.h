/*
 * Stretches of history, from 2 minutes to 24 hours, and what was seen in a part of one.
 */
#ifndef UI_SPAN_H
#define UI_SPAN_H

#include <stddef.h>
#include <stdint.h>

#include "model/history.h"

struct span {
	const char *name; /* "2 min" */
	enum history_span from;
	unsigned int slots;
};

/* The table, shortest first; borrowed, valid for ever. */
const struct span *spans_all(size_t *count);

/* The stretch of slots, counted back from the newest, that lies behind a column of a chart. */
struct stretch {
	size_t back;
	size_t slots;
};

/* What the column @column (0: the newest) of @columns columns shows of @span. */
struct stretch span_column(const struct span *span, size_t columns, size_t column);

/* Minimum, maximum and last of @part; samples == 0 where nothing was polled. */
struct history_slot span_look(const struct history *h, const struct span *span, enum state state,
			      struct stretch part);

/* The next of 1, 2, 5, 10, 20, ... above @n: so that a scale seldom moves. */
uint32_t span_scale(uint32_t n);

#endif
