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

/* The columns as cells, with names that are kept; then what only a file tells. */
static const struct field choice[COLUMNS] = {
	[COLUMN_LOCAL] = { .name = "local", .title = "LOCAL", .kind = VALUE_ENDPOINT,
			   .help = "Address and port that is listened on." },
	[COLUMN_PROCESS] = { .name = "process", .title = "PROCESS", .kind = VALUE_TEXT,
			     .help = "Who listens." },
	[COLUMN_GAUGE] = { .name = "used", .title = "BACKLOG", .kind = VALUE_RATIO,
			   .align = ALIGN_RIGHT,
			   .help = "How full the queue of connections to be accepted is." },
	[COLUMN_BACKLOG] = { .name = "waiting", .title = "NOW/MAX", .kind = VALUE_COUNT,
			     .align = ALIGN_RIGHT,
			     .help = "Connections that wait to be accepted, and how many may." },
	[COLUMN_CHILDREN] = { .name = "children", .title = "CHILDREN", .kind = VALUE_COUNT,
			      .align = ALIGN_RIGHT,
			      .help = "Connections that came through the listener." },
	[COLUMN_EXPOSURE] = { .name = "exposure", .title = "EXPOSURE", .kind = VALUE_TEXT,
			      .help = "From where it can be reached: loopback, private, public, "
				      "all." },
	[COLUMN_DROPS] = { .name = "dropped", .title = "DROPPED", .kind = VALUE_COUNT,
			   .align = ALIGN_RIGHT,
			   .help = "Connections that it dropped since it was opened." },
	[COLUMN_RATE] = { .name = "dropped_per_second", .title = "DROPPED/s",
			  .kind = VALUE_RATIO, .align = ALIGN_RIGHT,
			  .help = "Connections that it drops in a second." },
	[COLUMN_STATES] = { .name = "states", .title = "CHILDREN BY STATE", .kind = VALUE_TEXT,
			    .help = "In which states its connections are." },
};

enum { FIELD_SOCKETS = COLUMNS, FIELD_BACKLOG, FIELDS };

static const struct field sockets_field = { .name = "sockets", .title = "SOCKETS",
					    .kind = VALUE_COUNT, .align = ALIGN_RIGHT };
static const struct field backlog_field = { .name = "backlog", .title = "BACKLOG",
					    .kind = VALUE_COUNT, .align = ALIGN_RIGHT };

static const struct arrangement *arranged(const struct ui *ui)
{
	return &ui->arrangements[view_index(ui->view)];
}

static size_t row_at(const struct ui *ui, size_t rank)
{
	return arrangement_row(arranged(ui), rank);
}

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
		t->selected = *sock_of(t, row_at(ui, t->list.cursor));
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

static int begin(struct ui *ui, const struct snapshot *s)
{
	(void)s;
	listeners_begin(ui->counting);
	return 0;
}

static int find(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	const struct listener_judge judge = { keeps, ui };

	return listeners_gather(ui->counting, s, first, end, &judge);
}

static int found(struct ui *ui, const struct snapshot *s)
{
	(void)s;
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
	listeners_count(ui->counting, s, first, end);
	return 0;
}

static int take(struct ui *ui, const struct snapshot *s)
{
	struct listener_table *t = ui->listeners;
	size_t rank;

	listeners_take(t, ui->counting, snapshot_taken_ns(s));
	/* the table of connections asks for listeners as well */
	if (ui->view->sheet != &listeners_sheet)
		return 0;
	arrangement_sort(arrangement_of(ui), ui, &listeners_sheet);
	rank = rank_of_selected(t);
	list_update(&t->list, t->row_count,
		    rank == LIST_GONE ? rank : arrangement_rank(arranged(ui), rank));
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

	for (size_t i = t->list.top; i < t->row_count && i < t->list.top + t->list.page; i++) {
		const struct listener_row *row = &t->rows[row_at(ui, i)];

		for (size_t k = 0; k < row->count && count < max; k++)
			socks[count++] = t->sockets[row->first + k].sock;
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

void view_listeners_enter(struct ui *ui)
{
	const struct listener_table *t = ui->listeners;
	char text[ENDPOINT_TEXT_MAX + 1];
	const struct sock *sk;

	if (t->list.cursor >= t->row_count)
		return;
	sk = sock_of(t, row_at(ui, t->list.cursor));
	text[local_text(sk, text)] = '\0';
	within_listener(ui, sk, text);
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

/* "ESTAB 3, TIME-W 1" */
static struct value states_value(const uint64_t *states, char *text)
{
	size_t used = 0;

	for (unsigned int s = 0; s < STATE_COUNT && used < SHEET_TEXT; s++)
		if (states[s])
			used += (size_t)snprintf(text + used, SHEET_TEXT - used, "%s%s %llu",
						 used ? ", " : "", state_short_name((enum state)s),
						 (unsigned long long)states[s]);
	return value_text(text, used < SHEET_TEXT ? used : SHEET_TEXT - 1);
}

/* What each field of a row is; a text may be made in @text. */

static const struct sock *first_of(const struct ui *ui, const struct listener_row *row)
{
	return &ui->listeners->sockets[row->first].sock;
}

static struct value get_local(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)text;
	return (struct value){ .kind = VALUE_ENDPOINT, .endpoint = &first_of(ui, row)->local };
}

/* What the source completes is valid until the next row: it is copied. */
static struct value get_process(const struct ui *ui, const struct listener_row *row, char *text)
{
	struct row complete = { .sock = first_of(ui, row), .now_ns = ui->listeners->taken_ns };
	int len;

	if (ui->data.source)
		ui->data.source->complete(ui->data.source->context, &complete);
	if (!complete.process)
		return value_none();
	len = snprintf(text, SHEET_TEXT, "%s", complete.process);
	return value_text(text, len < SHEET_TEXT ? (size_t)len : SHEET_TEXT - 1);
}

static struct value get_used(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return row->backlog_known && row->backlog ?
		       value_ratio((double)row->waiting / (double)row->backlog) :
		       value_none();
}

static struct value get_waiting(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->waiting);
}

static struct value get_children(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->children);
}

static struct value get_exposure(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)text;
	return value_string(exposure_of(&first_of(ui, row)->local));
}

static struct value get_dropped(const struct ui *ui, const struct listener_row *row, char *text)
{
	uint64_t all;

	(void)text;
	return listeners_dropped(ui->listeners, row, &all) ? value_count(all) : value_none();
}

static struct value get_rate(const struct ui *ui, const struct listener_row *row, char *text)
{
	double rate;

	(void)text;
	return listeners_drop_rate(ui->listeners, row, &rate) ? value_ratio(rate) : value_none();
}

static struct value get_states(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui;
	return states_value(row->states, text);
}

static struct value get_sockets(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->count);
}

static struct value get_backlog(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return row->backlog_known ? value_count(row->backlog) : value_none();
}

static struct value (*const getters[FIELDS])(const struct ui *ui, const struct listener_row *row,
					     char *text) = {
	[COLUMN_LOCAL] = get_local,	  [COLUMN_PROCESS] = get_process,
	[COLUMN_GAUGE] = get_used,	  [COLUMN_BACKLOG] = get_waiting,
	[COLUMN_CHILDREN] = get_children, [COLUMN_EXPOSURE] = get_exposure,
	[COLUMN_DROPS] = get_dropped,	  [COLUMN_RATE] = get_rate,
	[COLUMN_STATES] = get_states,	  [FIELD_SOCKETS] = get_sockets,
	[FIELD_BACKLOG] = get_backlog,
};

static struct value cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	return getters[field](ui, &ui->listeners->rows[row], text);
}

static size_t fields(const struct ui *ui, struct field *out)
{
	(void)ui;
	memcpy(out, choice, sizeof(choice));
	out[FIELD_SOCKETS] = sockets_field;
	out[FIELD_BACKLOG] = backlog_field;
	return FIELDS;
}

static size_t row_count(const struct ui *ui)
{
	return ui->listeners->row_count;
}

const struct sheet listeners_sheet = {
	.rows = "listeners", .choice = choice, .columns = COLUMNS,
	.fields = fields, .count = row_count, .cell = cell,
};

/* The address, or its name where names are wanted. */
static size_t shown_local(const struct ui *ui, const struct sock *sk, char *out, size_t size)
{
	const struct value_style style = { .names = ui->names };
	const struct row row = { .sock = sk };
	struct value v = { .kind = VALUE_ENDPOINT, .endpoint = &sk->local };
	const struct field *field = &choice[COLUMN_LOCAL];

	if (ui->resolved && ui->data.rename)
		ui->data.rename(ui->data.rename_context, &row, &v);
	return v.kind == VALUE_TEXT ? value_format(out, size, &v, field, &style) :
				      local_text(sk, out);
}

static void row_draw(const struct ui *ui, struct canvas *c, int line,
		     const struct grid_column *grid, const struct listener_row *row)
{
	const struct listener_table *t = ui->listeners;
	const struct sock *sk = &t->sockets[row->first].sock;
	const char *exposure = exposure_of(&sk->local);
	char text[SHEET_TEXT + 32];
	size_t len = shown_local(ui, sk, text, SHEET_TEXT);

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
	arrangement_fit(arranged(ui), grid, COLUMNS, COLUMNS, c->cols);
	arrangement_heading(ui, c, area.row, grid, COLUMNS);
	ui_rows_spot(ui, (struct area){ area.row + 1, 0, page, c->cols });
	for (int i = 0; i < page && t->list.top + (size_t)i < t->row_count; i++) {
		size_t rank = t->list.top + (size_t)i;
		int line = area.row + 1 + i;

		row_draw(ui, c, line, grid, &t->rows[row_at(ui, rank)]);
		if (rank != t->list.cursor)
			continue;
		canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
		canvas_select(c, line, 0, c->cols);
	}
}
