/* split: the cut is balanced, and both parts together are the whole. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collect/split.h"
#include "diag_build.h"

/* The kernel's interpreter (net/ipv4/inet_diag.c), for the four comparisons in use. */
static bool accepts(const void *code, int len, unsigned int local, unsigned int peer)
{
	const struct inet_diag_bc_op *op = code;

	while (len > 0) {
		bool yes = true;

		if (op->code == INET_DIAG_BC_S_GE)
			yes = local >= op[1].no;
		else if (op->code == INET_DIAG_BC_S_LE)
			yes = local <= op[1].no;
		else if (op->code == INET_DIAG_BC_D_GE)
			yes = peer >= op[1].no;
		else if (op->code == INET_DIAG_BC_D_LE)
			yes = peer <= op[1].no;
		else
			fail();
		len -= yes ? op->yes : op->no;
		op += (yes ? op->yes : op->no) / 4;
	}
	return len == 0;
}

static void every_port_is_in_exactly_one_part(void **unused)
{
	static const uint16_t lasts[] = { 0, 1, 443, 32768, 65533, 65534 };

	(void)unused;
	for (size_t i = 0; i < 2 * sizeof(lasts) / sizeof(lasts[0]); i++) {
		struct split_point point = { .peer = i % 2, .last = lasts[i / 2] };
		uint32_t lower[SPLIT_CODE_BYTES / 4];
		uint32_t upper[SPLIT_CODE_BYTES / 4];

		split_code(&point, false, lower);
		split_code(&point, true, upper);
		for (unsigned int port = 0; port <= 65535; port++) {
			unsigned int local = point.peer ? 7 : port;
			unsigned int peer = point.peer ? port : 7;
			bool in_lower = accepts(lower, sizeof(lower), local, peer);

			assert_int_equal(in_lower, port <= point.last);
			assert_int_not_equal(in_lower, accepts(upper, sizeof(upper), local, peer));
		}
	}
}

#define SAMPLES 1000

static struct split_sample samples[SAMPLES];

static void a_server_is_cut_at_the_peers(void **unused)
{
	struct split_point point;

	(void)unused;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i] = (struct split_sample){ 443, (uint16_t)(20000 + i * 7919 % 40000), 3 };
	assert_true(split_choose(&point, samples, SAMPLES, 54));
	assert_true(point.peer);
	assert_in_range(point.lower_percent, 44, 56);
}

static void a_client_is_cut_at_its_own_ports(void **unused)
{
	struct split_point point;

	(void)unused;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i] = (struct split_sample){ (uint16_t)(20000 + i * 7919 % 40000), 443, 3 };
	assert_true(split_choose(&point, samples, SAMPLES, 54));
	assert_false(point.peer);
	assert_in_range(point.lower_percent, 44, 56);
}

/* 500 TIME-WAITs cost as much as 167 full sockets: the cut is not in the middle. */
static void work_counts_not_sockets(void **unused)
{
	struct split_point point;
	unsigned int lower = 0;

	(void)unused;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i] = (struct split_sample){ 443, (uint16_t)(20000 + i), i < 500 ? 1 : 3 };
	assert_true(split_choose(&point, samples, SAMPLES, 54));
	for (unsigned int i = 0; i < SAMPLES; i++)
		lower += samples[i].peer_port <= point.last;
	assert_in_range(lower, 600, 700);
}

static void the_larger_part_is_as_large_as_wished(void **unused)
{
	struct split_point point;

	(void)unused;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i] = (struct split_sample){ 443, (uint16_t)(20000 + i), 3 };
	for (unsigned int wanted = 50; wanted <= 85; wanted += 5) {
		assert_true(split_choose(&point, samples, SAMPLES, wanted));
		if (point.lower_percent < 50)
			assert_in_range(100 - point.lower_percent, wanted - 1, wanted + 1);
		else
			assert_in_range(point.lower_percent, wanted - 1, wanted + 1);
	}
}

static void one_pair_of_ports_cannot_be_cut(void **unused)
{
	struct split_point point;

	(void)unused;
	for (unsigned int i = 0; i < SAMPLES; i++)
		samples[i] = (struct split_sample){ 443, (uint16_t)(i % 10 ? 5000 : 5001), 3 };
	assert_false(split_choose(&point, samples, SAMPLES, 54));
	assert_false(split_choose(&point, samples, 1, 54));
	assert_false(split_choose(&point, samples, 0, 54));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_port_is_in_exactly_one_part),
		cmocka_unit_test(a_server_is_cut_at_the_peers),
		cmocka_unit_test(a_client_is_cut_at_its_own_ports),
		cmocka_unit_test(work_counts_not_sockets),
		cmocka_unit_test(the_larger_part_is_as_large_as_wished),
		cmocka_unit_test(one_pair_of_ports_cannot_be_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
