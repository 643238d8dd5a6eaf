/* ui/list: the selection follows its row, the row keeps its line. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/list.h"

static struct list list_of(size_t count, size_t page)
{
	struct list l = { 0 };

	list_resize(&l, page);
	list_update(&l, count, LIST_GONE);
	return l;
}

static void assert_list(const struct list *l, size_t top, size_t cursor)
{
	assert_int_equal(l->top, top);
	assert_int_equal(l->cursor, cursor);
}

static void test_moves_and_scrolls(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_move(&l, 9);
	assert_list(&l, 0, 9);
	list_move(&l, 1);
	assert_list(&l, 1, 10);
	list_move(&l, -1000);
	assert_list(&l, 0, 0);
	list_move(&l, 1000);
	assert_list(&l, 90, 99);
	list_to(&l, 0);
	list_page(&l, 2);
	assert_list(&l, 10, 10);
	list_page(&l, 1);
	assert_list(&l, 15, 15);
	list_page(&l, -4);
	assert_list(&l, 0, 0);
}

static void test_stays_on_the_first_row_until_moved(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_update(&l, 110, 10); /* ten new rows before the first */
	assert_list(&l, 0, 0);
}

static void test_follows_its_row_on_its_line(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_move(&l, 50);
	list_move(&l, -3);
	assert_list(&l, 41, 47);
	list_update(&l, 120, 67);
	assert_list(&l, 61, 67);
	list_update(&l, 120, 2); /* nearer to the start than its line */
	assert_list(&l, 0, 2);
}

static void test_a_row_that_is_gone_leaves_its_place(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_move(&l, 50);
	list_update(&l, 99, LIST_GONE);
	assert_list(&l, 41, 50);
	list_update(&l, 20, LIST_GONE);
	assert_list(&l, 10, 19);
	list_update(&l, 0, LIST_GONE);
	assert_list(&l, 0, 0);
	list_move(&l, 1);
	assert_list(&l, 0, 0);
}

static void test_resize_keeps_the_cursor_in_sight(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_move(&l, 50);
	list_resize(&l, 3);
	assert_list(&l, 48, 50);
	list_resize(&l, 0);
	list_resize(&l, 200);
	assert_list(&l, 0, 50);
}

static void test_scroll_takes_the_cursor_along_only_if_it_must(void **state)
{
	struct list l = list_of(100, 10);

	(void)state;
	list_move(&l, 5);
	list_scroll(&l, 3);
	assert_list(&l, 3, 5);
	list_scroll(&l, 10);
	assert_list(&l, 13, 13);
	list_scroll(&l, -8);
	assert_list(&l, 5, 13);
	list_scroll(&l, 1000);
	assert_list(&l, 90, 90);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves_and_scrolls),
		cmocka_unit_test(test_stays_on_the_first_row_until_moved),
		cmocka_unit_test(test_follows_its_row_on_its_line),
		cmocka_unit_test(test_a_row_that_is_gone_leaves_its_place),
		cmocka_unit_test(test_resize_keeps_the_cursor_in_sight),
		cmocka_unit_test(test_scroll_takes_the_cursor_along_only_if_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
