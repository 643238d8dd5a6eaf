/*
 * Everything known of one socket: the states it was seen in, every column that has a
 * value or says why not, grouped by what it tells, what its state means; and the same
 * of the other end of the connection, where that is on this host as well.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "query/value.h"
#include "ui/timeline.h"
#include "ui/views.h"

#define NAME_WIDTH 18
#define CELL_WIDTH_MIN 38

/* Of a fact: a command line may be a megabyte. */
#define TEXT_MAX 1024

/* From this width on the other end stands beside, else below. */
#define BESIDE_COLS 118

/* Which columns belong together. */
static const struct group {
	const char *title;
	unsigned int facts; /* columns that need one of these */
	enum column_part part;
} groups[] = {
	{ "Socket", 0, PART_NONE },
	{ "Time", FACT_TRACK, PART_NONE },
	{ "Owner", FACT_OWNERS | FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_HOST_NAMES |
		   FACT_NETNS | FACT_LISTENERS, PART_NONE },
	{ "Round trip", FACT_TCP, PART_ROUND_TRIP },
	{ "Window and segments", FACT_TCP, PART_WINDOW },
	{ "Loss", FACT_TCP, PART_LOSS },
	{ "Rates and volume", FACT_TCP, PART_RATE },
	{ "Where the time went", FACT_TCP, PART_TIME },
	{ "Memory and options", FACT_MEMORY | FACT_CONGESTION | FACT_TOS | FACT_MARK, PART_NONE },
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
	canvas_text(p->canvas, page_row(p), p->area.col + 1, p->area.cols - 1, ROLE_STRONG, title);
	p->line++;
}

static void page_cell(struct page *p, const char *name, const char *text, size_t len)
{
	int width = p->area.cols / p->cells;
	int col = p->area.col + 2 + p->cell * width;
	int row = page_row(p);
	int longer = (int)strlen(name) + 1;
	int before = longer > NAME_WIDTH ? longer : NAME_WIDTH;

	canvas_text(p->canvas, row, col, before, ROLE_QUIET, name);
	canvas_bytes(p->canvas, row, col + before, width - before - 1, ROLE_TEXT, text, len);
	if (++p->cell == p->cells)
		page_end_line(p);
}

static void page_prose(struct page *p, enum role role, const char *label, const char *text)
{
	page_end_line(p);
	canvas_text(p->canvas, page_row(p), p->area.col + 2, NAME_WIDTH - 1, ROLE_QUIET, label);
	while (text && *text) {
		size_t part = canvas_wrap(p->canvas, text, p->area.cols - NAME_WIDTH - 3);

		canvas_bytes(p->canvas, page_row(p), p->area.col + 2 + NAME_WIDTH,
			     p->area.cols - NAME_WIDTH - 3, role, text, part);
		p->line++;
		text += part;
		while (*text == ' ')
			text++;
	}
}

/* What does not fit into a cell gets lines of its own. */
static void page_fact(struct page *p, const char *name, const char *text, size_t len)
{
	if ((int)utf8_cells(text, len, p->canvas->ascii) < p->area.cols / p->cells - NAME_WIDTH)
		page_cell(p, name, text, len);
	else
		page_prose(p, ROLE_TEXT, name, text);
}

static bool in_group(const struct column *column, const struct group *g)
{
	return column->part == g->part && (g->facts ? column->facts & g->facts : !column->facts);
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
		struct value v;
		char text[TEXT_MAX];
		size_t len;

		connections_value(ui, column, row, &v);
		if ((v.kind == VALUE_NONE && !v.text) || !in_group(column, g))
			continue;
		if (!titled)
			page_title(p, g->title);
		titled = true;
		len = value_format_or_why(text, sizeof(text) - 1, &v, &column->field, &style);
		text[len] = '\0';
		page_fact(p, column->field.name, text, len);
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

/* "4m02s"; with ">" in front where it may have been longer. */
static void lasting(char *out, size_t size, uint64_t ns, bool longer)
{
	static const struct field time = { .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS };
	const struct value_style style = { .names = DIALECT_RFC };
	const struct value v = value_count(ns);
	char text[VALUE_TEXT_MAX];
	size_t len = value_format(text, sizeof(text), &v, &time, &style);

	snprintf(out, size, "%s%.*s", longer ? ">" : "", (int)len, text);
}

/* The time of day at @at_ns on the clock of snapshots. */
static void clock_at(const struct ui *ui, uint64_t at_ns, char *out, size_t size)
{
	uint64_t taken_ns = snapshot_taken_ns(ui->data.snapshot);
	uint64_t wall_ns = snapshot_wall_ns(ui->data.snapshot);

	text_clock(out, size, wall_ns + at_ns - taken_ns);
}

/* One line a state, the last one first. */
static void timeline_draw(struct page *p, const struct ui *ui, const struct timeline *line)
{
	uint64_t until_ns = line->gone_ns ? line->gone_ns : snapshot_taken_ns(ui->data.snapshot);

	page_title(p, "Time line");
	for (size_t i = line->count; i-- > 0;) {
		const struct timeline_step *step = &line->step[i];
		uint64_t ns = until_ns > step->since_ns ? until_ns - step->since_ns : 0;
		char clock[16];
		char since[32];
		char time[96];
		char text[160];

		clock_at(ui, step->since_ns, clock, sizeof(clock));
		snprintf(since, sizeof(since), "%s%s", step->since_before ? "before " : "", clock);
		lasting(time, sizeof(time), ns, step->since_before);
		snprintf(text, sizeof(text), "%s for %s", state_name(step->state, ui->names), time);
		page_prose(p, ROLE_TEXT, since, text);
		until_ns = step->since_ns;
	}
}

static void page_draw(struct page *p, const struct ui *ui, const struct row *row)
{
	const struct row_id id = row_id_of(row->sock);
	const struct timeline *line = timelines_find(ui->timelines, &id);

	for (size_t i = 0; i < GROUPS; i++) {
		if (i == 1 && line)
			timeline_draw(p, ui, line);
		else if (i == 1)
			life_draw(p, ui, row->sock);
		group_draw(p, ui, &groups[i], row);
	}
	page_end_line(p);
	state_draw(p, ui, (enum state)row->sock->state);
}

/* An IPv4 address is the same one when it is mapped into IPv6. */
static bool same_end(const struct endpoint *a, const struct endpoint *b)
{
	struct endpoint plain[2] = { *a, *b };

	for (size_t i = 0; i < 2; i++) {
		if (plain[i].family != ADDR_V6 || !addr_is_mapped(ADDR_V6, plain[i].bytes))
			continue;
		plain[i].family = ADDR_V4;
		memmove(plain[i].bytes, plain[i].bytes + 12, 4);
		memset(plain[i].bytes + 4, 0, sizeof(plain[i].bytes) - 4);
	}
	return !endpoint_compare(&plain[0], &plain[1]);
}

/* Is @b the other end of @a?  Loopback ends in its namespace, other addresses do not. */
static bool faces(const struct sock *a, const struct sock *b)
{
	if (a->proto != b->proto)
		return false;
	if (a->has & SOCK_HAS_PEER_INODE)
		return b->has & SOCK_HAS_INODE && b->inode == a->peer_inode;
	if (!a->peer.port || a->peer.port != b->local.port || a->local.port != b->peer.port)
		return false;
	if (a->netns != b->netns &&
	    addr_is_loopback((enum addr_family)a->peer.family, a->peer.bytes))
		return false;
	return same_end(&a->peer, &b->local) && same_end(&a->local, &b->peer);
}

/* Look for the other end of @sk once a snapshot. */
static bool other_end(struct ui *ui, const struct sock *sk, struct sock *out)
{
	const struct snapshot *s = ui->data.snapshot;
	const struct row_id id = row_id_of(sk);
	bool known = ui->other_ns == snapshot_taken_ns(s) && row_id_equal(&ui->other_of, &id);

	ui->other_of = id;
	ui->other_ns = snapshot_taken_ns(s);
	if (known && ui->other_index == SIZE_MAX)
		return false;
	for (size_t i = known ? ui->other_index : 0; i < snapshot_count(s); i++) {
		ui->other_index = i;
		snapshot_sock(s, i, out);
		if (faces(sk, out))
			return true;
	}
	ui->other_index = SIZE_MAX;
	return false;
}

/* What the pane shows: rows whose pointers lead to the rest. */
struct pane {
	struct sock sock[2];
	struct track track[2];
	bool tracked[2];
	size_t count; /* 2: the other end is there */
};

static struct page page_in(struct canvas *c, struct area area, int top)
{
	struct page p = { .canvas = c, .area = area, .top = top,
			  .cells = area.cols / CELL_WIDTH_MIN };

	if (p.cells < 1)
		p.cells = 1;
	return p;
}

/* Draw from line @top of the whole on.  Returns how many lines there are. */
static int pane_draw(struct ui *ui, struct canvas *c, struct area area, const struct pane *pane,
		     int top)
{
	bool beside = pane->count > 1 && area.cols >= BESIDE_COLS;
	struct page p;
	int lines = 0;

	if (beside)
		area.cols /= 2;
	p = page_in(c, area, top);
	for (size_t i = 0; i < pane->count; i++) {
		struct row row;

		if (i && beside) {
			area.col = area.cols;
			p = page_in(c, area, top);
		}
		/* what completes a row holds for one row at a time */
		connections_row(ui, &pane->sock[i], pane->tracked[i] ? &pane->track[i] : NULL,
				&row);
		if (i)
			page_title(&p, "The other end, on this host");
		page_draw(&p, ui, &row);
		lines = p.line > lines ? p.line : lines;
	}
	return lines;
}

/* A socket that is gone: what it was, and what became of it. */
static void gone_draw(struct ui *ui, struct canvas *c, struct area area)
{
	const struct timeline *line =
		ui->selected_known ? timelines_find(ui->timelines, &ui->selected) : NULL;
	struct page p = page_in(c, area, 0);
	struct row row;
	char clock[16];

	canvas_text(c, area.row + 1, 2, area.cols - 2, ROLE_QUIET,
		    "this socket is gone; Esc goes back");
	if (!line || !line->gone_ns || !ui->data.snapshot)
		return;
	clock_at(ui, line->gone_ns, clock, sizeof(clock));
	canvas_printf(c, area.row + 1, 2, area.cols - 2, ROLE_WARNING,
		      "this socket is gone since %s; Esc goes back", clock);
	p.line = 3;
	row = (struct row){ .sock = &line->sock };
	timeline_draw(&p, ui, line);
	group_draw(&p, ui, &groups[0], &row);
	page_end_line(&p);
	state_draw(&p, ui, (enum state)line->sock.state);
}

/* The exact answer is asked for these alone. */
static void note_shown(struct ui *ui, const struct pane *pane)
{
	ui->shown_count = pane->count;
	for (size_t i = 0; i < pane->count; i++)
		ui->shown[i] = (struct shown){ .id = row_id_of(&pane->sock[i]),
					       .sock = sock_alone(&pane->sock[i]) };
}

void detail_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct pane pane = { .count = 1 };
	size_t last;
	int lines;

	if (!connections_selected(ui, &pane.sock[0], &pane.track[0], &pane.tracked[0])) {
		gone_draw(ui, c, area);
		return;
	}
	if (pane.tracked[0] && !ui->data.replay)
		timelines_watch(ui->timelines, &pane.sock[0], &pane.track[0]);
	if (other_end(ui, &pane.sock[0], &pane.sock[1])) {
		pane.tracked[1] = connections_track(ui, &pane.sock[1], &pane.track[1]);
		if (pane.tracked[1] && !ui->data.replay)
			timelines_watch(ui->timelines, &pane.sock[1], &pane.track[1]);
		pane.count = 2;
	}
	for (size_t i = 0; i < pane.count; i++)
		connections_add_exact(ui, &pane.sock[i]);
	/* laid out once off the screen to learn how long it is */
	lines = pane_draw(ui, c, area, &pane, area.rows + 10000);
	last = lines > area.rows ? (size_t)(lines - area.rows) : 0;
	if (ui->help_top > last)
		ui->help_top = last;
	pane_draw(ui, c, area, &pane, (int)ui->help_top);
	note_shown(ui, &pane);
}
