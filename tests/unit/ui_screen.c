/* The live view without a terminal: keys by name, screens as text. */
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
#include "ui/listeners.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static void check_golden(const char *name, int rows, int cols)
{
	golden_check(&world, name, rows, cols);
}

static void check_golden_sizes(const char *name)
{
	golden_check_sizes(&world, name);
}

static void test_golden_connections(void **state)
{
	(void)state;
	world_run(&world, 40);
	check_golden_sizes("connections");
	check_golden("connections", 10, 40);
	check_golden("connections", 9, 40);
}

static void test_golden_before_the_first_poll(void **state)
{
	(void)state;
	ui_update(&world.ui, &world.data);
	check_golden("start", 24, 80);
}

static void test_golden_help(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "?");
	check_golden_sizes("help");
	world_press(&world, "?");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

static void test_golden_sort_menu(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "F6 Down");
	check_golden("sort", 24, 80);
}

static void test_golden_filter(void **state)
{
	(void)state;
	world_run(&world, 40);
	world_press(&world, "F4 s t a t e Space x Enter");
	check_golden("filter-wrong", 24, 80);
	world_press(&world, "Backspace l i s t e n Enter");
	check_golden("filter", 24, 80);
}

static void test_golden_detail(void **state)
{
	(void)state;
	world_run(&world, 40);
	world_press(&world, "End Up Enter");
	check_golden_sizes("detail");
}

static void test_golden_lifecycle(void **state)
{
	(void)state;
	world_run(&world, 42);
	world_press(&world, "2 Right");
	check_golden_sizes("lifecycle");
	check_golden("lifecycle", 20, 50);
}

static void test_golden_ascii(void **state)
{
	(void)state;
	world.canvas.ascii = true;
	world_run(&world, 40);
	check_golden("ascii", 24, 80);
}

static void test_golden_trouble(void **state)
{
	(void)state;
	world.data.source_name = "netlink, procfs (raw)";
	world.data.source_why = "/proc/net is read for raw: the kernel refuses it";
	world.data.interval_ms = 1000;
	world.data.real_interval_ms = 4000;
	world_run(&world, 3);
	check_golden("procfs", 24, 80);
}

/* What was not seen is never rounded away, and what could not be told is said. */
static void test_share_that_was_seen(void **state)
{
	struct ui_rates *rates = &world.data.rates;
	static const struct {
		struct ui_rates rates;
		const char *text;
	} rows[] = {
		{ { .seen_known = true, .events = true, .seen = 1 }, " seen 100% " },
		{ { .seen_known = true, .events = true, .seen = 0.99951 }, " seen 99.9% " },
		{ { .seen_known = true, .events = true, .seen = 0.29, .losses = 3 },
		  " seen 29%  events lost 3x " },
		{ { .seen_known = true, .events = true, .seen = 1, .unconfirmed = 70 },
		  " seen 100%  unconfirmed 70 " },
		{ { .events = false }, " seen by polling - " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		*rates = rows[i].rates;
		world_run(&world, 1);
		world_draw(&world, 40, 120);
		assert_int_not_equal(world_find(&world, rows[i].text), -1);
	}
}

/* Every state of RFC 793 that Linux counts is on the screen, zeros included. */
static void test_panel_has_every_state(void **state)
{
	(void)state;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	for (unsigned int s = 0; s < STATE_COUNT; s++) {
		const struct state_info *info = state_info((enum state)s);

		if (info->scope == SCOPE_TCP && s != STATE_CLOSED)
			assert_int_not_equal(world_find(&world, info->name), -1);
	}
	assert_int_not_equal(world_find(&world, "UNCONNECTED"), -1);
}

/* The line of the selected row. */
static void selected_line(char *out, size_t size)
{
	out[0] = '\0';
	for (int row = 0; row < world.canvas.rows; row++)
		if (world.canvas.cells[row * world.canvas.cols].selected)
			world_row(&world, row, out, size);
}

static void assert_selected(const char *text)
{
	char line[1024];

	selected_line(line, sizeof(line));
	if (!strstr(line, text))
		fail_msg("'%s' is selected, not '%s'", line, text);
}

static void test_selection_follows_the_socket(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "/ 9 8 . 5 1 . 1 0 0 . 4 : Enter");
	world_draw(&world, 24, 80);
	assert_selected("198.51.100.4:40004");
	/* three more CLOSE-WAIT rows and other clients change all the ranks */
	world.clients = 60;
	world_run(&world, 9);
	world_draw(&world, 24, 80);
	assert_selected("198.51.100.4:40004");
	world_press(&world, "I");
	world_draw(&world, 24, 80);
	assert_selected("198.51.100.4:40004");
}

static void test_gone_row_stays_one_tick(void **state)
{
	int row;
	char line[1024];

	(void)state;
	world_run(&world, 10);
	world.clients = 5;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "192.0.2.4:50004"), -1);
	world.clients = 4;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	row = world_find(&world, "192.0.2.4:50004");
	assert_int_not_equal(row, -1);
	world_row(&world, row, line, sizeof(line));
	assert_int_equal(line[1], '-');
	assert_int_equal(world.canvas.cells[row * 80 + 10].role, ROLE_QUIET);
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "192.0.2.4:50004"), -1);
}

static void test_selected_row_is_gone(void **state)
{
	(void)state;
	world.clients = 5;
	world_run(&world, 10);
	world_press(&world, "/ 5 0 0 0 4 Enter");
	world_draw(&world, 24, 80);
	assert_selected("192.0.2.4:50004");
	world.clients = 4;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_selected("192.0.2.4:50004");
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_selected("10.0.0.5"); /* its successor */
	assert_int_equal(world_find(&world, "192.0.2.4:50004"), -1);
}

static void test_new_rows_are_marked(void **state)
{
	char line[1024];

	(void)state;
	world.clients = 1;
	world_run(&world, 10);
	world.clients = 2;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	world_row(&world, world_find(&world, "192.0.2.1:50001"), line, sizeof(line));
	assert_int_equal(line[1], '+');
	world_row(&world, world_find(&world, "192.0.2.0:50000"), line, sizeof(line));
	assert_int_equal(line[1], ' ');
}

static void test_pause(void **state)
{
	(void)state;
	world.clients = 5;
	world_run(&world, 10);
	world_press(&world, "Z");
	world.clients = 9;
	world_run(&world, 3);
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "PAUSED"), -1);
	assert_int_equal(world_find(&world, "192.0.2.8:50008"), -1);
	assert_int_equal(world.ui.data.counts[STATE_ESTABLISHED], 9);
	world_press(&world, "G g j k");
	world_draw(&world, 40, 120);
	world_press(&world, "Z");
	assert_true(world.ui.request.refresh);
	world_run(&world, 1);
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "192.0.2.8:50008"), -1);
}

static void test_search(void **state)
{
	(void)state;
	world_run(&world, 10);
	world_press(&world, "/ J A V A");
	world_draw(&world, 24, 80);
	assert_selected("java[3121]");
	assert_int_not_equal(world_find(&world, "Search: JAVA"), -1);
	world_press(&world, "Enter n");
	world_draw(&world, 24, 80);
	assert_selected("java[3121]");
	world_press(&world, "/ x y z");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "no row has 'xyz'"), -1);
	world_press(&world, "Enter");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "no row has 'xyz'"), -1);
	world_press(&world, "/");
	world_press(&world, "Esc g");
	world_draw(&world, 24, 80);
	assert_selected("LISTEN");
}

static void test_search_wraps_both_ways(void **state)
{
	size_t first;

	(void)state;
	world_run(&world, 10);
	world_draw(&world, 24, 80);
	world_press(&world, "/ S Y N - S Enter");
	first = world.ui.list.cursor;
	world_press(&world, "n");
	assert_int_equal(world.ui.list.cursor, first);
	world_press(&world, "G N");
	assert_int_equal(world.ui.list.cursor, first);
}

static void test_sort_by_column(void **state)
{
	(void)state;
	world_run(&world, 10);
	world_press(&world, "> >");
	assert_string_equal(world.ui.sort.key[0].column->field.name, "local");
	assert_true(world.ui.request.collect);
	world_press(&world, "< I");
	assert_string_equal(world.ui.sort.key[0].column->field.name, "age");
	assert_true(world.ui.sort.key[0].descending);
	world_press(&world, "F6 Home Enter");
	assert_string_equal(world.ui.sort.key[0].column->field.name, "state");
}

/* Whatever the width, it is seen what is sorted by. */
static void test_sorting_is_seen(void **state)
{
	const struct column_list *all = &world.ui.columns;
	char heading[256];
	char mark[80];

	(void)state;
	world_run(&world, 10);
	for (size_t i = 0; i < all->count; i++) {
		const struct column *by = world.ui.sort.key[0].column;

		world_draw(&world, 24, 80);
		snprintf(mark, sizeof(mark), "%s+", by->field.title);
		if (world_find(&world, mark) < 0 && by->brief)
			snprintf(mark, sizeof(mark), "%s+", by->brief);
		/* or its beginning, where there is no room for more */
		if (world_find(&world, mark) < 0)
			snprintf(mark, sizeof(mark), "%.5s", by->field.title);
		world_row(&world, world_find(&world, mark), heading, sizeof(heading));
		if (world_find(&world, mark) < 0 || !strchr(heading, '+'))
			fail_msg("no %s on the screen", mark);
		world_press(&world, ">");
	}
}

/* By a column that is not in the table. */
static void test_sorting_is_told(void **state)
{
	const struct sort sort = { .count = 1, .key = { { column_find("rtt", 3), true } } };
	const struct ui_options options = { .columns = "state,local", .sort = &sort };

	(void)state;
	world_fini(&world);
	world_init(&world, &options);
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "sort: -rtt"), -1);
	world_press(&world, ">");
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "sort: "), -1);
}

/* In the views of rows as well. */
static void test_sorting_of_rows_is_seen(void **state)
{
	char heading[256];

	(void)state;
	world_run(&world, 10);
	world_press(&world, "3");
	for (size_t i = 0; i < LISTENER_COLUMNS; i++) {
		world_press(&world, ">");
		world_draw(&world, 24, 60);
		assert_true(world.ui.arrangements[2].sorted);
		world_row(&world, world_find(&world, "LOCAL"), heading, sizeof(heading));
		if (!strpbrk(heading, "+-"))
			fail_msg("column %zu is not on the screen", world.ui.arrangements[2].by);
	}
}

static void test_interval_prompt(void **state)
{
	(void)state;
	world_run(&world, 1);
	world_press(&world, "s z Enter");
	assert_int_equal(world.ui.request.interval_ms, 0);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "'z' is no interval"), -1);
	world_press(&world, "s 2 . 5 Enter");
	assert_int_equal(world.ui.request.interval_ms, 2500);
	world_press(&world, "+");
	assert_int_equal(world.ui.request.interval_ms, 5000);
}

static void test_requests(void **state)
{
	(void)state;
	world_run(&world, 1);
	world_press(&world, "C-l C-z r");
	assert_true(world.ui.request.repaint && world.ui.request.suspend &&
		    world.ui.request.refresh);
	world_press(&world, "? q");
	assert_false(world.ui.request.quit); /* q leaves help first */
	world_press(&world, "q");
	assert_true(world.ui.request.quit);
}

static void test_states_from_the_diagram(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "2 Right Enter");
	world_draw(&world, 24, 80);
	assert_int_equal(result_count(world.ui.result), 10);
	assert_int_not_equal(world_find(&world, "only CLOSE-WAIT"), -1);
	world_press(&world, "a");
	assert_int_equal(world.ui.only, 0);
	assert_true(result_count(world.ui.result) > 40);
}

/* A process name can neither act on the terminal nor break the line. */
static void test_hostile_names(void **state)
{
	char line[1024];

	(void)state;
	world_run(&world, 5);
	world_draw(&world, 24, 120);
	world_row(&world, world_find(&world, "127.0.0.1:9000"), line, sizeof(line));
	assert_null(strchr(line, '\033'));
	assert_null(strstr(line, "\xe2\x80\xae"));
	assert_non_null(strstr(line, "\xef\xbf\xbd[31mevil"));
}

/* Nothing is drawn outside, nothing crashes, at any size, in every mode. */
static void test_every_size(void **state)
{
	static const char *const keys[] = { "1", "2", "?", "Esc", "F6", "Esc", "1", "Enter",
					    "Esc" };

	(void)state;
	world_run(&world, 20);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		world_press(&world, keys[i]);
		for (int rows = 1; rows <= 45; rows += rows < 12 ? 1 : 7)
			for (int cols = 1; cols <= 150; cols += cols < 45 ? 3 : 17)
				world_draw(&world, rows, cols);
	}
	world_draw(&world, 100, 300);
	world_draw(&world, 1, 1);
}

static void test_widths_shrink_slowly(void **state)
{
	uint16_t wide;

	(void)state;
	world_run(&world, 3);
	world_press(&world, "/ 2 0 0 1 Enter");
	world_draw(&world, 24, 200);
	wide = world.ui.width[2];
	assert_true(wide > 18);
	world_press(&world, "g");
	world.ui.only = STATE_BIT(STATE_LISTEN);
	world_run(&world, 1);
	world_draw(&world, 24, 200);
	assert_int_equal(world.ui.width[2], wide);
	for (int i = 0; i < 60; i++) {
		world_run(&world, 1);
		world_draw(&world, 24, 200);
	}
	assert_true(world.ui.width[2] < wide);
}

static void rename_cell(void *context, const struct row *row, struct value *cell)
{
	(void)context, (void)row;
	if (cell->kind == VALUE_ENDPOINT && cell->endpoint->port == 443)
		*cell = value_string("web.example:https");
	if (cell->kind == VALUE_ADDRESS)
		*cell = value_string("host.example");
}

/* n is for names until something is searched for, R always. */
static void test_names(void **state)
{
	(void)state;
	world.data.rename = rename_cell;
	world_run(&world, 2);
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "web.example:https"), -1);
	world_press(&world, "n");
	assert_true(world.ui.resolved && world.ui.request.resolve);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "web.example:https"), -1);
	world_press(&world, "5");
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "host.example"), -1);
	world_press(&world, "n");
	assert_false(world.ui.resolved);
	world_press(&world, "1 / e s t a b Enter n");
	assert_false(world.ui.resolved);
	assert_int_equal(world.ui.list.cursor, 5);
	world_press(&world, "R");
	assert_true(world.ui.resolved);
	world_press(&world, "Esc n");
	assert_false(world.ui.resolved);
}

/* Prompts and help that were opened over the details or the chart lead back to them. */
static void test_back_to_what_lay_under(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "Enter W a");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "local_port"), -1);
	world_press(&world, "Enter");
	assert_ptr_equal(world.ui.mode, &mode_detail);
	world_press(&world, "? q");
	assert_ptr_equal(world.ui.mode, &mode_detail);
	world_press(&world, "Esc c s Esc");
	assert_ptr_equal(world.ui.mode, &mode_chart);
	world_press(&world, "Esc");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

/* Help begins with the keys of the view. */
static void test_help_of_the_view(void **state)
{
	(void)state;
	world_run(&world, 1);
	world_press(&world, "2 ?");
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "Keys of Lifecycle"), -1);
	assert_int_not_equal(world_find(&world, "To the state on the left"), -1);
	assert_int_equal(world_find(&world, "Group: a row a process"), -1);
	world_press(&world, "Esc 1 ?");
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "Group: a row a process"), -1);
	assert_int_equal(world_find(&world, "To the state on the left"), -1);
}

/* The rows of every view as cells: for files, and to sort by. */
static void test_sheets(void **state)
{
	size_t views_count;
	const struct view_class *views = views_all(&views_count);

	(void)state;
	world_run(&world, 3);
	for (size_t i = 1; i < views_count; i++) {
		const struct sheet *sheet = views[i].sheet;
		struct field fields[COLUMNS_MAX];
		char text[SHEET_TEXT];
		size_t count;

		ui_choose(&world.ui, &views[i]);
		world_run(&world, 1);
		assert_non_null(sheet);
		count = sheet->fields(&world.ui, fields);
		assert_true(count > 1 && count >= sheet->columns);
		for (size_t row = 0; row < sheet->count(&world.ui); row++)
			for (size_t f = 0; f < count; f++) {
				struct value v = sheet->cell(&world.ui, row, f, text);

				assert_non_null(fields[f].name);
				assert_true(v.kind == VALUE_NONE || v.kind == fields[f].kind ||
					    fields[f].kind == VALUE_ADDRESS ||
					    sheet == &groups_sheet);
			}
	}
}

/* From the table to what it can be grouped by, and to the tree of listeners. */
static void test_group_and_tree(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "F5");
	assert_string_equal(world.ui.view->name, "Processes");
	world_press(&world, "1 b");
	assert_string_equal(world.ui.view->name, "Processes");
	world_press(&world, "1 t");
	assert_string_equal(world.ui.view->name, "Listeners");
	world_press(&world, "t");
	assert_true(world.ui.listeners->open_known);
	/* a key of recordings is another one in tables: groups have neither */
	world_press(&world, "1 b t");
	assert_null(strstr(world.ui.message, "recording"));
	assert_non_null(strstr(world.ui.message, "nothing in this view"));
	world_press(&world, "1 b @");
	assert_non_null(strstr(world.ui.message, "only a recording"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden_connections),
		CASE(test_golden_before_the_first_poll),
		CASE(test_golden_help),
		CASE(test_golden_sort_menu),
		CASE(test_golden_filter),
		CASE(test_golden_detail),
		CASE(test_golden_lifecycle),
		CASE(test_golden_ascii),
		CASE(test_golden_trouble),
		CASE(test_share_that_was_seen),
		CASE(test_panel_has_every_state),
		CASE(test_selection_follows_the_socket),
		CASE(test_gone_row_stays_one_tick),
		CASE(test_selected_row_is_gone),
		CASE(test_new_rows_are_marked),
		CASE(test_pause),
		CASE(test_search),
		CASE(test_search_wraps_both_ways),
		CASE(test_sort_by_column),
		CASE(test_sorting_is_seen),
		CASE(test_sorting_is_told),
		CASE(test_sorting_of_rows_is_seen),
		CASE(test_interval_prompt),
		CASE(test_requests),
		CASE(test_states_from_the_diagram),
		CASE(test_hostile_names),
		CASE(test_every_size),
		CASE(test_widths_shrink_slowly),
		CASE(test_names),
		CASE(test_back_to_what_lay_under),
		CASE(test_help_of_the_view),
		CASE(test_sheets),
		CASE(test_group_and_tree),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
