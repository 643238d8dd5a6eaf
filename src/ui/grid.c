/* Tables of a fixed set of columns: see grid.h. */
#include "config.h"

#include "ui/grid.h"

#include <stdio.h>
#include <string.h>

#include "ui/views.h"

static int width_of(const struct grid_column *columns, size_t count)
{
	int width = GRID_MARGIN - 1;

	for (size_t i = 0; i < count; i++)
		width += columns[i].width ? columns[i].width + 1 : 0;
	return width;
}

/* What to drop next, or NULL. */
static struct grid_column *least_wanted(struct grid_column *columns, size_t count)
{
	struct grid_column *worst = NULL;

	for (size_t i = 0; i < count; i++)
		if (columns[i].width && columns[i].priority &&
		    (!worst || columns[i].priority >= worst->priority))
			worst = &columns[i];
	return worst;
}

/* Hand out @room cells, one to each in turn. */
static void grow(struct grid_column *columns, size_t count, int room)
{
	bool any = true;

	while (any && room > 0) {
		any = false;
		for (size_t i = 0; i < count && room > 0; i++) {
			if (!columns[i].width || columns[i].width >= columns[i].most)
				continue;
			columns[i].width++;
			room--;
			any = true;
		}
	}
}

void grid_fit(struct grid_column *columns, size_t count, int cols)
{
	int col = GRID_MARGIN;

	while (width_of(columns, count) > cols) {
		struct grid_column *worst = least_wanted(columns, count);

		if (!worst)
			break;
		worst->width = 0;
	}
	grow(columns, count, cols - width_of(columns, count));
	for (size_t i = 0; i < count; i++) {
		columns[i].col = col;
		col += columns[i].width ? columns[i].width + 1 : 0;
	}
}

void grid_heading(struct canvas *c, int row, const struct grid_column *columns, size_t count)
{
	canvas_fill(c, row, 0, c->cols, ROLE_HEADING, ' ');
	for (size_t i = 0; i < count; i++) {
		const struct grid_column *g = &columns[i];
		int len = (int)strlen(g->title);
		int pad = g->align == ALIGN_RIGHT && len < g->width ? g->width - len : 0;

		if (g->width)
			canvas_name(c, row, g->col + pad, g->width - pad, ROLE_HEADING, g->title);
	}
}

void grid_cell(struct canvas *c, int row, const struct grid_column *g, enum role role,
	       const char *text, size_t len)
{
	if (!g->width)
		return;
	if (g->align == ALIGN_RIGHT)
		canvas_right(c, row, g->col, g->width, role, text, len);
	else
		canvas_write(c, row, g->col, g->width, role, text, len);
}

void grid_number(struct canvas *c, int row, const struct grid_column *g, enum role role,
		 uint64_t n)
{
	char text[32];
	size_t len = text_thousands(text, n);

	grid_cell(c, row, g, n ? role : ROLE_QUIET, text, len);
}

void grid_rate(struct canvas *c, int row, const struct grid_column *g, double rate)
{
	char text[32];
	size_t len = text_thousands(text, (uint64_t)(rate + 0.5));

	if (rate > 0 && rate < 9.95)
		len = (size_t)snprintf(text, sizeof(text), "%.1f", rate);
	grid_cell(c, row, g, rate > 0 ? ROLE_TEXT : ROLE_QUIET, text, len);
}

void grid_unknown(struct canvas *c, int row, const struct grid_column *g)
{
	grid_cell(c, row, g, ROLE_QUIET, "-", 1);
}
