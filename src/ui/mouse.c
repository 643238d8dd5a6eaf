/*
 * The mouse: what lies where on the screen, and what a press on it does.
 *
 * Whoever draws something that can be pressed says so with ui_spot().  The wheel
 * scrolls lists and texts; elsewhere it stands for an arrow key.
 */
#include "config.h"

#include "ui/keymap.h"
#include "ui/views.h"

/* Rows that one step of the wheel moves. */
#define WHEEL_ROWS 3

void ui_spot(struct ui *ui, struct area area, ui_press_function *press, size_t which)
{
	/* what did not fit on the screen cannot be pressed */
	if (area.col < ui->cols && area.row < ui->rows && ui->spot_count < UI_SPOTS_MAX)
		ui->spots[ui->spot_count++] = (struct spot){ area, press, which };
}

static bool inside(const struct area *area, int row, int col)
{
	return row >= area->row && row < area->row + area->rows && col >= area->col &&
	       col < area->col + area->cols;
}

/* What was drawn last lies on top. */
static void press(struct ui *ui, int row, int col)
{
	for (size_t i = ui->spot_count; i-- > 0;) {
		const struct spot *spot = &ui->spots[i];

		if (!inside(&spot->area, row, col))
			continue;
		spot->press(ui, spot->which, row - spot->area.row);
		return;
	}
}

/* A press on a row of the view selects it, another one does what Enter does. */
static void press_list_row(struct ui *ui, size_t which, int line)
{
	struct list *list = ui->view->list(ui);
	size_t rank = list->top + (size_t)line;

	(void)which;
	if (rank >= list->count)
		return;
	if (list->anchored && list->cursor == rank) {
		ui_key(ui, PRESS_ENTER);
		return;
	}
	list_to(list, rank);
	list->anchored = true;
	if (ui->view->moved)
		ui->view->moved(ui);
}

void ui_rows_spot(struct ui *ui, struct area area)
{
	ui_spot(ui, area, press_list_row, 0);
}

static void turn(struct ui *ui, bool up)
{
	struct list *list = ui->mode == &mode_view && ui->view->list ? ui->view->list(ui) : NULL;

	if (list) {
		ui->follow = false;
		list_scroll(list, up ? -WHEEL_ROWS : WHEEL_ROWS);
		if (ui->view->moved)
			ui->view->moved(ui);
		return;
	}
	for (int i = 0; i < (ui->mode->scrolls ? WHEEL_ROWS : 1); i++)
		ui_key(ui, up ? PRESS_UP : PRESS_DOWN);
}

void ui_mouse(struct ui *ui, uint32_t key, int row, int col)
{
	ui->message[0] = '\0';
	if (key == PRESS_CLICK)
		press(ui, row, col);
	else if (!ui->mode->takes_text)
		turn(ui, key == PRESS_WHEEL_UP);
}

void press_view(struct ui *ui, size_t which, int line)
{
	size_t count;

	(void)line;
	ui_choose(ui, &views_all(&count)[which]);
}

void press_binding(struct ui *ui, size_t which, int line)
{
	size_t count;

	(void)line;
	bindings_all(&count)[which].run(ui);
}

void press_state(struct ui *ui, size_t which, int line)
{
	(void)line;
	if (ui->mode->takes_text)
		return;
	if (ui->mode == &mode_chart) {
		if (which < STATE_COUNT)
			ui->chart_state = (enum state)which;
	} else if (ui->mode == &mode_explain ||
		   (ui->mode == &mode_view && ui->view->places & KEYS_DIAGRAM)) {
		if (which < STATE_COUNT)
			ui->box = (enum state)which;
		ui->help_top = 0;
	} else if (!ui->mode->draw) {
		/* what lies over the list would hide that it is another one */
		ui->only = ui->only == STATE_BIT(which) ? 0 : STATE_BIT(which);
		work_begin(ui, true, "filtering");
	}
}
