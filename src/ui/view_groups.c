/*
 * The views of processes and of peers: one row a group of sockets, with its count
 * in each state, how many come and go, the bytes in and out, the worst round trip, what
 * is sent again, and what waits in queues.  Below them all together.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/grid.h"
#include "ui/groups.h"
#include "ui/short_names.h"
#include "ui/views.h"

/* Rows that a view needs to have one left for all groups together. */
#define ROWS_WITH_TOTAL 6

static const struct grid_column layout[GROUP_COLUMN_STATES] = {
	[GROUP_COLUMN_NAME] = { NULL, 20, 60, ALIGN_LEFT, 0, 0 },
	[GROUP_COLUMN_COUNT] = { "SOCKETS", 7, 0, ALIGN_RIGHT, 0, 0 },
	[GROUP_COLUMN_NEW] = { "NEW/s", 6, 0, ALIGN_RIGHT, 14, 0 },
	[GROUP_COLUMN_GONE] = { "GONE/s", 7, 0, ALIGN_RIGHT, 15, 0 },
	[GROUP_COLUMN_IN] = { "IN/s", 6, 0, ALIGN_RIGHT, 12, 0 },
	[GROUP_COLUMN_OUT] = { "OUT/s", 6, 0, ALIGN_RIGHT, 13, 0 },
	[GROUP_COLUMN_RTT] = { "MAX-RTT", 7, 0, ALIGN_RIGHT, 17, 0 },
	[GROUP_COLUMN_RETR] = { "RETR/s", 7, 0, ALIGN_RIGHT, 19, 0 },
	[GROUP_COLUMN_RECV] = { "RECV-Q", 7, 0, ALIGN_RIGHT, 200, 0 },
	[GROUP_COLUMN_SEND] = { "SEND-Q", 7, 0, ALIGN_RIGHT, 201, 0 },
	[GROUP_COLUMN_SHARE] = { "SHARE", 6, 60, ALIGN_LEFT, 202, 0 },
};

/* How the states are dropped among them, that with the most sockets last. */
static const uint8_t state_priority[] = { 10, 11, 16, 18 };

/* The columns as cells, with names that are kept. */
static const struct field choice[GROUP_COLUMN_STATES] = {
	[GROUP_COLUMN_NAME] = { .name = "group", .title = "GROUP", .kind = VALUE_TEXT,
				.help = "What the sockets of the row have in common." },
	[GROUP_COLUMN_COUNT] = { .name = "sockets", .title = "SOCKETS", .kind = VALUE_COUNT,
				 .align = ALIGN_RIGHT, .help = "How many there are." },
	[GROUP_COLUMN_NEW] = { .name = "new_per_second", .title = "NEW/s", .kind = VALUE_RATIO,
			       .align = ALIGN_RIGHT, .help = "Sockets that come in a second." },
	[GROUP_COLUMN_GONE] = { .name = "gone_per_second", .title = "GONE/s",
				.kind = VALUE_RATIO, .align = ALIGN_RIGHT,
				.help = "Sockets that go in a second." },
	[GROUP_COLUMN_IN] = { .name = "received_bytes_per_second", .title = "IN/s",
			      .kind = VALUE_RATIO, .align = ALIGN_RIGHT,
			      .help = "Bytes received in a second." },
	[GROUP_COLUMN_OUT] = { .name = "sent_bytes_per_second", .title = "OUT/s",
			       .kind = VALUE_RATIO, .align = ALIGN_RIGHT,
			       .help = "Bytes sent in a second." },
	[GROUP_COLUMN_RTT] = { .name = "rtt", .title = "MAX-RTT", .kind = VALUE_COUNT,
			       .unit = UNIT_MICROSECONDS, .align = ALIGN_RIGHT,
			       .help = "The worst round trip time." },
	[GROUP_COLUMN_RETR] = { .name = "retransmitted_per_second", .title = "RETR/s",
				.kind = VALUE_RATIO, .align = ALIGN_RIGHT,
				.help = "Segments sent again in a second." },
	[GROUP_COLUMN_RECV] = { .name = "recv_queue_bytes", .title = "RECV-Q",
				.kind = VALUE_COUNT, .unit = UNIT_BYTES, .align = ALIGN_RIGHT,
				.help = "Bytes that were not read yet." },
	[GROUP_COLUMN_SEND] = { .name = "send_queue_bytes", .title = "SEND-Q",
				.kind = VALUE_COUNT, .unit = UNIT_BYTES, .align = ALIGN_RIGHT,
				.help = "Bytes that were not acknowledged yet." },
	[GROUP_COLUMN_SHARE] = { .name = "share", .title = "SHARE", .kind = VALUE_RATIO,
				 .align = ALIGN_RIGHT, .help = "Share of all sockets." },
};

static struct groups *groups_of(const struct ui *ui)
{
	return ui->view->peers ? ui->peers : ui->processes;
}

static const struct arrangement *arranged(const struct ui *ui)
{
	return &ui->arrangements[view_index(ui->view)];
}

static const struct group *group_at(const struct ui *ui, size_t rank)
{
	return groups_at(groups_of(ui), arrangement_row(arranged(ui), rank));
}

struct list *view_groups_list(struct ui *ui)
{
	return &groups_of(ui)->list;
}

void view_groups_moved(struct ui *ui)
{
	struct groups *g = groups_of(ui);

	g->selected_known = g->list.cursor < groups_rows(g) &&
			    !kept_value_set(&g->selected,
					    &group_at(ui, g->list.cursor)->key);
}

static int begin(struct ui *ui, const struct snapshot *s)
{
	struct groups *g = groups_of(ui);

	g->arranging = false;
	g->reordering = g->now && g->taken_ns == snapshot_taken_ns(s);
	/* once a snapshot is enough */
	if (g->reordering)
		return !arranged(ui)->stale;
	return groups_begin(g, ui, s);
}

static int count(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	struct groups *g = groups_of(ui);

	return g->reordering ? 0 : groups_count(g, ui, s, first, end);
}

/* The order that the user wants, of the groups that are about to be shown. */
static int arrange(struct ui *ui, const struct snapshot *s, size_t rows)
{
	struct arrangement *a = arrangement_of(ui);
	struct groups *g = groups_of(ui);
	const struct groups coming =
		g->reordering ? *g : groups_coming(g, snapshot_taken_ns(s));

	if (!g->arranging)
		arrangement_begin(a, groups_rows(&coming));
	g->arranging = true;
	return arrangement_step(a, &groups_sheet, &coming, rows);
}

static int take(struct ui *ui, const struct snapshot *s, size_t rows)
{
	struct groups *g = groups_of(ui);
	int more = g->reordering || g->arranging ? 0 : groups_end(g, rows);
	size_t row;

	if (!more)
		more = arrange(ui, s, rows);
	if (more)
		return more;
	if (!g->reordering)
		groups_take(g, snapshot_taken_ns(s));
	arrangement_take(arrangement_of(ui));
	row = groups_selected(g);
	if (row != LIST_GONE)
		row = arrangement_rank(arranged(ui), row);
	list_update(&g->list, groups_rows(g), row);
	if (row != g->list.cursor)
		view_groups_moved(ui);
	return 0;
}

const struct scan_class groups_scan = { begin, count, take };

unsigned int view_groups_facts(const struct ui *ui)
{
	return groups_facts(groups_of(ui));
}

void view_groups_enter(struct ui *ui)
{
	const struct groups *g = groups_of(ui);
	const struct group *group;
	char name[sizeof(ui->within.name)];

	if (g->list.cursor >= groups_rows(g))
		return;
	group = group_at(ui, g->list.cursor);
	groups_text(g, group, name, sizeof(name));
	within_group(ui, &g->classes[g->class], g->by, &group->key, name);
}

void view_groups_regroup(struct ui *ui)
{
	struct groups *g = groups_of(ui);

	groups_next_class(g);
	ui_choose(ui, ui->view);
	ui_say(ui, "grouped by %s", g->classes[g->class].name);
}

void view_groups_leave(struct ui *ui)
{
	groups_leave(groups_of(ui));
}

/* The place of state @s among the states by their totals: 0 has the most. */
static unsigned int place_of_state(const struct groups *g, unsigned int s)
{
	const uint64_t *states = g->total.states;
	unsigned int place = 0;

	for (unsigned int other = 0; other < STATE_COUNT; other++)
		place += states[other] > states[s] || (states[other] == states[s] && other < s);
	return place;
}

/* On a narrow screen the states that the fewest sockets are in go first. */
static void choose_columns(const struct ui *ui, struct grid_column *grid, int cols)
{
	const struct groups *g = groups_of(ui);

	memcpy(grid, layout, sizeof(layout));
	grid[GROUP_COLUMN_NAME].title = g->classes[g->class].title;
	for (unsigned int s = 0; s < STATE_COUNT; s++) {
		unsigned int place = place_of_state(g, s);
		const char *title = state_short_name((enum state)s, ui->names);

		grid[GROUP_COLUMN_STATES + s] = (struct grid_column){
			.title = title,
			.width = g->total.states[s] ? SHORT_NAME_MAX : 0,
			.most = (int)strlen(title),
			.align = ALIGN_RIGHT,
			.priority = place < sizeof(state_priority) ? state_priority[place] :
								     (uint8_t)(20 + place),
		};
	}
	arrangement_fit(arranged(ui), grid, GROUP_COLUMN_STATES, GROUP_COLUMNS, cols);
}

/* A figure as the column of that field writes it. */
static void figure_draw(struct canvas *c, int line, const struct grid_column *column,
			const struct field *field, bool known, uint64_t n)
{
	const struct value_style style = { .names = DIALECT_RFC };
	const struct value v = value_count(n);
	char text[VALUE_TEXT_MAX];

	if (!known)
		grid_unknown(c, line, column);
	else
		grid_cell(c, line, column, n ? ROLE_TEXT : ROLE_QUIET, text,
			  value_format(text, sizeof(text), &v, field, &style));
}

static void rate_draw(struct canvas *c, int line, const struct grid_column *column, bool known,
		      double rate)
{
	if (known)
		grid_rate(c, line, column, rate);
	else
		grid_unknown(c, line, column);
}

static void rates_draw(struct canvas *c, int line, const struct grid_column *grid,
		       const struct groups *g, const struct group *group)
{
	static const struct field bytes = { .kind = VALUE_COUNT, .unit = UNIT_BYTES };
	double in = 0;
	double out = 0;
	bool known = groups_rates(g, group, &in, &out);

	rate_draw(c, line, &grid[GROUP_COLUMN_NEW], known, in);
	rate_draw(c, line, &grid[GROUP_COLUMN_GONE], known, out);
	known = groups_sum_rate(g, group, GROUP_RECEIVED, &in);
	figure_draw(c, line, &grid[GROUP_COLUMN_IN], &bytes, known, (uint64_t)(in + 0.5));
	known = groups_sum_rate(g, group, GROUP_SENT, &out);
	figure_draw(c, line, &grid[GROUP_COLUMN_OUT], &bytes, known, (uint64_t)(out + 0.5));
	known = groups_sum_rate(g, group, GROUP_RETRANSMITTED, &out);
	rate_draw(c, line, &grid[GROUP_COLUMN_RETR], known, out);
}

/* The host of a group, where names are wanted and there is one; else its own text. */
static size_t shown_name(const struct ui *ui, const struct groups *g, const struct group *group,
			 char *out, size_t size)
{
	const struct sock sk = { 0 };
	const struct row row = { .sock = &sk };
	const struct value_style style = { .names = DIALECT_RFC };
	struct value v = group->key;

	if (ui->resolved && ui->data.rename && !g->classes[g->class].prepare)
		ui->data.rename(ui->data.rename_context, &row, &v);
	if (v.kind == VALUE_TEXT && group->key.kind == VALUE_ADDRESS)
		return value_format(out, size, &v, &g->by->field, &style);
	return groups_text(g, group, out, size);
}

static void group_draw(struct canvas *c, int line, const struct grid_column *grid,
		       const struct groups *g, const struct group *group)
{
	static const struct field rtt = { .kind = VALUE_COUNT, .unit = UNIT_MICROSECONDS };

	grid_number(c, line, &grid[GROUP_COLUMN_COUNT], ROLE_STRONG, group->count);
	rates_draw(c, line, grid, g, group);
	figure_draw(c, line, &grid[GROUP_COLUMN_RTT], &rtt, group->known[GROUP_RTT],
		    group->sums[GROUP_RTT]);
	figure_draw(c, line, &grid[GROUP_COLUMN_RECV], &g->sums[GROUP_RECV]->field,
		    group->known[GROUP_RECV], group->sums[GROUP_RECV]);
	figure_draw(c, line, &grid[GROUP_COLUMN_SEND], &g->sums[GROUP_SEND]->field,
		    group->known[GROUP_SEND], group->sums[GROUP_SEND]);
	canvas_gauge(c, line, grid[GROUP_COLUMN_SHARE].col, grid[GROUP_COLUMN_SHARE].width,
		     ROLE_LISTENING, group->count, g->total.count);
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		grid_number(c, line, &grid[GROUP_COLUMN_STATES + s], role_of_state((enum state)s),
			    group->states[s]);
}

static void row_draw(const struct ui *ui, struct canvas *c, int line,
		     const struct grid_column *grid, const struct groups *g, size_t rank)
{
	const struct group *group = group_at(ui, rank);
	bool known = group->key.kind != VALUE_NONE;
	char name[512];
	size_t len = shown_name(ui, g, group, name, sizeof(name));

	grid_cell(c, line, &grid[GROUP_COLUMN_NAME], known ? ROLE_TEXT : ROLE_QUIET, name, len);
	group_draw(c, line, grid, g, group);
	if (rank != g->list.cursor)
		return;
	canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
	canvas_select(c, line, 0, c->cols);
}

static void total_draw(struct canvas *c, int line, const struct grid_column *grid,
		       const struct groups *g)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "all %zu", groups_rows(g));

	grid_cell(c, line, &grid[GROUP_COLUMN_NAME], ROLE_QUIET, text, (size_t)len);
	group_draw(c, line, grid, g, &g->total);
}

/* What each field of a group is; a text may be made in @text. */

/* Numbers stay numbers, a network gets its length. */
static struct value get_name(const struct groups *g, const struct group *group, char *text)
{
	if (group->key.kind == VALUE_NONE)
		return value_none();
	if (group->key.kind != VALUE_ADDRESS)
		return group->key;
	return value_text(text, groups_text(g, group, text, SHEET_TEXT));
}

static struct value get_count(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return value_count(group->count);
}

static struct value get_new(const struct groups *g, const struct group *group, char *text)
{
	double in;
	double out;

	(void)text;
	return groups_rates(g, group, &in, &out) ? value_ratio(in) : value_none();
}

static struct value get_gone(const struct groups *g, const struct group *group, char *text)
{
	double in;
	double out;

	(void)text;
	return groups_rates(g, group, &in, &out) ? value_ratio(out) : value_none();
}

static struct value rate_of(const struct groups *g, const struct group *group,
			    enum group_sum which)
{
	double rate;

	return groups_sum_rate(g, group, which, &rate) ? value_ratio(rate) : value_none();
}

static struct value sum_of(const struct group *group, enum group_sum which)
{
	return group->known[which] ? value_count(group->sums[which]) : value_none();
}

static struct value get_in(const struct groups *g, const struct group *group, char *text)
{
	(void)text;
	return rate_of(g, group, GROUP_RECEIVED);
}

static struct value get_out(const struct groups *g, const struct group *group, char *text)
{
	(void)text;
	return rate_of(g, group, GROUP_SENT);
}

static struct value get_retr(const struct groups *g, const struct group *group, char *text)
{
	(void)text;
	return rate_of(g, group, GROUP_RETRANSMITTED);
}

static struct value get_rtt(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return sum_of(group, GROUP_RTT);
}

static struct value get_recv(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return sum_of(group, GROUP_RECV);
}

static struct value get_send(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return sum_of(group, GROUP_SEND);
}

static struct value get_share(const struct groups *g, const struct group *group, char *text)
{
	(void)text;
	return g->total.count ? value_ratio((double)group->count / (double)g->total.count) :
				value_none();
}

static struct value (*const getters[GROUP_COLUMN_STATES])(const struct groups *g,
							  const struct group *group, char *text) = {
	[GROUP_COLUMN_NAME] = get_name, [GROUP_COLUMN_COUNT] = get_count,
	[GROUP_COLUMN_NEW] = get_new,	[GROUP_COLUMN_GONE] = get_gone,
	[GROUP_COLUMN_IN] = get_in,	[GROUP_COLUMN_OUT] = get_out,
	[GROUP_COLUMN_RTT] = get_rtt,	[GROUP_COLUMN_RETR] = get_retr,
	[GROUP_COLUMN_RECV] = get_recv, [GROUP_COLUMN_SEND] = get_send,
	[GROUP_COLUMN_SHARE] = get_share,
};

static struct value cell_of(const void *counted, size_t row, size_t field, char *text)
{
	const struct groups *g = counted;
	const struct group *group = groups_at(g, row);

	if (field >= GROUP_COLUMN_STATES)
		return value_count(group->states[field - GROUP_COLUMN_STATES]);
	return getters[field](g, group, text);
}

static struct value cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	return cell_of(groups_of(ui), row, field, text);
}

static void *hold(struct ui *ui)
{
	return groups_hold(groups_of(ui));
}

/* Another view may be looked at by now. */
static void release(struct ui *ui, void *held)
{
	const struct groups *h = held;

	groups_release(h->classes == ui->peers->classes ? ui->peers : ui->processes, held);
}

static size_t fields(const struct ui *ui, struct field *out)
{
	const struct groups *g = groups_of(ui);

	memcpy(out, choice, sizeof(choice));
	out[GROUP_COLUMN_NAME].name = g->classes[g->class].name;
	out[GROUP_COLUMN_NAME].kind = g->by->field.kind;
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		out[GROUP_COLUMN_STATES + s] = (struct field){
			.name = state_info((enum state)s)->symbol,
			.title = state_short_name((enum state)s, ui->names),
			.kind = VALUE_COUNT, .align = ALIGN_RIGHT,
		};
	return GROUP_COLUMNS;
}

static size_t row_count(const struct ui *ui)
{
	return groups_rows(groups_of(ui));
}

const struct sheet groups_sheet = {
	.rows = "groups", .choice = choice, .columns = GROUP_COLUMN_STATES,
	.fields = fields, .count = row_count, .cell = cell,
	.hold = hold, .held_cell = cell_of, .release = release,
};

void awaiting_draw(struct canvas *c, struct area area)
{
	canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
		    "looking up who holds the sockets ...");
}

void view_groups_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct groups *g = groups_of(ui);
	struct grid_column grid[GROUP_COLUMNS];
	bool with_total = area.rows >= ROWS_WITH_TOTAL;
	int page = area.rows > 1 ? area.rows - 1 - with_total : 0;

	list_resize(&g->list, (size_t)page);
	if (ui->awaiting) {
		awaiting_draw(c, area);
		return;
	}
	if (!groups_rows(g)) {
		canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
			    g->now ? "no socket to show" : "collecting ...");
		return;
	}
	choose_columns(ui, grid, c->cols);
	arrangement_heading(ui, c, area.row, grid, GROUP_COLUMNS);
	ui_rows_spot(ui, (struct area){ area.row + 1, 0, page, c->cols });
	for (int i = 0; i < page && g->list.top + (size_t)i < groups_rows(g); i++)
		row_draw(ui, c, area.row + 1 + i, grid, g, g->list.top + (size_t)i);
	if (with_total)
		total_draw(c, area.row + area.rows - 1, grid, g);
}
