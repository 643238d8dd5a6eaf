/*
 * The sockets of a recording: at a moment (compared with a plain look at every stay) and
 * over time, each with the state before and with what it shares with others.
 */
#include "config.h"

#include "unit/recording_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/schema.h"

/* A stay is there from its first millisecond on, and no more at its end. */
static void test_level_bounds(void **state)
{
	static const int64_t lasted[] = { 1, 2, 3, 4, 5, 7, 8, 9, 1023, 1024, 1025, 65535, 65536,
					  86400000, 2147483647, 2147483648, 31536000000 };
	struct world w;
	struct recording *r;

	(void)state;
	for (size_t i = 0; i < sizeof(lasted) / sizeof(lasted[0]); i++) {
		world_open(&w, 4096);
		add_stay(&w, 1, 9, T0, T0 + lasted[i]);
		add_stay(&w, 2, 9, T0 + lasted[i], 0);
		add_stay(&w, 3, 9, T0, T0); /* no time at all: never there */
		r = open_it(&w);
		assert_int_equal(count_at(r, T0 - 1), 0);
		assert_int_equal(count_at(r, T0), 1);
		assert_int_equal(count_at(r, (uint64_t)(T0 + lasted[i] - 1)), 1);
		assert_int_equal(count_at(r, (uint64_t)(T0 + lasted[i])), 1);
		assert_int_equal(count_at(r, UINT64_MAX), 1);
		assert_int_equal(count_at(r, 0), 0);
		recording_close(r);
		world_close(&w);
	}
}

#define STAYS 3000

struct plain {
	int64_t since;
	int64_t until; /* 0: goes on */
};

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void make_stays(struct world *w, struct plain *list, uint32_t *seed)
{
	run(w->db, "BEGIN");
	for (int i = 0; i < STAYS; i++) {
		int64_t lasts = draw(seed) % (1u << draw(seed) % 20);

		list[i].since = T0 + draw(seed) % 1000000;
		list[i].until = draw(seed) % 50 ? list[i].since + lasts : 0;
		add_stay(w, i + 1, 9, list[i].since, list[i].until);
	}
	run(w->db, "COMMIT");
}

static void compare_at(struct recording *r, const struct plain *list, int64_t at)
{
	static struct seen seen;
	struct error err;
	size_t n = 0;

	seen = (struct seen){ .count = 0 };
	assert_int_equal(recording_sockets(r, (uint64_t)at, note, &seen, &err), 0);
	for (int i = 0; i < STAYS; i++) {
		if (list[i].since > at || (list[i].until && list[i].until <= at))
			continue;
		assert_true(n < seen.count);
		assert_int_equal(seen.ids[n++], i + 1);
	}
	assert_int_equal(n, seen.count);
}

static void test_as_a_plain_look(void **state)
{
	static struct plain list[STAYS];
	uint32_t seed = 20261122;
	struct world w;
	struct recording *r;

	(void)state;
	world_open(&w, 4096);
	make_stays(&w, list, &seed);
	r = open_it(&w);
	for (int i = 0; i < 300; i++)
		compare_at(r, list, T0 - 1000 + draw(&seed) % 1600000);
	/* exactly where stays begin and end */
	for (int i = 0; i < 300; i++) {
		compare_at(r, list, list[i].since);
		if (list[i].until) {
			compare_at(r, list, list[i].until);
			compare_at(r, list, list[i].until - 1);
		}
	}
	recording_close(r);
	world_close(&w);
}

static void test_order_of_stays(void **state)
{
	static struct plain list[STAYS];
	static struct seen seen;
	uint32_t seed = 793;
	struct world w;
	struct recording *r;
	struct error err;
	size_t within = 0;

	(void)state;
	world_open(&w, 4096);
	make_stays(&w, list, &seed);
	r = open_it(&w);
	seen.count = 0;
	seen.most = 0;
	assert_int_equal(recording_dwells(r, T0 + 1000, T0 + 500000, note, &seen, &err), 0);
	for (int i = 0; i < STAYS; i++)
		within += list[i].since > T0 + 1000 && list[i].since <= T0 + 500000;
	assert_true(within > 1000);
	assert_int_equal(seen.count, within);
	for (size_t i = 0; i < seen.count; i++) {
		assert_int_equal(seen.since[i], list[seen.ids[i] - 1].since);
		assert_true(!i || seen.since[i - 1] < seen.since[i] ||
			    (seen.since[i - 1] == seen.since[i] &&
			     seen.ids[i - 1] < seen.ids[i]));
	}
	/* one who has enough says so */
	seen.count = 0;
	seen.most = 5;
	assert_int_equal(recording_dwells(r, 0, UINT64_MAX, note, &seen, &err), 0);
	assert_int_equal(seen.count, 5);
	recording_close(r);
	world_close(&w);
}

/* Two changes within a millisecond stay in the order in which they came. */
static void test_states_before(void **state)
{
	static struct seen seen;
	struct world w;
	struct recording *r;
	struct error err;

	(void)state;
	world_open(&w, 4096);
	add_stay(&w, 1, 9, T0, T0 + 500);
	add_stay(&w, 1, 12, T0 + 500, T0 + 500);
	add_stay(&w, 1, 11, T0 + 500, 0);
	add_stay(&w, 2, 13, T0 + 600, 0);
	r = open_it(&w);
	seen = (struct seen){ .count = 0 };
	assert_int_equal(recording_dwells(r, 0, UINT64_MAX, note, &seen, &err), 0);
	assert_int_equal(seen.count, 3); /* a state that has no name here is left out */
	assert_int_equal(seen.states[0], STATE_ESTABLISHED);
	assert_int_equal(seen.previous[0], STATE_COUNT);
	assert_int_equal(seen.states[1], STATE_LAST_ACK);
	assert_int_equal(seen.previous[1], STATE_ESTABLISHED);
	assert_int_equal(seen.states[2], STATE_CLOSE_WAIT);
	assert_int_equal(seen.previous[2], STATE_LAST_ACK);
	recording_close(r);
	world_close(&w);
}

struct held {
	uint32_t pids[16];
	int32_t fds[16];
	size_t sockets;
	size_t holders;
	size_t without;
	char texts[256];
};

static int note_holders(void *context, const struct recorded_sock *what)
{
	struct held *held = context;

	held->sockets++;
	held->without += !what->owners.count;
	for (size_t i = 0; i < what->owners.count; i++) {
		held->pids[held->holders] = what->owners.list[i].pid;
		held->fds[held->holders++] = what->owners.list[i].fd;
		strcat(held->texts, what->owners.list[i].command);
	}
	strcat(held->texts, what->unit ? what->unit : "-");
	strcat(held->texts, what->netns_name ? what->netns_name : "-");
	strcat(held->texts, ";");
	return 0;
}

/* Processes, units and namespaces are each socket's own, however many share them. */
static void test_what_sockets_share(void **state)
{
	static const uint32_t pids[] = { 50, 812, 812, 50, 60 };
	static const int32_t fds[] = { 4, 9, 3, 5, 6 };
	struct held held = { .sockets = 0 };
	struct world w;
	struct recording *r;

	(void)state;
	world_open(&w, 4096);
	for (int i = 1; i <= 5; i++)
		add_stay(&w, i, 9, T0, 0);
	run(w.db, "INSERT INTO netns VALUES (1, 7, 'blue');"
		  "INSERT INTO cgroup VALUES (1, 99, '/a', 'a', NULL), (2, 98, '/b', 'b', NULL);"
		  "INSERT INTO process VALUES (1, 812, 5, 'web', NULL, 33),"
		  " (2, 50, 6, 'sh', NULL, NULL), (3, 60, 6, 'c', NULL, NULL);"
		  /* the last one has no row */
		  "INSERT INTO holder VALUES (1, 1, 9), (1, 2, 4), (2, 1, 3), (4, 3, 6), (4, 2, 5),"
		  " (5, 9, 1);"
		  "UPDATE socket SET cgroup = 1, netns = 1 WHERE id IN (1, 4);"
		  "UPDATE socket SET cgroup = 2 WHERE id = 2;"
		  "UPDATE socket SET cgroup = 9, netns = 9 WHERE id = 3");
	r = open_it(&w);
	assert_int_equal(recording_sockets(r, T0, note_holders, &held, NULL), 0);
	assert_int_equal(held.sockets, 5);
	assert_int_equal(held.without, 2);
	assert_int_equal(held.holders, 5);
	assert_memory_equal(held.pids, pids, sizeof(pids));
	assert_memory_equal(held.fds, fds, sizeof(fds));
	assert_string_equal(held.texts, "shwebablue;webb-;--;shcablue;--;");
	/* what was written since is seen: rows are not kept from one moment to another */
	run(w.db, "PRAGMA journal_mode = WAL; UPDATE process SET pid = 13 WHERE id = 3");
	held = (struct held){ .sockets = 0 };
	assert_int_equal(recording_sockets(r, T0, note_holders, &held, NULL), 0);
	assert_int_equal(held.pids[3], 13);
	recording_close(r);
	world_close(&w);
}

/* A socket that goes to and fro: each stay knows the one before, also out of many. */
static void test_to_and_fro(void **state)
{
	static struct seen seen;
	struct world w;
	struct recording *r;
	const int count = 500; /* more than are read at a time */

	(void)state;
	world_open(&w, 4096);
	run(w.db, "BEGIN");
	for (int i = 0; i < count; i++)
		add_stay(&w, 1, i % 2 ? 9 : 11, T0 + i * 1000,
			 i + 1 < count ? T0 + (i + 1) * 1000 : 0);
	run(w.db, "COMMIT");
	r = open_it(&w);
	seen = (struct seen){ .count = 0 };
	assert_int_equal(recording_dwells(r, 0, UINT64_MAX, note, &seen, NULL), 0);
	assert_int_equal(seen.count, count);
	for (int i = 0; i < count; i++) {
		assert_int_equal(seen.states[i], i % 2 ? STATE_ESTABLISHED : STATE_CLOSE_WAIT);
		assert_int_equal(seen.previous[i], !i    ? STATE_COUNT :
						   i % 2 ? STATE_CLOSE_WAIT :
							   STATE_ESTABLISHED);
	}
	for (int i = 1; i < count; i += 7) {
		seen = (struct seen){ .count = 0 };
		assert_int_equal(recording_sockets(r, T0 + (uint64_t)i * 1000 + 5, note, &seen,
						   NULL), 0);
		assert_int_equal(seen.count, 1);
		assert_int_equal(seen.since[0], T0 + (uint64_t)i * 1000);
		assert_int_equal(seen.previous[0], i % 2 ? STATE_CLOSE_WAIT : STATE_ESTABLISHED);
	}
	recording_close(r);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_bounds),
		cmocka_unit_test(test_as_a_plain_look),
		cmocka_unit_test(test_order_of_stays),
		cmocka_unit_test(test_states_before),
		cmocka_unit_test(test_what_sockets_share),
		cmocka_unit_test(test_to_and_fro),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
