/* The detail pane: time line, the other end, facts in their groups. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/timeline.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

#define SECOND UINT64_C(1000000000)

static struct endpoint end_of(uint8_t host, uint16_t port)
{
	return (struct endpoint){ .bytes = { 127, 0, 0, host }, .port = port, .family = ADDR_V4 };
}

static struct sock connection(uint64_t cookie, enum state state)
{
	return (struct sock){ .has = SOCK_HAS_COOKIE, .proto = PROTO_TCP, .cookie = cookie,
			      .state = (uint8_t)state, .local = end_of(1, 8080),
			      .peer = end_of(2, (uint16_t)(40000 + cookie)) };
}

/* A pass at @second that sees @cookie in @state; STATE_COUNT: it is gone. */
static void pass(struct tracker *t, uint64_t second, uint64_t cookie, enum state state)
{
	const struct sock sk = connection(cookie, state);

	tracker_begin(t, second * SECOND);
	if (state != STATE_COUNT)
		tracker_observe(t, &sk, NULL, NULL);
	tracker_end(t, true, NULL, NULL);
}

static void states_one_after_the_other(void **state)
{
	struct tracker *t = tracker_new();
	struct timelines lines = { 0 };
	struct sock sk = connection(1, STATE_FIN_WAIT_1);
	const struct row_id id = row_id_of(&sk);
	const struct timeline *line;
	struct track track;

	(void)state;
	pass(t, 10, 1, STATE_ESTABLISHED);
	pass(t, 20, 1, STATE_FIN_WAIT_1);
	assert_null(timelines_find(&lines, &id));
	assert_true(tracker_find(t, &sk, &track));
	timelines_watch(&lines, &sk, &track);
	pass(t, 30, 1, STATE_FIN_WAIT_2);
	timelines_update(&lines, t);
	pass(t, 40, 1, STATE_FIN_WAIT_2);
	timelines_update(&lines, t);
	pass(t, 50, 1, STATE_TIME_WAIT);
	timelines_update(&lines, t);
	line = timelines_find(&lines, &id);
	assert_non_null(line);
	assert_int_equal(line->count, 4);
	/* what was before the first look may have begun earlier */
	assert_int_equal(line->step[0].state, STATE_ESTABLISHED);
	assert_true(line->step[0].since_before);
	assert_int_equal(line->step[1].state, STATE_FIN_WAIT_1);
	assert_int_equal(line->step[1].since_ns, 20 * SECOND);
	assert_int_equal(line->step[2].since_ns, 30 * SECOND);
	assert_int_equal(line->step[3].state, STATE_TIME_WAIT);
	assert_int_equal(line->step[3].since_ns, 50 * SECOND);
	assert_int_equal(line->gone_ns, 0);
	pass(t, 60, 1, STATE_COUNT);
	timelines_update(&lines, t);
	assert_int_equal(line->gone_ns, 60 * SECOND);
	tracker_free(t);
}

/* What is remembered is bounded: the latest states, of those looked at last. */
static void bounded(void **state)
{
	struct tracker *t = tracker_new();
	struct timelines lines = { 0 };
	struct sock sk = connection(1, STATE_ESTABLISHED);
	struct row_id id = row_id_of(&sk);
	struct track track;

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		pass(t, i + 1, 1, i % 2 ? STATE_CLOSE_WAIT : STATE_ESTABLISHED);
		assert_true(tracker_find(t, &sk, &track));
		timelines_watch(&lines, &sk, &track);
		timelines_update(&lines, t);
	}
	assert_int_equal(lines.count, 1);
	assert_int_equal(lines.line[0].count, TIMELINE_STEPS);
	assert_int_equal(lines.line[0].step[TIMELINE_STEPS - 1].since_ns, 100 * SECOND);
	for (uint64_t i = 2; i < 2 + TIMELINES_MAX; i++) {
		sk = connection(i, STATE_ESTABLISHED);
		timelines_watch(&lines, &sk, &track);
	}
	assert_int_equal(lines.count, TIMELINES_MAX);
	assert_null(timelines_find(&lines, &id));
	id = row_id_of(&sk);
	assert_non_null(timelines_find(&lines, &id));
	tracker_free(t);
}

/* A pair of ends on this host, one of them as IPv4 mapped into IPv6, among others. */
static void add_pair(struct world *w)
{
	struct sock sk = connection(77, STATE_CLOSE_WAIT);
	struct sock other = { .has = SOCK_HAS_COOKIE | SOCK_HAS_QUEUES, .proto = PROTO_TCP,
			      .cookie = 78, .state = STATE_FIN_WAIT_2, .send_queue = 4321 };
	const struct tcp_facts facts = { .rtt_us = 4000, .total_retrans_segments = 7,
					 .bytes_sent = 1000, .busy_time_us = 2000000,
					 .snd_cwnd_segments = 10 };

	sk.has |= SOCK_HAS_QUEUES;
	sk.tcp = &facts;
	sk.tcp_bytes = TCP_FACTS_BYTES;
	other.local = (struct endpoint){ .bytes = { [10] = 0xff, 0xff, 127, 0, 0, 2 },
					 .port = sk.peer.port, .family = ADDR_V6 };
	other.peer = (struct endpoint){ .bytes = { [10] = 0xff, 0xff, 127, 0, 0, 1 },
					.port = sk.local.port, .family = ADDR_V6 };
	snapshot_reset(w->snapshots[1]);
	tracker_begin(w->tracker, 500 * SECOND);
	assert_int_equal(tracker_observe(w->tracker, &sk, NULL, NULL), 0);
	assert_int_equal(snapshot_add(w->snapshots[1], &sk, NULL), 0);
	assert_int_equal(tracker_observe(w->tracker, &other, NULL, NULL), 0);
	assert_int_equal(snapshot_add(w->snapshots[1], &other, NULL), 0);
	tracker_end(w->tracker, true, NULL, NULL);
	snapshot_stamp(w->snapshots[1], 500 * SECOND, 0);
	w->data.snapshot = w->snapshots[1];
	ui_update(&w->ui, &w->data);
	world_settle(w);
}

static void both_ends(void **state)
{
	struct world w;
	struct sock shown[4];
	char line[1024];

	(void)state;
	world_init(&w, NULL);
	add_pair(&w);
	world_press(&w, "F4 s t a t e Space c l o s e - w a i t Enter Enter");
	assert_ptr_equal(w.ui.mode, &mode_detail);
	world_draw(&w, 150, 80);
	assert_true(world_find(&w, "The other end") > world_find(&w, "CLOSE-WAIT"));
	assert_int_not_equal(world_find(&w, "FIN-WAIT-2"), -1);
	assert_int_not_equal(world_find(&w, "Round trip"), -1);
	assert_int_not_equal(world_find(&w, "Loss"), -1);
	assert_int_not_equal(world_find(&w, "Where the time went"), -1);
	/* beside, where there is room */
	world_draw(&w, 60, 160);
	world_row(&w, world_find(&w, "The other end"), line, sizeof(line));
	assert_non_null(strstr(line, "Socket"));
	/* what the kernel adds, and who holds it, is asked for both */
	assert_int_equal(ui_shown(&w.ui, shown, 4), 2);
	assert_int_equal(shown[0].cookie, 77);
	assert_int_equal(shown[1].cookie, 78);
	/* a client elsewhere has no other end here */
	world_press(&w, "Esc F4 C-u Enter");
	world_run(&w, 3);
	world_press(&w, "End Up Enter");
	world_draw(&w, 60, 160);
	assert_int_equal(world_find(&w, "The other end"), -1);
	assert_int_equal(ui_shown(&w.ui, shown, 4), 1);
	world_fini(&w);
}

/* A socket that ends while it is looked at leaves its time line behind. */
static void gone_while_looked_at(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, NULL);
	world_run(&w, 40);
	world_press(&w, "F4 s t a t e Space t i m e - w a i t Enter Down Up Enter");
	for (int i = 0; i < 10; i++) {
		world_draw(&w, 60, 80);
		world_run(&w, 1);
	}
	world_draw(&w, 60, 80);
	assert_int_not_equal(world_find(&w, "this socket is gone since 12:00:4"), -1);
	assert_int_not_equal(world_find(&w, "Time line"), -1);
	assert_int_not_equal(world_find(&w, "TIME-WAIT for"), -1);
	for (int rows = 1; rows < 50; rows += 3)
		for (int cols = 1; cols < 200; cols += 9)
			world_draw(&w, rows, cols);
	world_fini(&w);
}

/* Every fact out of tcp_info stands under what it tells of. */
static void every_fact_has_its_part(void **state)
{
	size_t count;
	const struct column *columns = columns_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(columns[i].part != PART_NONE,
				 (columns[i].facts & FACT_TCP) && columns[i].size > 0);
}

/* What is drawn once more after its snapshot went points to nothing of it. */
static void noted_without_what_it_points_to(void **state)
{
	struct world w;
	const struct sock named = { .name = "/run/x", .local_text = "/run/x", .peer_text = "*" };
	const struct sock alone = sock_alone(&named);

	(void)state;
	assert_true(!alone.name && !alone.local_text && !alone.peer_text);
	world_init(&w, NULL);
	w.traffic = true;
	world_run(&w, 2);
	world_press(&w, "F4 s t a t e Space e s t a b l i s h e d Enter Down Enter");
	world_draw(&w, 40, 120);
	assert_ptr_equal(w.ui.mode, &mode_detail);
	assert_true(w.ui.shown_count > 0);
	for (size_t i = 0; i < w.ui.shown_count; i++)
		assert_null(w.ui.shown[i].sock.tcp);
	world_fini(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_one_after_the_other),
		cmocka_unit_test(bounded),
		cmocka_unit_test(both_ends),
		cmocka_unit_test(gone_while_looked_at),
		cmocka_unit_test(every_fact_has_its_part),
		cmocka_unit_test(noted_without_what_it_points_to),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
