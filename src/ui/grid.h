/*
 * Tables of a fixed set of columns: which of them fit, and their cells.
 */
#ifndef UI_GRID_H
#define UI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/value.h"
#include "ui/canvas.h"

/* Rows begin behind the mark of the selected one. */
#define GRID_MARGIN 2

struct grid_column {
	const char *title;
	int width;	  /* cells it needs; 0: it is not shown */
	int most;	  /* cells that it may grow to; 0: it does not grow */
	uint8_t align;	  /* enum align */
	uint8_t priority; /* the highest is dropped first; 0: never */
	int col;	  /* where it begins */
};

/* Drop what does not fit into @cols cells, let others grow, and give each its place. */
void grid_fit(struct grid_column *columns, size_t count, int cols);

void grid_heading(struct canvas *c, int row, const struct grid_column *columns, size_t count);

/* Mark the heading of the column that the rows are in the order of. */
void grid_heading_sorted(struct canvas *c, int row, const struct grid_column *column,
			 bool descending);

/* Nothing is drawn where the column is not shown. */
void grid_cell(struct canvas *c, int row, const struct grid_column *column, enum role role,
	       const char *text, size_t len);

void grid_number(struct canvas *c, int row, const struct grid_column *column, enum role role,
		 uint64_t n);

/* A number a second; below 10 with a decimal, quiet when 0. */
void grid_rate(struct canvas *c, int row, const struct grid_column *column, double rate);

/* "-": not known. */
void grid_unknown(struct canvas *c, int row, const struct grid_column *column);

#endif
