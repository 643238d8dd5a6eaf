/*
 * The view of health: what is wrong; then what the kernel counts of trouble, how fast
 * it grows, and the limit it is about.
 *
 * To add a figure: a row in the table below; its words are those of counters.def.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/grid.h"
#include "ui/views.h"
#include "ui/vitals.h"

#define NS_PER_S 1e9

/* A gauge that has used so much of its limit is marked. */
#define NEARLY_FULL 0.8

#define NO_LIMIT COUNTER_COUNT

static const struct figure {
	const char *title;  /* of a group of figures; NULL: this is a figure */
	enum counter counter;
	enum counter limit; /* that it is about, or NO_LIMIT */
	bool normal;	    /* happens on a host that is well: its growth is not marked */
} figures[] = {
	{ "Limits", 0, 0, false },
	{ NULL, COUNTER_TCP_ORPHANS, COUNTER_TCP_MAX_ORPHANS, true },
	{ NULL, COUNTER_TCP_MINISOCKS, COUNTER_TCP_MAX_TW_BUCKETS, true },
	{ NULL, COUNTER_TCP_MEMORY_PAGES, COUNTER_TCP_MEM_MAX_PAGES, true },
	{ NULL, COUNTER_CONNTRACK_COUNT, COUNTER_CONNTRACK_MAX, true },
	{ "Opening", 0, 0, false },
	{ NULL, COUNTER_LISTEN_OVERFLOWS, COUNTER_SOMAXCONN, false },
	{ NULL, COUNTER_LISTEN_DROPS, COUNTER_SOMAXCONN, false },
	{ NULL, COUNTER_REQUEST_QUEUE_FULL_DROPS, COUNTER_TCP_MAX_SYN_BACKLOG, false },
	{ NULL, COUNTER_SYNCOOKIES_SENT, COUNTER_TCP_MAX_SYN_BACKLOG, false },
	{ NULL, COUNTER_SYN_RETRANS, NO_LIMIT, false },
	{ NULL, COUNTER_ATTEMPT_FAILS, NO_LIMIT, true },
	{ "Loss", 0, 0, false },
	{ NULL, COUNTER_RETRANS_SEGS, NO_LIMIT, true },
	{ NULL, COUNTER_TIMEOUTS, NO_LIMIT, false },
	{ NULL, COUNTER_LOST_RETRANSMITS, NO_LIMIT, false },
	{ NULL, COUNTER_BACKLOG_DROPS, NO_LIMIT, false },
	{ NULL, COUNTER_RCV_QUEUE_DROPS, NO_LIMIT, false },
	{ NULL, COUNTER_TO_ZERO_WINDOW, NO_LIMIT, true },
	{ "Resets", 0, 0, false },
	{ NULL, COUNTER_ESTAB_RESETS, NO_LIMIT, true },
	{ NULL, COUNTER_OUT_RSTS, NO_LIMIT, true },
	{ NULL, COUNTER_ABORT_ON_DATA, NO_LIMIT, true },
	{ NULL, COUNTER_ABORT_ON_CLOSE, NO_LIMIT, true },
	{ NULL, COUNTER_ABORT_ON_TIMEOUT, NO_LIMIT, false },
	{ "Scarcity", 0, 0, false },
	{ NULL, COUNTER_TIME_WAIT_OVERFLOWS, COUNTER_TCP_MAX_TW_BUCKETS, false },
	{ NULL, COUNTER_ABORT_ON_MEMORY, COUNTER_TCP_MAX_ORPHANS, false },
	{ NULL, COUNTER_MEMORY_PRESSURES, COUNTER_TCP_MEM_PRESSURE_PAGES, false },
	{ NULL, COUNTER_PRUNE_CALLED, NO_LIMIT, false },
	{ NULL, COUNTER_UDP_RCVBUF_ERRORS, NO_LIMIT, false },
	{ NULL, COUNTER_UDP_NO_PORTS, NO_LIMIT, true },
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))

enum column_place {
	COLUMN_NAME,
	COLUMN_NOW,
	COLUMN_RATE,
	COLUMN_SINCE,
	COLUMN_LIMIT,
	COLUMN_GAUGE,
	COLUMN_HELP,
	COLUMNS,
};

static const struct grid_column layout[COLUMNS] = {
	[COLUMN_NAME] = { "COUNTER", 24, 26, ALIGN_LEFT, 0, 0 },
	[COLUMN_NOW] = { "NOW", 12, 0, ALIGN_RIGHT, 0, 0 },
	[COLUMN_RATE] = { "PER SEC", 8, 0, ALIGN_RIGHT, 1, 0 },
	[COLUMN_SINCE] = { "SINCE START", 11, 0, ALIGN_RIGHT, 3, 0 },
	[COLUMN_LIMIT] = { "LIMIT", 10, 0, ALIGN_RIGHT, 2, 0 },
	[COLUMN_GAUGE] = { "USED", 8, 20, ALIGN_LEFT, 4, 0 },
	[COLUMN_HELP] = { "MEANING", 40, 80, ALIGN_LEFT, 5, 0 },
};

void vitals_note(struct vitals *h, const struct counters *counters)
{
	if (!counters) {
		h->known = false;
		return;
	}
	if (h->now.taken_ns == counters->taken_ns)
		return;
	if (!h->now.taken_ns)
		h->first = *counters;
	h->before = h->now;
	h->now = *counters;
	h->known = true;
}

struct list *view_health_list(struct ui *ui)
{
	return &ui->vitals.list;
}

/* Troubles have a title, which says as well that there are none. */
static size_t rows_of_troubles(const struct ui *ui)
{
	const struct ui_troubles *t = &ui->data.troubles;

	return t->count || t->judged_wall_ns ? t->count + 1 : 0;
}

static size_t rows_of_figures(const struct ui *ui)
{
	return ui->vitals.known ? FIGURES : 0;
}

/* What is wrong in row @rank of the list, or NULL. */
static const struct ui_trouble *trouble_at(const struct ui *ui, size_t rank)
{
	return rank && rank < rows_of_troubles(ui) ? &ui->data.troubles.list[rank - 1] : NULL;
}

/* The figure or the title in row @rank, or NULL. */
static const struct figure *figure_at(const struct ui *ui, size_t rank)
{
	size_t above = rows_of_troubles(ui);

	return rank >= above && rank - above < rows_of_figures(ui) ? &figures[rank - above] : NULL;
}

static void name_trouble(char *out, size_t size, const struct ui_trouble *t)
{
	snprintf(out, size, "%s: %s", t->title, t->subject ? t->subject : "");
}

void view_health_moved(struct ui *ui)
{
	struct vitals *h = &ui->vitals;
	const struct ui_trouble *t = trouble_at(ui, h->list.cursor);
	const size_t above = rows_of_troubles(ui);

	h->selected[0] = '\0';
	h->figure = h->list.cursor > above ? h->list.cursor - above : 0;
	if (t)
		name_trouble(h->selected, sizeof(h->selected), t);
}

/* Where the selected row is now. */
static size_t selected_rank(const struct ui *ui)
{
	const struct vitals *h = &ui->vitals;
	const size_t above = rows_of_troubles(ui);

	if (!h->selected[0])
		return h->figure ? above + h->figure : h->list.cursor;
	for (size_t i = 0; i < ui->data.troubles.count; i++) {
		char name[sizeof(h->selected)];

		name_trouble(name, sizeof(name), &ui->data.troubles.list[i]);
		if (!strcmp(name, h->selected))
			return i + 1;
	}
	return LIST_GONE;
}

void view_health_update(struct ui *ui)
{
	struct list *list = &ui->vitals.list;
	size_t rank = list->anchored ? selected_rank(ui) : LIST_GONE;

	list_update(list, rows_of_troubles(ui) + rows_of_figures(ui), rank);
	if (rank != list->cursor)
		view_health_moved(ui);
}

void view_health_enter(struct ui *ui)
{
	const struct ui_trouble *t = trouble_at(ui, ui->vitals.list.cursor);
	char text[INPUT_MAX];

	if (!t) {
		ui_say(ui, "only what is wrong has connections to list");
		return;
	}
	if (!t->filter) {
		ui_say(ui, "it is not about single sockets");
		return;
	}
	snprintf(text, sizeof(text), "%s", t->filter);
	ui_filter_by(ui, text);
}

/* How fast it grows; false where it does not tell. */
static bool rate_of(const struct vitals *h, const struct figure *f, double *rate)
{
	uint64_t grown;

	if (!h->before.taken_ns || h->now.taken_ns <= h->before.taken_ns ||
	    counter_info(f->counter)->type == COUNTER_GAUGE ||
	    !counters_delta(&h->before, &h->now, f->counter, &grown))
		return false;
	*rate = (double)grown * NS_PER_S / (double)(h->now.taken_ns - h->before.taken_ns);
	return true;
}

/* The share of its limit that a gauge has used; below 0: not known. */
static double share_of(const struct vitals *h, const struct figure *f)
{
	if (counter_info(f->counter)->type != COUNTER_GAUGE || f->limit == NO_LIMIT ||
	    !counters_know(&h->now, f->counter) || !counters_know(&h->now, f->limit) ||
	    !h->now.value[f->limit])
		return -1;
	return (double)h->now.value[f->counter] / (double)h->now.value[f->limit];
}

static void limit_draw(const struct vitals *h, struct canvas *c, int line,
		       const struct grid_column *grid, const struct figure *f)
{
	double share = share_of(h, f);

	if (f->limit != NO_LIMIT && counters_know(&h->now, f->limit))
		grid_number(c, line, &grid[COLUMN_LIMIT], ROLE_TEXT, h->now.value[f->limit]);
	else
		grid_unknown(c, line, &grid[COLUMN_LIMIT]);
	if (share >= 0)
		canvas_gauge(c, line, grid[COLUMN_GAUGE].col, grid[COLUMN_GAUGE].width,
			     share >= NEARLY_FULL ? ROLE_WARNING : ROLE_LISTENING,
			     h->now.value[f->counter], h->now.value[f->limit]);
}

static void growth_draw(const struct vitals *h, struct canvas *c, int line,
			const struct grid_column *grid, const struct figure *f)
{
	uint64_t grown;
	double rate;

	if (rate_of(h, f, &rate))
		grid_rate(c, line, &grid[COLUMN_RATE], rate);
	else
		grid_unknown(c, line, &grid[COLUMN_RATE]);
	if (counter_info(f->counter)->type != COUNTER_GAUGE &&
	    counters_delta(&h->first, &h->now, f->counter, &grown))
		grid_number(c, line, &grid[COLUMN_SINCE], f->normal ? ROLE_TEXT : ROLE_WARNING,
			    grown);
	else
		grid_unknown(c, line, &grid[COLUMN_SINCE]);
}

/* Whether something goes wrong right now. */
static bool is_trouble(const struct vitals *h, const struct figure *f)
{
	double rate;

	return share_of(h, f) >= NEARLY_FULL || (!f->normal && rate_of(h, f, &rate) && rate > 0);
}

static void figure_draw(const struct vitals *h, struct canvas *c, int line,
			const struct grid_column *grid, const struct figure *f)
{
	const struct counter_info *info = counter_info(f->counter);
	bool trouble = is_trouble(h, f);

	grid_cell(c, line, &grid[COLUMN_NAME], trouble ? ROLE_WARNING : ROLE_TEXT, info->name,
		  strlen(info->name));
	if (trouble)
		canvas_text(c, line, 1, 1, ROLE_WARNING, "!");
	if (counters_know(&h->now, f->counter))
		grid_number(c, line, &grid[COLUMN_NOW], ROLE_STRONG, h->now.value[f->counter]);
	else
		grid_unknown(c, line, &grid[COLUMN_NOW]);
	growth_draw(h, c, line, grid, f);
	limit_draw(h, c, line, grid, f);
	grid_cell(c, line, &grid[COLUMN_HELP], ROLE_QUIET, info->help, strlen(info->help));
}

/* What the selected figure means, and the sysctl that limits it. */
static void figure_meaning(struct canvas *c, int line, const struct figure *f)
{
	char limit[128] = "";
	int col = GRID_MARGIN;

	if (f->title)
		return;
	if (f->limit != NO_LIMIT) {
		/* "sys/net/core/somaxconn" is net.core.somaxconn */
		snprintf(limit, sizeof(limit), "%s",
			 counter_info(f->limit)->file + strlen("sys/"));
		for (char *p = limit; *p; p++)
			*p = *p == '/' ? '.' : *p;
		col += canvas_printf(c, line, col, c->cols - col, ROLE_TEXT, "limit %s: ", limit);
	}
	canvas_printf(c, line, col, c->cols - col, ROLE_QUIET, "%s",
		      counter_info(f->counter)->help);
}

static void meaning_draw(const struct ui *ui, struct canvas *c, struct area area)
{
	const struct ui_trouble *t = trouble_at(ui, ui->vitals.list.cursor);
	const struct figure *f = figure_at(ui, ui->vitals.list.cursor);

	if (t)
		trouble_block_draw(ui, c, area, t);
	else if (f)
		figure_meaning(c, area.row, f);
}

/* "What is wrong, as of 12:03:41". */
static void title_draw(const struct ui *ui, struct canvas *c, int line)
{
	const struct ui_troubles *t = &ui->data.troubles;
	char clock[16];
	int col = GRID_MARGIN - 1;

	text_clock(clock, sizeof(clock), t->judged_wall_ns);
	col += canvas_printf(c, line, col, c->cols - col, ROLE_STRONG, "%s",
			     t->count	 ? "What is wrong" :
			     t->unjudged ? "Nothing is known to be wrong" :
					   "Nothing is wrong");
	if (t->judged_wall_ns)
		col += canvas_printf(c, line, col, c->cols - col, ROLE_QUIET, ", as of %s", clock);
	if (t->few_owners)
		col += canvas_printf(c, line, col, c->cols - col, ROLE_QUIET,
				     "; not judged: descriptors, there are too many sockets");
	if (t->unjudged)
		canvas_printf(c, line, col, c->cols - col, ROLE_WARNING, "; not judged: %s",
			      t->unjudged);
}

/* "since 12:03:41" to the right of it. */
static void line_draw(struct canvas *c, int line, const struct ui_trouble *t)
{
	char since[32] = "";
	char clock[16];
	int room = c->cols - GRID_MARGIN;

	if (t->since_wall_ns) {
		text_clock(clock, sizeof(clock), t->since_wall_ns);
		snprintf(since, sizeof(since), "since %s%s", t->at_least ? "<" : "", clock);
		room -= 17;
		canvas_right(c, line, c->cols - 16, 16, ROLE_QUIET, since, strlen(since));
	}
	trouble_draw(c, line, GRID_MARGIN, room, t);
}

static void row_draw(const struct ui *ui, struct canvas *c, int line,
		     const struct grid_column *grid, size_t rank)
{
	const struct ui_trouble *t = trouble_at(ui, rank);
	const struct figure *f = figure_at(ui, rank);

	if (t)
		line_draw(c, line, t);
	else if (!f)
		title_draw(ui, c, line);
	else if (f->title)
		canvas_text(c, line, GRID_MARGIN - 1, c->cols, ROLE_STRONG, f->title);
	else if (ui->vitals.known)
		figure_draw(&ui->vitals, c, line, grid, f);
	if (rank != ui->vitals.list.cursor)
		return;
	canvas_text(c, line, 0, 1, ROLE_TEXT, ">");
	canvas_select(c, line, 0, c->cols);
}

/* Lines that are kept for the meaning of the selected row: most of the screen at most. */
static int meaning_rows(const struct ui *ui, struct canvas *c, struct area area)
{
	const struct ui_trouble *t = trouble_at(ui, ui->vitals.list.cursor);
	const int most = area.rows * 2 / 3;
	const int rows = t ? trouble_rows(ui, c, t) : 1;

	return rows < most || rows == 1 ? rows : most;
}

/* Troubles and figures as rows of a file. */

enum field_place {
	FIELD_NAME,
	FIELD_VALUE,
	FIELD_RATE,
	FIELD_SINCE,
	FIELD_LIMIT,
	FIELD_SUBJECT,
	FIELD_EVIDENCE,
	FIELD_MEANING,
	FIELD_REMEDY,
	FIELDS,
};

static const struct field health_fields[FIELDS] = {
	[FIELD_NAME] = { .name = "name", .title = "NAME", .kind = VALUE_TEXT },
	[FIELD_VALUE] = { .name = "value", .title = "NOW", .kind = VALUE_COUNT },
	[FIELD_RATE] = { .name = "per_second", .title = "PER SEC", .kind = VALUE_RATIO },
	[FIELD_SINCE] = { .name = "since_start", .title = "SINCE START", .kind = VALUE_COUNT },
	[FIELD_LIMIT] = { .name = "limit", .title = "LIMIT", .kind = VALUE_COUNT },
	[FIELD_SUBJECT] = { .name = "subject", .title = "SUBJECT", .kind = VALUE_TEXT },
	[FIELD_EVIDENCE] = { .name = "evidence", .title = "EVIDENCE", .kind = VALUE_TEXT },
	[FIELD_MEANING] = { .name = "meaning", .title = "MEANING", .kind = VALUE_TEXT },
	[FIELD_REMEDY] = { .name = "remedy", .title = "REMEDY", .kind = VALUE_TEXT },
};

static size_t sheet_fields(const struct ui *ui, struct field *out)
{
	(void)ui;
	memcpy(out, health_fields, sizeof(health_fields));
	return FIELDS;
}

/* Titles are no rows. */
static size_t sheet_count(const struct ui *ui)
{
	size_t count = ui->data.troubles.count;

	for (size_t i = 0; i < rows_of_figures(ui); i++)
		count += !figures[i].title;
	return count;
}

static const struct figure *figure_in(const struct ui *ui, size_t row)
{
	size_t i = 0;

	row -= ui->data.troubles.count;
	while (figures[i].title || row--)
		i++;
	return &figures[i];
}

static struct value trouble_cell(const struct ui_trouble *t, size_t field)
{
	const struct value cells[FIELDS] = {
		[FIELD_NAME] = value_string(t->title),
		[FIELD_SUBJECT] = value_string(t->subject),
		[FIELD_EVIDENCE] = value_string(t->evidence),
		[FIELD_MEANING] = value_string(t->meaning),
		[FIELD_REMEDY] = value_string(t->remedy),
	};

	return cells[field];
}

static struct value counter_value(const struct vitals *h, enum counter counter)
{
	return counters_know(&h->now, counter) ? value_count(h->now.value[counter]) :
						 value_none();
}

static struct value sheet_cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	const struct vitals *h = &ui->vitals;
	const struct figure *f;
	uint64_t grown;
	double rate;

	(void)text;
	if (row < ui->data.troubles.count)
		return trouble_cell(&ui->data.troubles.list[row], field);
	f = figure_in(ui, row);
	if (field == FIELD_NAME)
		return value_string(counter_info(f->counter)->name);
	if (field == FIELD_MEANING)
		return value_string(counter_info(f->counter)->help);
	if (field == FIELD_VALUE)
		return counter_value(h, f->counter);
	if (field == FIELD_LIMIT && f->limit != NO_LIMIT)
		return counter_value(h, f->limit);
	if (field == FIELD_RATE && rate_of(h, f, &rate))
		return value_ratio(rate);
	if (field == FIELD_SINCE && counter_info(f->counter)->type != COUNTER_GAUGE &&
	    counters_delta(&h->first, &h->now, f->counter, &grown))
		return value_count(grown);
	return value_none();
}

const struct sheet health_sheet = {
	.rows = "health", .fields = sheet_fields, .count = sheet_count, .cell = sheet_cell,
};

void view_health_draw(struct ui *ui, struct canvas *c, struct area area)
{
	struct list *l = &ui->vitals.list;
	struct grid_column grid[COLUMNS];
	int below = meaning_rows(ui, c, area);
	int page = area.rows > below + 1 ? area.rows - below - 1 : 0;
	struct area meaning = { .row = area.row + 1 + page, .rows = below, .cols = c->cols };

	list_resize(l, (size_t)page);
	if (!ui->vitals.known && !rows_of_troubles(ui)) {
		canvas_text(c, area.row + 2, GRID_MARGIN, c->cols - GRID_MARGIN, ROLE_QUIET,
			    ui->data.snapshot ? "the kernel's counters cannot be read" :
						"collecting ...");
		return;
	}
	memcpy(grid, layout, sizeof(grid));
	grid_fit(grid, COLUMNS, c->cols);
	grid_heading(c, area.row, grid, COLUMNS);
	ui_rows_spot(ui, (struct area){ area.row + 1, 0, page, c->cols });
	for (int i = 0; i < page && l->top + (size_t)i < l->count; i++)
		row_draw(ui, c, area.row + 1 + i, grid, l->top + (size_t)i);
	meaning_draw(ui, c, meaning);
}
