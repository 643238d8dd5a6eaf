/* The line that takes input: editing it, drawing it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/actions.h"
#include "ui/views.h"

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct ui *ui, size_t at)
{
	while (at && is_continuation(ui->input[--at]))
		;
	return at;
}

static size_t after(const struct ui *ui, size_t at)
{
	if (at < ui->input_len)
		at++;
	while (is_continuation(ui->input[at]))
		at++;
	return at;
}

/* Take the bytes between @from and @to out. */
static void cut(struct ui *ui, size_t from, size_t to)
{
	memmove(ui->input + from, ui->input + to, ui->input_len - to + 1);
	ui->input_len -= to - from;
	ui->input_at = from;
	if (ui->mode->typed)
		ui->mode->typed(ui);
}

void action_done(struct ui *ui)
{
	const struct mode_class *mode = ui->mode;

	if (mode->done)
		mode->done(ui);
	if (ui->mode == mode && !ui->wrong_known)
		ui_back(ui);
}

void action_erase(struct ui *ui)
{
	cut(ui, before(ui, ui->input_at), ui->input_at);
}

void action_delete(struct ui *ui)
{
	cut(ui, ui->input_at, after(ui, ui->input_at));
}

void action_erase_all(struct ui *ui)
{
	cut(ui, 0, ui->input_len);
}

void action_input_left(struct ui *ui)
{
	ui->input_at = before(ui, ui->input_at);
}

void action_input_right(struct ui *ui)
{
	ui->input_at = after(ui, ui->input_at);
}

void action_input_home(struct ui *ui)
{
	ui->input_at = 0;
}

void action_input_end(struct ui *ui)
{
	ui->input_at = ui->input_len;
}

void action_recall_older(struct ui *ui)
{
	if (ui->mode->recall)
		ui->mode->recall(ui, 1);
}

void action_recall_newer(struct ui *ui)
{
	if (ui->mode->recall)
		ui->mode->recall(ui, -1);
}

/* An error takes two lines more: where, and what. */
int prompt_rows(const struct ui *ui)
{
	return ui->wrong_known && !ui->filter_waits ? 3 : 1;
}

/* Cells of the input before byte @at. */
static int cells_before(const struct ui *ui, const struct canvas *c, size_t at)
{
	return (int)utf8_cells(ui->input, at, c->ascii);
}

/* The first byte to show, so that @at is still within @room cells. */
static size_t scrolled(const struct ui *ui, const struct canvas *c, size_t at, int room)
{
	size_t first = 0;

	while (first < at && cells_before(ui, c, at) - cells_before(ui, c, first) >= room)
		first = after(ui, first);
	return first;
}

static void wrong_draw(const struct ui *ui, struct canvas *c, int row, int col, int scroll)
{
	size_t offset = ui->wrong.offset < ui->input_len ? ui->wrong.offset : ui->input_len;
	size_t end = ui->wrong.len < ui->input_len - offset ? offset + ui->wrong.len :
							     ui->input_len;
	int from = cells_before(ui, c, offset) - scroll;
	int to = cells_before(ui, c, end) - scroll;

	/* what is wrong may be left of what is shown */
	if (from < 0)
		from = 0;
	if (to <= from)
		to = from + 1;
	canvas_fill(c, row, col + from, to - from, ROLE_WARNING, '^');
	canvas_text(c, row + 1, 0, c->cols, ROLE_WARNING, ui->wrong.message);
}

void prompt_draw(const struct ui *ui, struct canvas *c, int row)
{
	int col = canvas_printf(c, row, 0, c->cols, ROLE_PROMPT, "%s", ui->mode->prompt);
	size_t first = scrolled(ui, c, ui->input_at, c->cols - col - 1);
	int scroll = cells_before(ui, c, first);
	int cursor = col + cells_before(ui, c, ui->input_at) - scroll;
	int end;

	canvas_write(c, row, col, c->cols - col, ROLE_PROMPT, ui->input + first,
		     ui->input_len - first);
	end = col + cells_before(ui, c, ui->input_len) - scroll;
	if (ui->input_at == ui->input_len)
		canvas_text(c, row, cursor, 1, ROLE_PROMPT, "_");
	else
		canvas_select(c, row, cursor, 1);
	if (ui->message[0])
		canvas_printf(c, row, end + 1, c->cols - end - 1, ROLE_PROMPT, "   %s",
			      ui->message);
	if (ui->wrong_known && !ui->filter_waits)
		wrong_draw(ui, c, row + 1, col, scroll);
}
