/* Arrays that grow: base/array.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void elements_stay(void **state)
{
	uint32_t *list = NULL;
	size_t room = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *grown = array_room(list, &room, i, 3, sizeof(*list));

		assert_non_null(grown);
		assert_true(room > i);
		list = grown;
		list[i] = i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	assert_int_equal(room, 3 * 512);
	free(list);
}

static void room_is_kept(void **state)
{
	size_t room = 0;
	char *list = array_room(NULL, &room, 0, 16, 1);

	(void)state;
	assert_non_null(list);
	assert_int_equal(room, 16);
	assert_ptr_equal(array_room(list, &room, 15, 16, 1), list);
	assert_int_equal(room, 16);
	list = array_room(list, &room, 100, 16, 1);
	assert_non_null(list);
	assert_int_equal(room, 128);
	free(list);
}

/* Neither by too many elements nor by too many bytes is anything lost. */
static void too_many_are_refused(void **state)
{
	size_t room = 0;
	char *list = array_room(NULL, &room, 0, 4, 8);

	(void)state;
	assert_non_null(list);
	assert_null(array_room(list, &room, SIZE_MAX - 1, 4, 8));
	assert_null(array_room(list, &room, SIZE_MAX / 8, 4, 8));
	assert_int_equal(room, 4);
	list[31] = 'x';
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_stay),
		cmocka_unit_test(room_is_kept),
		cmocka_unit_test(too_many_are_refused),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
