/*
 * Draws the views of an invented host as pictures (SVG), for the README.
 *
 *     screenshots FOLDER
 *
 * The data and the keys are the same each time, so the pictures are too.  To add
 * one: a row in shots[]; each view of the table of views has one by itself.
 */
#include "config.h"

#include <ctype.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "tests/unit/ui_world.h"
#include "ui/theme.h"
#include "ui/views.h"

#define ROWS 32
#define COLS 110
#define CELL_WIDTH 8
#define CELL_HEIGHT 17
#define BASELINE 13
#define MARGIN 8

/* The terminal's own colours, where a theme has none. */
#define PAPER 0x16181d
#define INK 0xd8dadf

static const struct {
	const char *name;
	const char *keys;
} shots[] = {
	{ "chart", "c PgUp" },
	{ "detail", "End Up Up Enter" },
	{ "columns", "F2" },
	{ "help", "?" },
};

/* How a run of cells looks. */
struct paint {
	uint32_t front;
	uint32_t back;
	uint8_t attributes; /* enum look_attribute */
};

static uint32_t colour_of(int16_t colour, uint32_t own)
{
	return colour ? colour_rgb(colour - 1) : own;
}

static struct paint paint_of(const struct cell *cell)
{
	size_t count;
	const struct theme *theme = themes_all(&count);
	const struct look *look = &theme->look[cell->role];
	struct paint p = { colour_of(look->front, INK), colour_of(look->back, PAPER),
			   look->attributes };

	if (cell->selected)
		p = (struct paint){ colour_of(theme->look[ROLE_SELECTED].front, INK),
				    colour_of(theme->look[ROLE_SELECTED].back, PAPER),
				    theme->look[ROLE_SELECTED].attributes };
	if (p.attributes & LOOK_REVERSE)
		p = (struct paint){ p.back, p.front, p.attributes };
	return p;
}

static bool same_paint(const struct paint *a, const struct paint *b)
{
	return a->front == b->front && a->back == b->back && a->attributes == b->attributes;
}

/* Directions in which a character of the box-drawing block has arms. */
enum arm { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 };

static unsigned int arms_of(uint32_t code)
{
	static const struct {
		uint16_t code;
		uint8_t arms;
	} all[] = {
		{ 0x2500, LEFT | RIGHT },      { 0x2502, UP | DOWN },
		{ 0x256d, RIGHT | DOWN },      { 0x256e, LEFT | DOWN },
		{ 0x256f, LEFT | UP },	       { 0x2570, RIGHT | UP },
		{ 0x2524, LEFT | UP | DOWN },  { 0x251c, RIGHT | UP | DOWN },
		{ 0x2534, LEFT | RIGHT | UP }, { 0x252c, LEFT | RIGHT | DOWN },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].code == code)
			return all[i].arms;
	return 0;
}

/* Drawn as shapes: fonts leave gaps between lines of text. */
static bool is_shape(uint32_t code)
{
	return arms_of(code) || (code >= 0x2581 && code <= 0x2588);
}

static int left_of(int col)
{
	return MARGIN + col * CELL_WIDTH;
}

static int top_of(int row)
{
	return MARGIN + row * CELL_HEIGHT;
}

static void put_rect(FILE *f, int x, int y, int width, int height, uint32_t fill)
{
	fprintf(f, "<path fill=\"#%06x\" d=\"M%d %dh%dv%dh-%dz\"/>\n", fill, x, y, width, height,
		width);
}

/* @count cells of the same shape beside one another. */
static void put_shape(FILE *f, int row, int col, int count, uint32_t code, uint32_t fill)
{
	int x = left_of(col);
	int y = top_of(row);
	unsigned int arms = arms_of(code);
	int half = CELL_WIDTH / 2;
	int middle = CELL_HEIGHT / 2;

	if (!arms) {
		int height = (int)(code - 0x2580) * CELL_HEIGHT / 8;

		put_rect(f, x, y + CELL_HEIGHT - height, count * CELL_WIDTH, height, fill);
		return;
	}
	if (arms == (LEFT | RIGHT)) {
		put_rect(f, x, y + middle, count * CELL_WIDTH, 1, fill);
		return;
	}
	for (int i = 0; i < count; i++, x += CELL_WIDTH) {
		if (arms & LEFT)
			put_rect(f, x, y + middle, half, 1, fill);
		if (arms & RIGHT)
			put_rect(f, x + half, y + middle, half, 1, fill);
		if (arms & UP)
			put_rect(f, x + half, y, 1, middle + 1, fill);
		if (arms & DOWN)
			put_rect(f, x + half, y + middle, 1, CELL_HEIGHT - middle, fill);
	}
}

static void put_character(FILE *f, uint32_t code)
{
	char bytes[UTF8_BYTES_MAX];

	if (code == '&')
		fputs("&amp;", f);
	else if (code == '<')
		fputs("&lt;", f);
	else
		fwrite(bytes, 1, utf8_encode(bytes, code), f);
}

static void put_text(FILE *f, const struct cell *cells, int row, int col, int count,
		     const struct paint *p)
{
	while (count && cells[col].code == ' ')
		col++, count--;
	while (count && cells[col + count - 1].code == ' ')
		count--;
	if (!count)
		return;
	fprintf(f, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"", left_of(col),
		top_of(row) + BASELINE, count * CELL_WIDTH);
	if (p->front != INK)
		fprintf(f, " fill=\"#%06x\"", p->front);
	if (p->attributes & LOOK_BOLD)
		fputs(" font-weight=\"bold\"", f);
	fputc('>', f);
	for (int i = 0; i < count; i++)
		put_character(f, cells[col + i].code);
	fputs("</text>\n", f);
}

static bool joins(const struct cell *a, const struct cell *b)
{
	struct paint pa = paint_of(a);
	struct paint pb = paint_of(b);

	if (!same_paint(&pa, &pb) || is_shape(a->code) != is_shape(b->code))
		return false;
	/* fonts differ in width: texts that lie apart have their own places */
	if (b->code != ' ' && b[-1].code == ' ' && (&b[-1] == a || b[-2].code == ' '))
		return false;
	return !is_shape(a->code) || a->code == b->code;
}

static void put_run(FILE *f, const struct cell *cells, int row, int col, int count)
{
	struct paint p = paint_of(&cells[col]);

	if (p.back != PAPER)
		put_rect(f, left_of(col), top_of(row), count * CELL_WIDTH, CELL_HEIGHT, p.back);
	if (p.attributes & LOOK_UNDERLINE)
		put_rect(f, left_of(col), top_of(row) + BASELINE + 2, count * CELL_WIDTH, 1,
			 p.front);
	if (is_shape(cells[col].code))
		put_shape(f, row, col, count, cells[col].code, p.front);
	else
		put_text(f, cells, row, col, count, &p);
}

static void put_canvas(FILE *f, const struct canvas *c)
{
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13.3\" "
		"fill=\"#%06x\" xml:space=\"preserve\">\n",
		2 * MARGIN + c->cols * CELL_WIDTH, 2 * MARGIN + c->rows * CELL_HEIGHT, INK);
	fprintf(f, "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"#%06x\"/>\n", PAPER);
	for (int row = 0; row < c->rows; row++) {
		const struct cell *cells = &c->cells[row * c->cols];
		int end;

		for (int col = 0; col < c->cols; col = end) {
			end = col + 1;
			while (end < c->cols && joins(&cells[col], &cells[end]))
				end++;
			put_run(f, cells, row, col, end - col);
		}
	}
	fputs("</svg>\n", f);
}

/* Press @keys in a fresh view of the host, and draw it. */
static int shoot(const char *folder, const char *name, const char *keys)
{
	struct world world;
	char path[4096];
	FILE *f;
	int failed;

	snprintf(path, sizeof(path), "%s/%s.svg", folder, name);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		return -1;
	}
	world_init(&world, NULL);
	world_run(&world, 70);
	world.clients = 48;
	world_run(&world, 25);
	world.clients = 36;
	world_run(&world, 15);
	world_draw(&world, ROWS, COLS);
	while (*keys) {
		char key[16];

		snprintf(key, sizeof(key), "%.*s", (int)strcspn(keys, " "), keys);
		keys += strcspn(keys, " ");
		keys += strspn(keys, " ");
		world_press(&world, key);
		world_draw(&world, ROWS, COLS);
	}
	put_canvas(f, &world.canvas);
	world_fini(&world);
	failed = ferror(f);
	if (fclose(f) || failed) {
		perror(path);
		return -1;
	}
	return 0;
}

static int shoot_views(const char *folder)
{
	size_t count;
	const struct view_class *views = views_all(&count);
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		char name[32];
		char key[2] = { (char)('1' + i), '\0' };

		snprintf(name, sizeof(name), "%s", views[i].name);
		name[0] = (char)tolower((unsigned char)name[0]);
		failed |= shoot(folder, name, key);
	}
	return failed;
}

int main(int argc, char **argv)
{
	int failed;

	if (argc != 2) {
		fprintf(stderr, "usage: screenshots FOLDER\n");
		return 2;
	}
	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	failed = shoot_views(argv[1]);
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		failed |= shoot(argv[1], shots[i].name, shots[i].keys);
	return failed ? 1 : 0;
}
