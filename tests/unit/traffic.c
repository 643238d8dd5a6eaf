/* Bytes and retransmissions of connections between two polls. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/traffic.h"

static struct tcp_facts facts;

/* Connection @cookie, which has received and sent so much in its life. */
static struct sock connection(uint64_t cookie, uint64_t received, uint64_t sent)
{
	facts = (struct tcp_facts){ .bytes_received = received, .bytes_sent = sent,
				    .total_retrans_segments = (uint32_t)(sent / 10) };
	return (struct sock){ .has = SOCK_HAS_COOKIE, .cookie = cookie, .state = STATE_ESTABLISHED,
			      .tcp = &facts, .tcp_bytes = TCP_FACTS_BYTES };
}

static int note(struct traffic *t, uint64_t cookie, uint64_t received, uint64_t sent, bool born,
		struct traffic_delta *out)
{
	const struct sock sk = connection(cookie, received, sent);

	return traffic_note(t, &sk, born, out);
}

static void what_went_since_the_pass_before(void **state)
{
	struct traffic *t = traffic_new();
	struct traffic_delta d;

	(void)state;
	traffic_begin(t);
	assert_int_equal(note(t, 1, 1000, 500, false, &d), 0);
	/* born before anything can be compared: over which time it sent is not known */
	assert_int_equal(note(t, 2, 1000, 500, true, &d), 0);
	traffic_end(t);
	traffic_begin(t);
	assert_int_equal(note(t, 1, 1700, 530, false, &d), 1);
	assert_int_equal(d.received_bytes, 700);
	assert_int_equal(d.sent_bytes, 30);
	assert_int_equal(d.retransmitted, 3);
	/* all that one sent that was born since */
	assert_int_equal(note(t, 3, 5, 70, true, &d), 1);
	assert_int_equal(d.received_bytes, 5);
	assert_int_equal(d.sent_bytes, 70);
	/* new, but not born: a filter had left it out */
	assert_int_equal(note(t, 4, 5, 70, false, &d), 0);
	traffic_end(t);
	traffic_free(t);
	traffic_free(NULL);
}

static void never_less_than_nothing(void **state)
{
	struct traffic *t = traffic_new();
	struct traffic_delta d;

	(void)state;
	traffic_begin(t);
	note(t, 1, 1000, 500, false, &d);
	note(t, 2, 1000, 500, false, &d);
	traffic_end(t);
	/* one is gone, the other one connected again */
	traffic_begin(t);
	assert_int_equal(note(t, 2, 10, 500, false, &d), 0);
	traffic_end(t);
	/* back after a pass without it */
	traffic_begin(t);
	assert_int_equal(note(t, 1, 2000, 600, false, &d), 0);
	assert_int_equal(note(t, 2, 20, 500, false, &d), 1);
	assert_int_equal(d.received_bytes, 10);
	traffic_end(t);
	traffic_reset(t);
	traffic_begin(t);
	assert_int_equal(note(t, 2, 30, 500, true, &d), 0);
	traffic_end(t);
	traffic_free(t);
}

static void sockets_without_counts(void **state)
{
	struct traffic *t = traffic_new();
	struct sock listener = connection(1, 5, 5);
	struct sock old_kernel = connection(2, 5, 5);
	struct sock none = { .state = STATE_TIME_WAIT, .cookie = 3 };
	struct traffic_delta d;

	(void)state;
	listener.state = STATE_LISTEN;
	old_kernel.tcp_bytes = offsetof(struct tcp_facts, bytes_sent);
	for (int pass = 0; pass < 2; pass++) {
		traffic_begin(t);
		assert_int_equal(traffic_note(t, &listener, true, &d), 0);
		assert_int_equal(traffic_note(t, &old_kernel, true, &d), 0);
		assert_int_equal(traffic_note(t, &none, true, &d), 0);
		traffic_end(t);
	}
	traffic_free(t);
}

/* Thousands come and go in every pass: the sum is what a plain array says, memory is bounded. */
static void many_come_and_go(void **state)
{
	enum { SOCKETS = 20000, PASSES = 20 };
	struct traffic *t = traffic_new();
	uint64_t *sent = calloc(SOCKETS, sizeof(*sent));
	bool *there = calloc(SOCKETS, sizeof(*there));
	uint32_t random = 1;

	(void)state;
	for (int pass = 0; pass < PASSES; pass++) {
		uint64_t expected = 0;
		uint64_t sum = 0;
		size_t alive = pass < PASSES - 3 ? SOCKETS : 100;

		traffic_begin(t);
		for (size_t i = 0; i < SOCKETS; i++) {
			struct traffic_delta d;
			bool was = there[i];
			uint64_t more;

			random = random * 1664525 + 1013904223;
			there[i] = i < alive && random >> 29;
			more = random >> 8 & 0xfff;
			if (!there[i])
				continue;
			sent[i] += more;
			if (was && pass)
				expected += more;
			if (note(t, i + 1, 0, sent[i], false, &d) > 0)
				sum += d.sent_bytes;
		}
		traffic_end(t);
		assert_int_equal(sum, expected);
		assert_true(traffic_bytes(t) <= SOCKETS * 120);
	}
	assert_true(traffic_bytes(t) <= 20000);
	free(sent);
	free(there);
	traffic_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_since_the_pass_before),
		cmocka_unit_test(never_less_than_nothing),
		cmocka_unit_test(sockets_without_counts),
		cmocka_unit_test(many_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
