/* Numbers of late: see recent.h.  A number has a row of places, the newest first. */
#include "config.h"

#include "base/recent.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define ROW 8 /* places: a cache line */
#define ROW_BITS 12

_Static_assert(RECENT_MAX == ROW << ROW_BITS, "rows make the table");

void recent_fini(struct recent *r)
{
	free(r->places);
	r->places = NULL;
}

static uint64_t *row_of(const struct recent *r, uint64_t number)
{
	return &r->places[hash_place(number, ROW_BITS) * ROW];
}

void recent_add(struct recent *r, uint64_t number)
{
	uint64_t *row;

	if (!r->places)
		r->places = calloc(RECENT_MAX, sizeof(*r->places));
	if (!r->places)
		return;
	row = row_of(r, number);
	memmove(row + 1, row, (ROW - 1) * sizeof(*row));
	row[0] = number;
}

bool recent_take(struct recent *r, uint64_t number)
{
	uint64_t *row = r->places ? row_of(r, number) : NULL;

	for (size_t i = 0; row && i < ROW; i++) {
		if (row[i] != number)
			continue;
		memmove(row + i, row + i + 1, (ROW - 1 - i) * sizeof(*row));
		row[ROW - 1] = 0;
		return true;
	}
	return false;
}

size_t recent_bytes(const struct recent *r)
{
	return r->places ? RECENT_MAX * sizeof(*r->places) : 0;
}
