/*
 * A monkey at the keys: random keys, texts, presses of the mouse, sizes and snapshots,
 * with everything that is borrowed given back as soon as the contracts allow it.
 *
 *   ui_monkey [SEED [STEPS]]
 *
 * The same seed is the same monkey.  Most is found by it when built with sanitizers.
 */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/history.h"
#include "ui/keymap.h"
#include "ui/views.h"

#define STEPS 6000
#define SECOND UINT64_C(1000000000)
#define EXACT_MAX 256
#define TROUBLES_MAX 5

/* Snapshots that may be borrowed at a time: shown, and come. */
#define SNAPSHOTS_MAX 2

/* More sockets than are looked at at once, so that keys come in between. */
#define SOCKETS_MAX 2500

struct monkey {
	struct ui ui;
	struct canvas canvas;
	uint64_t random;
	bool replay;
	uint64_t tick;
	size_t sockets; /* about so many */
	struct snapshot *snapshots[SNAPSHOTS_MAX];
	struct snapshot *exact;
	struct tracker *tracker;
	struct history *history;
	struct ui_trouble *troubles;
	size_t trouble_count;
	struct ui_replay *told;
	struct counters *counters;
	struct row_source source;
	char *host;
	char *process; /* of the row that was completed last */
};

static const char *const texts[] = {
	"state established", "state lissen",	 "sport = :443", "dport > 100 and (", "process ~ n",
	"age > 5s",	     "rtt > 1ms",	 "",		 "proc",	      "10.0",
	"443",		     "nginx",		 "/nowhere/x",	 "12:00",	      "0.5",
	"100",		     "\xf0\x9f\x90\x92", "{",		 "not state listen",  "user = x",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* xorshift64* */
static uint64_t dice(struct monkey *m, uint64_t sides)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (m->random * UINT64_C(0x2545f4914f6cdd1d) >> 11) % sides;
}

static void *copied(const void *bytes, size_t size)
{
	void *copy = malloc(size);

	assert_non_null(copy);
	return memcpy(copy, bytes, size);
}

/* Names live until the next row is completed. */
static void complete(void *context, struct row *row)
{
	struct monkey *m = context;
	char name[32];

	snprintf(name, sizeof(name), "p%u[%u]", row->sock->local.port % 7u,
		 row->sock->local.port % 97u);
	free(m->process);
	m->process = copied(name, strlen(name) + 1);
	if (row->sock->local.port % 5)
		row->process = m->process;
}

/* The kernel's names of hosts: one in three. */
static void rename_host(void *context, const struct row *row, struct value *cell)
{
	(void)context, (void)row;
	if (cell->kind == VALUE_ENDPOINT && cell->endpoint->port % 3)
		return;
	*cell = value_text("host.example:http", strlen("host.example:http"));
}

static struct endpoint random_end(struct monkey *m, uint8_t family, bool port)
{
	struct endpoint e = { .family = family };

	e.bytes[0] = dice(m, 4) ? 10 : 127;
	e.bytes[3] = (uint8_t)dice(m, 30);
	if (port)
		e.port = (uint16_t)(1 + dice(m, 300));
	return e;
}

/* Socket @i of this host, mostly what it was in the snapshot before. */
static struct sock random_sock(struct monkey *m, uint64_t i)
{
	struct monkey fixed = { .random = (i + 1) * UINT64_C(0x9e3779b97f4a7c15) };
	struct sock sk = { .cookie = i + 1, .inode = i + 7 };
	uint8_t family = dice(&fixed, 3) ? ADDR_V4 : ADDR_V6;

	sk.has = SOCK_HAS_QUEUES | SOCK_HAS_INODE | (dice(&fixed, 50) ? SOCK_HAS_COOKIE : 0);
	sk.proto = dice(&fixed, 5) ? PROTO_TCP : PROTO_UDP;
	sk.state = sk.proto == PROTO_UDP ? STATE_UNCONNECTED : STATE_ESTABLISHED;
	if (sk.proto == PROTO_TCP && !dice(&fixed, 12))
		sk.state = STATE_LISTEN;
	sk.local = random_end(&fixed, family, true);
	if (sk.state == STATE_ESTABLISHED)
		sk.peer = random_end(&fixed, family, true);
	else
		sk.peer = (struct endpoint){ .family = family };
	if (sk.state == STATE_ESTABLISHED && !dice(m, 9))
		sk.state = STATE_CLOSE_WAIT;
	sk.recv_queue = (uint32_t)dice(m, 3);
	sk.send_queue = sk.state == STATE_LISTEN ? 128 : (uint32_t)dice(m, 3);
	return sk;
}

/* What has texts in the place of ends, as a UNIX socket. */
static void make_named(struct sock *sk)
{
	sk->proto = PROTO_UNIX;
	sk->local = sk->peer = (struct endpoint){ 0 };
	sk->local_text = "/run/some/path";
	sk->local_text_len = (uint32_t)strlen(sk->local_text);
	sk->peer_text = "*";
	sk->peer_text_len = 1;
	sk->name = sk->local_text;
	sk->name_len = sk->local_text_len;
}

static void add(struct monkey *m, struct snapshot *s, struct sock *sk, bool observe)
{
	const uint32_t memory[MEMORY_COUNT] = { [MEMORY_DROPS] = (uint32_t)m->tick };
	const struct tcp_facts tcp = { .rtt_us = 10 + sk->local.port,
				       .bytes_received = 1000 * m->tick };

	if (sk->proto == PROTO_TCP && sk->cookie % 3) {
		sk->tcp = &tcp;
		sk->tcp_bytes = TCP_FACTS_BYTES;
		sk->memory = memory;
		sk->memory_known = MEMORY_COUNT;
		sk->congestion = "cubic";
		sk->interface = "eth0";
	}
	if (!observe || tracker_observe(m->tracker, sk, NULL, NULL) == 0)
		assert_int_equal(snapshot_add(s, sk, NULL), 0);
}

static struct snapshot *poll_once(struct monkey *m, uint32_t *counts)
{
	struct snapshot *s = snapshot_new();
	uint64_t now_ns = (++m->tick + 100) * SECOND;

	assert_non_null(s);
	if (!dice(m, 30))
		m->sockets = dice(m, 3) ? dice(m, 200) : dice(m, SOCKETS_MAX);
	tracker_begin(m->tracker, now_ns);
	for (size_t i = 0; i < m->sockets; i++) {
		struct sock sk;

		if (!dice(m, 6))
			continue;
		sk = random_sock(m, i + m->tick / 4);
		if (sk.cookie % 11 == 0)
			make_named(&sk);
		add(m, s, &sk, true);
	}
	tracker_end(m->tracker, true, NULL, NULL);
	snapshot_stamp(s, now_ns, now_ns);
	for (unsigned int p = 0; p < PROTO_COUNT; p++)
		for (unsigned int i = 0; i < STATE_COUNT; i++)
			counts[i] += snapshot_state_counts(s, p)[i];
	history_add(m->history, now_ns, counts);
	return s;
}

/* Snapshots that may not be looked at any more. */
static void let_go(struct monkey *m)
{
	for (size_t i = 0; i < SNAPSHOTS_MAX && !ui_busy(&m->ui); i++) {
		if (m->snapshots[i] == m->ui.data.snapshot)
			continue;
		snapshot_free(m->snapshots[i]);
		m->snapshots[i] = NULL;
	}
}

/* Others each time; what was told before is freed when the view has the new ones. */
static struct ui_troubles random_troubles(struct monkey *m)
{
	static const char *const filters[] = { "state close-wait", NULL, "state listen" };
	struct ui_troubles all = { .count = dice(m, TROUBLES_MAX + 1), .judged_wall_ns = m->tick };
	struct ui_trouble *list = calloc(TROUBLES_MAX, sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < all.count; i++)
		list[i] = (struct ui_trouble){
			.critical = dice(m, 2), .title = copied("trouble", 8), .subject = "java[1]",
			.evidence = "so many of them", .meaning = "it hangs", .remedy = "mend it",
			.filter = filters[dice(m, COUNT(filters))],
			.marked = STATE_BIT(STATE_CLOSE_WAIT), .since_wall_ns = SECOND,
		};
	all.list = list;
	return all;
}

static void forget_troubles(struct ui_trouble *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)list[i].title);
	free(list);
}

static void note_troubles(struct monkey *m, const struct ui_troubles *all)
{
	forget_troubles(m->troubles, m->trouble_count);
	m->troubles = (struct ui_trouble *)(uintptr_t)all->list;
	m->trouble_count = all->count;
}

static void judge(struct monkey *m)
{
	struct ui_troubles all = random_troubles(m);

	ui_set_troubles(&m->ui, &all);
	note_troubles(m, &all);
}

static struct ui_replay random_replay(struct monkey *m)
{
	return (struct ui_replay){ .moments = true, .first_ns = SECOND, .last_ns = m->tick * SECOND,
				   .speed = 1, .playing = dice(m, 2), .jumped = !dice(m, 3),
				   .said = dice(m, 9) ? NULL : "moved" };
}

/* A poll, or one that failed; not before the view is ready for one. */
static void update(struct monkey *m)
{
	struct counters counters = { .taken_ns = m->tick * SECOND };
	struct ui_replay replay = random_replay(m);
	struct ui_replay *told = copied(&replay, sizeof(replay));
	struct counters *counted = copied(&counters, sizeof(counters));
	char *host = copied("web1", 5);
	size_t place = m->snapshots[0] ? 1 : 0;
	struct ui_data data = {
		.tracker = m->tracker, .history = m->history, .source = &m->source,
		.rename = rename_host, .counters = counted, .host = host, .interval_ms = 1000,
		.real_interval_ms = 1000, .source_name = "netlink",
		.snapshot = m->ui.data.snapshot, .wall_ns = m->tick * SECOND,
		.trouble = dice(m, 20) ? NULL : "no answer", .replay = m->replay ? told : NULL,
	};

	let_go(m);
	if (!m->snapshots[place] && !m->ui.arrived) {
		data.snapshot = poll_once(m, data.counts);
		m->snapshots[place] = (struct snapshot *)(uintptr_t)data.snapshot;
	} else {
		data.snapshot = m->ui.arrived ? m->ui.arrived : m->ui.data.snapshot;
	}
	data.troubles = random_troubles(m);
	ui_update(&m->ui, &data);
	note_troubles(m, &data.troubles);
	free(m->told);
	free(m->counters);
	free(m->host);
	m->told = told;
	m->counters = counted;
	m->host = host;
}

/* The rows on the screen with all that is known. */
static void show_exact(struct monkey *m)
{
	struct sock *socks = calloc(EXACT_MAX, sizeof(*socks));
	struct snapshot *exact = snapshot_new();
	size_t count;

	assert_non_null(socks);
	assert_non_null(exact);
	count = ui_shown(&m->ui, socks, EXACT_MAX);
	for (size_t i = 0; i < count; i++)
		if (dice(m, 5))
			add(m, exact, &socks[i], false);
	free(socks);
	ui_set_exact(&m->ui, exact);
	snapshot_free(m->exact);
	m->exact = exact;
}

/* At any size; also one that is too small. */
static void draw(struct monkey *m)
{
	int rows = (int)(dice(m, 4) ? 10 + dice(m, 50) : 1 + dice(m, 400));
	int cols = (int)(dice(m, 4) ? 40 + dice(m, 160) : 1 + dice(m, 400));

	if (!m->canvas.cells || !dice(m, 4)) {
		canvas_fini(&m->canvas);
		assert_int_equal(canvas_init(&m->canvas, rows, cols, dice(m, 2), NULL), 0);
	}
	ui_draw(&m->ui, &m->canvas);
	/* as the program does: what the rows on the screen lack is asked for once nothing else is
	 * under way */
	if (ui_busy(&m->ui) || dice(m, 2))
		return;
	show_exact(m);
	ui_draw(&m->ui, &m->canvas);
}

static void press_bound(struct monkey *m)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);
	const struct binding *b = &bindings[dice(m, count)];
	size_t keys = 0;

	while (keys < BINDING_KEYS_MAX && b->keys[keys])
		keys++;
	ui_key(&m->ui, key_of_name(b->keys[dice(m, keys)]));
}

static void press_any(struct monkey *m)
{
	ui_key(&m->ui, (uint32_t)(dice(m, 3) ? 1 + dice(m, 126) : 1 + dice(m, PRESS_CLICK - 1)));
}

static void press_digit(struct monkey *m)
{
	ui_key(&m->ui, (uint32_t)('1' + dice(m, 6)));
}

static void press_mouse(struct monkey *m)
{
	uint32_t key = PRESS_CLICK + (uint32_t)dice(m, 3);

	ui_mouse(&m->ui, key, (int)dice(m, 60) - 1, (int)dice(m, 160) - 1);
}

/* Something typed where something can be typed. */
static void type(struct monkey *m)
{
	static const char openers[] = "\\/sWS@";
	const char *text = texts[dice(m, COUNT(texts))];

	ui_key(&m->ui, (uint32_t)openers[dice(m, sizeof(openers) - 1)]);
	for (; *text; text++)
		ui_key(&m->ui, (unsigned char)*text);
	if (dice(m, 5))
		ui_key(&m->ui, PRESS_ENTER);
}

static void work(struct monkey *m)
{
	ui_work(&m->ui, 1 + dice(m, 1500));
}

static void settle(struct monkey *m)
{
	while (ui_work(&m->ui, 1000))
		;
}

static void serve(struct monkey *m)
{
	size_t count;

	ui_victims(&m->ui, &count);
	assert_true(count <= TAGS_MAX);
	m->ui.request = (struct ui_request){ 0 };
	ui_named(&m->ui);
	ui_facts_of_all(&m->ui);
	ui_facts_of_shown(&m->ui);
	ui_busy_with(&m->ui);
}

static const struct deed {
	unsigned int often;
	void (*run)(struct monkey *m);
} deeds[] = {
	{ 50, press_bound }, { 8, press_any }, { 8, press_digit }, { 12, press_mouse },
	{ 5, type },	     { 15, work },     { 4, settle },	  { 5, serve },
	{ 12, update },	     { 4, judge },     { 20, draw },
};

/* The line of the table that is marked on the canvas; NULL: none. */
static const struct shown *marked(const struct monkey *m)
{
	const struct ui *ui = &m->ui;

	/* a spot that is as long as the page: the rows of the table */
	for (size_t i = 0; i < ui->spot_count; i++) {
		const struct area *area = &ui->spots[i].area;

		if (area->col || area->cols != m->canvas.cols || area->rows < 2 ||
		    area->rows != (int)ui->list.page)
			continue;
		for (int line = 0; line < area->rows && line < (int)ui->shown_count; line++) {
			const size_t row = (size_t)(area->row + line);
			const struct cell *first = &m->canvas.cells[row * (size_t)m->canvas.cols];

			if (first->code == '>' && first->selected)
				return &ui->shown[line];
		}
	}
	return NULL;
}

/* What Enter, F9, Space and 'y' act on is the row that is marked. */
static void marks_what_keys_act_on(struct monkey *m)
{
	struct ui *ui = &m->ui;
	const struct shown *mark;
	struct track track;
	struct row_id acted;
	struct sock sk;
	bool tracked;
	bool acts;

	if (ui->view->places != KEYS_TABLE || ui_mode_drawn(ui)->draw || !m->canvas.cells)
		return;
	acts = connections_selected(ui, &sk, &track, &tracked);
	ui_draw(ui, &m->canvas);
	if (m->canvas.rows < 10 || m->canvas.cols < 40 || ui->list.page < 2)
		return;
	mark = marked(m);
	if (!acts)
		acts = connections_selected(ui, &sk, &track, &tracked);
	assert_int_equal(mark && !mark->gone, acts);
	assert_true(mark || !ui->list.count);
	if (!acts)
		return;
	acted = row_id_of(&sk);
	assert_true(row_id_equal(&mark->id, &acted));
}

static void act(struct monkey *m)
{
	uint64_t all = 0;
	uint64_t which;
	size_t i = 0;

	for (size_t d = 0; d < COUNT(deeds); d++)
		all += deeds[d].often;
	which = dice(m, all);
	while (which >= deeds[i].often)
		which -= deeds[i++].often;
	deeds[i].run(m);
	marks_what_keys_act_on(m);
	let_go(m);
}

static void monkey_open(struct monkey *m, uint64_t seed)
{
	static const struct ui_options options = { 0 };

	*m = (struct monkey){ .random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
			      .replay = seed % 3 == 0, .sockets = 100,
			      .source = { complete, m } };
	assert_int_equal(ui_init(&m->ui, &options, NULL), 0);
	m->tracker = tracker_new();
	m->history = history_new();
	assert_true(m->tracker && m->history);
}

static void monkey_close(struct monkey *m)
{
	ui_fini(&m->ui);
	canvas_fini(&m->canvas);
	for (size_t i = 0; i < SNAPSHOTS_MAX; i++)
		snapshot_free(m->snapshots[i]);
	snapshot_free(m->exact);
	tracker_free(m->tracker);
	history_free(m->history);
	forget_troubles(m->troubles, m->trouble_count);
	free(m->told);
	free(m->counters);
	free(m->host);
	free(m->process);
}

/* Whatever it is in, it can be left, and the first view is there. */
static void answers(struct monkey *m)
{
	char line[4096];

	for (int i = 0; i < 4; i++)
		ui_key(&m->ui, PRESS_ESCAPE);
	ui_key(&m->ui, '1');
	settle(m);
	ui_key(&m->ui, '?');
	canvas_fini(&m->canvas);
	assert_int_equal(canvas_init(&m->canvas, 40, 120, false, NULL), 0);
	ui_draw(&m->ui, &m->canvas);
	for (int row = 0; row < m->canvas.rows; row++) {
		canvas_row(&m->canvas, row, line, sizeof(line));
		if (strstr(line, "Keys of Connections"))
			return;
	}
	fail_msg("help does not come");
}

static void run(uint64_t seed, unsigned long steps)
{
	struct monkey *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
	monkey_open(m, seed);
	while (steps--)
		act(m);
	answers(m);
	monkey_close(m);
	free(m);
}

static void test_live(void **state)
{
	(void)state;
	run(1, STEPS);
	run(2, STEPS);
}

static void test_replay(void **state)
{
	(void)state;
	run(3, STEPS);
	run(6, STEPS);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_replay),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc > 1) {
		run(strtoull(argv[1], NULL, 10), argc > 2 ? strtoul(argv[2], NULL, 10) : STEPS);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
