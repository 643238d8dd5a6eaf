/* app/ticker: pauses between ticks.  Only what is too short is judged: load makes longer. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "app/ticker.h"
#include "base/loop.h"

#define MS UINT64_C(1000000)

/* Work that waits for something: it costs time, and no CPU. */
static void work_of_disk(uint64_t ns)
{
	const struct timespec time = { .tv_nsec = (long)ns };

	nanosleep(&time, NULL);
}

static void work_of_cpu(uint64_t ns)
{
	struct timespec at;
	uint64_t end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	end = (uint64_t)at.tv_sec * 1000 * MS + (uint64_t)at.tv_nsec + ns;
	while ((uint64_t)at.tv_sec * 1000 * MS + (uint64_t)at.tv_nsec < end)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
}

/* From tick to tick, every 10 ms, with @work of @ns in between. */
static uint64_t between_ticks(void (*work)(uint64_t ns), uint64_t ns)
{
	struct ticker *t = ticker_new(10, NULL);
	uint64_t began;
	uint64_t took;

	assert_non_null(t);
	began = loop_now_ns(); /* the first tick is at once */
	assert_true(ticker_wait(t, LOOP_FOREVER));
	work(ns);
	assert_true(ticker_wait(t, LOOP_FOREVER));
	took = loop_now_ns() - began;
	ticker_free(t);
	return took;
}

static void test_interval(void **unused)
{
	(void)unused;
	assert_true(between_ticks(work_of_disk, 0) >= 9 * MS);
}

static void test_disk_gets_a_rest(void **unused)
{
	(void)unused;
	assert_true(between_ticks(work_of_disk, 100 * MS) >= 199 * MS);
}

static void test_cpu_is_left_to_others(void **unused)
{
	(void)unused;
	assert_true(between_ticks(work_of_cpu, 20 * MS) >= 199 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_disk_gets_a_rest),
		cmocka_unit_test(test_cpu_is_left_to_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
