/* Equal byte strings kept once: base/intern.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/intern.h"

enum { MANY = 20000 };

static uint32_t add(struct intern *in, const void *bytes, size_t len)
{
	uint32_t number;

	assert_int_equal(intern_add(in, bytes, len, &number), 0);
	return number;
}

static void equal_ones_share_a_number(void **state)
{
	struct intern in = { 0 };
	char text[32];
	uint32_t n;

	(void)state;
	for (n = 0; n < MANY; n++) {
		int len = snprintf(text, sizeof(text), "name %u", n);

		assert_int_equal(add(&in, text, (size_t)len), n);
	}
	for (n = 0; n < MANY; n++) {
		int len = snprintf(text, sizeof(text), "name %u", n);

		assert_int_equal(add(&in, text, (size_t)len), n);
		assert_string_equal(intern_entry(&in, n)->bytes, text);
		assert_int_equal(intern_entry(&in, n)->len, len);
	}
	assert_int_equal(in.count, MANY);
	intern_fini(&in);
}

static void length_and_nul_bytes_count(void **state)
{
	struct intern in = { 0 };
	uint32_t empty = add(&in, "", 0);
	uint32_t nul = add(&in, "\0", 1);
	uint32_t cut = add(&in, "ab\0cd", 2);
	uint32_t whole = add(&in, "ab\0cd", 5);

	(void)state;
	assert_int_not_equal(empty, nul);
	assert_int_not_equal(cut, whole);
	assert_int_equal(add(&in, "ab\0cd", 5), whole);
	assert_memory_equal(intern_entry(&in, whole)->bytes, "ab\0cd", 6);
	intern_fini(&in);
}

static void reset_forgets_and_keeps_the_memory(void **state)
{
	struct intern in = { 0 };
	size_t held, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		char text[8] = "x";

		for (text[1] = 'a'; text[1] <= 'z'; text[1]++)
			add(&in, text, 2);
		assert_int_equal(in.count, 26);
		if (!round)
			held = intern_total_bytes(&in);
		assert_int_equal(intern_total_bytes(&in), held);
		intern_reset(&in);
		assert_int_equal(in.count, 0);
	}
	assert_int_equal(add(&in, "new", 3), 0);
	intern_fini(&in);
	intern_fini(&in);
}

/* Words in arithmetic sequence (ports, cookies, addresses) must not crowd into few places. */
static void sequences_spread(void **state)
{
	static const uint64_t steps[] = { 1, 8, 4096, (uint64_t)1 << 32, (uint64_t)1 << 40 };
	size_t step, i;

	(void)state;
	for (step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
		uint8_t taken[1024] = { 0 };
		unsigned int most = 0;

		for (i = 0; i < 1024; i++) {
			uint64_t hash = hash_word(hash_word(0, i * steps[step]), 1);
			unsigned int load = ++taken[hash_place(hash, 10)];

			most = load > most ? load : most;
		}
		assert_in_range(most, 1, 12);
	}
}

static void finding(void **state)
{
	struct intern in = { 0 };
	uint32_t added;
	uint32_t found;

	(void)state;
	assert_false(intern_find(&in, "one", 3, &found));
	assert_int_equal(intern_add(&in, "one", 3, &added), 0);
	assert_true(intern_find(&in, "one", 3, &found));
	assert_int_equal(found, added);
	assert_false(intern_find(&in, "two", 3, &found));
	assert_int_equal(in.count, 1);
	intern_fini(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_ones_share_a_number),
		cmocka_unit_test(length_and_nul_bytes_count),
		cmocka_unit_test(reset_forgets_and_keeps_the_memory),
		cmocka_unit_test(sequences_spread),
		cmocka_unit_test(finding),
	};

	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
