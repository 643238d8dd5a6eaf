/* A screen in memory: see canvas.h. */
#include "config.h"

#include "ui/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct cell blank = { .code = ' ', .cells = 1 };

int canvas_init(struct canvas *c, int rows, int cols, bool ascii, struct error *err)
{
	*c = (struct canvas){ .rows = rows > 0 ? rows : 0, .cols = cols > 0 ? cols : 0,
			      .ascii = ascii };
	c->cells = calloc((size_t)c->rows * (size_t)c->cols + 1, sizeof(*c->cells));
	if (!c->cells) {
		*c = (struct canvas){ .ascii = ascii };
		return error_set(err, ENOMEM, "cannot make a screen of %dx%d", cols, rows);
	}
	canvas_clear(c);
	return 0;
}

void canvas_fini(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){ .ascii = c->ascii };
}

void canvas_clear(struct canvas *c)
{
	size_t count = (size_t)c->rows * (size_t)c->cols;

	for (size_t i = 0; i < count; i++)
		c->cells[i] = blank;
}

static struct cell *cell_at(const struct canvas *c, int row, int col)
{
	if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
		return NULL;
	return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

/*
 * @cell at @row, @col is overwritten: if it is half of a wide character, nothing
 * of the other half may stay.
 */
static void blank_other_half(const struct canvas *c, int row, int col, const struct cell *cell)
{
	struct cell *other;

	if (cell->cells == 1)
		return;
	other = cell_at(c, row, cell->cells == 2 ? col + 1 : col - 1);
	if (other)
		*other = (struct cell){ .code = ' ', .cells = 1, .role = other->role,
					.selected = other->selected };
}

static void put_narrow(const struct canvas *c, int row, int col, enum role role, uint32_t code)
{
	struct cell *cell = cell_at(c, row, col);

	if (!cell)
		return;
	blank_other_half(c, row, col, cell);
	*cell = (struct cell){ .code = code, .cells = 1, .role = (uint8_t)role };
}

/* Put @code of @cells cells (1 or 2) there; what does not fit whole becomes blank. */
static void put(const struct canvas *c, int row, int col, enum role role, uint32_t code,
		int cells)
{
	struct cell *left = cell_at(c, row, col);
	struct cell *right = cell_at(c, row, col + 1);

	if (cells == 1) {
		put_narrow(c, row, col, role, code);
		return;
	}
	if (!left || !right) {
		put_narrow(c, row, col, role, ' ');
		put_narrow(c, row, col + 1, role, ' ');
		return;
	}
	blank_other_half(c, row, col, left);
	blank_other_half(c, row, col + 1, right);
	*left = (struct cell){ .code = code, .cells = 2, .role = (uint8_t)role };
	*right = (struct cell){ .cells = 0, .role = (uint8_t)role };
}

/* Let @mark join the character before @col, which begins not before @start. */
static void put_mark(struct canvas *c, int row, int start, int col, uint32_t mark)
{
	struct cell *cell = col > start ? cell_at(c, row, col - 1) : NULL;

	if (cell && cell->cells == 0)
		cell = cell_at(c, row, col - 2);
	if (!cell)
		return;
	for (size_t i = 0; i < CELL_MARKS_MAX; i++) {
		if (!cell->marks[i]) {
			cell->marks[i] = mark;
			return;
		}
	}
}

/* @text in at most @width cells, whatever is left over. */
static int put_text(struct canvas *c, int row, int col, int width, enum role role,
		    const char *text, size_t len)
{
	int used = 0;

	while (len) {
		struct utf8_char ch = utf8_next(text, len, c->ascii);

		if (!ch.cells && !used) {
			ch.code = c->ascii ? '?' : UTF8_REPLACEMENT;
			ch.cells = 1;
		}
		if (ch.cells > width - used)
			break;
		if (ch.cells)
			put(c, row, col + used, role, ch.code, ch.cells);
		else
			put_mark(c, row, col, col + used, ch.code);
		used += ch.cells;
		text += ch.bytes;
		len -= ch.bytes;
	}
	return used;
}

static bool all_blank(const char *text, size_t len)
{
	while (len && *text == ' ') {
		text++;
		len--;
	}
	return !len;
}

/*
 * The bytes of @text that fit into @width cells, and into @cells how many those need: a mark
 * that has nothing to join is a character of its own.
 */
static size_t fit_text(const struct canvas *c, const char *text, size_t len, size_t width,
		       size_t *cells)
{
	size_t alone = len && !utf8_next(text, len, c->ascii).cells;
	size_t fits = utf8_cut(text, len, width - alone, c->ascii, cells);

	*cells += alone;
	return fits;
}

/* Is there more in @text than @width cells can show?  Blanks at its end are not missed. */
static bool too_long(const struct canvas *c, const char *text, size_t len, int width)
{
	size_t cells;
	size_t fits;

	/* no character takes more cells than bytes */
	if (len <= (size_t)width)
		return false;
	fits = fit_text(c, text, len, (size_t)width, &cells);
	return !all_blank(text + fits, len - fits);
}

void canvas_cut_mark(struct canvas *c, int row, int col, enum role role)
{
	put(c, row, col, role, c->ascii ? '~' : 0x2026, 1);
}

int canvas_write(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len)
{
	int used;

	/* what lies beyond the edge cannot be seen either */
	if (width > c->cols - col)
		width = c->cols - col;
	if (width <= 0)
		return 0;
	if (!too_long(c, text, len, width))
		return put_text(c, row, col, width, role, text, len);
	used = put_text(c, row, col, width - 1, role, text, len);
	canvas_cut_mark(c, row, col + used, role);
	return used + 1;
}

/* Cells of the end of a name that is cut. */
#define NAME_END 2

int canvas_name(struct canvas *c, int row, int col, int width, enum role role, const char *name)
{
	size_t len = strlen(name);
	int end = (int)len > width && width > 2 * NAME_END ? NAME_END : 0;
	int used = canvas_write(c, row, col, width - end, role, name, len);

	return used + canvas_write(c, row, col + used, end, role, name + len - end, (size_t)end);
}

int canvas_bytes(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len)
{
	int used = canvas_write(c, row, col, width, role, text, len);

	canvas_fill(c, row, col + used, width - used, role, ' ');
	return used;
}

int canvas_text(struct canvas *c, int row, int col, int width, enum role role, const char *text)
{
	return canvas_bytes(c, row, col, width, role, text, strlen(text));
}

int canvas_right(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len)
{
	size_t cells;
	int pad;

	if (width <= 0)
		return 0;
	fit_text(c, text, len, (size_t)width, &cells);
	pad = width - (int)cells;
	canvas_fill(c, row, col, pad, ROLE_TEXT, ' ');
	return canvas_bytes(c, row, col + pad, width - pad, role, text, len);
}

int canvas_printf(struct canvas *c, int row, int col, int width, enum role role,
		  const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return canvas_write(c, row, col, width, role, text, strlen(text));
}

size_t canvas_wrap(const struct canvas *c, const char *text, int width)
{
	size_t len = strlen(text);
	size_t fits = utf8_cut(text, len, width > 0 ? (size_t)width : 0, c->ascii, NULL);
	size_t cut = fits;

	if (fits == len || !fits)
		return len;
	while (cut && text[cut] != ' ')
		cut--;
	return cut ? cut : fits;
}

void canvas_fill(struct canvas *c, int row, int col, int width, enum role role, uint32_t code)
{
	if (col < 0) {
		width += col;
		col = 0;
	}
	if (width > c->cols - col)
		width = c->cols - col;
	for (int i = 0; i < width; i++)
		put(c, row, col + i, role, code, 1);
}

static const struct {
	uint32_t unicode;
	uint32_t ascii;
} lines[LINE_COUNT] = {
	[LINE_HORIZONTAL] = { 0x2500, '-' },	[LINE_VERTICAL] = { 0x2502, '|' },
	[LINE_TOP_LEFT] = { 0x256d, '+' },	[LINE_TOP_RIGHT] = { 0x256e, '+' },
	[LINE_BOTTOM_LEFT] = { 0x2570, '+' },	[LINE_BOTTOM_RIGHT] = { 0x256f, '+' },
	[LINE_TEE_LEFT] = { 0x2524, '+' },	[LINE_TEE_RIGHT] = { 0x251c, '+' },
	[LINE_TEE_UP] = { 0x2534, '+' },	[LINE_TEE_DOWN] = { 0x252c, '+' },
	[LINE_ARROW_LEFT] = { 0x25c4, '<' },	[LINE_ARROW_RIGHT] = { 0x25ba, '>' },
	[LINE_ARROW_UP] = { 0x25b2, '^' },	[LINE_ARROW_DOWN] = { 0x25bc, 'v' },
	[LINE_DOTTED] = { 0x2506, ':' },
};

void canvas_line(struct canvas *c, int row, int col, enum role role, enum line line)
{
	put(c, row, col, role, c->ascii ? lines[line].ascii : lines[line].unicode, 1);
}

static uint32_t line_code(const struct canvas *c, enum line line)
{
	return c->ascii ? lines[line].ascii : lines[line].unicode;
}

void canvas_box(struct canvas *c, int row, int col, int rows, int cols, enum role role)
{
	int bottom = row + rows - 1;
	int right = col + cols - 1;

	if (rows < 2 || cols < 2)
		return;
	canvas_fill(c, row, col + 1, cols - 2, role, line_code(c, LINE_HORIZONTAL));
	canvas_fill(c, bottom, col + 1, cols - 2, role, line_code(c, LINE_HORIZONTAL));
	for (int r = row + 1; r < bottom; r++) {
		canvas_line(c, r, col, role, LINE_VERTICAL);
		canvas_line(c, r, right, role, LINE_VERTICAL);
	}
	canvas_line(c, row, col, role, LINE_TOP_LEFT);
	canvas_line(c, row, right, role, LINE_TOP_RIGHT);
	canvas_line(c, bottom, col, role, LINE_BOTTOM_LEFT);
	canvas_line(c, bottom, right, role, LINE_BOTTOM_RIGHT);
}

#define LEVELS 8

/* @level eighths of a full cell, from the bottom. */
static uint32_t level_code(const struct canvas *c, unsigned int level)
{
	static const char ascii[LEVELS + 1] = { ' ', '_', '.', '-', '~', '=', '+', '*', '#' };

	if (c->ascii)
		return (uint32_t)ascii[level];
	return level ? 0x2580 + level : ' ';
}

/* @value on a scale of @steps, rounded down, but at least 1 when there is something. */
static unsigned int level_of(uint32_t value, uint32_t top, unsigned int steps)
{
	uint64_t level;

	if (!value || !top)
		return 0;
	level = (uint64_t)value * steps / top;
	if (level > steps)
		level = steps;
	return level ? (unsigned int)level : 1;
}

void canvas_spark(struct canvas *c, int row, int col, int width, enum role role,
		  const uint32_t *values, uint32_t top)
{
	canvas_chart(c, row, col, 1, width, role, values, top);
}

void canvas_chart(struct canvas *c, int row, int col, int rows, int width, enum role role,
		  const uint32_t *values, uint32_t top)
{
	for (int i = 0; i < width; i++) {
		unsigned int level = values[i] == SPARK_GAP ? 0 :
				     level_of(values[i], top, LEVELS * (unsigned int)rows);

		for (int r = rows - 1; r >= 0; r--) {
			unsigned int here = level > LEVELS ? LEVELS : level;

			put(c, row + r, col + i, here ? role : ROLE_TEXT, level_code(c, here), 1);
			level -= here;
		}
	}
}

void canvas_gauge(struct canvas *c, int row, int col, int width, enum role role, uint64_t part,
		  uint64_t whole)
{
	int full;

	if (!whole || width <= 0)
		return;
	if (part > whole)
		part = whole;
	full = (int)((double)part / (double)whole * width);
	if (part && !full)
		full = 1;
	canvas_fill(c, row, col, full, role, c->ascii ? '#' : 0x2593);
	canvas_fill(c, row, col + full, width - full, role, c->ascii ? '.' : 0x2591);
}

void canvas_select(struct canvas *c, int row, int col, int width)
{
	for (int i = 0; i < width; i++) {
		struct cell *cell = cell_at(c, row, col + i);

		if (cell)
			cell->selected = true;
	}
}

void canvas_role(struct canvas *c, int row, int col, int width, enum role role)
{
	for (int i = 0; i < width; i++) {
		struct cell *cell = cell_at(c, row, col + i);

		if (cell)
			cell->role = (uint8_t)role;
	}
}

size_t canvas_row_max(const struct canvas *c)
{
	return (size_t)c->cols * (1 + CELL_MARKS_MAX) * UTF8_BYTES_MAX + 1;
}

static bool cell_blank(const struct cell *cell)
{
	return cell->code == ' ' && !cell->marks[0];
}

size_t canvas_row(const struct canvas *c, int row, char *out, size_t size)
{
	const struct cell *cells = cell_at(c, row, 0);
	size_t used = 0;
	int end = c->cols;

	while (cells && end && cell_blank(&cells[end - 1]))
		end--;
	for (int col = 0; cells && col < end; col++) {
		if (!cells[col].cells)
			continue;
		if (size - used <= (1 + CELL_MARKS_MAX) * UTF8_BYTES_MAX)
			break;
		used += utf8_encode(out + used, cells[col].code);
		for (size_t i = 0; i < CELL_MARKS_MAX && cells[col].marks[i]; i++)
			used += utf8_encode(out + used, cells[col].marks[i]);
	}
	out[used] = '\0';
	return used;
}
