/* Identity across passes: model/tracker.h, also against a model that is too simple to be wrong. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/tracker.h"

static struct sock connection(uint64_t cookie, uint16_t peer_port, enum state state)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = PROTO_TCP,
		.state = (uint8_t)state,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 443, .family = ADDR_V4 },
		.peer = { .bytes = { 10, 0, 0, 2 }, .port = peer_port, .family = ADDR_V4 },
		.cookie = cookie,
	};
}

static struct track observe(struct tracker *t, struct sock sk, int expected)
{
	struct track out = { 0 };

	assert_int_equal(tracker_observe(t, &sk, &out, NULL), expected);
	assert_int_equal(out.state == sk.state || expected == 1, 1);
	return out;
}

struct funeral {
	size_t count;
	struct tracker_gone last;
};

static void mourn(void *context, const struct tracker_gone *what)
{
	struct funeral *f = context;

	f->count++;
	f->last = *what;
}

/* A complete pass over @count sockets. */
static struct funeral run_pass(struct tracker *t, uint64_t now_ns, const struct sock *socks,
			       size_t count)
{
	struct funeral f = { 0 };
	size_t i;

	tracker_begin(t, now_ns);
	for (i = 0; i < count; i++)
		assert_int_equal(tracker_observe(t, &socks[i], NULL, NULL), 0);
	tracker_end(t, true, mourn, &f);
	return f;
}

static void a_life(void **state)
{
	struct tracker *t = tracker_new();
	struct sock sk = connection(7, 1000, STATE_SYN_SENT);
	struct funeral f;
	struct track now;

	(void)state;
	run_pass(t, 100, NULL, 0);
	tracker_begin(t, 200);
	now = observe(t, sk, 0);
	assert_true(now.born);
	assert_false(now.changed);
	assert_false(now.first_pass);
	assert_int_equal(now.previous, STATE_COUNT);
	assert_int_equal(now.first_seen_ns, 200);
	tracker_end(t, true, NULL, NULL);
	assert_int_equal(tracker_last_pass(t)->born, 1);
	assert_int_equal(tracker_last_pass(t)->born_in[STATE_SYN_SENT], 1);
	assert_int_equal(tracker_last_pass(t)->since_ns, 100);
	assert_int_equal(tracker_last_pass(t)->at_ns, 200);

	sk.state = STATE_ESTABLISHED;
	tracker_begin(t, 300);
	now = observe(t, sk, 0);
	tracker_end(t, true, NULL, NULL);
	assert_true(now.changed);
	assert_false(now.born);
	assert_int_equal(now.previous, STATE_SYN_SENT);
	assert_int_equal(now.first_seen_ns, 200);
	assert_int_equal(now.state_since_ns, 300);
	assert_int_equal(tracker_last_pass(t)->transitions[STATE_SYN_SENT][STATE_ESTABLISHED], 1);

	tracker_begin(t, 400);
	now = observe(t, sk, 0);
	tracker_end(t, true, NULL, NULL);
	assert_false(now.changed);
	assert_int_equal(now.state_since_ns, 300);

	f = run_pass(t, 500, NULL, 0);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.last.cookie, 7);
	assert_int_equal(f.last.track.state, STATE_ESTABLISHED);
	assert_int_equal(f.last.track.state_since_ns, 300);
	assert_int_equal(tracker_last_pass(t)->gone, 1);
	assert_int_equal(tracker_last_pass(t)->gone_from[STATE_ESTABLISHED], 1);
	assert_int_equal(tracker_last_pass(t)->live, 0);
	assert_false(tracker_find(t, &sk, &now));
	assert_int_equal(tracker_totals(t)->number, 5);
	assert_int_equal(tracker_totals(t)->born, 1);
	assert_int_equal(tracker_totals(t)->gone, 1);
	assert_int_equal(tracker_totals(t)->since_ns, 100);
	assert_int_equal(tracker_totals(t)->transitions[STATE_SYN_SENT][STATE_ESTABLISHED], 1);
	tracker_free(t);
	tracker_free(NULL);
}

static void the_first_pass_bears_nothing(void **state)
{
	struct tracker *t = tracker_new();
	struct sock sk = connection(1, 1, STATE_ESTABLISHED);
	struct track now;

	(void)state;
	tracker_begin(t, 10);
	now = observe(t, sk, 0);
	tracker_end(t, true, NULL, NULL);
	assert_true(now.first_pass);
	assert_false(now.born);
	assert_int_equal(tracker_last_pass(t)->born, 0);
	assert_int_equal(tracker_last_pass(t)->live, 1);
	tracker_begin(t, 20);
	assert_true(observe(t, sk, 0).first_pass);
	tracker_end(t, true, NULL, NULL);
	sk.state = STATE_CLOSE_WAIT;
	tracker_begin(t, 30);
	assert_false(observe(t, sk, 0).first_pass);
	tracker_end(t, true, NULL, NULL);
	tracker_free(t);
}

/* What an aborted first pass did not come to was not born in the second. */
static void an_aborted_first_pass_is_no_start(void **state)
{
	struct tracker *t = tracker_new();
	struct track now;

	(void)state;
	tracker_begin(t, 10);
	observe(t, connection(1, 1, STATE_LISTEN), 0);
	tracker_end(t, false, NULL, NULL);
	tracker_begin(t, 20);
	assert_false(observe(t, connection(1, 1, STATE_LISTEN), 0).born);
	now = observe(t, connection(2, 2, STATE_LISTEN), 0);
	assert_false(now.born);
	assert_true(now.first_pass);
	tracker_end(t, true, NULL, NULL);
	tracker_begin(t, 30);
	assert_true(observe(t, connection(3, 3, STATE_LISTEN), 0).born);
	tracker_end(t, true, NULL, NULL);
	tracker_free(t);
}

static void an_aborted_pass_buries_nobody(void **state)
{
	struct tracker *t = tracker_new();
	const struct sock socks[] = { connection(1, 1, STATE_ESTABLISHED),
				      connection(2, 2, STATE_ESTABLISHED),
				      connection(3, 3, STATE_ESTABLISHED) };
	struct funeral f = { 0 };

	(void)state;
	run_pass(t, 10, socks, 3);
	tracker_begin(t, 20);
	observe(t, socks[1], 0);
	tracker_end(t, false, mourn, &f);
	assert_int_equal(f.count, 0);
	assert_int_equal(tracker_last_pass(t)->live, 3);
	/* Those that were left out are no duplicates in the next pass. */
	f = run_pass(t, 30, socks, 3);
	assert_int_equal(f.count, 0);
	/* A pass that nobody ended counts as aborted. */
	tracker_begin(t, 40);
	f = run_pass(t, 50, socks, 2);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.last.cookie, 3);
	tracker_end(t, true, mourn, &f);
	assert_int_equal(tracker_last_pass(t)->live, 2);
	tracker_free(t);
}

static void a_duplicate_changes_nothing(void **state)
{
	struct tracker *t = tracker_new();
	struct sock sk = connection(1, 1, STATE_ESTABLISHED);
	struct track now;

	(void)state;
	run_pass(t, 10, &sk, 1);
	tracker_begin(t, 20);
	observe(t, sk, 0);
	sk.state = STATE_FIN_WAIT_1;
	now = observe(t, sk, 1);
	assert_int_equal(now.state, STATE_ESTABLISHED);
	tracker_end(t, true, NULL, NULL);
	assert_int_equal(tracker_last_pass(t)->live, 1);
	assert_int_equal(
		tracker_last_pass(t)->transitions[STATE_ESTABLISHED][STATE_FIN_WAIT_1], 0);
	tracker_free(t);
}

static void what_makes_an_identity(void **state)
{
	struct tracker *t = tracker_new();
	struct sock a = connection(1, 1, STATE_ESTABLISHED), b = a;
	struct funeral f;

	(void)state;
	run_pass(t, 10, &a, 1);
	b.peer.port = 2; /* disconnected and connected again */
	f = run_pass(t, 20, &b, 1);
	assert_int_equal(f.count, 1);
	assert_int_equal(tracker_last_pass(t)->born, 1);
	a = b;
	b.netns = 4026531840;
	assert_false(tracker_find(t, &b, &(struct track){ 0 }));
	b = a;
	b.cookie = 2;
	assert_false(tracker_find(t, &b, &(struct track){ 0 }));
	b = a;
	b.local.family = ADDR_V6;
	assert_false(tracker_find(t, &b, &(struct track){ 0 }));
	b = a;
	b.inode = 99;
	b.kind = SOCK_MINI;
	assert_true(tracker_find(t, &b, &(struct track){ 0 }));
	tracker_free(t);
}

static void without_cookies(void **state)
{
	struct tracker *t = tracker_new();
	struct sock tcp = connection(0, 1, STATE_ESTABLISHED);
	struct sock udp[2] = { connection(0, 0, STATE_UNCONNECTED),
			       connection(0, 0, STATE_UNCONNECTED) };
	struct funeral f;

	(void)state;
	tcp.has = udp[0].has = udp[1].has = SOCK_HAS_INODE;
	tcp.inode = 5;
	udp[0].inode = 6;
	udp[1].inode = 7; /* the same port twice: SO_REUSEPORT */
	tracker_begin(t, 10);
	observe(t, tcp, 0);
	observe(t, udp[0], 0);
	observe(t, udp[1], 0);
	observe(t, udp[1], 1);
	tracker_end(t, true, NULL, NULL);
	tcp.state = STATE_TIME_WAIT; /* close() took the inode */
	tcp.inode = 0;
	f = run_pass(t, 20, &tcp, 1);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.last.cookie, 0);
	assert_int_equal(tracker_last_pass(t)->transitions[STATE_ESTABLISHED][STATE_TIME_WAIT], 1);
	tracker_free(t);
}

static void refuses_a_state_that_is_none(void **state)
{
	struct tracker *t = tracker_new();
	struct sock sk = connection(1, 1, STATE_LISTEN);
	struct error err = { 0 };

	(void)state;
	sk.state = STATE_COUNT;
	tracker_begin(t, 1);
	assert_int_equal(tracker_observe(t, &sk, NULL, &err), -1);
	assert_non_null(strstr(err.text, "makes no sense"));
	tracker_end(t, true, NULL, NULL);
	assert_int_equal(tracker_last_pass(t)->live, 0);
	tracker_free(t);
}

/* Thousands come and go: what is left over keeps its past, and the memory is given back. */
static void a_flood_leaves_no_bill(void **state)
{
	enum { FLOOD = 50000, STABLE = 100 };
	struct tracker *t = tracker_new();
	struct funeral f = { 0 };
	struct track now;
	size_t small, i;

	(void)state;
	tracker_begin(t, 10);
	for (i = 0; i < FLOOD; i++)
		observe(t, connection(1 + i, (uint16_t)i, STATE_TIME_WAIT), 0);
	tracker_end(t, true, NULL, NULL);
	assert_in_range(tracker_bytes(t), FLOOD * 44, FLOOD * 48 + 65536);
	tracker_begin(t, 20);
	for (i = 0; i < STABLE; i++)
		observe(t, connection(1 + i * 500, (uint16_t)(i * 500), STATE_TIME_WAIT), 0);
	tracker_end(t, true, mourn, &f);
	assert_int_equal(f.count, FLOOD - STABLE);
	small = tracker_bytes(t);
	assert_in_range(small, 1, 80000);
	for (i = 0; i < STABLE; i++) {
		struct sock sk = connection(1 + i * 500, (uint16_t)(i * 500), STATE_TIME_WAIT);

		assert_true(tracker_find(t, &sk, &now));
		assert_int_equal(now.first_seen_ns, 10);
	}
	tracker_begin(t, 30);
	for (i = 0; i < STABLE; i++)
		observe(t, connection(1 + i * 500, (uint16_t)(i * 500), STATE_TIME_WAIT), 0);
	tracker_end(t, true, mourn, &f);
	assert_int_equal(f.count, FLOOD - STABLE);
	assert_int_equal(tracker_bytes(t), small);
	tracker_free(t);
}

static void steady_churn_does_not_grow(void **state)
{
	struct tracker *t = tracker_new();
	uint64_t cookie = 1, pass;
	size_t held = 0, i;

	(void)state;
	for (pass = 0; pass < 50; pass++) {
		tracker_begin(t, pass);
		for (i = 0; i < 3000; i++)
			observe(t, connection(cookie + i, (uint16_t)(cookie + i), STATE_LISTEN), 0);
		tracker_end(t, true, NULL, NULL);
		if (pass == 3)
			held = tracker_bytes(t);
		cookie += 1000;
	}
	assert_int_equal(tracker_bytes(t), held);
	tracker_free(t);
}

/* The model: every socket that there can be, and what is known of it. */
enum { WORLD = 400, PASSES = 600 };

struct known {
	struct sock sk;
	bool live;
	bool seen;
	struct track track;
};

struct world {
	struct known all[WORLD];
	struct tracker_pass pass;
	bool settled;
	uint64_t seed;
	size_t buried;
};

static uint32_t random_below(struct world *w, uint32_t limit)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->seed >> 33) % limit;
}

/* Identities that differ in one thing only from others. */
static void world_make(struct world *w)
{
	size_t i;

	for (i = 0; i < WORLD; i++) {
		struct sock sk = connection(i / 8, (uint16_t)(i % 4), STATE_LISTEN);

		sk.netns = i / 4 % 2;
		if (i % 3 == 0) {
			sk.local.family = ADDR_V6;
			sk.peer.family = ADDR_V6;
			sk.peer.bytes[15] = (uint8_t)(i % 5);
		}
		if (i >= WORLD * 3 / 4) {
			sk.has = SOCK_HAS_INODE;
			sk.peer.port = 0;
			sk.inode = i;
		}
		w->all[i].sk = sk;
	}
}

/* How far a connection has come: 0 not begun, 1 opening, 2 open, 3 closing. */
static int progress(enum state s)
{
	static const uint8_t of[STATE_COUNT] = {
		[STATE_SYN_SENT] = 1,	[STATE_ESTABLISHED] = 2, [STATE_CLOSE_WAIT] = 2,
		[STATE_FIN_WAIT_1] = 3, [STATE_FIN_WAIT_2] = 3,	 [STATE_CLOSING] = 3,
		[STATE_LAST_ACK] = 3,	[STATE_TIME_WAIT] = 3,
	};

	return s == STATE_COUNT ? 0 : of[s];
}

static void world_count(struct world *w, enum state from, enum state to)
{
	w->pass.opened += !progress(from) && progress(to);
	w->pass.closed += progress(from) < 3 && progress(to) == 3;
}

/* What tracker_observe() has to say of this one. */
static int world_observe(struct world *w, struct known *k)
{
	enum state state = k->sk.state;

	if (k->live && k->seen)
		return 1;
	k->seen = true;
	if (!k->live) {
		k->live = true;
		k->track = (struct track){ w->pass.at_ns,  w->pass.at_ns, state, STATE_COUNT,
					   !w->settled, w->settled,    false };
		w->pass.born += w->settled;
		w->pass.born_in[state] += w->settled;
		if (w->settled)
			world_count(w, STATE_COUNT, state);
		return 0;
	}
	k->track.born = false;
	k->track.changed = k->track.state != state;
	if (k->track.changed) {
		w->pass.transitions[k->track.state][state]++;
		world_count(w, k->track.state, state);
		k->track.previous = k->track.state;
		k->track.state = state;
		k->track.state_since_ns = w->pass.at_ns;
		k->track.first_pass = false;
	}
	return 0;
}

static void world_end(struct world *w, bool complete)
{
	size_t i;

	w->pass.live = 0;
	for (i = 0; i < WORLD; i++) {
		struct known *k = &w->all[i];

		if (complete && k->live && !k->seen) {
			k->live = false;
			w->pass.gone++;
			w->pass.gone_from[k->track.state]++;
			w->pass.closed += progress(k->track.state) == 2;
		}
		w->pass.live += k->live;
		k->seen = false;
	}
	w->settled |= complete;
}

static void assert_same_track(const struct track *a, const struct track *b)
{
	assert_int_equal(a->first_seen_ns, b->first_seen_ns);
	assert_int_equal(a->state_since_ns, b->state_since_ns);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->previous, b->previous);
	assert_int_equal(a->first_pass, b->first_pass);
	assert_int_equal(a->born, b->born);
	assert_int_equal(a->changed, b->changed);
}

static void check_gone(void *context, const struct tracker_gone *what)
{
	struct world *w = context;
	size_t i;

	for (i = 0; i < WORLD; i++) {
		const struct known *k = &w->all[i];
		uint64_t cookie = k->sk.has & SOCK_HAS_COOKIE ? k->sk.cookie : 0;

		if (k->live && !k->seen && cookie == what->cookie &&
		    !memcmp(&k->track, &what->track, sizeof(k->track)))
			break;
	}
	assert_in_range(i, 0, WORLD - 1);
	w->buried++;
}

/* One pass over a part of the world, in nearly the same order as ever, some of it twice. */
static void world_pass(struct world *w, struct tracker *t, uint32_t share)
{
	size_t i, start = random_below(w, 4) ? 0 : random_below(w, WORLD);

	for (i = 0; i < WORLD; i++) {
		size_t at = random_below(w, 20) ? (start + i) % WORLD : random_below(w, WORLD);
		struct known *k = &w->all[at];
		struct track out;
		int again;

		if (random_below(w, 100) >= share)
			continue;
		if (!random_below(w, 5))
			k->sk.state = (uint8_t)random_below(w, STATE_COUNT);
		again = tracker_observe(t, &k->sk, &out, NULL);
		assert_int_equal(again, world_observe(w, k));
		assert_same_track(&out, &k->track);
	}
}

static void assert_world(const struct world *w, const struct tracker *t)
{
	const struct tracker_pass *last = tracker_last_pass(t);
	struct track now;
	size_t i;

	assert_memory_equal(last, &w->pass, sizeof(w->pass));
	for (i = 0; i < WORLD; i++) {
		const struct known *k = &w->all[i];

		assert_int_equal(tracker_find(t, &k->sk, &now), k->live);
		if (k->live)
			assert_same_track(&now, &k->track);
	}
}

static void same_as_the_simple_model(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct tracker *t = tracker_new();
	size_t born = 0, gone = 0, number;

	(void)state;
	world_make(w);
	w->seed = 2;
	for (number = 1; number <= PASSES; number++) {
		bool complete = number > 3 && random_below(w, 8);
		uint64_t since_ns = w->pass.at_ns;

		w->pass = (struct tracker_pass){ .number = number,
						 .since_ns = since_ns,
						 .at_ns = number * 1000 };
		w->buried = 0;
		tracker_begin(t, w->pass.at_ns);
		world_pass(w, t, number % 50 ? 30 + random_below(w, 70) : 0);
		tracker_end(t, complete, check_gone, w);
		world_end(w, complete);
		assert_int_equal(w->buried, w->pass.gone);
		assert_world(w, t);
		born += w->pass.born;
		gone += w->pass.gone;
	}
	assert_true(born > PASSES && gone > PASSES);
	assert_int_equal(tracker_totals(t)->born, born);
	assert_int_equal(tracker_totals(t)->gone, gone);
	tracker_free(t);
	free(w);
}

/* What is known from elsewhere stands in the place of what passes would tell. */
static void test_recall(void **state)
{
	struct sock sk = { .has = SOCK_HAS_COOKIE, .cookie = 5, .state = STATE_CLOSE_WAIT };
	const struct track known = { .first_seen_ns = 10, .state_since_ns = 20,
				     .previous = STATE_ESTABLISHED, .changed = true };
	const struct tracker_pass pass = { .number = 2, .since_ns = 15, .at_ns = 20, .gone = 7 };
	struct tracker *t = tracker_new();
	struct track found;

	(void)state;
	tracker_begin(t, 100);
	assert_int_equal(tracker_recall(t, &sk, &known, NULL), 0);
	assert_int_equal(tracker_recall(t, &sk, &known, NULL), 1);
	tracker_end(t, true, NULL, NULL);
	tracker_recall_pass(t, &pass);
	assert_true(tracker_find(t, &sk, &found));
	assert_int_equal(found.first_seen_ns, 10);
	assert_int_equal(found.state_since_ns, 20);
	assert_int_equal(found.previous, STATE_ESTABLISHED);
	assert_true(found.changed);
	assert_false(found.first_pass);
	assert_false(found.born);
	assert_int_equal(tracker_last_pass(t)->gone, 7);
	assert_int_equal(tracker_last_pass(t)->live, 1);
	tracker_begin(t, 200);
	tracker_end(t, true, NULL, NULL);
	assert_false(tracker_find(t, &sk, &found));
	tracker_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life),
		cmocka_unit_test(the_first_pass_bears_nothing),
		cmocka_unit_test(an_aborted_first_pass_is_no_start),
		cmocka_unit_test(an_aborted_pass_buries_nobody),
		cmocka_unit_test(a_duplicate_changes_nothing),
		cmocka_unit_test(what_makes_an_identity),
		cmocka_unit_test(without_cookies),
		cmocka_unit_test(refuses_a_state_that_is_none),
		cmocka_unit_test(a_flood_leaves_no_bill),
		cmocka_unit_test(steady_churn_does_not_grow),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(same_as_the_simple_model),
	};

	return cmocka_run_group_tests_name("tracker", tests, NULL, NULL);
}
