/* Blocks that never move: base/chunks.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/chunks.h"

enum { BYTES = 64, MANY = 1000 };

static void never_moves(void **state)
{
	struct chunks c = { 0 };
	void *first;

	(void)state;
	assert_int_equal(chunks_add(&c, BYTES), 0);
	first = c.list[0];
	memset(first, 7, BYTES);
	while (c.count < MANY)
		assert_int_equal(chunks_add(&c, BYTES), 0);
	assert_ptr_equal(c.list[0], first);
	assert_int_equal(((unsigned char *)first)[BYTES - 1], 7);
	assert_in_range(chunks_total_bytes(&c), MANY * (BYTES + sizeof(void *)),
			MANY * (BYTES + 3 * sizeof(void *)));
	chunks_fini(&c);
}

static void shrinks_and_grows_again(void **state)
{
	struct chunks c = { 0 };
	size_t full, i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_int_equal(chunks_add(&c, BYTES), 0);
	full = chunks_total_bytes(&c);
	chunks_shrink(&c, 20);
	assert_int_equal(c.count, 10);
	chunks_shrink(&c, 3);
	assert_int_equal(c.count, 3);
	assert_int_equal(chunks_total_bytes(&c), full - 7 * BYTES);
	assert_int_equal(chunks_add(&c, BYTES), 0);
	memset(c.list[3], 1, BYTES);
	chunks_fini(&c);
	chunks_fini(&c);
	assert_int_equal(chunks_total_bytes(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_moves),
		cmocka_unit_test(shrinks_and_grows_again),
	};

	return cmocka_run_group_tests_name("chunks", tests, NULL, NULL);
}
