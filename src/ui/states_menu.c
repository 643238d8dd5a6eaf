/* The menu of states: a letter shows one of them alone, Space puts several together. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/grid.h"
#include "ui/views.h"

static const struct {
	uint8_t state;
	char letter;
} entries[] = {
	{ STATE_LISTEN, 'l' },	    { STATE_SYN_SENT, 's' },   { STATE_SYN_RECEIVED, 'r' },
	{ STATE_ESTABLISHED, 'e' }, { STATE_FIN_WAIT_1, '1' }, { STATE_FIN_WAIT_2, '2' },
	{ STATE_CLOSE_WAIT, 'c' },  { STATE_CLOSING, 'g' },    { STATE_LAST_ACK, 'x' },
	{ STATE_TIME_WAIT, 't' },   { STATE_BOUND, 'b' },      { STATE_UNCONNECTED, 'u' },
	{ PANEL_OTHERS, 'o' },
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

/* The last entry is offered where there can be such sockets. */
static size_t entry_count(const struct ui *ui)
{
	return panel_has_others(ui) ? ENTRIES : ENTRIES - 1;
}

void action_states(struct ui *ui)
{
	ui_enter(ui, &mode_states);
	ui->choice = 0;
	ui->choice_top = 0;
	ui->gathered = false;
	for (size_t i = 0; i < entry_count(ui); i++)
		if (ui->only & STATE_BIT(entries[i].state))
			ui->choice = i;
}

void states_show_only(struct ui *ui, state_set states)
{
	size_t count;

	ui_choose(ui, views_all(&count));
	within_reset(ui);
	ui->only = states;
	ui->ghost_count = 0;
	ui->list.anchored = false;
	if (states)
		ui_say(ui, "only %s%s; press a for all states",
		       panel_name(ui, (unsigned int)__builtin_ctz(states)),
		       states & (states - 1) ? " and others" : "");
	work_begin(ui, true, "filtering");
}

bool states_menu_pressed(struct ui *ui, uint32_t key)
{
	for (size_t i = 0; i < entry_count(ui); i++) {
		if (key != (uint32_t)entries[i].letter)
			continue;
		states_show_only(ui, STATE_BIT(entries[i].state));
		return true;
	}
	return false;
}

/* Enter: the states that were put together, or the one under the cursor. */
void states_menu_done(struct ui *ui)
{
	if (ui->choice < entry_count(ui))
		states_show_only(ui, ui->gathered ? ui->only :
						STATE_BIT(entries[ui->choice].state));
}

void action_state_toggle(struct ui *ui)
{
	ui->gathered = true;
	if (ui->choice < entry_count(ui))
		ui->only ^= STATE_BIT(entries[ui->choice].state);
	ui->choice++;
	work_begin(ui, true, "filtering");
}

void action_state_all(struct ui *ui)
{
	states_show_only(ui, 0);
}

/* A press adds the state, or takes it away; Enter takes what was put together. */
static void press_entry(struct ui *ui, size_t which, int line)
{
	(void)line;
	ui->choice = which;
	action_state_toggle(ui);
	ui->choice = which;
}

void states_menu_draw(struct ui *ui, struct canvas *c, struct area area)
{
	size_t rows = area.rows > 1 ? (size_t)area.rows - 1 : 1;
	const size_t count = entry_count(ui);

	if (ui->choice >= count)
		ui->choice = count - 1;
	if (ui->choice < ui->choice_top)
		ui->choice_top = ui->choice;
	if (ui->choice >= ui->choice_top + rows)
		ui->choice_top = ui->choice - rows + 1;
	canvas_text(c, area.row, 1, c->cols - 1, ROLE_STRONG,
		    "Show only: a letter for one state, Space for several");
	for (size_t i = 0; i < rows && ui->choice_top + i < count; i++) {
		size_t at = ui->choice_top + i;
		unsigned int state = entries[at].state;
		bool is_state = state < STATE_COUNT;
		int row = area.row + 1 + (int)i;
		char text[32];

		panel_count_text(ui, state, text);
		ui_spot(ui, (struct area){ row, 0, 1, c->cols }, press_entry, at);
		canvas_printf(c, row, 0, c->cols, ROLE_TEXT, "%c%c", at == ui->choice ? '>' : ' ',
			      ui->only & STATE_BIT(state) ? '*' : ' ');
		canvas_printf(c, row, 3, 2, ROLE_KEY, "%c", entries[at].letter);
		canvas_printf(c, row, 6, c->cols - 6,
			      role_of_state(is_state ? (enum state)state : STATE_ESTABLISHED), "%s",
			      panel_name(ui, state));
		canvas_printf(c, row, 24, c->cols - 24, ROLE_TEXT, "%9s", text);
		canvas_printf(c, row, 36, c->cols - 36, ROLE_QUIET, "%s",
			      panel_plain(ui, state));
		if (at == ui->choice)
			canvas_select(c, row, 0, c->cols);
	}
}
