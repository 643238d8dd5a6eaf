/* How a life ended: model/ending.h, with the figures that Linux 6.18 gives for each. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/ending.h"

struct life {
	const char *name;
	uint16_t peer_port;
	struct tcp_facts facts;
	enum opening opening;
	enum closing closing;
	bool age_known;
};

#define NEVER UINT32_MAX

static const struct life lives[] = {
	{ "client closes first, no data", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 28, .bytes_acked = 2, .delivered_segments = 2 },
	  OPENING_HERE, CLOSING_ORDERLY, true },
	{ "its server", 38100,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 16, .bytes_acked = 1, .bytes_received = 1,
	    .delivered_segments = 2 },
	  OPENING_PEER, CLOSING_ORDERLY, true },
	{ "client with data", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 6, .bytes_acked = 12, .bytes_received = 7,
	    .data_segs_in = 1, .data_segs_out = 1, .delivered_segments = 3, .bytes_sent = 10 },
	  OPENING_HERE, CLOSING_ORDERLY, false },
	{ "server with data", 38126,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 1, .bytes_acked = 8, .bytes_received = 11,
	    .data_segs_in = 1, .data_segs_out = 1, .delivered_segments = 3, .bytes_sent = 7 },
	  OPENING_PEER, CLOSING_ORDERLY, false },
	{ "client that was reset", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 33, .bytes_acked = 1, .delivered_segments = 1 },
	  OPENING_HERE, CLOSING_RESET, true },
	{ "client that was reset after it sent", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 6, .bytes_acked = 4, .data_segs_out = 1,
	    .delivered_segments = 2, .bytes_sent = 3 },
	  OPENING_HERE, CLOSING_RESET, false },
	{ "server that was reset", 38144,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 19, .delivered_segments = 1 },
	  OPENING_PEER, CLOSING_RESET, true },
	{ "client whose segment was sent twice", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 6, .bytes_acked = 12, .data_segs_out = 2,
	    .delivered_segments = 3, .bytes_sent = 20, .bytes_retrans = 10,
	    .total_retrans_segments = 1 },
	  OPENING_HERE, CLOSING_ORDERLY, false },
	{ "one flag, and segments sent twice: open which", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 6, .bytes_acked = 11, .data_segs_out = 2,
	    .delivered_segments = 3, .bytes_sent = 20, .bytes_retrans = 10,
	    .total_retrans_segments = 1 },
	  OPENING_UNKNOWN, CLOSING_UNKNOWN, false },
	{ "aborted", 0, { .rcv_mss_bytes = 88, .min_rtt_us = 34 },
	  OPENING_UNKNOWN, CLOSING_RESET, false },
	{ "refused", 0, { .rcv_mss_bytes = 88, .min_rtt_us = NEVER },
	  OPENING_HERE, CLOSING_FAILED, false },
	{ "refused without waiting", 5999,
	  { .rcv_mss_bytes = 88, .min_rtt_us = NEVER, .segs_out = 1, .segs_in = 1 },
	  OPENING_HERE, CLOSING_FAILED, false },
	{ "never connected", 0, { .min_rtt_us = NEVER },
	  OPENING_UNKNOWN, CLOSING_UNUSED, false },
	{ "figures that make no sense", 5000,
	  { .rcv_mss_bytes = 536, .min_rtt_us = 28, .bytes_acked = 2, .bytes_sent = 50,
	    .data_segs_out = 1 },
	  OPENING_UNKNOWN, CLOSING_UNKNOWN, false },
};

static struct sock sock_of(const struct life *l)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE, .proto = PROTO_TCP, .state = STATE_CLOSED,
		.local = { .port = 40000, .family = ADDR_V4 },
		.peer = { .port = l->peer_port, .family = ADDR_V4 },
		.tcp = &l->facts, .tcp_bytes = TCP_FACTS_BYTES,
	};
}

static void figures_tell(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		struct sock sk = sock_of(&lives[i]);
		struct ending e = ending_of(&sk);

		if (e.opening != lives[i].opening || e.closing != lives[i].closing ||
		    e.age_known != lives[i].age_known)
			fail_msg("%s: opening %d, closing %d, age known %d", lives[i].name,
				 e.opening, e.closing, e.age_known);
	}
}

static void times_tell(void **state)
{
	struct life l = lives[0];
	struct sock sk = sock_of(&l);
	struct ending e;

	(void)state;
	l.facts.last_data_sent_ms = 52;
	e = ending_of(&sk);
	assert_true(e.age_known && e.idle_known);
	assert_int_equal(e.age_ms, 52);
	assert_int_equal(e.idle_ms, 52);
	l.facts.data_segs_out = 1;
	l.facts.bytes_sent = 5;
	e = ending_of(&sk);
	assert_false(e.age_known);
	assert_true(e.idle_known);
}

/* Older kernels tell less, /proc nothing. */
static void without_figures(void **state)
{
	struct sock sk = sock_of(&lives[0]);
	struct ending e;

	(void)state;
	sk.tcp_bytes = offsetof(struct tcp_facts, bytes_sent);
	e = ending_of(&sk);
	assert_int_equal(e.closing, CLOSING_UNKNOWN);
	assert_int_equal(e.opening, OPENING_UNKNOWN);
	sk.tcp = NULL;
	e = ending_of(&sk);
	assert_int_equal(e.closing, CLOSING_UNKNOWN);
	assert_false(e.idle_known);
	sk.proto = PROTO_UDP;
	assert_int_equal(ending_of(&sk).closing, CLOSING_UNKNOWN);
	sk.local.port = 0;
	assert_int_equal(ending_of(&sk).closing, CLOSING_UNUSED);
}

/* The states from @from to the end, each by its figure-6 arrow. */
static void assert_path(enum state from, enum closing closing, enum state left,
			const enum state *path)
{
	enum state next;

	while (*path != STATE_COUNT) {
		next = ending_next(from, closing, left);
		assert_int_equal(next, *path);
		from = next;
		path++;
	}
	assert_int_equal(ending_next(from, closing, left), from);
}

/* Ends with STATE_COUNT. */
#define PATH(...) ((const enum state[]){ __VA_ARGS__ })

static void paths(void **state)
{
	(void)state;
	assert_path(STATE_SYN_SENT, CLOSING_FAILED, STATE_COUNT, PATH(STATE_COUNT));
	assert_path(STATE_SYN_SENT, CLOSING_RESET, STATE_COUNT,
		    PATH(STATE_ESTABLISHED, STATE_COUNT));
	assert_path(STATE_SYN_SENT, CLOSING_UNTOLD, STATE_COUNT, PATH(STATE_COUNT));
	assert_path(STATE_SYN_RECEIVED, CLOSING_ORDERLY, STATE_COUNT,
		    PATH(STATE_ESTABLISHED, STATE_CLOSE_WAIT, STATE_LAST_ACK, STATE_COUNT));
	assert_path(STATE_CLOSE_WAIT, CLOSING_ORDERLY, STATE_COUNT,
		    PATH(STATE_LAST_ACK, STATE_COUNT));
	assert_path(STATE_CLOSE_WAIT, CLOSING_RESET, STATE_COUNT, PATH(STATE_COUNT));
	assert_path(STATE_SYN_SENT, CLOSING_ORDERLY, STATE_TIME_WAIT,
		    PATH(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_TIME_WAIT, STATE_COUNT));
	assert_path(STATE_SYN_SENT, CLOSING_UNKNOWN, STATE_FIN_WAIT_2,
		    PATH(STATE_ESTABLISHED, STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, STATE_COUNT));
	assert_path(STATE_FIN_WAIT_1, CLOSING_ORDERLY, STATE_COUNT, PATH(STATE_COUNT));
	assert_path(STATE_UNCONNECTED, CLOSING_UNKNOWN, STATE_COUNT, PATH(STATE_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_tell),
		cmocka_unit_test(times_tell),
		cmocka_unit_test(without_figures),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
