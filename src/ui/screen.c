/*
 * The frame of every view: header, state panel, rates, tabs, message, key bar.
 *
 * What does not fit goes in this order: the line of health, the sparklines, the line of rates, the
 * tabs; below SCREEN_COLS_MIN x SCREEN_ROWS_MIN one line says so.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "ui/keymap.h"
#include "ui/views.h"

#define SCREEN_COLS_MIN 40
#define SCREEN_ROWS_MIN 10

/* Lines that a view needs at least: a heading and some rows. */
#define VIEW_ROWS_MIN 4

void text_clock(char *out, size_t size, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000u);
	struct tm tm;

	if (!wall_ns || !localtime_r(&seconds, &tm) || !strftime(out, size, "%H:%M:%S", &tm))
		snprintf(out, size, "--:--:--");
}

void text_interval(char *out, size_t size, unsigned int ms)
{
	snprintf(out, size, "%gs", ms / 1000.0);
}

/* What was measured has no more than two digits to tell: 37, 250, 4000, 12000. */
static unsigned int rounded(unsigned int ms)
{
	unsigned int step = 1;

	while (ms / step >= 100)
		step *= 10;
	return (ms + step / 2) / step * step;
}

/* "every 1s"; "every 4s, not 1s" where the limit of CPU stretches it. */
static void interval_text(char *out, size_t size, const struct ui_data *d)
{
	char asked[32];
	char real[32];

	text_interval(asked, sizeof(asked), d->interval_ms);
	text_interval(real, sizeof(real), rounded(d->real_interval_ms));
	if (d->real_interval_ms > d->interval_ms + d->interval_ms / 4)
		snprintf(out, size, "every %s, not %s: cpu limit", real, asked);
	else
		snprintf(out, size, "every %s", asked);
}

static void header_draw(const struct ui *ui, struct canvas *c, int row)
{
	const struct ui_data *d = &ui->data;
	char interval[96];
	char clock[16];
	char right[64];
	char now[24];
	int start;
	int col;

	snprintf(now, sizeof(now), "%s", ui->paused ? "PAUSED" : "live");
	interval_text(interval, sizeof(interval), d);
	text_clock(clock, sizeof(clock), ui->paused ? ui->paused_wall_ns : d->wall_ns);
	if (ui_busy_with(ui))
		snprintf(now, sizeof(now), "%s ...", ui_busy_with(ui));
	snprintf(right, sizeof(right), "%s  %s  cpu %.1f%%", clock, now, d->cpu * 100);
	canvas_fill(c, row, 0, c->cols, ROLE_TITLE, ' ');
	start = c->cols - (int)strlen(right);
	col = canvas_printf(c, row, 0, start - 1, ROLE_TITLE, "connstate");
	if (d->host)
		col += canvas_printf(c, row, col, start - 1 - col, ROLE_TITLE, "  %s", d->host);
	if (d->netns)
		col += canvas_printf(c, row, col, start - 1 - col, ROLE_TEXT, "  netns %s",
				     d->netns);
	col += canvas_printf(c, row, col, start - 1 - col, ROLE_TEXT, "  %s", interval);
	if (d->source_name && start - 1 - col >= (int)strlen(d->source_name) + 2)
		canvas_printf(c, row, col, start - 1 - col, ROLE_QUIET, "  %s", d->source_name);
	canvas_text(c, row, start, c->cols - start, ui->paused ? ROLE_WARNING : ROLE_TEXT, right);
}

static int rate_draw(struct canvas *c, int row, int col, const char *name, double rate)
{
	char text[32];
	size_t len = text_thousands(text, (uint64_t)(rate + 0.5));

	if (rate > 0 && rate < 9.95)
		len = (size_t)snprintf(text, sizeof(text), "%.1f", rate);
	col += canvas_printf(c, row, col, c->cols, ROLE_QUIET, " %s ", name);
	col += canvas_bytes(c, row, col, (int)len, ROLE_STRONG, text, len);
	return col + canvas_printf(c, row, col, c->cols, ROLE_QUIET, "/s ");
}

/* All but all is not all: rounded down, and finer near the end. */
static void share_text(char *out, size_t size, double share)
{
	double percent = share * 100 + 1e-6; /* 0.29 is a little less */

	if (percent < 99 || percent >= 100)
		snprintf(out, size, "%d%%", (int)percent);
	else
		snprintf(out, size, "%d.%d%%", (int)percent, (int)(percent * 10) % 10);
}

static int seen_draw(const struct ui_rates *rates, struct canvas *c, int row, int col)
{
	char share[32] = "-";

	if (rates->seen_known)
		share_text(share, sizeof(share), rates->seen);
	col += canvas_printf(c, row, col, c->cols, rates->seen_known ? ROLE_TEXT : ROLE_QUIET,
			     rates->events ? " seen %s" : " seen by polling %s", share);
	if (rates->losses)
		col += canvas_printf(c, row, col, c->cols, ROLE_WARNING, "  events lost %llux",
				     (unsigned long long)rates->losses);
	if (rates->unconfirmed)
		col += canvas_printf(c, row, col, c->cols, ROLE_WARNING, "  unconfirmed %zu",
				     rates->unconfirmed);
	return col;
}

static void rates_draw(const struct ui *ui, struct canvas *c, int row, bool sparks)
{
	const struct ui_rates *rates = &ui->data.rates;
	char span[64] = "";
	char now[80];
	int col = 0;

	if (rates->known) {
		col = rate_draw(c, row, col, "opened", rates->opened);
		col = rate_draw(c, row, col, "closed", rates->closed);
	} else {
		col = canvas_printf(c, row, 0, c->cols, ROLE_QUIET, " opened -  closed - ");
	}
	col = seen_draw(rates, c, row, col);
	if (sparks)
		panel_span_text(ui, c->cols, span, sizeof(span));
	if (!span[0] || col + (int)strlen(span) + 8 > c->cols)
		return;
	snprintf(now, sizeof(now), "%s %s now", span, c->ascii ? "|" : "\xe2\x94\x86");
	canvas_right(c, row, col, c->cols - col - 1, ROLE_QUIET, now, strlen(now));
}

/* The worst that is wrong, and how much more there is. */
static void health_line_draw(const struct ui *ui, struct canvas *c, int row)
{
	const struct ui_troubles *t = &ui->data.troubles;
	char more[32] = "6 Health";
	int room = c->cols;

	if (t->count > 1)
		snprintf(more, sizeof(more), "+%zu: 6 Health", t->count - 1);
	room -= (int)strlen(more) + 2;
	trouble_draw(c, row, 0, room, &t->list[0]);
	canvas_right(c, row, room, c->cols - room - 1, ROLE_QUIET, more, strlen(more));
}

static int tabs_width(void)
{
	size_t count;
	const struct view_class *views = views_all(&count);
	int width = 0;

	for (size_t i = 0; i < count; i++)
		width += (int)strlen(views[i].name) + 5;
	return width;
}

/* The order of the table of connections, where no column shows it. */
static void put_order(const struct ui *ui, struct buffer *out)
{
	const struct sort_key *key = &ui->sort.key[0];

	if (ui->view->sheet || !key->column)
		return;
	for (size_t i = 0; i < ui->columns.count; i++)
		if (ui->columns.column[i] == key->column)
			return;
	buffer_puts(out, key->descending ? " sort: -" : " sort: ");
	buffer_puts(out, key->column->field.name);
}

/* What the view leaves out, and its order, in words; false when it is nothing. */
static bool narrowed_text(const struct ui *ui, char *out, size_t size)
{
	static const char *const families[] = { "", " IPv4", " IPv6" };
	static const char *const listening[] = { "", " listening", " not listening" };
	struct buffer text;

	buffer_init(&text, -1);
	for (unsigned int s = 0, before = 0; s <= PANEL_OTHERS; s++) {
		if (!(ui->only & STATE_BIT(s)))
			continue;
		buffer_puts(&text, before++ ? ", " : " only ");
		buffer_puts(&text, panel_name(ui, s));
	}
	if (ui->tag_count) {
		buffer_putc(&text, ' ');
		buffer_put_u64(&text, ui->tag_count);
		buffer_puts(&text, " tagged");
	}
	buffer_puts(&text, ui->follow ? " following" : "");
	buffer_puts(&text, ui->hide_loopback ? " no loopback" : "");
	buffer_puts(&text, families[ui->families]);
	buffer_puts(&text, listening[ui->listening]);
	if (ui->within.kind != WITHIN_ALL) {
		buffer_puts(&text, " of ");
		buffer_puts(&text, ui->within.name);
	}
	put_order(ui, &text);
	if (ui_filter_text(ui)) {
		buffer_puts(&text, " filter: ");
		buffer_puts(&text, ui_filter_text(ui));
	}
	snprintf(out, size, "%.*s", (int)text.used, text.used ? text.data : "");
	buffer_fini(&text);
	return out[0];
}

static void tabs_draw(struct ui *ui, struct canvas *c, int row)
{
	size_t count;
	const struct view_class *views = views_all(&count);
	char narrowed[1024];
	bool brief = narrowed_text(ui, narrowed, sizeof(narrowed)) &&
		     tabs_width() + (int)utf8_cells(narrowed, strlen(narrowed), c->ascii) > c->cols;
	int col = 0;

	for (size_t i = 0; i < count; i++) {
		enum role role = ui->view == &views[i] ? ROLE_TAB_CURRENT : ROLE_TAB;
		int start = col;

		if (brief && ui->view != &views[i])
			col += canvas_printf(c, row, col, c->cols - col, role, " %zu", i + 1);
		else
			col += canvas_printf(c, row, col, c->cols - col, role, " %zu %s ", i + 1,
					     views[i].name);
		ui_spot(ui, (struct area){ row, start, 1, col - start }, press_view, i);
		col += !brief;
	}
	col += brief;
	canvas_write(c, row, col, c->cols - col, ROLE_CHANGED, narrowed, strlen(narrowed));
}

/* What this place wants to say, worst first; false when there is nothing. */
static bool message_of(const struct ui *ui, enum role *role, char *out, size_t size)
{
	const struct ui_data *d = &ui->data;

	*role = ROLE_WARNING;
	out[0] = '\0';
	if (ui->message[0]) {
		*role = ROLE_PROMPT;
		snprintf(out, size, "%s", ui->message);
	} else if (d->trouble) {
		snprintf(out, size, "! %s", d->trouble);
	} else if (d->source_why) {
		snprintf(out, size, "! %s", d->source_why);
	} else if (d->replay && d->replay->note) {
		snprintf(out, size, "%s", d->replay->note);
	} else if (d->missing) {
		*role = ROLE_QUIET;
		snprintf(out, size, "%s", d->missing);
	}
	return out[0];
}

/* The lines above the keys. */
static int message_rows(const struct ui *ui)
{
	char text[512];
	enum role role;

	if (ui->mode->takes_text)
		return prompt_rows(ui);
	return message_of(ui, &role, text, sizeof(text));
}

static void message_draw(const struct ui *ui, struct canvas *c, int row)
{
	char text[INPUT_MAX + 512];
	enum role role;

	if (ui->mode->takes_text)
		prompt_draw(ui, c, row);
	else if (message_of(ui, &role, text, sizeof(text)))
		canvas_text(c, row, 0, c->cols, role, text);
}

/* The keys of @places from column @col on.  Returns the column after them. */
static int keys_of_draw(struct ui *ui, struct canvas *c, int row, int col, unsigned int places)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct binding *b = &bindings[i];
		int width;

		if (!b->label || !(b->places & places))
			continue;
		width = (int)(strlen(b->keys[0]) + strlen(b->label)) + 2;
		if (col + width > c->cols)
			break;
		ui_spot(ui, (struct area){ row, col, 1, width - 1 }, press_binding, i);
		col += canvas_printf(c, row, col, c->cols - col, ROLE_KEY, "%s", b->keys[0]);
		col += canvas_printf(c, row, col, c->cols - col, ROLE_KEY_LABEL, "%s ", b->label);
		col += 1;
	}
	return col;
}

/* In a recording moving in time comes first: it is what one is there for. */
static void keys_draw(struct ui *ui, struct canvas *c, int row)
{
	unsigned int places = ui_places(ui);
	int col = keys_of_draw(ui, c, row, 0, places & KEYS_REPLAY);

	keys_of_draw(ui, c, row, col, places & ~(unsigned int)KEYS_REPLAY);
}

static void too_small(const struct ui *ui, struct canvas *c)
{
	size_t sockets = ui->data.snapshot ? snapshot_count(ui->data.snapshot) : 0;

	canvas_printf(c, 0, 0, c->cols, ROLE_WARNING, "%dx%d is too small, needs %dx%d", c->cols,
		      c->rows, SCREEN_COLS_MIN, SCREEN_ROWS_MIN);
	canvas_printf(c, 1, 0, c->cols, ROLE_TEXT, "%zu sockets", sockets);
}

/* Which parts of the frame there is room for. */
struct frame {
	bool sparks, rates, tabs, health;
	int message_rows;
	int panel_rows;
	int view_rows;
};

static int frame_rest(const struct ui *ui, const struct canvas *c, struct frame *f)
{
	f->panel_rows = panel_rows(ui, c->cols, f->sparks);
	f->view_rows = c->rows - 2 - f->panel_rows - f->rates - f->tabs - f->health -
		       f->message_rows;
	return f->view_rows;
}

static struct frame frame_of(const struct ui *ui, const struct canvas *c)
{
	struct frame f = { .sparks = c->cols >= 60, .rates = true, .tabs = true,
			   .health = ui->data.troubles.count > 0,
			   .message_rows = message_rows(ui) };

	if (frame_rest(ui, c, &f) < VIEW_ROWS_MIN)
		f.health = false;
	if (frame_rest(ui, c, &f) < VIEW_ROWS_MIN)
		f.sparks = false;
	if (frame_rest(ui, c, &f) < VIEW_ROWS_MIN)
		f.rates = false;
	if (frame_rest(ui, c, &f) < VIEW_ROWS_MIN)
		f.tabs = false;
	frame_rest(ui, c, &f);
	return f;
}

void ui_draw(struct ui *ui, struct canvas *c)
{
	struct frame f = frame_of(ui, c);
	struct area area = { .cols = c->cols };

	canvas_clear(c);
	ui->spot_count = 0;
	ui->rows = c->rows;
	ui->cols = c->cols;
	if (c->rows < SCREEN_ROWS_MIN || c->cols < SCREEN_COLS_MIN) {
		too_small(ui, c);
		return;
	}
	if (ui->data.replay)
		travel_header_draw(ui, c, area.row++);
	else
		header_draw(ui, c, area.row++);
	area.rows = f.panel_rows;
	panel_draw(ui, c, area, f.sparks);
	area.row += f.panel_rows;
	if (f.rates)
		rates_draw(ui, c, area.row++, f.sparks);
	if (f.health)
		health_line_draw(ui, c, area.row++);
	if (f.tabs)
		tabs_draw(ui, c, area.row++);
	area.rows = f.view_rows;
	if (ui_mode_drawn(ui)->draw)
		ui_mode_drawn(ui)->draw(ui, c, area);
	else
		ui->view->draw(ui, c, area);
	if (f.message_rows)
		message_draw(ui, c, c->rows - 1 - f.message_rows);
	keys_draw(ui, c, c->rows - 1);
	ui->ticked = false;
}
