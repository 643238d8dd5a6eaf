/* ui/canvas: nothing garbles, nothing escapes, everything clips. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/canvas.h"

#define CUT "\xe2\x80\xa6"
#define FFFD "\xef\xbf\xbd"
#define WIDE "\xe4\xb8\xad"

static struct canvas canvas;

static int set_up(void **state)
{
	(void)state;
	return canvas_init(&canvas, 3, 10, false, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	canvas_fini(&canvas);
	return 0;
}

static void assert_row(int row, const char *expected)
{
	char text[512];

	canvas_row(&canvas, row, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_text_pads_and_cuts(void **state)
{
	(void)state;
	assert_int_equal(canvas_text(&canvas, 0, 0, 10, ROLE_TEXT, "0123456789"), 10);
	assert_int_equal(canvas_text(&canvas, 0, 2, 5, ROLE_TEXT, "ab"), 2);
	assert_row(0, "01ab   789");
	assert_int_equal(canvas_text(&canvas, 1, 8, 10, ROLE_TEXT, "abcdef"), 2);
	assert_row(1, "        a" CUT);
	assert_int_equal(canvas_text(&canvas, 0, 0, 0, ROLE_TEXT, "xyz"), 0);
	assert_int_equal(canvas_text(&canvas, 0, 0, -3, ROLE_TEXT, "xyz"), 0);
	assert_row(0, "01ab   789");
}

/* Wherever a text is written, its last cell says that there would be more. */
static void test_what_is_cut_has_a_mark(void **state)
{
	(void)state;
	assert_int_equal(canvas_write(&canvas, 0, 0, 5, ROLE_KEY, "abcdef", 6), 5);
	assert_row(0, "abcd" CUT);
	assert_int_equal(canvas.cells[4].role, ROLE_KEY);
	assert_int_equal(canvas_printf(&canvas, 1, 6, 100, ROLE_TEXT, "%d", 12345), 4);
	assert_row(1, "      123" CUT);
	/* a wide character goes as a whole */
	assert_int_equal(canvas_text(&canvas, 2, 0, 4, ROLE_TEXT, "a" WIDE WIDE), 4);
	assert_row(2, "a" WIDE CUT);
	assert_int_equal(canvas_text(&canvas, 2, 0, 4, ROLE_TEXT, WIDE WIDE WIDE), 3);
	assert_row(2, WIDE CUT);
	/* nothing that can be read is missing */
	canvas_text(&canvas, 2, 0, 4, ROLE_TEXT, "abcd   ");
	assert_row(2, "abcd");
	canvas_text(&canvas, 2, 0, 2, ROLE_TEXT, "e\xcc\x81x\xcc\x81");
	assert_row(2, "e\xcc\x81x\xcc\x81" "cd");
	canvas.ascii = true;
	canvas_text(&canvas, 0, 0, 5, ROLE_TEXT, "abcdef");
	canvas.ascii = false;
	assert_row(0, "abcd~");
}

static void test_outside_is_nowhere(void **state)
{
	(void)state;
	canvas_text(&canvas, -1, 0, 10, ROLE_TEXT, "above");
	canvas_text(&canvas, 3, 0, 10, ROLE_TEXT, "below");
	canvas_text(&canvas, 0, -2, 4, ROLE_TEXT, "abcd");
	canvas_text(&canvas, 1, 2000000000, 4, ROLE_TEXT, "abcd");
	canvas_fill(&canvas, 1, -5, 100, ROLE_TEXT, 'x');
	canvas_box(&canvas, -1, -1, 5, 12, ROLE_LINE);
	assert_row(0, "cd");
	assert_row(1, "xxxxxxxxxx");
	assert_row(2, "");
}

static void test_wide_at_the_last_cell(void **state)
{
	(void)state;
	assert_int_equal(canvas_text(&canvas, 0, 0, 3, ROLE_TEXT, "ab" WIDE), 3);
	assert_row(0, "ab" CUT);
	canvas_text(&canvas, 1, 9, 2, ROLE_TEXT, WIDE);
	assert_row(1, "         " CUT);
	canvas_text(&canvas, 2, -1, 2, ROLE_TEXT, WIDE);
	assert_row(2, "");
}

static void test_half_of_a_wide_character_goes(void **state)
{
	(void)state;
	canvas_text(&canvas, 0, 0, 4, ROLE_TEXT, WIDE WIDE);
	canvas_text(&canvas, 0, 1, 1, ROLE_TEXT, "x");
	assert_row(0, " x" WIDE);
	canvas_text(&canvas, 1, 0, 4, ROLE_TEXT, WIDE WIDE);
	canvas_text(&canvas, 1, 2, 1, ROLE_TEXT, "x");
	assert_row(1, WIDE "x");
	canvas_text(&canvas, 2, 0, 4, ROLE_TEXT, WIDE WIDE);
	canvas_text(&canvas, 2, 1, 2, ROLE_TEXT, WIDE);
	assert_row(2, " " WIDE);
}

static void test_combining_marks_join(void **state)
{
	(void)state;
	assert_int_equal(canvas_text(&canvas, 0, 0, 10, ROLE_TEXT, "e\xcc\x81x"), 2);
	assert_row(0, "e\xcc\x81x");
	assert_int_equal(canvas_text(&canvas, 1, 0, 10, ROLE_TEXT, WIDE "\xcc\x81x"), 3);
	assert_row(1, WIDE "\xcc\x81x");
	/* any number of marks takes no more room */
	assert_int_equal(canvas_text(&canvas, 2, 0, 10, ROLE_TEXT,
				     "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84"), 1);
	assert_row(2, "e\xcc\x81\xcc\x82");
}

static void test_mark_without_a_character(void **state)
{
	(void)state;
	canvas_text(&canvas, 0, 0, 1, ROLE_TEXT, "a");
	assert_int_equal(canvas_text(&canvas, 0, 1, 5, ROLE_TEXT, "\xcc\x81x"), 2);
	assert_row(0, "a" FFFD "x");
}

/* With a cell of its own it takes room from what comes after it. */
static void test_what_is_cut_behind_a_mark(void **state)
{
	static const char text[] = "\xcc\x81" "abcd";

	(void)state;
	assert_int_equal(canvas_write(&canvas, 0, 0, 4, ROLE_TEXT, text, strlen(text)), 4);
	assert_row(0, FFFD "ab" CUT);
	assert_int_equal(canvas_write(&canvas, 1, 0, 5, ROLE_TEXT, text, strlen(text)), 5);
	assert_row(1, FFFD "abcd");
	canvas_right(&canvas, 2, 0, 6, ROLE_TEXT, text, strlen(text));
	assert_row(2, " " FFFD "abcd");
}

static void test_hostile_text(void **state)
{
	static const char unterminated[3] = { 'a', '\0', 'b' };

	(void)state;
	canvas_text(&canvas, 0, 0, 10, ROLE_TEXT, "a\033[2Jb");
	assert_row(0, "a" FFFD "[2Jb");
	canvas_text(&canvas, 1, 0, 10, ROLE_TEXT, "\xff\xe2\x80\xae\xc2\x85" "ok");
	assert_row(1, FFFD FFFD FFFD "ok");
	canvas_bytes(&canvas, 2, 0, 10, ROLE_TEXT, unterminated, sizeof(unterminated));
	assert_row(2, "a" FFFD "b");
}

static void test_right(void **state)
{
	(void)state;
	canvas_right(&canvas, 0, 0, 6, ROLE_TEXT, "42", 2);
	assert_row(0, "    42");
	canvas_right(&canvas, 1, 0, 3, ROLE_TEXT, "12345", 5);
	assert_row(1, "12" CUT);
	canvas_right(&canvas, 2, 0, 4, ROLE_TEXT, WIDE, 3);
	assert_row(2, "  " WIDE);
}

static void test_spark(void **state)
{
	static const uint32_t values[] = { 0, 1, 400, 800, SPARK_GAP, 9999 };

	(void)state;
	canvas_spark(&canvas, 0, 0, 6, ROLE_TEXT, values, 800);
	assert_row(0, " \xe2\x96\x81\xe2\x96\x84\xe2\x96\x88 \xe2\x96\x88");
	canvas.ascii = true;
	canvas_spark(&canvas, 1, 0, 6, ROLE_TEXT, values, 800);
	assert_row(1, " _~# #");
	canvas_spark(&canvas, 2, 0, 6, ROLE_TEXT, values, 0);
	assert_row(2, "");
}

static void test_chart_stacks(void **state)
{
	static const uint32_t values[] = { 8, 12, 24 };

	(void)state;
	canvas_chart(&canvas, 0, 0, 3, 3, ROLE_TEXT, values, 24);
	assert_row(0, "  \xe2\x96\x88");
	assert_row(1, " \xe2\x96\x84\xe2\x96\x88");
	assert_row(2, "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88");
}

static void test_gauge(void **state)
{
	(void)state;
	canvas.ascii = true;
	canvas_gauge(&canvas, 0, 0, 8, ROLE_TEXT, 4, 8);
	assert_row(0, "####....");
	canvas_gauge(&canvas, 1, 0, 8, ROLE_TEXT, 1, 100000);
	assert_row(1, "#.......");
	canvas_gauge(&canvas, 2, 0, 8, ROLE_TEXT, 9, 3);
	assert_row(2, "########");
}

static void test_box_and_ascii(void **state)
{
	(void)state;
	canvas.ascii = true;
	canvas_box(&canvas, 0, 0, 3, 5, ROLE_LINE);
	canvas_text(&canvas, 1, 1, 3, ROLE_TEXT, "\xc3\xa9" WIDE);
	assert_row(0, "+---+");
	assert_row(1, "|?? |");
	assert_row(2, "+---+");
}

static void test_roles(void **state)
{
	(void)state;
	canvas_text(&canvas, 0, 0, 4, ROLE_WARNING, "ab");
	canvas_select(&canvas, 0, 1, 100);
	assert_int_equal(canvas.cells[0].role, ROLE_WARNING);
	assert_false(canvas.cells[0].selected);
	assert_true(canvas.cells[1].selected);
	assert_int_equal(canvas.cells[1].role, ROLE_WARNING);
	canvas_role(&canvas, 0, 0, 1, ROLE_QUIET);
	assert_int_equal(canvas.cells[0].role, ROLE_QUIET);
	assert_int_equal(canvas.cells[0].code, 'a');
}

static void test_no_size(void **state)
{
	struct canvas none;
	char text[8];

	(void)state;
	assert_int_equal(canvas_init(&none, 0, -4, false, NULL), 0);
	canvas_text(&none, 0, 0, 5, ROLE_TEXT, "abc");
	assert_int_equal(canvas_row(&none, 0, text, sizeof(text)), 0);
	canvas_fini(&none);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_text_pads_and_cuts),
		CASE(test_what_is_cut_has_a_mark),
		CASE(test_outside_is_nowhere),
		CASE(test_wide_at_the_last_cell),
		CASE(test_half_of_a_wide_character_goes),
		CASE(test_combining_marks_join),
		CASE(test_mark_without_a_character),
		CASE(test_what_is_cut_behind_a_mark),
		CASE(test_hostile_text),
		CASE(test_right),
		CASE(test_spark),
		CASE(test_chart_stacks),
		CASE(test_gauge),
		CASE(test_box_and_ascii),
		CASE(test_roles),
		cmocka_unit_test(test_no_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
