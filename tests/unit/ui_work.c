/*
 * Work on many sockets: until it is done the old picture stays, keys are taken, and
 * what was asked last counts.
 */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/groups.h"
#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_world.h"

/* More than is done at once. */
#define MANY 5000

static struct world world;

static int setup(void **state)
{
	(void)state;
	world_init(&world, NULL);
	world.clients = MANY;
	world_run(&world, 1);
	world_draw(&world, 40, 120);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static struct row_id first_shown(void)
{
	world_draw(&world, 40, 120);
	return world.ui.shown[0].id;
}

static bool is_first(const struct row_id *id)
{
	struct row_id now = first_shown();

	return row_id_equal(&now, id);
}

static void test_the_old_picture_stays(void **state)
{
	struct row_id before = first_shown();

	(void)state;
	ui_key(&world.ui, 'I');
	assert_true(ui_busy(&world.ui));
	assert_true(is_first(&before));
	assert_int_equal(world_find(&world, "sorting ..."), 0);
	world_settle(&world);
	assert_false(is_first(&before));
	assert_int_equal(world_find(&world, "sorting ..."), -1);
}

static void test_keys_add_up(void **state)
{
	struct row_id before = first_shown();

	(void)state;
	ui_key(&world.ui, 'I');
	ui_work(&world.ui, 500);
	ui_key(&world.ui, 'o');
	ui_work(&world.ui, 500);
	world_settle(&world);
	assert_false(is_first(&before));
	assert_true(result_count(world.ui.result) < snapshot_count(world.ui.data.snapshot));
	ui_key(&world.ui, 'o');
	world_settle(&world);
	assert_int_equal(result_count(world.ui.result), snapshot_count(world.ui.data.snapshot));
}

/* A snapshot that came is shown when all is made of it, and not before. */
static void test_snapshots_change_at_the_end(void **state)
{
	const struct snapshot *before = world.ui.data.snapshot;
	size_t count = result_count(world.ui.result);

	(void)state;
	snapshot_reset(world.snapshots[1]);
	snapshot_stamp(world.snapshots[1], snapshot_taken_ns(before) + 1000000000, 0);
	for (size_t i = 0; i < count - 100; i++) {
		struct sock sk;

		snapshot_sock(before, i, &sk);
		assert_int_equal(snapshot_add(world.snapshots[1], &sk, NULL), 0);
	}
	world.data.snapshot = world.snapshots[1];
	ui_update(&world.ui, &world.data);
	assert_true(ui_busy(&world.ui));
	assert_null(ui_busy_with(&world.ui));
	assert_ptr_equal(world.ui.data.snapshot, before);
	ui_key(&world.ui, PRESS_DOWN);
	assert_int_equal(result_count(world.ui.result), count);
	world_settle(&world);
	assert_ptr_equal(world.ui.data.snapshot, world.snapshots[1]);
	assert_int_equal(result_count(world.ui.result), count - 100);
	assert_int_equal(world.ui.list.cursor, 1);
}

static int lack_memory(struct ui *ui, const struct snapshot *s, size_t first, size_t end)
{
	(void)ui, (void)s, (void)first, (void)end;
	return -1;
}

/* The snapshot before is filled by the next poll: without memory no row of it stays. */
static void test_without_memory_nothing_old_stays(void **state)
{
	static const struct scan_class failing = { .rows = lack_memory };

	(void)state;
	snapshot_reset(world.snapshots[1]);
	snapshot_stamp(world.snapshots[1],
		       snapshot_taken_ns(world.ui.data.snapshot) + 1000000000, 0);
	for (size_t i = 0; i < MANY; i++) {
		struct sock sk;

		snapshot_sock(world.ui.data.snapshot, i, &sk);
		assert_int_equal(snapshot_add(world.snapshots[1], &sk, NULL), 0);
	}
	world.data.snapshot = world.snapshots[1];
	ui_update(&world.ui, &world.data);
	assert_true(world.ui.work.begun);
	world.ui.work.plan[world.ui.work.scan] = &failing;
	world_settle(&world);
	assert_string_equal(world.ui.message, "out of memory for 5000 sockets");
	assert_ptr_equal(world.ui.data.snapshot, world.snapshots[1]);
	assert_int_equal(result_count(world.ui.result), 0);
	snapshot_reset(world.snapshots[0]);
	world_draw(&world, 40, 120);
	ui_key(&world.ui, PRESS_DOWN);
	ui_key(&world.ui, PRESS_ENTER);
	world_draw(&world, 40, 120);
	/* and the next one is shown as ever */
	ui_key(&world.ui, PRESS_ESCAPE);
	ui_update(&world.ui, &world.data);
	world_settle(&world);
	assert_int_equal(result_count(world.ui.result), MANY);
}

static void press_text(const char *text)
{
	for (; *text; text++)
		ui_key(&world.ui, (unsigned char)*text);
}

static void test_a_search_goes_on(void **state)
{
	(void)state;
	world_press(&world, "I");
	press_text("/:54998");
	assert_string_equal(ui_busy_with(&world.ui), "searching");
	assert_int_equal(world.ui.list.cursor, 0);
	world_settle(&world);
	assert_int_equal(world.ui.selected.peer.port, 54998);
	press_text("7");
	world_settle(&world);
	assert_string_equal(world.ui.message, "no row has ':549987'");
}

static void test_who_moves_ends_the_search(void **state)
{
	(void)state;
	press_text("/nowhere");
	ui_key(&world.ui, PRESS_ENTER);
	assert_true(ui_busy(&world.ui));
	ui_key(&world.ui, PRESS_DOWN);
	assert_false(ui_busy(&world.ui));
	assert_int_equal(world.ui.list.cursor, 1);
}

static void test_groups_and_listeners(void **state)
{
	(void)state;
	ui_key(&world.ui, '5');
	assert_string_equal(ui_busy_with(&world.ui), "counting");
	assert_null(world.ui.peers->now);
	world_settle(&world);
	assert_non_null(world.ui.peers->now);
	ui_key(&world.ui, '3');
	assert_true(ui_busy(&world.ui));
	world_draw(&world, 40, 120);
	world_settle(&world);
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "5,0"), -1);
}

/* Another order of many groups is no work of one step either. */
static void test_many_groups_are_ordered_in_steps(void **state)
{
	const struct groups *g = world.ui.peers;
	unsigned int steps = 0;
	size_t first;

	(void)state;
	world_press(&world, "5 F5 F5");
	assert_true(groups_rows(g) > MANY);
	world_press(&world, ">");
	first = arrangement_row(arrangement_of(&world.ui), 0);
	ui_key(&world.ui, 'I');
	assert_string_equal(ui_busy_with(&world.ui), "sorting");
	world_draw(&world, 40, 120);
	assert_int_equal(arrangement_row(arrangement_of(&world.ui), 0), first);
	while (ui_work(&world.ui, 256))
		steps++;
	assert_true(steps > MANY / 256);
	assert_int_not_equal(arrangement_row(arrangement_of(&world.ui), 0), first);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_old_picture_stays),
		CASE(test_keys_add_up),
		CASE(test_snapshots_change_at_the_end),
		CASE(test_without_memory_nothing_old_stays),
		CASE(test_a_search_goes_on),
		CASE(test_who_moves_ends_the_search),
		CASE(test_groups_and_listeners),
		CASE(test_many_groups_are_ordered_in_steps),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
