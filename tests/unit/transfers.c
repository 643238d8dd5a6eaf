/* What holds transfers back, from two polls of invented connections. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/transfers.h"

#define SECOND UINT64_C(1000000000)
#define MS UINT64_C(1000)

/* A connection, and how much its times grew in the second between two polls. */
struct change {
	uint64_t busy, rwnd, sndbuf; /* ms */
	uint64_t sent, again;	     /* bytes */
	bool full;		     /* its send buffer, at the second poll */
	uint8_t state;
};

static struct sock sock_of(struct tcp_facts *tcp, uint32_t *memory, uint8_t state)
{
	return (struct sock){ .proto = PROTO_TCP, .state = state, .cookie = 7,
			      .has = SOCK_HAS_COOKIE | SOCK_HAS_MEMORY, .tcp = tcp,
			      .tcp_bytes = sizeof(*tcp), .memory = memory,
			      .memory_known = MEMORY_COUNT };
}

/* What the two polls tell; @bytes of tcp_info are there. */
static const char *told(const struct change *c, uint16_t bytes)
{
	struct transfers *t = transfers_new();
	struct tcp_facts tcp = { .busy_time_us = 5000, .rwnd_limited_us = 2000,
				 .sndbuf_limited_us = 1000, .bytes_sent = 100,
				 .bytes_retrans = 10, .snd_cwnd_segments = 10,
				 .unacked_segments = 2 };
	uint32_t memory[MEMORY_COUNT] = { [MEMORY_SNDBUF] = 4608 };
	struct sock sk = sock_of(&tcp, memory, c->state ? c->state : STATE_ESTABLISHED);
	const char *limit;

	assert_non_null(t);
	sk.tcp_bytes = bytes;
	assert_false(transfers_polled(t));
	assert_true(transfers_begin(t, 10 * SECOND));
	assert_int_equal(transfers_note(t, &sk, NULL), 0);
	assert_null(transfers_limit(t, &sk));
	/* too near to tell: what is known stays */
	assert_false(transfers_begin(t, 10 * SECOND + SECOND / 20));
	tcp.busy_time_us += c->busy * MS;
	tcp.rwnd_limited_us += c->rwnd * MS;
	tcp.sndbuf_limited_us += c->sndbuf * MS;
	tcp.bytes_sent += c->sent;
	tcp.bytes_retrans += c->again;
	memory[MEMORY_WMEM_QUEUED] = c->full ? 5000 : 1000;
	assert_true(transfers_begin(t, 11 * SECOND));
	assert_int_equal(transfers_note(t, &sk, NULL), 0);
	limit = transfers_limit(t, &sk);
	transfers_free(t);
	return limit;
}

static void is(const char *limit, struct change c)
{
	assert_string_equal(told(&c, sizeof(struct tcp_facts)), limit);
}

static void test_the_largest_part_decides(void **state)
{
	(void)state;
	is("application", (struct change){ .busy = 200, .rwnd = 150, .sent = 1000 });
	is("application", (struct change){ .sent = 1000 });
	is("receiver", (struct change){ .busy = 1000, .rwnd = 900, .sent = 1000 });
	is("receiver", (struct change){ .busy = 1000, .rwnd = 1000 });
	is("send-buffer", (struct change){ .busy = 1000, .sndbuf = 600, .sent = 1000 });
	is("network", (struct change){ .busy = 1000, .rwnd = 300, .sndbuf = 200, .sent = 1000 });
	is("idle", (struct change){ 0 });
}

static void test_the_part_of_the_network_is_looked_at(void **state)
{
	(void)state;
	is("loss", (struct change){ .busy = 1000, .sent = 1000, .again = 10 });
	is("send-buffer", (struct change){ .busy = 1000, .sent = 1000, .full = true });
	/* a loss is no excuse for a program that sends little */
	is("application", (struct change){ .busy = 100, .sent = 1000, .again = 10 });
}

static void test_what_is_not_known(void **state)
{
	const struct change c = { .busy = 1000, .sent = 1000 };
	const struct change closed = { .busy = 1000, .sent = 1000, .state = STATE_FIN_WAIT_1 };

	(void)state;
	assert_null(told(&c, offsetof(struct tcp_facts, sndbuf_limited_us)));
	assert_null(told(&closed, sizeof(struct tcp_facts)));
}

/* The poll before did not see it: another poll is needed. */
static void test_only_the_poll_before_counts(void **state)
{
	struct transfers *t = transfers_new();
	struct tcp_facts tcp = { .busy_time_us = 1 };
	struct sock sk = sock_of(&tcp, NULL, STATE_ESTABLISHED);

	(void)state;
	sk.has &= ~(uint32_t)SOCK_HAS_MEMORY;
	assert_true(transfers_begin(t, 1 * SECOND));
	assert_int_equal(transfers_note(t, &sk, NULL), 0);
	assert_true(transfers_begin(t, 2 * SECOND));
	assert_null(transfers_limit(t, &sk));
	assert_true(transfers_begin(t, 3 * SECOND));
	assert_int_equal(transfers_note(t, &sk, NULL), 0);
	assert_null(transfers_limit(t, &sk));
	assert_true(transfers_begin(t, 4 * SECOND));
	assert_int_equal(transfers_note(t, &sk, NULL), 0);
	assert_string_equal(transfers_limit(t, &sk), "idle");
	sk.netns = 1; /* the same cookie elsewhere is another socket */
	assert_null(transfers_limit(t, &sk));
	transfers_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_largest_part_decides),
		cmocka_unit_test(test_the_part_of_the_network_is_looked_at),
		cmocka_unit_test(test_what_is_not_known),
		cmocka_unit_test(test_only_the_poll_before_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
