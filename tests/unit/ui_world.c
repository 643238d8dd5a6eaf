/* A small invented host: see ui_world.h. */
#include "config.h"

#include "ui_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/panel_counts.h"
#include "ui/keymap.h"

#define SECOND UINT64_C(1000000000)

/* The wall clock at tick 0: 2026-03-01 12:00:00 UTC. */
#define EPOCH UINT64_C(1772366400)

static struct endpoint v4(unsigned int a, unsigned int b, unsigned int c, unsigned int d,
			  unsigned int port)
{
	return (struct endpoint){ .bytes = { (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d },
				  .port = (uint16_t)port, .family = ADDR_V4 };
}

static void add(struct world *w, struct sock *sk)
{
	sk->has |= SOCK_HAS_COOKIE | SOCK_HAS_QUEUES;
	if (tracker_observe(w->tracker, sk, NULL, NULL) == 0)
		assert_int_equal(snapshot_add(w->snapshots[1], sk, NULL), 0);
}

/* Client @i gets 1000 bytes a second and sends 5000 and more; the first one sends some again. */
static struct tcp_facts traffic_of(const struct world *w, unsigned int i)
{
	return (struct tcp_facts){
		.rtt_us = 12000 + i * 100,
		.bytes_received = UINT64_C(1000) * w->tick,
		.bytes_sent = UINT64_C(5000) * w->tick + i * w->tick,
		.total_retrans_segments = i ? 0 : w->tick * 3,
	};
}

static void add_tcp(struct world *w, uint64_t cookie, enum state state, struct endpoint local,
		    struct endpoint peer, uint32_t recv_queue)
{
	struct sock sk = { .proto = PROTO_TCP, .state = (uint8_t)state, .cookie = cookie,
			   .local = local, .peer = peer, .recv_queue = recv_queue };

	if (state == STATE_LISTEN)
		sk.send_queue = 511;
	if (state == STATE_TIME_WAIT)
		sk.kind = SOCK_MINI;
	add(w, &sk);
}

static void add_listeners(struct world *w)
{
	if (w->newcomer)
		add_tcp(w, 4, STATE_LISTEN, v4(0, 0, 0, 0, 22), v4(0, 0, 0, 0, 0), 0);
	add_tcp(w, 1, STATE_LISTEN, v4(0, 0, 0, 0, 443), v4(0, 0, 0, 0, 0), 3);
	add_tcp(w, 2, STATE_LISTEN, v4(0, 0, 0, 0, 8080), v4(0, 0, 0, 0, 0), 0);
	add_tcp(w, 3, STATE_LISTEN, v4(127, 0, 0, 1, 9000), v4(0, 0, 0, 0, 0), 0);
}

/* Clients come and go, one in three ticks each; the oldest of them hang in CLOSE-WAIT. */
static void add_clients(struct world *w)
{
	for (unsigned int i = 0; i < w->clients; i++) {
		struct sock sk = { .proto = PROTO_TCP, .state = STATE_ESTABLISHED,
				   .cookie = 100 + i, .local = v4(10, 0, 0, 5, 443),
				   .peer = v4(192, 0, 2, i % 250, 50000 + i),
				   .recv_queue = i % 7 ? 0 : 17 };
		const struct tcp_facts facts = traffic_of(w, i);

		if (w->traffic) {
			sk.tcp = &facts;
			sk.tcp_bytes = TCP_FACTS_BYTES;
		}
		add(w, &sk);
	}
	for (unsigned int i = 0; i < w->tick / 3; i++)
		add_tcp(w, 5000 + i, STATE_CLOSE_WAIT, v4(10, 0, 0, 5, 8080),
			v4(198, 51, 100, i % 250, 40000 + i), 1);
	for (unsigned int i = w->tick; i < w->tick + 5; i++)
		add_tcp(w, 9000 + i, i % 2 ? STATE_TIME_WAIT : STATE_FIN_WAIT_2,
			v4(10, 0, 0, 5, 443), v4(203, 0, 113, i % 250, 33000 + i), 0);
}

static void add_others(struct world *w)
{
	struct sock udp = { .proto = PROTO_UDP, .state = STATE_UNCONNECTED, .cookie = 7,
			    .local = v4(0, 0, 0, 0, 53), .peer = v4(0, 0, 0, 0, 0) };
	struct sock v6 = { .proto = PROTO_TCP, .state = STATE_SYN_SENT, .cookie = 8,
			   .local = { .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 5 },
				      .port = 40001, .family = ADDR_V6 },
			   .peer = { .bytes = { 0x20, 0x01, 0x0d, 0xb8, [7] = 9, [15] = 0x11 },
				     .port = 5432, .family = ADDR_V6 } };

	add(w, &udp);
	add(w, &v6);
	for (unsigned int i = 0; i < w->datagrams; i++) {
		struct sock sk = { .proto = PROTO_UDP, .state = STATE_ESTABLISHED,
				   .cookie = 7000 + i, .local = v4(10, 0, 0, 5, 5353 + i),
				   .peer = v4(192, 0, 2, 53, 53) };

		add(w, &sk);
	}
}

/* Who holds what; one of them has a name that wants to act on the terminal. */
static void complete(void *context, struct row *row)
{
	(void)context;
	if (row->sock->local.port == 443)
		row->process = "nginx[812]";
	else if (row->sock->local.port == 8080)
		row->process = "java[3121]";
	else if (row->sock->local.port == 9000)
		row->process = "\033[31mevil\033[2J\xe2\x80\xae[666]";
}

void world_init(struct world *w, const struct ui_options *options)
{
	static const struct ui_options plain = { 0 };

	*w = (struct world){ .clients = 30, .source = { complete, NULL } };
	assert_int_equal(ui_init(&w->ui, options ? options : &plain, NULL), 0);
	w->snapshots[0] = snapshot_new();
	w->snapshots[1] = snapshot_new();
	w->tracker = tracker_new();
	w->history = history_new();
	assert_true(w->snapshots[0] && w->snapshots[1] && w->tracker && w->history);
	w->data = (struct ui_data){
		.tracker = w->tracker,
		.history = w->history,
		.source = &w->source,
		.rates = { .known = true, .opened = 240, .closed = 1.5, .seen_known = true,
			   .seen = 0.94, .events = true },
		.interval_ms = 1000,
		.real_interval_ms = 1000,
		.cpu = 0.008,
		.host = "web1",
		.netns = "host",
		.source_name = "netlink",
	};
}

void world_fini(struct world *w)
{
	ui_fini(&w->ui);
	canvas_fini(&w->canvas);
	snapshot_free(w->snapshots[0]);
	snapshot_free(w->snapshots[1]);
	tracker_free(w->tracker);
	history_free(w->history);
}

/* The finished snapshot is shown from now on, unless the list is paused. */
static void publish(struct world *w)
{
	struct snapshot *next = w->snapshots[1];

	if (w->ui.paused)
		return;
	w->snapshots[1] = w->snapshots[0];
	w->snapshots[0] = next;
	w->data.snapshot = next;
}

void world_settle(struct world *w)
{
	while (ui_work(&w->ui, 1000))
		;
}

static void poll_once(struct world *w)
{
	uint64_t now_ns = (w->tick + 100) * SECOND;

	snapshot_reset(w->snapshots[1]);
	tracker_begin(w->tracker, now_ns);
	add_listeners(w);
	add_clients(w);
	add_others(w);
	tracker_end(w->tracker, true, NULL, NULL);
	w->data.wall_ns = (EPOCH + w->tick) * SECOND;
	snapshot_stamp(w->snapshots[1], now_ns, w->data.wall_ns);
	w->data.others = panel_counts(w->snapshots[1], w->data.protos, w->data.counts);
	history_add(w->history, now_ns, w->data.counts);
	publish(w);
	ui_update(&w->ui, &w->data);
	world_settle(w);
}

void world_run(struct world *w, unsigned int ticks)
{
	while (ticks--) {
		w->tick++;
		poll_once(w);
	}
}

void world_press(struct world *w, const char *keys)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)len, keys);
		assert_int_not_equal(key_of_name(name), PRESS_NONE);
		ui_key(&w->ui, key_of_name(name));
		world_settle(w);
		keys += len + (keys[len] == ' ');
	}
}

void world_draw(struct world *w, int rows, int cols)
{
	canvas_fini(&w->canvas);
	assert_int_equal(canvas_init(&w->canvas, rows, cols, w->canvas.ascii, NULL), 0);
	ui_draw(&w->ui, &w->canvas);
}

void world_row(const struct world *w, int row, char *out, size_t size)
{
	canvas_row(&w->canvas, row, out, size);
}

int world_find(const struct world *w, const char *text)
{
	for (int row = 0; row < w->canvas.rows; row++) {
		char line[4096];

		world_row(w, row, line, sizeof(line));
		if (strstr(line, text))
			return row;
	}
	return -1;
}
