/* The view of listeners, and the diagram where it is small. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/listeners.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

static struct world world;
static struct snapshot *exact;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	exact = snapshot_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	snapshot_free(exact);
	world_fini(&world);
	return 0;
}

/* The kernel says that the listener of @port has dropped @drops in all. */
static void know_drops(unsigned int port, uint32_t drops)
{
	const struct listener_table *t = world.ui.listeners;
	const uint32_t memory[MEMORY_COUNT] = { [MEMORY_DROPS] = drops };

	snapshot_reset(exact);
	for (size_t i = 0; i < t->socket_count; i++) {
		struct sock sk = t->sockets[i].sock;

		if (sk.local.port != port)
			continue;
		sk.has |= SOCK_HAS_MEMORY;
		sk.memory = memory;
		sk.memory_known = MEMORY_COUNT;
		assert_int_equal(snapshot_add(exact, &sk, NULL), 0);
	}
	ui_set_exact(&world.ui, exact);
}

static void test_golden_listeners(void **state)
{
	(void)state;
	world_run(&world, 40);
	world_press(&world, "3");
	know_drops(443, 100);
	world_run(&world, 1);
	know_drops(443, 112);
	world_press(&world, "Down");
	golden_check_sizes(&world, "listeners");
	golden_check(&world, "listeners", 12, 40);
}

static const struct listener_row *row_of_port(unsigned int port)
{
	const struct listener_table *t = world.ui.listeners;

	for (size_t i = 0; i < t->row_count; i++)
		if (t->sockets[t->rows[i].first].sock.local.port == port)
			return &t->rows[i];
	fail_msg("no listener on port %u", port);
	return NULL;
}

static void test_children_of_listeners(void **state)
{
	const struct listener_row *row;

	(void)state;
	world_run(&world, 30);
	world_press(&world, "3");
	assert_int_equal(world.ui.listeners->row_count, 3);
	row = row_of_port(443);
	assert_int_equal(row->waiting, 3);
	assert_int_equal(row->backlog, 511);
	assert_int_equal(row->children, 35);
	assert_int_equal(row->states[STATE_ESTABLISHED], 30);
	row = row_of_port(8080);
	assert_int_equal(row->children, 10);
	assert_int_equal(row->states[STATE_CLOSE_WAIT], 10);
	assert_int_equal(row_of_port(9000)->children, 0);
}

static void test_drops_of_listeners(void **state)
{
	uint64_t all;
	double rate;

	(void)state;
	world_run(&world, 10);
	world_press(&world, "3");
	assert_false(listeners_dropped(world.ui.listeners, row_of_port(443), &all));
	know_drops(443, UINT32_MAX - 1);
	assert_true(listeners_dropped(world.ui.listeners, row_of_port(443), &all));
	assert_false(listeners_drop_rate(world.ui.listeners, row_of_port(443), &rate));
	world_run(&world, 1);
	assert_false(listeners_dropped(world.ui.listeners, row_of_port(443), &all));
	know_drops(443, 4);
	assert_true(listeners_drop_rate(world.ui.listeners, row_of_port(443), &rate));
	assert_true(rate > 5.99 && rate < 6.01);
	assert_false(listeners_drop_rate(world.ui.listeners, row_of_port(8080), &rate));
	/* coming back to the view within a tick forgets nothing */
	world_press(&world, "1 3");
	assert_true(listeners_drop_rate(world.ui.listeners, row_of_port(443), &rate));
	assert_true(rate > 5.99 && rate < 6.01);
}

static void test_listeners_are_asked_for_memory(void **state)
{
	struct sock socks[8];

	(void)state;
	world_run(&world, 10);
	world_press(&world, "3");
	world_draw(&world, 24, 80);
	assert_true(ui_facts_of_shown(&world.ui) & FACT_MEMORY);
	assert_int_equal(ui_shown(&world.ui, socks, 8), 3);
	assert_int_equal(socks[0].state, STATE_LISTEN);
	assert_int_equal(ui_shown(&world.ui, socks, 2), 2);
	world_press(&world, "5");
	world_draw(&world, 24, 80);
	assert_int_equal(ui_shown(&world.ui, socks, 8), 0);
}

static void test_enter_lists_the_children(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "3 Down");
	world_draw(&world, 24, 80);
	world_press(&world, "g");
	while (world.ui.listeners->selected.local.port != 8080)
		world_press(&world, "Down");
	world_press(&world, "Enter");
	assert_int_equal(result_count(world.ui.result), 11);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "of 0.0.0.0:8080"), -1);
	/* it holds for the snapshots to come */
	world_run(&world, 3);
	assert_int_equal(result_count(world.ui.result), 12);
	world_press(&world, "a");
	assert_true(result_count(world.ui.result) > 40);
}

/* F5 shows the connections of a listener below it; they can be selected and looked at. */
/* Listeners are counted for the table of connections as well: their list keeps up. */
static void test_the_list_keeps_up(void **state)
{
	const struct listener_table *t = world.ui.listeners;

	(void)state;
	world_run(&world, 1);
	world_press(&world, "3 > Enter");
	assert_int_equal(world.ui.within.kind, WITHIN_LISTENER);
	assert_int_equal(t->list.count, 3);
	world_press(&world, "v v");
	assert_int_equal(t->row_count, 0);
	assert_int_equal(t->list.count, 0);
	world_press(&world, "v");
	assert_int_equal(t->list.count, 3);
}

static void test_branch_of_a_listener(void **state)
{
	struct listener_table *t = world.ui.listeners;
	struct sock socks[64];

	(void)state;
	world_run(&world, 30);
	world_press(&world, "3");
	assert_int_equal(t->list.count, 3);
	world_press(&world, "g");
	while (t->selected.local.port != 8080)
		world_press(&world, "Down");
	world_press(&world, "F5");
	assert_int_equal(t->list.count, 3 + 10);
	assert_int_equal(t->selected.local.port, 8080);
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "198.51.100.3:40003"), -1);
	assert_int_equal(ui_shown(&world.ui, socks, 64), 13);
	/* the selection stays on the connection while others come */
	world_press(&world, "Down Down");
	assert_int_equal(t->selected.peer.port, 40001);
	world_run(&world, 3);
	assert_int_equal(t->list.count, 3 + 11);
	assert_int_equal(t->selected.peer.port, 40001);
	golden_check(&world, "branch", 24, 80);
	golden_check(&world, "branch", 40, 120);
	world_press(&world, "Enter");
	assert_ptr_equal(world.ui.mode, &mode_detail);
	world_draw(&world, 40, 120);
	assert_int_not_equal(world_find(&world, "198.51.100.1:40001"), -1);
	/* on the connection too the key closes the branch, and the listener is selected */
	world_press(&world, "3 F5");
	assert_int_equal(t->list.count, 3);
	assert_int_equal(t->selected.state, STATE_LISTEN);
	assert_int_equal(t->selected.local.port, 8080);
	/* a listener that is gone takes its branch along */
	world_press(&world, "F5 F4 s p o r t Space = Space 4 4 3 Enter");
	assert_int_equal(t->list.count, 1);
}

/* Without a row in the table it is told why, which need not be that nobody listens. */
static void test_no_listener_is_shown(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "3 F4 s t a t e Space e s t a b l i s h e d Enter");
	world_draw(&world, 24, 80);
	assert_int_equal(world.ui.listeners->row_count, 0);
	assert_int_equal(world_find(&world, "nobody listens"), -1);
	assert_int_not_equal(world_find(&world, "the filter leaves no listener"), -1);
	world.data.uncounted = STATE_BIT(STATE_LISTEN);
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "listeners were not asked for"), -1);
	world.data.uncounted = 0;
	world_run(&world, 1);
	world_press(&world, "F4 C-u s p o r t Space = Space 4 4 3 Enter");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, ":443"), -1);
}

static const char *sysctl(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "net.ipv4.tcp_fin_timeout") ? NULL : "47";
}

/* Whatever the size, the diagram tells who has to act, and the table its counts and rates. */
static void test_small_diagrams(void **state)
{
	(void)state;
	world_run(&world, 42);
	world.data.sysctl = sysctl;
	world_run(&world, 1);
	world_press(&world, "2");
	world.ui.box = STATE_FIN_WAIT_2;
	world_draw(&world, 60, 200);
	assert_int_not_equal(world_find(&world, "On this host: net.ipv4.tcp_fin_timeout is 47"),
			     -1);
	assert_int_not_equal(world_find(&world, "Many of them: "), -1);
	assert_int_not_equal(world_find(&world, "RFC 793: \""), -1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "FIN-WAIT-2: next acts: "), -1);
	world_draw(&world, 20, 50);
	assert_int_not_equal(world_find(&world, "FIN-WAIT-2: next acts: "), -1);
	world_draw(&world, 40, 60);
	assert_int_not_equal(world_find(&world, ">FIN-WAIT-2"), -1);
	golden_check(&world, "lifecycle-table", 40, 60);
	assert_int_not_equal(world_find(&world, "out 1.0/s"), -1);
	golden_check(&world, "lifecycle-table", 40, 60);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden_listeners),
		CASE(test_children_of_listeners),
		CASE(test_drops_of_listeners),
		CASE(test_listeners_are_asked_for_memory),
		CASE(test_enter_lists_the_children),
		CASE(test_the_list_keeps_up),
		CASE(test_branch_of_a_listener),
		CASE(test_no_listener_is_shown),
		CASE(test_small_diagrams),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
