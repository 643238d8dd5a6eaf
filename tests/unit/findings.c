/* The tables of findings and thresholds, their order, and what runs out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "findings_world.h"

static void every_finding_says_all(void **state)
{
	size_t count;
	const struct finding_info *all = findings_all(&count);

	(void)state;
	assert_true(count >= 20);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(all[i].title);
		assert_true(strlen(all[i].rule) > 20);
		assert_true(strlen(all[i].meaning) > 20);
		assert_true(strlen(all[i].remedy) > 20);
		assert_true(strlen(all[i].confused_with) > 20);
		assert_non_null(all[i].judge);
		assert_true(all[i].protos != 0);
		assert_true(all[i].host || all[i].observe);
		assert_int_equal(!all[i].states, !all[i].observe);
		assert_ptr_equal(finding_find(all[i].name), &all[i]);
	}
	assert_null(finding_find("wellness"));
}

/* Each threshold belongs to a finding; shares are shares. */
static void every_threshold_has_its_finding(void **state)
{
	(void)state;
	for (size_t i = 0; i < THRESHOLD_COUNT; i++) {
		const struct threshold_info *t = threshold_info((enum threshold)i);
		char name[64] = { 0 };
		size_t len = strcspn(t->name, ".");

		assert_true(len < sizeof(name) && t->name[len] == '.');
		memcpy(name, t->name, len);
		assert_non_null(finding_find(name));
		assert_int_equal(threshold_find(t->name, strlen(t->name)), i);
		if (t->unit == THRESHOLD_SHARE)
			assert_true(t->value > 0 && t->value <= 1);
	}
	assert_int_equal(threshold_find("close-wait", 10), THRESHOLD_COUNT);
}

/* @count connections from @first on to 10.0.0.7:@port, @waits of them in TIME-WAIT. */
static void add_connections(struct world *w, uint16_t first, unsigned int count, uint16_t port,
			    unsigned int waits)
{
	for (unsigned int i = 0; i < count; i++) {
		struct body b = world_tcp(w, STATE_ESTABLISHED, (uint16_t)(first + i), 7, port);

		if (i < waits) {
			body_orphan(&b);
			b.sock.state = STATE_TIME_WAIT;
			b.sock.kind = SOCK_MINI;
		}
		world_add(w, &b);
	}
}

static void narrow_range(struct world *w, unsigned int ports)
{
	counters_set(&w->counters, COUNTER_LOCAL_PORT_MIN, 50000);
	counters_set(&w->counters, COUNTER_LOCAL_PORT_MAX, 50000 + ports - 1);
}

static void ports_run_out(void **state)
{
	struct world *w = *state;
	const struct finding *finding;

	narrow_range(w, 500);
	add_connections(w, 50000, 410, 443, 300);
	world_run(w, 1);
	finding = world_found(w, "ephemeral-ports");
	assert_int_equal(finding->severity, SEVERITY_CRITICAL);
	assert_string_equal(finding->subject, "10.0.0.1 to 10.0.0.7:443");
	assert_string_equal(finding->owner, "java[31]");
	world_evidence(w, "ephemeral-ports",
		       "410 of 500 local ports used (82 %), 300 of them in TIME-WAIT");
}

static void ports_forecast(void **state)
{
	struct world *w = *state;

	narrow_range(w, 500);
	add_connections(w, 50000, 160, 443, 0);
	world_run(w, 2);
	world_silent(w, "ephemeral-ports");
	add_connections(w, 50000, 200, 443, 0);
	world_run(w, 1);
	assert_int_equal(world_found(w, "ephemeral-ports")->severity, SEVERITY_WARNING);
	world_evidence(w, "ephemeral-ports", "20 more a second: none left in 15 s");
}

static void ports_all_used(void **state)
{
	narrow_range(*state, 100);
	add_connections(*state, 50000, 100, 443, 100);
	world_run(*state, 1);
	world_evidence(*state, "ephemeral-ports", "none is left");
}

static void ports_of_many_destinations(void **state)
{
	struct world *w = *state;

	narrow_range(w, 500);
	add_connections(w, 50000, 200, 443, 0);
	add_connections(w, 50000, 200, 80, 0);
	world_run(w, 1);
	world_silent(w, "ephemeral-ports");
}

/* A server's connections all have its one port. */
static void ports_of_a_server(void **state)
{
	struct world *w = *state;

	narrow_range(w, 100);
	for (unsigned int i = 0; i < 400; i++) {
		struct body b = world_tcp(w, STATE_ESTABLISHED, 80, 7, (uint16_t)(50000 + i));

		world_add(w, &b);
	}
	world_run(w, 1);
	world_silent(w, "ephemeral-ports");
}

static void reserved_ports_count_less(void **state)
{
	struct world *w = *state;

	narrow_range(w, 500);
	w->input.ports_reserved = 300;
	add_connections(w, 50000, 150, 443, 0);
	world_run(w, 1);
	world_evidence(w, "ephemeral-ports", "150 of 200 local ports");
}

static void descriptors(void **state)
{
	struct world *w = *state;

	w->limit = (struct finding_limit){ .limit = 100, .used = 97, .used_known = true };
	add_connections(w, 40000, 40, 443, 0);
	world_run(w, 1);
	assert_int_equal(world_found(w, "descriptors")->severity, SEVERITY_CRITICAL);
	world_evidence(w, "descriptors", "97 of 100 descriptors open");
	w->limit.used = 60;
	add_connections(w, 40000, 40, 443, 0);
	world_run(w, 1);
	world_silent(w, "descriptors");
}

static void descriptors_by_sockets(void **state)
{
	struct world *w = *state;

	w->limit = (struct finding_limit){ .limit = 45 };
	add_connections(w, 40000, 40, 443, 0);
	world_run(w, 1);
	world_evidence(w, "descriptors", "40 of 45 descriptors are sockets");
}

/* A gauge and its limit: the last quiet value, one that warns, one that is critical. */
static void check_gauge(struct world *w, const char *name, enum counter gauge,
			enum counter limit, uint64_t max, const uint64_t *values)
{
	static const enum severity severities[] = { SEVERITY_NONE, SEVERITY_WARNING,
						    SEVERITY_CRITICAL };

	counters_set(&w->counters, limit, max);
	for (size_t i = 0; i < 3; i++) {
		counters_set(&w->counters, gauge, values[i]);
		world_run(w, 1);
		if (severities[i] == SEVERITY_NONE)
			world_silent(w, name);
		else
			assert_int_equal(world_found(w, name)->severity, severities[i]);
	}
}

static void gauges(void **state)
{
	check_gauge(*state, "orphans", COUNTER_TCP_ORPHANS, COUNTER_TCP_MAX_ORPHANS, 1000,
		    (const uint64_t[]){ 249, 250, 500 });
	check_gauge(*state, "time-wait-buckets", COUNTER_TCP_MINISOCKS, COUNTER_TCP_MAX_TW_BUCKETS,
		    1000, (const uint64_t[]){ 799, 800, 950 });
	check_gauge(*state, "conntrack", COUNTER_CONNTRACK_COUNT, COUNTER_CONNTRACK_MAX, 1000,
		    (const uint64_t[]){ 899, 900, 950 });
}

static void memory(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_TCP_MEM_PRESSURE_PAGES, 700);
	check_gauge(w, "tcp-memory", COUNTER_TCP_MEMORY_PAGES, COUNTER_TCP_MEM_MAX_PAGES, 1000,
		    (const uint64_t[]){ 559, 560, 900 });
}

static void memory_pressure_between_passes(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_TCP_MEM_PRESSURE_PAGES, 700);
	counters_set(&w->counters, COUNTER_TCP_MEM_MAX_PAGES, 1000);
	counters_set(&w->counters, COUNTER_TCP_MEMORY_PAGES, 10);
	counters_set(&w->counters, COUNTER_MEMORY_PRESSURES, 4);
	world_run(w, 1);
	world_silent(w, "tcp-memory");
	counters_set(&w->counters, COUNTER_MEMORY_PRESSURES, 5);
	world_run(w, 1);
	world_found(w, "tcp-memory");
}

static void buckets_overflow(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_TCP_MINISOCKS, 10);
	counters_set(&w->counters, COUNTER_TCP_MAX_TW_BUCKETS, 1000);
	counters_set(&w->counters, COUNTER_TIME_WAIT_OVERFLOWS, 7);
	world_run(w, 1);
	world_silent(w, "time-wait-buckets");
	counters_set(&w->counters, COUNTER_TIME_WAIT_OVERFLOWS, 9);
	world_run(w, 1);
	world_evidence(w, "time-wait-buckets", "2 connections ended without TIME-WAIT");
}

static void unknown_is_no_finding(void **state)
{
	struct world *w = *state;

	w->input.counters = NULL;
	w->input.owners = NULL;
	w->input.tracker = NULL;
	add_connections(w, 32768, 100, 443, 0);
	world_run(w, 1);
	world_run(w, 1);
	assert_int_equal(findings_worst(w->findings), SEVERITY_NONE);
}

static void reset(struct world *w, uint64_t *total, uint64_t more)
{
	*total += more;
	counters_set(&w->counters, COUNTER_ESTAB_RESETS, *total);
	world_run(w, 1);
}

static void resets(void **state)
{
	uint64_t total = 5000;

	for (unsigned int i = 0; i < 90; i++) {
		reset(*state, &total, 4);
		world_silent(*state, "resets");
	}
	reset(*state, &total, 30);
	world_silent(*state, "resets");
	reset(*state, &total, 200);
	world_evidence(*state, "resets", "200 open connections reset a second");
}

static void resets_that_are_usual(void **state)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < 120; i++) {
		reset(*state, &total, 300);
		world_silent(*state, "resets");
	}
}

/* At once, when it is known how long the counters have been counting. */
static void resets_since_boot(void **state)
{
	struct world *w = *state;
	uint64_t total = 1000;

	reset(w, &total, 0);
	w->input.counters_age_ns = UINT64_C(1000) * 1000000000;
	reset(w, &total, 9);
	world_silent(w, "resets");
	reset(w, &total, 50);
	world_found(w, "resets");
}

/* Of another namespace nobody knows how long it has been counting: that takes a minute. */
static void resets_in_a_young_namespace(void **state)
{
	struct world *w = *state;
	uint64_t total = 3;

	reset(w, &total, 0);
	for (unsigned int i = 0; i < 50; i++) {
		reset(w, &total, 14 + i);
		world_silent(w, "resets");
	}
	for (unsigned int i = 0; i < 20; i++)
		reset(w, &total, 14);
	reset(w, &total, 600);
	world_found(w, "resets");
}

static void whose_counters(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_TCP_MINISOCKS, 900);
	counters_set(&w->counters, COUNTER_TCP_MAX_TW_BUCKETS, 1000);
	world_run(w, 1);
	assert_string_equal(world_found(w, "time-wait-buckets")->subject, "this network namespace");
	counters_set(&w->counters, COUNTER_TCP_MAX_ORPHANS, 1000);
	world_run(w, 1);
	assert_string_equal(world_found(w, "time-wait-buckets")->subject, "this host");
}

/* As many resets for each connection as ever, with ten times the connections. */
static void resets_of_more_connections(void **state)
{
	struct world *w = *state;
	uint64_t total = 10000;

	counters_set(&w->counters, COUNTER_ACTIVE_OPENS, 20000);
	counters_set(&w->counters, COUNTER_PASSIVE_OPENS, 0);
	w->input.counters_age_ns = UINT64_C(1000) * 1000000000;
	reset(w, &total, 0);
	counters_set(&w->counters, COUNTER_ACTIVE_OPENS, 20200);
	reset(w, &total, 150);
	world_silent(w, "resets");
	reset(w, &total, 150);
	world_found(w, "resets");
}

/* A young namespace: its few connections before were part of the storm. */
static void resets_from_the_beginning(void **state)
{
	struct world *w = *state;
	uint64_t total = 500;

	counters_set(&w->counters, COUNTER_ACTIVE_OPENS, 500);
	counters_set(&w->counters, COUNTER_PASSIVE_OPENS, 0);
	w->input.counters_age_ns = UINT64_C(1000) * 1000000000;
	reset(w, &total, 0);
	counters_set(&w->counters, COUNTER_ACTIVE_OPENS, 600);
	reset(w, &total, 100);
	world_found(w, "resets");
}

static void worst_first(void **state)
{
	struct world *w = *state;
	struct body b = world_listener(w, 80, 9, 8);
	size_t count;
	const struct finding *list;

	counters_set(&w->counters, COUNTER_TCP_ORPHANS, 300);
	counters_set(&w->counters, COUNTER_TCP_MAX_ORPHANS, 1000);
	world_add(w, &b);
	b = world_listener(w, 81, 50, 40);
	world_add(w, &b);
	world_run(w, 1);
	list = findings_list(w->findings, &count);
	assert_int_equal(count, 3);
	assert_string_equal(list[0].subject, "10.0.0.1:81");
	assert_string_equal(list[1].subject, "10.0.0.1:80");
	assert_string_equal(list[2].info->name, "orphans");
	assert_int_equal(findings_worst(w->findings), SEVERITY_CRITICAL);
}

static void since_it_was_first_seen(void **state)
{
	struct world *w = *state;
	uint64_t began;

	counters_set(&w->counters, COUNTER_TCP_ORPHANS, 0);
	counters_set(&w->counters, COUNTER_TCP_MAX_ORPHANS, 1000);
	world_run(w, 1);
	began = w->now_ns;
	counters_set(&w->counters, COUNTER_TCP_ORPHANS, 300);
	for (unsigned int i = 0; i < 5; i++)
		world_run(w, 1);
	assert_true(world_found(w, "orphans")->since_ns == began);
	assert_false(world_found(w, "orphans")->at_least);
}

static void thresholds_may_be_changed(void **state)
{
	struct world *w = *state;

	w->thresholds.value[threshold_find("orphans.warning", 15)] = 0.9;
	counters_set(&w->counters, COUNTER_TCP_ORPHANS, 800);
	counters_set(&w->counters, COUNTER_TCP_MAX_ORPHANS, 1000);
	world_run(w, 1);
	world_silent(w, "orphans");
}

static bool only_443(void *context, const struct sock *sk)
{
	(void)context;
	return sk->peer.port == 443;
}

static void a_selection(void **state)
{
	struct world *w = *state;

	w->input.wanted = only_443;
	narrow_range(w, 100);
	add_connections(w, 50000, 90, 80, 0);
	world_run(w, 1);
	world_silent(w, "ephemeral-ports");
	add_connections(w, 50000, 90, 443, 0);
	world_run(w, 1);
	world_found(w, "ephemeral-ports");
}

/* More groups than there is room for are counted, not forgotten. */
static void too_many_groups(void **state)
{
	struct world *w = *state;
	struct body b = world_tcp(w, STATE_ESTABLISHED, 40000, 7, 443);

	body_orphan(&b);
	for (unsigned int i = 0; i < FINDINGS_GROUPS_MAX + 100; i++) {
		b.sock.peer.bytes[1] = (uint8_t)(i >> 16);
		b.sock.peer.bytes[2] = (uint8_t)(i >> 8);
		b.sock.peer.bytes[3] = (uint8_t)i;
		b.sock.cookie = 1000 + i;
		world_add(w, &b);
	}
	world_run(w, 1);
	assert_true(findings_left_out(w->findings) >= 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
		TEST(every_finding_says_all),
		TEST(every_threshold_has_its_finding),
		TEST(ports_run_out),
		TEST(ports_forecast),
		TEST(ports_all_used),
		TEST(ports_of_many_destinations),
		TEST(ports_of_a_server),
		TEST(reserved_ports_count_less),
		TEST(descriptors),
		TEST(descriptors_by_sockets),
		TEST(gauges),
		TEST(memory),
		TEST(memory_pressure_between_passes),
		TEST(buckets_overflow),
		TEST(unknown_is_no_finding),
		TEST(resets),
		TEST(resets_that_are_usual),
		TEST(resets_since_boot),
		TEST(resets_in_a_young_namespace),
		TEST(whose_counters),
		TEST(resets_of_more_connections),
		TEST(resets_from_the_beginning),
		TEST(worst_first),
		TEST(since_it_was_first_seen),
		TEST(thresholds_may_be_changed),
		TEST(a_selection),
		TEST(too_many_groups),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
