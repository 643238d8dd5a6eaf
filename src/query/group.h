/*
 * Rows that have the same value in one column, counted per state.
 */
#ifndef QUERY_GROUP_H
#define QUERY_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "query/columns.h"

/* One value of the column. */
struct group {
	struct value key; /* what it points to belongs to the grouping */
	uint64_t count;
	uint64_t states[STATE_COUNT];
	/* one a summed column, or of the caller's own; unknown values are left out */
	uint64_t *sums;
	uint64_t *known; /* rows that had a value there */
};

struct grouping;

/*
 * Group by @by and add up the @sum_count columns at @sums (numbers only; borrowed
 * until grouping_free()).  A column that is NULL leaves the sum to the caller.  NULL
 * without memory.
 */
struct grouping *grouping_new(const struct column *by, const struct column *const *sums,
			      size_t sum_count);
void grouping_free(struct grouping *g); /* NULL is fine */

/* The group of @key, or NULL.  Borrowed as from grouping_at(). */
const struct group *grouping_find(const struct grouping *g, const struct value *key);

/* Are rows with these values of a column in one group? */
bool group_same_key(const struct value *a, const struct value *b);

/* Count @row in.  0, or -1 with @err set without memory. */
int grouping_add(struct grouping *g, const struct row *row, struct error *err);

/*
 * The same, and the group that it went to, for sums of the caller's own.  NULL with @err
 * set without memory.  Borrowed as from grouping_at().
 */
struct group *grouping_count_in(struct grouping *g, const struct row *row, struct error *err);

/* Largest first; equal ones by their key.  As of qsort(). */
int group_compare(const struct group *a, const struct group *b);

/* Put them in that order. */
void grouping_sort(struct grouping *g);

size_t grouping_count(const struct grouping *g);

/* Borrowed, valid until the next grouping_add() or grouping_sort(). */
const struct group *grouping_at(const struct grouping *g, size_t i);

#endif
