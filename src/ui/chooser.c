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

/* The place of the column in line @i of the chooser. */
static size_t place_at(const struct ui *ui, const struct choice *chosen, size_t i)
{
	size_t count = choosable_count(ui);
	size_t rest = i - chosen->count;

	if (i < chosen->count)
		return chosen->place[i];
	for (size_t place = 0; place < count; place++)
		if (!memchr(chosen->place, (int)place, chosen->count) && !rest--)
			return place;
	return count - 1;
}

/* Widths and what was met belong to the places of the old list. */
void connections_columns_changed(struct ui *ui)
{
	memset(ui->width, 0, sizeof(ui->width));
	memset(ui->calm, 0, sizeof(ui->calm));
	memset(ui->met, 0, sizeof(ui->met));
	ui->chosen = true;
	ui->request.collect = true;
}

static void remove_at(struct choice *chosen, size_t i)
{
	chosen->count--;
	memmove(&chosen->place[i], &chosen->place[i + 1], chosen->count - i);
}

/* The keys that move know no last line. */
static void clamp(struct ui *ui)
{
	size_t count = choosable_count(ui);

	if (ui->choice >= count)
		ui->choice = count - 1;
}

static void toggle(struct ui *ui)
{
	struct choice chosen = choice_now(ui);

	clamp(ui);
	if (ui->choice >= chosen.count) {
		uint8_t place = (uint8_t)place_at(ui, &chosen, ui->choice);

		chosen.place[chosen.count++] = place;
		/* what stood below is below still */
		ui->choice++;
	} else if (chosen.count > 1) {
		remove_at(&chosen, ui->choice);
	} else {
		ui_say(ui, "one column must stay");
		return;
	}
	choice_use(ui, &chosen);
}

/* Swap the chosen column with its neighbour. */
static void shift(struct ui *ui, bool up)
{
	struct choice chosen = choice_now(ui);
	size_t at = ui->choice;
	size_t to = up ? at - 1 : at + 1;
	uint8_t place;

	if (at >= chosen.count || to >= chosen.count)
		return;
	place = chosen.place[at];
	chosen.place[at] = chosen.place[to];
	chosen.place[to] = place;
	ui->choice = to;
	choice_use(ui, &chosen);
}

void action_columns(struct ui *ui)
{
	ui->columns_before = choice_now(ui);
	ui->chosen_before = ui->view->sheet ? arrangement_of(ui)->count : ui->chosen;
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
	choice_use(ui, &ui->columns_before);
	if (!ui->view->sheet)
		ui->chosen = ui->chosen_before;
	else if (!ui->chosen_before)
		arrangement_of(ui)->count = 0;
}

static void press_column(struct ui *ui, size_t which, int line)
{
	(void)which;
	ui->choice = ui->choice_top + (size_t)line;
	toggle(ui);
}

static void column_draw(const struct ui *ui, struct canvas *c, int row,
			const struct choice *chosen, size_t i)
{
	const struct field field = choosable_field(ui, place_at(ui, chosen, i));
	bool shown = i < chosen->count;

	canvas_text(c, row, 0, 2, ROLE_TEXT, ui->choice == i ? ">" : " ");
	canvas_text(c, row, 2, 4, shown ? ROLE_STRONG : ROLE_QUIET, shown ? "[x]" : "[ ]");
	canvas_text(c, row, 6, NAME_WIDTH, shown ? ROLE_KEY : ROLE_TEXT, field.name);
	canvas_text(c, row, 6 + NAME_WIDTH, c->cols - 6 - NAME_WIDTH, ROLE_TEXT,
		    field.help);
	if (ui->choice == i)
		canvas_select(c, row, 0, c->cols);
}

void chooser_draw(struct ui *ui, struct canvas *c, struct area area)
{
	size_t rows = area.rows > 1 ? (size_t)area.rows - 1 : 1;
	const struct choice chosen = choice_now(ui);
	size_t count = choosable_count(ui);

	clamp(ui);
	if (ui->choice < ui->choice_top)
		ui->choice_top = ui->choice;
	if (ui->choice >= ui->choice_top + rows)
		ui->choice_top = ui->choice - rows + 1;
	canvas_printf(c, area.row, 1, c->cols - 1, ROLE_STRONG, "Columns: %zu of %zu are shown",
		      chosen.count, count);
	ui_spot(ui, (struct area){ area.row + 1, 0, (int)rows, c->cols }, press_column, 0);
	for (size_t i = 0; i < rows && ui->choice_top + i < count; i++)
		column_draw(ui, c, area.row + 1 + (int)i, &chosen, ui->choice_top + i);
}
