/*
 * Asking before sockets are closed: which ones, in words; only 'y' is a yes.
 *
 * The list is taken when the question is asked: what happens until the answer does
 * not change it, and a socket is closed by its cookie or not at all.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/grid.h"
#include "ui/views.h"

const struct sock *ui_victims(const struct ui *ui, size_t *count)
{
	*count = ui->victim_count;
	return ui->victims;
}

void action_close(struct ui *ui)
{
	struct track track;
	struct sock sk;
	bool tracked;

	ui->victim_count = 0;
	if (ui->data.replay) {
		ui_say(ui, "these sockets are of the past: what is recorded cannot be closed");
		return;
	}
	connections_hold(ui);
	if (ui->tag_count) {
		memcpy(ui->victims, ui->tags, ui->tag_count * sizeof(ui->tags[0]));
		ui->victim_count = ui->tag_count;
	} else if (connections_selected(ui, &sk, &track, &tracked)) {
		ui->victims[ui->victim_count++] = sock_alone(&sk);
	}
	if (!ui->victim_count) {
		ui_say(ui, ui->selected_known ? "the selected socket is gone" :
						"no socket is selected");
		return;
	}
	/* a cookie counts in its own namespace alone */
	for (size_t i = 0; i < ui->victim_count; i++) {
		if (!ui->victims[i].netns)
			continue;
		ui_say(ui, "sockets are closed from within their network namespace: --net");
		return;
	}
	ui->help_top = 0;
	ui_enter(ui, &mode_close);
}

void action_close_confirmed(struct ui *ui)
{
	ui->request.close = true;
	ui_enter(ui, &mode_view);
}

static void victim_draw(struct ui *ui, struct canvas *c, int line, const struct grid_column *grid,
			const struct sock *sk)
{
	static const char *const columns[] = { "state", "local", "peer", "process" };
	const struct value_style style = { .names = ui->names, .ascii = c->ascii };
	struct row row;

	connections_row(ui, sk, NULL, &row);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const struct column *column = column_find(columns[i], strlen(columns[i]));
		struct value v;
		char text[512];

		connections_value(ui, column, &row, &v);
		grid_cell(c, line, &grid[i], i ? ROLE_TEXT : role_of_state(v.state), text,
			  value_format(text, sizeof(text), &v, &column->field, &style));
	}
}

void close_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct grid_column grid[] = {
		{ "STATE", 12, 0, ALIGN_LEFT, 1, 0 },
		{ "LOCAL", 18, 50, ALIGN_LEFT, 0, 0 },
		{ "PEER", 18, 50, ALIGN_LEFT, 0, 0 },
		{ "PROCESS", 14, 40, ALIGN_LEFT, 2, 0 },
	};
	size_t rows = area.rows > 2 ? (size_t)area.rows - 2 : 0;

	if (ui->help_top + rows > ui->victim_count)
		ui->help_top = ui->victim_count > rows ? ui->victim_count - rows : 0;
	canvas_printf(c, area.row, 0, c->cols, ROLE_WARNING,
		      " Close %zu socket%s? y closes, Esc leaves alone. The peer gets a reset.",
		      ui->victim_count, ui->victim_count == 1 ? "" : "s");
	grid_fit(grid, sizeof(grid) / sizeof(grid[0]), c->cols);
	grid_heading(c, area.row + 1, grid, sizeof(grid) / sizeof(grid[0]));
	for (size_t i = 0; i < rows && ui->help_top + i < ui->victim_count; i++)
		victim_draw(ui, c, area.row + 2 + (int)i, grid, &ui->victims[ui->help_top + i]);
}
