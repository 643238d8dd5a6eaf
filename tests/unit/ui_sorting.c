/* Sorting in steps: the same as in one go, whatever the steps; equal rows stay in order. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ui/sorting.h"

#define ROWS_MAX 5000

static int compare(const void *context, size_t a, size_t b)
{
	const unsigned int *key = context;

	return (key[a] > key[b]) - (key[a] < key[b]);
}

static void assert_sorted(const struct sorting *s, const unsigned int *key, size_t count)
{
	bool *seen = calloc(count + 1, sizeof(*seen));

	assert_non_null(seen);
	for (size_t i = 0; i < count; i++) {
		size_t row = s->order[i];

		assert_true(row < count && !seen[row]);
		seen[row] = true;
		if (!i)
			continue;
		assert_true(key[s->order[i - 1]] <= key[row]);
		if (key[s->order[i - 1]] == key[row])
			assert_true(s->order[i - 1] < row);
	}
	free(seen);
}

static void sorts(size_t count, size_t rows, unsigned int kinds)
{
	unsigned int *key = calloc(count + 1, sizeof(*key));
	struct sorting s = { 0 };
	unsigned int seed = 1;
	size_t steps = 1;

	assert_non_null(key);
	for (size_t i = 0; i < count; i++)
		key[i] = (unsigned int)rand_r(&seed) % kinds;
	assert_int_equal(sorting_begin(&s, count), 0);
	while (sorting_step(&s, rows, compare, key))
		steps++;
	assert_sorted(&s, key, count);
	/* and nothing happens after that */
	assert_int_equal(sorting_step(&s, rows, compare, key), 0);
	assert_sorted(&s, key, count);
	if (rows * 64 < count)
		assert_true(steps > 1);
	sorting_fini(&s);
	free(key);
}

static void any_count_in_any_steps(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 31, 32, 33, 63, 64, 65, 1000, 4097, ROWS_MAX };
	static const size_t steps[] = { 1, 7, 64, 256, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			sorts(counts[i], steps[j], 1000000);
			sorts(counts[i], steps[j], 3);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_count_in_any_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
