/* What keys do: see actions.h. */
#include "config.h"

#include "ui/actions.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/keymap.h"
#include "ui/lifecycle.h"
#include "ui/views.h"

/* General. */

void action_help(struct ui *ui)
{
	ui->help_top = 0;
	if (ui->mode == &mode_help)
		ui_back(ui);
	else
		ui_enter(ui, &mode_help);
}

void action_quit(struct ui *ui)
{
	/* in help, menus and details q means: back, as in less */
	if (ui->mode == &mode_view)
		ui->request.quit = true;
	else
		ui_back(ui);
}

void action_pause(struct ui *ui)
{
	if (ui->data.replay) {
		action_travel_play(ui);
		return;
	}
	ui->paused = !ui->paused;
	ui->paused_wall_ns = ui->data.wall_ns;
	if (!ui->paused)
		ui->request.refresh = true;
}

void action_refresh(struct ui *ui)
{
	ui->request.refresh = true;
}

void action_repaint(struct ui *ui)
{
	ui->request.repaint = true;
}

void action_suspend(struct ui *ui)
{
	ui->request.suspend = true;
}

/* The intervals that + and - step through. */
static const unsigned int intervals_ms[] = { 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 };

#define INTERVALS (sizeof(intervals_ms) / sizeof(intervals_ms[0]))

void interval_set(struct ui *ui, unsigned int ms)
{
	char text[32];

	ui->request.interval_ms = ms;
	ui->data.interval_ms = ms;
	/* whether the limit of CPU stretches it is not known yet */
	ui->data.real_interval_ms = ms;
	text_interval(text, sizeof(text), ms);
	ui_say(ui, "polling every %s", text);
}

void action_slower(struct ui *ui)
{
	for (size_t i = 0; i < INTERVALS; i++) {
		if (intervals_ms[i] > ui->data.interval_ms) {
			interval_set(ui, intervals_ms[i]);
			return;
		}
	}
}

void action_faster(struct ui *ui)
{
	for (size_t i = INTERVALS; i-- > 0;) {
		if (intervals_ms[i] < ui->data.interval_ms) {
			interval_set(ui, intervals_ms[i]);
			return;
		}
	}
}

void action_interval(struct ui *ui)
{
	if (ui->data.replay) {
		ui_say(ui, "what was polled stays as it is: + and - change how fast it is played");
		return;
	}
	ui_enter(ui, &mode_interval);
}

void action_history_shorter(struct ui *ui)
{
	panel_zoom(ui, -1);
}

void action_history_longer(struct ui *ui)
{
	panel_zoom(ui, 1);
}

void action_theme(struct ui *ui)
{
	size_t count;
	const struct theme *themes = themes_all(&count);
	size_t next = ((size_t)(ui->theme - themes) + 1) % count;

	ui->theme = &themes[next];
	ui_say(ui, "theme %s: %s", ui->theme->name, ui->theme->help);
}

void action_write(struct ui *ui)
{
	ui_enter(ui, &mode_write);
}

void action_copy_row(struct ui *ui)
{
	ui->request.copy_row = true;
}

void action_copy_command(struct ui *ui)
{
	ui->request.copy_command = true;
}

void action_save(struct ui *ui)
{
	ui->request.save = true;
}

void action_view_next(struct ui *ui)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	ui_choose(ui, &views[((size_t)(ui->view - views) + 1) % count]);
}

void action_leave(struct ui *ui)
{
	const struct mode_class *mode = ui->mode;

	ui_back(ui);
	if (mode->left)
		mode->left(ui);
}

/* Moving: in whatever list is on the screen. */

static size_t moved(size_t from, long by)
{
	return by < 0 && from < (size_t)-by ? 0 : from + (size_t)by;
}

/* One row, @by rows, in the mode that has the keys; true when a mode took it. */
static bool move_in_mode(struct ui *ui, long by)
{
	if (ui->mode->scrolls)
		ui->help_top = moved(ui->help_top, by);
	else if (ui->mode == &mode_sort || ui->mode == &mode_states || ui->mode == &mode_columns)
		ui->choice = moved(ui->choice, by);
	else
		return false;
	return true;
}

/* The list that keys move in, or NULL. */
static struct list *list_of(struct ui *ui)
{
	return ui->view->list ? ui->view->list(ui) : NULL;
}

static void move_rows(struct ui *ui, long by)
{
	struct list *list = list_of(ui);

	if (move_in_mode(ui, by) || !list)
		return;
	ui->follow = false;
	list_move(list, by);
	if (ui->view->moved)
		ui->view->moved(ui);
}

static void move_halves(struct ui *ui, long halves)
{
	struct list *list = list_of(ui);

	if (move_in_mode(ui, halves * 5) || !list)
		return;
	ui->follow = false;
	list_page(list, halves);
	if (ui->view->moved)
		ui->view->moved(ui);
}

static void move_to(struct ui *ui, size_t rank)
{
	struct list *list = list_of(ui);

	if (!list || !list->count)
		return;
	ui->follow = false;
	list_to(list, rank < list->count ? rank : list->count - 1);
	if (ui->view->moved)
		ui->view->moved(ui);
}

void action_up(struct ui *ui)
{
	move_rows(ui, -1);
}

void action_down(struct ui *ui)
{
	move_rows(ui, 1);
}

void action_page_up(struct ui *ui)
{
	move_halves(ui, -2);
}

void action_page_down(struct ui *ui)
{
	move_halves(ui, 2);
}

void action_half_up(struct ui *ui)
{
	move_halves(ui, -1);
}

void action_half_down(struct ui *ui)
{
	move_halves(ui, 1);
}

void action_home(struct ui *ui)
{
	if (move_in_mode(ui, -100000))
		return;
	move_to(ui, 0);
}

void action_end(struct ui *ui)
{
	if (move_in_mode(ui, 100000))
		return;
	move_to(ui, SIZE_MAX);
}

/* Connections. */

void action_detail(struct ui *ui)
{
	ui->help_top = 0;
	if (!ui->list.count)
		return;
	connections_hold(ui);
	ui_enter(ui, &mode_detail);
}

void action_search(struct ui *ui)
{
	ui->search_start = ui->list.cursor;
	ui_enter(ui, &mode_search);
}

static void search_on(struct ui *ui, bool backward)
{
	if (!ui->search[0])
		ui_say(ui, "nothing to search for yet: press /");
	else
		search_begin(ui, moved(ui->list.cursor, backward ? -1 : 1), backward);
}

void action_search_end(struct ui *ui)
{
	ui->search[0] = '\0';
}

void action_names(struct ui *ui)
{
	ui->resolved = !ui->resolved;
	ui->request.resolve = true;
	ui_say(ui, "%s", ui->resolved ? "names of hosts and ports, as they are answered" :
					"numbers");
}

void action_search_next(struct ui *ui)
{
	/* without a search there is nothing to go on to */
	if (!ui->search[0] || ui->view->sheet) {
		action_names(ui);
		return;
	}
	search_on(ui, false);
}

void action_search_back(struct ui *ui)
{
	search_on(ui, true);
}

void action_sort(struct ui *ui)
{
	size_t now = sortable_now(ui);

	ui_enter(ui, &mode_sort);
	ui->choice = now < choice_now(ui).count ? now : 0;
	ui->choice_top = 0;
}

static void sort_step(struct ui *ui, bool right)
{
	const struct choice chosen = choice_now(ui);
	size_t now = sortable_now(ui);
	size_t next = right ? now + 1 : now + chosen.count - 1;

	/* from none of them to the first, or to the last */
	if (now >= chosen.count)
		next = right ? 0 : chosen.count - 1;
	next %= chosen.count;
	sortable_use(ui, next, false);
	ui_say(ui, "sorted by %s", choosable_field(ui, chosen.place[next]).name);
}

void action_sort_left(struct ui *ui)
{
	sort_step(ui, false);
}

void action_sort_right(struct ui *ui)
{
	sort_step(ui, true);
}

void action_invert(struct ui *ui)
{
	if (sortable_now(ui) < choice_now(ui).count)
		sortable_use(ui, sortable_now(ui), !sortable_descending(ui));
	else if (!ui->view->sheet)
		connections_sort_by(ui, ui->sort.key[0].column, !ui->sort.key[0].descending);
}

void action_all_states(struct ui *ui)
{
	connections_show_all(ui);
	filter_give_back(ui);
	ui_kept_others(ui);
}

void action_hide_loopback(struct ui *ui)
{
	ui->hide_loopback = !ui->hide_loopback;
	ui_say(ui, "loopback is %s", ui->hide_loopback ? "hidden" : "shown");
	ui_kept_others(ui);
}

void action_families(struct ui *ui)
{
	static const char *const names[] = { "IPv4 and IPv6", "only IPv4", "only IPv6" };

	ui->families = (ui->families + 1) % FAMILIES_COUNT;
	ui_say(ui, "%s", names[ui->families]);
	ui_kept_others(ui);
}

void action_listening(struct ui *ui)
{
	static const char *const names[] = { "all sockets", "only sockets that listen",
					     "all sockets but those that listen" };

	ui->listening = (ui->listening + 1) % LISTENING_COUNT;
	ui_say(ui, "%s", names[ui->listening]);
	ui_kept_others(ui);
}

/* Lifecycle. */

void action_box_up(struct ui *ui)
{
	ui->box = lifecycle_neighbour(ui->box, -1, 0);
}

void action_box_down(struct ui *ui)
{
	ui->box = lifecycle_neighbour(ui->box, 1, 0);
}

void action_box_left(struct ui *ui)
{
	ui->box = lifecycle_neighbour(ui->box, 0, -1);
}

void action_box_right(struct ui *ui)
{
	ui->box = lifecycle_neighbour(ui->box, 0, 1);
}

void action_box_list(struct ui *ui)
{
	states_show_only(ui, STATE_BIT(ui->box));
}

/* Listeners, processes, peers. */

void action_row_list(struct ui *ui)
{
	if (ui->view->enter && !ui->awaiting)
		ui->view->enter(ui);
}

void action_regroup(struct ui *ui)
{
	if (ui->view->regroup)
		ui->view->regroup(ui);
}

/* The first view that has keys of that place. */
static void choose_with(struct ui *ui, unsigned int place)
{
	size_t count;
	const struct view_class *view = views_all(&count);

	while (count-- && !(view->places & place))
		view++;
	ui_choose(ui, view);
}

void action_group(struct ui *ui)
{
	choose_with(ui, KEYS_GROUPS);
}

void action_tree(struct ui *ui)
{
	choose_with(ui, KEYS_BRANCH);
}
