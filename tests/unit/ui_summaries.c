/* The views of listeners, processes, peers and health. */
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
#include "ui/listeners.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

static struct world world;
static struct counters counters;
static struct snapshot *exact;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	exact = snapshot_new();
	counters = (struct counters){ 0 };
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

/* The kernel's counters at @second. */
static void count(uint64_t second, uint64_t overflows, uint64_t retransmits)
{
	counters.taken_ns = second * 1000000000;
	counters_set(&counters, COUNTER_LISTEN_OVERFLOWS, overflows);
	counters_set(&counters, COUNTER_RETRANS_SEGS, retransmits);
	counters_set(&counters, COUNTER_SOMAXCONN, 4096);
	counters_set(&counters, COUNTER_TCP_ORPHANS, 3);
	counters_set(&counters, COUNTER_TCP_MAX_ORPHANS, 8192);
	counters_set(&counters, COUNTER_TCP_MINISOCKS, 250000);
	counters_set(&counters, COUNTER_TCP_MAX_TW_BUCKETS, 262144);
	world.data.counters = &counters;
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

static void test_golden_processes(void **state)
{
	(void)state;
	world_run(&world, 40);
	world_press(&world, "4");
	world_run(&world, 2);
	golden_check_sizes(&world, "processes");
}

static void test_golden_peers(void **state)
{
	(void)state;
	world_run(&world, 40);
	world_press(&world, "5 F5");
	world_run(&world, 2);
	world_press(&world, "Down");
	golden_check_sizes(&world, "peers");
}

static void test_golden_health(void **state)
{
	(void)state;
	count(1, 5, 1000);
	world_run(&world, 1);
	count(2, 7, 1250);
	world_run(&world, 1);
	world_press(&world, "6 Down Down");
	golden_check_sizes(&world, "health");
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

static const struct group *group_of(const struct groups *g, const char *name)
{
	for (size_t i = 0; i < grouping_count(g->now); i++) {
		char text[256];

		groups_text(g, grouping_at(g->now, i), text, sizeof(text));
		if (strcmp(text, name) == 0)
			return grouping_at(g->now, i);
	}
	fail_msg("no group '%s'", name);
	return NULL;
}

static void test_processes_wait_for_owners(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "4");
	assert_true(world.ui.awaiting && world.ui.request.collect);
	assert_true(ui_facts_of_all(&world.ui) & FACT_OWNERS);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "looking up"), -1);
	world_run(&world, 1);
	assert_int_equal(group_of(world.ui.processes, "nginx[812]")->count, 36);
	assert_int_equal(group_of(world.ui.processes, "java[3121]")->states[STATE_CLOSE_WAIT], 10);
	/* also while the list is paused */
	world_press(&world, "1 Z 4");
	assert_true(world.ui.awaiting);
	world_run(&world, 1);
	assert_false(world.ui.awaiting);
}

static void test_rates_of_groups(void **state)
{
	double in;
	double out;

	(void)state;
	world_run(&world, 10);
	world_press(&world, "4");
	world_run(&world, 1);
	assert_false(groups_rates(world.ui.processes, group_of(world.ui.processes, "nginx[812]"),
				  &in, &out));
	world.clients += 6; /* beside the one that comes and the one that goes in every tick */
	world_run(&world, 1);
	assert_true(groups_rates(world.ui.processes, group_of(world.ui.processes, "nginx[812]"),
				 &in, &out));
	assert_true(in > 6.99 && in < 7.01);
	assert_true(out > 0.99 && out < 1.01);
}

static void test_peers_by_host_network_port(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "5");
	assert_int_equal(group_of(world.ui.peers, "192.0.2.7")->count, 1);
	world_press(&world, "F5");
	assert_int_equal(group_of(world.ui.peers, "192.0.2.0/24")->count, 30);
	assert_int_equal(group_of(world.ui.peers, "2001:db8:0:9::/64")->count, 1);
	world_press(&world, "F5");
	assert_int_equal(group_of(world.ui.peers, "50003")->count, 1);
	world_press(&world, "F5");
	assert_int_equal(world.ui.peers->class, 0);
}

static void test_enter_lists_the_group(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "5 F5 Enter");
	assert_ptr_equal(world.ui.view, views_all(&(size_t){ 0 }));
	assert_int_equal(result_count(world.ui.result), 30);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "of 192.0.2.0/24"), -1);
	/* the other view still has them all */
	world_press(&world, "5");
	assert_int_equal(world.ui.peers->total, 46);
	world_press(&world, "4");
	world_run(&world, 1);
	world_press(&world, "Enter");
	assert_int_equal(result_count(world.ui.result), 36);
	assert_true(ui_facts_of_all(&world.ui) & FACT_OWNERS);
}

/* Keys do not count anew: that is done once a snapshot. */
static void test_counted_once_a_snapshot(void **state)
{
	const struct grouping *counted;

	(void)state;
	world_run(&world, 10);
	world_press(&world, "5");
	counted = world.ui.peers->now;
	world_press(&world, "Down 1 5 3 5");
	assert_ptr_equal(world.ui.peers->now, counted);
	world_run(&world, 1);
	assert_ptr_equal(world.ui.peers->before, counted);
}

static void test_filter_holds_for_groups(void **state)
{
	(void)state;
	world_run(&world, 30);
	world_press(&world, "5 F5 F4 d p o r t Space = Space 5 0 0 0 3 Enter");
	assert_int_equal(grouping_count(world.ui.peers->now), 1);
	assert_int_equal(world.ui.peers->total, 1);
	world_press(&world, "3 F4 C-u s p o r t Space = Space 4 4 3 Enter");
	assert_int_equal(world.ui.listeners->row_count, 1);
}

static void test_selection_follows_the_group(void **state)
{
	(void)state;
	world.clients = 3;
	world_run(&world, 30);
	world_press(&world, "5 F5 Down");
	assert_true(world.ui.peers->selected_known);
	while (group_of(world.ui.peers, "192.0.2.0/24") !=
	       grouping_at(world.ui.peers->now, world.ui.peers->list.cursor))
		world_press(&world, "Down");
	assert_int_not_equal(world.ui.peers->list.cursor, 0);
	world.clients = 60;
	world_run(&world, 1);
	assert_int_equal(world.ui.peers->list.cursor, 0);
	assert_ptr_equal(group_of(world.ui.peers, "192.0.2.0/24"),
			 grouping_at(world.ui.peers->now, 0));
}

static void test_health_marks_what_grows(void **state)
{
	char line[512];

	(void)state;
	count(1, 5, 1000);
	world_run(&world, 1);
	world_press(&world, "6");
	world_draw(&world, 60, 120);
	world_row(&world, world_find(&world, "listen_overflows"), line, sizeof(line));
	assert_int_equal(line[1], ' ');
	count(2, 7, 1250);
	world_run(&world, 1);
	world_draw(&world, 60, 120);
	world_row(&world, world_find(&world, "listen_overflows"), line, sizeof(line));
	assert_int_equal(line[1], '!');
	assert_non_null(strstr(line, "2.0"));
	assert_non_null(strstr(line, "4,096"));
	/* retransmissions are no trouble by themselves; a limit that is nearly reached is */
	world_row(&world, world_find(&world, "retrans_segs"), line, sizeof(line));
	assert_int_equal(line[1], ' ');
	assert_non_null(strstr(line, "250"));
	world_row(&world, world_find(&world, "tcp_minisocks"), line, sizeof(line));
	assert_int_equal(line[1], '!');
	/* what this kernel does not count is unknown, not zero */
	world_row(&world, world_find(&world, "syn_retrans"), line, sizeof(line));
	assert_non_null(strstr(line, " - "));
}

/* The wall clock of the world at tick 0. */
#define NOON_NS (UINT64_C(1772366400) * 1000000000)

static const struct ui_trouble trouble_list[] = {
	{ .critical = true, .title = "CLOSE-WAIT piles up", .subject = "java[3121]",
	  .evidence = "790 for over 60 s",
	  .meaning = "The peers have closed; this program has not.",
	  .remedy = "Make it close its sockets.", .owner = "java[3121]",
	  .confused_with = "A connection that its peer has only half closed.",
	  .filter = "dport = 40001", .marked = STATE_BIT(STATE_CLOSE_WAIT),
	  .since_wall_ns = NOON_NS - UINT64_C(754000000000), .at_least = true },
	{ .title = "listen queue overflows", .subject = "0.0.0.0:443",
	  .evidence = "12/s dropped",
	  .meaning = "Connections come faster than they are accepted.",
	  .remedy = "Accept faster.", .sysctls = "net.core.somaxconn = 4096",
	  .since_wall_ns = NOON_NS - UINT64_C(86400000000000) },
};

static const struct ui_troubles troubles = { .list = trouble_list, .count = 2,
					     .judged_wall_ns = NOON_NS };

static void test_golden_troubles(void **state)
{
	(void)state;
	count(1, 5, 1000);
	world.data.troubles = troubles;
	world_run(&world, 2);
	golden_check(&world, "trouble", 24, 80);
	world_press(&world, "6 Down");
	golden_check_sizes(&world, "troubles");
}

static void test_enter_lists_the_sockets_of_a_trouble(void **state)
{
	(void)state;
	world.data.troubles = troubles;
	world.ui.hide_loopback = true;
	world_run(&world, 2);
	world_press(&world, "6 Down Enter");
	assert_string_equal(ui_filter_text(&world.ui), "dport = 40001");
	assert_string_equal(world.ui.view->name, "Connections");
	assert_false(world.ui.hide_loopback);
	assert_int_equal(result_count(world.ui.result), 0);
	/* it is not about single sockets, and a counter is not about any */
	world_press(&world, "6 Down Enter");
	assert_string_equal(world.ui.view->name, "Health");
	world_press(&world, "End Enter");
	assert_string_equal(world.ui.view->name, "Health");
}

/* Another judgment has them in another order. */
static void test_selection_follows_the_trouble(void **state)
{
	const struct ui_trouble other[] = { trouble_list[1], trouble_list[1], trouble_list[0] };
	struct ui_troubles later = { .list = other, .count = 3, .judged_wall_ns = NOON_NS };

	(void)state;
	world.data.troubles = troubles;
	world_run(&world, 2);
	world_press(&world, "6 Down");
	assert_int_equal(world.ui.vitals.list.cursor, 1);
	ui_set_troubles(&world.ui, &later);
	assert_int_equal(world.ui.vitals.list.cursor, 3);
	later.count = 0;
	ui_set_troubles(&world.ui, &later);
	world_press(&world, "Home");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "Nothing is wrong, as of 12:00:00"), -1);
}

static void test_panel_marks_the_states_concerned(void **state)
{
	char line[512];

	(void)state;
	world.data.troubles = troubles;
	world_run(&world, 2);
	world_draw(&world, 24, 80);
	world_row(&world, world_find(&world, "CLOSE-WAIT   "), line, sizeof(line));
	assert_int_equal(line[0], '!');
	world_row(&world, world_find(&world, "SYN-SENT"), line, sizeof(line));
	assert_int_equal(line[0], ' ');
}

/* A small screen does without the line before it does without anything else. */
static void test_line_of_health_goes_first(void **state)
{
	(void)state;
	world.data.troubles = troubles;
	world_run(&world, 2);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "!! CLOSE-WAIT piles up: java[3121]"), -1);
	world_draw(&world, 13, 80);
	assert_int_equal(world_find(&world, "piles up"), -1);
	assert_int_not_equal(world_find(&world, "opened"), -1);
	/* it was nothing */
	world.data.troubles.count = 0;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "piles up"), -1);
}

static void test_health_without_counters(void **state)
{
	(void)state;
	world_run(&world, 2);
	world_press(&world, "6");
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "cannot be read"), -1);
}

/* Nothing is drawn outside, nothing crashes, at any size, in every view. */
static void test_every_size(void **state)
{
	static const char *const keys[] = { "3", "4", "5", "F5", "F5", "6", "3", "4" };

	(void)state;
	count(1, 5, 1000);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		world_press(&world, keys[i]);
		for (int rows = 1; rows <= 45; rows += rows < 14 ? 1 : 7)
			for (int cols = 1; cols <= 240; cols += cols < 45 ? 3 : 17)
				world_draw(&world, rows, cols);
		world_run(&world, 1);
		world_press(&world, "Down PgDn End Home");
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden_listeners),
		CASE(test_golden_processes),
		CASE(test_golden_peers),
		CASE(test_golden_health),
		CASE(test_children_of_listeners),
		CASE(test_drops_of_listeners),
		CASE(test_listeners_are_asked_for_memory),
		CASE(test_enter_lists_the_children),
		CASE(test_processes_wait_for_owners),
		CASE(test_rates_of_groups),
		CASE(test_peers_by_host_network_port),
		CASE(test_enter_lists_the_group),
		CASE(test_counted_once_a_snapshot),
		CASE(test_filter_holds_for_groups),
		CASE(test_selection_follows_the_group),
		CASE(test_health_marks_what_grows),
		CASE(test_golden_troubles),
		CASE(test_enter_lists_the_sockets_of_a_trouble),
		CASE(test_selection_follows_the_trouble),
		CASE(test_panel_marks_the_states_concerned),
		CASE(test_line_of_health_goes_first),
		CASE(test_health_without_counters),
		CASE(test_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
