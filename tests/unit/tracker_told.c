/* Events and passes in every order: model/tracker.h counts each life once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/tracker.h"

#define MS UINT64_C(1000000)

static struct sock connection(uint64_t cookie, uint16_t peer_port, enum state state)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = PROTO_TCP,
		.state = (uint8_t)state,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 443, .family = ADDR_V4 },
		.peer = { .bytes = { 10, 0, 0, 2 }, .port = peer_port, .family = ADDR_V4 },
		.cookie = cookie,
		.kind = state == STATE_TIME_WAIT || state == STATE_FIN_WAIT_2 ? SOCK_MINI :
										SOCK_FULL,
	};
}

static struct sock destroyed(uint64_t cookie, uint16_t peer_port)
{
	return connection(cookie, peer_port, STATE_CLOSED);
}

static const struct ending here_orderly = { OPENING_HERE, CLOSING_ORDERLY, .idle_known = true };
static const struct ending peer_orderly = { OPENING_PEER, CLOSING_ORDERLY, .idle_known = true };
static const struct ending aborted = { OPENING_UNKNOWN, CLOSING_RESET, .idle_known = true };
static const struct ending failed = { OPENING_HERE, CLOSING_FAILED, .idle_known = false };
static const struct ending unused = { OPENING_UNKNOWN, CLOSING_UNUSED, .idle_known = false };

static void run_pass(struct tracker *t, uint64_t now_ns, const struct sock *socks, size_t count)
{
	tracker_begin(t, now_ns);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(tracker_observe(t, &socks[i], NULL, NULL), 0);
	tracker_end(t, true, NULL, NULL);
}

/* One that has seen a pass without sockets at 100 ms. */
static struct tracker *settled(void)
{
	struct tracker *t = tracker_new();

	tracker_follow(t);
	run_pass(t, 100 * MS, NULL, 0);
	return t;
}

static int ended(struct tracker *t, struct sock sk, const struct ending *e,
		 const struct sock *minisock, uint64_t at_ns)
{
	return tracker_ended(t, &sk, e, minisock, at_ns, NULL);
}

static uint32_t went(const struct tracker *t, enum state from, enum state to)
{
	return tracker_totals(t)->transitions[from][to];
}

/* What all passes counted. */
static void assert_counted(const struct tracker *t, size_t born, size_t gone, uint64_t opened,
			   uint64_t closed)
{
	const struct tracker_pass *all = tracker_totals(t);

	assert_int_equal(all->born, born);
	assert_int_equal(all->gone, gone);
	assert_int_equal(all->opened, opened);
	assert_int_equal(all->closed, closed);
}

static void nothing_is_known_before_the_first_pass(void **state)
{
	struct tracker *t = tracker_new();

	(void)state;
	assert_int_equal(ended(t, destroyed(1, 1), &here_orderly, NULL, 50 * MS), TOLD_NOTHING);
	tracker_begin(t, 100 * MS);
	assert_int_equal(ended(t, destroyed(2, 2), &here_orderly, NULL, 110 * MS), TOLD_NOTHING);
	tracker_end(t, true, NULL, NULL);
	assert_counted(t, 0, 0, 0, 0);
	tracker_free(t);
}

static void lives_that_no_pass_saw(void **state)
{
	struct tracker *t = settled();
	struct sock listener = connection(9, 0, STATE_LISTEN);

	(void)state;
	assert_int_equal(ended(t, destroyed(1, 1), &peer_orderly, NULL, 150 * MS), TOLD_SHORT);
	assert_int_equal(ended(t, destroyed(2, 0), &aborted, NULL, 150 * MS), TOLD_SHORT);
	assert_int_equal(ended(t, destroyed(3, 0), &failed, NULL, 150 * MS), TOLD_SHORT);
	assert_int_equal(ended(t, destroyed(4, 0), &unused, NULL, 150 * MS), TOLD_NOTHING);
	assert_counted(t, 0, 0, 0, 0); /* the pass that ends next counts them */
	run_pass(t, 200 * MS, &listener, 1);
	assert_counted(t, 4, 3, 3, 2);
	assert_int_equal(tracker_last_pass(t)->told, 3);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_RECEIVED], 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_SENT], 2);
	assert_int_equal(went(t, STATE_SYN_RECEIVED, STATE_ESTABLISHED), 1);
	assert_int_equal(went(t, STATE_ESTABLISHED, STATE_CLOSE_WAIT), 1);
	assert_int_equal(went(t, STATE_CLOSE_WAIT, STATE_LAST_ACK), 1);
	assert_int_equal(went(t, STATE_SYN_SENT, STATE_ESTABLISHED), 1);
	assert_int_equal(tracker_totals(t)->gone_from[STATE_LAST_ACK], 1);
	assert_int_equal(tracker_totals(t)->gone_from[STATE_ESTABLISHED], 1);
	assert_int_equal(tracker_totals(t)->gone_from[STATE_SYN_SENT], 1);
	/* now that somebody listens there, an aborted one has been accepted */
	assert_int_equal(ended(t, destroyed(5, 0), &aborted, NULL, 250 * MS), TOLD_SHORT);
	run_pass(t, 300 * MS, &listener, 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_RECEIVED], 1);
	tracker_free(t);
}

static void a_minisock_is_found_by_the_event_first(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(11, 1, STATE_TIME_WAIT);
	struct track now;

	(void)state;
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &mini, 150 * MS),
			 TOLD_LINGERS);
	assert_true(tracker_find(t, &mini, &now));
	assert_int_equal(now.state, STATE_TIME_WAIT);
	assert_int_equal(now.state_since_ns, 150 * MS);
	run_pass(t, 200 * MS, &mini, 1);
	assert_counted(t, 1, 0, 1, 1);
	assert_int_equal(went(t, STATE_ESTABLISHED, STATE_FIN_WAIT_1), 1);
	assert_int_equal(went(t, STATE_FIN_WAIT_1, STATE_TIME_WAIT), 1);
	run_pass(t, 300 * MS, &mini, 1);
	run_pass(t, 400 * MS, NULL, 0);
	assert_counted(t, 1, 1, 1, 1);
	assert_int_equal(tracker_totals(t)->gone_from[STATE_TIME_WAIT], 1);
	assert_int_equal(tracker_last_pass(t)->live, 0);
	tracker_free(t);
}

/* Within a pass that has gone by its place, and within one that still comes to it. */
static void a_minisock_is_found_within_a_pass(void **state)
{
	struct tracker *t = settled();
	struct sock passed = connection(11, 1, STATE_TIME_WAIT);
	struct sock coming = connection(13, 2, STATE_FIN_WAIT_2);
	struct sock both[] = { passed, coming };

	(void)state;
	tracker_begin(t, 200 * MS);
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &passed, 210 * MS),
			 TOLD_LINGERS);
	assert_int_equal(ended(t, destroyed(12, 2), &here_orderly, &coming, 210 * MS),
			 TOLD_LINGERS);
	assert_int_equal(tracker_observe(t, &coming, NULL, NULL), 0); /* no duplicate */
	assert_int_equal(tracker_observe(t, &coming, NULL, NULL), 1);
	tracker_end(t, true, NULL, NULL);
	assert_counted(t, 2, 0, 2, 2);
	assert_int_equal(tracker_last_pass(t)->live, 2);
	run_pass(t, 300 * MS, both, 2);
	assert_counted(t, 2, 0, 2, 2);
	tracker_free(t);
}

/* The pass meets the minisock before the event is read. */
static void a_minisock_is_found_by_the_pass_first(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(11, 1, STATE_TIME_WAIT);
	struct sock later = connection(13, 2, STATE_TIME_WAIT);
	struct sock both[] = { mini, later };

	(void)state;
	tracker_begin(t, 200 * MS);
	tracker_observe(t, &mini, NULL, NULL);
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &mini, 210 * MS), TOLD_KNOWN);
	tracker_observe(t, &later, NULL, NULL);
	tracker_end(t, true, NULL, NULL);
	assert_counted(t, 1, 0, 1, 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_SENT], 1);
	assert_int_equal(went(t, STATE_FIN_WAIT_1, STATE_TIME_WAIT), 1);
	/* after the pass: the kernel tells when it finds the time */
	assert_int_equal(ended(t, destroyed(12, 2), &here_orderly, &later, 250 * MS), TOLD_KNOWN);
	run_pass(t, 300 * MS, both, 2);
	assert_counted(t, 2, 0, 2, 2);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_SENT], 1);
	assert_int_equal(tracker_totals(t)->born_in[STATE_TIME_WAIT], 0);
	assert_int_equal(went(t, STATE_FIN_WAIT_1, STATE_TIME_WAIT), 2);
	tracker_free(t);
}

/* Somebody had looked at it while it was open: what is left of it has the same cookie. */
static void a_minisock_keeps_the_cookie(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(10, 1, STATE_TIME_WAIT);

	(void)state;
	run_pass(t, 200 * MS, &mini, 1);
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &mini, 250 * MS), TOLD_KNOWN);
	run_pass(t, 300 * MS, &mini, 1);
	assert_counted(t, 1, 0, 1, 1);
	assert_int_equal(tracker_totals(t)->born_in[STATE_SYN_SENT], 1);
	assert_int_equal(went(t, STATE_FIN_WAIT_1, STATE_TIME_WAIT), 1);
	tracker_free(t);
}

/* There will be no other pass. */
static void a_last_pass_waits_for_nothing(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(11, 1, STATE_TIME_WAIT);

	(void)state;
	tracker_begin(t, 200 * MS);
	assert_int_equal(tracker_observe(t, &mini, NULL, NULL), 0);
	tracker_wait_no_more(t);
	tracker_end(t, true, NULL, NULL);
	assert_counted(t, 1, 0, 1, 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_TIME_WAIT], 1);
	tracker_free(t);
}

/* The event was lost, or there are none of that kind. */
static void nothing_tells_of_a_minisock(void **state)
{
	struct tracker *t = settled();
	struct sock mini[] = { connection(11, 1, STATE_TIME_WAIT),
			       connection(13, 2, STATE_TIME_WAIT) };

	(void)state;
	run_pass(t, 200 * MS, mini, 2);
	assert_counted(t, 0, 0, 0, 0);
	run_pass(t, 300 * MS, mini, 1); /* one stays, one goes */
	assert_counted(t, 2, 1, 2, 2);
	assert_int_equal(tracker_totals(t)->born_in[STATE_TIME_WAIT], 2);
	run_pass(t, 400 * MS, mini, 1);
	assert_counted(t, 2, 1, 2, 2);
	tracker_free(t);

	/* whoever does not listen to events does not wait for them */
	t = tracker_new();
	run_pass(t, 100 * MS, NULL, 0);
	run_pass(t, 200 * MS, mini, 1);
	assert_counted(t, 1, 0, 1, 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_TIME_WAIT], 1);
	tracker_free(t);
}

/* A port is used again at once: two lives, one minisock. */
static void a_minisock_belongs_to_one(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(11, 1, STATE_TIME_WAIT);

	(void)state;
	assert_int_equal(ended(t, destroyed(9, 1), &here_orderly, &mini, 150 * MS),
			 TOLD_LINGERS);
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &mini, 150 * MS), TOLD_SHORT);
	run_pass(t, 200 * MS, &mini, 1);
	assert_counted(t, 2, 1, 2, 2);
	tracker_free(t);
}

static void a_known_one_ends(void **state)
{
	struct tracker *t = settled();
	struct sock sk = connection(1, 1, STATE_ESTABLISHED);
	struct sock forgetful = destroyed(1, 0);

	(void)state;
	run_pass(t, 200 * MS, &sk, 1);
	assert_true(tracker_knows(t, &forgetful));
	assert_int_equal(ended(t, forgetful, &aborted, NULL, 250 * MS), TOLD_KNOWN);
	run_pass(t, 300 * MS, NULL, 0);
	assert_counted(t, 1, 1, 1, 1);
	assert_int_equal(tracker_last_pass(t)->gone_from[STATE_ESTABLISHED], 1);
	assert_false(tracker_knows(t, &forgetful));

	/* by the peer's FIN first: the rest of the way is known */
	sk = connection(2, 2, STATE_ESTABLISHED);
	run_pass(t, 400 * MS, &sk, 1);
	assert_int_equal(ended(t, destroyed(2, 2), &peer_orderly, NULL, 450 * MS), TOLD_KNOWN);
	run_pass(t, 500 * MS, NULL, 0);
	assert_counted(t, 2, 2, 2, 2);
	assert_int_equal(tracker_last_pass(t)->gone_from[STATE_LAST_ACK], 1);

	/* into TIME-WAIT: destroyed, and not gone */
	sk = connection(3, 3, STATE_ESTABLISHED);
	run_pass(t, 600 * MS, &sk, 1);
	assert_int_equal(ended(t, destroyed(3, 3), &here_orderly, NULL, 650 * MS), TOLD_KNOWN);
	sk = connection(3, 3, STATE_TIME_WAIT);
	run_pass(t, 700 * MS, &sk, 1);
	assert_counted(t, 3, 2, 3, 3);
	assert_int_equal(went(t, STATE_ESTABLISHED, STATE_TIME_WAIT), 1);
	run_pass(t, 800 * MS, NULL, 0);
	assert_counted(t, 3, 3, 3, 3);
	tracker_free(t);
}

/* The dump was filled before the socket ended, and is read after the event. */
static void a_dump_may_be_older_than_an_event(void **state)
{
	struct tracker *t = settled();
	struct sock stale = connection(1, 1, STATE_ESTABLISHED);
	struct sock refused = connection(2, 2, STATE_SYN_SENT);
	struct sock lingers = connection(3, 3, STATE_ESTABLISHED);
	struct sock mini = connection(3, 3, STATE_TIME_WAIT);

	(void)state;
	tracker_begin(t, 200 * MS);
	assert_int_equal(ended(t, destroyed(1, 1), &peer_orderly, NULL, 210 * MS), TOLD_SHORT);
	assert_int_equal(ended(t, destroyed(2, 0), &failed, NULL, 210 * MS), TOLD_SHORT);
	assert_int_equal(ended(t, destroyed(3, 3), &here_orderly, &mini, 210 * MS),
			 TOLD_LINGERS);
	assert_int_equal(tracker_observe(t, &stale, NULL, NULL), 1);
	assert_int_equal(tracker_observe(t, &refused, NULL, NULL), 1);
	assert_int_equal(tracker_observe(t, &lingers, NULL, NULL), 1);
	tracker_end(t, true, NULL, NULL);
	assert_counted(t, 3, 2, 3, 2);
	assert_int_equal(tracker_last_pass(t)->live, 1);
	run_pass(t, 300 * MS, &mini, 1);
	assert_counted(t, 3, 2, 3, 2);
	assert_int_equal(went(t, STATE_TIME_WAIT, STATE_ESTABLISHED), 0);
	tracker_free(t);
}

/* In a pass that fails, nothing is counted twice or lost. */
static void an_aborted_pass_keeps_the_count(void **state)
{
	struct tracker *t = settled();
	struct sock mini = connection(11, 1, STATE_TIME_WAIT);

	(void)state;
	tracker_begin(t, 200 * MS);
	assert_int_equal(ended(t, destroyed(10, 1), &here_orderly, &mini, 210 * MS),
			 TOLD_LINGERS);
	assert_int_equal(ended(t, destroyed(20, 2), &peer_orderly, NULL, 210 * MS), TOLD_SHORT);
	tracker_end(t, false, NULL, NULL);
	run_pass(t, 300 * MS, &mini, 1);
	assert_counted(t, 2, 1, 2, 2);
	assert_int_equal(tracker_last_pass(t)->live, 1);
	tracker_free(t);
}

/* Its peer reset it long ago, and only now its descriptor is closed. */
static void a_dead_one_that_was_held_is_not_new(void **state)
{
	struct tracker *t = settled();
	struct sock sk = connection(1, 1, STATE_ESTABLISHED);
	struct ending e = aborted;

	(void)state;
	run_pass(t, 200 * MS, &sk, 1);
	run_pass(t, 300 * MS, NULL, 0);
	assert_counted(t, 1, 1, 1, 1);
	e.idle_ms = 150;
	assert_int_equal(ended(t, destroyed(1, 1), &e, NULL, 400 * MS), TOLD_NOTHING);
	/* before the first pass */
	e.idle_ms = 301;
	assert_int_equal(ended(t, destroyed(2, 1), &e, NULL, 400 * MS), TOLD_NOTHING);
	run_pass(t, 500 * MS, NULL, 0);
	assert_counted(t, 1, 1, 1, 1);
	tracker_free(t);
}

/* It lived when a pass began, had ended when that came to its place, and is told of later. */
static void one_that_a_pass_just_missed(void **state)
{
	struct tracker *t = settled();
	struct ending e = peer_orderly;

	(void)state;
	run_pass(t, 200 * MS, NULL, 0);
	e.idle_ms = 100;
	assert_int_equal(ended(t, destroyed(1, 1), &e, NULL, 250 * MS), TOLD_SHORT);
	run_pass(t, 300 * MS, NULL, 0);
	assert_counted(t, 1, 1, 1, 1);
	tracker_free(t);
}

/* A datagram socket leaves the tables, and the kernel tells when nobody can read it any more. */
static void one_that_vanished_before_its_event(void **state)
{
	struct tracker *t = settled();
	struct sock sk = connection(1, 53, STATE_ESTABLISHED);
	const struct ending e = { OPENING_UNKNOWN, CLOSING_UNKNOWN, .idle_known = false };

	(void)state;
	sk.proto = PROTO_UDP;
	run_pass(t, 200 * MS, &sk, 1);
	run_pass(t, 300 * MS, NULL, 0);
	assert_int_equal(ended(t, sk, &e, NULL, 350 * MS), TOLD_NOTHING);
	run_pass(t, 400 * MS, NULL, 0);
	assert_counted(t, 1, 1, 0, 0);
	tracker_free(t);
}

static void datagrams(void **state)
{
	struct tracker *t = settled();
	struct sock sk = connection(1, 53, STATE_ESTABLISHED);
	const struct ending e = { OPENING_UNKNOWN, CLOSING_UNKNOWN, .idle_known = false };

	(void)state;
	sk.proto = PROTO_UDP;
	assert_false(tracker_wants_minisock(t, &sk, &e));
	assert_int_equal(ended(t, sk, &e, NULL, 150 * MS), TOLD_SHORT);
	run_pass(t, 200 * MS, NULL, 0);
	assert_counted(t, 1, 1, 0, 0);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_UNCONNECTED], 1);
	tracker_free(t);
}

static void who_may_have_left_a_minisock(void **state)
{
	struct tracker *t = settled();
	struct sock sk = destroyed(1, 1), forgetful = destroyed(1, 0);

	(void)state;
	assert_true(tracker_wants_minisock(t, &sk, &here_orderly));
	assert_false(tracker_wants_minisock(t, &sk, &aborted));
	assert_false(tracker_wants_minisock(t, &forgetful, &here_orderly));
	run_pass(t, 200 * MS, &sk, 1);
	assert_false(tracker_wants_minisock(t, &sk, &here_orderly));
	tracker_free(t);
}

static void what_a_pass_misses(void **state)
{
	struct tracker *t = settled();
	const struct sock socks[] = {
		connection(1, 1, STATE_ESTABLISHED), connection(2, 2, STATE_ESTABLISHED),
		connection(3, 3, STATE_TIME_WAIT),   connection(4, 4, STATE_ESTABLISHED),
	};

	(void)state;
	run_pass(t, 200 * MS, socks, 4);
	assert_int_equal(ended(t, destroyed(2, 2), &peer_orderly, NULL, 250 * MS), TOLD_KNOWN);
	tracker_begin(t, 300 * MS);
	tracker_observe(t, &socks[3], NULL, NULL);
	assert_int_equal(tracker_missing(t), 1);
	assert_true(tracker_is_missing(t, &socks[0]));
	for (size_t i = 1; i < 4; i++)
		assert_false(tracker_is_missing(t, &socks[i]));
	/* the dump had missed it */
	assert_int_equal(tracker_observe(t, &socks[0], NULL, NULL), 0);
	assert_int_equal(tracker_missing(t), 0);
	tracker_end(t, true, NULL, NULL);
	assert_int_equal(tracker_last_pass(t)->gone, 2);
	assert_int_equal(tracker_last_pass(t)->live, 2);
	tracker_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_before_the_first_pass),
		cmocka_unit_test(lives_that_no_pass_saw),
		cmocka_unit_test(a_minisock_is_found_by_the_event_first),
		cmocka_unit_test(a_minisock_is_found_within_a_pass),
		cmocka_unit_test(a_minisock_is_found_by_the_pass_first),
		cmocka_unit_test(a_minisock_keeps_the_cookie),
		cmocka_unit_test(a_last_pass_waits_for_nothing),
		cmocka_unit_test(nothing_tells_of_a_minisock),
		cmocka_unit_test(a_minisock_belongs_to_one),
		cmocka_unit_test(a_known_one_ends),
		cmocka_unit_test(a_dump_may_be_older_than_an_event),
		cmocka_unit_test(an_aborted_pass_keeps_the_count),
		cmocka_unit_test(a_dead_one_that_was_held_is_not_new),
		cmocka_unit_test(one_that_a_pass_just_missed),
		cmocka_unit_test(one_that_vanished_before_its_event),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(who_may_have_left_a_minisock),
		cmocka_unit_test(what_a_pass_misses),
	};

	return cmocka_run_group_tests_name("tracker_told", tests, NULL, NULL);
}
