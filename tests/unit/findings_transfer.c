/* Findings about open and closing connections and datagrams, each beside its look-alike. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "findings_world.h"

/* @count sockets in CLOSE-WAIT whose last ACK and last data are @idle_ms and @sent_ms old. */
static void add_close_waits(struct world *w, unsigned int count, uint32_t idle_ms,
			    uint32_t sent_ms, bool accepted)
{
	for (unsigned int i = 0; i < count; i++) {
		struct body b = world_tcp(w, STATE_CLOSE_WAIT, 80, 7, (uint16_t)(40000 + i));

		b.tcp.last_ack_received_ms = idle_ms;
		b.tcp.last_data_sent_ms = sent_ms;
		if (!accepted)
			body_orphan(&b);
		world_add(w, &b);
	}
}

static void close_wait_leak(void **state)
{
	struct world *w = *state;
	const struct finding *finding;

	add_close_waits(w, 50, 75000, 80000, true);
	world_run(w, 1);
	finding = world_found(w, "close-wait");
	assert_int_equal(finding->severity, SEVERITY_WARNING);
	assert_string_equal(finding->subject, "java[31]");
	assert_int_equal(finding->sockets, 50);
	assert_true(finding->since_ns == UINT64_C(925000000000));
	assert_true(finding->at_least);
	world_evidence(w, "close-wait",
		       "50 idle sockets in CLOSE-WAIT, the oldest for at least 75 s");
	world_silent(w, "close-wait-unaccepted");
}

static void growing_leak(void **state)
{
	add_close_waits(*state, 50, 75000, 80000, true);
	world_run(*state, 5);
	add_close_waits(*state, 58, 75000, 80000, true);
	world_run(*state, 1);
	world_evidence(*state, "close-wait", "8 more than 5.0 s ago");
}

static void leak_near_the_descriptor_limit(void **state)
{
	struct world *w = *state;

	w->limit.limit = 100;
	add_close_waits(w, 50, 75000, 80000, true);
	world_run(w, 1);
	assert_int_equal(world_found(w, "close-wait")->severity, SEVERITY_CRITICAL);
}

static void single_old_leak(void **state)
{
	add_close_waits(*state, 1, 700000, 700000, true);
	world_run(*state, 1);
	world_found(*state, "close-wait");
}

static void young_close_waits(void **state)
{
	add_close_waits(*state, 500, 2000, 2000, true);
	world_run(*state, 1);
	world_silent(*state, "close-wait");
}

/* The tracker knows more than the kernel says: an ACK of a keepalive probe was late. */
static void tracked_close_waits(void **state)
{
	struct world *w = *state;
	struct body b[50];

	for (unsigned int i = 0; i < 50; i++) {
		b[i] = world_tcp(w, STATE_ESTABLISHED, 80, 7, (uint16_t)(40000 + i));
		world_add(w, &b[i]);
	}
	world_run(w, 10);
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < 50; i++) {
			b[i].sock.state = STATE_CLOSE_WAIT;
			b[i].tcp.last_ack_received_ms = 500;
			b[i].tcp.last_data_sent_ms = 100000;
			world_add(w, &b[i]);
		}
		world_run(w, 90);
		if (!pass)
			world_silent(w, "close-wait");
	}
	world_evidence(w, "close-wait", "the oldest for 90 s");
	assert_false(world_found(w, "close-wait")->at_least);
}

static void half_closed_by_the_peer(void **state)
{
	add_close_waits(*state, 500, 75000, 300, true);
	world_run(*state, 1);
	world_silent(*state, "close-wait");
}

static void unaccepted(void **state)
{
	struct world *w = *state;
	struct body listener = world_listener(w, 80, 6, 128);

	world_add(w, &listener);
	add_close_waits(w, 6, 75000, 75000, false);
	world_run(w, 1);
	world_evidence(w, "close-wait-unaccepted", "6 connections in the accept queue");
	world_evidence(w, "close-wait-unaccepted", "the backlog is 128");
	assert_string_equal(world_found(w, "close-wait-unaccepted")->subject, "port 80");
	world_silent(w, "close-wait");
}

static struct body closing(struct world *w, enum state state, uint8_t timer, uint8_t times)
{
	struct body b = world_tcp(w, state, 80, 7, (uint16_t)(40000 + w->cookie));

	b.sock.timer = timer;
	b.sock.retransmits = times;
	body_orphan(&b);
	return b;
}

static void fin_unacknowledged(void **state)
{
	struct world *w = *state;
	struct body b = closing(w, STATE_FIN_WAIT_1, TIMER_RETRANSMIT, 6);

	world_add(w, &b);
	b = closing(w, STATE_LAST_ACK, TIMER_RETRANSMIT, 7);
	world_add(w, &b);
	world_run(w, 1);
	assert_string_equal(world_found(w, "fin-unacknowledged")->subject, "10.0.0.7");
	assert_string_equal(world_found(w, "fin-unacknowledged")->owner,
			    owner_reason_text(OWNER_ORPHANED));
	world_evidence(w, "fin-unacknowledged", "(1 in FIN-WAIT-1, 1 in LAST-ACK)");
	world_evidence(w, "fin-unacknowledged", "up to 7 times");
}

/* Two steps of a backoff whose third is 80 s long were 20 and 40 s. */
static void fin_waiting_long(void **state)
{
	struct body b = closing(*state, STATE_CLOSING, TIMER_RETRANSMIT, 2);

	b.tcp.backoff = 2;
	b.tcp.rto_us = 80000000;
	world_add(*state, &b);
	world_run(*state, 1);
	world_evidence(*state, "fin-unacknowledged", "at least 60 s");
}

static void fin_just_sent(void **state)
{
	struct body b = closing(*state, STATE_FIN_WAIT_1, TIMER_RETRANSMIT, 1);

	world_add(*state, &b);
	world_run(*state, 1);
	world_silent(*state, "fin-unacknowledged");
}

static void fin_behind_a_closed_window(void **state)
{
	struct body b = closing(*state, STATE_FIN_WAIT_1, TIMER_PROBE, 9);

	b.sock.send_queue = 5000;
	b.tcp.snd_wnd_bytes = 0;
	b.tcp.last_data_sent_ms = 100000;
	world_add(*state, &b);
	world_run(*state, 1);
	world_silent(*state, "fin-unacknowledged");
	world_found(*state, "peer-not-reading");
}

static void add_fin_wait_2(struct world *w, uint32_t silent_ms, bool held)
{
	struct body b = world_tcp(w, STATE_FIN_WAIT_2, 80, 7, 40000);

	b.tcp.last_ack_received_ms = silent_ms;
	if (!held)
		body_orphan(&b);
	world_add(w, &b);
	world_run(w, 1);
}

static void fin_wait_2_held(void **state)
{
	add_fin_wait_2(*state, 61000, true);
	assert_string_equal(world_found(*state, "fin-wait-2-held")->owner, "java[31]");
}

static void fin_wait_2_of_the_kernel(void **state)
{
	add_fin_wait_2(*state, 61000, false);
	world_silent(*state, "fin-wait-2-held");
}

static void fin_wait_2_that_receives(void **state)
{
	add_fin_wait_2(*state, 100, true);
	world_silent(*state, "fin-wait-2-held");
}

static void add_sender(struct world *w, uint8_t timer, uint8_t times, uint32_t still_ms)
{
	struct body b = world_tcp(w, STATE_ESTABLISHED, 40000, 7, 443);

	b.sock.timer = timer;
	b.sock.retransmits = times;
	b.sock.send_queue = 100000;
	b.tcp.snd_wnd_bytes = timer == TIMER_PROBE ? 0 : 65535;
	b.tcp.last_data_sent_ms = still_ms;
	b.tcp.last_ack_received_ms = still_ms;
	world_add(w, &b);
	world_run(w, 1);
}

static void peer_does_not_read(void **state)
{
	add_sender(*state, TIMER_PROBE, 4, 30000);
	assert_string_equal(world_found(*state, "peer-not-reading")->subject, "10.0.0.7:443");
	world_evidence(*state, "peer-not-reading", "97.7 KiB waiting, nothing sent for 30 s");
	world_silent(*state, "no-answer");
}

static void window_closed_for_a_moment(void **state)
{
	add_sender(*state, TIMER_PROBE, 0, 300);
	world_silent(*state, "peer-not-reading");
}

static void peer_does_not_answer(void **state)
{
	add_sender(*state, TIMER_RETRANSMIT, 5, 30000);
	world_evidence(*state, "no-answer", "up to 5 times");
	world_silent(*state, "peer-not-reading");
}

static void one_loss_is_usual(void **state)
{
	add_sender(*state, TIMER_RETRANSMIT, 1, 300);
	world_silent(*state, "no-answer");
}

static void add_reader(struct world *w, uint32_t window, uint32_t still_ms, bool accepted)
{
	struct body b = world_tcp(w, STATE_ESTABLISHED, 80, 7, 40000);

	b.sock.recv_queue = 60000;
	b.tcp.rcv_wnd_bytes = window;
	b.tcp.last_data_received_ms = still_ms;
	if (!accepted)
		body_orphan(&b);
	world_add(w, &b);
	world_run(w, 1);
}

static void process_does_not_read(void **state)
{
	add_reader(*state, 0, 30000, true);
	assert_string_equal(world_found(*state, "not-reading")->subject, "java[31]");
	world_evidence(*state, "not-reading", "58.6 KiB unread, nothing came in for 30 s");
	world_silent(*state, "peer-not-reading");
}

static void slow_reader(void **state)
{
	add_reader(*state, 0, 100, true);
	world_silent(*state, "not-reading");
}

static void unread_but_open(void **state)
{
	add_reader(*state, 40000, 30000, true);
	world_silent(*state, "not-reading");
}

static void unread_and_unaccepted(void **state)
{
	add_reader(*state, 0, 30000, false);
	world_silent(*state, "not-reading");
}

/* Without the window the memory tells (before Linux 6.2). */
static void full_buffer(void **state)
{
	struct body b = world_tcp(*state, STATE_ESTABLISHED, 80, 7, 40000);

	b.sock.recv_queue = 60000;
	b.sock.tcp_bytes = 224;
	b.memory[MEMORY_RMEM_ALLOC] = 130000;
	b.tcp.last_data_received_ms = 30000;
	world_add(*state, &b);
	world_run(*state, 1);
	world_found(*state, "not-reading");
}

static void add_lossy(struct world *w, uint32_t segments, uint64_t again, uint32_t sent_ms)
{
	struct body b = world_tcp(w, STATE_ESTABLISHED, 80, 7, 40000);

	b.tcp.bytes_sent = 1000000;
	b.tcp.bytes_retrans = again;
	b.tcp.data_segs_out = segments;
	b.tcp.last_data_sent_ms = sent_ms;
	world_add(w, &b);
	world_run(w, 1);
}

static void lossy(void **state)
{
	add_lossy(*state, 700, 20000, 10);
	assert_int_equal(world_found(*state, "retransmission")->severity, SEVERITY_WARNING);
	assert_string_equal(world_found(*state, "retransmission")->subject, "10.0.0.7");
}

static void very_lossy(void **state)
{
	add_lossy(*state, 700, 80000, 10);
	assert_int_equal(world_found(*state, "retransmission")->severity, SEVERITY_CRITICAL);
}

static void usual_loss(void **state)
{
	add_lossy(*state, 700, 5000, 10);
	world_silent(*state, "retransmission");
}

static void too_little_to_judge(void **state)
{
	add_lossy(*state, 20, 80000, 10);
	world_silent(*state, "retransmission");
}

static void lossy_long_ago(void **state)
{
	add_lossy(*state, 700, 80000, 700000);
	world_silent(*state, "retransmission");
}

static void add_silent(struct world *w, uint8_t timer, uint32_t silent_ms, bool loopback)
{
	for (unsigned int i = 0; i < 10; i++) {
		struct body b = world_tcp(w, STATE_ESTABLISHED, 80, loopback ? 1 : 7,
					  (uint16_t)(40000 + i));

		b.sock.timer = timer;
		b.tcp.last_data_received_ms = silent_ms;
		b.tcp.last_ack_received_ms = silent_ms;
		world_add(w, &b);
	}
	world_run(w, 1);
}

static void half_open(void **state)
{
	add_silent(*state, TIMER_NONE, 7300000, false);
	world_evidence(*state, "half-open",
		       "10 connections without keepalive, silent for up to 2 h");
}

static void kept_alive(void **state)
{
	add_silent(*state, TIMER_KEEPALIVE, 7300000, false);
	world_silent(*state, "half-open");
}

static void idle_for_an_hour(void **state)
{
	add_silent(*state, TIMER_NONE, 3600000, false);
	world_silent(*state, "half-open");
}

static void silent_on_this_host(void **state)
{
	add_silent(*state, TIMER_NONE, 7300000, true);
	world_silent(*state, "half-open");
}

static void datagrams_dropped(void **state)
{
	struct body b = world_udp(*state, 53, 100);

	world_add(*state, &b);
	world_run(*state, 1);
	world_silent(*state, "udp-drops");
	b.memory[MEMORY_DROPS] = 117;
	world_add(*state, &b);
	world_run(*state, 1);
	world_evidence(*state, "udp-drops", "17 datagrams dropped in 1.0 s");
	assert_string_equal(world_found(*state, "udp-drops")->owner, "java[31]");
	world_add(*state, &b);
	world_run(*state, 1);
	world_silent(*state, "udp-drops");
}

/* Memory figures that come only from now on are no drops of now. */
static void datagrams_dropped_before(void **state)
{
	struct body b = world_udp(*state, 53, 100);

	b.sock.memory_known = 0;
	b.sock.has &= ~(uint32_t)SOCK_HAS_MEMORY;
	world_add(*state, &b);
	world_run(*state, 1);
	b.sock.memory_known = MEMORY_COUNT;
	b.sock.has |= SOCK_HAS_MEMORY;
	world_add(*state, &b);
	world_run(*state, 1);
	world_silent(*state, "udp-drops");
}

static void datagrams_of_a_full_socket(void **state)
{
	struct body b = world_udp(*state, 53, 100);

	b.memory[MEMORY_RMEM_ALLOC] = 131000;
	world_add(*state, &b);
	world_run(*state, 1);
	world_evidence(*state, "udp-drops", "since it was opened");
}

static void datagrams_of_sockets_unseen(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_UDP_RCVBUF_ERRORS, 5);
	world_run(w, 1);
	counters_set(&w->counters, COUNTER_UDP_RCVBUF_ERRORS, 9);
	world_run(w, 1);
	world_evidence(w, "udp-drops", "4 datagrams dropped");
	w->input.only_sockets = true;
	counters_set(&w->counters, COUNTER_UDP_RCVBUF_ERRORS, 20);
	world_run(w, 1);
	world_silent(w, "udp-drops");
}

static bool judges(const struct world *w, const char *name)
{
	return !findings_unjudged(w->findings, finding_find(name));
}

/* A pass of that socket alone, as /proc/net tells of it: without tcp_info and memory. */
static void run_blind(struct world *w, struct body b)
{
	b.sock.has &= ~(uint32_t)(SOCK_HAS_MEMORY | SOCK_HAS_COOKIE);
	b.sock.tcp_bytes = 0;
	b.sock.memory_known = 0;
	world_add(w, &b);
	world_run(w, 1);
}

static void without_facts_transfers_are_not_judged(void **state)
{
	struct world *w = *state;
	struct body b = world_tcp(w, STATE_ESTABLISHED, 80, 7, 40000);

	run_blind(w, b);
	assert_false(judges(w, "retransmission"));
	assert_false(judges(w, "half-open"));
	assert_true(judges(w, "not-reading"));
	assert_true(judges(w, "no-answer"));
	assert_true(judges(w, "close-wait"));
	b.sock.recv_queue = 1;
	b.sock.timer = TIMER_KEEPALIVE;
	run_blind(w, b);
	assert_false(judges(w, "not-reading"));
	assert_true(judges(w, "half-open"));
	/* all is told of this one */
	world_add(w, &b);
	world_run(w, 1);
	assert_true(judges(w, "retransmission"));
	assert_true(judges(w, "not-reading"));
	/* and there is nothing that could be told of these */
	b = world_tcp(w, STATE_TIME_WAIT, 80, 7, 40001);
	b.sock.kind = SOCK_MINI;
	run_blind(w, b);
	assert_true(judges(w, "retransmission"));
}

/* An age is known of what came into its state between two passes, else not. */
static void without_facts_ages_are_not_known(void **state)
{
	struct world *w = *state;
	struct body b = world_tcp(w, STATE_CLOSE_WAIT, 80, 7, 40000);

	run_blind(w, b);
	assert_false(judges(w, "close-wait"));
	assert_true(judges(w, "close-wait-unaccepted"));
	b = world_tcp(w, STATE_ESTABLISHED, 80, 7, 40001);
	run_blind(w, b);
	b.sock.state = STATE_CLOSE_WAIT;
	run_blind(w, b);
	assert_true(judges(w, "close-wait"));
	b = world_tcp(w, STATE_CLOSE_WAIT, 80, 7, 40002);
	body_orphan(&b);
	world_add(w, &b);
	world_run(w, 1);
	assert_true(judges(w, "close-wait-unaccepted"));
}

static void without_memory_counters_tell_of_drops(void **state)
{
	struct world *w = *state;
	struct body b = world_udp(w, 53, 0);

	counters_set(&w->counters, COUNTER_UDP_RCVBUF_ERRORS, 0);
	run_blind(w, b);
	assert_true(judges(w, "udp-drops"));
	b.sock.recv_queue = 4096;
	run_blind(w, b);
	assert_true(judges(w, "udp-drops"));
	w->input.counters = NULL;
	run_blind(w, b);
	assert_false(judges(w, "udp-drops"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
		TEST(without_facts_transfers_are_not_judged),
		TEST(without_facts_ages_are_not_known),
		TEST(without_memory_counters_tell_of_drops),
		TEST(close_wait_leak),
		TEST(growing_leak),
		TEST(leak_near_the_descriptor_limit),
		TEST(single_old_leak),
		TEST(young_close_waits),
		TEST(tracked_close_waits),
		TEST(half_closed_by_the_peer),
		TEST(unaccepted),
		TEST(fin_unacknowledged),
		TEST(fin_waiting_long),
		TEST(fin_just_sent),
		TEST(fin_behind_a_closed_window),
		TEST(fin_wait_2_held),
		TEST(fin_wait_2_of_the_kernel),
		TEST(fin_wait_2_that_receives),
		TEST(peer_does_not_read),
		TEST(window_closed_for_a_moment),
		TEST(peer_does_not_answer),
		TEST(one_loss_is_usual),
		TEST(process_does_not_read),
		TEST(slow_reader),
		TEST(unread_but_open),
		TEST(unread_and_unaccepted),
		TEST(full_buffer),
		TEST(lossy),
		TEST(very_lossy),
		TEST(usual_loss),
		TEST(too_little_to_judge),
		TEST(lossy_long_ago),
		TEST(half_open),
		TEST(kept_alive),
		TEST(idle_for_an_hour),
		TEST(silent_on_this_host),
		TEST(datagrams_dropped),
		TEST(datagrams_dropped_before),
		TEST(datagrams_of_a_full_socket),
		TEST(datagrams_of_sockets_unseen),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
