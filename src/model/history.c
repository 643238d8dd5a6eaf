/*
 * Counts per state over time: see history.h.
 *
 * Each resolution is a ring of slots; a slot's number is its time divided by the
 * length of a slot, its place the number modulo the size of the ring.
 */
#include "config.h"

#include "model/history.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define SLOTS_MAX 1440

static const struct history_shape shapes[HISTORY_SPANS] = {
	[HISTORY_SECONDS] = { .slot_ns = SECOND_NS, .slots = 600 },
	[HISTORY_TENS] = { .slot_ns = 10 * SECOND_NS, .slots = 720 },
	[HISTORY_MINUTES] = { .slot_ns = 60 * SECOND_NS, .slots = SLOTS_MAX },
};

struct range {
	uint32_t min;
	uint32_t max;
	uint32_t last;
};

/* All states during one slot; they are always sampled together. */
struct slot {
	uint32_t samples;
	struct range of[STATE_COUNT];
};

struct ring {
	uint64_t newest; /* number of the newest slot */
	struct slot slots[SLOTS_MAX]; /* as many as the shape says; untouched pages cost nothing */
};

struct history {
	uint64_t now_ns;
	struct ring rings[HISTORY_SPANS];
};

struct history *history_new(void)
{
	return calloc(1, sizeof(struct history));
}

void history_free(struct history *h)
{
	free(h);
}

const struct history_shape *history_shape(enum history_span span)
{
	return &shapes[span];
}

/* Move on to slot @number; what lies between was not polled. */
static void ring_advance(struct ring *ring, size_t slots, uint64_t number)
{
	uint64_t steps = number - ring->newest;
	uint64_t i;

	if (steps > slots)
		steps = slots;
	for (i = 0; i < steps; i++)
		ring->slots[(number - i) % slots].samples = 0;
	ring->newest = number;
}

static void slot_add(struct slot *slot, const uint32_t *counts)
{
	size_t i;

	for (i = 0; i < STATE_COUNT; i++) {
		struct range *r = &slot->of[i];

		if (!slot->samples || counts[i] < r->min)
			r->min = counts[i];
		if (!slot->samples || counts[i] > r->max)
			r->max = counts[i];
		r->last = counts[i];
	}
	slot->samples++;
}

void history_add(struct history *h, uint64_t now_ns, const uint32_t *counts)
{
	size_t span;

	for (span = 0; span < HISTORY_SPANS; span++) {
		const struct history_shape *shape = &shapes[span];
		struct ring *ring = &h->rings[span];
		uint64_t number = now_ns / shape->slot_ns;

		if (number > ring->newest)
			ring_advance(ring, shape->slots, number);
		slot_add(&ring->slots[ring->newest % shape->slots], counts);
	}
	h->now_ns = now_ns;
}

struct history_slot history_slot(const struct history *h, enum history_span span, enum state state,
				 size_t back)
{
	const struct ring *ring = &h->rings[span];
	const struct slot *slot;

	if (back >= shapes[span].slots || back > ring->newest)
		return (struct history_slot){ 0 };
	slot = &ring->slots[(ring->newest - back) % shapes[span].slots];
	if (!slot->samples)
		return (struct history_slot){ 0 };
	return (struct history_slot){
		.min = slot->of[state].min,
		.max = slot->of[state].max,
		.last = slot->of[state].last,
		.samples = slot->samples,
	};
}

uint64_t history_now_ns(const struct history *h)
{
	return h->now_ns;
}
