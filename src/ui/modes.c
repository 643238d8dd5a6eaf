/*
 * Modes: what takes the keys for a while.  To add one: its row here and its name
 * in views.h.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/keymap.h"
#include "ui/views.h"

static void sort_done(struct ui *ui)
{
	sortable_use(ui, ui->choice, false);
}

static void search_typed(struct ui *ui)
{
	snprintf(ui->search, sizeof(ui->search), "%s", ui->input);
	ui->work.searching = false;
	if (ui->search[0])
		search_begin(ui, ui->search_start, false);
}

/* The prompt has gone, and what it said: what is selected has the text, or it is said again. */
static void search_done(struct ui *ui)
{
	if (ui->search[0] && !ui->work.searching)
		search_begin(ui, ui->list.cursor, false);
}

static void search_left(struct ui *ui)
{
	ui->search[0] = '\0';
	list_to(&ui->list, ui->search_start);
	connections_select(ui);
}

static void interval_done(struct ui *ui)
{
	char *end;
	double seconds = strtod(ui->input, &end);

	if (end == ui->input || *end || !(seconds >= INTERVAL_MIN_S && seconds <= INTERVAL_MAX_S)) {
		ui_say(ui, "'%s' is no interval: give seconds from %g to %g", ui->input,
		       INTERVAL_MIN_S, INTERVAL_MAX_S);
		return;
	}
	interval_set(ui, (unsigned int)(seconds * 1000 + 0.5));
}

const struct mode_class mode_view = { .name = "view" };

const struct mode_class mode_help = {
	.name = "help",
	.places = KEYS_HELP | KEYS_EVERYWHERE,
	.scrolls = true,
	.draw = help_draw,
};

const struct mode_class mode_sort = {
	.name = "sort",
	.places = KEYS_MENU | KEYS_EVERYWHERE,
	.draw = sort_menu_draw,
	.done = sort_done,
};

const struct mode_class mode_search = {
	.name = "search",
	.places = KEYS_PROMPT,
	.takes_text = true,
	.prompt = "Search: ",
	.typed = search_typed,
	.done = search_done,
	.left = search_left,
};

const struct mode_class mode_interval = {
	.name = "interval",
	.places = KEYS_PROMPT,
	.takes_text = true,
	.prompt = "Interval in seconds: ",
	.done = interval_done,
};

const struct mode_class mode_filter = {
	.name = "filter",
	.places = KEYS_PROMPT,
	.takes_text = true,
	.prompt = "Filter: ",
	.typed = filter_prompt_typed,
	.done = filter_prompt_done,
	.left = filter_prompt_left,
	.recall = filter_prompt_recall,
};

const struct mode_class mode_states = {
	.name = "states",
	.places = KEYS_MENU | KEYS_STATES,
	.draw = states_menu_draw,
	.done = states_menu_done,
	.pressed = states_menu_pressed,
};

const struct mode_class mode_close = {
	.name = "close",
	.places = KEYS_CONFIRM,
	.scrolls = true,
	.draw = close_draw,
};

const struct mode_class mode_detail = {
	.name = "detail",
	.help = "the details of a socket",
	.places = KEYS_DETAIL | KEYS_EVERYWHERE,
	.stays = true,
	.scrolls = true,
	.draw = detail_draw,
};

const struct mode_class mode_explain = {
	.name = "explain",
	.help = "what a state means",
	.places = KEYS_EXPLAIN | KEYS_EVERYWHERE,
	.stays = true,
	.scrolls = true,
	.draw = explanation_page_draw,
};

static void write_done(struct ui *ui)
{
	snprintf(ui->request.path, sizeof(ui->request.path), "%s", ui->input);
	ui->request.write = ui->input[0];
}

const struct mode_class mode_write = {
	.name = "write",
	.places = KEYS_PROMPT,
	.takes_text = true,
	.prompt = "Write to file (.json, .csv, .txt): ",
	.done = write_done,
};

const struct mode_class mode_travel = {
	.name = "travel",
	.places = KEYS_PROMPT,
	.takes_text = true,
	.prompt = "Jump to time: ",
	.done = travel_prompt_done,
};

const struct mode_class mode_columns = {
	.name = "columns",
	.places = KEYS_CHOOSER | KEYS_EVERYWHERE,
	.draw = chooser_draw,
	.left = chooser_left,
};

const struct mode_class mode_chart = {
	.name = "chart",
	.help = "the chart",
	.places = KEYS_CHART | KEYS_EVERYWHERE,
	.stays = true,
	.draw = chart_draw,
	.sheet = &chart_sheet,
};
