/*
 * Reading recordings: all that is in one, while it is written to, and damaged.  For its
 * sockets by time see recording_stays.c.
 */
#include "config.h"

#include "unit/recording_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/schema.h"

static int check_sock(void *context, const struct recorded_sock *what)
{
	const struct sock *sk = &what->sock;
	char text[ENDPOINT_TEXT_MAX];
	size_t len = endpoint_text(text, &sk->peer, false, NULL);

	(void)context;
	assert_int_equal(sk->proto, PROTO_TCP);
	assert_int_equal(sk->state, STATE_CLOSE_WAIT);
	assert_int_equal(len, strlen("[2001:db8::1]:443"));
	assert_memory_equal(text, "[2001:db8::1]:443", len);
	assert_true(sk->has & SOCK_HAS_COOKIE);
	assert_true(sk->cookie == UINT64_MAX);
	assert_false(sk->has & SOCK_HAS_INODE);
	assert_int_equal(sk->uid, 1000);
	assert_int_equal(sk->netns, 4026531840);
	assert_string_equal(what->netns_name, "blue");
	assert_string_equal(what->unit, "web.service");
	assert_string_equal(what->container, "c0ffee");
	assert_string_equal(what->cgroup_path, "/system.slice/web.service");
	assert_int_equal(what->owners.reason, OWNER_LAST_SEEN);
	assert_int_equal(what->owners.count, 2);
	assert_int_equal(what->owners.list[0].pid, 70);
	assert_string_equal(what->owners.list[1].command, "nginx");
	assert_int_equal(what->owners.list[1].pid, 812);
	assert_int_equal(what->owners.list[1].fd, 9);
	assert_true(what->opened_before);
	assert_int_equal(what->opened_ms, T0);
	return 0;
}

static void test_all_of_a_socket(void **state)
{
	struct world w;
	struct recording *r;
	struct error err;

	(void)state;
	world_open(&w, 4096);
	run(w.db, "INSERT INTO netns VALUES (1, 4026531840, 'blue');"
		  "INSERT INTO cgroup VALUES (1, 99, '/system.slice/web.service', 'web.service',"
		  " 'c0ffee');"
		  "INSERT INTO process VALUES (1, 812, 5, 'nginx', 'nginx: worker', 33),"
		  " (2, 70, 6, 'keeper', NULL, NULL);"
		  "INSERT INTO socket (id, proto, family, local_address, local_port, peer_address,"
		  " peer_port, cookie, uid, netns, cgroup, owner_reason, opened_ms, opened_before)"
		  " VALUES (1, 3, 6, '::', 5, '2001:db8::1', 443, -1, 1000, 1, 1,"
		  " 'closed, last held by', 1700000000000, 1);"
		  "INSERT INTO holder VALUES (1, 1, 9), (1, 2, 3);");
	add_stay(&w, 1, 11, T0, 0);
	r = open_it(&w);
	assert_string_equal(recording_info(r)->host, "alpha");
	assert_string_equal(recording_info(r)->kernel, "6.1.0");
	assert_null(recording_info(r)->filter);
	assert_int_equal(recording_info(r)->interval_ms, 1000);
	assert_int_equal(recording_info(r)->first_ms, 0);
	assert_int_equal(count_at(r, T0), 1);
	assert_int_equal(recording_sockets(r, T0, check_sock, NULL, &err), 0);
	recording_close(r);
	world_close(&w);
}

static int sum_counts(void *context, const struct recorded_counts *counts)
{
	uint64_t *sums = context;

	sums[0] = sums[0] * 10 + counts->v4[PROTO_TCP][STATE_LISTEN];
	sums[1] = sums[1] * 10 + counts->v6[PROTO_UDP][STATE_ESTABLISHED];
	return 0;
}

static int note_finding(void *context, const struct recorded_finding *finding)
{
	strcat(context, finding->name);
	return 0;
}

static int note_gap(void *context, const struct recorded_gap *gap)
{
	strcat(context, gap->reason);
	return 0;
}

static void test_polls_and_the_rest(void **state)
{
	uint64_t sums[2] = { 0 };
	char names[64] = "";
	struct recorded_poll poll;
	struct world w;
	struct recording *r;
	struct error err;
	uint64_t at;

	(void)state;
	world_open(&w, 4096);
	run(w.db, "INSERT INTO poll (time_ms, since_ms, sockets, kernel_opened) VALUES"
		  " (1000, NULL, 1, NULL), (2000, 1000, 0, 4), (3000, 2000, 2, NULL);"
		  "INSERT INTO count VALUES (1000, 3, 7, 4, 1), (3000, 3, 7, 4, 2),"
		  " (3000, 4, 9, 6, 5);"
		  "INSERT INTO finding (name, subject, severity, since_ms, until_ms) VALUES"
		  " ('a', 's', 'warning', 1000, 3000), ('b', 's', 'critical', 2000, NULL);"
		  "INSERT INTO gap VALUES (1500, 1600, 'g', NULL), (2500, NULL, 'h', 3);");
	r = open_it(&w);
	assert_int_equal(recording_info(r)->first_ms, 1000);
	assert_int_equal(recording_info(r)->last_ms, 3000);
	assert_int_equal(recording_info(r)->polls, 3);
	assert_int_equal(recording_poll_before(r, 999, &poll, &err), 0);
	assert_int_equal(recording_poll_before(r, 2999, &poll, &err), 1);
	assert_int_equal(poll.time_ms, 2000);
	assert_true(poll.kernel_known && poll.kernel_opened == 4 && poll.since_ms == 1000);
	assert_int_equal(recording_poll_after(r, 0, &poll, &err), 1);
	assert_true(poll.time_ms == 1000 && !poll.since_ms && !poll.kernel_known);
	assert_int_equal(recording_poll_after(r, 3001, &poll, &err), 0);
	/* a poll that found nothing counts as well */
	assert_int_equal(recording_counts(r, 0, 3000, sum_counts, sums, &err), 0);
	assert_int_equal(sums[0], 102);
	assert_int_equal(sums[1], 5);
	assert_int_equal(recording_findings(r, 2000, note_finding, names, &err), 0);
	assert_string_equal(names, "ba"); /* the worst first */
	names[0] = '\0';
	assert_int_equal(recording_findings(r, 3000, note_finding, names, &err), 0);
	assert_string_equal(names, "b");
	assert_int_equal(recording_next_finding(r, 1000, &at, &err), 1);
	assert_int_equal(at, 2000);
	assert_int_equal(recording_next_finding(r, 2000, &at, &err), 0);
	names[0] = '\0';
	assert_int_equal(recording_gaps(r, 1601, 2400, note_gap, names, &err), 0);
	assert_string_equal(names, "");
	assert_int_equal(recording_gaps(r, 1600, 9000, note_gap, names, &err), 0);
	assert_string_equal(names, "gh");
	recording_close(r);
	world_close(&w);
}

static void refused(const char *path, const char *because)
{
	struct error err;

	assert_null(recording_open(path, &err));
	if (!strstr(err.text, because) || strchr(err.text, '\n'))
		fail_msg("'%s' instead of '%s'", err.text, because);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void test_what_is_no_recording(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 4096);
	refused("/nonexistent/file", "cannot open '/nonexistent/file': No such file");
	refused(w.dir, "Is a directory");
	refused("/dev/null", "is no file");
	runf(w.db, "PRAGMA user_version = %d", RECORDING_VERSION + 1);
	refused(w.path, "newer program");
	run(w.db, "PRAGMA application_id = 0");
	refused(w.path, "another SQLite file");
	runf(w.db, "PRAGMA application_id = %d; PRAGMA user_version = %d; DROP TABLE poll",
	     RECORDING_APPLICATION, RECORDING_VERSION);
	refused(w.path, "is damaged: no such table: poll");
	write_file(w.path, "", 0);
	refused(w.path, "is empty");
	write_file(w.path, "hello, world, what is new?", 26);
	refused(w.path, "is not a recording");
	write_file(w.path, "SQLite format 3", 16);
	refused(w.path, "is damaged");
	world_close(&w);
}

/* What is there while somebody writes is read, and what comes later as well. */
static void test_while_it_is_written(void **state)
{
	struct recorded_poll poll;
	struct world w;
	struct recording *r;
	struct recording *early;
	struct error err;

	(void)state;
	world_open(&w, 4096);
	early = open_it(&w); /* nobody wrote to it then */
	run(w.db, "PRAGMA journal_mode = WAL");
	add_stay(&w, 1, 9, T0, 0);
	r = open_it(&w);
	assert_int_equal(count_at(r, T0), 1);
	add_stay(&w, 2, 9, T0, 0);
	run(w.db, "INSERT INTO poll (time_ms, sockets) VALUES (5, 2)");
	assert_int_equal(count_at(r, T0), 2);
	assert_int_equal(count_at(early, T0), 2);
	assert_int_equal(recording_poll_before(r, 5, &poll, &err), 1);
	/* a transaction under way is not seen, and does not keep anybody waiting */
	run(w.db, "BEGIN");
	add_stay(&w, 3, 9, T0, 0);
	assert_int_equal(count_at(r, T0), 2);
	run(w.db, "COMMIT");
	assert_int_equal(count_at(r, T0), 3);
	recording_close(early);
	recording_close(r);
	world_close(&w);
}

/* Nothing stays beside a file that was only read. */
static void test_leaves_nothing(void **state)
{
	char beside[160];
	struct world w;

	(void)state;
	world_open(&w, 4096);
	run(w.db, "PRAGMA journal_mode = WAL");
	add_stay(&w, 1, 9, T0, 0);
	sqlite3_close(w.db);
	w.db = NULL;
	recording_close(open_it(&w));
	snprintf(beside, sizeof(beside), "%s-shm", w.path);
	assert_int_not_equal(access(beside, F_OK), 0);
	snprintf(beside, sizeof(beside), "%s-wal", w.path);
	assert_int_not_equal(access(beside, F_OK), 0);
	world_close(&w);
}

static int ignore_sock(void *context, const struct recorded_sock *what)
{
	size_t *count = context;

	(void)what;
	return ++*count > 10000;
}

static int ignore_counts(void *context, const struct recorded_counts *counts)
{
	size_t *count = context;

	(void)counts;
	return ++*count > 10000;
}

/* Whatever it says: it comes to an end. */
static void read_all(const char *path)
{
	char names[4096];
	struct error err;
	struct recording *r = recording_open(path, &err);
	size_t count = 0;

	if (!r)
		return;
	names[0] = '\0';
	recording_sockets(r, T0 + 5, ignore_sock, &count, &err);
	count = 0;
	recording_dwells(r, 0, UINT64_MAX, ignore_sock, &count, &err);
	count = 0;
	recording_counts(r, 0, UINT64_MAX, ignore_counts, &count, &err);
	recording_findings(r, T0 + 5, note_finding, names, &err);
	names[0] = '\0';
	recording_gaps(r, 0, UINT64_MAX, note_gap, names, &err);
	recording_close(r);
}

static size_t read_file(const char *path, unsigned char *bytes, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t got;

	assert_non_null(f);
	got = fread(bytes, 1, size, f);
	fclose(f);
	return got;
}

static void test_damaged(void **state)
{
	static unsigned char bytes[1 << 17];
	struct world w;
	size_t size;

	(void)state;
	world_open(&w, 512);
	for (int i = 0; i < 12; i++)
		add_stay(&w, i + 1, 9, T0 + i, i % 3 ? T0 + 100 + i : 0);
	run(w.db, "INSERT INTO poll (time_ms, sockets) VALUES (1700000000005, 2);"
		  "INSERT INTO count VALUES (1700000000005, 3, 7, 4, 2);"
		  "INSERT INTO process VALUES (1, 812, 5, 'nginx', 'nginx', 33);"
		  "INSERT INTO holder VALUES (3, 1, 9);"
		  "INSERT INTO gap VALUES (1500, 1600, 'g', NULL);"
		  "INSERT INTO finding (name, subject, severity, since_ms) VALUES"
		  " ('a', 's', 'warning', 1000);");
	sqlite3_close(w.db);
	w.db = NULL;
	size = read_file(w.path, bytes, sizeof(bytes));
	assert_true(size > 4096 && size < sizeof(bytes));
	for (size_t i = 16; i < size; i += 11) {
		unsigned char good = bytes[i];

		bytes[i] = (unsigned char)(good ^ (i % 2 ? 0xffu : 1u << i % 8));
		write_file(w.path, bytes, size);
		read_all(w.path);
		bytes[i] = good;
	}
	for (size_t cut = 100; cut < size; cut += 700) {
		write_file(w.path, bytes, cut);
		read_all(w.path);
	}
	write_file(w.path, bytes, size);
	world_close(&w);
}

static int note_any(void *context, const struct recorded_sock *what)
{
	(void)what;
	++*(size_t *)context;
	return 0;
}

/* A table of the file's own that has the name of the reader's. */
static void test_wanted_is_the_readers(void **state)
{
	struct recording *r;
	struct error err = { 0 };
	struct world w;
	size_t count = 0;

	(void)state;
	world_open(&w, 4096);
	add_stay(&w, 1, 9, T0, 0);
	run(w.db, "CREATE TABLE wanted (place, socket, since_ms, state);"
		  "INSERT INTO wanted VALUES (123456789, 1, 0, 9), (-1, 1, 0, 9)");
	r = open_it(&w);
	assert_int_equal(recording_sockets(r, T0 + 1, note_any, &count, &err), -1);
	assert_non_null(strstr(err.text, "is damaged"));
	assert_int_equal(count, 0);
	recording_close(r);
	world_close(&w);
}

struct ends {
	enum state states[64];
	size_t count;
	size_t closed;
};

static int note_end(void *context, const struct recorded_end *end)
{
	struct ends *ends = context;

	ends->states[ends->count++] = end->state;
	ends->closed += end->closed;
	return 0;
}

static int note_stay(void *context, const struct recorded_stay *stay)
{
	return note_end(context, &(struct recorded_end){ .state = stay->state });
}

/* What ended in a stretch of time, however long it had lasted; and one socket's states. */
static void test_ends(void **state)
{
	struct ends ends = { .count = 0 };
	struct recording *r;
	struct world w;

	(void)state;
	world_open(&w, 4096);
	add_stay(&w, 1, 9, T0 - 86400000, T0 + 1000);
	add_stay(&w, 1, 11, T0 + 1000, T0 + 2000);
	add_stay(&w, 2, 9, T0, T0 + 1001);
	add_stay(&w, 3, 9, T0, 0);
	add_stay(&w, 4, 9, T0, T0 + 2001);
	runf(w.db, "UPDATE socket SET closed_ms = %lld WHERE id = 1", (long long)T0 + 2000);
	r = open_it(&w);
	assert_int_equal(recording_ends(r, T0 + 1000, T0 + 2000, note_end, &ends, NULL), 0);
	assert_int_equal(ends.count, 2);
	assert_int_equal(ends.closed, 1);
	assert_int_equal(recording_ends(r, T0 + 999, T0 + 1000, note_end, &ends, NULL), 0);
	assert_int_equal(ends.count, 3);
	assert_int_equal(ends.closed, 1);
	ends = (struct ends){ .count = 0 };
	assert_int_equal(recording_life(r, 1, note_stay, &ends, NULL), 0);
	assert_int_equal(ends.count, 2);
	assert_int_equal(ends.states[0], STATE_ESTABLISHED);
	assert_int_equal(ends.states[1], STATE_CLOSE_WAIT);
	recording_close(r);
	world_close(&w);
}

static void test_finding_before(void **state)
{
	struct recording *r;
	struct world w;
	uint64_t at_ms = 0;

	(void)state;
	world_open(&w, 4096);
	runf(w.db, "INSERT INTO finding (name, subject, severity, since_ms)"
		   " VALUES ('close-wait', 'a', 'warning', %lld), ('close-wait', 'b', 'warning',"
		   " %lld)", (long long)T0, (long long)T0 + 5);
	r = open_it(&w);
	assert_int_equal(recording_finding_before(r, T0 + 5, &at_ms, NULL), 1);
	assert_int_equal(at_ms, T0);
	assert_int_equal(recording_finding_before(r, T0 + 6, &at_ms, NULL), 1);
	assert_int_equal(at_ms, T0 + 5);
	assert_int_equal(recording_finding_before(r, T0, &at_ms, NULL), 0);
	recording_close(r);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_a_socket),
		cmocka_unit_test(test_polls_and_the_rest),
		cmocka_unit_test(test_what_is_no_recording),
		cmocka_unit_test(test_while_it_is_written),
		cmocka_unit_test(test_leaves_nothing),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_finding_before),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_wanted_is_the_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
