/* Sorting in steps: see sorting.h.  Runs are merged, each round makes them twice as long. */
#include "config.h"

#include "ui/sorting.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The runs to begin with are ordered at once. */
#define FIRST_RUN 32

void sorting_fini(struct sorting *s)
{
	free(s->order);
	free(s->spare);
	*s = (struct sorting){ 0 };
}

int sorting_begin(struct sorting *s, size_t count)
{
	sorting_fini(s);
	s->order = calloc(count + 1, sizeof(*s->order));
	s->spare = calloc(count + 1, sizeof(*s->spare));
	if (!s->order || !s->spare) {
		sorting_fini(s);
		return -1;
	}
	s->count = count;
	return 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Rows are put in one by one, behind those that do not come after them. */
static void order_run(struct sorting *s, size_t end, sorting_compare *compare, const void *context)
{
	for (size_t i = s->first; i < end; i++) {
		size_t at = i;

		for (; at > s->first && compare(context, s->order[at - 1], i) > 0; at--)
			s->order[at] = s->order[at - 1];
		s->order[at] = i;
	}
	s->first = end;
}

static void begin_pair(struct sorting *s, size_t first)
{
	s->first = first;
	s->left = first;
	s->right = smaller(first + s->run, s->count);
}

/* All pairs of this round are merged: begin the next one. */
static void end_round(struct sorting *s)
{
	size_t *merged = s->spare;

	s->spare = s->order;
	s->order = merged;
	s->run *= 2;
	begin_pair(s, 0);
}

/* Merge the pair under way, at most @rows rows of it.  Returns how many were moved. */
static size_t merge(struct sorting *s, size_t rows, sorting_compare *compare, const void *context)
{
	size_t middle = smaller(s->first + s->run, s->count);
	size_t end = smaller(middle + s->run, s->count);
	size_t moved = 0;

	for (; moved < rows && (s->left < middle || s->right < end); moved++) {
		size_t to = s->left + (s->right - middle);
		bool right = s->left == middle ||
			     (s->right < end &&
			      compare(context, s->order[s->left], s->order[s->right]) > 0);

		s->spare[to] = s->order[right ? s->right++ : s->left++];
	}
	if (s->left == middle && s->right == end)
		begin_pair(s, end);
	return moved;
}

int sorting_step(struct sorting *s, size_t rows, sorting_compare *compare, const void *context)
{
	size_t moved = 0;

	for (; !s->run && moved < rows && s->first < s->count; moved += FIRST_RUN)
		order_run(s, smaller(s->first + FIRST_RUN, s->count), compare, context);
	if (!s->run && s->first == s->count) {
		s->run = FIRST_RUN;
		begin_pair(s, 0);
	}
	while (s->run && s->run < s->count && moved < rows) {
		moved += merge(s, rows - moved, compare, context);
		if (s->first == s->count)
			end_round(s);
	}
	return !s->run || s->run < s->count;
}
