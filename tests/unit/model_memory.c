/*
 * The model without memory: every allocation is made to fail in turn, and what
 * was kept before must still be there and right afterwards.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/history.h"
#include "model/snapshot.h"
#include "model/tracker.h"

enum { SOCKETS = 3000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* How many allocations still succeed before one fails; below 0: all. */
static int left = -1;

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

/* Each with another profile, name and address, so that everything has to grow. */
static struct sock make(uint32_t n, char *name)
{
	struct sock sk = {
		.has = SOCK_HAS_COOKIE,
		.proto = PROTO_TCP,
		.state = STATE_ESTABLISHED,
		.local = { .bytes = { 0x20, 0x01 }, .port = (uint16_t)n, .family = ADDR_V6 },
		.peer = { .family = ADDR_V6 },
		.cookie = n + 1,
		.uid = n,
		.congestion = "cubic",
		.name = name,
		.name_len = sizeof(n),
	};

	memcpy(sk.local.bytes + 12, &n, sizeof(n));
	memcpy(name, &n, sizeof(n));
	return sk;
}

static void assert_holds(const struct snapshot *s, uint32_t count)
{
	struct sock sk;
	uint32_t n;

	assert_int_equal(snapshot_count(s), count);
	for (n = 0; n < count; n++) {
		snapshot_sock(s, n, &sk);
		assert_int_equal(sk.cookie, n + 1);
		assert_int_equal(sk.uid, n);
		assert_string_equal(sk.congestion, "cubic");
		assert_memory_equal(sk.name, &n, sizeof(n));
		assert_memory_equal(sk.local.bytes + 12, &n, sizeof(n));
	}
}

/* Every allocation on the way to SOCKETS fails once; the socket is offered again after that. */
static void snapshot_survives(void **state)
{
	struct snapshot *s = snapshot_new();
	struct error err = { 0 };
	char name[sizeof(uint32_t)];
	size_t failures = 0;
	uint32_t n;

	(void)state;
	for (n = 0; n < SOCKETS; n++) {
		struct sock sk = make(n, name);
		int nth, result = -1;

		for (nth = 0; result; nth++) {
			left = nth;
			result = snapshot_add(s, &sk, &err);
			left = -1;
			if (!result)
				continue;
			failures++;
			assert_non_null(strstr(err.text, "sockets"));
			assert_int_equal(snapshot_count(s), n);
		}
	}
	assert_true(failures > 20);
	assert_holds(s, SOCKETS);
	snapshot_free(s);
}

static void tracker_survives(void **state)
{
	struct tracker *t = tracker_new();
	struct error err = { 0 };
	char name[sizeof(uint32_t)];
	size_t failures = 0;
	struct sock sk;
	uint32_t n;

	(void)state;
	tracker_begin(t, 5);
	for (n = 0; n < SOCKETS; n++) {
		int nth, result = -1;

		sk = make(n, name);
		for (nth = 0; result; nth++) {
			left = nth;
			result = tracker_observe(t, &sk, NULL, &err);
			left = -1;
			failures += result != 0;
			assert_int_equal(tracker_find(t, &sk, &(struct track){ 0 }), !result);
		}
	}
	tracker_end(t, true, NULL, NULL);
	assert_true(failures > 5);
	assert_non_null(strstr(err.text, "sockets"));
	assert_int_equal(tracker_last_pass(t)->live, SOCKETS);
	for (n = 0; n < SOCKETS; n++) {
		sk = make(n, name);
		assert_true(tracker_find(t, &sk, &(struct track){ 0 }));
	}
	tracker_free(t);
}

/* Closing the gaps wants a smaller table; without memory for one it must do with the old. */
static void compacting_survives(void **state)
{
	struct tracker *t = tracker_new();
	char name[sizeof(uint32_t)];
	struct sock sk;
	size_t before;
	uint32_t n;

	(void)state;
	tracker_begin(t, 5);
	for (n = 0; n < SOCKETS; n++) {
		sk = make(n, name);
		assert_int_equal(tracker_observe(t, &sk, NULL, NULL), 0);
	}
	tracker_end(t, true, NULL, NULL);
	before = tracker_bytes(t);
	tracker_begin(t, 6);
	sk = make(SOCKETS - 1, name);
	assert_int_equal(tracker_observe(t, &sk, NULL, NULL), 0);
	left = 0;
	tracker_end(t, true, NULL, NULL);
	left = -1;
	assert_true(tracker_bytes(t) < before);
	assert_true(tracker_find(t, &sk, &(struct track){ 0 }));
	sk = make(0, name);
	assert_false(tracker_find(t, &sk, &(struct track){ 0 }));
	tracker_free(t);
}

static void nothing_is_made_of_nothing(void **state)
{
	(void)state;
	left = 0;
	assert_null(snapshot_new());
	left = 0;
	assert_null(tracker_new());
	left = 0;
	assert_null(history_new());
	left = -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshot_survives),
		cmocka_unit_test(tracker_survives),
		cmocka_unit_test(compacting_survives),
		cmocka_unit_test(nothing_is_made_of_nothing),
	};

	return cmocka_run_group_tests_name("model_memory", tests, NULL, NULL);
}
