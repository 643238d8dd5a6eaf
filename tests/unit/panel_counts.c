/* model/panel_counts: what is TCP is told from what is not, and what is known from what is not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/panel_counts.h"

#define TCP PROTO_BIT(PROTO_TCP)
#define UDP PROTO_BIT(PROTO_UDP)
#define ALL (~(state_set)0)

static void add(struct snapshot *s, unsigned int proto, enum state state)
{
	const struct sock sk = { .proto = (uint8_t)proto, .state = (uint8_t)state };

	assert_int_equal(snapshot_add(s, &sk, NULL), 0);
}

static void test_every_socket_counts_once(void **state)
{
	struct snapshot *s = snapshot_new();
	uint32_t counts[STATE_COUNT];

	(void)state;
	assert_non_null(s);
	add(s, PROTO_TCP, STATE_ESTABLISHED);
	add(s, PROTO_TCP, STATE_LISTEN);
	add(s, PROTO_UDP, STATE_ESTABLISHED);
	add(s, PROTO_UDP, STATE_ESTABLISHED);
	add(s, PROTO_UDP, STATE_UNCONNECTED);
	assert_int_equal(panel_counts(s, TCP | UDP, counts), 2);
	assert_int_equal(counts[STATE_ESTABLISHED], 1);
	assert_int_equal(counts[STATE_LISTEN], 1);
	assert_int_equal(counts[STATE_UNCONNECTED], 1);
	snapshot_free(s);
}

static void test_without_tcp_its_states_are_those_of_others(void **state)
{
	struct snapshot *s = snapshot_new();
	uint32_t counts[STATE_COUNT];

	(void)state;
	assert_non_null(s);
	add(s, PROTO_UDP, STATE_ESTABLISHED);
	assert_int_equal(panel_counts(s, UDP, counts), 0);
	assert_int_equal(counts[STATE_ESTABLISHED], 1);
	snapshot_free(s);
}

static void test_what_was_not_asked_for_is_not_known(void **state)
{
	const state_set listening = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED);

	(void)state;
	assert_false(panel_uncounted(TCP | UDP, ALL) & (states_tcp() | listening));
	assert_false(panel_uncounted(TCP | UDP, listening) & listening);
	assert_true(panel_uncounted(TCP | UDP, listening) & STATE_BIT(STATE_ESTABLISHED));
	/* no socket of UDP listens: that says nothing of TCP */
	assert_true(panel_uncounted(UDP, ALL) & STATE_BIT(STATE_LISTEN));
	assert_false(panel_uncounted(UDP, ALL) & STATE_BIT(STATE_ESTABLISHED));
	assert_true(panel_uncounted(TCP, ALL) & STATE_BIT(STATE_UNCONNECTED));
}

static void test_where_there_can_be_others(void **state)
{
	(void)state;
	assert_int_equal(panel_others_states(TCP), 0);
	assert_int_equal(panel_others_states(UDP), 0);
	assert_int_equal(panel_others_states(TCP | PROTO_BIT(PROTO_PACKET)), 0);
	assert_int_equal(panel_others_states(TCP | UDP), STATE_BIT(STATE_ESTABLISHED));
	/* those of SCTP's own are counted under their names */
	assert_int_equal(panel_others_states(TCP | PROTO_BIT(PROTO_SCTP)) & ~states_tcp(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_socket_counts_once),
		cmocka_unit_test(test_without_tcp_its_states_are_those_of_others),
		cmocka_unit_test(test_where_there_can_be_others),
		cmocka_unit_test(test_what_was_not_asked_for_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
