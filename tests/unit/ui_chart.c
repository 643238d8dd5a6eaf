/* The big chart: axes, cursor, zoom. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/span.h"
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

static void assert_shown(const char *text)
{
	world_draw(&world, 24, 80);
	if (world_find(&world, text) < 0)
		fail_msg("'%s' is not on the screen", text);
}

static void test_golden_chart(void **state)
{
	(void)state;
	world_run(&world, 60);
	world.clients = 44;
	world_run(&world, 20);
	world.clients = 12;
	world_run(&world, 10);
	world_press(&world, "c");
	golden_check(&world, "chart", 10, 40);
	golden_check(&world, "chart", 24, 80);
	world_press(&world, "PgUp Left");
	golden_check(&world, "chart", 40, 120);
	golden_check(&world, "chart", 60, 200);
}

static void test_minimum_maximum_and_now(void **state)
{
	(void)state;
	world_run(&world, 10);
	world.clients = 44;
	world_run(&world, 10);
	world.clients = 12;
	world_run(&world, 1);
	world_press(&world, "c");
	assert_shown("ESTABLISHED  now 12  min 12  max 44  in the last 2 min");
}

/* The cursor tells the counts of its time, and keeps to that time. */
static void test_cursor(void **state)
{
	(void)state;
	world_run(&world, 30); /* 12:00:30 */
	world.clients = 50;
	world_run(&world, 30);
	world_press(&world, "c [");
	assert_shown("last 2 min");
	for (int i = 0; i < 200; i++) {
		world_draw(&world, 40, 130);
		if (world_find(&world, "12:00:20,") >= 0)
			break;
		world_press(&world, "Left");
	}
	assert_true(world_find(&world, "12:00:20, 40s ago: ESTABLISHED 30, from 30 to 30") >= 0);
	assert_true(world_find(&world, "CLOSE-WAIT 6") >= 0);
	world_run(&world, 5);
	world_draw(&world, 40, 130);
	assert_true(world_find(&world, "12:00:20, 45s ago: ESTABLISHED 30, from 30 to 30") >= 0);
	world_press(&world, "End");
	assert_int_equal(world.ui.chart_at_ns, 0);
	world_press(&world, "Left Right");
	assert_int_equal(world.ui.chart_at_ns, 0);
}

static void test_nothing_was_polled(void **state)
{
	(void)state;
	world_run(&world, 10);
	world_press(&world, "c");
	world_draw(&world, 24, 80);
	world_press(&world, "Home");
	assert_shown("nothing was polled then");
}

static void test_zoom(void **state)
{
	(void)state;
	world_run(&world, 10);
	world_press(&world, "c z z z z z z z");
	assert_shown("in the last 2 min");
	world_press(&world, "x x x x x x x x x");
	assert_shown("in the last 24 h");
}

static void test_states(void **state)
{
	(void)state;
	world_run(&world, 10);
	world_press(&world, "2 Right c");
	assert_int_equal(world.ui.chart_state, STATE_CLOSE_WAIT);
	world_press(&world, "Down");
	assert_int_equal(world.ui.chart_state, STATE_FIN_WAIT_1);
	world_press(&world, "Up Up");
	assert_int_equal(world.ui.chart_state, STATE_ESTABLISHED);
	world_press(&world, "Enter");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(world.ui.only, STATE_BIT(STATE_ESTABLISHED));
	world_press(&world, "c");
	assert_int_equal(world.ui.chart_state, STATE_ESTABLISHED);
	world_press(&world, "c");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

/* The columns of a chart cover a span without gaps, whatever their number. */
static void test_columns_cover_the_span(void **state)
{
	size_t count;
	const struct span *spans = spans_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t columns = 1; columns < 600; columns += 7) {
			size_t next = 0;

			for (size_t column = 0; column < columns; column++) {
				struct stretch part = span_column(&spans[i], columns, column);

				assert_true(part.slots > 0 && part.back <= next);
				assert_true(part.back + part.slots >= next);
				next = part.back + part.slots;
			}
			assert_int_equal(next, spans[i].slots);
		}
	}
}

static void test_every_size(void **state)
{
	(void)state;
	world_run(&world, 20);
	world_press(&world, "c Left");
	for (int rows = 1; rows <= 45; rows += rows < 12 ? 1 : 7) {
		for (int cols = 1; cols <= 150; cols += cols < 45 ? 3 : 17) {
			world_draw(&world, rows, cols);
			world_press(&world, "Left");
		}
	}
	world_draw(&world, 10, 2000);
	world_press(&world, "Home Right");
	world_draw(&world, 10, 2000);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden_chart),
		CASE(test_minimum_maximum_and_now),
		CASE(test_cursor),
		CASE(test_nothing_was_polled),
		CASE(test_zoom),
		CASE(test_states),
		CASE(test_columns_cover_the_span),
		CASE(test_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
