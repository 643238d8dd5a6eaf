/*
 * The order of rows: the same as that of a naive sort, whatever the column, the
 * window and the way there.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "query/query.h"

#define ROWS_MAX 400
#define PROCESS_MAX 48

/* All rows with the values of their sort keys, in the order that they should have. */
struct model {
	struct sock sock[ROWS_MAX];
	char process[ROWS_MAX][PROCESS_MAX];
	struct value value[ROWS_MAX][SORT_KEYS_MAX];
	size_t order[ROWS_MAX];
	size_t count;
	struct sort sort;
};

static uint64_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Few different values, so that most keys are equal in many rows. */
static struct endpoint random_endpoint(uint64_t *seed)
{
	struct endpoint e = { .family = (uint8_t)(random_next(seed) % 3) };

	if (e.family == ADDR_NONE)
		return e;
	e.port = (uint16_t)(random_next(seed) % 3 + 254);
	e.bytes[0] = (uint8_t)(random_next(seed) % 2 * 200);
	e.bytes[3] = (uint8_t)(random_next(seed) % 3);
	if (e.family == ADDR_V6)
		e.bytes[15] = (uint8_t)(random_next(seed) % 2);
	return e;
}

/* Texts that differ early, late, only in length, or by a NUL. */
static void random_name(char *out, struct sock *sk, uint64_t *seed)
{
	memset(out, 'x', 40);
	out[random_next(seed) % 40] = (char)(random_next(seed) % 3 * 100);
	sk->name = out;
	sk->name_len = (uint32_t)(random_next(seed) % 41);
}

static void add_random_sock(struct snapshot *s, uint64_t cookie, uint64_t *seed)
{
	static const char *const congestion[] = { NULL, "cubic", "bbr", "bbr2" };
	struct tcp_facts tcp = { .rtt_us = (uint32_t)(random_next(seed) % 5) };
	struct sock sk = {
		.has = (uint32_t)random_next(seed) | SOCK_HAS_COOKIE,
		.state = (uint8_t)(random_next(seed) % STATE_COUNT),
		.kind = (uint8_t)(random_next(seed) % 3),
		.timer = (uint8_t)(random_next(seed) % 6),
		.timer_ms = (uint32_t)(random_next(seed) % 4),
		.local = random_endpoint(seed),
		.peer = random_endpoint(seed),
		.cookie = cookie,
		.uid = (uint32_t)(random_next(seed) % 3),
		.recv_queue = (uint32_t)random_next(seed) % 3 * 0x7fffffffu,
		.send_queue = (uint32_t)(random_next(seed) % 3),
		.congestion = congestion[random_next(seed) % 4],
		.v6only = (uint8_t)(random_next(seed) % 2),
	};
	char name[40];
	struct error err = { 0 };

	if (random_next(seed) % 2)
		random_name(name, &sk, seed);
	if (random_next(seed) % 2) {
		sk.tcp = &tcp;
		sk.tcp_bytes = sizeof(tcp);
	}
	if (snapshot_add(s, &sk, &err))
		fail_msg("%s", err.text);
}

/* Owners, as a session would add them: long texts that agree in their first 24 bytes. */
static void complete_row(void *context, struct row *row)
{
	char *out = context;
	uint64_t n = row->sock->cookie * 7 % 11;

	if (!n)
		return;
	snprintf(out, PROCESS_MAX, "a-process-of-a-long-name-%u[%u]", (unsigned int)n % 3,
		 (unsigned int)n);
	row->process = out;
}

static bool keep_row(void *context, const struct row *row)
{
	const unsigned int *divisor = context;

	return row->sock->cookie % *divisor != 0;
}

static int compare_model_rows(const void *a, const void *b, void *context)
{
	const struct model *m = context;
	size_t i = *(const size_t *)a;
	size_t j = *(const size_t *)b;

	for (size_t k = 0; k < m->sort.count; k++) {
		const struct value *x = &m->value[i][k];
		const struct value *y = &m->value[j][k];
		int order;

		if (x->kind == VALUE_NONE || y->kind == VALUE_NONE)
			order = (x->kind == VALUE_NONE) - (y->kind == VALUE_NONE);
		else
			order = value_compare(x, y) * (m->sort.key[k].descending ? -1 : 1);
		if (order)
			return order;
	}
	if (m->sort.count && m->sock[i].cookie != m->sock[j].cookie)
		return m->sock[i].cookie < m->sock[j].cookie ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void model_fill(struct model *m, const struct snapshot *s, const struct sort *sort,
		       unsigned int divisor)
{
	m->sort = *sort;
	m->count = 0;
	for (size_t i = 0; i < snapshot_count(s); i++) {
		struct row row = { .sock = &m->sock[i], .now_ns = snapshot_taken_ns(s) };

		snapshot_sock(s, i, &m->sock[i]);
		complete_row(m->process[i], &row);
		if (!keep_row(&divisor, &row))
			continue;
		for (size_t k = 0; k < sort->count; k++)
			m->value[i][k] = column_value(sort->key[k].column, &row);
		m->order[m->count++] = i;
	}
	qsort_r(m->order, m->count, sizeof(m->order[0]), compare_model_rows, m);
}

static void build(struct result *r, const struct snapshot *s, const struct sort *sort,
		  unsigned int divisor)
{
	char process[PROCESS_MAX];
	const struct row_source source = { complete_row, process };
	struct error err = { 0 };

	if (result_build(r, s, sort, keep_row, &divisor, &source, &err))
		fail_msg("%s", err.text);
}

static void random_sort(struct sort *sort, uint64_t *seed)
{
	static const char *const often[] = { "state", "recv_q", "local", "peer_address", "name",
					     "process", "congestion", "rtt", "v6only" };
	size_t all_count;
	const struct column *all = columns_all(&all_count);

	sort->count = random_next(seed) % (SORT_KEYS_MAX + 1);
	for (size_t k = 0; k < sort->count; k++) {
		const char *name = often[random_next(seed) % (sizeof(often) / sizeof(often[0]))];

		sort->key[k].descending = random_next(seed) % 2;
		sort->key[k].column = random_next(seed) % 4 ? column_find(name, strlen(name)) :
							      &all[random_next(seed) % all_count];
		assert_non_null(sort->key[k].column);
	}
}

static void fill_snapshot(struct snapshot *s, size_t count, uint64_t *seed)
{
	snapshot_reset(s);
	snapshot_stamp(s, 1000, 0);
	for (size_t i = 0; i < count; i++)
		add_random_sock(s, (i * 7919 + 13) % 4001 + 1, seed);
}

static void assert_window(const struct result *r, const struct model *m, size_t first,
			  size_t count)
{
	for (size_t i = first; i < m->count && i - first < count; i++)
		if (result_index(r, i) != m->order[i])
			fail_msg("row %zu is socket %zu, not %zu", i, result_index(r, i),
				 m->order[i]);
}

/* The same in pieces, as a view does it between keys. */
static void build_in_pieces(struct result *r, const struct snapshot *s, const struct sort *sort,
			    unsigned int divisor, size_t piece)
{
	char process[PROCESS_MAX];
	const struct row_source source = { complete_row, process };
	const struct row_judge judge = { keep_row, &divisor, &source };
	struct error err = { 0 };
	size_t steps = 1;
	int more;

	assert_int_equal(result_begin(r, s, sort, &err), 0);
	for (; (more = result_step(r, piece, &judge, &err)) > 0; steps++)
		;
	assert_int_equal(more, 0);
	assert_true(steps * piece >= snapshot_count(s) && (steps - 1) * piece <= snapshot_count(s));
}

/* Windows in any sequence, beyond the end too, and the rank of rows never ordered. */
static void compare_windows(struct result *r, const struct model *m, uint64_t *seed)
{
	for (int i = 0; i < 5; i++) {
		size_t first = random_next(seed) % (m->count + 3);
		size_t count = random_next(seed) % 60;

		result_order(r, first, count);
		assert_window(r, m, first, count);
	}
	for (size_t i = 0; i < m->count; i += 1 + random_next(seed) % 20)
		assert_int_equal(result_rank(r, m->order[i]), i);
	result_order(r, 0, SIZE_MAX);
	assert_window(r, m, 0, m->count);
}

static void order_is_that_of_a_naive_sort(void **state)
{
	struct model *m = malloc(sizeof(*m));
	struct snapshot *s = snapshot_new();
	struct result *r = result_new();
	uint64_t seed = 20260;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct sort sort;
		unsigned int divisor = 2 + (unsigned int)random_next(&seed) % 9;

		fill_snapshot(s, random_next(&seed) % ROWS_MAX, &seed);
		random_sort(&sort, &seed);
		model_fill(m, s, &sort, divisor);
		if (round % 2)
			build(r, s, &sort, divisor);
		else
			build_in_pieces(r, s, &sort, divisor, 1 + random_next(&seed) % 100);
		assert_int_equal(result_count(r), m->count);
		compare_windows(r, m, &seed);
	}
	result_free(r);
	result_free(NULL);
	snapshot_free(s);
	free(m);
}

static void add_sock(struct snapshot *s, uint64_t cookie, uint32_t has, uint32_t recv_queue)
{
	struct error err = { 0 };

	assert_int_equal(snapshot_add(s,
				      &(struct sock){ .has = has | SOCK_HAS_COOKIE,
						      .state = STATE_ESTABLISHED,
						      .cookie = cookie,
						      .recv_queue = recv_queue },
				      &err),
			 0);
}

/* The cookies of all rows in the order @by, as decimal digits. */
static void assert_cookies(const struct snapshot *s, const char *by, const char *expected)
{
	struct result *r = result_new();
	struct sort sort;
	struct error err = { 0 };
	char found[32] = "";

	assert_int_equal(sort_parse(&sort, by, &err), 0);
	assert_int_equal(result_build(r, s, &sort, NULL, NULL, NULL, &err), 0);
	result_order(r, 0, result_count(r));
	for (size_t i = 0; i < result_count(r); i++) {
		struct sock sk;

		snapshot_sock(s, result_index(r, i), &sk);
		found[i] = (char)('0' + sk.cookie);
	}
	assert_string_equal(found, expected);
	result_free(r);
}

static void unknown_comes_last_in_both_directions(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	add_sock(s, 1, 0, 0);
	add_sock(s, 2, SOCK_HAS_QUEUES, 5);
	add_sock(s, 3, SOCK_HAS_QUEUES, 0);
	add_sock(s, 4, 0, 9);
	assert_cookies(s, "recv_q", "3214");
	assert_cookies(s, "-recv_q", "2314");
	snapshot_free(s);
}

/* The dump's order varies from poll to poll; the rows' must not. */
static void equal_rows_do_not_jump(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	for (uint64_t cookie = 1; cookie <= 5; cookie++)
		add_sock(s, cookie, SOCK_HAS_QUEUES, cookie == 3);
	assert_cookies(s, "recv_q", "12453");
	assert_cookies(s, "-recv_q", "31245");
	snapshot_reset(s);
	for (uint64_t cookie = 5; cookie >= 1; cookie--)
		add_sock(s, cookie, SOCK_HAS_QUEUES, cookie == 3);
	assert_cookies(s, "recv_q", "12453");
	assert_cookies(s, "-recv_q", "31245");
	snapshot_free(s);
}

static void add_pair(struct snapshot *s, uint16_t local_port, uint16_t peer_port)
{
	const struct sock sk = {
		.has = SOCK_HAS_QUEUES,
		.local = { .family = ADDR_V4, .port = local_port, .bytes = { 127, 0, 0, 1 } },
		.peer = { .family = ADDR_V4, .port = peer_port, .bytes = { 127, 0, 0, 1 } },
	};
	struct error err = { 0 };

	assert_int_equal(snapshot_add(s, &sk, &err), 0);
}

static void assert_same_ends(const struct snapshot *a, const struct snapshot *b,
			     const struct sort *sort)
{
	struct result *x = result_new();
	struct result *y = result_new();
	struct error err = { 0 };

	assert_int_equal(result_build(x, a, sort, NULL, NULL, NULL, &err), 0);
	assert_int_equal(result_build(y, b, sort, NULL, NULL, NULL, &err), 0);
	result_order(x, 0, SIZE_MAX);
	result_order(y, 0, SIZE_MAX);
	for (size_t i = 0; i < result_count(x); i++) {
		struct sock p, q;

		snapshot_sock(a, result_index(x, i), &p);
		snapshot_sock(b, result_index(y, i), &q);
		assert_int_equal(p.local.port, q.local.port);
		assert_int_equal(p.peer.port, q.peer.port);
	}
	result_free(x);
	result_free(y);
}

/* /proc/net knows no cookies: the ends stand in for them. */
static void equal_rows_without_cookie_do_not_jump(void **state)
{
	struct snapshot *forth = snapshot_new();
	struct snapshot *back = snapshot_new();
	struct sort sort;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(sort_parse(&sort, "recv_q", &err), 0);
	for (uint16_t i = 0; i < 200; i++) {
		add_pair(forth, 80, i);
		add_pair(forth, i, 80);
	}
	for (uint16_t i = 200; i-- > 0;) {
		add_pair(back, i, 80);
		add_pair(back, 80, i);
	}
	assert_same_ends(forth, back, &sort);
	snapshot_free(forth);
	snapshot_free(back);
}

static void without_keys_the_order_is_the_snapshots(void **state)
{
	const struct sort none = { .count = 0 };
	struct snapshot *s = snapshot_new();
	struct result *r = result_new();
	unsigned int divisor = 3;
	struct error err = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 9; i++)
		add_sock(s, 9 - i, 0, 0);
	assert_int_equal(result_build(r, s, &none, keep_row, &divisor, NULL, &err), 0);
	result_order(r, 0, 100);
	assert_int_equal(result_count(r), 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(result_index(r, i), i + i / 2 + 1);
	assert_int_equal(result_rank(r, 4), 2);
	assert_int_equal(result_rank(r, 0), 6);
	assert_int_equal(result_rank(r, 1000), 6);
	result_free(r);
	snapshot_free(s);
}

static void nothing_is_a_result_too(void **state)
{
	struct snapshot *s = snapshot_new();
	struct result *r = result_new();
	struct sort sort;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(sort_parse(&sort, "state", &err), 0);
	assert_int_equal(result_build(r, s, &sort, NULL, NULL, NULL, &err), 0);
	assert_int_equal(result_count(r), 0);
	result_order(r, 0, 10);
	assert_int_equal(result_rank(r, 0), 0);
	result_free(r);
	snapshot_free(s);
}

static void get_cookie(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_count(row->sock->cookie);
}

/* Inputs that make a careless quickselect quadratic: a minute instead of 10 ms. */
#define SHAPES 5

/* Up, down, level, up and down, and nearly up: cookies follow the order of dumps. */
static uint64_t cookie_of(int shape, uint64_t i, uint64_t count)
{
	const uint64_t cookies[SHAPES] = {
		i, count - i, 5, i < count / 2 ? 2 * i : 2 * (count - i) + 1,
		i % 97 ? i : count - i,
	};

	return cookies[shape];
}

static void ordered_input_is_no_worst_case(void **state)
{
	static const struct column column = { .field = { .name = "x" }, .get = get_cookie };
	const struct sort sort = { .key = { { .column = &column } }, .count = 1 };
	struct snapshot *s = snapshot_new();
	struct result *r = result_new();
	const uint64_t count = 30000;
	const clock_t start = clock();
	struct error err = { 0 };

	(void)state;
	for (int shape = 0; shape < SHAPES; shape++) {
		snapshot_reset(s);
		for (uint64_t i = 0; i < count; i++)
			add_sock(s, cookie_of(shape, i, count), 0, 0);
		assert_int_equal(result_build(r, s, &sort, NULL, NULL, NULL, &err), 0);
		for (size_t first = 0; first < count; first += 997)
			result_order(r, first, 50);
		result_order(r, 0, 1);
		assert_int_equal(result_rank(r, result_index(r, 0)), 0);
		assert_true(clock() - start < 8 * CLOCKS_PER_SEC);
	}
	result_free(r);
	snapshot_free(s);
}

static void sort_orders_parse(void **state)
{
	struct sort sort;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(sort_parse(&sort, "Recv-Q,-age,+local", &err), 0);
	assert_int_equal(sort.count, 3);
	assert_string_equal(sort.key[0].column->field.name, "recv_q");
	assert_false(sort.key[0].descending);
	assert_true(sort.key[1].descending);
	assert_string_equal(sort.key[1].column->field.name, "age");
	assert_false(sort.key[2].descending);
}

static void wrong_sort_orders_are_refused(void **state)
{
	struct sort sort;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(sort_parse(&sort, "", &err), -1);
	assert_int_equal(sort_parse(&sort, "-", &err), -1);
	assert_int_equal(sort_parse(&sort, "state,,local", &err), -1);
	assert_int_equal(sort_parse(&sort, "state,locall", &err), -1);
	assert_non_null(strstr(err.text, "'locall'"));
	assert_non_null(strstr(err.text, "local"));
	assert_int_equal(sort_parse(&sort, "state,local,peer,uid", &err), 0);
	assert_int_equal(sort_parse(&sort, "state,local,peer,uid,fd", &err), -1);
	assert_non_null(strstr(err.text, "4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_that_of_a_naive_sort),
		cmocka_unit_test(unknown_comes_last_in_both_directions),
		cmocka_unit_test(equal_rows_do_not_jump),
		cmocka_unit_test(equal_rows_without_cookie_do_not_jump),
		cmocka_unit_test(without_keys_the_order_is_the_snapshots),
		cmocka_unit_test(nothing_is_a_result_too),
		cmocka_unit_test(ordered_input_is_no_worst_case),
		cmocka_unit_test(sort_orders_parse),
		cmocka_unit_test(wrong_sort_orders_are_refused),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
