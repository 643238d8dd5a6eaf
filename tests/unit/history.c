/* Counts per state over time: model/history.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/history.h"

#define S UINT64_C(1000000000)

static void add(struct history *h, uint64_t now_ns, uint32_t count)
{
	uint32_t counts[STATE_COUNT] = { 0 };

	counts[STATE_ESTABLISHED] = count;
	counts[STATE_CLOSE_WAIT] = count * 2;
	history_add(h, now_ns, counts);
}

static void assert_slot(const struct history *h, enum history_span span, size_t back, uint32_t min,
			uint32_t max, uint32_t last, uint32_t samples)
{
	struct history_slot slot = history_slot(h, span, STATE_ESTABLISHED, back);

	assert_int_equal(slot.min, min);
	assert_int_equal(slot.max, max);
	assert_int_equal(slot.last, last);
	assert_int_equal(slot.samples, samples);
}

static void assert_gap(const struct history *h, enum history_span span, size_t back)
{
	assert_slot(h, span, back, 0, 0, 0, 0);
}

static void shapes_are_as_promised(void **state)
{
	(void)state;
	assert_int_equal(history_shape(HISTORY_SECONDS)->slot_ns, S);
	assert_int_equal(history_shape(HISTORY_SECONDS)->slots, 600);
	assert_int_equal(history_shape(HISTORY_TENS)->slot_ns, 10 * S);
	assert_int_equal(history_shape(HISTORY_TENS)->slots, 720);
	assert_int_equal(history_shape(HISTORY_MINUTES)->slot_ns, 60 * S);
	assert_int_equal(history_shape(HISTORY_MINUTES)->slots, 1440);
}

static void empty_has_only_gaps(void **state)
{
	struct history *h = history_new();
	int span;

	(void)state;
	assert_int_equal(history_now_ns(h), 0);
	for (span = 0; span < HISTORY_SPANS; span++) {
		assert_gap(h, (enum history_span)span, 0);
		assert_gap(h, (enum history_span)span, 1);
		assert_gap(h, (enum history_span)span, SIZE_MAX);
	}
	history_free(h);
	history_free(NULL);
}

static void several_samples_share_a_slot(void **state)
{
	struct history *h = history_new();
	struct history_slot slot;

	(void)state;
	add(h, 1000 * S, 5);
	add(h, 1000 * S + S / 2, 2);
	add(h, 1001 * S - 1, 3);
	assert_slot(h, HISTORY_SECONDS, 0, 2, 5, 3, 3);
	add(h, 1001 * S, 9);
	assert_slot(h, HISTORY_SECONDS, 0, 9, 9, 9, 1);
	assert_slot(h, HISTORY_SECONDS, 1, 2, 5, 3, 3);
	assert_slot(h, HISTORY_TENS, 0, 2, 9, 9, 4);
	assert_slot(h, HISTORY_MINUTES, 0, 2, 9, 9, 4);
	assert_gap(h, HISTORY_SECONDS, 2);
	slot = history_slot(h, HISTORY_TENS, STATE_CLOSE_WAIT, 0);
	assert_int_equal(slot.min, 4);
	assert_int_equal(slot.max, 18);
	/* A state with no sockets was still counted: zero, not unknown. */
	slot = history_slot(h, HISTORY_TENS, STATE_LAST_ACK, 0);
	assert_int_equal(slot.max, 0);
	assert_int_equal(slot.samples, 4);
	assert_int_equal(history_now_ns(h), 1001 * S);
	history_free(h);
}

static void what_was_not_polled_is_a_gap(void **state)
{
	struct history *h = history_new();

	(void)state;
	add(h, 5000 * S, 7);
	add(h, 5003 * S, 8);
	assert_slot(h, HISTORY_SECONDS, 0, 8, 8, 8, 1);
	assert_gap(h, HISTORY_SECONDS, 1);
	assert_gap(h, HISTORY_SECONDS, 2);
	assert_slot(h, HISTORY_SECONDS, 3, 7, 7, 7, 1);
	assert_slot(h, HISTORY_TENS, 0, 7, 8, 8, 2);
	history_free(h);
}

/* Every slot of a full ring, after it went round more than twice. */
static void rings_wrap(void **state)
{
	struct history *h = history_new();
	uint32_t start = 12345, n, total = 1500;
	size_t back;

	(void)state;
	for (n = 0; n < total; n++)
		add(h, (start + n) * S, n);
	for (back = 0; back < 600; back++) {
		uint32_t value = total - 1 - (uint32_t)back;

		assert_slot(h, HISTORY_SECONDS, back, value, value, value, 1);
	}
	assert_gap(h, HISTORY_SECONDS, 600);
	/* 12345 + 1499 = 13844: the newest ten seconds hold 13840 to 13844. */
	assert_slot(h, HISTORY_TENS, 0, 1495, 1499, 1499, 5);
	assert_slot(h, HISTORY_TENS, 1, 1485, 1494, 1494, 10);
	assert_slot(h, HISTORY_TENS, 150, 0, 4, 4, 5);
	assert_gap(h, HISTORY_TENS, 151);
	assert_slot(h, HISTORY_MINUTES, 25, 0, 14, 14, 15);
	assert_gap(h, HISTORY_MINUTES, 26);
	history_free(h);
}

static void jump_of_hours_leaves_nothing_stale(void **state)
{
	struct history *h = history_new();
	uint32_t n;
	size_t back;

	(void)state;
	for (n = 0; n < 700; n++)
		add(h, (20000 + n) * S, 1 + n);
	add(h, (20700 + 5 * 3600) * S, 3);
	assert_slot(h, HISTORY_SECONDS, 0, 3, 3, 3, 1);
	for (back = 1; back < 600; back++)
		assert_gap(h, HISTORY_SECONDS, back);
	for (back = 1; back < 720; back++)
		assert_gap(h, HISTORY_TENS, back);
	/* 38700 s is minute 645, 20699 s minute 344. */
	for (back = 1; back < 300; back++)
		assert_gap(h, HISTORY_MINUTES, back);
	assert_slot(h, HISTORY_MINUTES, 301, 641, 700, 700, 60);
	history_free(h);
}

static void jump_of_exactly_a_ring(void **state)
{
	struct history *h = history_new();
	size_t back;

	(void)state;
	add(h, 10000 * S, 1);
	add(h, 10001 * S, 2);
	add(h, 10600 * S, 3);
	assert_slot(h, HISTORY_SECONDS, 599, 2, 2, 2, 1);
	add(h, 11200 * S, 4);
	for (back = 1; back < 600; back++)
		assert_gap(h, HISTORY_SECONDS, back);
	history_free(h);
}

static void time_from_zero(void **state)
{
	struct history *h = history_new();

	(void)state;
	add(h, 0, 4);
	assert_slot(h, HISTORY_SECONDS, 0, 4, 4, 4, 1);
	assert_gap(h, HISTORY_SECONDS, 1);
	add(h, 3 * S, 5);
	assert_slot(h, HISTORY_SECONDS, 3, 4, 4, 4, 1);
	assert_gap(h, HISTORY_SECONDS, 4);
	history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_are_as_promised),
		cmocka_unit_test(empty_has_only_gaps),
		cmocka_unit_test(several_samples_share_a_slot),
		cmocka_unit_test(what_was_not_polled_is_a_gap),
		cmocka_unit_test(rings_wrap),
		cmocka_unit_test(jump_of_hours_leaves_nothing_stale),
		cmocka_unit_test(jump_of_exactly_a_ring),
		cmocka_unit_test(time_from_zero),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
