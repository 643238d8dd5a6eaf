/* Columns and order of the rows of a view: see arrange.h. */
#include "config.h"

#include "ui/arrange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/views.h"

/* The next order is not in the making any more. */
static void forget_next(struct arrangement *a)
{
	free(a->keyed);
	a->keyed = NULL;
	a->keyed_count = 0;
	arena_fini(&a->texts);
	sorting_fini(&a->sorting);
}

void arrangement_fini(struct arrangement *a)
{
	forget_next(a);
	free(a->order);
	*a = (struct arrangement){ 0 };
}

/* The place of the field called @len bytes at @name, or @columns. */
static size_t field_named(const struct field *fields, size_t columns, const char *name, size_t len)
{
	size_t i = 0;

	while (i < columns &&
	       (strlen(fields[i].name) != len || strncmp(fields[i].name, name, len) != 0))
		i++;
	return i;
}

static int unknown_name(const struct field *fields, size_t columns, const char *name, size_t len,
			struct error *err)
{
	char known[160] = "";
	size_t used = 0;

	for (size_t i = 0; i < columns && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
					 fields[i].name);
	return error_set(err, 0, "unknown column '%.*s': there are %s", (int)len, name, known);
}

int arrangement_parse(struct arrangement *a, const struct sheet *sheet, const char *text,
		      struct error *err)
{
	a->count = 0;
	while (*text) {
		size_t len = strcspn(text, ",");
		size_t place = field_named(sheet->choice, sheet->columns, text, len);

		if (place == sheet->columns)
			return unknown_name(sheet->choice, sheet->columns, text, len, err);
		if (!memchr(a->place, (int)place, a->count))
			a->place[a->count++] = (uint8_t)place;
		text += len + (text[len] == ',');
	}
	return 0;
}

void arrangement_text(const struct arrangement *a, const struct sheet *sheet, char *out,
		      size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < a->count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "," : "",
					 sheet->choice[a->place[i]].name);
}

/* A row and what it is sorted by. */
struct keyed {
	struct value value;
	size_t row;
	bool descending;
};

/* What is unknown comes last either way; equal rows stay as they come. */
static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a;
	const struct keyed *y = b;
	int order;

	if ((x->value.kind == VALUE_NONE) != (y->value.kind == VALUE_NONE))
		return x->value.kind == VALUE_NONE ? 1 : -1;
	order = x->value.kind == VALUE_NONE ? 0 : value_compare(&x->value, &y->value);
	if (order)
		return x->descending ? -order : order;
	return (x->row > y->row) - (x->row < y->row);
}

/* @v, or the same with a text that lasts where it was made in @made. */
static struct value lasting(struct value v, const char *made, struct arena *texts)
{
	if (v.kind == VALUE_TEXT && v.text == made)
		v.text = arena_strndup(texts, made, v.len);
	return v.kind == VALUE_TEXT && !v.text ? value_none() : v;
}

/* The values of all rows; texts that were made for it are kept in @texts. */
static struct keyed *keyed_rows(const struct arrangement *a, const struct ui *ui,
				const struct sheet *sheet, size_t count, struct arena *texts)
{
	struct keyed *rows = calloc(count, sizeof(*rows));
	char text[SHEET_TEXT];

	for (size_t i = 0; rows && i < count; i++) {
		struct value v = sheet->cell(ui, i, a->by, text);

		rows[i] = (struct keyed){ lasting(v, text, texts), i, a->descending };
	}
	return rows;
}

void arrangement_sort(struct arrangement *a, const struct ui *ui, const struct sheet *sheet)
{
	size_t count = a->sorted ? sheet->count(ui) : 0;
	struct arena texts = { .block_bytes = 65536 };
	struct keyed *rows;

	free(a->order);
	a->order = count ? calloc(count, sizeof(*a->order)) : NULL;
	a->order_count = 0;
	if (!a->order)
		return;
	rows = keyed_rows(a, ui, sheet, count, &texts);
	if (rows) {
		qsort(rows, count, sizeof(*rows), compare_keyed);
		for (size_t i = 0; i < count; i++)
			a->order[i] = rows[i].row;
		a->order_count = count;
	}
	free(rows);
	arena_fini(&texts);
}

void arrangement_begin(struct arrangement *a, size_t count)
{
	forget_next(a);
	a->texts.block_bytes = 65536;
	if (!a->sorted || !count || sorting_begin(&a->sorting, count))
		return;
	a->keyed = calloc(count, sizeof(*a->keyed));
	if (!a->keyed)
		sorting_fini(&a->sorting);
}

static int compare_rows(const void *context, size_t a, size_t b)
{
	const struct keyed *keyed = context;

	return compare_keyed(&keyed[a], &keyed[b]);
}

int arrangement_step(struct arrangement *a, const struct sheet *sheet, const void *held,
		     size_t rows)
{
	char text[SHEET_TEXT];

	if (!a->keyed)
		return 0;
	for (; rows && a->keyed_count < a->sorting.count; rows--) {
		size_t i = a->keyed_count++;
		struct value v = sheet->held_cell(held, i, a->by, text);

		a->keyed[i] = (struct keyed){ lasting(v, text, &a->texts), i, a->descending };
	}
	return rows ? sorting_step(&a->sorting, rows, compare_rows, a->keyed) : 1;
}

void arrangement_take(struct arrangement *a)
{
	free(a->order);
	a->order = a->sorting.order;
	a->order_count = a->sorting.count;
	a->sorting.order = NULL;
	a->stale = false;
	forget_next(a);
}

size_t arrangement_row(const struct arrangement *a, size_t rank)
{
	return rank < a->order_count ? a->order[rank] : rank;
}

size_t arrangement_rank(const struct arrangement *a, size_t row)
{
	for (size_t i = 0; i < a->order_count; i++)
		if (a->order[i] == row)
			return i;
	return row;
}

static void hide_others(const struct arrangement *a, struct grid_column *grid, size_t choosable)
{
	for (size_t i = 0; a->count && i < choosable; i++)
		if (!memchr(a->place, (int)i, a->count))
			grid[i].width = 0;
}

void arrangement_fit(const struct arrangement *a, struct grid_column *grid, size_t choosable,
		     size_t count, int cols)
{
	int col = GRID_MARGIN;

	hide_others(a, grid, choosable);
	/* an order that is not seen is a riddle */
	if (a->sorted && a->by < choosable && grid[a->by].priority)
		grid[a->by].priority = 1;
	grid_fit(grid, count, cols);
	for (size_t i = 0; i < a->count; i++) {
		struct grid_column *g = &grid[a->place[i]];

		g->col = col;
		col += g->width ? g->width + 1 : 0;
	}
}

/* The arrangement of the view; NULL for the table of connections. */
static const struct arrangement *arrangement_now(const struct ui *ui)
{
	return ui->view->sheet ? &ui->arrangements[view_index(ui->view)] : NULL;
}

struct arrangement *arrangement_of(struct ui *ui)
{
	return &ui->arrangements[view_index(ui->view)];
}

/* The selection stays on its row. */
static void sort_rows(struct ui *ui, size_t field, bool descending)
{
	struct arrangement *a = arrangement_of(ui);
	struct list *list = ui->view->list(ui);
	size_t row = arrangement_row(a, list->cursor);

	a->sorted = true;
	a->by = field;
	a->descending = descending;
	/* many rows are ordered when their scan comes to its end */
	a->stale = ui->view->sheet->hold;
	if (a->stale) {
		work_begin(ui, false, "sorting");
		return;
	}
	arrangement_sort(a, ui, ui->view->sheet);
	list_update(list, list->count, arrangement_rank(a, row));
}

/* A press on a heading sorts by it, another one inverts; figures begin with the largest. */
static void press_heading(struct ui *ui, size_t which, int line)
{
	const struct arrangement *a = arrangement_of(ui);
	struct field fields[COLUMNS_MAX];

	(void)line;
	ui->view->sheet->fields(ui, fields);
	sort_rows(ui, which,
		  a->sorted && a->by == which ? !a->descending :
						fields[which].align == ALIGN_RIGHT);
}

void arrangement_heading(struct ui *ui, struct canvas *c, int row, const struct grid_column *grid,
			 size_t count)
{
	const struct arrangement *a = arrangement_of(ui);

	grid_heading(c, row, grid, count);
	for (size_t i = 0; i < count; i++) {
		const struct grid_column *g = &grid[i];
		int title = (int)strlen(g->title);
		int mark;

		if (!g->width)
			continue;
		ui_spot(ui, (struct area){ row, g->col, 1, g->width }, press_heading, i);
		if (!a->sorted || a->by != i)
			continue;
		canvas_role(c, row, g->col, g->width, ROLE_HEADING_SORTED);
		/* beside the title: where its padding is, or in the gap between the columns */
		if (g->align == ALIGN_RIGHT && title >= g->width)
			title = g->width;
		mark = g->align == ALIGN_RIGHT ? g->col + g->width : g->col + title;
		canvas_text(c, row, mark < c->cols ? mark : c->cols - 1, 1, ROLE_HEADING_SORTED,
			    a->descending ? "-" : "+");
	}
}

struct choice choice_now(const struct ui *ui)
{
	const struct arrangement *a = arrangement_now(ui);
	struct choice choice = { .count = a ? a->count : ui->columns.count };
	size_t all;
	const struct column *columns = columns_all(&all);

	if (a && a->count)
		memcpy(choice.place, a->place, sizeof(choice.place));
	for (size_t i = 0; !a && i < choice.count; i++)
		choice.place[i] = (uint8_t)(ui->columns.column[i] - columns);
	if (a && !a->count) {
		choice.count = ui->view->sheet->columns;
		for (size_t i = 0; i < choice.count; i++)
			choice.place[i] = (uint8_t)i;
	}
	return choice;
}

void choice_use(struct ui *ui, const struct choice *choice)
{
	size_t all;
	const struct column *columns = columns_all(&all);

	if (arrangement_now(ui)) {
		struct arrangement *a = arrangement_of(ui);

		memcpy(a->place, choice->place, sizeof(a->place));
		a->count = choice->count;
		return;
	}
	ui->columns.count = choice->count;
	for (size_t i = 0; i < choice->count; i++)
		ui->columns.column[i] = &columns[choice->place[i]];
	connections_columns_changed(ui);
}

size_t choosable_count(const struct ui *ui)
{
	size_t count;

	if (arrangement_now(ui))
		return ui->view->sheet->columns;
	columns_all(&count);
	return count;
}

struct field choosable_field(const struct ui *ui, size_t place)
{
	size_t count;

	return arrangement_now(ui) ? ui->view->sheet->choice[place] :
				     columns_all(&count)[place].field;
}

size_t sortable_now(const struct ui *ui)
{
	const struct arrangement *a = arrangement_now(ui);
	const struct choice choice = choice_now(ui);
	size_t count;
	size_t by = a ? a->by : (size_t)(ui->sort.key[0].column - columns_all(&count));
	size_t i = 0;

	if (a && !a->sorted)
		return choice.count;
	while (i < choice.count && choice.place[i] != by)
		i++;
	return i;
}

bool sortable_descending(const struct ui *ui)
{
	const struct arrangement *a = arrangement_now(ui);

	return a ? a->descending : ui->sort.key[0].descending;
}

void sortable_use(struct ui *ui, size_t i, bool descending)
{
	const struct choice choice = choice_now(ui);

	if (i >= choice.count)
		return;
	if (arrangement_now(ui))
		sort_rows(ui, choice.place[i], descending);
	else
		connections_sort_by(ui, ui->columns.column[i], descending);
}
