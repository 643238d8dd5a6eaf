/* Something that is wrong, on the screen: in one line, and in a block of all that is known. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "query/value.h"
#include "ui/grid.h"
#include "ui/views.h"

/* Where the words of a block begin. */
#define WORDS_COL 11

static void put(struct canvas *c, int row, int *col, int end, enum role role, const char *text)
{
	if (!text || !*text)
		return;
	if (*col < end)
		*col += canvas_write(c, row, *col, end - *col, role, text, strlen(text));
	else
		canvas_cut_mark(c, row, end - 1, role);
}

void trouble_draw(struct canvas *c, int row, int col, int width, const struct ui_trouble *t)
{
	int end = col + width;

	put(c, row, &col, end, ROLE_WARNING, t->critical ? "!! " : "! ");
	put(c, row, &col, end, ROLE_WARNING, t->title);
	put(c, row, &col, end, ROLE_TEXT, t->subject ? ": " : "");
	put(c, row, &col, end, ROLE_STRONG, t->subject);
	put(c, row, &col, end, ROLE_TEXT, t->evidence ? ": " : "");
	put(c, row, &col, end, ROLE_TEXT, t->evidence);
}

/* With the day where it was another one. */
static void day_text(char *out, size_t size, uint64_t wall_ns, uint64_t now_ns)
{
	const time_t then = (time_t)(wall_ns / 1000000000u);
	const time_t now = (time_t)(now_ns / 1000000000u);
	struct tm then_tm;
	struct tm now_tm;

	out[0] = '\0';
	if (localtime_r(&then, &then_tm) && localtime_r(&now, &now_tm) &&
	    (then_tm.tm_yday != now_tm.tm_yday || then_tm.tm_year != now_tm.tm_year))
		strftime(out, size, "%Y-%m-%d ", &then_tm);
}

/* "12:03:41, for 4m02s", "2026-03-01 12:03:41 or earlier, for at least 2d03h". */
static void since_text(char *out, size_t size, const struct ui_trouble *t, uint64_t now_ns)
{
	static const struct field field = { .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS };
	const uint64_t span = now_ns > t->since_wall_ns ? now_ns - t->since_wall_ns : 0;
	const struct value value = value_count(span);
	const struct value_style style = { .names = DIALECT_RFC };
	char day[16];
	char clock[16];
	char duration[32];
	size_t len;

	day_text(day, sizeof(day), t->since_wall_ns, now_ns);
	text_clock(clock, sizeof(clock), t->since_wall_ns);
	len = value_format(duration, sizeof(duration) - 1, &value, &field, &style);
	duration[len] = '\0';
	snprintf(out, size, "%s%s%s, for %s%s", day, clock, t->at_least ? " or earlier" : "",
		 t->at_least ? "at least " : "", duration);
}

/* Lines @text takes from @line on; drawn below @end only, and nowhere without @c's rows. */
static int words_draw(struct canvas *c, int line, int end, const char *heading, enum role role,
		      const char *text)
{
	const int width = c->cols - WORDS_COL;

	if (!text || !*text)
		return line;
	if (line < end)
		canvas_text(c, line, GRID_MARGIN, WORDS_COL - GRID_MARGIN, ROLE_QUIET, heading);
	while (*text) {
		const size_t part = canvas_wrap(c, text, width);

		if (line < end)
			canvas_bytes(c, line, WORDS_COL, width, role, text, part);
		line++;
		text += part;
		while (*text == ' ')
			text++;
	}
	return line;
}

/* Draws down to @end; returns the line below all that there is to draw. */
static int block_draw(const struct ui *ui, struct canvas *c, int line, int end,
		      const struct ui_trouble *t)
{
	char since[96];

	since_text(since, sizeof(since), t, ui->data.wall_ns);
	line = words_draw(c, line, end, "seen", ROLE_STRONG, t->evidence);
	if (t->since_wall_ns)
		line = words_draw(c, line, end, "since", ROLE_TEXT, since);
	line = words_draw(c, line, end, "owner", ROLE_STRONG, t->owner);
	line = words_draw(c, line, end, "means", ROLE_TEXT, t->meaning);
	line = words_draw(c, line, end, "do", ROLE_STRONG, t->remedy);
	line = words_draw(c, line, end, "or is it", ROLE_TEXT, t->confused_with);
	line = words_draw(c, line, end, "sysctl", ROLE_TEXT, t->sysctls);
	return words_draw(c, line, end, "sockets", ROLE_CHANGED, t->filter);
}

int trouble_rows(const struct ui *ui, struct canvas *c, const struct ui_trouble *t)
{
	return block_draw(ui, c, 0, 0, t);
}

void trouble_block_draw(const struct ui *ui, struct canvas *c, struct area area,
			const struct ui_trouble *t)
{
	block_draw(ui, c, area.row, area.row + area.rows, t);
}
