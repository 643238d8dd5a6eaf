/* The chooser of columns, and what the view can keep. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/settings.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

static struct world world;

static int set_up(void **state)
{
	static const struct ui_options options = { .columns = "state,local,peer" };

	(void)state;
	world_init(&world, &options);
	world_run(&world, 10);
	world_draw(&world, 24, 80);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static void assert_setting(const char *name, const char *value)
{
	size_t count;
	const struct setting *all = settings_all(&count);
	char text[SETTING_BYTES];

	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].name, name) != 0)
			continue;
		all[i].text(&world.ui, text);
		assert_string_equal(text, value);
		return;
	}
	fail_msg("no setting '%s'", name);
}

static void test_golden(void **state)
{
	(void)state;
	world_press(&world, "F2 Down");
	golden_check(&world, "columns", 24, 80);
}

static void test_hide_and_show(void **state)
{
	(void)state;
	world_press(&world, "F2 Down Space");
	assert_setting("columns", "state,peer");
	/* the first of those that are not shown, and the next one */
	world_press(&world, "Down Space Space");
	assert_int_equal(world.ui.columns.count, 4);
	world_press(&world, "Enter");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(world.ui.columns.count, 4);
	assert_true(world.ui.request.collect);
	assert_false(world.ui.request.save);
	world_draw(&world, 24, 200);
	assert_true(world_find(&world, "PEER") >= 0);
	assert_int_equal(world_find(&world, "LOCAL "), -1);
}

static void test_order(void **state)
{
	(void)state;
	world_press(&world, "F2 F8");
	assert_setting("columns", "local,state,peer");
	world_press(&world, "F8 F8 F8");
	assert_setting("columns", "local,peer,state");
	world_press(&world, "F7 F7 F7");
	assert_setting("columns", "state,local,peer");
	world_press(&world, "End F7 F8");
	assert_setting("columns", "state,local,peer");
}

static void test_escape_undoes(void **state)
{
	(void)state;
	world_press(&world, "F2 Space F8 Space Esc");
	assert_setting("columns", "state,local,peer");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

static void test_one_column_stays(void **state)
{
	(void)state;
	world_press(&world, "F2 Space Space Space Space");
	assert_setting("columns", "peer");
	world_draw(&world, 24, 80);
	assert_true(world_find(&world, "one column must stay") >= 0);
}

static void test_save(void **state)
{
	(void)state;
	world_press(&world, "F2 Space F2");
	assert_true(world.ui.request.save);
	assert_ptr_equal(world.ui.mode, &mode_view);
	world.ui.request.save = false;
	world_press(&world, "O");
	assert_true(world.ui.request.save);
}

static void test_settings(void **state)
{
	(void)state;
	assert_setting("sort", "state,local");
	world_press(&world, "> I T + +");
	assert_setting("sort", "-local");
	assert_setting("theme", "light");
	assert_setting("interval", "5");
}

static void test_every_column_can_be_shown(void **state)
{
	size_t count;

	(void)state;
	columns_all(&count);
	world_press(&world, "F2 Down Down Down");
	for (size_t i = 3; i < count; i++)
		world_press(&world, "Space");
	assert_int_equal(world.ui.columns.count, count);
	world_draw(&world, 24, 80);
	world_press(&world, "End Space");
	assert_int_equal(world.ui.columns.count, count - 1);
	world_press(&world, "Enter");
	world_draw(&world, 24, 300);
}

/* Each view has columns of its own, and keeps them. */
static void test_columns_of_views(void **state)
{
	(void)state;
	assert_setting("columns-listeners", "");
	world_press(&world, "3 F2 Down Space F8 Enter");
	assert_setting("columns-listeners",
		       "local,waiting,used,children,exposure,dropped,dropped_per_second,states");
	assert_setting("columns-peers", "");
	world_draw(&world, 24, 120);
	assert_int_equal(world_find(&world, "PROCESS"), -1);
	world_press(&world, "5");
	world_run(&world, 1);
	world_press(&world, "F2 End Space Up Space Enter");
	assert_setting("columns-peers", "group,sockets,new_per_second,gone_per_second,"
					"received_bytes_per_second,sent_bytes_per_second,rtt,"
					"retransmitted_per_second,recv_queue_bytes");
	assert_setting("columns-processes", "");
	assert_setting("columns", "state,local,peer");
	world_press(&world, "F2 Space Esc");
	assert_setting("columns-peers", "group,sockets,new_per_second,gone_per_second,"
					"received_bytes_per_second,sent_bytes_per_second,rtt,"
					"retransmitted_per_second,recv_queue_bytes");
	world_press(&world, "4 F2 Space Esc");
	assert_setting("columns-processes", "");
}

static void test_columns_of_views_are_given(void **state)
{
	static const struct ui_options good = { .view_columns = { [2] = "dropped,local" } };
	static const struct ui_options bad = { .view_columns = { [3] = "group,sokets" } };
	struct error err;
	struct ui ui;

	(void)state;
	assert_int_equal(ui_init(&ui, &good, &err), 0);
	assert_int_equal(ui.arrangements[2].count, 2);
	ui_fini(&ui);
	assert_int_equal(ui_init(&ui, &bad, &err), -1);
	assert_non_null(strstr(err.text, "unknown column 'sokets': there are group, sockets"));
	ui_fini(&ui);
}

static void test_sort_keys_of_views(void **state)
{
	(void)state;
	world_press(&world, "3 F6 Down Down Down Down Enter I");
	assert_true(world.ui.arrangements[2].sorted);
	assert_int_equal(world.ui.arrangements[2].by, 4);
	assert_true(world.ui.arrangements[2].descending);
	world_press(&world, "<");
	assert_int_equal(world.ui.arrangements[2].by, 3);
	world_press(&world, "> >");
	assert_int_equal(world.ui.arrangements[2].by, 5);
	/* the table of connections is left alone */
	assert_setting("sort", "state,local");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden),
		CASE(test_hide_and_show),
		CASE(test_order),
		CASE(test_escape_undoes),
		CASE(test_one_column_stays),
		CASE(test_save),
		CASE(test_settings),
		CASE(test_every_column_can_be_shown),
		CASE(test_columns_of_views),
		CASE(test_columns_of_views_are_given),
		CASE(test_sort_keys_of_views),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
