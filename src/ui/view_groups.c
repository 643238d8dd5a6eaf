/*
 * The views of processes and of peers: one row a group of sockets, with its count
 * in each state, how many come and go, and what waits in queues.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/grid.h"
#include "ui/groups.h"
#include "ui/short_names.h"
#include "ui/views.h"

enum column_place {
	COLUMN_NAME,
	COLUMN_COUNT,
	COLUMN_NEW,
	COLUMN_GONE,
	COLUMN_RECV,
	COLUMN_SEND,
	COLUMN_SHARE,
	COLUMN_STATES, /* from here on, one for each state that there is */
	COLUMNS = COLUMN_STATES + STATE_COUNT,
};

static const struct grid_column layout[COLUMN_STATES] = {
	[COLUMN_NAME] = { NULL, 20, 60, ALIGN_LEFT, 0, 0 },
	[COLUMN_COUNT] = { "SOCKETS", 8, 0, ALIGN_RIGHT, 0, 0 },
	[COLUMN_NEW] = { "NEW/s", 6, 0, ALIGN_RIGHT, 3, 0 },
	[COLUMN_GONE] = { "GONE/s", 6, 0, ALIGN_RIGHT, 4, 0 },
	[COLUMN_RECV] = { "RECV-Q", 7, 0, ALIGN_RIGHT, 200, 0 },
	[COLUMN_SEND] = { "SEND-Q", 7, 0, ALIGN_RIGHT, 201, 0 },
	[COLUMN_SHARE] = { "SHARE", 6, 60, ALIGN_LEFT, 202, 0 },
};

/* The columns as cells, with names that are kept. */
static const struct field choice[COLUMN_STATES] = {
	[COLUMN_NAME] = { .name = "group", .title = "GROUP", .kind = VALUE_TEXT,
			  .help = "What the sockets of the row have in common." },
	[COLUMN_COUNT] = { .name = "sockets", .title = "SOCKETS", .kind = VALUE_COUNT,
			   .align = ALIGN_RIGHT, .help = "How many there are." },
	[COLUMN_NEW] = { .name = "new_per_second", .title = "NEW/s", .kind = VALUE_RATIO,
			 .align = ALIGN_RIGHT, .help = "Sockets that come in a second." },
	[COLUMN_GONE] = { .name = "gone_per_second", .title = "GONE/s", .kind = VALUE_RATIO,
			  .align = ALIGN_RIGHT, .help = "Sockets that go in a second." },
	[COLUMN_RECV] = { .name = "recv_queue_bytes", .title = "RECV-Q", .kind = VALUE_COUNT,
			  .unit = UNIT_BYTES, .align = ALIGN_RIGHT,
			  .help = "Bytes that were not read yet." },
	[COLUMN_SEND] = { .name = "send_queue_bytes", .title = "SEND-Q", .kind = VALUE_COUNT,
			  .unit = UNIT_BYTES, .align = ALIGN_RIGHT,
			  .help = "Bytes that were not acknowledged yet." },
	[COLUMN_SHARE] = { .name = "share", .title = "SHARE", .kind = VALUE_RATIO,
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
	return grouping_at(groups_of(ui)->now, arrangement_row(arranged(ui), rank));
}

struct list *view_groups_list(struct ui *ui)
{
	return &groups_of(ui)->list;
}

void view_groups_moved(struct ui *ui)
{
	struct groups *g = groups_of(ui);

	g->selected_known = g->now && g->list.cursor < grouping_count(g->now) &&
			    !kept_value_set(&g->selected,
					    &group_at(ui, g->list.cursor)->key);
}

static int begin(struct ui *ui, const struct snapshot *s)
{
	struct groups *g = groups_of(ui);

	/* once a snapshot is enough */
	if (g->now && g->taken_ns == snapshot_taken_ns(s))
		return 1;
	return groups_begin(g);
}

static int count(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	return groups_count(groups_of(ui), ui, s, first, end);
}

static int take(struct ui *ui, const struct snapshot *s)
{
	struct groups *g = groups_of(ui);
	size_t rank;

	groups_take(g, snapshot_taken_ns(s));
	arrangement_sort(arrangement_of(ui), ui, &groups_sheet);
	rank = groups_selected(g);
	list_update(&g->list, grouping_count(g->now),
		    rank == LIST_GONE ? rank : arrangement_rank(arranged(ui), rank));
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

	if (!g->now || g->list.cursor >= grouping_count(g->now))
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

/* The place of state @s among the states by their totals: 0 has the most. */
static unsigned int place_of_state(const struct groups *g, unsigned int s)
{
	unsigned int place = 0;

	for (unsigned int other = 0; other < STATE_COUNT; other++)
		place += g->states[other] > g->states[s] ||
			 (g->states[other] == g->states[s] && other < s);
	return place;
}

/* On a narrow screen the states that the fewest sockets are in go first. */
static void choose_columns(const struct ui *ui, struct grid_column *grid, int cols)
{
	const struct groups *g = groups_of(ui);

	memcpy(grid, layout, sizeof(layout));
	grid[COLUMN_NAME].title = g->classes[g->class].title;
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		grid[COLUMN_STATES + s] = (struct grid_column){
			.title = state_short_name((enum state)s),
			.width = g->states[s] ? SHORT_NAME_MAX : 0,
			.align = ALIGN_RIGHT,
			.priority = (uint8_t)(10 + place_of_state(g, s)),
		};
	arrangement_fit(arranged(ui), grid, COLUMN_STATES, COLUMNS, cols);
}

static void sum_draw(struct canvas *c, int line, const struct grid_column *column,
		     const struct groups *g, const struct group *group, enum group_sum which)
{
	const struct value_style style = { .names = DIALECT_RFC };
	const struct value v = value_count(group->sums[which]);
	char text[VALUE_TEXT_MAX];

	if (!group->known[which])
		grid_unknown(c, line, column);
	else
		grid_cell(c, line, column, v.count ? ROLE_TEXT : ROLE_QUIET, text,
			  value_format(text, sizeof(text), &v, &g->sums[which]->field, &style));
}

static void rates_draw(struct canvas *c, int line, const struct grid_column *grid,
		       const struct groups *g, const struct group *group)
{
	double in;
	double out;

	if (!groups_rates(g, group, &in, &out)) {
		grid_unknown(c, line, &grid[COLUMN_NEW]);
		grid_unknown(c, line, &grid[COLUMN_GONE]);
		return;
	}
	grid_rate(c, line, &grid[COLUMN_NEW], in);
	grid_rate(c, line, &grid[COLUMN_GONE], out);
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

static void group_draw(const struct ui *ui, struct canvas *c, int line,
		       const struct grid_column *grid,
		       const struct groups *g, const struct group *group)
{
	bool known = group->key.kind != VALUE_NONE;
	char name[512];
	size_t len = shown_name(ui, g, group, name, sizeof(name));

	grid_cell(c, line, &grid[COLUMN_NAME], known ? ROLE_TEXT : ROLE_QUIET, name, len);
	grid_number(c, line, &grid[COLUMN_COUNT], ROLE_STRONG, group->count);
	rates_draw(c, line, grid, g, group);
	sum_draw(c, line, &grid[COLUMN_RECV], g, group, GROUP_RECV);
	sum_draw(c, line, &grid[COLUMN_SEND], g, group, GROUP_SEND);
	canvas_gauge(c, line, grid[COLUMN_SHARE].col, grid[COLUMN_SHARE].width, ROLE_LISTENING,
		     group->count, g->total);
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		grid_number(c, line, &grid[COLUMN_STATES + s], role_of_state((enum state)s),
			    group->states[s]);
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

static struct value get_recv(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return group->known[GROUP_RECV] ? value_count(group->sums[GROUP_RECV]) : value_none();
}

static struct value get_send(const struct groups *g, const struct group *group, char *text)
{
	(void)g, (void)text;
	return group->known[GROUP_SEND] ? value_count(group->sums[GROUP_SEND]) : value_none();
}

static struct value get_share(const struct groups *g, const struct group *group, char *text)
{
	(void)text;
	return g->total ? value_ratio((double)group->count / (double)g->total) : value_none();
}

static struct value (*const getters[COLUMN_STATES])(const struct groups *g,
						    const struct group *group, char *text) = {
	[COLUMN_NAME] = get_name, [COLUMN_COUNT] = get_count, [COLUMN_NEW] = get_new,
	[COLUMN_GONE] = get_gone, [COLUMN_RECV] = get_recv,   [COLUMN_SEND] = get_send,
	[COLUMN_SHARE] = get_share,
};

static struct value cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	const struct groups *g = groups_of(ui);
	const struct group *group = grouping_at(g->now, row);

	if (field >= COLUMN_STATES)
		return value_count(group->states[field - COLUMN_STATES]);
	return getters[field](g, group, text);
}

static size_t fields(const struct ui *ui, struct field *out)
{
	const struct groups *g = groups_of(ui);

	memcpy(out, choice, sizeof(choice));
	out[COLUMN_NAME].name = g->classes[g->class].name;
	out[COLUMN_NAME].kind = g->by->field.kind;
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		out[COLUMN_STATES + s] = (struct field){
			.name = state_info((enum state)s)->symbol,
			.title = state_short_name((enum state)s),
			.kind = VALUE_COUNT, .align = ALIGN_RIGHT,
		};
	return COLUMNS;
}

static size_t row_count(const struct ui *ui)
{
	const struct groups *g = groups_of(ui);

	return g->now ? grouping_count(g->now) : 0;
}

const struct sheet groups_sheet = {
	.rows = "groups", .choice = choice, .columns = COLUMN_STATES,
	.fields = fields, .count = row_count, .cell = cell,
};

void awaiting_draw(struct canvas *c, struct area area)
{
	canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
		    "looking up who holds the sockets ...");
}

void view_groups_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct groups *g = groups_of(ui);
	struct grid_column grid[COLUMNS];
	int page = area.rows > 1 ? area.rows - 1 : 0;
	size_t count = g->now ? grouping_count(g->now) : 0;

	list_resize(&g->list, (size_t)page);
	if (ui->awaiting) {
		awaiting_draw(c, area);
		return;
	}
	if (!count) {
		canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
			    g->now ? "no socket to show" : "collecting ...");
		return;
	}
	choose_columns(ui, grid, c->cols);
	arrangement_heading(ui, c, area.row, grid, COLUMNS);
	ui_rows_spot(ui, (struct area){ area.row + 1, 0, page, c->cols });
	for (int i = 0; i < page && g->list.top + (size_t)i < count; i++) {
		size_t rank = g->list.top + (size_t)i;
		int line = area.row + 1 + i;

		group_draw(ui, c, line, grid, g, group_at(ui, rank));
		if (rank != g->list.cursor)
			continue;
		canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
		canvas_select(c, line, 0, c->cols);
	}
}
