/* The views of processes, peers and health. */
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

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	counters = (struct counters){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
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

static void test_golden_processes(void **state)
{
	(void)state;
	world.traffic = true;
	world_run(&world, 40);
	world_press(&world, "4");
	world_run(&world, 2);
	golden_check_sizes(&world, "processes");
}

static void test_golden_peers(void **state)
{
	(void)state;
	world.traffic = true;
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

/* Bytes, retransmissions and the worst round trip, counted by hand. */
static void test_traffic_of_groups(void **state)
{
	const struct groups *g = world.ui.processes;
	const struct group *group;
	double sent = 0;
	double rate;

	(void)state;
	world.traffic = true;
	world_run(&world, 10);
	world_press(&world, "4");
	assert_true(ui_facts_of_all(&world.ui) & FACT_TCP);
	world_run(&world, 1);
	assert_false(groups_sum_rate(g, group_of(g, "nginx[812]"), GROUP_SENT, &rate));
	world_run(&world, 1);
	group = group_of(g, "nginx[812]");
	for (unsigned int i = 0; i < world.clients; i++)
		sent += 5000 + i;
	assert_true(groups_sum_rate(g, group, GROUP_RECEIVED, &rate));
	assert_true(rate > 29999 && rate < 30001);
	assert_true(groups_sum_rate(g, group, GROUP_SENT, &rate));
	assert_true(rate > sent - 1 && rate < sent + 1);
	assert_true(groups_sum_rate(g, group, GROUP_RETRANSMITTED, &rate));
	assert_true(rate > 2.99 && rate < 3.01);
	assert_int_equal(group->sums[GROUP_RTT], 12000 + 29 * 100);
	/* what the kernel does not tell is unknown, not nothing */
	assert_false(groups_sum_rate(g, group_of(g, "java[3121]"), GROUP_SENT, &rate));
	/* connections that are gone make nothing negative, new ones count whole */
	world.clients = 12;
	world_run(&world, 1);
	assert_true(groups_sum_rate(g, group_of(g, "nginx[812]"), GROUP_RECEIVED, &rate));
	assert_true(rate > 11999 && rate < 12001);
	world.clients = 13;
	world_run(&world, 1);
	assert_true(groups_sum_rate(g, group_of(g, "nginx[812]"), GROUP_RECEIVED, &rate));
	assert_true(rate > 12000 + world.tick * 1000 - 1 && rate < 12000 + world.tick * 1000 + 1);
}

/* The rows add up to what is counted without any groups. */
static void check_totals(const struct groups *g)
{
	uint64_t states[STATE_COUNT] = { 0 };
	uint64_t queued = 0;
	uint64_t rows = 0;
	uint32_t worst = 0;

	for (size_t i = 0; i < snapshot_count(world.data.snapshot); i++) {
		struct sock sk;

		snapshot_sock(world.data.snapshot, i, &sk);
		if (g == world.ui.peers && !sk.peer.port)
			continue;
		states[sk.state]++;
		queued += sk.state == STATE_LISTEN ? 0 : sk.recv_queue;
		if (sk.tcp && sk.tcp->rtt_us > worst)
			worst = sk.tcp->rtt_us;
	}
	for (size_t s = 0; s < STATE_COUNT; s++) {
		uint64_t sum = 0;

		for (size_t rank = 0; rank < groups_rows(g); rank++)
			sum += grouping_at(g->now, rank)->states[s];
		assert_int_equal(sum, states[s]);
		assert_int_equal(g->total.states[s], states[s]);
		rows += states[s];
	}
	assert_int_equal(g->total.count, rows);
	assert_int_equal(g->total.sums[GROUP_RECV], queued);
	assert_int_equal(g->total.sums[GROUP_RTT], worst);
}

static void test_totals(void **state)
{
	double in;
	double out;

	(void)state;
	world.traffic = true;
	world_run(&world, 20);
	world_press(&world, "4");
	world_run(&world, 2);
	check_totals(world.ui.processes);
	assert_true(groups_rates(world.ui.processes, &world.ui.processes->total, &in, &out));
	/* a CLOSE-WAIT in three ticks, and one that comes and goes in each */
	assert_true(in > 0.99 && out > 0.99 && out < 1.01);
	for (int way = 0; way < 3; way++) {
		world_press(&world, way ? "5 F5" : "5");
		world_run(&world, 2);
		check_totals(world.ui.peers);
		/* groups that vanished are missed in the total */
		world.clients = 20 + (unsigned int)way;
		world_run(&world, 1);
		check_totals(world.ui.peers);
	}
	world.clients = 2;
	world_run(&world, 1);
	assert_true(groups_rates(world.ui.peers, &world.ui.peers->total, &in, &out));
	assert_true(out > 20.99 - 1 && out < 21.01);
}

/* Who comes back after a while is not told rates over that while. */
static void test_rates_begin_anew(void **state)
{
	double in;
	double out;

	(void)state;
	world.traffic = true;
	world_run(&world, 10);
	world_press(&world, "5 F5");
	world_run(&world, 2);
	assert_true(groups_rates(world.ui.peers, &world.ui.peers->total, &in, &out));
	world_press(&world, "1");
	assert_null(world.ui.peers->traffic);
	world_run(&world, 5);
	world_press(&world, "5");
	assert_false(groups_rates(world.ui.peers, &world.ui.peers->total, &in, &out));
	world_run(&world, 1);
	assert_true(groups_rates(world.ui.peers, &world.ui.peers->total, &in, &out));
	assert_true(in < 3);
}

/* The group in that row of the screen. */
static const struct group *group_in_row(size_t rank)
{
	return groups_at(world.ui.peers, arrangement_row(arrangement_of(&world.ui), rank));
}

static void assert_group_in_row(size_t rank, const char *expected)
{
	char name[256];

	groups_text(world.ui.peers, group_in_row(rank), name, sizeof(name));
	assert_string_equal(name, expected);
}

/* Every column can be sorted by; what is not known comes last in both directions. */
static void test_order_of_groups(void **state)
{
	struct groups *g = world.ui.peers;
	char name[256];

	(void)state;
	world.traffic = true;
	world_run(&world, 20);
	world_press(&world, "5");
	world_run(&world, 2);
	sortable_use(&world.ui, GROUP_COLUMN_OUT, true);
	assert_group_in_row(0, "192.0.2.29");
	world_press(&world, "I");
	assert_group_in_row(0, "192.0.2.0");
	assert_int_equal(group_in_row(groups_rows(g) - 1)->known[GROUP_SENT], 0);
	/* the selected row stays the selected one */
	world_press(&world, "Down Down");
	assert_true(g->selected_known);
	groups_text(g, group_in_row(2), name, sizeof(name));
	world_press(&world, "I");
	assert_int_not_equal(g->list.cursor, 2);
	assert_ptr_equal(group_in_row(g->list.cursor), group_of(g, name));
	sortable_use(&world.ui, GROUP_COLUMN_RTT, true);
	for (size_t rank = 1; rank < groups_rows(g); rank++)
		assert_true(group_in_row(rank - 1)->sums[GROUP_RTT] >=
			    group_in_row(rank)->sums[GROUP_RTT]);
	sortable_use(&world.ui, GROUP_COLUMN_NAME, false);
	assert_true(value_compare(&group_in_row(0)->key, &group_in_row(1)->key) < 0);
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
	assert_int_equal(world.ui.peers->total.count, 46);
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
	assert_int_equal(world.ui.peers->total.count, 1);
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
	       group_in_row(world.ui.peers->list.cursor))
		world_press(&world, "Down");
	assert_int_not_equal(world.ui.peers->list.cursor, 0);
	world.clients = 60;
	world_run(&world, 1);
	assert_int_equal(world.ui.peers->list.cursor, 0);
	assert_ptr_equal(group_of(world.ui.peers, "192.0.2.0/24"),
			 group_in_row(0));
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

/* All connections again is all of those that there were: in every view, by the filter before. */
static void test_the_filter_of_a_trouble_is_taken_away(void **state)
{
	size_t all;

	(void)state;
	world.data.troubles = troubles;
	world_run(&world, 2);
	all = result_count(world.ui.result);
	world_press(&world, "6 Down Enter a");
	assert_null(ui_filter_text(&world.ui));
	assert_int_equal(result_count(world.ui.result), all);
	assert_true(world.ui.request.filter);
	world_press(&world, "\\ p r o t o = u d p Enter 6 Enter");
	assert_string_equal(ui_filter_text(&world.ui), "dport = 40001");
	world_press(&world, "6 Enter 1 a");
	assert_string_equal(ui_filter_text(&world.ui), "proto=udp");
	assert_int_equal(result_count(world.ui.result), 1);
	world_press(&world, "a");
	assert_string_equal(ui_filter_text(&world.ui), "proto=udp");
	/* corrected by hand it is the user's own */
	world_press(&world, "6 Enter F4 Space Enter a");
	assert_string_equal(ui_filter_text(&world.ui), "dport = 40001 ");
	world_press(&world, "F4 C-u Enter");
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

/* What is wrong is judged while the connections stand still; there is a row for each. */
static void test_health_goes_on_while_paused(void **state)
{
	const struct list *list = &world.ui.vitals.list;
	size_t before;

	(void)state;
	world.data.troubles = troubles;
	world_run(&world, 2);
	world_press(&world, "6 Z");
	assert_true(world.ui.paused);
	before = list->count;
	world.data.troubles.count = 0;
	world_run(&world, 1);
	assert_int_equal(list->count, before - troubles.count);
	ui_set_troubles(&world.ui, &troubles);
	assert_int_equal(list->count, before);
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
		CASE(test_golden_processes),
		CASE(test_golden_peers),
		CASE(test_golden_health),
		CASE(test_processes_wait_for_owners),
		CASE(test_rates_of_groups),
		CASE(test_traffic_of_groups),
		CASE(test_totals),
		CASE(test_rates_begin_anew),
		CASE(test_order_of_groups),
		CASE(test_peers_by_host_network_port),
		CASE(test_enter_lists_the_group),
		CASE(test_counted_once_a_snapshot),
		CASE(test_filter_holds_for_groups),
		CASE(test_selection_follows_the_group),
		CASE(test_health_marks_what_grows),
		CASE(test_golden_troubles),
		CASE(test_enter_lists_the_sockets_of_a_trouble),
		CASE(test_the_filter_of_a_trouble_is_taken_away),
		CASE(test_selection_follows_the_trouble),
		CASE(test_panel_marks_the_states_concerned),
		CASE(test_line_of_health_goes_first),
		CASE(test_health_goes_on_while_paused),
		CASE(test_health_without_counters),
		CASE(test_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
