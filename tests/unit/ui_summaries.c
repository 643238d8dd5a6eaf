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
			sum += groups_at(g, rank)->states[s];
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
	world_draw(&world, 24, 200);
	groups_sort_by(g, GROUP_COLUMN_OUT);
	groups_text(g, groups_at(g, 0), name, sizeof(name));
	assert_string_equal(name, "192.0.2.29");
	world_press(&world, "I");
	groups_text(g, groups_at(g, 0), name, sizeof(name));
	assert_string_equal(name, "192.0.2.0");
	assert_int_equal(groups_at(g, groups_rows(g) - 1)->known[GROUP_SENT], 0);
	/* the selected row stays the selected one */
	world_press(&world, "Down Down");
	assert_true(g->selected_known);
	groups_text(g, groups_at(g, 2), name, sizeof(name));
	world_press(&world, "I");
	assert_int_not_equal(g->list.cursor, 2);
	assert_ptr_equal(groups_at(g, g->list.cursor), group_of(g, name));
	/* one of CLOSE-WAIT first, and through all that is on the screen and back */
	groups_sort_by(g, GROUP_COLUMN_STATES + STATE_CLOSE_WAIT);
	assert_int_equal(groups_at(g, 0)->states[STATE_CLOSE_WAIT], 1);
	for (size_t i = 0; i < GROUP_COLUMNS; i++) {
		world_press(&world, ">");
		assert_true(g->visible[g->sort]);
		for (size_t rank = 1; g->sort == GROUP_COLUMN_RTT && rank < groups_rows(g); rank++)
			assert_true(groups_at(g, rank - 1)->sums[GROUP_RTT] >=
				    groups_at(g, rank)->sums[GROUP_RTT]);
	}
	groups_sort_by(g, GROUP_COLUMN_GONE);
	groups_sort_by(g, GROUP_COLUMN_NAME);
	assert_false(g->descending);
	assert_true(value_compare(&groups_at(g, 0)->key, &groups_at(g, 1)->key) < 0);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "HOST+"), -1);
	/* a press on a heading does it too */
	ui_mouse(&world.ui, PRESS_CLICK, world_find(&world, "HOST+"), 32);
	assert_int_equal(g->sort, GROUP_COLUMN_COUNT);
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

/* Many sockets are counted in slices, with keys between; rows are shown until there are others. */
static void test_counted_in_slices(void **state)
{
	const struct grouping *counted;
	unsigned int slices = 1;

	(void)state;
	world.clients = 30000;
	world_run(&world, 3);
	world_press(&world, "5");
	assert_true(world.ui.working);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "counting"), -1);
	/* another way, another filter, another view: each begins anew */
	world_press(&world, "F5");
	assert_true(world.ui.working);
	world_press(&world, "Down I > 1");
	assert_false(world.ui.working);
	world_press(&world, "5 v v");
	assert_true(world.ui.working);
	while (ui_work(&world.ui))
		slices++;
	assert_in_range(slices, 3, 10);
	assert_int_equal(groups_rows(world.ui.peers), 1);
	world_press(&world, "v");
	while (ui_work(&world.ui))
		;
	check_totals(world.ui.peers);
	counted = world.ui.peers->now;
	assert_int_equal(ui_update(&world.ui, &world.data, NULL), 0);
	assert_false(world.ui.working);
	world_run(&world, 1);
	assert_ptr_equal(world.ui.peers->before, counted);
	check_totals(world.ui.peers);
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
	       groups_at(world.ui.peers, world.ui.peers->list.cursor))
		world_press(&world, "Down");
	assert_int_not_equal(world.ui.peers->list.cursor, 0);
	world.clients = 60;
	world_run(&world, 1);
	assert_int_equal(world.ui.peers->list.cursor, 0);
	assert_ptr_equal(group_of(world.ui.peers, "192.0.2.0/24"),
			 groups_at(world.ui.peers, 0));
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

static const struct ui_trouble troubles[] = {
	{ true, "CLOSE-WAIT piles up", "java[3121]", "790 for over 60 s",
	  "The peers have closed; this program has not.", "Make it close its sockets." },
	{ false, "listen queue overflows", "0.0.0.0:443", "12/s dropped",
	  "Connections come faster than they are accepted.", "Accept faster." },
};

static void test_golden_troubles(void **state)
{
	(void)state;
	count(1, 5, 1000);
	world.data.troubles = troubles;
	world.data.trouble_count = 2;
	world_run(&world, 2);
	golden_check(&world, "trouble", 24, 80);
	world_press(&world, "6 Down");
	golden_check_sizes(&world, "troubles");
}

/* A small screen does without the line before it does without anything else. */
static void test_line_of_health_goes_first(void **state)
{
	(void)state;
	world.data.troubles = troubles;
	world.data.trouble_count = 2;
	world_run(&world, 2);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "!! CLOSE-WAIT piles up: java[3121]"), -1);
	world_draw(&world, 13, 80);
	assert_int_equal(world_find(&world, "piles up"), -1);
	assert_int_not_equal(world_find(&world, "opened"), -1);
	/* it was nothing */
	world.data.trouble_count = 0;
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
		CASE(test_counted_in_slices),
		CASE(test_filter_holds_for_groups),
		CASE(test_selection_follows_the_group),
		CASE(test_health_marks_what_grows),
		CASE(test_golden_troubles),
		CASE(test_line_of_health_goes_first),
		CASE(test_health_without_counters),
		CASE(test_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
