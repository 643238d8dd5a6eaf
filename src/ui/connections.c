/*
 * The table of connections, apart from its drawing: which rows there are, which
 * one is selected, what is found in them.
 */
#include "config.h"

#include <string.h>

#include "ui/timeline.h"
#include "ui/views.h"

/* What completes a row: the tracker, then whatever the application knows. */
struct completion {
	const struct ui_data *data;
	struct track track;
};

/*
 * A paused list is older than the tracker: a track that tells of another state is
 * not about this row.
 */
static bool track_of(const struct ui_data *data, const struct sock *sk, struct track *track)
{
	return data->tracker && tracker_find(data->tracker, sk, track) &&
	       track->state == sk->state;
}

bool connections_track(const struct ui *ui, const struct sock *sk, struct track *track)
{
	return track_of(&ui->data, sk, track);
}

static void complete(void *context, struct row *row)
{
	struct completion *c = context;

	row->track = track_of(c->data, row->sock, &c->track) ? &c->track : NULL;
	if (c->data->source)
		c->data->source->complete(c->data->source->context, row);
}

/* Does the order or the filter need more than the socket itself? */
static bool needs_completion(const struct ui *ui)
{
	return (ui_facts_of_all(ui) | connections_facts_kept(ui)) & ~(unsigned int)FACTS_OF_DUMP;
}

unsigned int connections_facts_kept(const struct ui *ui)
{
	if (ui->filtered)
		return ui->filter ? filter_facts(ui->filter) : 0;
	return ui->data.keep ? ui->data.keep_facts : 0;
}

bool connections_await(const struct ui *ui)
{
	return ui->paused && (ui_facts_of_all(ui) | connections_facts_kept(ui)) &
				     (FACT_OWNERS | FACT_LISTENERS);
}

/* Hidden by a key of its own, in this view and in others. */
static bool is_hidden(const struct ui *ui, const struct sock *sk)
{
	if (ui->hide_loopback &&
	    addr_is_loopback((enum addr_family)sk->local.family, sk->local.bytes))
		return true;
	return (ui->families == FAMILIES_V4 && sk->local.family != ADDR_V4) ||
	       (ui->families == FAMILIES_V6 && sk->local.family != ADDR_V6);
}

bool connections_keeps(const struct ui *ui, const struct row *row)
{
	if (is_hidden(ui, row->sock))
		return false;
	if (ui->filtered)
		return !ui->filter || filter_match(ui->filter, row);
	return !ui->data.keep || ui->data.keep(ui->data.keep_context, row);
}

static bool keep(void *context, const struct row *row)
{
	const struct ui *ui = context;

	const state_set listening = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED);
	const state_set state = STATE_BIT(row->sock->state);

	if (ui->only && !(ui->only & panel_entry_of(ui, row->sock)))
		return false;
	if (ui->listening != LISTENING_TOO &&
	    !(state & listening) == (ui->listening == LISTENING_ONLY))
		return false;
	return connections_keeps(ui, row) && within_has(ui, row);
}

static bool index_is(const struct ui *ui, size_t index)
{
	struct sock sk;
	struct row_id id;

	/* mostly it is not: that is soon seen */
	if (ui->selected.cookie &&
	    snapshot_cookie(ui->data.snapshot, index) != ui->selected.cookie)
		return false;
	snapshot_sock(ui->data.snapshot, index, &sk);
	id = row_id_of(&sk);
	return row_id_equal(&id, &ui->selected);
}

/*
 * Where the selected socket is now.  The order of a dump hardly changes, so it
 * is looked for from its old place outwards.
 */
static size_t find_selected(const struct ui *ui)
{
	size_t count = snapshot_count(ui->data.snapshot);
	size_t from = ui->selected_index < count ? ui->selected_index : 0;

	if (!ui->selected_known)
		return SIZE_MAX;
	for (size_t away = 0; away < count; away++) {
		if (from + away < count && index_is(ui, from + away))
			return from + away;
		if (away && away <= from && index_is(ui, from - away))
			return from - away;
	}
	return SIZE_MAX;
}

static size_t rank_of(const struct ui *ui, size_t index)
{
	size_t rank = index == SIZE_MAX ? LIST_GONE : result_rank(ui->result, index);

	return rank < result_count(ui->result) ? rank : LIST_GONE;
}

static bool is_narrowed(const struct ui *ui)
{
	return ui->only || ui->filter || ui->within.kind != WITHIN_ALL || ui->hide_loopback ||
	       ui->families != FAMILIES_ALL || ui->listening != LISTENING_TOO ||
	       (ui->data.keep && !ui->filtered);
}

static int begin_rows(struct ui *ui, const struct snapshot *s)
{
	return result_begin(ui->building, s, &ui->sort, NULL);
}

static int build_rows(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	struct completion completion = { .data = &ui->data };
	const struct row_source source = { complete, &completion };
	const struct row_judge judge = {
		.keep = is_narrowed(ui) ? keep : NULL,
		.context = ui,
		.source = needs_completion(ui) ? &source : NULL,
	};

	(void)s;
	return result_step(ui->building, end - first, &judge, NULL) < 0 ? -1 : 0;
}

/* The selected socket is watched as long as it is selected. */
static void watch_selected(struct ui *ui)
{
	struct track track;
	struct sock sk;
	bool tracked;

	if (ui->selected_known && connections_selected(ui, &sk, &track, &tracked) && tracked)
		timelines_watch(ui->timelines, &sk, &track);
}

/* The selected row, when it went with the last tick and may still be on the screen; or NULL. */
static const struct shown *selected_ghost(const struct ui *ui)
{
	if (!ui->selected_known || !ui->list.anchored || ui->selected_index != SIZE_MAX)
		return NULL;
	for (size_t i = 0; i < ui->ghost_count; i++)
		if (row_id_equal(&ui->ghosts[i].id, &ui->selected))
			return &ui->ghosts[i];
	return NULL;
}

/* The selected row went from @rank; with a tick that @arrived so may some above it have. */
static void stand_beside(struct ui *ui, size_t rank, bool arrived)
{
	const struct shown *ghost = selected_ghost(ui);

	if (!ghost)
		return;
	for (size_t i = 0; arrived && i < ui->ghost_count; i++)
		if (ui->ghosts[i].index < ghost->index && rank > ui->list.top)
			rank--;
	list_beside(&ui->list, rank);
}

/* The rows are complete: they, and the snapshot that they are of, are shown from now on. */
static int show_rows(struct ui *ui, const struct snapshot *s, size_t rows)
{
	struct result *old = ui->result;
	size_t rank = ui->list.cursor;
	bool arrived = ui->arrived;

	(void)s, (void)rows;
	if (arrived)
		ui_arrive(ui);
	ui->result = ui->building;
	ui->building = old;
	ui->work.rows = false;
	ui->work.searched = 0;
	ui->selected_index = find_selected(ui);
	list_update(&ui->list, result_count(ui->result), rank_of(ui, ui->selected_index));
	stand_beside(ui, rank, arrived);
	if (arrived)
		tags_update(ui);
	connections_settle(ui);
	if (arrived && !ui->data.replay)
		watch_selected(ui);
	return 0;
}

const struct scan_class connections_scan = { begin_rows, build_rows, show_rows };

/* The index of the socket at the cursor, or SIZE_MAX. */
static size_t index_at_cursor(const struct ui *ui)
{
	if (!ui->data.snapshot || ui->list.cursor >= result_count(ui->result))
		return SIZE_MAX;
	result_order(ui->result, ui->list.cursor, 1);
	return result_index(ui->result, ui->list.cursor);
}

void connections_select_here(struct ui *ui)
{
	struct sock sk;

	ui->list.lead = 0;
	ui->selected_index = index_at_cursor(ui);
	ui->selected_known = ui->selected_index != SIZE_MAX;
	if (!ui->selected_known)
		return;
	snapshot_sock(ui->data.snapshot, ui->selected_index, &sk);
	ui->selected = row_id_of(&sk);
}

/* The selection moved to another rank: note who that is. */
void connections_select(struct ui *ui)
{
	ui->work.searching = false;
	connections_select_here(ui);
}

/* The news goes before what was said already, of what has led to it. */
static void say_lost(struct ui *ui)
{
	char said[sizeof(ui->message)];

	memcpy(said, ui->message, sizeof(said));
	ui_say(ui, "the followed socket is not in this list%s%s", *said ? "; " : "", said);
}

void connections_settle(struct ui *ui)
{
	/* the details stay with their socket, be it in the list or not */
	if (ui->mode == &mode_detail || ui->under == &mode_detail || selected_ghost(ui))
		return;
	if (ui->selected_known && ui->selected_index != SIZE_MAX &&
	    ui->selected_index == index_at_cursor(ui))
		return;
	if (ui->follow)
		say_lost(ui);
	ui->follow = false;
	connections_select_here(ui);
}

void connections_hold(struct ui *ui)
{
	connections_settle(ui);
	ui->list.anchored = true;
}

void connections_seek(struct ui *ui, const struct sock *sk)
{
	ui->selected = row_id_of(sk);
	ui->selected_known = true;
	ui->selected_index = find_selected(ui);
	ui->list.anchored = true;
	if (!ui_busy(ui))
		list_update(&ui->list, result_count(ui->result), rank_of(ui, ui->selected_index));
}

void connections_sort_by(struct ui *ui, const struct column *column, bool descending)
{
	ui->sort = (struct sort){ .key = { { column, descending } }, .count = 1 };
	ui->request.collect = true;
	ui->ghost_count = 0;
	ui->awaiting |= connections_await(ui);
	work_begin(ui, true, "sorting");
}

void connections_row(const struct ui *ui, const struct sock *sk, const struct track *track,
		     struct row *row)
{
	*row = (struct row){ .sock = sk, .track = track,
			     .now_ns = snapshot_taken_ns(ui->data.snapshot) };
	if (ui->data.source)
		ui->data.source->complete(ui->data.source->context, row);
}

void connections_value(const struct ui *ui, const struct column *column, const struct row *row,
		       struct value *out)
{
	column->get(row, column, out);
	if (ui->resolved && ui->data.rename && out->kind == VALUE_ENDPOINT)
		ui->data.rename(ui->data.rename_context, row, out);
}

void connections_add_exact(const struct ui *ui, struct sock *sk)
{
	const struct snapshot *exact = ui->data.exact;
	struct row_id id = row_id_of(sk);
	size_t count = exact ? snapshot_count(exact) : 0;

	for (size_t i = 0; i < count; i++) {
		struct sock known;
		struct row_id known_id;

		snapshot_sock(exact, i, &known);
		known_id = row_id_of(&known);
		if (!row_id_equal(&id, &known_id))
			continue;
		sk->tcp = known.tcp;
		sk->tcp_bytes = known.tcp_bytes;
		sk->memory = known.memory;
		sk->memory_known = known.memory_known;
		sk->congestion = known.congestion;
		return;
	}
}

bool connections_selected(struct ui *ui, struct sock *sk, struct track *track, bool *tracked)
{
	connections_settle(ui);
	if (!ui->data.snapshot || !ui->selected_known || ui->selected_index == SIZE_MAX)
		return false;
	snapshot_sock(ui->data.snapshot, ui->selected_index, sk);
	*tracked = track_of(&ui->data, sk, track);
	return true;
}

struct list *connections_list(struct ui *ui)
{
	return &ui->list;
}

unsigned int connections_facts_of_shown(const struct ui *ui)
{
	return column_list_facts(&ui->columns);
}

size_t connections_shown(const struct ui *ui, struct sock *socks, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < ui->shown_count && count < max; i++)
		if (!ui->shown[i].gone)
			socks[count++] = ui->shown[i].sock;
	return count;
}

void connections_show_all(struct ui *ui)
{
	ui->only = 0;
	ui->hide_loopback = false;
	ui->families = FAMILIES_ALL;
	ui->listening = LISTENING_TOO;
	within_reset(ui);
}
