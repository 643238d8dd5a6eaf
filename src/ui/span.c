/* Stretches of history: see span.h. */
#include "config.h"

#include "ui/span.h"

static const struct span spans[] = {
	{ "2 min", HISTORY_SECONDS, 120 }, { "5 min", HISTORY_SECONDS, 300 },
	{ "10 min", HISTORY_SECONDS, 600 }, { "30 min", HISTORY_TENS, 180 },
	{ "2 h", HISTORY_TENS, 720 },	    { "6 h", HISTORY_MINUTES, 360 },
	{ "24 h", HISTORY_MINUTES, 1440 },
};

const struct span *spans_all(size_t *count)
{
	*count = sizeof(spans) / sizeof(spans[0]);
	return spans;
}

struct stretch span_column(const struct span *span, size_t columns, size_t column)
{
	size_t from = column * span->slots / columns;
	size_t to = (column + 1) * span->slots / columns;

	return (struct stretch){ .back = from, .slots = to > from ? to - from : 1 };
}

struct history_slot span_look(const struct history *h, const struct span *span, enum state state,
			      struct stretch part)
{
	struct history_slot all = { 0 };

	for (size_t i = 0; i < part.slots; i++) {
		struct history_slot slot = history_slot(h, span->from, state, part.back + i);

		if (!slot.samples)
			continue;
		if (!all.samples)
			all = slot; /* the newest: its last one counts */
		if (slot.min < all.min)
			all.min = slot.min;
		if (slot.max > all.max)
			all.max = slot.max;
		all.samples += slot.samples;
	}
	return all;
}

uint32_t span_scale(uint32_t n)
{
	static const uint32_t steps[] = { 1, 2, 5 };
	uint64_t decade = 1;

	for (;;) {
		for (size_t i = 0; i < 3; i++)
			if (steps[i] * decade > n)
				return (uint32_t)(steps[i] * decade < UINT32_MAX ?
							  steps[i] * decade : UINT32_MAX);
		decade *= 10;
	}
}
