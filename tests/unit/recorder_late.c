/*
 * What the kernel tells late, and what only looks like it: a recorder takes it for what it is.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/recorder.h"

#define T0 UINT64_C(1772323200000)
#define S UINT64_C(1000)

struct place {
	char folder[64];
	char path[80];
	struct recorder *recorder;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct recorder_options o = { .host = "alpha", .kernel = "6.1.0", .interval_ms = 1000,
				      .keep_ms = 10 * S, .program = "test" };

	assert_non_null(p);
	snprintf(p->folder, sizeof(p->folder), "/tmp/connstate-late.XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/file", p->folder);
	o.path = p->path;
	p->recorder = recorder_open(&o, T0, NULL);
	assert_non_null(p->recorder);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->folder);
	free(p);
	return 0;
}

static struct sock connection(uint64_t cookie, enum state state)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE | SOCK_HAS_QUEUES, .proto = PROTO_TCP,
		.state = (uint8_t)state, .cookie = cookie,
		.kind = state == STATE_TIME_WAIT ? SOCK_MINI : SOCK_FULL,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 443, .family = ADDR_V4 },
		.peer = { .bytes = { 10, 0, 0, 2 }, .port = 40000, .family = ADDR_V4 },
	};
}

/* A poll at @at_ms in which only @sk is there (NULL: nothing). */
static void poll(struct place *p, uint64_t at_ms, const struct sock *sk)
{
	assert_int_equal(recorder_begin(p->recorder, T0 + at_ms, NULL), 0);
	if (sk)
		assert_int_equal(recorder_observe(p->recorder, sk, NULL, NULL), 0);
	assert_int_equal(recorder_end(p->recorder, true, NULL, NULL), 0);
}

/* Close the file, and ask it for a number. */
static int64_t ask(struct place *p, const char *sql)
{
	sqlite3_stmt *s;
	sqlite3 *db;
	int64_t answer;

	recorder_close(p->recorder);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	answer = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return answer;
}

/* Nothing had told of the first one's end, and its TIME-WAIT is long gone. */
static void the_same_ends_again(void **state)
{
	struct place *p = *state;
	const struct sock first = connection(1, STATE_TIME_WAIT);
	const struct sock second = connection(9, STATE_CLOSED);

	poll(p, 0, &first);
	poll(p, S, NULL);
	assert_int_equal(recorder_begin(p->recorder, T0 + 2 * S, NULL), 0);
	assert_int_equal(recorder_ended(p->recorder, &second, T0 + 1500, NULL), 1);
	assert_int_equal(recorder_unseen(p->recorder, &second, NULL), 0);
	assert_int_equal(recorder_end(p->recorder, true, NULL, NULL), 0);
	assert_int_equal(ask(p, "SELECT sum(short_lived) FROM poll"), 1);
}

/* The row of a socket that vanished is pruned, and its number given to another one. */
static void the_same_row_again(void **state)
{
	struct place *p = *state;
	const struct sock first = connection(5, STATE_ESTABLISHED);
	struct sock second = connection(6, STATE_ESTABLISHED);
	struct sock ended = first;

	second.peer.port++;
	poll(p, 0, &first);
	for (uint64_t at_ms = S; at_ms <= 60 * S; at_ms += S)
		poll(p, at_ms, NULL);
	poll(p, 61 * S, &second);
	assert_int_equal(recorder_begin(p->recorder, T0 + 62 * S, NULL), 0);
	ended.recv_queue = 777;
	assert_int_equal(recorder_ended(p->recorder, &ended, T0 + 61500, NULL), 0);
	assert_int_equal(recorder_observe(p->recorder, &second, NULL, NULL), 0);
	assert_int_equal(recorder_end(p->recorder, true, NULL, NULL), 0);
	assert_int_equal(ask(p, "SELECT count(*) * 10 + (max(id) = 1) * 5 +"
				" (ifnull(max(recv_queue), 0) = 777) FROM socket"), 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_ends_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_same_row_again, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("recorder_late", tests, NULL, NULL);
}
