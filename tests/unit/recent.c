/* A bounded set of late numbers: base/recent.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/recent.h"

static void what_is_added_is_taken_once(void **state)
{
	struct recent r = { 0 };

	(void)state;
	assert_false(recent_take(&r, 7));
	assert_int_equal(recent_bytes(&r), 0);
	recent_add(&r, 7);
	recent_add(&r, 8);
	assert_true(recent_take(&r, 7));
	assert_false(recent_take(&r, 7));
	assert_true(recent_take(&r, 8));
	recent_fini(&r);
}

static void the_oldest_are_forgotten(void **state)
{
	const uint64_t many = 10 * (uint64_t)RECENT_MAX;
	struct recent r = { 0 };
	size_t bytes;
	uint64_t kept = 0;

	(void)state;
	recent_add(&r, 1);
	bytes = recent_bytes(&r);
	for (uint64_t n = 2; n <= many; n++)
		recent_add(&r, n);
	assert_int_equal(recent_bytes(&r), bytes);
	for (uint64_t n = many - 1000; n <= many; n++)
		assert_true(recent_take(&r, n));
	for (uint64_t n = 1; n < many / 2; n++)
		assert_false(recent_take(&r, n));
	for (uint64_t n = many / 2; n <= many; n++)
		kept += recent_take(&r, n);
	assert_true(kept <= RECENT_MAX && kept > RECENT_MAX / 2);
	recent_fini(&r);
}

static void a_table_with_room_forgets_nothing(void **state)
{
	struct recent r = { 0 };

	(void)state;
	for (uint64_t n = 1; n <= RECENT_MAX / 4; n++)
		recent_add(&r, n << 12);
	for (uint64_t n = 1; n <= RECENT_MAX / 4; n++)
		assert_true(recent_take(&r, n << 12));
	recent_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_taken_once),
		cmocka_unit_test(the_oldest_are_forgotten),
		cmocka_unit_test(a_table_with_room_forgets_nothing),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
