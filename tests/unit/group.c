/* Rows grouped by a column: the same counts and sums as a naive count gives. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query/group.h"

static const struct column *column(const char *name)
{
	const struct column *c = column_find(name, strlen(name));

	assert_non_null(c);
	return c;
}

static uint64_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void add(struct grouping *g, const struct row *row)
{
	struct error err = { 0 };

	if (grouping_add(g, row, &err))
		fail_msg("%s", err.text);
}

static uint64_t sum_of_counts(const struct grouping *g)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < grouping_count(g); i++)
		sum += grouping_at(g, i)->count;
	return sum;
}

/* 1,000 users, so that the groups have to grow several times. */
#define USERS 1000

struct tally {
	uint64_t count;
	uint64_t states[STATE_COUNT];
	uint64_t recv_queue;
	uint64_t recv_known;
};

static struct sock random_sock(uint64_t *seed)
{
	return (struct sock){
		.has = SOCK_HAS_UID | (random_next(seed) % 2 ? SOCK_HAS_QUEUES : 0),
		.state = (uint8_t)(random_next(seed) % STATE_COUNT),
		.uid = (uint32_t)(random_next(seed) % USERS * (random_next(seed) % USERS) / USERS),
		.recv_queue = (uint32_t)random_next(seed),
	};
}

static void tally_add(struct tally *tally, const struct sock *sk)
{
	struct tally *t = &tally[sk->uid];

	t->count++;
	t->states[sk->state]++;
	if (!(sk->has & SOCK_HAS_QUEUES))
		return;
	t->recv_queue += sk->recv_queue;
	t->recv_known++;
}

static void assert_tally(const struct grouping *g, const struct tally *tally)
{
	size_t groups = 0;

	for (size_t i = 0; i < USERS; i++)
		groups += tally[i].count > 0;
	assert_int_equal(grouping_count(g), groups);
	for (size_t i = 0; i < groups; i++) {
		const struct group *group = grouping_at(g, i);
		const struct tally *t = &tally[group->key.count];

		assert_int_equal(group->key.kind, VALUE_COUNT);
		assert_int_equal(group->count, t->count);
		assert_memory_equal(group->states, t->states, sizeof(t->states));
		assert_int_equal(group->sums[0], t->recv_queue);
		assert_int_equal(group->known[0], t->recv_known);
		assert_int_equal(group->sums[1], group->key.count * t->count);
		assert_int_equal(group->known[1], t->count);
	}
}

static void assert_largest_first(const struct grouping *g)
{
	for (size_t i = 1; i < grouping_count(g); i++) {
		const struct group *a = grouping_at(g, i - 1);
		const struct group *b = grouping_at(g, i);

		assert_true(a->count > b->count ||
			    (a->count == b->count && a->key.count < b->key.count));
	}
}

static void counts_are_those_of_a_naive_count(void **state)
{
	const struct column *const sums[] = { column("recv_q"), column("uid") };
	struct grouping *g = grouping_new(column("uid"), sums, 2);
	struct tally *tally = calloc(USERS, sizeof(*tally));
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		const struct sock sk = random_sock(&seed);

		tally_add(tally, &sk);
		add(g, &(struct row){ .sock = &sk });
		/* sorted in between, as a live view would; adding goes on */
		if (i == 300 || i == 20000)
			grouping_sort(g);
	}
	assert_tally(g, tally);
	grouping_sort(g);
	assert_tally(g, tally);
	assert_largest_first(g);
	free(tally);
	grouping_free(g);
	grouping_free(NULL);
}

/* Rows lend their texts for the time of the call; a group keeps its own. */
static void keys_outlive_their_rows(void **state)
{
	struct grouping *g = grouping_new(column("process"), NULL, 0);
	const struct sock sk = { .state = STATE_LISTEN };
	char name[32];

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "worker[%d]", i % 250);
		add(g, &(struct row){ .sock = &sk, .process = name });
	}
	memset(name, '!', sizeof(name));
	assert_int_equal(grouping_count(g), 250);
	for (size_t i = 0; i < 250; i++) {
		const struct group *group = grouping_at(g, i);

		snprintf(name, sizeof(name), "worker[%zu]", i);
		assert_int_equal(group->key.len, strlen(name));
		assert_memory_equal(group->key.text, name, strlen(name));
		assert_int_equal(group->states[STATE_LISTEN], 2);
	}
	grouping_free(g);
}

static void addresses_group_whatever_the_port(void **state)
{
	struct grouping *by_address = grouping_new(column("peer_address"), NULL, 0);
	struct grouping *by_peer = grouping_new(column("peer"), NULL, 0);

	(void)state;
	for (uint16_t i = 0; i < 12; i++) {
		struct sock sk = { .peer = { .family = i % 2 ? ADDR_V4 : ADDR_V6,
					     .port = (uint16_t)(i / 6),
					     .bytes = { 10, 0, 0, 1 } } };

		add(by_address, &(struct row){ .sock = &sk });
		add(by_peer, &(struct row){ .sock = &sk });
	}
	assert_int_equal(grouping_count(by_address), 2);
	assert_int_equal(grouping_at(by_address, 0)->count, 6);
	assert_int_equal(grouping_at(by_address, 0)->key.endpoint->family, ADDR_V6);
	assert_int_equal(grouping_at(by_address, 1)->key.endpoint->bytes[0], 10);
	assert_int_equal(grouping_count(by_peer), 4);
	grouping_free(by_address);
	grouping_free(by_peer);
}

/* Unknown is a group of its own, never zero or "", and the last among equals. */
static void unknown_is_a_group(void **state)
{
	struct grouping *g = grouping_new(column("uid"), NULL, 0);
	const struct sock known = { .has = SOCK_HAS_UID, .uid = 0 };
	const struct sock unknown = { .uid = 0 };

	(void)state;
	add(g, &(struct row){ .sock = &unknown });
	add(g, &(struct row){ .sock = &known });
	grouping_sort(g);
	assert_int_equal(grouping_count(g), 2);
	assert_int_equal(grouping_at(g, 0)->key.kind, VALUE_COUNT);
	assert_int_equal(grouping_at(g, 1)->key.kind, VALUE_NONE);
	add(g, &(struct row){ .sock = &unknown });
	grouping_sort(g);
	assert_int_equal(grouping_at(g, 0)->key.kind, VALUE_NONE);
	assert_int_equal(grouping_at(g, 0)->count, 2);
	grouping_free(g);
}

/* "orphaned" and "not permitted" are two different things not to know. */
static void reasons_are_kept_apart(void **state)
{
	struct grouping *g = grouping_new(column("process"), NULL, 0);
	const struct sock sk = { .state = STATE_FIN_WAIT_1 };

	(void)state;
	for (int i = 0; i < 3; i++)
		add(g, &(struct row){ .sock = &sk, .process_why = "orphaned" });
	for (int i = 0; i < 2; i++)
		add(g, &(struct row){ .sock = &sk, .process_why = "not permitted" });
	add(g, &(struct row){ .sock = &sk, .process_why = "other namespace" });
	add(g, &(struct row){ .sock = &sk });
	grouping_sort(g);
	assert_int_equal(grouping_count(g), 4);
	assert_int_equal(sum_of_counts(g), 7);
	assert_string_equal(grouping_at(g, 0)->key.text, "orphaned");
	assert_int_equal(grouping_at(g, 0)->count, 3);
	assert_string_equal(grouping_at(g, 1)->key.text, "not permitted");
	assert_null(grouping_at(g, 2)->key.text);
	assert_string_equal(grouping_at(g, 3)->key.text, "other namespace");
	grouping_free(g);
}

static void states_group_too(void **state)
{
	struct grouping *g = grouping_new(column("state"), NULL, 0);

	(void)state;
	for (uint8_t i = 0; i < 100; i++) {
		const struct sock sk = { .state = i % 5 ? STATE_LISTEN : STATE_TIME_WAIT };

		add(g, &(struct row){ .sock = &sk });
	}
	grouping_sort(g);
	assert_int_equal(grouping_count(g), 2);
	assert_int_equal(grouping_at(g, 0)->key.state, STATE_LISTEN);
	assert_int_equal(grouping_at(g, 0)->states[STATE_LISTEN], 80);
	assert_int_equal(grouping_at(g, 0)->states[STATE_TIME_WAIT], 0);
	assert_int_equal(grouping_at(g, 1)->count, 20);
	grouping_free(g);
}

static void nothing_is_a_grouping_too(void **state)
{
	struct grouping *g = grouping_new(column("uid"), NULL, 0);

	(void)state;
	grouping_sort(g);
	assert_int_equal(grouping_count(g), 0);
	grouping_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_those_of_a_naive_count),
		cmocka_unit_test(keys_outlive_their_rows),
		cmocka_unit_test(addresses_group_whatever_the_port),
		cmocka_unit_test(unknown_is_a_group),
		cmocka_unit_test(reasons_are_kept_apart),
		cmocka_unit_test(states_group_too),
		cmocka_unit_test(nothing_is_a_grouping_too),
	};

	return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
