/*
 * The view of the lifecycle: the diagram of RFC 793, figure 6, with the count of
 * each state in its box and transitions a second on its arrows; below it what the
 * selected state means.  Lines that moved in the last tick are bright.
 *
 * Boxes lie on a grid of six rows and three columns.  A low screen gets boxes of
 * one line, a narrow one a plain table.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/explanation.h"
#include "ui/keymap.h"
#include "ui/lifecycle.h"
#include "ui/views.h"

#define GRID_ROWS 6
#define GRID_COLS 3

static const struct box {
	uint8_t state;
	int8_t row, col; /* on the grid */
} boxes[] = {
	{ STATE_CLOSED, 0, 1 },	     { STATE_LISTEN, 1, 0 },	 { STATE_SYN_SENT, 1, 2 },
	{ STATE_SYN_RECEIVED, 2, 1 }, { STATE_ESTABLISHED, 3, 1 }, { STATE_FIN_WAIT_1, 4, 0 },
	{ STATE_CLOSING, 4, 1 },     { STATE_CLOSE_WAIT, 4, 2 },   { STATE_FIN_WAIT_2, 5, 0 },
	{ STATE_TIME_WAIT, 5, 1 },   { STATE_LAST_ACK, 5, 2 },
};

#define BOXES (sizeof(boxes) / sizeof(boxes[0]))

/* How an arrow runs from box to box. */
enum path {
	PATH_DOWN,	  /* straight down */
	PATH_RIGHT,	  /* straight to the right */
	PATH_SIDE_DOWN,	  /* out of the side, then down into the top */
	PATH_DOWN_SIDE,	  /* down, then into the side */
	PATH_BELOW,	  /* out of the bottom, sideways in the gap, into the top */
	PATH_AWAY,	  /* to the right, to CLOSED */
};

static const struct arrow {
	uint8_t from, to; /* enum state */
	uint8_t path;	  /* enum path */
} arrows[] = {
	{ STATE_CLOSED, STATE_LISTEN, PATH_SIDE_DOWN },
	{ STATE_CLOSED, STATE_SYN_SENT, PATH_SIDE_DOWN },
	{ STATE_LISTEN, STATE_SYN_RECEIVED, PATH_DOWN_SIDE },
	{ STATE_SYN_SENT, STATE_ESTABLISHED, PATH_DOWN_SIDE },
	{ STATE_SYN_RECEIVED, STATE_ESTABLISHED, PATH_DOWN },
	{ STATE_ESTABLISHED, STATE_FIN_WAIT_1, PATH_BELOW },
	{ STATE_ESTABLISHED, STATE_CLOSE_WAIT, PATH_BELOW },
	{ STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, PATH_DOWN },
	{ STATE_FIN_WAIT_1, STATE_CLOSING, PATH_RIGHT },
	{ STATE_FIN_WAIT_2, STATE_TIME_WAIT, PATH_RIGHT },
	{ STATE_CLOSING, STATE_TIME_WAIT, PATH_DOWN },
	{ STATE_CLOSE_WAIT, STATE_LAST_ACK, PATH_DOWN },
	{ STATE_TIME_WAIT, STATE_CLOSED, PATH_AWAY },
	{ STATE_LAST_ACK, STATE_CLOSED, PATH_AWAY },
};

/* Where the grid lies on the screen. */
struct map {
	struct ui *ui;
	struct canvas *canvas;
	struct area area;
	int pitch;    /* screen rows from one grid row to the next */
	int height;   /* of a box: 1 or 3 */
	int width;    /* of a box */
	int gap;      /* between boxes in a row */
};

static const struct box *box_of(enum state state)
{
	for (size_t i = 0; i < BOXES; i++)
		if (boxes[i].state == state)
			return &boxes[i];
	return NULL;
}

enum state lifecycle_neighbour(enum state from, int rows, int cols)
{
	const struct box *here = box_of(from);
	const struct box *best = here;
	int best_distance = 1000;

	for (size_t i = 0; i < BOXES && here; i++) {
		int down = boxes[i].row - here->row;
		int right = boxes[i].col - here->col;
		int ahead = rows ? down * rows : right * cols;
		int aside = abs(rows ? right : down);
		int distance = ahead + 2 * aside;

		if (ahead > 0 && distance < best_distance) {
			best = &boxes[i];
			best_distance = distance;
		}
	}
	return best ? (enum state)best->state : from;
}

/* The middle row, the left edge and the middle column of a box on the screen. */
static int box_row(const struct map *m, const struct box *b)
{
	return m->area.row + b->row * m->pitch + m->height / 2;
}

static int box_left(const struct map *m, const struct box *b)
{
	return m->area.col + b->col * (m->width + m->gap);
}

static int box_middle(const struct map *m, const struct box *b)
{
	return box_left(m, b) + m->width / 2;
}

/* The last pass, or NULL: there is none before it to compare with. */
static const struct tracker_pass *last_moves(const struct ui *ui)
{
	const struct tracker_pass *pass =
		ui->data.tracker ? tracker_last_pass(ui->data.tracker) : NULL;

	return pass && pass->at_ns > pass->since_ns && pass->number >= 2 ? pass : NULL;
}

/* Transitions a second in the last pass; what is born in a state came to it unseen. */
static double rate_of(const struct ui *ui, enum state from, enum state to)
{
	const struct tracker_pass *pass = last_moves(ui);
	double span;
	uint32_t count;

	if (!pass)
		return 0;
	span = (double)(pass->at_ns - pass->since_ns) / 1e9;
	if (from == STATE_CLOSED || (from == STATE_LISTEN && to == STATE_SYN_RECEIVED))
		count = pass->born_in[to];
	else if (to == STATE_CLOSED)
		count = pass->gone_from[from];
	else
		count = pass->transitions[from][to];
	return count / span;
}

static const char *event_of(enum state from, enum state to)
{
	size_t count;
	const struct state_arrow *all = state_arrows(&count);

	for (size_t i = 0; i < count; i++)
		if (all[i].from == from && all[i].to == to)
			return all[i].event;
	return "";
}

static void rate_text(char *out, size_t size, double rate)
{
	if (rate <= 0)
		out[0] = '\0';
	else if (rate < 9.95)
		snprintf(out, size, "%.1f/s", rate);
	else
		snprintf(out, size, "%.0f/s", rate);
}

/* What stands at an arrow: the event where it fits into @width cells, and the rate. */
static void label_draw(const struct map *m, int row, int col, int width, const char *event,
		       double rate)
{
	char number[32];
	char text[96];
	enum role role = rate > 0 ? ROLE_CHANGED : ROLE_QUIET;

	if (width > m->canvas->cols - col)
		width = m->canvas->cols - col;
	rate_text(number, sizeof(number), rate);
	snprintf(text, sizeof(text), "%s%s%s", event, number[0] && event[0] ? " " : "", number);
	if ((int)strlen(text) > width)
		snprintf(text, sizeof(text), "%s", number);
	if (text[0] && (int)strlen(text) <= width)
		canvas_printf(m->canvas, row, col, width, role, "%s", text);
}

static void horizontal(const struct map *m, int row, int from, int to, enum role role)
{
	int left = from < to ? from : to;
	int right = from < to ? to : from;

	for (int col = left; col <= right; col++)
		canvas_line(m->canvas, row, col, role, LINE_HORIZONTAL);
}

static void vertical(const struct map *m, int col, int from, int to, enum role role)
{
	for (int row = from; row <= to; row++)
		canvas_line(m->canvas, row, col, role, LINE_VERTICAL);
}

/* The first free screen row below a box, and the last one above. */
static int below(const struct map *m, const struct box *b)
{
	return box_row(m, b) + m->height / 2 + 1;
}

static int above(const struct map *m, const struct box *b)
{
	return box_row(m, b) - m->height / 2 - 1;
}

/* An arrow that is being drawn. */
struct stroke {
	const struct box *from, *to;
	enum role role;
	double rate;
	const char *event;
};

static void draw_down(const struct map *m, const struct stroke *s)
{
	int col = box_middle(m, s->from);
	int end = above(m, s->to);

	vertical(m, col, below(m, s->from), end, s->role);
	canvas_line(m->canvas, end, col, s->role, LINE_ARROW_DOWN);
	label_draw(m, end, col + 2, m->width / 2 + m->gap - 3, s->event, s->rate);
}

static void draw_right(const struct map *m, const struct stroke *s)
{
	int row = box_row(m, s->from);
	int start = box_left(m, s->from) + m->width;
	int end = box_left(m, s->to) - 1;

	horizontal(m, row, start, end, s->role);
	canvas_line(m->canvas, row, end, s->role, LINE_ARROW_RIGHT);
	label_draw(m, row, start + 1, end - start - 1, s->event, s->rate);
}

static void draw_side_down(const struct map *m, const struct stroke *s)
{
	int row = box_row(m, s->from);
	int col = box_middle(m, s->to);
	int end = above(m, s->to);
	bool right = col > box_middle(m, s->from);
	int edge = right ? box_left(m, s->from) + m->width : box_left(m, s->from) - 1;

	horizontal(m, row, edge, col, s->role);
	canvas_line(m->canvas, row, col, s->role, right ? LINE_TOP_RIGHT : LINE_TOP_LEFT);
	vertical(m, col, row + 1, end, s->role);
	canvas_line(m->canvas, end, col, s->role, LINE_ARROW_DOWN);
	label_draw(m, row, right ? edge + 1 : col + 1, abs(edge - col) - 1, s->event, s->rate);
}

static void draw_down_side(const struct map *m, const struct stroke *s)
{
	int row = box_row(m, s->to);
	int col = box_middle(m, s->from);
	bool right = col > box_middle(m, s->to);
	int edge = right ? box_left(m, s->to) + m->width : box_left(m, s->to) - 1;

	vertical(m, col, below(m, s->from), row - 1, s->role);
	canvas_line(m->canvas, row, col, s->role, right ? LINE_BOTTOM_RIGHT : LINE_BOTTOM_LEFT);
	horizontal(m, row, right ? edge : col + 1, right ? col - 1 : edge, s->role);
	canvas_line(m->canvas, row, edge, s->role, right ? LINE_ARROW_LEFT : LINE_ARROW_RIGHT);
	label_draw(m, row, right ? edge + 1 : col + 1, abs(edge - col) - 1, s->event, s->rate);
}

static void draw_below(const struct map *m, const struct stroke *s)
{
	int row = below(m, s->from);
	int to = box_middle(m, s->to);
	bool right = to > box_middle(m, s->from);
	int start = box_left(m, s->from) + (right ? m->width - 3 : 2);

	horizontal(m, row, right ? start + 1 : to, right ? to : start - 1, s->role);
	canvas_line(m->canvas, row, start, s->role,
		    right ? LINE_BOTTOM_LEFT : LINE_BOTTOM_RIGHT);
	canvas_line(m->canvas, row, to, s->role, LINE_ARROW_DOWN);
	if (right)
		label_draw(m, row, start + 2, to - start - 3, s->event, s->rate);
	else
		label_draw(m, row, to + 2, start - to - 3, s->event, s->rate);
}

static void draw_away(const struct map *m, const struct stroke *s)
{
	int row = box_row(m, s->from) + (m->height > 1 ? 2 : 1);
	int col = box_left(m, s->from);
	char number[32];

	rate_text(number, sizeof(number), s->rate);
	col += canvas_printf(m->canvas, row, col, m->width, s->role, "  ");
	canvas_line(m->canvas, row, col, s->role, LINE_BOTTOM_LEFT);
	canvas_line(m->canvas, row, col + 1, s->role, LINE_ARROW_RIGHT);
	canvas_printf(m->canvas, row, col + 3, m->width + m->gap - 5, s->role, "%s %s",
		      state_name(STATE_CLOSED, m->ui->names), number);
}

static void (*const draw_path[])(const struct map *m, const struct stroke *s) = {
	[PATH_DOWN] = draw_down,	   [PATH_RIGHT] = draw_right,
	[PATH_SIDE_DOWN] = draw_side_down, [PATH_DOWN_SIDE] = draw_down_side,
	[PATH_BELOW] = draw_below,	   [PATH_AWAY] = draw_away,
};

static void arrow_draw(const struct map *m, const struct arrow *a)
{
	enum state from = (enum state)a->from;
	enum state to = (enum state)a->to;
	struct stroke s = { .from = box_of(from), .to = box_of(to),
			    .rate = rate_of(m->ui, from, to), .event = event_of(from, to) };

	s.role = s.rate > 0 ? ROLE_CHANGED : ROLE_LINE;
	draw_path[a->path](m, &s);
}

/* A press on a box selects it, another one lists its connections. */
static void press_box(struct ui *ui, size_t which, int line)
{
	(void)line;
	if (ui->box == (enum state)which)
		ui_key(ui, PRESS_ENTER);
	else
		ui->box = (enum state)which;
}

static void box_draw(const struct map *m, const struct box *b)
{
	enum state state = (enum state)b->state;
	uint32_t count = m->ui->data.counts[state];
	enum role role = count ? role_of_state(state) : ROLE_QUIET;
	int row = box_row(m, b);
	int left = box_left(m, b);
	char text[32];
	size_t len = panel_count_text(m->ui, state, text);

	if (m->height > 1)
		canvas_box(m->canvas, row - 1, left, 3, m->width, role);
	else
		canvas_text(m->canvas, row, left, m->width, role, "[");
	canvas_text(m->canvas, row, left + 1, m->width - 2, role, state_name(state, m->ui->names));
	if (state != STATE_CLOSED)
		canvas_right(m->canvas, row, left + m->width - 2 - (int)len, (int)len,
			     count ? ROLE_STRONG : ROLE_QUIET, text, len);
	if (m->height == 1)
		canvas_text(m->canvas, row, left + m->width - 1, 1, role, "]");
	ui_spot(m->ui, (struct area){ row - m->height / 2, left, m->height, m->width }, press_box,
		state);
	if (state == m->ui->box) {
		canvas_text(m->canvas, row, left + m->width - 2, 1, ROLE_STRONG, "<");
		canvas_select(m->canvas, row, left + 1, m->width - 2);
	}
}

/* Sockets a second that came into @state, or left it, on whatever way. */
static double moves_of(const struct ui *ui, enum state state, bool in)
{
	const struct tracker_pass *pass = last_moves(ui);
	uint64_t count;

	if (!pass)
		return 0;
	count = in ? pass->born_in[state] : pass->gone_from[state];
	for (size_t other = 0; other < STATE_COUNT; other++)
		count += in ? pass->transitions[other][state] : pass->transitions[state][other];
	return (double)count * 1e9 / (double)(pass->at_ns - pass->since_ns);
}

static void cell_draw(struct ui *ui, struct canvas *c, struct area cell, enum state state)
{
	double in = moves_of(ui, state, true);
	double out = moves_of(ui, state, false);
	char text[32];
	char rate[32];
	size_t len = panel_count_text(ui, state, text);
	int col = cell.col;

	canvas_text(c, cell.row, col, 1, ROLE_TEXT, state == ui->box ? ">" : " ");
	canvas_name(c, cell.row, col + 1, 12, role_of_state(state), state_name(state, ui->names));
	canvas_right(c, cell.row, col + 13, 6, in > 0 || out > 0 ? ROLE_CHANGED : ROLE_STRONG, text,
		     len);
	rate_text(rate, sizeof(rate), in);
	if (rate[0] && cell.cols >= 31)
		canvas_printf(c, cell.row, col + 20, 11, ROLE_CHANGED, "in %s", rate);
	rate_text(rate, sizeof(rate), out);
	if (rate[0] && cell.cols >= 43)
		canvas_printf(c, cell.row, col + 31, 12, ROLE_CHANGED, "out %s", rate);
	ui_spot(ui, cell, press_box, state);
	if (state == ui->box)
		canvas_select(c, cell.row, cell.col, cell.cols);
}

/* Where the diagram does not fit: one state a line, or two where lines are few. */
static int table_draw(struct ui *ui, struct canvas *c, struct area area)
{
	int across = area.rows < (int)BOXES + ROWS_EXPLAINED ? 2 : 1;
	int rows = ((int)BOXES + across - 1) / across;

	if (rows > area.rows)
		rows = area.rows;
	for (int i = 0; i < rows * across && i < (int)BOXES; i++)
		cell_draw(ui, c,
			  (struct area){ area.row + i % rows, i / rows * (area.cols / across), 1,
					 area.cols / across },
			  (enum state)boxes[i].state);
	return area.row + rows - (across > 1);
}

#define BOX_WIDTH 20
#define GAP_MIN 6
#define WIDTH_MAX 132

static void map_fit(struct map *m)
{
	int cols = m->area.cols < WIDTH_MAX ? m->area.cols : WIDTH_MAX;

	m->height = m->area.rows >= GRID_ROWS * 4 + 2 ? 3 : 1;
	m->pitch = m->height + 1;
	m->width = BOX_WIDTH;
	m->gap = (cols - 2 - GRID_COLS * m->width) / (GRID_COLS - 1);
	m->area.col += (m->area.cols - GRID_COLS * m->width - 2 * m->gap) / 2;
}

void view_lifecycle_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct map m = { .ui = ui, .canvas = c, .area = area };
	int last = area.row + area.rows - 1;
	int end;

	ui->shown_count = 0;
	map_fit(&m);
	if (m.gap < GAP_MIN || area.rows < GRID_ROWS * m.pitch) {
		end = table_draw(ui, c, area);
		explanation_draw(ui, c, end + 1, last);
		return;
	}
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
		arrow_draw(&m, &arrows[i]);
	for (size_t i = 0; i < BOXES; i++)
		box_draw(&m, &boxes[i]);
	end = area.row + GRID_ROWS * m.pitch + (m.height > 1);
	explanation_draw(ui, c, end, last);
}

/* The boxes as rows of a file: the states that the panel shows. */

static const struct field lifecycle_fields[] = {
	{ .name = "state", .title = "STATE", .kind = VALUE_STATE },
	{ .name = "sockets", .title = "SOCKETS", .kind = VALUE_COUNT, .align = ALIGN_RIGHT },
};

static size_t sheet_fields(const struct ui *ui, struct field *out)
{
	(void)ui;
	memcpy(out, lifecycle_fields, sizeof(lifecycle_fields));
	return sizeof(lifecycle_fields) / sizeof(lifecycle_fields[0]);
}

static size_t sheet_count(const struct ui *ui)
{
	uint8_t states[STATE_COUNT];

	return panel_states(ui, states);
}

static struct value sheet_cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	uint8_t states[STATE_COUNT];

	(void)text;
	panel_states(ui, states);
	if (!field)
		return value_state((enum state)states[row]);
	return panel_knows(ui, states[row]) ? value_count(ui->data.counts[states[row]]) :
					      value_none();
}

const struct sheet lifecycle_sheet = {
	.rows = "states", .fields = sheet_fields, .count = sheet_count, .cell = sheet_cell,
};
