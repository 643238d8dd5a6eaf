/* Values as text, and their order. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "query/value.h"

static void assert_text(struct value v, enum unit unit, bool raw, const char *expected)
{
	const struct field f = { .name = "x", .unit = unit };
	const struct value_style style = { .raw = raw };
	char out[256];
	size_t len = value_format(out, sizeof(out) - 1, &v, &f, &style);

	assert_true(len < sizeof(out));
	out[len] = '\0';
	assert_string_equal(out, expected);
}

static void test_unknown_is_not_zero(void **state)
{
	(void)state;
	assert_text(value_none(), UNIT_BYTES, false, "-");
	assert_text(value_count(0), UNIT_BYTES, false, "0");
	assert_text(value_count(0), UNIT_NANOSECONDS, false, "0s");
	assert_text(value_text("", 0), UNIT_NONE, false, "-");
}

static void test_units(void **state)
{
	(void)state;
	assert_text(value_count(1023), UNIT_BYTES, false, "1023");
	assert_text(value_count(1536), UNIT_BYTES, false, "1.5K");
	assert_text(value_count(15 << 20), UNIT_BYTES, false, "15M");
	assert_text(value_count(4194304), UNIT_BYTES, true, "4194304");
	assert_text(value_count(12500), UNIT_MICROSECONDS, false, "12ms");
	assert_text(value_count(80), UNIT_MICROSECONDS, false, "80us");
	assert_text(value_count(1200), UNIT_MICROSECONDS, false, "1.2ms");
	assert_text(value_count(59000), UNIT_MILLISECONDS, false, "59s");
	assert_text(value_count(242000), UNIT_MILLISECONDS, false, "4m02s");
	assert_text(value_count(7980000000000), UNIT_NANOSECONDS, false, "2h13m");
	assert_text(value_count(90000000000000), UNIT_NANOSECONDS, false, "1d01h");
	assert_text(value_count(UINT64_MAX), UNIT_MILLISECONDS, false, "213503d23h");
	assert_text(value_count(2500000), UNIT_BYTES_PER_SECOND, false, "2.5MB/s");
	assert_text(value_count(42), UNIT_HEX, true, "0x2a");
	assert_text(value_ratio(0.125), UNIT_NONE, false, "12.5%");
	assert_text(value_ratio(0.125), UNIT_NONE, true, "0.125");
}

static void test_state_in_dialects(void **state)
{
	const struct field f = { .name = "state" };
	const struct value v = value_state(STATE_SYN_RECEIVED);
	struct value_style style = { .names = DIALECT_RFC };
	char out[VALUE_TEXT_MAX];

	(void)state;
	assert_int_equal(value_format(out, sizeof(out), &v, &f, &style), strlen("SYN-RECEIVED"));
	assert_memory_equal(out, "SYN-RECEIVED", strlen("SYN-RECEIVED"));
	style.names = DIALECT_SS;
	assert_int_equal(value_format(out, sizeof(out), &v, &f, &style), strlen("SYN-RECV"));
	assert_memory_equal(out, "SYN-RECV", strlen("SYN-RECV"));
}

static void test_hostile_text(void **state)
{
	(void)state;
	assert_text(value_string("a\033[31mb"), UNIT_NONE, false, "a\xef\xbf\xbd[31mb");
}

/* Why there is none, made safe and within its room, in the place of "-". */
static void test_absent_because(void **state)
{
	static const struct field f = { .name = "x" };
	const struct value_style style = { 0 };
	struct value v = value_none_because("orphaned\033");
	char out[VALUE_TEXT_MAX];
	size_t len = value_format_or_why(out, sizeof(out), &v, &f, &style);

	(void)state;
	assert_int_equal(len, strlen("(orphaned\xef\xbf\xbd)"));
	assert_memory_equal(out, "(orphaned\xef\xbf\xbd)", len);
	assert_int_equal(value_format_or_why(out, 8, &v, &f, &style), 8);
	assert_memory_equal(out, "(orphan)", 8);
	v = value_none();
	assert_int_equal(value_format_or_why(out, sizeof(out), &v, &f, &style), 1);
	assert_int_equal(out[0], '-');
	v = value_count(7);
	assert_int_equal(value_format_or_why(out, sizeof(out), &v, &f, &style), 1);
	assert_int_equal(out[0], '7');
}

static void test_order(void **state)
{
	const struct value a = value_string("ab");
	const struct value b = value_string("abc");
	const struct value one = value_count(1);
	const struct value two = value_count(2);

	(void)state;
	assert_true(value_compare(&a, &b) < 0);
	assert_true(value_compare(&b, &a) > 0);
	assert_true(value_compare(&one, &two) < 0);
	assert_int_equal(value_compare(&two, &two), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_is_not_zero), cmocka_unit_test(test_units),
		cmocka_unit_test(test_state_in_dialects),   cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_order),		    cmocka_unit_test(test_absent_because),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
