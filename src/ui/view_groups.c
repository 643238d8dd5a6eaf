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

static struct groups *groups_of(const struct ui *ui)
{
	return ui->view->peers ? ui->peers : ui->processes;
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
					    &groups_at(g, g->list.cursor)->key);
}

void view_groups_work(struct ui *ui)
{
	int more = groups_step(groups_of(ui), ui);

	ui->working = more > 0;
	if (more < 0)
		ui_say(ui, "out of memory for groups");
}

void view_groups_update(struct ui *ui)
{
	struct groups *g = groups_of(ui);
	uint64_t taken_ns;

	if (!ui->data.snapshot)
		return;
	/* once a snapshot is enough */
	taken_ns = snapshot_taken_ns(ui->data.snapshot);
	if ((g->now && g->taken_ns == taken_ns) || (g->next && g->next_ns == taken_ns))
		return;
	if (groups_begin(g, ui))
		ui_say(ui, "out of memory for groups");
	else
		view_groups_work(ui);
}

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
	group = groups_at(g, g->list.cursor);
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
	ui->working = false;
}

static void say_order(struct ui *ui, const struct groups *g)
{
	const char *name = g->classes[g->class].name;

	if (g->sort >= GROUP_COLUMN_STATES)
		name = state_name((enum state)(g->sort - GROUP_COLUMN_STATES), ui->names);
	else if (g->sort != GROUP_COLUMN_NAME)
		name = layout[g->sort].title;
	ui_say(ui, "sorted by %s, the %s first", name, g->descending ? "largest" : "smallest");
}

void view_groups_sort_step(struct ui *ui, int step)
{
	struct groups *g = groups_of(ui);

	groups_sort_step(g, step);
	say_order(ui, g);
}

void view_groups_invert(struct ui *ui)
{
	struct groups *g = groups_of(ui);

	groups_sort_by(g, g->sort);
	say_order(ui, g);
}

static void press_heading(struct ui *ui, size_t which, int line)
{
	struct groups *g = groups_of(ui);

	(void)line;
	groups_sort_by(g, which);
	say_order(ui, g);
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
static void choose_columns(const struct groups *g, struct grid_column *grid, int cols)
{
	memcpy(grid, layout, sizeof(layout));
	grid[GROUP_COLUMN_NAME].title = g->classes[g->class].title;
	for (unsigned int s = 0; s < STATE_COUNT; s++) {
		unsigned int place = place_of_state(g, s);

		grid[GROUP_COLUMN_STATES + s] = (struct grid_column){
			.title = state_short_name((enum state)s),
			.width = g->total.states[s] ? SHORT_NAME_MAX : 0,
			.align = ALIGN_RIGHT,
			.priority = place < sizeof(state_priority) ? state_priority[place] :
								     (uint8_t)(20 + place),
		};
	}
	grid_fit(grid, GROUP_COLUMNS, cols);
}

static void heading_draw(struct ui *ui, struct canvas *c, int row, const struct grid_column *grid)
{
	struct groups *g = groups_of(ui);

	grid_heading(c, row, grid, GROUP_COLUMNS);
	grid_heading_sorted(c, row, &grid[g->sort], g->descending);
	for (size_t i = 0; i < GROUP_COLUMNS; i++) {
		g->visible[i] = grid[i].width;
		if (grid[i].width)
			ui_spot(ui, (struct area){ row, grid[i].col, 1, grid[i].width },
				press_heading, i);
	}
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

static void row_draw(struct canvas *c, int line, const struct grid_column *grid,
		     const struct groups *g, size_t rank)
{
	const struct group *group = groups_at(g, rank);
	bool known = group->key.kind != VALUE_NONE;
	char name[512];
	size_t len = groups_text(g, group, name, sizeof(name));

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
			    !ui->data.snapshot ? "collecting ..." :
			    ui->working ? "counting ..." : "no socket to show");
		return;
	}
	choose_columns(g, grid, c->cols);
	heading_draw(ui, c, area.row, grid);
	for (int i = 0; i < page && g->list.top + (size_t)i < groups_rows(g); i++)
		row_draw(c, area.row + 1 + i, grid, g, g->list.top + (size_t)i);
	if (with_total)
		total_draw(c, area.row + area.rows - 1, grid, g);
}
