/*
 * The view of listeners: how full the queue of each is, what became of the
 * connections that it accepted, who can reach it, what it dropped.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "ui/actions.h"
#include "ui/grid.h"
#include "ui/listeners.h"
#include "ui/short_names.h"
#include "ui/views.h"

enum column_place {
	COLUMN_LOCAL,
	COLUMN_PROCESS,
	COLUMN_GAUGE,
	COLUMN_BACKLOG,
	COLUMN_CHILDREN,
	COLUMN_EXPOSURE,
	COLUMN_DROPS,
	COLUMN_RATE,
	COLUMN_STATES,
	COLUMNS,
};

static const struct grid_column layout[COLUMNS] = {
	[COLUMN_LOCAL] = { "LOCAL", 18, 46, ALIGN_LEFT, 0, 0 },
	[COLUMN_PROCESS] = { "PROCESS", 13, 40, ALIGN_LEFT, 4, 0 },
	[COLUMN_GAUGE] = { "BACKLOG", 8, 24, ALIGN_LEFT, 6, 0 },
	[COLUMN_BACKLOG] = { "NOW/MAX", 9, 13, ALIGN_RIGHT, 0, 0 },
	[COLUMN_CHILDREN] = { "CHILDREN", 8, 0, ALIGN_RIGHT, 2, 0 },
	[COLUMN_EXPOSURE] = { "EXPOSURE", 8, 0, ALIGN_LEFT, 5, 0 },
	[COLUMN_DROPS] = { "DROPPED", 7, 9, ALIGN_RIGHT, 3, 0 },
	[COLUMN_RATE] = { "DROPPED/s", 9, 0, ALIGN_RIGHT, 7, 0 },
	[COLUMN_STATES] = { "CHILDREN BY STATE", 24, 90, ALIGN_LEFT, 8, 0 },
};

/* Where the peers of connections stand in it as well. */
#define LOCAL_WIDTH_OPEN 25

struct list *view_listeners_list(struct ui *ui)
{
	return &ui->listeners->list;
}

static const struct sock *sock_of(const struct listener_table *t, const struct listener_row *row)
{
	return &t->sockets[row->first].sock;
}

/* The socket at @rank: a listener, or a connection of the open branch. */
static void sock_at(const struct ui *ui, size_t rank, struct sock *out)
{
	const struct listener_table *t = ui->listeners;
	size_t child;
	const struct listener_row *row = listeners_at(t, rank, &child);

	if (row)
		*out = *sock_of(t, row);
	else
		snapshot_sock(ui->data.snapshot, child, out);
}

void view_listeners_moved(struct ui *ui)
{
	struct listener_table *t = ui->listeners;

	t->selected_known = t->list.cursor < t->list.count;
	if (t->selected_known)
		sock_at(ui, t->list.cursor, &t->selected);
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

	for (size_t i = 0; t->selected_known && i < count; i++) {
		struct sock sk;

		sock_at(ui, i, &sk);
		if (is_selected(t, &sk))
			return i;
	}
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

void view_listeners_update(struct ui *ui)
{
	struct listener_table *t = ui->listeners;
	size_t count;

	if (!ui->data.snapshot)
		return;
	if (listeners_count(t, ui->data.snapshot, keeps, ui))
		ui_say(ui, "out of memory for the listeners");
	count = t->row_count + t->child_count;
	list_update(&t->list, count, rank_of_selected(ui, count));
}

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
		size_t child;
		const struct listener_row *row = listeners_at(t, i, &child);

		for (size_t k = 0; row && k < row->count && count < max; k++)
			socks[count++] = t->sockets[row->first + k].sock;
		if (!row && count < max)
			sock_at(ui, i, &socks[count++]);
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
	sock_at(ui, t->list.cursor, &sk);
	if (sk.state == STATE_LISTEN) {
		enter_listener(ui, &sk);
		return;
	}
	/* the connection itself, among those of its listener */
	ui->selected = row_id_of(&sk);
	ui->selected_known = true;
	enter_listener(ui, &t->open);
	ui->list.anchored = true;
	connections_rebuild(ui, NULL);
	action_detail(ui);
}

void view_listeners_branch(struct ui *ui)
{
	struct listener_table *t = ui->listeners;
	struct sock sk;

	if (t->list.cursor >= t->list.count)
		return;
	sock_at(ui, t->list.cursor, &sk);
	if (sk.state != STATE_LISTEN)
		sk = t->open;
	listeners_branch(t, &sk);
	t->selected = sk;
	t->selected_known = true;
	t->list.anchored = true;
	view_listeners_update(ui);
}

/* Addresses that no router of the internet carries on: RFC 1918, 6598, 3927, 4193, 4291. */
static bool is_private(const struct endpoint *e)
{
	const uint8_t *b = e->bytes;

	if (e->family == ADDR_V6)
		return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
	       (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254);
}

/* From where it can be reached. */
static const char *exposure_of(const struct endpoint *e)
{
	if (addr_is_any((enum addr_family)e->family, e->bytes))
		return "all";
	if (addr_is_loopback((enum addr_family)e->family, e->bytes))
		return "loopback";
	return is_private(e) ? "private" : "public";
}

static void process_draw(const struct ui *ui, struct canvas *c, int line,
			 const struct grid_column *g, const struct sock *sk)
{
	struct row row = { .sock = sk, .now_ns = ui->listeners->taken_ns };

	if (ui->data.source)
		ui->data.source->complete(ui->data.source->context, &row);
	if (row.process)
		grid_cell(c, line, g, ROLE_TEXT, row.process, strlen(row.process));
	else
		grid_unknown(c, line, g);
}

static void backlog_draw(struct canvas *c, int line, const struct grid_column *grid,
			 const struct listener_row *row)
{
	bool full = row->backlog_known && row->waiting > row->backlog;
	char text[64];
	int len;

	if (!row->backlog_known) {
		len = snprintf(text, sizeof(text), "%llu/-", (unsigned long long)row->waiting);
	} else {
		len = snprintf(text, sizeof(text), "%llu/%llu%s", (unsigned long long)row->waiting,
			       (unsigned long long)row->backlog, full ? "!" : "");
		canvas_gauge(c, line, grid[COLUMN_GAUGE].col, grid[COLUMN_GAUGE].width,
			     full ? ROLE_WARNING : ROLE_LISTENING,
			     full ? row->backlog : row->waiting, row->backlog);
	}
	grid_cell(c, line, &grid[COLUMN_BACKLOG],
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
		grid_number(c, line, &grid[COLUMN_DROPS], rate > 0 ? ROLE_WARNING : ROLE_STRONG,
			    all);
	else
		grid_unknown(c, line, &grid[COLUMN_DROPS]);
	if (rate_known)
		grid_rate(c, line, &grid[COLUMN_RATE], rate);
	else
		grid_unknown(c, line, &grid[COLUMN_RATE]);
	if (rate > 0)
		canvas_text(c, line, 1, 1, ROLE_WARNING, "!");
}

static void states_draw(struct canvas *c, int line, const struct grid_column *g,
			const uint64_t *states)
{
	int col = g->col;
	int end = g->col + g->width;

	for (unsigned int s = 0; s < STATE_COUNT && g->width; s++) {
		char text[64];
		int len;

		if (!states[s])
			continue;
		len = snprintf(text, sizeof(text), "%s %llu", state_short_name((enum state)s),
			       (unsigned long long)states[s]);
		if (col + len > end)
			break;
		col += canvas_write(c, line, col, len, role_of_state((enum state)s), text,
				    (size_t)len) + 2;
	}
}

static void row_draw(const struct ui *ui, struct canvas *c, int line,
		     const struct grid_column *grid, const struct listener_row *row)
{
	const struct listener_table *t = ui->listeners;
	const struct sock *sk = sock_of(t, row);
	const char *exposure = exposure_of(&sk->local);
	char text[ENDPOINT_TEXT_MAX + 32];
	size_t len = local_text(sk, text);

	if (row->count > 1)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " x%zu", row->count);
	grid_cell(c, line, &grid[COLUMN_LOCAL], ROLE_LISTENING, text, len);
	if (grid[COLUMN_PROCESS].width)
		process_draw(ui, c, line, &grid[COLUMN_PROCESS], sk);
	backlog_draw(c, line, grid, row);
	grid_number(c, line, &grid[COLUMN_CHILDREN], ROLE_STRONG, row->children);
	grid_cell(c, line, &grid[COLUMN_EXPOSURE],
		  strcmp(exposure, "loopback") ? ROLE_TEXT : ROLE_QUIET, exposure,
		  strlen(exposure));
	drops_draw(t, c, line, grid, row);
	states_draw(c, line, &grid[COLUMN_STATES], row->states);
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
		       size_t child)
{
	const struct grid_column *rest = &grid[grid[COLUMN_GAUGE].width ? COLUMN_GAUGE :
									  COLUMN_BACKLOG];
	char text[ENDPOINT_TEXT_MAX + 16];
	char age[VALUE_TEXT_MAX + 1];
	struct sock sk;
	size_t len;
	int col;

	snapshot_sock(ui->data.snapshot, child, &sk);
	len = (size_t)snprintf(text, sizeof(text), "%s ",
			       c->ascii ? " `-" : " \xe2\x95\xb0\xe2\x94\x80");
	len += endpoint_text(text + len, &sk.peer, false, NULL);
	grid_cell(c, line, &grid[COLUMN_LOCAL], ROLE_TEXT, text, len);
	if (grid[COLUMN_PROCESS].width)
		process_draw(ui, c, line, &grid[COLUMN_PROCESS], &sk);
	age_text(ui, &sk, age, sizeof(age));
	col = rest->col + canvas_printf(c, line, rest->col, c->cols - rest->col,
					role_of_state((enum state)sk.state), "%-12s",
					state_name((enum state)sk.state, ui->names));
	col += canvas_printf(c, line, col, c->cols - col, ROLE_TEXT, " %7s", age);
	if (sk.has & SOCK_HAS_QUEUES)
		canvas_printf(c, line, col, c->cols - col,
			      sk.recv_queue || sk.send_queue ? ROLE_TEXT : ROLE_QUIET,
			      "  recv %u send %u", sk.recv_queue, sk.send_queue);
}

void view_listeners_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct listener_table *t = ui->listeners;
	struct grid_column grid[COLUMNS];
	int page = area.rows > 1 ? area.rows - 1 : 0;

	list_resize(&t->list, (size_t)page);
	if (ui->awaiting) {
		awaiting_draw(c, area);
		return;
	}
	if (!t->row_count) {
		canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
			    ui->data.snapshot ? "nobody listens" : "collecting ...");
		return;
	}
	memcpy(grid, layout, sizeof(grid));
	if (t->child_count)
		grid[COLUMN_LOCAL].width = LOCAL_WIDTH_OPEN;
	grid_fit(grid, COLUMNS, c->cols);
	grid_heading(c, area.row, grid, COLUMNS);
	for (int i = 0; i < page && t->list.top + (size_t)i < t->list.count; i++) {
		size_t rank = t->list.top + (size_t)i;
		int line = area.row + 1 + i;
		size_t child;
		const struct listener_row *row = listeners_at(t, rank, &child);

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
