/*
 * The live view of a recording: written by a recorder, moved in by keys, drawn on a
 * canvas.  What the clock says is an argument, so every screen is the same each time.
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
#include <unistd.h>

#include <cmocka.h>

#include "app/playback.h"
#include "store/recorder.h"
#include "store/recording.h"
#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_golden.h"

/* 2026-03-01 12:00:00 UTC */
#define T0 UINT64_C(1772366400000)

#define POLLS 180

/* Polls from the first to before the second are missing. */
#define GAP_FROM 100
#define GAP_TO 130

#define FINDING_FROM 60
#define FINDING_TO 90
#define SECOND_FINDING 150

#define S_NS UINT64_C(1000000000)

static char path[64];
static uint64_t clock_ns; /* of the one who plays */

static struct endpoint v4(unsigned int d, unsigned int port)
{
	return (struct endpoint){ .bytes = { 10, 0, 0, (uint8_t)d }, .port = (uint16_t)port,
				  .family = ADDR_V4 };
}

static const struct owner nginx[] = { { .pid = 812, .fd = 6, .start_time = 100,
					.command = "nginx", .command_line = "nginx: master" } };
static const struct owner java[] = { { .pid = 3121, .fd = 44, .start_time = 200,
				       .command = "java", .command_line = "java -jar shop.jar" } };

static void observe(struct recorder *r, unsigned int cookie, enum state state, unsigned int port,
		    unsigned int peer, const struct owner *owner)
{
	const struct sock sk = {
		.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_QUEUES, .proto = PROTO_TCP,
		.state = (uint8_t)state, .cookie = cookie, .inode = 5000 + cookie,
		.local = v4(1, port), .peer = v4(peer ? 2 : 0, peer),
		.send_queue = state == STATE_LISTEN ? 511 : 0,
	};
	const struct owners owners = { .reason = OWNER_KNOWN, .count = 1, .list = owner };
	const struct recorder_details details = {
		.owners = &owners, .unit = owner == java ? "shop.service" : "nginx.service",
		.cgroup_path = "/system.slice",
	};
	struct error err;

	if (recorder_observe(r, &sk, &details, &err))
		fail_msg("%s", err.text);
}

/* Clients of nginx come and go; from poll 40 on those of java hang in CLOSE-WAIT. */
static void observe_all(struct recorder *r, unsigned int n)
{
	unsigned int hanging = n < 40 ? 0 : (n - 40) / 10 + 1;

	observe(r, 1, STATE_LISTEN, 443, 0, nginx);
	observe(r, 2, STATE_LISTEN, 8080, 0, java);
	for (unsigned int i = n; i < n + 6; i++)
		observe(r, 1000 + i, i == n ? STATE_FIN_WAIT_2 : STATE_ESTABLISHED, 443, 2000 + i,
			nginx);
	for (unsigned int i = 0; i < hanging; i++)
		observe(r, 500 + i, STATE_CLOSE_WAIT, 8080, 40000 + i, java);
}

static size_t findings_at(unsigned int n, struct finding *out)
{
	size_t count = 0;

	if (n >= FINDING_FROM && n < FINDING_TO)
		out[count++] = (struct finding){
			.info = finding_find("close-wait"), .severity = SEVERITY_CRITICAL,
			.subject = "java[3121]", .evidence = "3 sockets in CLOSE-WAIT, growing",
			.owner = "java[3121]", .since_ns = n * S_NS, .sockets = 3 };
	if (n >= SECOND_FINDING)
		out[count++] = (struct finding){
			.info = finding_find("accept-queue-full"), .severity = SEVERITY_WARNING,
			.subject = "nginx[812]", .evidence = "500 of 511 wait",
			.since_ns = n * S_NS };
	for (size_t i = 0; i < count; i++)
		assert_non_null(out[i].info);
	return count;
}

static void record_poll(struct recorder *r, unsigned int n)
{
	const struct recorder_kernel kernel = { .known = true, .opened = 2, .closed = 1 };
	struct finding findings[4];
	size_t count = findings_at(n, findings);
	struct error err = { 0 };

	assert_int_equal(recorder_begin(r, T0 + n * 1000, &err), 0);
	observe_all(r, n);
	assert_int_equal(recorder_findings(r, findings, count, n * S_NS, &err), 0);
	assert_int_equal(recorder_end(r, true, &kernel, &err), 0);
}

static int record_all(void **state)
{
	const struct recorder_options options = {
		.path = path, .host = "web1", .kernel = "6.18.0", .program = "connstate",
		.interval_ms = 1000,
	};
	struct error err = { 0 };
	struct recorder *r;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/connstate-playback-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || close(fd) || unlink(path))
		return -1;
	r = recorder_open(&options, T0, &err);
	if (!r)
		return -1;
	for (unsigned int n = 0; n < GAP_FROM; n++)
		record_poll(r, n);
	recorder_close(r);
	r = recorder_open(&options, T0 + GAP_TO * 1000, &err);
	for (unsigned int n = GAP_TO; r && n < POLLS; n++)
		record_poll(r, n);
	recorder_close(r);
	return r ? 0 : -1;
}

static int remove_all(void **state)
{
	(void)state;
	return unlink(path);
}

static uint64_t clock_of_test(void)
{
	return clock_ns;
}

/* The live view on a feed, as the program has it. */
struct viewer {
	struct world world; /* of which only the ui and the canvas are used */
	struct recording *recording;
	struct feed feed;
};

/* Until there is nothing to do any more. */
static void settle(struct viewer *v)
{
	while (v->feed.class->busy(v->feed.self)) {
		struct ui_data data;

		if (!v->feed.class->step(v->feed.self, v->world.ui.paused))
			continue;
		v->feed.class->data(v->feed.self, &data);
		if (data.trouble)
			fail_msg("%s", data.trouble);
		ui_update(&v->world.ui, &data);
		world_settle(&v->world);
	}
}

static void viewer_open(struct viewer *v)
{
	const struct ui_options ui = { 0 };
	struct playback_options options = {
		.request = { .protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP),
			     .families = FAMILY_V4 | FAMILY_V6, .states = ~(state_set)0 },
		.clock_ns = clock_of_test,
	};
	struct error err;

	*v = (struct viewer){ .recording = recording_open(path, &err) };
	clock_ns = S_NS;
	if (!v->recording)
		fail_msg("%s", err.text);
	options.recording = v->recording;
	assert_int_equal(ui_init(&v->world.ui, &ui, &err), 0);
	assert_int_equal(playback_open(&v->feed, &options, &err), 0);
	v->feed.class->begin(v->feed.self, 0);
	settle(v);
}

static void viewer_close(struct viewer *v)
{
	v->feed.class->close(v->feed.self);
	recording_close(v->recording);
	ui_fini(&v->world.ui);
	canvas_fini(&v->world.canvas);
}

static void press_key(struct viewer *v, uint32_t key)
{
	struct ui *ui = &v->world.ui;

	ui_key(ui, key);
	if (ui->request.travel)
		v->feed.class->travel(v->feed.self, &ui->request);
	else if (ui->request.collect || ui->request.refresh)
		v->feed.class->begin(v->feed.self, 0);
	ui->request = (struct ui_request){ 0 };
}

/* Keys by name, separated by blanks; then all that they lead to. */
static void press(struct viewer *v, const char *keys)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)len, keys);
		press_key(v, key_of_name(name));
		keys += len + (keys[len] == ' ');
	}
	settle(v);
}

static void jump(struct viewer *v, const char *to)
{
	press_key(v, '@');
	for (; *to; to++)
		press_key(v, (unsigned char)*to);
	press(v, "Enter");
}

/* @ms of real time go by, in which pictures come when they are due. */
static void wait_ms(struct viewer *v, unsigned int ms)
{
	for (unsigned int i = 0; i < ms; i += 10) {
		clock_ns += 10 * S_NS / 1000;
		if (clock_ns < v->feed.class->due_ns(v->feed.self))
			continue;
		v->feed.class->begin(v->feed.self, 0);
		settle(v);
	}
}

static void screen(struct viewer *v, char *out, size_t size)
{
	size_t used = 0;

	world_draw(&v->world, 40, 120);
	for (int row = 0; row < 40 && used < size; row++) {
		char text[1024];

		world_row(&v->world, row, text, sizeof(text));
		used += (size_t)snprintf(out + used, size - used, "%s\n", text);
	}
	assert_true(used < size);
}

static void assert_shown(struct viewer *v, const char *text)
{
	static char all[65536];

	screen(v, all, sizeof(all));
	if (!strstr(all, text))
		fail_msg("'%s' is not on the screen:\n%s", text, all);
}

static void test_golden(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	golden_check(&v.world, "replay-start", 24, 80);
	golden_check(&v.world, "replay-start", 40, 120);
	press(&v, ") ) Right");
	golden_check(&v.world, "replay-steps", 24, 80);
	jump(&v, "12:01:39");
	golden_check(&v.world, "replay-jump", 24, 80);
	golden_check(&v.world, "replay-jump", 40, 120);
	press(&v, "^ e");
	golden_check(&v.world, "replay-finding", 24, 80);
	golden_check(&v.world, "replay-finding", 40, 120);
	press(&v, "2");
	golden_check(&v.world, "replay-lifecycle", 40, 120);
	press(&v, "6");
	golden_check(&v.world, "replay-health", 24, 80);
	viewer_close(&v);
}

/* A moment looks the same, whichever way one came. */
static void test_ways(void **state)
{
	static char first[65536];
	static char second[65536];
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "12:00:50");
	press(&v, "a"); /* any key takes the message away */
	screen(&v, first, sizeof(first));
	press(&v, "$ ^");
	for (int i = 0; i < 51; i++)
		press(&v, ")");
	press(&v, "(");
	screen(&v, second, sizeof(second));
	assert_string_equal(first, second);
	press(&v, "} ) ( e { ^ e E");
	jump(&v, "12:00:51");
	press(&v, "(");
	screen(&v, first, sizeof(first));
	press(&v, "$");
	jump(&v, "12:00:50");
	screen(&v, second, sizeof(second));
	assert_string_equal(first, second);
	viewer_close(&v);
}

static void keys_of_test(char *out, size_t size)
{
	struct viewer v;

	viewer_open(&v);
	press(&v, ") ) } } e Down Down Enter");
	press(&v, ") Esc $ ( { 2 Right } c Left");
	screen(&v, out, size);
	viewer_close(&v);
}

static void test_same_keys(void **state)
{
	static char first[65536];
	static char second[65536];

	(void)state;
	keys_of_test(first, sizeof(first));
	keys_of_test(second, sizeof(second));
	assert_string_equal(first, second);
}

/* Two keys at once are two steps. */
static void test_steps_count(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	press(&v, ") ) ) ) )");
	assert_shown(&v, "2026-03-01 12:00:05");
	press(&v, "( ( (");
	assert_shown(&v, "2026-03-01 12:00:02");
	press(&v, "^ (");
	assert_shown(&v, "the beginning of the recording");
	press(&v, "$");
	assert_shown(&v, "2026-03-01 12:02:59");
	press(&v, ")");
	assert_shown(&v, "the end of the recording");
	viewer_close(&v);
}

/* Ages, changes and owners are those of the recording. */
static void test_what_is_known(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "12:00:58");
	assert_shown(&v, "web1");
	assert_shown(&v, "LISTEN      >58s 10.0.0.1:443");
	assert_shown(&v, "CLOSE-WAIT   18s 10.0.0.1:8080 10.0.0.2:40000 java[3121]");
	assert_shown(&v, "*FIN-WAIT-2 ");
	assert_shown(&v, "+ESTABLISHED");
	assert_shown(&v, "opened 2.0/s  closed 1.0/s  seen by polling 55%");
	press(&v, "F9");
	assert_shown(&v, "what is recorded cannot be closed");
	viewer_close(&v);
}

/* The details tell the states that the socket had been in by then. */
static void test_details(void **state)
{
	struct sock shown[4];
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "12:00:58");
	assert_shown(&v, "FIN-WAIT-2");
	press(&v, "G Up Up Enter");
	world_draw(&v.world, 60, 120);
	assert_int_equal(ui_shown(&v.world.ui, shown, 4), 1);
	v.feed.class->look_up(v.feed.self, shown, 1);
	world_draw(&v.world, 60, 120);
	assert_true(world_find(&v.world, "12:00:53 to 12:00:58, 5s") > 0);
	assert_true(world_find(&v.world, "12:00:58 on") > 0);
	viewer_close(&v);
}

/* Queues are not recorded of every poll: they are not zero then, but unknown. */
static void test_unknown(void **state)
{
	struct viewer v;
	char row[512];
	int at;

	(void)state;
	viewer_open(&v);
	press(&v, "3");
	world_draw(&v.world, 40, 120);
	at = world_find(&v.world, "java[3121]");
	assert_true(at > 0);
	world_row(&v.world, at, row, sizeof(row));
	assert_null(strstr(row, "0/-"));
	viewer_close(&v);
}

static void test_changes(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	press(&v, "2 Right }");
	assert_shown(&v, "CLOSE-WAIT: 0 before, 1 from here on");
	assert_shown(&v, "2026-03-01 12:00:40");
	press(&v, "} }");
	assert_shown(&v, "CLOSE-WAIT: 2 before, 3 from here on");
	assert_shown(&v, "2026-03-01 12:01:00");
	press(&v, "{");
	assert_shown(&v, "2026-03-01 12:00:50");
	press(&v, "^ {");
	assert_shown(&v, "CLOSE-WAIT: its count does not change before this");
	press(&v, "$ }");
	assert_shown(&v, "CLOSE-WAIT: its count does not change after this");
	viewer_close(&v);
}

static void test_findings(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	press(&v, "e");
	assert_shown(&v, "critical begins: close-wait, java[3121]");
	assert_shown(&v, "2026-03-01 12:01:00");
	assert_shown(&v, "3 sockets in CLOSE-WAIT, growing");
	press(&v, "e");
	assert_shown(&v, "warning begins: accept-queue-full, nginx[812]");
	assert_shown(&v, "2026-03-01 12:02:30");
	press(&v, "e");
	assert_shown(&v, "no finding begins after this");
	press(&v, "E");
	assert_shown(&v, "2026-03-01 12:01:00");
	press(&v, "E");
	assert_shown(&v, "no finding begins before this");
	jump(&v, "12:01:35");
	press(&v, "6");
	assert_shown(&v, "Nothing is wrong, as of 12:01:35");
	viewer_close(&v);
}

static void test_gap(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "12:01:45");
	assert_shown(&v, "2026-03-01 12:01:39");
	assert_shown(&v, "nothing was recorded from here to then");
	press(&v, ")");
	assert_shown(&v, "2026-03-01 12:02:10");
	assert_shown(&v, "gap: nothing was seen from 12:01:39 to 12:02:10");
	assert_shown(&v, "opened -  closed -");
	press(&v, ") ) ) ) ) c [ [ [ [ [");
	assert_shown(&v, "in the last 2 min"); /* keys move by the columns of the last drawing */
	press(&v, "PgUp");
	assert_shown(&v, "nothing was polled then");
	viewer_close(&v);
}

static void test_typed_times(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "2026-03-01 12:01:10");
	assert_shown(&v, "2026-03-01 12:01:10");
	jump(&v, "-9s");
	assert_shown(&v, "2026-03-01 12:02:50");
	jump(&v, "noon-ish");
	assert_shown(&v, "'noon-ish'");
	assert_shown(&v, "2026-03-01 12:02:50");
	press(&v, "@ Esc");
	assert_shown(&v, "2026-03-01 12:02:50");
	viewer_close(&v);
}

static void test_playing(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	assert_int_equal(v.feed.class->due_ns(v.feed.self), UINT64_MAX);
	press(&v, "p");
	assert_shown(&v, "replay 1x");
	wait_ms(&v, 3000);
	assert_shown(&v, "2026-03-01 12:00:03");
	press(&v, "+ + +");
	assert_shown(&v, "replay 10x");
	wait_ms(&v, 5000);
	assert_shown(&v, "2026-03-01 12:00:53");
	press(&v, "-");
	assert_shown(&v, "replay 5x");
	press(&v, "Z");
	assert_shown(&v, "replay paused (5x)");
	wait_ms(&v, 5000);
	assert_shown(&v, "2026-03-01 12:00:53");
	press(&v, "= p");
	assert_shown(&v, "replay 1x");
	viewer_close(&v);
}

/* A gap is not waited for, and the end pauses. */
static void test_playing_on(void **state)
{
	struct viewer v;

	(void)state;
	viewer_open(&v);
	jump(&v, "12:01:38");
	press(&v, "p");
	wait_ms(&v, 2000);
	assert_shown(&v, "2026-03-01 12:02:10");
	press(&v, "+ + + + + + + + +");
	assert_shown(&v, "replay 1000x");
	wait_ms(&v, 500);
	assert_shown(&v, "2026-03-01 12:02:59");
	assert_shown(&v, "the end of the recording");
	assert_shown(&v, "replay paused");
	viewer_close(&v);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_same_keys),
		cmocka_unit_test(test_steps_count),
		cmocka_unit_test(test_what_is_known),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_typed_times),
		cmocka_unit_test(test_playing),
		cmocka_unit_test(test_playing_on),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, record_all, remove_all);
}
