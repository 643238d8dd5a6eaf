/*
 * Every view and mode at sizes from nothing to 300x100, with names that want to spoil
 * the screen: what must hold of each drawing, whatever is on it.
 */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_world.h"

static struct world world;

/* Escape sequences, malformed UTF-8, wide characters, marks, text from right to left. */
static const char *const names[] = {
	"\033[2J\033[31mevil\a\b\r\n\t\x7f",
	"\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80",
	"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"
	"\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97",
	"a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86 \xcc\x81",
	"\xe2\x80\xae" "desrever\xe2\x80\x8f\xe2\x81\xa6",
	"a name that is longer than any column of any table could ever be made to hold, wide "
	"as the screen may be, and then some more of it for good measure: end",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static void complete(void *context, struct row *row)
{
	(void)context;
	row->process = names[row->sock->cookie % NAMES];
	row->user = names[(row->sock->cookie + 1) % NAMES];
	row->unit = names[(row->sock->cookie + 2) % NAMES];
	row->cgroup_path = names[(row->sock->cookie + 3) % NAMES];
}

static void rename_cell(void *context, const struct row *row, struct value *cell)
{
	(void)context;
	if (cell->kind == VALUE_ENDPOINT || cell->kind == VALUE_ADDRESS)
		*cell = value_string(names[(row->sock->cookie + cell->endpoint->port) % NAMES]);
}

static int set_up(void **state)
{
	static const struct ui_trouble troubles[] = {
		{ .critical = true, .title = "CLOSE-WAIT", .subject = "\033[2J\xe6\xbc\xa2",
		  .evidence = "790 for over 60 s", .meaning = "It has not closed them.",
		  .remedy = "Call close()." },
		{ .title = "backlog", .subject = "\xff\xff", .evidence = "511 of 511",
		  .meaning = "It is full.", .remedy = "Accept faster." },
	};

	(void)state;
	world_init(&world, NULL);
	world.source.complete = complete;
	world.data.rename = rename_cell;
	world.data.troubles = (struct ui_troubles){ .list = troubles, .count = 2 };
	world.data.host = names[2];
	world_run(&world, 12);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static const struct cell *cell_at(int row, int col)
{
	return &world.canvas.cells[row * world.canvas.cols + col];
}

/* No half of a wide character is alone, and nothing acts on a terminal. */
static void check_cells(void)
{
	for (int row = 0; row < world.canvas.rows; row++) {
		for (int col = 0; col < world.canvas.cols; col++) {
			const struct cell *cell = cell_at(row, col);

			if (cell->cells == 2)
				assert_true(col + 1 < world.canvas.cols &&
					    cell_at(row, col + 1)->cells == 0);
			if (cell->cells == 0)
				assert_true(col && cell_at(row, col - 1)->cells == 2);
			else
				assert_true(cell->code >= 0x20 &&
					    (cell->code < 0x7f || cell->code >= 0xa0));
			assert_false(cell->code >= 0x202a && cell->code <= 0x202e);
			assert_false(cell->code >= 0x2066 && cell->code <= 0x2069);
			assert_true(!world.canvas.ascii || cell->code < 0x7f);
		}
	}
}

/* The last row belongs to the keys, and each that can be pressed is drawn there. */
static void check_keys(void)
{
	int last = world.canvas.rows - 1;

	for (int col = 0; col < world.canvas.cols; col++) {
		const struct cell *cell = cell_at(last, col);

		if (cell->code != ' ')
			assert_true(cell->role == ROLE_KEY || cell->role == ROLE_KEY_LABEL);
		assert_false(cell->selected);
	}
}

/* What can be pressed lies on the screen. */
static void check_spots(void)
{
	assert_true(world.ui.spot_count < UI_SPOTS_MAX);
	for (size_t i = 0; i < world.ui.spot_count; i++) {
		const struct area *a = &world.ui.spots[i].area;

		assert_true(a->row >= 0 && a->row < world.canvas.rows && a->rows >= 0);
		assert_true(a->col >= 0 && a->col < world.canvas.cols && a->cols >= 0);
		assert_true(a->row + a->rows <= world.canvas.rows);
	}
}

/* One row is selected where a list, a menu or a table has any. */
static void check_selected(const char *what)
{
	const struct list *list = world.ui.view->list ? world.ui.view->list(&world.ui) : NULL;
	unsigned int rows = 0;

	for (int row = 0; row < world.canvas.rows; row++)
		rows += cell_at(row, 0)->selected;
	if (world.ui.mode == &mode_view && list && list->count && list->page && rows != 1)
		fail_msg("%s at %dx%d: %u rows are selected", what, world.canvas.cols,
			 world.canvas.rows, rows);
	assert_true(rows <= 1);
}

static void check_size(const char *what, int rows, int cols)
{
	world_draw(&world, rows, cols);
	check_cells();
	if (rows < 10 || cols < 40)
		return;
	check_keys();
	check_spots();
	check_selected(what);
}

static void check_sizes(const char *what)
{
	static const int heights[] = { 1,  2,  3,  9,  10, 11, 12, 13,
				       15, 17, 20, 24, 31, 40, 60, 100 };
	static const int widths[] = { 1, 2, 7, 39, 40, 41, 43, 50, 59, 60, 61, 72, 79, 80, 81, 97,
				      100, 119, 120, 133, 160, 200, 255, 300 };

	for (size_t i = 0; i < sizeof(heights) / sizeof(heights[0]); i++)
		for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]); j++)
			check_size(what, heights[i], widths[j]);
}

/* Keys that lead to each mode from a view, and back. */
static const struct {
	const char *there;
	const char *back;
} modes[] = {
	{ "1", "1" },
	{ "1 G", "1" },
	{ "1 Enter", "Esc" },
	{ "1 ?", "Esc" },
	{ "1 F2 End", "Esc" },
	{ "1 F6 End", "Esc" },
	{ "1 S", "Esc" },
	{ "1 / x", "Esc" },
	{ "1 F4 s t a t e Space x Enter", "Esc" },
	{ "1 W a Left", "Esc" },
	{ "1 s 1", "Esc" },
	{ "1 Space Space Space F9", "Esc U" },
	{ "1 c", "Esc" },
	{ "1 c Left ] Left", "Esc" },
	{ "1 Enter W b", "Esc Esc" },
	{ "2", "2" },
	{ "2 Down Right", "2" },
	{ "3", "3" },
	{ "3 G", "3" },
	{ "3 F6", "Esc" },
	{ "3 > > > I", "3" },
	{ "4", "4" },
	{ "4 F5 G", "4" },
	{ "4 F2 Down Space", "Esc" },
	{ "5", "5" },
	{ "5 > G", "5" },
	{ "6", "6" },
	{ "6 j j", "6" },
	{ "6 G", "6" },
	{ "1 v o Z", "Z v v o" },
};

static void check_modes(void)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		world_press(&world, modes[i].there);
		if (world.ui.awaiting)
			world_run(&world, 1);
		check_sizes(modes[i].there);
		world_press(&world, modes[i].back);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	check_modes();
}

static void test_names(void **state)
{
	(void)state;
	world_press(&world, "R");
	check_modes();
}

static void test_ascii(void **state)
{
	(void)state;
	world.canvas.ascii = true;
	check_modes();
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_numbers),
		CASE(test_names),
		CASE(test_ascii),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
