/*
 * The view of connections: one socket a row.
 *
 * A narrow screen drops columns by their priority.  Widths grow at once and
 * shrink slowly.  Left of each row: '>' the selected one; '+' new, '*' changed,
 * '-' gone in the last tick.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "query/value.h"
#include "ui/keymap.h"
#include "ui/views.h"

#define MARGIN 2

/* Cells of a text that others chose; and where room is scarce, of it and of an endpoint. */
#define TEXT_WIDTH_MAX 40
#define TEXT_WIDTH_SCARCE 14
#define TEXT_WIDTH_LEAST 8
#define ENDPOINT_WIDTH_SCARCE 21

/* Cells of why a value is absent: a column does not grow further for it. */
#define REASON_WIDTH 15

/* Columns up to this priority rather lose cells than go. */
#define PRIORITY_PRECIOUS 9

/* Ticks that a column stays wider than it needs. */
#define CALM_TICKS 8

/* Room for the widest cell. */
#define CELL_BYTES 512

/* The columns that fit, as places in ui->columns, and their widths. */
struct fit {
	uint8_t place[COLUMNS_MAX];
	int width[COLUMNS_MAX];
	size_t count;
};

/* A line that is ready to be shown. */
struct live_row {
	struct sock sock;
	struct track track;
	struct row row;
};

/* @s as a row to get values from; what @line holds must outlive the row. */
static void line_of(const struct ui *ui, const struct shown *s, struct live_row *line)
{
	line->sock = s->sock;
	line->track = s->track;
	if (!s->gone) {
		snapshot_sock(ui->data.snapshot, s->index, &line->sock);
		connections_add_exact(ui, &line->sock);
	}
	line->row = (struct row){ .sock = &line->sock,
				  .track = s->tracked ? &line->track : NULL,
				  .now_ns = snapshot_taken_ns(ui->data.snapshot) };
	if (ui->data.source && !s->gone)
		ui->data.source->complete(ui->data.source->context, &line->row);
}

static size_t cells_of(const struct canvas *c, const char *text, size_t len)
{
	return utf8_cells(text, len, c->ascii);
}

size_t reason_fit(const struct canvas *c, char *text, size_t len, size_t room)
{
	char *colon = cells_of(c, text, len) > room ? memchr(text, ':', len) : NULL;

	if (!colon)
		return len;
	*colon = ')';
	return (size_t)(colon - text) + 1;
}

/* What stands in the cell of @column, which has @room cells. */
static size_t cell_text(const struct ui *ui, const struct canvas *c, const struct column *column,
			const struct row *row, size_t room, char *out, struct value *v)
{
	struct value_style style = { .names = ui->names };
	size_t used = 0;

	connections_value(ui, column, row, v);
	/* the socket was in that state before anyone looked */
	if (v->kind == VALUE_COUNT && column->facts & FACT_TRACK && row->track &&
	    row->track->first_pass)
		out[used++] = '>';
	used += value_format_or_why(out + used, CELL_BYTES - used, v, &column->field, &style);
	return v->kind == VALUE_NONE ? reason_fit(c, out, used, room) : used;
}

/* Append a row of the snapshot to what is shown. */
static void show_live(struct ui *ui, size_t rank)
{
	struct shown *s = &ui->shown[ui->shown_count++];

	s->index = result_index(ui->result, rank);
	s->gone = false;
	snapshot_sock(ui->data.snapshot, s->index, &s->sock);
	s->id = row_id_of(&s->sock);
	s->tracked = ui->data.tracker && tracker_find(ui->data.tracker, &s->sock, &s->track) &&
		     s->track.state == s->sock.state;
	s->sock = sock_alone(&s->sock);
}

/* Lines for rows that are gone, so that the selected row stays on the screen. */
static size_t ghost_room(const struct ui *ui, size_t page)
{
	size_t below = ui->list.cursor - ui->list.top + 1;
	size_t room = page > below ? page - below : 0;

	return room < page / 2 ? room : page / 2;
}

/*
 * Fill ui->shown: the page of the order, and rows that are gone where they were
 * on the last screen.
 */
static void show_page(struct ui *ui, size_t page)
{
	size_t ghosts = ui->ghost_count;
	size_t room = ghost_room(ui, page);
	size_t rank = ui->list.top;
	size_t next = 0;

	if (page > UI_LINES_MAX)
		page = UI_LINES_MAX;
	if (ghosts > room)
		ghosts = room;
	result_order(ui->result, rank, page);
	ui->shown_count = 0;
	while (ui->shown_count < page) {
		if (next < ghosts && ui->ghosts[next].index <= ui->shown_count)
			ui->shown[ui->shown_count++] = ui->ghosts[next++];
		else if (rank < result_count(ui->result))
			show_live(ui, rank++);
		else if (next < ghosts)
			ui->shown[ui->shown_count++] = ui->ghosts[next++];
		else
			break;
	}
}

static bool is_sorted_by(const struct ui *ui, size_t place)
{
	return ui->sort.key[0].column == ui->columns.column[place];
}

/*
 * A column that nobody asked for is worth its room once it had something to say; why a
 * value is absent is something, too.
 */
static bool column_wanted(const struct ui *ui, size_t place)
{
	return ui->chosen || ui->met[place] || is_sorted_by(ui, place);
}

/* What a title needs, with the mark of the column that is sorted by. */
static size_t title_cells(const struct ui *ui, size_t place, const char *title)
{
	return strlen(title) + is_sorted_by(ui, place);
}

/* What the cells of each column need on this screen, without the heading. */
static void measure(struct ui *ui, const struct canvas *c, size_t *need)
{
	memset(need, 0, ui->columns.count * sizeof(*need));
	for (size_t i = 0; i < ui->shown_count; i++) {
		struct live_row line;

		line_of(ui, &ui->shown[i], &line);
		for (size_t place = 0; place < ui->columns.count; place++) {
			char text[CELL_BYTES];
			struct value v;
			size_t len = cell_text(ui, c, ui->columns.column[place], &line.row,
					       REASON_WIDTH, text, &v);
			size_t cells = cells_of(c, text, len);

			ui->met[place] |= v.kind != VALUE_NONE || v.text;
			if (cells > TEXT_WIDTH_MAX && v.kind == VALUE_TEXT)
				cells = TEXT_WIDTH_MAX;
			if (cells > REASON_WIDTH && v.kind == VALUE_NONE)
				cells = REASON_WIDTH;
			if (cells > need[place])
				need[place] = cells;
		}
	}
}

/* Widths grow at once; they shrink, cell by cell, after some calm ticks. */
static void settle_width(struct ui *ui, size_t place, size_t need)
{
	uint16_t *width = &ui->width[place];
	uint8_t *calm = &ui->calm[place];

	if (need >= *width) {
		*width = (uint16_t)need;
		*calm = 0;
	} else if (ui->ticked && ++*calm > CALM_TICKS) {
		--*width;
		*calm = CALM_TICKS;
	}
}

static int width_of(const struct fit *fit)
{
	int width = MARGIN - 1;

	for (size_t i = 0; i < fit->count; i++)
		width += fit->width[i] + 1;
	return width;
}

/* Let the columns of @kind have at most @most cells, as far as the screen demands it. */
static void squeeze(const struct ui *ui, struct fit *fit, enum value_kind kind, int most, int cols)
{
	for (size_t i = fit->count; i-- > 0;) {
		int excess = width_of(fit) - cols;
		int *width = &fit->width[i];

		if (excess <= 0)
			return;
		if (ui->columns.column[fit->place[i]]->field.kind == kind && *width > most)
			*width = *width - excess > most ? *width - excess : most;
	}
}

/* Let columns that have a brief title do with it, as far as the screen demands it. */
static void shorten_titles(const struct ui *ui, struct fit *fit, const size_t *need, int cols)
{
	for (size_t i = fit->count; i-- > 0 && width_of(fit) > cols;) {
		const char *brief = ui->columns.column[fit->place[i]]->brief;
		size_t least = brief ? title_cells(ui, fit->place[i], brief) : COLUMNS_MAX;

		if (least < need[fit->place[i]])
			least = need[fit->place[i]];
		if ((int)least < fit->width[i])
			fit->width[i] = (int)least;
	}
}

/* An order that is not seen is a riddle: what is sorted by stays as long as both ends do. */
static int priority_of(const struct ui *ui, size_t place)
{
	return is_sorted_by(ui, place) ? 0 : ui->columns.column[place]->priority;
}

/* The place in @fit of what to drop first: the highest priority, the last of equals. */
static size_t least_wanted(const struct ui *ui, const struct fit *fit)
{
	size_t worst = fit->count - 1;

	for (size_t i = fit->count; i-- > 0;)
		if (priority_of(ui, fit->place[i]) > priority_of(ui, fit->place[worst]))
			worst = i;
	return worst;
}

/* Drop columns of a priority above @precious until the others fit. */
static void drop_columns(const struct ui *ui, struct fit *fit, int precious, int cols)
{
	while (fit->count > 1 && width_of(fit) > cols) {
		size_t worst = least_wanted(ui, fit);
		size_t after = fit->count - worst - 1;

		if (priority_of(ui, fit->place[worst]) <= precious)
			return;
		memmove(&fit->place[worst], &fit->place[worst + 1], after);
		memmove(&fit->width[worst], &fit->width[worst + 1], after * sizeof(fit->width[0]));
		fit->count--;
	}
}

static void choose_columns(struct ui *ui, const struct canvas *c, struct fit *fit)
{
	size_t need[COLUMNS_MAX];

	fit->count = 0;
	measure(ui, c, need);
	for (size_t i = 0; i < ui->columns.count; i++) {
		size_t title = title_cells(ui, i, ui->columns.column[i]->field.title);

		settle_width(ui, i, need[i] > title ? need[i] : title);
		if (!column_wanted(ui, i))
			continue;
		fit->width[fit->count] = ui->width[i];
		fit->place[fit->count++] = (uint8_t)i;
	}
	drop_columns(ui, fit, PRIORITY_PRECIOUS, c->cols);
	squeeze(ui, fit, VALUE_TEXT, TEXT_WIDTH_SCARCE, c->cols);
	squeeze(ui, fit, VALUE_ENDPOINT, ENDPOINT_WIDTH_SCARCE, c->cols);
	shorten_titles(ui, fit, need, c->cols);
	squeeze(ui, fit, VALUE_TEXT, TEXT_WIDTH_LEAST, c->cols);
	drop_columns(ui, fit, -1, c->cols);
}

/* A press on a heading sorts by it, another one inverts. */
static void press_heading(struct ui *ui, size_t which, int line)
{
	const struct sort_key *key = &ui->sort.key[0];
	const struct column *column = ui->columns.column[which];

	(void)line;
	connections_sort_by(ui, column, key->column == column && !key->descending);
}

/* Is this the line of the socket that keys act on? */
static bool is_selected(const struct ui *ui, const struct shown *s)
{
	if (!ui->selected_known)
		return false;
	if (!s->gone)
		return s->index == ui->selected_index;
	return ui->selected_index == SIZE_MAX && row_id_equal(&s->id, &ui->selected);
}

/* A press on a row selects it, another one shows its details. */
static void press_row(struct ui *ui, size_t which, int line)
{
	const struct shown *s = &ui->shown[line];

	(void)which;
	if ((size_t)line >= ui->shown_count || s->gone)
		return;
	if (ui->list.anchored && is_selected(ui, s)) {
		ui_key(ui, PRESS_ENTER);
		return;
	}
	list_to(&ui->list, result_rank(ui->result, s->index));
	ui->list.anchored = true;
	connections_select(ui);
}

static void heading_draw(struct ui *ui, struct canvas *c, int row, const struct fit *fit)
{
	int col = MARGIN;

	canvas_fill(c, row, 0, c->cols, ROLE_HEADING, ' ');
	for (size_t i = 0; i < fit->count; i++) {
		const struct column *column = ui->columns.column[fit->place[i]];
		int width = fit->width[i];
		const char *title = column->field.title;
		enum role role = ROLE_HEADING;
		char text[64];
		int len;

		if (column->brief && (int)title_cells(ui, fit->place[i], title) > width)
			title = column->brief;
		len = snprintf(text, sizeof(text), "%s", title);
		if (ui->sort.key[0].column == column) {
			role = ROLE_HEADING_SORTED;
			/* a title that is cut keeps the mark */
			len = snprintf(text, sizeof(text), "%.*s%c", width - 1, title,
				       ui->sort.key[0].descending ? '-' : '+');
		}
		if (column->field.align == ALIGN_RIGHT && len < width)
			canvas_write(c, row, col + width - len, len, role, text, (size_t)len);
		else
			canvas_write(c, row, col, width, role, text, (size_t)len);
		ui_spot(ui, (struct area){ row, col, 1, width }, press_heading, fit->place[i]);
		col += width + 1;
	}
}

static enum role cell_role(const struct value *v, const struct shown *s)
{
	if (s->gone || v->kind == VALUE_NONE)
		return ROLE_QUIET;
	if (v->kind == VALUE_STATE)
		return role_of_state(v->state);
	if (v->kind == VALUE_COUNT && !v->count)
		return ROLE_QUIET;
	return ROLE_TEXT;
}

static void mark_draw(const struct ui *ui, struct canvas *c, int row, const struct shown *s,
		      bool selected)
{
	canvas_text(c, row, 0, 1, ROLE_TEXT, selected ? ">" : " ");
	if (s->gone)
		canvas_text(c, row, 1, 1, ROLE_QUIET, "-");
	else if (tags_have(ui, &s->id))
		canvas_text(c, row, 1, 1, ROLE_STRONG, "#");
	else if (s->tracked && s->track.born)
		canvas_text(c, row, 1, 1, ROLE_NEW, "+");
	else if (s->tracked && s->track.changed)
		canvas_text(c, row, 1, 1, ROLE_CHANGED, "*");
}

/*
 * What does not fit loses its end; of an address with a port it is the end of the
 * address, since the port tells more.
 */
static void cell_draw(struct canvas *c, int row, int col, int width, enum role role,
		      const struct value *v, const char *text, size_t len)
{
	const char *colon = v->kind == VALUE_ENDPOINT ? memrchr(text, ':', len) : NULL;
	int port = colon ? (int)(text + len - colon) : 0;

	if (port + 2 > width || (int)cells_of(c, text, len) <= width)
		port = 0;
	canvas_write(c, row, col, width - port, role, text, len);
	canvas_write(c, row, col + width - port, port, role, colon, (size_t)port);
}

static void row_draw(const struct ui *ui, struct canvas *c, int row, const struct shown *s,
		     const struct fit *fit)
{
	struct live_row line;
	int col = MARGIN;

	line_of(ui, s, &line);
	for (size_t i = 0; i < fit->count; i++) {
		const struct column *column = ui->columns.column[fit->place[i]];
		int width = fit->width[i];
		char text[CELL_BYTES];
		struct value v;
		enum role role;
		size_t len;

		if (i == fit->count - 1 && column->field.align == ALIGN_LEFT)
			width = c->cols - col;
		len = cell_text(ui, c, column, &line.row, (size_t)width, text, &v);
		role = cell_role(&v, s);
		if (v.kind == VALUE_STATE && s->tracked && s->track.changed && !s->gone)
			role = ROLE_CHANGED;
		if (column->field.align == ALIGN_RIGHT)
			canvas_right(c, row, col, width, role, text, len);
		else
			cell_draw(c, row, col, width, role, &v, text, len);
		col += width + 1;
	}
}

/* A row that went has no room on every screen: then it is not selected any more. */
static void select_shown(struct ui *ui)
{
	for (size_t i = 0; i < ui->shown_count; i++)
		if (is_selected(ui, &ui->shown[i]))
			return;
	if (ui->shown_count)
		connections_select_here(ui);
}

static void empty_draw(const struct ui *ui, struct canvas *c, struct area area)
{
	const char *text = "no socket to show";

	if (!ui->data.snapshot)
		text = "collecting ...";
	else if (ui->only || ui->within.kind != WITHIN_ALL || ui->filter_lent)
		text = "no socket of those; press a for all";
	if (area.rows > 2)
		canvas_text(c, area.row + 2, MARGIN, c->cols - MARGIN, ROLE_QUIET, text);
}

void view_connections_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct fit fit;
	size_t page = area.rows > 1 ? (size_t)area.rows - 1 : 0;

	list_resize(&ui->list, page);
	if (!ui->data.snapshot || !(ui->list.count || ui->ghost_count)) {
		ui->shown_count = 0;
		empty_draw(ui, c, area);
		return;
	}
	connections_settle(ui);
	show_page(ui, page);
	select_shown(ui);
	choose_columns(ui, c, &fit);
	heading_draw(ui, c, area.row, &fit);
	ui_spot(ui, (struct area){ area.row + 1, 0, (int)page, c->cols }, press_row, 0);
	for (size_t i = 0; i < ui->shown_count; i++) {
		const struct shown *s = &ui->shown[i];
		int row = area.row + 1 + (int)i;

		row_draw(ui, c, row, s, &fit);
		mark_draw(ui, c, row, s, is_selected(ui, s));
		if (is_selected(ui, s))
			canvas_select(c, row, 0, c->cols);
	}
}
