/* The mouse: presses on what is drawn, and the wheel. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "ui/groups.h"
#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_world.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	world_run(&world, 40);
	world_draw(&world, 40, 120);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

/* Press the first cell that shows @text, in row @row or anywhere (-1). */
static void click(int row, const char *text)
{
	char line[4096];
	const char *found;

	if (row < 0)
		row = world_find(&world, text);
	assert_true(row >= 0);
	world_row(&world, row, line, sizeof(line));
	found = strstr(line, text);
	assert_non_null(found);
	ui_mouse(&world.ui, PRESS_CLICK, row, (int)utf8_cells(line, (size_t)(found - line), false));
	world_draw(&world, 40, 120);
}

static void selected(char *out, size_t size)
{
	out[0] = '\0';
	for (int row = 0; row < world.canvas.rows; row++)
		if (world.canvas.cells[row * world.canvas.cols].selected)
			world_row(&world, row, out, size);
}

static void test_row(void **state)
{
	char line[1024];

	(void)state;
	click(-1, "192.0.2.9:50009");
	selected(line, sizeof(line));
	assert_non_null(strstr(line, "192.0.2.9:50009"));
	assert_ptr_equal(world.ui.mode, &mode_view);
	click(-1, "192.0.2.9:50009");
	assert_ptr_equal(world.ui.mode, &mode_detail);
}

static void test_first_row_opens_at_the_second_press(void **state)
{
	(void)state;
	click(-1, "0.0.0.0:443");
	assert_ptr_equal(world.ui.mode, &mode_view);
	click(-1, "0.0.0.0:443");
	assert_ptr_equal(world.ui.mode, &mode_detail);
}

static void test_heading(void **state)
{
	(void)state;
	click(-1, "PEER");
	assert_string_equal(world.ui.sort.key[0].column->field.name, "peer");
	assert_false(world.ui.sort.key[0].descending);
	click(-1, "PEER");
	assert_true(world.ui.sort.key[0].descending);
	click(-1, "PEER");
	assert_false(world.ui.sort.key[0].descending);
}

static void test_tab(void **state)
{
	(void)state;
	click(-1, "2 Lifecycle");
	assert_string_equal(world.ui.view->name, "Lifecycle");
	click(-1, "1 Connections");
	assert_string_equal(world.ui.view->name, "Connections");
}

/* The state that a press of that cell of the panel chooses is written at or before it. */
static bool press_chooses(int row, int col)
{
	char line[4096];
	const char *found;

	world.ui.only = 0;
	world_draw(&world, 40, world.canvas.cols);
	world_row(&world, row, line, sizeof(line));
	ui_mouse(&world.ui, PRESS_CLICK, row, col);
	if (!world.ui.only)
		return false;
	found = strstr(line, state_name((enum state)__builtin_ctz(world.ui.only), DIALECT_RFC));
	assert_non_null(found);
	assert_true((int)utf8_cells(line, (size_t)(found - line), false) <= col + 1);
	return true;
}

static int press_panel(int cols)
{
	int chosen = 0;

	world_draw(&world, 40, cols);
	for (int row = 1; row < 1 + panel_rows(&world.ui, cols, true); row++)
		for (int col = 0; col < cols; col++)
			chosen += press_chooses(row, col);
	return chosen;
}

/* In each layout of the panel. */
static void test_every_entry_of_the_panel(void **state)
{
	(void)state;
	assert_true(press_panel(80) > 0);
	assert_true(press_panel(120) > 0);
	assert_true(press_panel(200) > 0);
}

static void test_key_bar(void **state)
{
	(void)state;
	click(39, "Help");
	assert_ptr_equal(world.ui.mode, &mode_help);
	click(39, "F10");
	assert_ptr_equal(world.ui.mode, &mode_view);
	click(39, "F10");
	assert_true(world.ui.request.quit);
}

static void test_panel(void **state)
{
	(void)state;
	click(-1, "CLOSE-WAIT");
	assert_int_equal(world.ui.only, STATE_BIT(STATE_CLOSE_WAIT));
	click(-1, "CLOSE-WAIT");
	assert_int_equal(world.ui.only, 0);
	world_press(&world, "c");
	world_draw(&world, 40, 120);
	click(-1, "TIME-WAIT");
	assert_int_equal(world.ui.chart_state, STATE_TIME_WAIT);
}

/* Keys may come before the screen shows what the one before them did. */
static void test_what_is_not_there_any_more_is_not_pressed(void **state)
{
	int row;

	(void)state;
	world_press(&world, "3");
	world_draw(&world, 40, 120);
	row = world_find(&world, "0.0.0.0:443");
	assert_true(row > 0);
	world_press(&world, "2");
	ui_mouse(&world.ui, PRESS_CLICK, row, 5);
	assert_string_equal(world.ui.view->name, "Lifecycle");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

static void test_boxes(void **state)
{
	int row;

	(void)state;
	world_press(&world, "2");
	world_draw(&world, 40, 120);
	for (row = 39; row > 8; row--) {
		char line[4096];

		world_row(&world, row, line, sizeof(line));
		if (strstr(line, "CLOSE-WAIT"))
			break;
	}
	click(row, "CLOSE-WAIT");
	assert_int_equal(world.ui.box, STATE_CLOSE_WAIT);
	assert_string_equal(world.ui.view->name, "Lifecycle");
	click(row, "CLOSE-WAIT");
	assert_string_equal(world.ui.view->name, "Connections");
	assert_int_equal(world.ui.only, STATE_BIT(STATE_CLOSE_WAIT));
}

/* The panel is above every page: it leads to another state, or leaves the list as it is. */
static void test_panel_above_a_page(void **state)
{
	static const char *const pages[] = { "1 Enter", "1 ?", "1 F6", "2 i" };

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const struct mode_class *mode;

		world_press(&world, "Esc Esc");
		world_press(&world, pages[i]);
		world_draw(&world, 40, 120);
		mode = world.ui.mode;
		assert_ptr_not_equal(mode, &mode_view);
		click(world_find(&world, "SYN-SENT "), "SYN-SENT");
		assert_ptr_equal(world.ui.mode, mode);
		if (world.ui.only)
			fail_msg("%s: other rows are listed under it", pages[i]);
		if (mode == &mode_explain)
			assert_int_equal(world.ui.box, STATE_SYN_SENT);
	}
}

static void test_sort_menu(void **state)
{
	(void)state;
	world_press(&world, "F6");
	world_draw(&world, 40, 120);
	click(-1, "recv_q");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_string_equal(world.ui.sort.key[0].column->field.name, "recv_q");
}

static void test_wheel(void **state)
{
	(void)state;
	ui_mouse(&world.ui, PRESS_WHEEL_DOWN, 20, 5);
	assert_int_equal(world.ui.list.top, 3);
	ui_mouse(&world.ui, PRESS_WHEEL_UP, 20, 5);
	assert_int_equal(world.ui.list.top, 0);
	world_press(&world, "?");
	ui_mouse(&world.ui, PRESS_WHEEL_DOWN, 20, 5);
	assert_int_equal(world.ui.help_top, 3);
}

static void test_a_prompt_is_left_alone(void **state)
{
	(void)state;
	world_press(&world, "s");
	ui_mouse(&world.ui, PRESS_WHEEL_DOWN, 20, 5);
	click(-1, "CLOSE-WAIT");
	assert_ptr_equal(world.ui.mode, &mode_interval);
	assert_int_equal(world.ui.only, 0);
}

/* The first press selects a row, the second one lists its connections. */
static void test_rows_of_views(void **state)
{
	static const struct {
		const char *key;
		const char *text;
	} views[] = { { "3", "127.0.0.1:9000" }, { "4", "java[3121]" }, { "5", "192.0.2.9" } };

	(void)state;
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		char line[1024];

		world_press(&world, views[i].key);
		world_run(&world, 1);
		world_draw(&world, 40, 120);
		click(-1, views[i].text);
		selected(line, sizeof(line));
		assert_non_null(strstr(line, views[i].text));
		assert_string_not_equal(world.ui.view->name, "Connections");
		click(-1, views[i].text);
		assert_string_equal(world.ui.view->name, "Connections");
		assert_int_not_equal(world.ui.within.kind, WITHIN_ALL);
		world_press(&world, "a");
	}
}

static void test_rows_of_health(void **state)
{
	static const struct counters counters = { .taken_ns = 1 };
	char line[1024];

	(void)state;
	world.data.counters = &counters;
	world_run(&world, 1);
	world_press(&world, "6");
	world_draw(&world, 40, 120);
	click(-1, "listen_overflows");
	selected(line, sizeof(line));
	assert_non_null(strstr(line, "listen_overflows"));
}

static void test_tab_counts_what_it_shows(void **state)
{
	(void)state;
	click(-1, "4 Processes");
	world_run(&world, 1);
	world_draw(&world, 40, 120);
	assert_true(world_find(&world, "nginx[812]") > 0);
	click(-1, "3 Listeners");
	assert_true(world_find(&world, "127.0.0.1:9000") > 0);
}

/* The row of the first group in the order of the screen. */
static void first_row(char *out, size_t size)
{
	int heading = world_find(&world, "SOCKETS");

	assert_true(heading > 0);
	world_row(&world, heading + 1, out, size);
}

static void test_headings_of_views(void **state)
{
	char line[1024];

	(void)state;
	world_press(&world, "4");
	world_run(&world, 1);
	world_draw(&world, 40, 120);
	click(world_find(&world, "SOCKETS"), "CLOSE-W");
	first_row(line, sizeof(line));
	assert_non_null(strstr(line, "java[3121]"));
	click(world_find(&world, "SOCKETS"), "ESTAB");
	first_row(line, sizeof(line));
	assert_non_null(strstr(line, "nginx[812]"));
	click(world_find(&world, "SOCKETS"), "ESTAB");
	first_row(line, sizeof(line));
	assert_null(strstr(line, "nginx[812]"));
	world_press(&world, "3");
	world_draw(&world, 40, 120);
	click(-1, "CHILDREN");
	assert_true(world_find(&world, "0.0.0.0:443") < world_find(&world, "127.0.0.1:9000"));
	click(-1, "CHILDREN");
	assert_true(world_find(&world, "0.0.0.0:443") > world_find(&world, "127.0.0.1:9000"));
	/* another tick, the same order */
	world_run(&world, 1);
	world_draw(&world, 40, 120);
	assert_true(world_find(&world, "0.0.0.0:443") > world_find(&world, "127.0.0.1:9000"));
}

static void test_wheel_in_views(void **state)
{
	(void)state;
	world_press(&world, "5");
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	ui_mouse(&world.ui, PRESS_WHEEL_DOWN, 15, 5);
	assert_int_equal(world.ui.peers->list.top, 3);
	ui_mouse(&world.ui, PRESS_WHEEL_UP, 15, 5);
	assert_int_equal(world.ui.peers->list.top, 0);
}

static void test_states_menu(void **state)
{
	int row;

	(void)state;
	world_press(&world, "S");
	world_draw(&world, 40, 120);
	row = world_find(&world, "Show only");
	ui_mouse(&world.ui, PRESS_CLICK, row + 1, 8);
	ui_mouse(&world.ui, PRESS_CLICK, row + 7, 8);
	assert_int_equal(world.ui.only, STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_CLOSE_WAIT));
	ui_mouse(&world.ui, PRESS_CLICK, row + 1, 8);
	assert_int_equal(world.ui.only, STATE_BIT(STATE_CLOSE_WAIT));
}

/* Nowhere on or beside the screen does a press do harm. */
static void test_everywhere(void **state)
{
	static const char *const keys[] = { "1", "2",   "?", "Esc",  "F6",
					    "Esc", "c", "Esc", "Enter" };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (int row = -1; row <= 40; row++) {
			for (int col = -1; col <= 120; col += 3) {
				world_press(&world, keys[i]);
				world_draw(&world, 40, 120);
				ui_mouse(&world.ui, PRESS_CLICK, row, col);
				col += row % 5 ? 40 : 0;
			}
		}
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_row),
		CASE(test_first_row_opens_at_the_second_press),
		CASE(test_heading),
		CASE(test_tab),
		CASE(test_every_entry_of_the_panel),
		CASE(test_key_bar),
		CASE(test_panel),
		CASE(test_what_is_not_there_any_more_is_not_pressed),
		CASE(test_boxes),
		CASE(test_panel_above_a_page),
		CASE(test_sort_menu),
		CASE(test_wheel),
		CASE(test_a_prompt_is_left_alone),
		CASE(test_rows_of_views),
		CASE(test_rows_of_health),
		CASE(test_tab_counts_what_it_shows),
		CASE(test_headings_of_views),
		CASE(test_wheel_in_views),
		CASE(test_states_menu),
		CASE(test_everywhere),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
