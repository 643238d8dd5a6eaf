/*
 * The rows of a view as typed cells, and how the user wants them: which columns, in
 * which order, sorted by which.
 *
 * A view that has such a sheet gets the chooser of columns, sorting by keys and by
 * headings, and its rows in files.  The table of connections has one as well, made of
 * its columns.
 */
#ifndef UI_ARRANGE_H
#define UI_ARRANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "query/columns.h"
#include "ui/grid.h"
#include "ui/sorting.h"

struct ui;

/* Room for a text that a cell is made of. */
#define SHEET_TEXT 512

struct sheet {
	const char *rows; /* what the array of rows is called in a file */
	/* The first of the fields: those that can be chosen; their names are kept. */
	const struct field *choice;
	size_t columns;
	/* All fields into @out (COLUMNS_MAX); how many. */
	size_t (*fields)(const struct ui *ui, struct field *out);
	size_t (*count)(const struct ui *ui); /* of rows */
	/* A cell; what it points to lives as long as the rows, or is @text (SHEET_TEXT). */
	struct value (*cell)(const struct ui *ui, size_t row, size_t field, char *text);
	/*
	 * Of rows that may be many, for who takes them over a while: they stay as they are,
	 * whatever becomes of the view, until they are released.  NULL without memory, or when
	 * they are held already.
	 */
	void *(*hold)(struct ui *ui);
	struct value (*held_cell)(const void *held, size_t row, size_t field, char *text);
	void (*release)(struct ui *ui, void *held);
};

/* How the rows of a view are arranged.  All zero: as they come. */
struct arrangement {
	uint8_t place[COLUMNS_MAX]; /* the chosen columns */
	size_t count;		    /* of them; 0: none were chosen, all are shown */
	bool sorted;
	size_t by; /* field that is sorted by */
	bool descending;
	size_t *order; /* rows by rank, while sorted */
	size_t order_count;
	bool stale;    /* another order was asked for than there is */
	/* the next order, in the making */
	struct keyed *keyed;
	size_t keyed_count; /* so many rows have their values */
	struct arena texts; /* that these point to */
	struct sorting sorting;
};

void arrangement_fini(struct arrangement *a);

/*
 * Parse "local,process", by the names of what @sheet offers.  0, or -1 with @err naming
 * the unknown word.
 */
int arrangement_parse(struct arrangement *a, const struct sheet *sheet, const char *text,
		      struct error *err);

/* The names of the chosen columns into @out (@size bytes, with NUL); empty: none. */
void arrangement_text(const struct arrangement *a, const struct sheet *sheet, char *out,
		      size_t size);

/* There are other rows: sort them.  Without memory they stay as they come. */
void arrangement_sort(struct arrangement *a, const struct ui *ui, const struct sheet *sheet);

/*
 * The same in steps, for many rows, of cells as a sheet's held_cell(): begin, go on with
 * about @rows rows at a time while it says 1, and take the order over at the end.
 */
void arrangement_begin(struct arrangement *a, size_t count);
int arrangement_step(struct arrangement *a, const struct sheet *sheet, const void *held,
		     size_t rows);
void arrangement_take(struct arrangement *a);

/* The row of that rank, and the rank of that row. */
size_t arrangement_row(const struct arrangement *a, size_t rank);
size_t arrangement_rank(const struct arrangement *a, size_t row);

/*
 * Fit @count columns, of which the first @choosable can be chosen, into @cols cells,
 * in the chosen order.
 */
void arrangement_fit(const struct arrangement *a, struct grid_column *grid, size_t choosable,
		     size_t count, int cols);

/* The heading of the view, to be pressed; @grid has a column for each of its first fields. */
void arrangement_heading(struct ui *ui, struct canvas *c, int row, const struct grid_column *grid,
			 size_t count);

/* The arrangement of the view that is looked at, which must have a sheet. */
struct arrangement *arrangement_of(struct ui *ui);

/* The columns that can be chosen in this view; those that are, by their places among them. */
struct choice {
	uint8_t place[COLUMNS_MAX];
	size_t count;
};
size_t choosable_count(const struct ui *ui);
struct field choosable_field(const struct ui *ui, size_t place);
struct choice choice_now(const struct ui *ui);
void choice_use(struct ui *ui, const struct choice *choice);

/*
 * Sorting by the chosen columns, by their places in choice_now(): which it is (or more
 * than there are: none of them), which way, and from now on.
 */
size_t sortable_now(const struct ui *ui);
bool sortable_descending(const struct ui *ui);
void sortable_use(struct ui *ui, size_t i, bool descending);

#endif
