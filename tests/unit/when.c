/* Moments as people write them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/when.h"

/* 2026-11-22 14:00 to 14:10 UTC, looked at two days later. */
static const struct when_span span = {
	.first_ms = 1795356000000, .last_ms = 1795356600000, .now_ms = 1795528800000,
};

static uint64_t parse(const char *text)
{
	struct error err;
	uint64_t ms = 0;

	if (when_parse(text, &span, &ms, &err))
		fail_msg("%s", err.text);
	return ms;
}

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void test_moments(void **state)
{
	(void)state;
	set_zone("UTC");
	assert_int_equal(parse("2026-11-22 14:03:05"), 1795356185000);
	assert_int_equal(parse("2026-11-22 14:03"), 1795356180000);
	assert_int_equal(parse("2026-11-22"), 1795305600000);
	assert_int_equal(parse("2026-11-22T14:03:05.25Z"), 1795356185250);
	assert_int_equal(parse("2026-11-22T15:03:05+01:00"), 1795356185000);
	assert_int_equal(parse("2026-11-22T10:33:05-0330"), 1795356185000);
	assert_int_equal(parse("2026-11-22 15:03:05 +01:00"), 1795356185000);
	assert_int_equal(parse("@1795356185"), 1795356185000);
	assert_int_equal(parse("@1795356185.5"), 1795356185500);
	assert_int_equal(parse("14:03"), 1795356180000);
	assert_int_equal(parse("14:03:05.001"), 1795356185001);
	/* a time of day after the end was the day before */
	assert_int_equal(parse("14:11"), 1795356660000 - 86400000);
	assert_int_equal(parse("-5m"), 1795356300000);
	assert_int_equal(parse("-1h30m"), 1795351200000);
	assert_int_equal(parse("-250ms"), 1795356599750);
	assert_int_equal(parse("+90s"), 1795356090000);
	assert_int_equal(parse("-1w"), 1795356600000 - 604800000);
	assert_int_equal(parse("first"), span.first_ms);
	assert_int_equal(parse("last"), span.last_ms);
	assert_int_equal(parse("now"), span.now_ms);
	assert_int_equal(parse("today 01:00"), 1795482000000);
	assert_int_equal(parse("yesterday 14:00"), 1795442400000);
}

static void test_local_time(void **state)
{
	char text[WHEN_TEXT_MAX];

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(parse("2026-11-22 15:03"), 1795356180000);
	assert_int_equal(parse("2026-07-01 14:00"), 1782907200000);
	assert_int_equal(parse("15:03"), 1795356180000);
	when_text(text, 1795356180000);
	assert_string_equal(text, "2026-11-22 15:03:00");
	when_text(text, 1795356180007);
	assert_string_equal(text, "2026-11-22 15:03:00.007");
	when_stamp(text, 1795356180007);
	assert_string_equal(text, "2026-11-22T15:03:00.007+01:00");
	when_utc(text, 1795356180000);
	assert_string_equal(text, "2026-11-22T14:03:00Z");
	when_utc(text, 1795356180120);
	assert_string_equal(text, "2026-11-22T14:03:00.120Z");
	/* what was written is read as the same moment */
	when_stamp(text, 1795356180007);
	assert_int_equal(parse(text), 1795356180007);
}

static void test_no_moments(void **state)
{
	static const char *const wrong[] = {
		"", "x", "teatime", "2026", "2026-13-01", "2026-02-30", "2026-11-22 25:00",
		"2026-11-22 14", "2026-11-22 14:60", "2026-11-22T", "2026-11-22 14:03x", "14",
		"14:3", "24:00", "@", "@x", "@1.", "@99999999999999999999", "-", "-5", "-5x",
		"+m", "-m", "--5m", "yesterdayish", "today x", "now ", "1969-01-01",
		"2026-11-22T14:03+1", "-99999999999999w",
	};
	struct error err;
	uint64_t ms;

	(void)state;
	set_zone("UTC");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (!when_parse(wrong[i], &span, &ms, &err))
			fail_msg("'%s' was taken for a time", wrong[i]);
		assert_non_null(strstr(err.text, "2026-11-22 14:00:00 to 2026-11-22 14:10:00"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_local_time),
		cmocka_unit_test(test_no_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
