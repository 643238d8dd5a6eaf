/* Findings about listeners and connections being opened, each beside its look-alike. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "findings_world.h"

/* The same listener in two passes, with @first and @second waiting. */
static void watch_listener(struct world *w, uint32_t first, uint32_t second, uint32_t backlog)
{
	struct body b = world_listener(w, 80, first, backlog);

	world_add(w, &b);
	world_run(w, 1);
	b.sock.recv_queue = second;
	world_add(w, &b);
	world_run(w, 1);
}

static void full_queue(void **state)
{
	const struct finding *finding;

	watch_listener(*state, 129, 129, 128);
	finding = world_found(*state, "accept-queue-full");
	assert_int_equal(finding->severity, SEVERITY_CRITICAL);
	assert_string_equal(finding->subject, "10.0.0.1:80");
	assert_string_equal(finding->owner, "nginx[80]");
	world_evidence(*state, "accept-queue-full", "129 wait for accept(), the backlog is 128");
	world_evidence(*state, "accept-queue-full", "as listen() asked for");
	world_silent(*state, "accept-queue-near-full");
	world_silent(*state, "accept-queue-overflow");
}

static void capped_queue(void **state)
{
	struct world *w = *state;

	counters_set(&w->counters, COUNTER_SOMAXCONN, 128);
	watch_listener(w, 129, 129, 128);
	world_evidence(w, "accept-queue-full", "all that somaxconn allows");
}

static bool judges(const struct world *w, const char *name)
{
	return !findings_unjudged(w->findings, finding_find(name));
}

/* As in /proc/net: what waits is told, the backlog is not. */
static void queue_without_backlog(void **state)
{
	struct world *w = *state;
	struct body b = world_listener(w, 80, 129, 0);

	b.sock.has |= SOCK_NO_BACKLOG;
	b.sock.has &= ~(uint32_t)SOCK_HAS_MEMORY;
	b.sock.memory_known = 0;
	world_add(w, &b);
	world_run(w, 1);
	world_silent(w, "accept-queue-full");
	assert_false(judges(w, "accept-queue-full"));
	assert_false(judges(w, "accept-queue-near-full"));
	assert_true(judges(w, "syn-flood"));
	/* a queue that is empty is not full, and the next pass is judged anew */
	b.sock.recv_queue = 0;
	world_add(w, &b);
	world_run(w, 1);
	assert_true(judges(w, "accept-queue-full"));
	assert_true(judges(w, "accept-queue-near-full"));
	/* the kernel's counter of overflows stands in for those of listeners */
	assert_true(judges(w, "accept-queue-overflow"));
	w->input.counters = NULL;
	world_add(w, &b);
	world_run(w, 1);
	assert_false(judges(w, "accept-queue-overflow"));
}

static void requests_without_backlog(void **state)
{
	struct world *w = *state;
	struct body b = world_listener(w, 80, 0, 0);

	b.sock.has |= SOCK_NO_BACKLOG;
	world_add(w, &b);
	for (uint8_t i = 0; i < 40; i++) {
		struct body request = world_request(w, 80, 1, i, 3);

		world_add(w, &request);
	}
	world_run(w, 1);
	assert_false(judges(w, "syn-flood"));
	assert_false(judges(w, "syn-backlog"));
	/* with one it is judged */
	b.sock.has &= ~(uint32_t)SOCK_NO_BACKLOG;
	b.sock.send_queue = 4096;
	world_add(w, &b);
	world_run(w, 1);
	assert_true(judges(w, "syn-flood"));
}

/* The kernel lets one more in than the backlog says; at the backlog it is not full. */
static void queue_at_its_backlog(void **state)
{
	watch_listener(*state, 128, 128, 128);
	world_silent(*state, "accept-queue-full");
	assert_int_equal(world_found(*state, "accept-queue-near-full")->severity,
			 SEVERITY_WARNING);
}

static void burst(void **state)
{
	watch_listener(*state, 0, 129, 128);
	world_silent(*state, "accept-queue-full");
	world_silent(*state, "accept-queue-near-full");
}

static void one_pass_is_taken_at_its_word(void **state)
{
	struct body b = world_listener(*state, 80, 129, 128);

	world_add(*state, &b);
	world_run(*state, 1);
	assert_true(world_found(*state, "accept-queue-full")->at_least);
}

static void small_backlog_is_not_near_full(void **state)
{
	watch_listener(*state, 1, 1, 1);
	world_silent(*state, "accept-queue-near-full");
}

/* A listener that has dropped @first and then @second, by all counts. */
static void watch_drops(struct world *w, uint32_t first, uint32_t second, uint64_t overflows)
{
	struct body b = world_listener(w, 80, 129, 128);

	b.memory[MEMORY_DROPS] = first;
	counters_set(&w->counters, COUNTER_LISTEN_OVERFLOWS, 1000);
	world_add(w, &b);
	world_run(w, 2);
	b.memory[MEMORY_DROPS] = second;
	counters_set(&w->counters, COUNTER_LISTEN_OVERFLOWS, 1000 + overflows);
	world_add(w, &b);
	world_run(w, 1);
}

static void overflow(void **state)
{
	watch_drops(*state, 7, 19, 12);
	world_evidence(*state, "accept-queue-overflow", "12 connections dropped in 2.0 s");
	assert_string_equal(world_found(*state, "accept-queue-overflow")->owner, "nginx[80]");
	world_silent(*state, "accept-queue-full");
}

static void old_drops_are_no_overflow(void **state)
{
	watch_drops(*state, 19, 19, 0);
	world_silent(*state, "accept-queue-overflow");
	world_found(*state, "accept-queue-full");
}

static void other_drops_are_no_overflow(void **state)
{
	watch_drops(*state, 7, 19, 0);
	world_silent(*state, "accept-queue-overflow");
}

static void overflow_of_an_unknown_listener(void **state)
{
	watch_drops(*state, 7, 7, 3);
	world_evidence(*state, "accept-queue-overflow", "by which listener is not known");
	assert_null(world_found(*state, "accept-queue-overflow")->owner);
}

/*
 * Two listeners with @first and @second waiting, the backlog of each being 128, that drop
 * @one and @two connections while the kernel counts @overflows.
 */
static void watch_two(struct world *w, uint32_t first, uint32_t second, uint32_t one,
		      uint32_t two, uint64_t overflows)
{
	struct body a = world_listener(w, 80, first, 128);
	struct body b = world_listener(w, 81, second, 128);

	counters_set(&w->counters, COUNTER_LISTEN_OVERFLOWS, 1000);
	world_add(w, &a);
	world_add(w, &b);
	world_run(w, 2);
	a.memory[MEMORY_DROPS] = one;
	b.memory[MEMORY_DROPS] = two;
	counters_set(&w->counters, COUNTER_LISTEN_OVERFLOWS, 1000 + overflows);
	world_add(w, &a);
	world_add(w, &b);
	world_run(w, 1);
}

/* How many listeners are said to overflow. */
static unsigned int overflowing(const struct world *w)
{
	size_t count;
	const struct finding *list = findings_list(w->findings, &count);
	unsigned int found = 0;

	for (size_t i = 0; i < count; i++)
		found += !strcmp(list[i].info->name, "accept-queue-overflow");
	return found;
}

/* The full queue explains the overflows: the drop of the empty one is something else. */
static void overflow_of_another_listener(void **state)
{
	watch_two(*state, 129, 0, 5, 1, 5);
	assert_int_equal(overflowing(*state), 1);
	assert_string_equal(world_found(*state, "accept-queue-overflow")->subject, "10.0.0.1:80");
}

/* The counter is read a moment after the listeners, of which one overflows all the time. */
static void overflow_of_another_listener_meanwhile(void **state)
{
	watch_two(*state, 129, 0, 5, 1, 7);
	assert_int_equal(overflowing(*state), 1);
}

/* A queue that overflowed, and was emptied before it was looked at. */
static void overflow_by_a_burst(void **state)
{
	watch_two(*state, 0, 2, 6, 0, 6);
	world_evidence(*state, "accept-queue-overflow", "6 connections dropped in 2.0 s; 0 wait");
	assert_int_equal(overflowing(*state), 1);
}

/* Of 6 drops 4 were overflows, and not all can be those of the other. */
static void overflow_by_a_burst_among_drops(void **state)
{
	watch_two(*state, 0, 2, 5, 1, 4);
	world_evidence(*state, "accept-queue-overflow", "3 connections dropped in 2.0 s");
	assert_int_equal(overflowing(*state), 1);
}

/* Either of the two: there was an overflow, but nobody knows where. */
static void overflow_by_a_burst_somewhere(void **state)
{
	watch_two(*state, 0, 2, 3, 3, 2);
	world_evidence(*state, "accept-queue-overflow", "by which listener is not known");
	assert_int_equal(overflowing(*state), 1);
}

/* Listeners that were not asked for may have overflowed. */
static void overflow_beside_a_selection(void **state)
{
	struct world *w = *state;

	w->input.only_sockets = true;
	watch_two(w, 0, 2, 1, 0, 7);
	world_silent(w, "accept-queue-overflow");
}

static void overflow_by_a_burst_in_a_selection(void **state)
{
	struct world *w = *state;

	w->input.only_sockets = true;
	watch_two(w, 0, 2, 7, 0, 7);
	world_found(w, "accept-queue-overflow");
}

/* Without the kernel's counter drops of a queue with room in it mean nothing. */
static void drops_without_counters(void **state)
{
	struct world *w = *state;

	w->input.counters = NULL;
	watch_two(w, 0, 129, 3, 0, 0);
	world_silent(w, "accept-queue-overflow");
	assert_false(judges(w, "accept-queue-overflow"));
}

/* @count half-open connections on port 80 from as many networks as @spread. */
static void add_requests(struct world *w, unsigned int count, unsigned int spread, uint8_t times,
			 uint32_t waiting)
{
	struct body b = world_listener(w, 80, waiting, 128);

	world_add(w, &b);
	for (unsigned int i = 0; i < count; i++) {
		b = world_request(w, 80, (uint8_t)(i % spread), (uint8_t)(i % spread), times);
		world_add(w, &b);
	}
}

static void flood(void **state)
{
	add_requests(*state, 100, 80, 2, 0);
	world_run(*state, 1);
	assert_int_equal(world_found(*state, "syn-flood")->severity, SEVERITY_CRITICAL);
	world_evidence(*state, "syn-flood", "100 half-open");
	assert_string_equal(world_found(*state, "syn-flood")->owner, "nginx[80]");
	world_silent(*state, "syn-backlog");
}

static void few_sources_are_no_flood(void **state)
{
	add_requests(*state, 100, 3, 2, 0);
	world_run(*state, 1);
	world_silent(*state, "syn-flood");
	world_evidence(*state, "syn-backlog", "from 3 sources");
}

static void completions_are_no_flood(void **state)
{
	struct world *w = *state;

	add_requests(w, 100, 80, 2, 0);
	world_run(w, 1);
	counters_set(&w->counters, COUNTER_PASSIVE_OPENS, 500);
	add_requests(w, 100, 80, 2, 0);
	world_run(w, 1);
	world_silent(w, "syn-flood");
	world_found(w, "syn-backlog");
}

static void slow_accept_is_no_flood(void **state)
{
	add_requests(*state, 100, 80, 2, 129);
	world_run(*state, 1);
	world_silent(*state, "syn-flood");
	world_silent(*state, "syn-backlog");
	world_found(*state, "accept-queue-full");
}

static void some_requests_are_usual(void **state)
{
	add_requests(*state, 30, 30, 0, 0);
	world_run(*state, 1);
	world_silent(*state, "syn-flood");
	world_silent(*state, "syn-backlog");
}

static void send_cookies(struct world *w, uint64_t sent, uint64_t received)
{
	counters_set(&w->counters, COUNTER_SYNCOOKIES_SENT, 50);
	counters_set(&w->counters, COUNTER_SYNCOOKIES_RECV, 50);
	world_run(w, 1);
	counters_set(&w->counters, COUNTER_SYNCOOKIES_SENT, 50 + sent);
	counters_set(&w->counters, COUNTER_SYNCOOKIES_RECV, 50 + received);
	world_run(w, 1);
}

static void lost_cookies(void **state)
{
	send_cookies(*state, 900, 3);
	world_evidence(*state, "syn-flood", "900 SYN cookies sent in 1.0 s, 3 came back");
	world_silent(*state, "syn-backlog");
}

static void eaten_cookies(void **state)
{
	send_cookies(*state, 900, 880);
	world_silent(*state, "syn-flood");
	world_found(*state, "syn-backlog");
}

/* @count attempts to 10.0.0.9:443, the SYN of each sent again @times. */
static void attempt(struct world *w, unsigned int count, uint8_t times, unsigned int ports)
{
	for (unsigned int i = 0; i < count; i++) {
		struct body b = world_tcp(w, STATE_SYN_SENT, (uint16_t)(40000 + i), 9,
					  (uint16_t)(443 + i % ports));

		b.sock.timer = TIMER_RETRANSMIT;
		b.sock.retransmits = times;
		world_add(w, &b);
	}
	world_run(w, 1);
}

static void nobody_answers(void **state)
{
	const struct finding *finding;

	attempt(*state, 3, 2, 1);
	finding = world_found(*state, "syn-sent-unanswered");
	assert_string_equal(finding->subject, "10.0.0.9:443");
	assert_string_equal(finding->owner, "java[31]");
	assert_int_equal(finding->sockets, 3);
	world_evidence(*state, "syn-sent-unanswered", "SYN sent again up to 2 times");
}

static void first_syns_are_usual(void **state)
{
	attempt(*state, 30, 0, 1);
	world_silent(*state, "syn-sent-unanswered");
}

static void one_attempt_each_is_usual(void **state)
{
	attempt(*state, 6, 2, 3);
	world_silent(*state, "syn-sent-unanswered");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
		TEST(full_queue),
		TEST(capped_queue),
		TEST(queue_without_backlog),
		TEST(requests_without_backlog),
		TEST(queue_at_its_backlog),
		TEST(burst),
		TEST(one_pass_is_taken_at_its_word),
		TEST(small_backlog_is_not_near_full),
		TEST(overflow),
		TEST(old_drops_are_no_overflow),
		TEST(other_drops_are_no_overflow),
		TEST(overflow_of_an_unknown_listener),
		TEST(overflow_of_another_listener),
		TEST(overflow_of_another_listener_meanwhile),
		TEST(overflow_by_a_burst),
		TEST(overflow_by_a_burst_among_drops),
		TEST(overflow_by_a_burst_somewhere),
		TEST(overflow_beside_a_selection),
		TEST(overflow_by_a_burst_in_a_selection),
		TEST(drops_without_counters),
		TEST(flood),
		TEST(few_sources_are_no_flood),
		TEST(completions_are_no_flood),
		TEST(slow_accept_is_no_flood),
		TEST(some_requests_are_usual),
		TEST(lost_cookies),
		TEST(eaten_cookies),
		TEST(nobody_answers),
		TEST(first_syns_are_usual),
		TEST(one_attempt_each_is_usual),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
