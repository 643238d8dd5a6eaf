/*
 * The view of listeners: how full the queue of each is, what became of the
 * connections that it accepted, who can reach it, what it dropped.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "ui/grid.h"
#include "ui/listeners.h"
#include "ui/short_names.h"
#include "ui/views.h"

/* Where the peers of connections stand in it as well. */
#define LOCAL_WIDTH_OPEN 25

static const struct grid_column layout[LISTENER_COLUMNS] = {
	[LISTENER_LOCAL] = { "LOCAL", 18, 46, ALIGN_LEFT, 0, 0 },
	[LISTENER_PROCESS] = { "PROCESS", 13, 40, ALIGN_LEFT, 4, 0 },
	[LISTENER_GAUGE] = { "BACKLOG", 8, 24, ALIGN_LEFT, 6, 0 },
	[LISTENER_BACKLOG] = { "NOW/MAX", 9, 13, ALIGN_RIGHT, 0, 0 },
	[LISTENER_CHILDREN] = { "CHILDREN", 8, 0, ALIGN_RIGHT, 2, 0 },
	[LISTENER_EXPOSURE] = { "EXPOSURE", 8, 0, ALIGN_LEFT, 5, 0 },
	[LISTENER_DROPS] = { "DROPPED", 7, 9, ALIGN_RIGHT, 3, 0 },
	[LISTENER_RATE] = { "DROPPED/s", 9, 0, ALIGN_RIGHT, 7, 0 },
	[LISTENER_STATES] = { "CHILDREN BY STATE", 24, 90, ALIGN_LEFT, 8, 0 },
};

static const struct arrangement *arranged(const struct ui *ui)
{
	return &ui->arrangements[view_index_with(&listeners_sheet)];
}

struct list *view_listeners_list(struct ui *ui)
{
	return &ui->listeners->list;
}

static const struct sock *sock_of(const struct listener_table *t, const struct listener_row *row)
{
	return &t->sockets[row->first].sock;
}

/* What is at @rank of the list: the row of a listener, or else a connection of the branch. */
static const struct listener_row *row_at(const struct ui *ui, size_t rank,
					 const struct sock **child)
{
	const struct listener_table *t = ui->listeners;

	if (t->open_row != SIZE_MAX) {
		size_t open = arrangement_rank(arranged(ui), t->open_row);

		if (rank > open && rank - open <= t->child_count) {
			*child = &t->children[rank - open - 1];
			return NULL;
		}
		if (rank > open)
			rank -= t->child_count;
	}
	return &t->rows[arrangement_row(arranged(ui), rank)];
}

/* The socket at @rank: a listener, or a connection of the open branch. */
static const struct sock *sock_at(const struct ui *ui, size_t rank)
{
	const struct sock *child;
	const struct listener_row *row = row_at(ui, rank, &child);

	return row ? sock_of(ui->listeners, row) : child;
}

void view_listeners_moved(struct ui *ui)
{
	struct listener_table *t = ui->listeners;

	t->selected_known = t->list.cursor < t->list.count;
	if (t->selected_known)
		t->selected = *sock_at(ui, t->list.cursor);
}

/* Listeners that share an address are one row, whichever of them was selected. */
static bool is_selected(const struct listener_table *t, const struct sock *sk)
{
	const struct row_id a = row_id_of(sk);
	const struct row_id b = row_id_of(&t->selected);

	if ((sk->state == STATE_LISTEN) != (t->selected.state == STATE_LISTEN))
		return false;
	if (sk->state != STATE_LISTEN)
		return row_id_equal(&a, &b);
	return sk->netns == t->selected.netns && sk->proto == t->selected.proto &&
	       !endpoint_compare(&sk->local, &t->selected.local);
}

static size_t rank_of_selected(const struct ui *ui, size_t count)
{
	const struct listener_table *t = ui->listeners;

	for (size_t i = 0; t->selected_known && i < count; i++)
		if (is_selected(t, sock_at(ui, i)))
			return i;
	return LIST_GONE;
}

/* Listeners are few: each may be completed for the filter. */
static bool keeps(const struct ui *ui, const struct row *row)
{
	struct row complete = *row;

	if (ui->data.source && connections_facts_kept(ui) & ~(unsigned int)FACTS_OF_DUMP)
		ui->data.source->complete(ui->data.source->context, &complete);
	return connections_keeps(ui, &complete);
}

static int begin(struct ui *ui, const struct snapshot *s)
{
	(void)s;
	listeners_follow(ui->counting, ui->listeners);
	listeners_begin(ui->counting);
	return 0;
}

static int find(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	const struct listener_judge judge = { keeps, ui };

	return listeners_gather(ui->counting, s, first, end, &judge);
}

static int found(struct ui *ui, const struct snapshot *s, size_t rows)
{
	(void)s, (void)rows;
	return listeners_gathered(ui->counting);
}

static int begin_children(struct ui *ui, const struct snapshot *s)
{
	(void)ui;
	(void)s;
	return 0;
}

static int count_children(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	return listeners_count(ui->counting, s, first, end);
}

static int take(struct ui *ui, const struct snapshot *s, size_t rows)
{
	struct listener_table *t = ui->listeners;
	size_t count;
	size_t rank;

	(void)rows;
	listeners_take(t, ui->counting, snapshot_taken_ns(s));
	/* the table of connections asks for listeners as well: their list must fit all the same */
	arrangement_sort(&ui->arrangements[view_index_with(&listeners_sheet)], ui,
			 &listeners_sheet);
	count = t->row_count + t->child_count;
	rank = rank_of_selected(ui, count);
	list_update(&t->list, count, rank);
	if (rank != t->list.cursor)
		view_listeners_moved(ui);
	return 0;
}

const struct scan_class listeners_scans[LISTENERS_SCANS] = {
	{ begin, find, found },
	{ begin_children, count_children, take },
};

unsigned int view_listeners_facts(const struct ui *ui)
{
	(void)ui;
	return FACT_MEMORY | FACT_OWNERS;
}

size_t view_listeners_shown(const struct ui *ui, struct sock *socks, size_t max)
{
	const struct listener_table *t = ui->listeners;
	size_t count = 0;

	for (size_t i = t->list.top; i < t->list.count && i < t->list.top + t->list.page; i++) {
		const struct sock *child;
		const struct listener_row *row = row_at(ui, i, &child);

		for (size_t k = 0; row && k < row->count && count < max; k++)
			socks[count++] = t->sockets[row->first + k].sock;
		if (!row && count < max)
			socks[count++] = *child;
	}
	return count;
}

void view_listeners_note_exact(struct ui *ui)
{
	listeners_note(ui->listeners, ui->data.exact);
}

static size_t local_text(const struct sock *sk, char *out)
{
	bool dual = sk->local.family == ADDR_V6 && sk->has & SOCK_HAS_V6ONLY && !sk->v6only;

	return endpoint_text(out, &sk->local, dual, NULL);
}

static void enter_listener(struct ui *ui, const struct sock *sk)
{
	char text[ENDPOINT_TEXT_MAX + 1];

	text[local_text(sk, text)] = '\0';
	within_listener(ui, sk, text);
}

void view_listeners_enter(struct ui *ui)
{
	const struct listener_table *t = ui->listeners;
	struct sock sk;

	if (t->list.cursor >= t->list.count)
		return;
	sk = *sock_at(ui, t->list.cursor);
	if (sk.state == STATE_LISTEN) {
		enter_listener(ui, &sk);
		return;
	}
	/* the connection itself, among those of its listener */
	enter_listener(ui, &t->open);
	ui->help_top = 0;
	ui_enter(ui, &mode_detail);
	connections_seek(ui, &sk);
}

void view_listeners_branch(struct ui *ui)
{
	struct listener_table *t = ui->listeners;
	struct sock sk;

	if (t->list.cursor >= t->list.count)
		return;
	sk = *sock_at(ui, t->list.cursor);
	if (sk.state != STATE_LISTEN)
		sk = t->open;
	listeners_branch(t, &sk);
	t->selected = sk;
	t->selected_known = true;
	t->list.anchored = true;
	work_begin(ui, false, "counting");
}

static void process_draw(const struct ui *ui, struct canvas *c, int line,
			 const struct grid_column *g, const struct sock *sk)
{
	const struct value_style style = { .names = ui->names };
	const struct field *field = &listeners_sheet.choice[LISTENER_PROCESS];
	struct row row = { .sock = sk, .now_ns = ui->listeners->taken_ns };
	char text[SHEET_TEXT];
	struct value v;
	size_t len;

	if (ui->data.source)
		ui->data.source->complete(ui->data.source->context, &row);
	v = row.process ? value_string(row.process) : value_none_because(row.process_why);
	len = value_format_or_why(text, sizeof(text), &v, field, &style);
	if (!row.process)
		len = reason_fit(c, text, len, (size_t)g->width);
	grid_cell(c, line, g, row.process ? ROLE_TEXT : ROLE_QUIET, text, len);
}

static void backlog_draw(struct canvas *c, int line, const struct grid_column *grid,
			 const struct listener_row *row)
{
	bool full = row->backlog_known && row->waiting > row->backlog;
	char text[64];
	int len;

	if (!row->waiting_known) {
		len = snprintf(text, sizeof(text), "-");
	} else if (!row->backlog_known) {
		len = snprintf(text, sizeof(text), "%llu/-", (unsigned long long)row->waiting);
	} else {
		len = snprintf(text, sizeof(text), "%llu/%llu%s", (unsigned long long)row->waiting,
			       (unsigned long long)row->backlog, full ? "!" : "");
		canvas_gauge(c, line, grid[LISTENER_GAUGE].col, grid[LISTENER_GAUGE].width,
			     full ? ROLE_WARNING : ROLE_LISTENING,
			     full ? row->backlog : row->waiting, row->backlog);
	}
	grid_cell(c, line, &grid[LISTENER_BACKLOG],
		  full ? ROLE_WARNING : row->waiting ? ROLE_STRONG : ROLE_QUIET, text,
		  (size_t)len);
}

static void drops_draw(const struct listener_table *t, struct canvas *c, int line,
		       const struct grid_column *grid, const struct listener_row *row)
{
	uint64_t all;
	double rate = 0;
	bool rate_known = listeners_drop_rate(t, row, &rate);

	if (listeners_dropped(t, row, &all))
		grid_number(c, line, &grid[LISTENER_DROPS], rate > 0 ? ROLE_WARNING : ROLE_STRONG,
			    all);
	else
		grid_unknown(c, line, &grid[LISTENER_DROPS]);
	if (rate_known)
		grid_rate(c, line, &grid[LISTENER_RATE], rate);
	else
		grid_unknown(c, line, &grid[LISTENER_RATE]);
	if (rate > 0)
		canvas_text(c, line, 1, 1, ROLE_WARNING, "!");
}

/* "ESTAB 3  TIME-W 1", as many as fit; a mark where there are more. */
static void states_draw(const struct ui *ui, struct canvas *c, int line,
			const struct grid_column *g, const uint64_t *states)
{
	int col = g->col;
	int end = g->col + g->width;

	for (unsigned int s = 0; s < STATE_COUNT && g->width; s++) {
		char text[64];
		int len;

		if (!states[s])
			continue;
		len = snprintf(text, sizeof(text), "%s %llu",
			       state_short_name((enum state)s, ui->names),
			       (unsigned long long)states[s]);
		if (col + len > end) {
			canvas_cut_mark(c, line, col < end ? col : end - 1, ROLE_TEXT);
			break;
		}
		col += canvas_write(c, line, col, len, role_of_state((enum state)s), text,
				    (size_t)len) + 2;
	}
}

/* The address, or its name where names are wanted. */
static size_t shown_local(const struct ui *ui, const struct sock *sk, char *out, size_t size)
{
	const struct value_style style = { .names = ui->names };
	const struct row row = { .sock = sk };
	struct value v = { .kind = VALUE_ENDPOINT, .endpoint = &sk->local };
	const struct field *field = &listeners_sheet.choice[LISTENER_LOCAL];

	if (ui->resolved && ui->data.rename)
		ui->data.rename(ui->data.rename_context, &row, &v);
	return v.kind == VALUE_TEXT ? value_format(out, size, &v, field, &style) :
				      local_text(sk, out);
}

static void row_draw(const struct ui *ui, struct canvas *c, int line,
		     const struct grid_column *grid, const struct listener_row *row)
{
	const struct listener_table *t = ui->listeners;
	const struct sock *sk = sock_of(t, row);
	const char *exposure = listener_exposure(&sk->local);
	char text[SHEET_TEXT + 32];
	size_t len = shown_local(ui, sk, text, SHEET_TEXT);

	if (row->count > 1)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " x%zu", row->count);
	grid_cell(c, line, &grid[LISTENER_LOCAL], ROLE_LISTENING, text, len);
	if (grid[LISTENER_PROCESS].width)
		process_draw(ui, c, line, &grid[LISTENER_PROCESS], sk);
	backlog_draw(c, line, grid, row);
	grid_number(c, line, &grid[LISTENER_CHILDREN], ROLE_STRONG, row->children);
	grid_cell(c, line, &grid[LISTENER_EXPOSURE],
		  strcmp(exposure, "loopback") ? ROLE_TEXT : ROLE_QUIET, exposure,
		  strlen(exposure));
	drops_draw(t, c, line, grid, row);
	states_draw(ui, c, line, &grid[LISTENER_STATES], row->states);
}

/* "4m02s": how long it is in its state. */
static void age_text(const struct ui *ui, const struct sock *sk, char *out, size_t size)
{
	static const struct field time = { .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS };
	const struct value_style style = { .names = ui->names };
	uint64_t now_ns = ui->listeners->taken_ns;
	char text[VALUE_TEXT_MAX];
	struct track track;
	struct value v;
	size_t len;

	snprintf(out, size, "-");
	if (!connections_track(ui, sk, &track))
		return;
	v = value_count(now_ns > track.state_since_ns ? now_ns - track.state_since_ns : 0);
	len = value_format(text, sizeof(text), &v, &time, &style);
	snprintf(out, size, "%s%.*s", track.first_pass ? ">" : "", (int)len, text);
}

/* A connection of the open branch: who, in which state, for how long, what waits. */
static void child_draw(struct ui *ui, struct canvas *c, int line, const struct grid_column *grid,
		       const struct sock *sk)
{
	const struct grid_column *rest = &grid[grid[LISTENER_GAUGE].width ? LISTENER_GAUGE :
									  LISTENER_BACKLOG];
	char text[ENDPOINT_TEXT_MAX + 16];
	char age[VALUE_TEXT_MAX + 1];
	size_t len;
	int col;

	len = (size_t)snprintf(text, sizeof(text), "%s ",
			       c->ascii ? " `-" : " \xe2\x95\xb0\xe2\x94\x80");
	len += endpoint_text(text + len, &sk->peer, false, NULL);
	grid_cell(c, line, &grid[LISTENER_LOCAL], ROLE_TEXT, text, len);
	if (grid[LISTENER_PROCESS].width)
		process_draw(ui, c, line, &grid[LISTENER_PROCESS], sk);
	age_text(ui, sk, age, sizeof(age));
	col = rest->col + canvas_printf(c, line, rest->col, c->cols - rest->col,
					role_of_state((enum state)sk->state), "%-12s",
					state_name((enum state)sk->state, ui->names));
	col += canvas_printf(c, line, col, c->cols - col, ROLE_TEXT, " %7s", age);
	if (sk->has & SOCK_HAS_QUEUES)
		canvas_printf(c, line, col, c->cols - col,
			      sk->recv_queue || sk->send_queue ? ROLE_TEXT : ROLE_QUIET,
			      "  recv %u send %u", sk->recv_queue, sk->send_queue);
}

/* That nobody listens is known only when all were asked for and all would be shown. */
static const char *empty_text(const struct ui *ui)
{
	if (!ui->data.snapshot)
		return "collecting ...";
	if (ui->data.uncounted & STATE_BIT(STATE_LISTEN))
		return "listeners were not asked for";
	if (ui_filter_text(ui))
		return "the filter leaves no listener";
	if (ui->hide_loopback || ui->families != FAMILIES_ALL)
		return "nobody listens but on what is hidden";
	return "nobody listens";
}

void view_listeners_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct listener_table *t = ui->listeners;
	struct grid_column grid[LISTENER_COLUMNS];
	int page = area.rows > 1 ? area.rows - 1 : 0;

	list_resize(&t->list, (size_t)page);
	if (ui->awaiting) {
		awaiting_draw(c, area);
		return;
	}
	if (!t->row_count) {
		canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
			    empty_text(ui));
		return;
	}
	memcpy(grid, layout, sizeof(grid));
	if (t->child_count)
		grid[LISTENER_LOCAL].width = LOCAL_WIDTH_OPEN;
	arrangement_fit(arranged(ui), grid, LISTENER_COLUMNS, LISTENER_COLUMNS, c->cols);
	arrangement_heading(ui, c, area.row, grid, LISTENER_COLUMNS);
	ui_rows_spot(ui, (struct area){ area.row + 1, 0, page, c->cols });
	for (int i = 0; i < page && t->list.top + (size_t)i < t->list.count; i++) {
		size_t rank = t->list.top + (size_t)i;
		int line = area.row + 1 + i;
		const struct sock *child;
		const struct listener_row *row = row_at(ui, rank, &child);

		if (row)
			row_draw(ui, c, line, grid, row);
		else
			child_draw(ui, c, line, grid, child);
		if (rank != t->list.cursor)
			continue;
		canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
		canvas_select(c, line, 0, c->cols);
	}
}
