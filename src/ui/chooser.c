/*
 * The chooser of columns: the shown ones first, in their order, then all others.
 * What is changed is seen at once; Escape takes it back.
 */
#include "config.h"

#include <string.h>

#include "ui/actions.h"
#include "ui/keymap.h"
#include "ui/views.h"

#define NAME_WIDTH 20

static bool is_shown(const struct ui *ui, const struct column *column)
{
	for (size_t i = 0; i < ui->columns.count; i++)
		if (ui->columns.column[i] == column)
			return true;
	return false;
}

/* The column in line @i of the chooser, or NULL. */
static const struct column *column_at(const struct ui *ui, size_t i)
{
	size_t count;
	const struct column *all = columns_all(&count);
	size_t rest = i - ui->columns.count;

	if (i < ui->columns.count)
		return ui->columns.column[i];
	for (size_t j = 0; j < count; j++)
		if (!is_shown(ui, &all[j]) && !rest--)
			return &all[j];
	return NULL;
}

/* Widths and what was met belong to the places of the old list. */
static void columns_changed(struct ui *ui)
{
	memset(ui->width, 0, sizeof(ui->width));
	memset(ui->calm, 0, sizeof(ui->calm));
	memset(ui->met, 0, sizeof(ui->met));
	ui->chosen = true;
	ui->request.collect = true;
}

static void remove_at(struct column_list *list, size_t i)
{
	list->count--;
	memmove(&list->column[i], &list->column[i + 1],
		(list->count - i) * sizeof(list->column[0]));
}

/* The keys that move know no last line. */
static void clamp(struct ui *ui)
{
	size_t count;

	columns_all(&count);
	if (ui->choice >= count)
		ui->choice = count - 1;
}

static void toggle(struct ui *ui)
{
	const struct column *column;

	clamp(ui);
	column = column_at(ui, ui->choice);
	if (ui->choice >= ui->columns.count) {
		column_list_add(&ui->columns, column->field.name);
		/* what stood below is below still */
		ui->choice++;
	} else if (ui->columns.count > 1) {
		remove_at(&ui->columns, ui->choice);
	} else {
		ui_say(ui, "one column must stay");
		return;
	}
	columns_changed(ui);
}

/* Swap the chosen column with its neighbour. */
static void shift(struct ui *ui, bool up)
{
	const struct column **list = ui->columns.column;
	size_t at = ui->choice;
	size_t to = up ? at - 1 : at + 1;
	const struct column *column;

	if (at >= ui->columns.count || to >= ui->columns.count)
		return;
	column = list[at];
	list[at] = list[to];
	list[to] = column;
	ui->choice = to;
	columns_changed(ui);
}

void action_columns(struct ui *ui)
{
	ui->columns_before = ui->columns;
	ui->chosen_before = ui->chosen;
	ui->choice = 0;
	ui->choice_top = 0;
	ui_enter(ui, &mode_columns);
}

void action_column_toggle(struct ui *ui)
{
	toggle(ui);
}

void action_column_up(struct ui *ui)
{
	shift(ui, true);
}

void action_column_down(struct ui *ui)
{
	shift(ui, false);
}

void action_columns_save(struct ui *ui)
{
	ui_enter(ui, &mode_view);
	ui->request.save = true;
}

void chooser_left(struct ui *ui)
{
	ui->columns = ui->columns_before;
	columns_changed(ui);
	ui->chosen = ui->chosen_before;
}

static void press_column(struct ui *ui, size_t which, int line)
{
	(void)which;
	ui->choice = ui->choice_top + (size_t)line;
	toggle(ui);
}

static void column_draw(const struct ui *ui, struct canvas *c, int row, size_t i)
{
	const struct column *column = column_at(ui, i);
	bool shown = i < ui->columns.count;

	canvas_text(c, row, 0, 2, ROLE_TEXT, ui->choice == i ? ">" : " ");
	canvas_text(c, row, 2, 4, shown ? ROLE_STRONG : ROLE_QUIET, shown ? "[x]" : "[ ]");
	canvas_text(c, row, 6, NAME_WIDTH, shown ? ROLE_KEY : ROLE_TEXT, column->field.name);
	canvas_text(c, row, 6 + NAME_WIDTH, c->cols - 6 - NAME_WIDTH, ROLE_TEXT,
		    column->field.help);
	if (ui->choice == i)
		canvas_select(c, row, 0, c->cols);
}

void chooser_draw(struct ui *ui, struct canvas *c, struct area area)
{
	size_t rows = area.rows > 1 ? (size_t)area.rows - 1 : 1;
	size_t count;

	columns_all(&count);
	clamp(ui);
	if (ui->choice < ui->choice_top)
		ui->choice_top = ui->choice;
	if (ui->choice >= ui->choice_top + rows)
		ui->choice_top = ui->choice - rows + 1;
	canvas_printf(c, area.row, 1, c->cols - 1, ROLE_STRONG, "Columns: %zu of %zu are shown",
		      ui->columns.count, count);
	ui_spot(ui, (struct area){ area.row + 1, 0, (int)rows, c->cols }, press_column, 0);
	for (size_t i = 0; i < rows && ui->choice_top + i < count; i++)
		column_draw(ui, c, area.row + 1 + (int)i, ui->choice_top + i);
}
