/*
 * Everything known of one socket: every column that has a value, grouped by what
 * it needs, and what its state means.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "query/value.h"
#include "ui/views.h"

#define NAME_WIDTH 18
#define CELL_WIDTH_MIN 38

/* Which columns belong together. */
static const struct group {
	const char *title;
	unsigned int facts; /* columns that need one of these */
} groups[] = {
	{ "Socket", 0 },
	{ "Time", FACT_TRACK },
	{ "Owner", FACT_OWNERS | FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_HOST_NAMES },
	{ "TCP", FACT_TCP },
	{ "Memory and options", FACT_MEMORY | FACT_CONGESTION | FACT_TOS | FACT_MARK },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* A text of several columns of cells, of which a part is on the screen. */
struct page {
	struct canvas *canvas;
	struct area area;
	int top;
	int line;
	int cell;    /* next place in the line */
	int cells;   /* places in a line */
};

static int page_row(const struct page *p)
{
	int row = p->line - p->top;

	return row >= 0 && row < p->area.rows ? p->area.row + row : -1;
}

static void page_end_line(struct page *p)
{
	if (p->cell) {
		p->line++;
		p->cell = 0;
	}
}

static void page_title(struct page *p, const char *title)
{
	page_end_line(p);
	canvas_text(p->canvas, page_row(p), 1, p->area.cols - 1, ROLE_STRONG, title);
	p->line++;
}

static void page_cell(struct page *p, const char *name, const char *text, size_t len)
{
	int width = p->area.cols / p->cells;
	int col = 2 + p->cell * width;
	int row = page_row(p);

	canvas_text(p->canvas, row, col, NAME_WIDTH, ROLE_QUIET, name);
	canvas_bytes(p->canvas, row, col + NAME_WIDTH, width - NAME_WIDTH - 1, ROLE_TEXT, text,
		     len);
	if (++p->cell == p->cells)
		page_end_line(p);
}

static void page_prose(struct page *p, enum role role, const char *label, const char *text)
{
	page_end_line(p);
	canvas_text(p->canvas, page_row(p), 2, NAME_WIDTH, ROLE_QUIET, label);
	while (text && *text) {
		size_t part = canvas_wrap(p->canvas, text, p->area.cols - NAME_WIDTH - 3);

		canvas_bytes(p->canvas, page_row(p), 2 + NAME_WIDTH,
			     p->area.cols - NAME_WIDTH - 3, role, text, part);
		p->line++;
		text += part;
		while (*text == ' ')
			text++;
	}
}

static bool in_group(const struct column *column, const struct group *g)
{
	return g->facts ? column->facts & g->facts : !column->facts;
}

static void group_draw(struct page *p, const struct ui *ui, const struct group *g,
		       const struct row *row)
{
	struct value_style style = { .names = ui->names };
	size_t count;
	const struct column *columns = columns_all(&count);
	bool titled = false;

	for (size_t i = 0; i < count; i++) {
		const struct column *column = &columns[i];
		struct value v = column_value(column, row);
		char text[256];
		size_t len;

		if (v.kind == VALUE_NONE || !in_group(column, g))
			continue;
		if (!titled)
			page_title(p, g->title);
		titled = true;
		len = value_format(text, sizeof(text), &v, &column->field, &style);
		page_cell(p, column->field.name, text, len);
	}
}

static void state_draw(struct page *p, const struct ui *ui, enum state state)
{
	const struct state_info *info = state_info(state);

	page_title(p, state_name(state, ui->names));
	page_prose(p, ROLE_TEXT, "means", info->plain);
	page_prose(p, ROLE_TEXT, "who acts", info->acts);
	page_prose(p, ROLE_TEXT, "what ends it", info->bound);
}

/* "12:00:40 to 12:01:10, 30s" for each state that the socket was in. */
static void life_draw(struct page *p, const struct ui *ui, const struct sock *sk)
{
	const struct ui_life *life = ui->data.replay ? ui->data.replay->life : NULL;
	const struct field lasted = { .unit = UNIT_NANOSECONDS };
	const struct value_style style = { .names = ui->names };

	if (!life || !life->count || life->cookie != sk->cookie)
		return;
	page_title(p, "Its states");
	for (size_t i = 0; i < life->count; i++) {
		const struct ui_stay *stay = &life->stays[i];
		char since[16];
		char until[16] = "";
		char span[32] = "";
		char text[96];

		text_clock(since, sizeof(since), stay->since_ns);
		if (stay->until_ns) {
			struct value v = value_count(stay->until_ns - stay->since_ns);

			text_clock(until, sizeof(until), stay->until_ns);
			span[value_format(span, sizeof(span) - 1, &v, &lasted, &style)] = '\0';
		}
		snprintf(text, sizeof(text), "%s %s%s%s%s", since, stay->until_ns ? "to " : "on",
			 until, span[0] ? ", " : "", span);
		page_prose(p, role_of_state(stay->state), state_name(stay->state, ui->names),
			   text);
	}
}

static void page_draw(struct page *p, const struct ui *ui, const struct row *row)
{
	for (size_t i = 0; i < GROUPS; i++)
		group_draw(p, ui, &groups[i], row);
	page_end_line(p);
	life_draw(p, ui, row->sock);
	state_draw(p, ui, (enum state)row->sock->state);
}

void detail_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct page p = { .canvas = c, .area = area, .top = area.rows + 10000,
			  .cells = area.cols / CELL_WIDTH_MIN };
	struct track track;
	struct sock sk;
	struct row row;
	bool tracked;
	size_t last;

	if (p.cells < 1)
		p.cells = 1;
	if (!connections_selected(ui, &sk, &track, &tracked)) {
		canvas_text(c, area.row + 1, 2, area.cols - 2, ROLE_QUIET,
			    "this socket is gone; Esc goes back");
		return;
	}
	connections_add_exact(ui, &sk);
	connections_row(ui, &sk, tracked ? &track : NULL, &row);
	/* laid out once off the screen to learn how long it is */
	page_draw(&p, ui, &row);
	last = p.line > area.rows ? (size_t)(p.line - area.rows) : 0;
	if (ui->help_top > last)
		ui->help_top = last;
	p.line = 0;
	p.top = (int)ui->help_top;
	page_draw(&p, ui, &row);
	/* the exact answer is asked for this one alone */
	ui->shown_count = 1;
	ui->shown[0] = (struct shown){ .id = row_id_of(&sk), .sock = sk };
}
