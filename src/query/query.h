/*
 * What to show and in which order: a filter, a sort, a limit over a snapshot.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/snapshot.h"
#include "query/columns.h"

#define SORT_KEYS_MAX 4

struct sort_key {
	const struct column *column;
	bool descending;
};

struct sort {
	struct sort_key key[SORT_KEYS_MAX];
	size_t count;
};

/*
 * Parse "recv_q,-age": column names, '-' in front for descending.  0, or -1 with
 * @err naming the unknown word and the nearest ones.
 */
int sort_parse(struct sort *sort, const char *text, struct error *err);

/*
 * Fills what is known of a socket beyond itself (@row->sock and @row->now_ns are
 * set already); pointers it sets must stay valid until the next call.
 */
struct row_source {
	void (*complete)(void *context, struct row *row);
	void *context;
};

/* The rows of a snapshot that are kept, and their order. */
struct result;

struct result *result_new(void); /* NULL without memory */
void result_free(struct result *r); /* NULL is fine */

/* Which rows stay.  All may be NULL. */
struct row_judge {
	bool (*keep)(void *context, const struct row *row);
	void *context;
	const struct row_source *source; /* completes rows before they are judged */
};

/* There are no rows, of @s; takes no memory. */
void result_clear(struct result *r, const struct snapshot *s);

/*
 * Begin to select the sockets of @s, which must outlive the result: there are no
 * rows yet.  0, or -1 with @err set without memory.
 */
int result_begin(struct result *r, const struct snapshot *s, const struct sort *sort,
		 struct error *err);

/*
 * Look at up to @rows more sockets and note the sort keys of those that stay.
 * Nothing is ordered yet.  1: there are more; 0: that was all; -1 with @err set
 * without memory.
 */
int result_step(struct result *r, size_t rows, const struct row_judge *judge, struct error *err);

/* Both at once: a row_judge of @keep, @context and @source looks at all sockets. */
int result_build(struct result *r, const struct snapshot *s, const struct sort *sort,
		 bool (*keep)(void *context, const struct row *row), void *context,
		 const struct row_source *source, struct error *err);

size_t result_count(const struct result *r);

/*
 * Put the rows from @first on, @count of them, into their places: linear in the
 * number of rows for a first window, so that a screenful of a million costs no sort
 * of a million, and little for the next one to it.  The order is total: equal rows
 * are ordered by cookie, so that rows do not jump.  Unknown values come last in both
 * directions.  Without a sort key the order is the snapshot's.
 */
void result_order(struct result *r, size_t first, size_t count);

/* Index in the snapshot of row @i, which must have been ordered. */
size_t result_index(const struct result *r, size_t i);

/*
 * The place that snapshot index @index has (or will have) in the order;
 * result_count() when it is not among the rows.
 */
size_t result_rank(const struct result *r, size_t index);

#endif
