/* The live view without a terminal: see ui.h. */
#include "config.h"

#include "ui/ui.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/actions.h"
#include "ui/groups.h"
#include "ui/keymap.h"
#include "ui/listeners.h"
#include "ui/timeline.h"
#include "ui/views.h"

/* Those that exist are offered; the width of the screen says how many are shown. */
static const char *const default_columns[] = {
	"state",	  "age",	"local",   "peer",	    "recv_q",	     "send_q",
	"process",	  "rtt",	"timer",   "timer_expires", "retrans",	     "cwnd",
	"delivery_rate",  "limited_by", "bytes_sent", "bytes_received", "user",		"unit",
	"netns",
	"cookie",	  "proto",
};

static int columns_init(struct ui *ui, const char *columns, struct error *err)
{
	ui->chosen = columns;
	if (columns && *columns != '+' && *columns != '-')
		return column_list_parse(&ui->columns, columns, err);
	for (size_t i = 0; i < sizeof(default_columns) / sizeof(default_columns[0]); i++)
		if (column_find(default_columns[i], strlen(default_columns[i])))
			column_list_add(&ui->columns, default_columns[i]);
	return columns ? column_list_parse(&ui->columns, columns, err) : 0;
}

/* The columns of views other than the table. */
static int view_columns_init(struct ui *ui, const struct ui_options *options, struct error *err)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	for (size_t i = 0; i < count; i++) {
		if (views[i].sheet && options->view_columns[i] &&
		    arrangement_parse(&ui->arrangements[i], views[i].sheet,
				      options->view_columns[i], err))
			return -1;
	}
	return 0;
}

int ui_init(struct ui *ui, const struct ui_options *options, struct error *err)
{
	size_t count;

	*ui = (struct ui){ .view = views_all(&count), .mode = &mode_view, .span = -1,
			   .names = options->names, .box = STATE_ESTABLISHED,
			   .selected_index = SIZE_MAX };
	ui->theme = options->theme ? options->theme : themes_all(&count);
	ui->resolved = options->resolved;
	if (options->lookups)
		ui->lookups = *options->lookups;
	ui->waiting = options->waiting;
	ui->result = result_new();
	ui->building = result_new();
	ui->shown = calloc(UI_LINES_MAX, sizeof(*ui->shown));
	ui->ghosts = calloc(UI_LINES_MAX, sizeof(*ui->ghosts));
	ui->tags = calloc(TAGS_MAX, sizeof(*ui->tags));
	ui->victims = calloc(TAGS_MAX, sizeof(*ui->victims));
	ui->timelines = calloc(1, sizeof(*ui->timelines));
	ui->listeners = listeners_table_new();
	ui->counting = listeners_table_new();
	ui->processes = groups_new_processes();
	ui->peers = groups_new_peers();
	if (!ui->result || !ui->building || !ui->shown || !ui->ghosts || !ui->listeners ||
	    !ui->counting || !ui->processes || !ui->peers || !ui->tags || !ui->victims ||
	    !ui->timelines)
		return error_set(err, ENOMEM, "cannot set up the live view");
	if (columns_init(ui, options->columns, err))
		return -1;
	if (!ui->columns.count)
		return error_set(err, 0, "no column is left to show");
	if (view_columns_init(ui, options, err))
		return -1;
	if (options->sort && options->sort->count) {
		ui->sort = *options->sort;
		return 0;
	}
	return sort_parse(&ui->sort, "state,local", err);
}

void ui_fini(struct ui *ui)
{
	result_free(ui->result);
	result_free(ui->building);
	free(ui->tags);
	free(ui->victims);
	free(ui->timelines);
	filter_free(ui->filter);
	filter_free(ui->filter_before);
	listeners_table_free(ui->listeners);
	listeners_table_free(ui->counting);
	groups_free(ui->processes);
	groups_free(ui->peers);
	within_fini(&ui->within);
	for (size_t i = 0; i < VIEWS_MAX; i++)
		arrangement_fini(&ui->arrangements[i]);
	free(ui->shown);
	free(ui->ghosts);
	*ui = (struct ui){ 0 };
}

struct row_id row_id_of(const struct sock *sk)
{
	struct row_id id = { .netns = sk->netns, .local = sk->local, .peer = sk->peer };

	if (sk->has & SOCK_HAS_COOKIE)
		id.cookie = sk->cookie;
	else if (sk->has & SOCK_HAS_INODE)
		id.inode = sk->inode;
	return id;
}

bool row_id_equal(const struct row_id *a, const struct row_id *b)
{
	return a->cookie == b->cookie && a->inode == b->inode && a->netns == b->netns &&
	       endpoint_compare(&a->local, &b->local) == 0 &&
	       endpoint_compare(&a->peer, &b->peer) == 0;
}

struct sock sock_alone(const struct sock *sk)
{
	struct sock copy = *sk;

	copy.tcp = NULL;
	copy.memory = NULL;
	copy.congestion = NULL;
	copy.interface = NULL;
	copy.name = NULL;
	copy.local_text = NULL;
	copy.peer_text = NULL;
	return copy;
}

/* Rows of the last screen that the tracker no longer knows. */
static void note_gone(struct ui *ui, const struct tracker *tracker)
{
	ui->ghost_count = 0;
	for (size_t i = 0; i < ui->shown_count; i++) {
		struct shown *s = &ui->shown[i];
		struct track track;

		if (s->gone || tracker_find(tracker, &s->sock, &track))
			continue;
		s->gone = true;
		s->index = i; /* its line on the screen */
		ui->ghosts[ui->ghost_count++] = *s;
	}
}

void ui_arrive(struct ui *ui)
{
	if (ui->data.replay && ui->data.replay->jumped)
		ui->ghost_count = 0;
	else if (ui->data.tracker)
		note_gone(ui, ui->data.tracker);
	ui->data.snapshot = ui->arrived;
	ui->data.exact = ui->arrived_exact;
	ui->arrived = NULL;
}

/* What is wrong is not part of a list that stands still. */
static void judged_anew(struct ui *ui)
{
	if (ui->view->update)
		ui->view->update(ui);
}

void ui_update(struct ui *ui, const struct ui_data *data)
{
	const struct snapshot *shown = ui->data.snapshot;
	const struct snapshot *exact = ui->data.exact;

	ui->data = *data;
	ui->data.snapshot = shown;
	ui->data.exact = exact;
	ui->ticked = true;
	if (data->replay && data->replay->said)
		ui_say(ui, "%s", data->replay->said);
	vitals_note(&ui->vitals, data->counters);
	if (data->tracker && !data->replay)
		timelines_update(ui->timelines, data->tracker);
	if (ui->paused && data->replaces)
		ui->paused_wall_ns = data->wall_ns;
	if (ui->paused && !ui->awaiting && !data->replaces) {
		judged_anew(ui);
		return;
	}
	if (!ui->paused || data->replaces) {
		ui->arrived = data->snapshot;
		ui->arrived_exact = data->exact;
	}
	ui->awaiting = false;
	judged_anew(ui);
	work_begin(ui, true, NULL);
}

void ui_set_exact(struct ui *ui, const struct snapshot *exact)
{
	ui->data.exact = exact;
	if (ui->view->note_exact)
		ui->view->note_exact(ui);
}

void ui_set_troubles(struct ui *ui, const struct ui_troubles *troubles)
{
	ui->data.troubles = *troubles;
	judged_anew(ui);
}

void ui_named(struct ui *ui)
{
	if (ui->filter_waits && ui->mode == &mode_filter) {
		ui->message[0] = '\0';
		action_done(ui);
	}
}

void ui_kept_others(struct ui *ui)
{
	ui->request.collect = true;
	ui->ghost_count = 0;
	ui->awaiting |= connections_await(ui);
	groups_forget(ui->processes);
	groups_forget(ui->peers);
	work_begin(ui, true, "filtering");
}

void ui_choose(struct ui *ui, const struct view_class *view)
{
	unsigned int facts = view->facts_of_all ? FACTS_OF_DUMP | FACT_TRACK : 0;

	if (ui->view != view && ui->view->leave)
		ui->view->leave(ui);
	ui->view = view;
	ui_enter(ui, &mode_view);
	/* what a dump does not tell is looked up for the next one */
	ui->awaiting = (ui->awaiting && connections_await(ui)) ||
		       (view->facts_of_all && view->facts_of_all(ui) & ~facts);
	if (view->facts_of_all || ui->awaiting)
		ui->request.collect = true;
	judged_anew(ui);
	work_begin(ui, false, "counting");
}

void ui_enter(struct ui *ui, const struct mode_class *mode)
{
	ui->filter_waits = false;
	/* what was drawn last is about something else: it cannot be pressed any more */
	ui->spot_count = 0;
	if (ui->mode != mode)
		ui->under = ui->mode->stays && !mode->stays && mode != &mode_view ? ui->mode : NULL;
	ui->mode = mode;
	ui_set_input(ui, "");
}

void ui_back(struct ui *ui)
{
	ui_enter(ui, ui->under ? ui->under : &mode_view);
}

const struct mode_class *ui_mode_drawn(const struct ui *ui)
{
	return ui->mode->takes_text && ui->under ? ui->under : ui->mode;
}

void ui_set_input(struct ui *ui, const char *text)
{
	ui->input_len = (size_t)snprintf(ui->input, sizeof(ui->input), "%s", text);
	if (ui->input_len >= sizeof(ui->input))
		ui->input_len = sizeof(ui->input) - 1;
	ui->input_at = ui->input_len;
}

static void input_add(struct ui *ui, uint32_t key)
{
	char bytes[UTF8_BYTES_MAX];
	size_t len = utf8_encode(bytes, key);

	if (ui->input_len + len >= sizeof(ui->input))
		return;
	memmove(ui->input + ui->input_at + len, ui->input + ui->input_at,
		ui->input_len - ui->input_at + 1);
	memcpy(ui->input + ui->input_at, bytes, len);
	ui->input_len += len;
	ui->input_at += len;
	if (ui->mode->typed)
		ui->mode->typed(ui);
}

/* "1" to "9" choose a view. */
static bool view_chosen(struct ui *ui, uint32_t key)
{
	size_t count;
	const struct view_class *views = views_all(&count);

	if (key < '1' || key > '9' || key - '1' >= count)
		return false;
	ui_choose(ui, &views[key - '1']);
	return true;
}

/* One that a recording would be needed for, unless it means something else elsewhere. */
static void key_missed(struct ui *ui, uint32_t key)
{
	if (!travel_is_missed(ui, key))
		return;
	if (binding_of(key, KEYS_TABLE | KEYS_BRANCH))
		ui_say(ui, "this key does nothing in this view: F1 tells which do");
	else
		ui_say(ui, "only a recording has other times: connstate --from FILE");
}

void ui_key(struct ui *ui, uint32_t key)
{
	unsigned int places = ui_places(ui);
	const struct binding *b;

	ui->message[0] = '\0';
	ui->filter_waits = false;
	if (ui->mode->takes_text && key >= PRESS_SPACE && key < PRESS_FIRST && key != 0x7f) {
		input_add(ui, key);
		return;
	}
	if (ui->mode->pressed && ui->mode->pressed(ui, key))
		return;
	/* what a place binds goes before what a recording does, and that before the rest */
	b = binding_of(key, places & ~(unsigned int)(KEYS_EVERYWHERE | KEYS_REPLAY));
	if (!b)
		b = binding_of(key, places & KEYS_REPLAY);
	if (!b)
		b = binding_of(key, places);
	if (b)
		b->run(ui);
	else if (!ui->mode->takes_text && !view_chosen(ui, key))
		key_missed(ui, key);
}

unsigned int ui_places(const struct ui *ui)
{
	unsigned int places = ui->mode->places;

	if (!places)
		places = ui->view->places | KEYS_EVERYWHERE;
	if (ui->data.replay && places & KEYS_EVERYWHERE)
		places |= KEYS_REPLAY;
	return places;
}

void ui_say(struct ui *ui, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
}

unsigned int ui_facts_of_all(const struct ui *ui)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < ui->sort.count; i++)
		facts |= ui->sort.key[i].column->facts;
	if (ui->filter)
		facts |= filter_facts(ui->filter);
	if (ui->within.kind == WITHIN_GROUP)
		facts |= ui->within.column->facts;
	if (ui->view->facts_of_all)
		facts |= ui->view->facts_of_all(ui);
	return facts;
}

unsigned int ui_facts_of_shown(const struct ui *ui)
{
	if (ui_mode_drawn(ui) == &mode_detail)
		return FACTS_OF_DUMP;
	return ui->view->facts_of_shown ? ui->view->facts_of_shown(ui) : 0;
}

size_t ui_shown(const struct ui *ui, struct sock *socks, size_t max)
{
	return ui->view->shown ? ui->view->shown(ui, socks, max) : 0;
}
