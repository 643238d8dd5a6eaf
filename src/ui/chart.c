/*
 * The big chart: the history of one state over the whole width, with its axes and
 * a cursor on the time line that tells the counts of that time.
 *
 * Each column shows the greatest count of its stretch, so that no peak is lost.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/keymap.h"
#include "ui/span.h"
#include "ui/views.h"

#define COLUMNS_LIMIT 1024
#define SECOND UINT64_C(1000000000)

/* Where everything is, and what is drawn. */
struct chart {
	const struct ui *ui;
	struct canvas *canvas;
	const struct span *span;
	struct area area;
	struct area plot;
	size_t columns;
	uint32_t values[COLUMNS_LIMIT]; /* newest first */
	uint32_t top;			/* of the scale */
	uint32_t min, max;
	bool known; /* there is a sample */
};

static uint64_t slot_ns(const struct span *span)
{
	return history_shape(span->from)->slot_ns;
}

/* The column whose stretch holds the time of the cursor, 0 without one. */
static size_t cursor_column(const struct ui *ui, const struct span *span, size_t columns)
{
	uint64_t now = ui->data.history ? history_now_ns(ui->data.history) / slot_ns(span) : 0;
	uint64_t at = ui->chart_at_ns / slot_ns(span);
	size_t column = 0;

	if (!ui->chart_at_ns || at >= now)
		return 0;
	while (column + 1 < columns) {
		struct stretch part = span_column(span, columns, column);

		if (part.back + part.slots > now - at)
			return column;
		column++;
	}
	return column;
}

/* The time of day of what is @back slots ago. */
static void back_clock(const struct chart *h, uint64_t back, char *out, size_t size)
{
	uint64_t ago = back * slot_ns(h->span);

	text_clock(out, size, h->ui->data.wall_ns > ago ? h->ui->data.wall_ns - ago : 0);
}

static void ago_text(char *out, size_t size, uint64_t seconds)
{
	if (seconds < 120)
		snprintf(out, size, "%us ago", (unsigned int)seconds);
	else if (seconds < 7200)
		snprintf(out, size, "%um%02us ago", (unsigned int)(seconds / 60),
			 (unsigned int)(seconds % 60));
	else
		snprintf(out, size, "%uh%02um ago", (unsigned int)(seconds / 3600),
			 (unsigned int)(seconds / 60 % 60));
}

static void sample(struct chart *h)
{
	for (size_t i = 0; i < h->columns; i++) {
		struct stretch part = span_column(h->span, h->columns, i);
		struct history_slot seen = span_look(h->ui->data.history, h->span,
						     h->ui->chart_state, part);

		if (!panel_knows(h->ui, h->ui->chart_state))
			seen.samples = 0;
		h->values[i] = seen.samples ? seen.max : SPARK_GAP;
		if (!seen.samples)
			continue;
		if (!h->known || seen.min < h->min)
			h->min = seen.min;
		if (seen.max > h->max)
			h->max = seen.max;
		h->known = true;
	}
	h->top = span_scale(h->max);
}

static void title_draw(const struct chart *h)
{
	enum state state = h->ui->chart_state;
	char now[32];
	char min[32];
	char max[32];
	int col = 1;

	panel_count_text(h->ui, state, now);
	text_thousands(min, h->min);
	text_thousands(max, h->max);
	col += canvas_printf(h->canvas, h->area.row, col, h->area.cols - col,
			     role_of_state(state), "%s", state_name(state, h->ui->names));
	col += canvas_printf(h->canvas, h->area.row, col, h->area.cols - col, ROLE_STRONG,
			     "  now %s", now);
	canvas_printf(h->canvas, h->area.row, col, h->area.cols - col, ROLE_TEXT,
		      "  min %s  max %s  in the last %s", h->known ? min : "-",
		      h->known ? max : "-", h->span->name);
}

static void y_label(const struct chart *h, int row, uint32_t value)
{
	char text[32];
	size_t len = text_thousands(text, value);
	int width = h->plot.col - 2 - h->area.col;

	canvas_right(h->canvas, row, h->area.col, width, ROLE_QUIET, text, len);
	canvas_line(h->canvas, row, h->plot.col - 1, ROLE_LINE, LINE_TEE_LEFT);
}

static void y_axis_draw(const struct chart *h)
{
	for (int i = 0; i < h->plot.rows; i++)
		canvas_line(h->canvas, h->plot.row + i, h->plot.col - 1, ROLE_LINE,
			    LINE_VERTICAL);
	/* the top of a row stands for its value */
	y_label(h, h->plot.row, h->top);
	if (h->plot.rows >= 6 && h->plot.rows % 2 == 0 && h->top % 2 == 0)
		y_label(h, h->plot.row + h->plot.rows / 2, h->top / 2);
}

/* A tick under the column @column (0: the newest), with its time. */
static void tick_draw(const struct chart *h, size_t column)
{
	int row = h->plot.row + h->plot.rows;
	int col = h->plot.col + (int)(h->columns - 1 - column);
	struct stretch part = span_column(h->span, h->columns, column);
	char text[32] = "now";
	int at;

	if (column)
		back_clock(h, part.back + part.slots - 1, text, sizeof(text));
	at = col - (int)strlen(text) / 2;
	if (at + (int)strlen(text) > h->area.cols)
		at = h->area.cols - (int)strlen(text);
	canvas_line(h->canvas, row, col, ROLE_LINE, LINE_TEE_DOWN);
	canvas_printf(h->canvas, row + 1, at > 0 ? at : 0, h->area.cols, ROLE_QUIET, "%s", text);
}

static void x_axis_draw(const struct chart *h)
{
	int row = h->plot.row + h->plot.rows;
	size_t ticks = h->columns >= 60 ? 4 : 2;

	canvas_line(h->canvas, row, h->plot.col - 1, ROLE_LINE, LINE_BOTTOM_LEFT);
	for (size_t i = 0; i < h->columns; i++)
		canvas_line(h->canvas, row, h->plot.col + (int)i, ROLE_LINE, LINE_HORIZONTAL);
	canvas_right(h->canvas, row, h->area.col, h->plot.col - 2 - h->area.col, ROLE_QUIET, "0",
		     1);
	for (size_t i = 0; i <= ticks; i++)
		tick_draw(h, i * (h->columns - 1) / ticks);
}

static void plot_draw(const struct chart *h)
{
	uint32_t oldest_first[COLUMNS_LIMIT];

	for (size_t i = 0; i < h->columns; i++)
		oldest_first[h->columns - 1 - i] = h->values[i];
	canvas_chart(h->canvas, h->plot.row, h->plot.col, h->plot.rows, (int)h->columns,
		     role_of_state(h->ui->chart_state), oldest_first, h->top);
}

/* The counts of every state in @part, from @row on. */
static void all_states_draw(const struct chart *h, int row, struct stretch part)
{
	uint8_t states[STATE_COUNT];
	size_t count = panel_states(h->ui, states);
	int last = h->area.row + h->area.rows - 1;
	int col = 1;

	for (size_t i = 0; i < count; i++) {
		enum state state = (enum state)states[i];
		const char *name = state_name(state, h->ui->names);
		struct history_slot seen = span_look(h->ui->data.history, h->span, state, part);
		char number[32];
		int width;

		if (panel_knows(h->ui, state))
			text_thousands(number, seen.last);
		else
			snprintf(number, sizeof(number), "-");
		width = (int)(strlen(name) + strlen(number)) + 3;
		if (col > 1 && col + width > h->area.cols) {
			row++;
			col = 1;
		}
		if (row > last)
			return;
		col += canvas_printf(h->canvas, row, col, h->area.cols - col,
				     seen.last ? role_of_state(state) : ROLE_QUIET, "%s", name);
		col += canvas_printf(h->canvas, row, col, h->area.cols - col,
				     seen.last ? ROLE_STRONG : ROLE_QUIET, " %s", number);
		col += 2;
	}
}

static void cursor_draw(const struct chart *h)
{
	size_t column = cursor_column(h->ui, h->span, h->columns);
	struct stretch part = span_column(h->span, h->columns, column);
	struct history_slot seen = span_look(h->ui->data.history, h->span, h->ui->chart_state,
					     part);
	int col = h->plot.col + (int)(h->columns - 1 - column);
	int row = h->plot.row + h->plot.rows;
	char clock[32];
	char ago[32];
	char number[32];

	for (int i = 0; i < h->plot.rows; i++)
		canvas_select(h->canvas, h->plot.row + i, col, 1);
	canvas_line(h->canvas, row, col, ROLE_STRONG, LINE_ARROW_UP);
	if (row + 2 >= h->area.row + h->area.rows)
		return;
	back_clock(h, part.back, clock, sizeof(clock));
	ago_text(ago, sizeof(ago), part.back * slot_ns(h->span) / SECOND);
	if (!seen.samples) {
		canvas_printf(h->canvas, row + 2, 1, h->area.cols - 1, ROLE_STRONG,
			      "%s, %s: nothing was polled then", clock, ago);
		return;
	}
	text_thousands(number, seen.last);
	canvas_printf(h->canvas, row + 2, 1, h->area.cols - 1, ROLE_STRONG,
		      "%s, %s: %s %s, from %u to %u within %us", clock, ago,
		      state_name(h->ui->chart_state, h->ui->names), number, seen.min, seen.max,
		      (unsigned int)(part.slots * slot_ns(h->span) / SECOND));
	all_states_draw(h, row + 3, part);
}

#define LABEL_MIN 5

/* Rows below the plot: the axis, its times, the cursor's line, the counts of all states. */
static int rows_below(const struct area *area)
{
	return area->rows >= 12 ? 5 : area->rows >= 8 ? 3 : area->rows >= 5 ? 2 : 0;
}

static void chart_fit(struct chart *h)
{
	struct stretch all = { .slots = h->span->slots };
	struct history_slot seen = span_look(h->ui->data.history, h->span, h->ui->chart_state,
					     all);
	char text[32];
	int label = (int)text_thousands(text, span_scale(seen.max));
	size_t columns;

	if (label < LABEL_MIN)
		label = LABEL_MIN;
	h->plot = (struct area){ .row = h->area.row + 1, .col = h->area.col + label + 4,
				 .rows = h->area.rows - 1 - rows_below(&h->area) };
	columns = h->area.cols - 1 > h->plot.col ? (size_t)(h->area.cols - 1 - h->plot.col) : 1;
	h->columns = columns < COLUMNS_LIMIT ? columns : COLUMNS_LIMIT;
}

void chart_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct chart h = { .ui = ui, .canvas = c, .area = area,
			   .span = panel_span(ui, c->cols) };
	int below;

	ui->shown_count = 0;
	if (!ui->data.history) {
		canvas_text(c, area.row, 1, area.cols - 1, ROLE_QUIET, "there is no history");
		return;
	}
	chart_fit(&h);
	ui->chart_columns = h.columns;
	sample(&h);
	title_draw(&h);
	plot_draw(&h);
	y_axis_draw(&h);
	if (rows_below(&area))
		x_axis_draw(&h);
	below = h.plot.row + h.plot.rows + 2;
	if (ui->chart_at_ns && rows_below(&area))
		cursor_draw(&h);
	else if (below < area.row + area.rows)
		canvas_text(c, below, 1, area.cols - 1, ROLE_QUIET,
			    "Left and Right: the counts at a time;  Up and Down: another state");
}

/* What it shows, as rows: the slots of the span, the oldest first. */

static const struct field chart_fields[] = {
	{ .name = "seconds_ago", .title = "SECONDS AGO", .kind = VALUE_COUNT,
	  .align = ALIGN_RIGHT },
	{ .name = "state", .title = "STATE", .kind = VALUE_STATE },
	{ .name = "last", .title = "LAST", .kind = VALUE_COUNT, .align = ALIGN_RIGHT },
	{ .name = "min", .title = "MIN", .kind = VALUE_COUNT, .align = ALIGN_RIGHT },
	{ .name = "max", .title = "MAX", .kind = VALUE_COUNT, .align = ALIGN_RIGHT },
};

#define CHART_FIELDS (sizeof(chart_fields) / sizeof(chart_fields[0]))

static size_t sheet_fields(const struct ui *ui, struct field *out)
{
	(void)ui;
	memcpy(out, chart_fields, sizeof(chart_fields));
	return CHART_FIELDS;
}

static size_t sheet_count(const struct ui *ui)
{
	return ui->data.history ? panel_span(ui, ui->cols)->slots : 0;
}

/* Nothing is known of a slot without a sample. */
static struct value sheet_cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	const struct span *span = panel_span(ui, ui->cols);
	size_t back = span->slots - 1 - row;
	struct history_slot slot =
		history_slot(ui->data.history, span->from, ui->chart_state, back);
	const uint64_t counts[] = { slot.last, slot.min, slot.max };

	(void)text;
	if (field == 0)
		return value_count(back * slot_ns(span) / SECOND);
	if (field == 1)
		return value_state(ui->chart_state);
	return slot.samples ? value_count(counts[field - 2]) : value_none();
}

const struct sheet chart_sheet = {
	.rows = "history", .fields = sheet_fields, .count = sheet_count, .cell = sheet_cell,
};

/* What keys do in it. */

enum state ui_state_at_hand(struct ui *ui)
{
	struct sock sk;
	struct track track;
	bool tracked;

	if (ui->mode == &mode_chart)
		return ui->chart_state;
	if (ui->view->places & KEYS_DIAGRAM && ui->box != STATE_CLOSED)
		return ui->box;
	if (ui->only & ~STATE_BIT(PANEL_OTHERS))
		return (enum state)__builtin_ctz(ui->only);
	if (ui->list.anchored && connections_selected(ui, &sk, &track, &tracked))
		return (enum state)sk.state;
	return STATE_ESTABLISHED;
}

void action_chart(struct ui *ui)
{
	if (ui->mode == &mode_chart) {
		ui_enter(ui, &mode_view);
		return;
	}
	ui->chart_state = ui_state_at_hand(ui);
	ui->chart_at_ns = 0;
	ui_enter(ui, &mode_chart);
}

static void chart_step(struct ui *ui, size_t by)
{
	uint8_t states[STATE_COUNT];
	size_t count = panel_states(ui, states);
	size_t i = 0;

	while (i < count && states[i] != ui->chart_state)
		i++;
	ui->chart_state = (enum state)states[(i + count + by) % count];
}

void action_chart_up(struct ui *ui)
{
	chart_step(ui, (size_t)-1);
}

void action_chart_down(struct ui *ui)
{
	chart_step(ui, 1);
}

/* Put the cursor on @column (0: the newest). */
static void cursor_to(struct ui *ui, const struct span *span, size_t column)
{
	struct stretch part = span_column(span, ui->chart_columns, column);
	uint64_t slot = history_now_ns(ui->data.history) / slot_ns(span);

	ui->chart_at_ns = 0;
	if (column)
		/* not 0 either where the clock is younger than the span */
		ui->chart_at_ns = part.back < slot ? (slot - part.back) * slot_ns(span) : 1;
}

/* Move the cursor by @by columns, and on to the next that shows another time. */
static void cursor_move(struct ui *ui, int by)
{
	const struct span *span = panel_span(ui, ui->cols);
	size_t columns = ui->chart_columns;
	size_t column;
	size_t old;

	if (!ui->data.history || !columns)
		return;
	column = cursor_column(ui, span, columns);
	old = span_column(span, columns, column).back;
	do {
		if (by < 0 ? column < (size_t)-by : column + (size_t)by >= columns) {
			column = by < 0 ? 0 : columns - 1;
			break;
		}
		column += (size_t)by;
	} while (span_column(span, columns, column).back == old);
	cursor_to(ui, span, column);
}

void action_chart_left(struct ui *ui)
{
	cursor_move(ui, 1);
}

void action_chart_right(struct ui *ui)
{
	cursor_move(ui, -1);
}

void action_chart_page_left(struct ui *ui)
{
	cursor_move(ui, 20);
}

void action_chart_page_right(struct ui *ui)
{
	cursor_move(ui, -20);
}

void action_chart_oldest(struct ui *ui)
{
	cursor_move(ui, COLUMNS_LIMIT);
}

void action_chart_now(struct ui *ui)
{
	ui->chart_at_ns = 0;
}

void action_chart_list(struct ui *ui)
{
	ui->box = ui->chart_state;
	ui_enter(ui, &mode_view);
	action_box_list(ui);
}
