/*
 * Twenty-four hours of recording, simulated: a poll every ten seconds, some sockets
 * opening and closing at each; the file stays within its limits all the time.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "bench/synthetic.h"

#define T0 UINT64_C(1772323200000)
#define STEP_MS 10000
#define POLLS (24 * 360)
#define CHECK_EVERY 90

struct day {
	char folder[64];
	char path[80];
};

static int make_day(void **state)
{
	struct day *d = calloc(1, sizeof(*d));
	const char *tmp = getenv("TMPDIR");

	if (!d)
		return -1;
	snprintf(d->folder, sizeof(d->folder), "%.30s/recorder.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(d->folder))
		return -1;
	snprintf(d->path, sizeof(d->path), "%s/file", d->folder);
	*state = d;
	return 0;
}

static int remove_day(void **state)
{
	struct day *d = *state;

	unlink(d->path);
	rmdir(d->folder);
	free(d);
	return 0;
}

/* The file with its log and its shared memory. */
static uint64_t size_of(const struct day *d)
{
	static const char *const endings[] = { "", "-wal" };
	uint64_t size = 0;

	for (size_t i = 0; i < 2; i++) {
		char path[96];
		struct stat status;

		snprintf(path, sizeof(path), "%s%s", d->path, endings[i]);
		if (!stat(path, &status))
			size += (uint64_t)status.st_size;
	}
	return size;
}

static uint64_t ask(const struct day *d, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	uint64_t value;

	assert_int_equal(sqlite3_open_v2(d->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	value = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return value;
}

static void feed(struct synthetic *s, struct recorder *r, uint64_t now_ms)
{
	struct error err = { 0 };

	synthetic_poll(s, r, now_ms, &err);
	assert_string_equal(err.text, "");
}

/* Poll by poll; the largest size seen on the way, and the last time. */
static uint64_t run_day(const struct day *d, struct recorder *r, uint64_t keep_ms)
{
	struct synthetic s = { .stable = 20, .churn = 16, .unseen = 8, .long_polls = 60 };
	uint64_t largest = 0;

	for (uint64_t i = 0; i < POLLS; i++) {
		uint64_t now_ms = T0 + i * STEP_MS;
		uint64_t size;

		feed(&s, r, now_ms);
		size = size_of(d);
		if (size > largest)
			largest = size;
		if (keep_ms && i % CHECK_EVERY == 0 && now_ms - T0 > keep_ms)
			assert_in_range(ask(d, "SELECT min(time_ms) FROM poll"),
					now_ms - keep_ms - STEP_MS, now_ms);
	}
	return largest;
}

static void check_consistency(const struct day *d)
{
	assert_int_equal(ask(d, "SELECT count(*) FROM dwell"
				" WHERE socket NOT IN (SELECT id FROM socket)"), 0);
	assert_int_equal(ask(d, "SELECT count(*) FROM socket"
				" WHERE id NOT IN (SELECT socket FROM dwell)"), 0);
	assert_int_equal(ask(d, "SELECT count(*) FROM pragma_integrity_check"
				" WHERE integrity_check != 'ok'"), 0);
	assert_in_range(ask(d, "SELECT count(*) FROM dwell WHERE until_ms IS NULL"), 150, 250);
}

static void test_a_day_within_two_hours(void **state)
{
	const struct day *d = *state;
	const uint64_t keep_ms = 2 * 3600 * 1000;
	struct recorder *r = recorder_open(
		&(struct recorder_options){ .path = d->path, .interval_ms = STEP_MS,
					    .keep_ms = keep_ms },
		T0, NULL);
	uint64_t oldest;
	uint64_t last = T0 + (POLLS - 1) * (uint64_t)STEP_MS;

	assert_non_null(r);
	run_day(d, r, keep_ms);
	recorder_close(r);
	check_consistency(d);
	oldest = ask(d, "SELECT min(until_ms) FROM dwell");
	/* as much longer, at most twice, as the longest of 60 polls lasted */
	assert_in_range(oldest, last - keep_ms - 2 * 60 * STEP_MS - STEP_MS,
			last - keep_ms + 60 * STEP_MS);
}

static void test_a_day_within_four_megabytes(void **state)
{
	const struct day *d = *state;
	const uint64_t limit = 4 << 20;
	struct recorder *r = recorder_open(
		&(struct recorder_options){ .path = d->path, .interval_ms = STEP_MS,
					    .max_bytes = limit },
		T0, NULL);

	assert_non_null(r);
	assert_in_range(run_day(d, r, 0), limit / 2, limit);
	recorder_close(r);
	check_consistency(d);
	/* not emptied either: hours are left */
	assert_in_range(ask(d, "SELECT max(time_ms) - min(time_ms) FROM poll"), 3600 * 1000,
			23 * 3600 * 1000);
}

/* A lower limit makes a file smaller that is there already. */
static void test_a_lower_limit(void **state)
{
	const struct day *d = *state;
	struct synthetic s = { .stable = 20, .churn = 200 };
	struct recorder_options o = { .path = d->path, .interval_ms = STEP_MS };
	struct recorder *r = recorder_open(&o, T0, NULL);
	uint64_t i = 0;

	assert_non_null(r);
	for (; i < 200; i++)
		feed(&s, r, T0 + i * STEP_MS);
	recorder_close(r);
	assert_in_range(size_of(d), 3 << 20, 64 << 20);
	o.max_bytes = 2 << 20;
	r = recorder_open(&o, T0 + i * STEP_MS, NULL);
	assert_non_null(r);
	for (; i < 300; i++)
		feed(&s, r, T0 + i * STEP_MS);
	recorder_close(r);
	assert_in_range(size_of(d), 0, 2 << 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_day, remove_day)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_day_within_two_hours),
		TEST(test_a_day_within_four_megabytes),
		TEST(test_a_lower_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
