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

struct list *view_listeners_list(struct ui *ui)
{
	return &ui->listeners->list;
}

static const struct sock *sock_of(const struct listener_table *t, size_t row)
{
	return &t->sockets[t->rows[row].first].sock;
}

void view_listeners_moved(struct ui *ui)
{
	struct listener_table *t = ui->listeners;

	t->selected_known = t->list.cursor < t->row_count;
	if (t->selected_known)
		t->selected = *sock_of(t, t->list.cursor);
}

static size_t rank_of_selected(const struct listener_table *t)
{
	for (size_t i = 0; t->selected_known && i < t->row_count; i++) {
		const struct sock *sk = sock_of(t, i);

		if (sk->netns == t->selected.netns && sk->proto == t->selected.proto &&
		    !endpoint_compare(&sk->local, &t->selected.local))
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

	if (!ui->data.snapshot)
		return;
	if (listeners_count(t, ui->data.snapshot, keeps, ui))
		ui_say(ui, "out of memory for the listeners");
	list_update(&t->list, t->row_count, rank_of_selected(t));
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

	for (size_t i = t->list.top; i < t->row_count && i < t->list.top + t->list.page; i++)
		for (size_t k = 0; k < t->rows[i].count && count < max; k++)
			socks[count++] = t->sockets[t->rows[i].first + k].sock;
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

void view_listeners_enter(struct ui *ui)
{
	const struct listener_table *t = ui->listeners;
	char text[ENDPOINT_TEXT_MAX + 1];

	if (t->list.cursor >= t->row_count)
		return;
	text[local_text(sock_of(t, t->list.cursor), text)] = '\0';
	within_listener(ui, sock_of(t, t->list.cursor), text);
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

	if (!row->waiting_known) {
		len = snprintf(text, sizeof(text), "-");
	} else if (!row->backlog_known) {
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
	const struct sock *sk = &t->sockets[row->first].sock;
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
	grid_fit(grid, COLUMNS, c->cols);
	grid_heading(c, area.row, grid, COLUMNS);
	for (int i = 0; i < page && t->list.top + (size_t)i < t->row_count; i++) {
		size_t rank = t->list.top + (size_t)i;
		int line = area.row + 1 + i;

		row_draw(ui, c, line, grid, &t->rows[rank]);
		if (rank != t->list.cursor)
			continue;
		canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
		canvas_select(c, line, 0, c->cols);
	}
}
