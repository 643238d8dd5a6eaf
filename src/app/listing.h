/*
 * Sockets into a writer: rows of columns.
 */
#ifndef APP_LISTING_H
#define APP_LISTING_H

#include <stdint.h>

#include "app/details.h"
#include "app/disguise.h"
#include "app/names.h"
#include "model/sink.h"
#include "model/snapshot.h"
#include "output/formats.h"
#include "query/columns.h"
#include "query/query.h"

/* A sink that writes each socket as it comes: constant memory, first row at once. */
struct listing {
	struct sink sink;
	struct writer *writer;
	const struct column_list *columns;
	struct details *details; /* completes streamed rows, or NULL */
	struct disguise *disguise; /* changes addresses and names, or NULL */
	struct names *names; /* makes names of numbers, or NULL */
	size_t limit; /* 0: none */
	size_t rows;
	uint64_t *totals; /* sums of the columns that add up; NULL: nobody wants them */
	struct error *err; /* of the first failed write */
	bool failed;
};

void listing_init(struct listing *l, struct writer *w, const struct column_list *columns,
		  size_t limit, struct error *err);

/*
 * Add up the rows to come into @totals (as many as there are columns, zeroed, the
 * caller's), for listing_total().
 */
void listing_sum(struct listing *l, uint64_t *totals);

/*
 * A last row: how many there were, and the sums under the columns that add up.  0, or
 * nonzero with the error set.
 */
int listing_total(struct listing *l);

/* Write one completed row.  0, or nonzero when nothing more is wanted. */
int listing_row(struct listing *l, const struct row *row);

/* The fields of @columns into @fields (COLUMNS_MAX of them). */
void listing_fields(const struct column_list *columns, const struct field **fields);

#endif
