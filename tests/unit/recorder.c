/* Recordings as they are written: store/recorder.h, read back with plain SQL. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/recorder.h"

#define T0 UINT64_C(1772323200000)

struct place {
	char folder[64];
	char path[80];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	if (!p)
		return -1;
	snprintf(p->folder, sizeof(p->folder), "%.30s/recorder.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->folder))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/file", p->folder);
	*state = p;
	return 0;
}

static int remove_place(void **state)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	struct place *p = *state;
	char path[96];

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", p->path, endings[i]);
		unlink(path);
	}
	rmdir(p->folder);
	free(p);
	return 0;
}

static struct recorder_options options_of(const struct place *p)
{
	return (struct recorder_options){ .path = p->path, .host = "host", .kernel = "6.18.0",
					  .boot_id = "boot-1", .program = "test 1",
					  .interval_ms = 1000 };
}

static struct recorder *open_with(const struct recorder_options *o, uint64_t now_ms)
{
	struct error err = { 0 };
	struct recorder *r = recorder_open(o, now_ms, &err);

	assert_string_equal(err.text, "");
	assert_non_null(r);
	return r;
}

static struct recorder *open_at(const struct place *p, uint64_t now_ms)
{
	const struct recorder_options o = options_of(p);

	return open_with(&o, now_ms);
}

/* All rows of @sql as text: columns parted by '|', rows by newlines. */
static void expect(const struct place *p, const char *sql, const char *wanted)
{
	char found[4096] = "";
	size_t used = 0;
	sqlite3 *db;
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_open_v2(p->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *text = (const char *)sqlite3_column_text(s, i);

			used += (size_t)snprintf(found + used, sizeof(found) - used, "%s%s",
						 text ? text : "-",
						 i + 1 < sqlite3_column_count(s) ? "|" : "\n");
			assert_true(used < sizeof(found));
		}
	sqlite3_finalize(s);
	sqlite3_close(db);
	assert_string_equal(found, wanted);
}

static struct sock connection(uint64_t cookie, enum state state)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_QUEUES,
		.proto = PROTO_TCP,
		.state = (uint8_t)state,
		.kind = state == STATE_TIME_WAIT ? SOCK_MINI : SOCK_FULL,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 443, .family = ADDR_V4 },
		.peer = { .bytes = { 10, 0, 0, 2 }, .port = (uint16_t)(1000 + cookie),
			  .family = ADDR_V4 },
		.cookie = cookie,
		.inode = cookie + 500,
	};
}

static void begin(struct recorder *r, uint64_t now_ms)
{
	struct error err = { 0 };

	recorder_begin(r, now_ms, &err);
	assert_string_equal(err.text, "");
}

static void see(struct recorder *r, uint64_t cookie, enum state state)
{
	const struct sock sk = connection(cookie, state);
	struct error err = { 0 };

	recorder_observe(r, &sk, NULL, &err);
	assert_string_equal(err.text, "");
}

static void end(struct recorder *r)
{
	struct error err = { 0 };

	recorder_end(r, true, NULL, &err);
	assert_string_equal(err.text, "");
}

#define DWELLS                                                                                     \
	"SELECT cookie, state.name, since_ms - 1772323200000, until_ms - 1772323200000"            \
	" FROM dwell JOIN socket ON socket.id = dwell.socket JOIN state ON state.id = dwell.state" \
	" ORDER BY cookie, since_ms, until_ms IS NULL"

static void test_only_differences_are_written(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), end(r);
	begin(r, T0 + 1000), see(r, 1, STATE_ESTABLISHED), see(r, 2, STATE_SYN_SENT), end(r);
	/* told twice in one dump: counted once */
	begin(r, T0 + 2000), see(r, 1, STATE_CLOSE_WAIT), see(r, 2, STATE_SYN_SENT),
		see(r, 2, STATE_ESTABLISHED), end(r);
	begin(r, T0 + 3000), see(r, 1, STATE_CLOSE_WAIT), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|2000\n"
			  "1|CLOSE-WAIT|2000|-\n"
			  "2|SYN-SENT|1000|3000\n");
	expect(p, "SELECT cookie, opened_ms - 1772323200000, opened_before,"
		  " closed_ms - 1772323200000, closed_by, local_address, local_port,"
		  " peer_address, peer_port, recv_queue, rtt_us FROM socket",
	       "1|0|1|-|-|10.0.0.1|443|10.0.0.2|1001|-|-\n"
	       "2|1000|0|3000|poll|10.0.0.1|443|10.0.0.2|1002|0|-\n");
	expect(p, "SELECT time_ms - 1772323200000, since_ms - 1772323200000, sockets, opened,"
		  " closed, short_lived, kernel_opened FROM poll",
	       "0|-|1|-|-|-|-\n1000|0|2|1|0|0|-\n2000|1000|2|0|0|0|-\n3000|2000|1|0|1|0|-\n");
	expect(p, "SELECT time_ms - 1772323200000, state, family, sockets FROM counts"
		  " WHERE time_ms = 1772323202000 ORDER BY state",
	       "2000|CLOSE-WAIT|4|1\n2000|SYN-SENT|4|1\n");
	expect(p, "SELECT level, until_ms - since_ms FROM dwell WHERE until_ms",
	       "11|2000\n11|2000\n");
	expect(p, "SELECT count(*) FROM gap", "0\n");
}

static void ended(struct recorder *r, uint64_t cookie, uint64_t at_ms, int wanted)
{
	const struct tcp_facts facts = { .rtt_us = 700, .bytes_received = 5000000000 };
	struct sock sk = connection(cookie, STATE_CLOSED);
	struct error err = { 0 };

	sk.tcp = &facts;
	sk.tcp_bytes = sizeof(facts);
	assert_int_equal(recorder_ended(r, &sk, at_ms, &err), wanted);
}

static void unseen(struct recorder *r, uint64_t cookie)
{
	const struct sock sk = connection(cookie, STATE_CLOSED);

	assert_int_equal(recorder_unseen(r, &sk, NULL), 0);
}

static void test_events_tell_ends_to_the_millisecond(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), see(r, 2, STATE_ESTABLISHED), end(r);
	begin(r, T0 + 1000);
	ended(r, 1, T0 + 300, 0); /* closed */
	ended(r, 2, T0 + 400, 0); /* on to TIME-WAIT */
	ended(r, 3, T0 + 500, 1); /* nobody saw it */
	ended(r, 4, T0 + 600, 1); /* opened, and in TIME-WAIT now */
	see(r, 2, STATE_TIME_WAIT);
	see(r, 4, STATE_TIME_WAIT);
	unseen(r, 3);
	unseen(r, 4);
	end(r);
	begin(r, T0 + 2000), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|300\n"
			  "2|ESTABLISHED|0|400\n"
			  "2|TIME-WAIT|400|2000\n"
			  "3|CLOSED|500|500\n"
			  "4|TIME-WAIT|600|2000\n");
	expect(p, "SELECT cookie, closed_ms - 1772323200000, closed_by, rtt_us, bytes_received"
		  " FROM socket ORDER BY cookie",
	       "1|300|event|700|5000000000\n2|2000|poll|700|5000000000\n"
	       "3|500|event|700|5000000000\n4|2000|poll|700|5000000000\n");
	expect(p, "SELECT opened, closed, short_lived FROM poll", "-|-|-\n2|2|1\n0|2|0\n");
}

/* The kernel gave it a cookie for its event, and another one in TIME-WAIT. */
static void test_a_time_wait_is_known_by_its_ends(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);
	struct sock rest = connection(7, STATE_TIME_WAIT);

	rest.cookie = 8;
	begin(r, T0), end(r);
	begin(r, T0 + 1000);
	ended(r, 7, T0 + 600, 1);
	assert_int_equal(recorder_observe(r, &rest, NULL, NULL), 0);
	unseen(r, 7);
	end(r);
	recorder_close(r);
	expect(p, DWELLS, "8|TIME-WAIT|600|-\n");
	expect(p, "SELECT opened, closed, short_lived FROM poll WHERE since_ms", "1|0|0\n");
}

static void test_a_disconnected_socket_is_known_by_its_cookie(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);
	struct sock sk = connection(1, STATE_CLOSED);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), end(r);
	begin(r, T0 + 1000);
	sk.peer = (struct endpoint){ .family = ADDR_V4 };
	sk.local.port = 0;
	assert_int_equal(recorder_ended(r, &sk, T0 + 100, NULL), 0);
	end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|100\n");
}

static void test_details_are_kept_once(void **state)
{
	const struct place *p = *state;
	const struct owner list[] = {
		{ .pid = 812, .fd = 3, .start_time = 77, .command = "ev\033il",
		  .command_line = "evil --now", .uid = 33, .uid_known = true },
		{ .pid = 813, .fd = 4, .start_time = 78, .command = "worker" },
	};
	const struct owners owners = { .reason = OWNER_ACCEPT_QUEUE, .count = 2, .list = list };
	const struct recorder_details details = { .owners = &owners,
						  .owner_reason = "in the accept queue of",
						  .cgroup_path = "/a/b", .unit = "b.service",
						  .container = "c0ffee", .netns_name = "blue" };
	struct recorder *r = open_at(p, T0);

	begin(r, T0);
	for (uint64_t i = 1; i <= 3; i++) {
		struct sock sk = connection(i, STATE_ESTABLISHED);

		sk.has |= SOCK_HAS_CGROUP | SOCK_HAS_UID;
		sk.cgroup_id = 4711;
		sk.uid = 33;
		sk.netns = 4026531840;
		assert_true(recorder_wants(r, &sk));
		assert_int_equal(recorder_observe(r, &sk, &details, NULL), 0);
		assert_false(recorder_wants(r, &sk));
	}
	end(r);
	recorder_close(r);
	expect(p, "SELECT pid, start_time, command, command_line, uid FROM process",
	       "812|77|ev\xef\xbf\xbdil|evil --now|33\n813|78|worker|-|-\n");
	expect(p, "SELECT socket, process, fd FROM holder WHERE socket = 3", "3|1|3\n3|2|4\n");
	expect(p, "SELECT cgroup.cgroup, path, unit, container, netns.name, netns.inode,"
		  " owner_reason, uid FROM socket JOIN cgroup ON cgroup.id = socket.cgroup"
		  " JOIN netns ON netns.id = socket.netns WHERE cookie = 2",
	       "4711|/a/b|b.service|c0ffee|blue|4026531840|in the accept queue of|33\n");
}

static void execute(const struct place *p, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

struct holder_of {
	enum owner_reason reason;
	uint32_t pid; /* 0: nobody */
	const char *says;
	uint32_t child; /* that holds it too; 0: none */
};

static void see_held(struct recorder *r, uint64_t id, struct holder_of holder)
{
	const struct owner list[] = {
		{ .pid = holder.pid, .fd = 3, .start_time = holder.pid, .command = "p" },
		{ .pid = holder.child, .fd = 3, .start_time = holder.child, .command = "p" },
	};
	const struct owners owners = { .reason = holder.reason, .list = list,
				       .count = (size_t)(holder.pid != 0) + (holder.child != 0) };
	const struct recorder_details details = { .owners = &owners, .owner_reason = holder.says };
	struct sock sk = connection(id, STATE_ESTABLISHED);

	assert_int_equal(recorder_observe(r, &sk, &details, NULL), 0);
}

#define HELD                                                                                       \
	"SELECT socket.id, owner_reason, pid FROM socket LEFT JOIN holder"                         \
	" ON holder.socket = socket.id LEFT JOIN process ON process.id = process ORDER BY 1, 3"

#define KNOWN(pid) ((struct holder_of){ OWNER_KNOWN, pid, NULL, 0 })
#define SHARED(pid, child) ((struct holder_of){ OWNER_KNOWN, pid, NULL, child })
#define QUEUED(pid) ((struct holder_of){ OWNER_ACCEPT_QUEUE, pid, "in the queue of", 0 })
#define NOBODY ((struct holder_of){ OWNER_ORPHANED, 0, "closed", 0 })

/*
 * From the accept queue to a process, to its child; what says less changes nothing, nor
 * does a child that holds it as well.
 */
static void test_owners_become_known(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see_held(r, 1, QUEUED(10)), see_held(r, 2, NOBODY), end(r);
	expect(p, HELD, "1|in the queue of|10\n2|closed|-\n");
	begin(r, T0 + 1000), see_held(r, 1, KNOWN(11)), see_held(r, 2, KNOWN(10)), end(r);
	expect(p, HELD, "1|-|11\n2|-|10\n");
	begin(r, T0 + 2000), see_held(r, 1, SHARED(11, 12)), see_held(r, 2, QUEUED(9)), end(r);
	expect(p, HELD, "1|-|11\n2|-|10\n");
	begin(r, T0 + 2500), see_held(r, 1, KNOWN(12)), see_held(r, 2, SHARED(9, 10)), end(r);
	expect(p, HELD, "1|-|12\n2|-|10\n");
	begin(r, T0 + 3000), see_held(r, 1, NOBODY), see_held(r, 2, NOBODY), end(r);
	expect(p, HELD, "1|-|12\n2|-|10\n");
	/* processes that hold nothing any more are gone, others are not */
	expect(p, "SELECT pid FROM process ORDER BY 1", "10\n12\n");
	recorder_close(r);
}

/* A poll that is taken back takes its owners along; a recorder that goes on learns them. */
static void test_owners_of_a_poll_taken_back(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see_held(r, 1, KNOWN(10)), end(r);
	begin(r, T0 + 1000), see_held(r, 1, KNOWN(11));
	recorder_abandon(r, "for a test");
	expect(p, HELD, "1|-|10\n");
	begin(r, T0 + 2000), see_held(r, 1, KNOWN(11)), end(r);
	expect(p, HELD, "1|-|11\n");
	recorder_close(r);
	r = open_at(p, T0 + 3000);
	begin(r, T0 + 3000), see_held(r, 1, QUEUED(9)), end(r);
	expect(p, HELD, "1|-|11\n");
	begin(r, T0 + 4000), see_held(r, 1, KNOWN(12)), end(r);
	expect(p, HELD, "1|-|12\n");
	recorder_close(r);
}

/* One that goes on does not write again what is there: its mark stays. */
static void test_owners_of_before(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see_held(r, 1, KNOWN(10)), see_held(r, 2, QUEUED(10)), end(r);
	recorder_close(r);
	execute(p, "UPDATE holder SET fd = 99");
	r = open_at(p, T0 + 1000);
	begin(r, T0 + 1000), see_held(r, 1, KNOWN(10)), see_held(r, 2, KNOWN(10)), end(r);
	begin(r, T0 + 2000), see_held(r, 1, KNOWN(10)), see_held(r, 2, KNOWN(10)), end(r);
	recorder_close(r);
	expect(p, HELD, "1|-|10\n2|-|10\n");
	expect(p, "SELECT socket, fd FROM holder ORDER BY 1", "1|99\n2|3\n");
}

static void test_an_incomplete_poll_buries_nobody(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), see(r, 2, STATE_ESTABLISHED), end(r);
	begin(r, T0 + 1000), see(r, 1, STATE_CLOSE_WAIT);
	assert_int_equal(recorder_end(r, false, NULL, NULL), 0);
	begin(r, T0 + 2000), see(r, 1, STATE_CLOSE_WAIT), see(r, 2, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|1000\n1|CLOSE-WAIT|1000|-\n2|ESTABLISHED|0|-\n");
	expect(p, "SELECT since_ms - 1772323200000, until_ms - 1772323200000, reason FROM gap",
	       "0|2000|not all sockets could be read\n");
	expect(p, "SELECT time_ms - 1772323200000, since_ms FROM poll", "0|-\n2000|-\n");
}

/* What could not be written (here the file may not grow) is in the file later. */
static void test_a_failed_poll_is_made_up_for(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);
	struct rlimit before;
	struct rlimit small;
	struct error err = { 0 };
	char log[96];
	struct stat status;

	signal(SIGXFSZ, SIG_IGN);
	begin(r, T0), see(r, 1, STATE_ESTABLISHED), see(r, 9, STATE_LISTEN), end(r);
	snprintf(log, sizeof(log), "%s-wal", p->path);
	assert_int_equal(stat(log, &status), 0);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = (rlim_t)status.st_size;
	setrlimit(RLIMIT_FSIZE, &small);
	begin(r, T0 + 1000), see(r, 1, STATE_CLOSE_WAIT), see(r, 2, STATE_ESTABLISHED);
	ended(r, 3, T0 + 500, 1);
	unseen(r, 3);
	assert_int_equal(recorder_end(r, true, NULL, &err), -1);
	assert_non_null(strstr(err.text, "cannot write to"));
	setrlimit(RLIMIT_FSIZE, &before);
	begin(r, T0 + 2000);
	assert_true(recorder_wants(r, &(struct sock){ .has = SOCK_HAS_COOKIE, .cookie = 2 }));
	see(r, 1, STATE_CLOSE_WAIT), see(r, 2, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	expect(p, "PRAGMA integrity_check", "ok\n");
	expect(p, DWELLS, "1|ESTABLISHED|0|1\n1|CLOSE-WAIT|2000|-\n2|ESTABLISHED|2000|-\n"
			  "9|LISTEN|0|1\n");
	expect(p, "SELECT cookie, closed_by, opened_before FROM socket ORDER BY cookie",
	       "1|-|1\n2|-|1\n9|gap|1\n");
	expect(p, "SELECT since_ms - 1772323200000, until_ms - 1772323200000,"
		  " reason LIKE 'cannot write to%' FROM gap",
	       "0|2000|1\n");
}

static void test_a_recording_goes_on(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), see(r, 2, STATE_ESTABLISHED),
		see(r, 3, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	r = open_at(p, T0 + 60000);
	begin(r, T0 + 60000), see(r, 1, STATE_ESTABLISHED), see(r, 2, STATE_CLOSE_WAIT), end(r);
	begin(r, T0 + 61000), see(r, 1, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|-\n"
			  "2|ESTABLISHED|0|1\n"
			  "2|CLOSE-WAIT|60000|61000\n"
			  "3|ESTABLISHED|0|1\n");
	expect(p, "SELECT count(*), count(closed_ms) FROM socket", "3|2\n");
	expect(p, "SELECT since_ms - 1772323200000, until_ms - 1772323200000, reason FROM gap",
	       "0|60000|the recorder was stopped\n");
	expect(p, "SELECT since_ms FROM poll ORDER BY time_ms LIMIT 1 OFFSET 1", "-\n");
}

static void test_a_restarted_host_has_other_sockets(void **state)
{
	const struct place *p = *state;
	struct recorder_options o = options_of(p);
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	o.boot_id = "boot-2";
	r = open_with(&o, T0 + 60000);
	begin(r, T0 + 60000), see(r, 1, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|1\n1|ESTABLISHED|60000|-\n");
	expect(p, "SELECT closed_by FROM socket", "gap\n-\n");
	expect(p, "SELECT reason FROM gap", "the host was restarted\n");
}

static void test_a_killed_recorder_leaves_its_last_poll(void **state)
{
	const struct place *p = *state;
	struct recorder *r;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		r = recorder_open(&(struct recorder_options){ .path = p->path,
							      .boot_id = "boot-1",
							      .interval_ms = 1000 },
				  T0, NULL);
		begin(r, T0), see(r, 1, STATE_ESTABLISHED), end(r);
		begin(r, T0 + 1000), see(r, 1, STATE_CLOSE_WAIT);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	r = open_at(p, T0 + 5000);
	begin(r, T0 + 5000), see(r, 1, STATE_ESTABLISHED), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|-\n");
	expect(p, "SELECT reason FROM gap", "the recorder ended abruptly\n");
}

static void test_time_only_grows(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);

	begin(r, T0), see(r, 1, STATE_ESTABLISHED), end(r);
	begin(r, T0 - 3600000), see(r, 1, STATE_ESTABLISHED), end(r);
	begin(r, T0 - 3599000), see(r, 1, STATE_CLOSE_WAIT), end(r);
	begin(r, T0 + 120000), end(r);
	recorder_close(r);
	expect(p, DWELLS, "1|ESTABLISHED|0|1001\n1|CLOSE-WAIT|1001|1002\n");
	expect(p, "SELECT reason, since_ms - 1772323200000 FROM gap", "there were no polls|1001\n");
}

static const struct finding_info leak = { .name = "close-wait" };
static const struct finding_info full = { .name = "accept-queue-full" };

static void test_findings_have_a_beginning_and_an_end(void **state)
{
	const struct place *p = *state;
	struct recorder *r = open_at(p, T0);
	struct finding list[] = {
		{ .info = &leak, .severity = SEVERITY_WARNING, .subject = "java[7]",
		  .evidence = "10 sockets", .owner = "java[7]", .since_ns = 1000000000,
		  .sockets = 10 },
		{ .info = &full, .severity = SEVERITY_CRITICAL, .subject = "*:80",
		  .evidence = "full", .since_ns = 2000000000 },
	};

	begin(r, T0), recorder_findings(r, list, 2, 2000000000, NULL), end(r);
	list[0].severity = SEVERITY_CRITICAL;
	list[0].evidence = "20 sockets";
	list[0].sockets = 20;
	begin(r, T0 + 1000), recorder_findings(r, list, 1, 3000000000, NULL), end(r);
	list[0].severity = SEVERITY_WARNING;
	begin(r, T0 + 2000), recorder_findings(r, list, 1, 4000000000, NULL), end(r);
	recorder_close(r);
	expect(p, "SELECT name, subject, severity, since_ms - 1772323200000,"
		  " until_ms - 1772323200000, evidence, owner, sockets FROM finding ORDER BY id",
	       "close-wait|java[7]|critical|-1000|-|20 sockets|java[7]|20\n"
	       "accept-queue-full|*:80|critical|0|1000|full|-|-\n");
}

static void refuse(const struct recorder_options *o, const char *why)
{
	struct error err = { 0 };

	if (recorder_open(o, T0, &err))
		fail_msg("not refused: %s", why);
	if (!strstr(err.text, why) || strchr(err.text, '\n'))
		fail_msg("%s", err.text);
}

static void test_refusals(void **state)
{
	struct place *p = *state;
	struct recorder_options o = options_of(p);
	struct recorder *r;
	FILE *text;
	char nowhere[96];

	snprintf(nowhere, sizeof(nowhere), "%s/none/file", p->folder);
	o.path = nowhere;
	refuse(&o, "No such file");
	o.path = p->folder;
	refuse(&o, "directory");
	o.path = "/dev/null";
	refuse(&o, "not a file");
	o.path = p->path;
	text = fopen(p->path, "w");
	fprintf(text, "%0600d\n", 0);
	fclose(text);
	refuse(&o, "not an SQLite file");
	unlink(p->path);
	execute(p, "CREATE TABLE precious (x); INSERT INTO precious VALUES (42)");
	refuse(&o, "another SQLite file");
	expect(p, "SELECT * FROM precious", "42\n");
	unlink(p->path);
	r = open_with(&o, T0);
	refuse(&o, "being written by another recorder");
	recorder_close(r);
	execute(p, "PRAGMA user_version = 2");
	refuse(&o, "version 2");
}

/* What ended before the limit goes, with all that nothing refers to any more. */
static void test_what_is_old_goes(void **state)
{
	const struct place *p = *state;
	struct recorder_options o = options_of(p);
	struct recorder *r;

	o.keep_ms = 600000;
	r = open_with(&o, T0);
	for (uint64_t i = 0; i < 200; i++) {
		const struct owner owner = { .pid = (uint32_t)(i / 10), .command = "client" };
		const struct owners owners = { .count = 1, .list = &owner };
		const struct recorder_details details = { .owners = &owners };
		const struct sock sk = connection(i + 100, STATE_ESTABLISHED);

		begin(r, T0 + i * 10000);
		see(r, 1, i % 2 ? STATE_ESTABLISHED : STATE_CLOSE_WAIT);
		assert_int_equal(recorder_observe(r, &sk, &details, NULL), 0);
		if (i == 0)
			recorder_gap(r, T0 - 5, T0, "events were lost", 3, NULL);
		end(r);
	}
	recorder_close(r);
	/* 600 s are 60 polls; a dwell of 10 s stays up to 16 s longer */
	expect(p, "SELECT min(time_ms) - 1772323200000, count(*) FROM poll", "1390000|61\n");
	expect(p, "SELECT min(time_ms) - 1772323200000 FROM count", "1390000\n");
	expect(p, "SELECT min(since_ms) - 1772323200000 >= 1370000, count(*) BETWEEN 120 AND 128"
		  " FROM dwell", "1|1\n");
	expect(p, "SELECT count(*) FROM socket WHERE id NOT IN (SELECT socket FROM dwell)", "0\n");
	expect(p, "SELECT count(*) FROM dwell WHERE socket NOT IN (SELECT id FROM socket)", "0\n");
	expect(p, "SELECT count(*) FROM holder WHERE socket NOT IN (SELECT id FROM socket)", "0\n");
	expect(p, "SELECT count(*) FROM process WHERE id NOT IN (SELECT process FROM holder)",
	       "0\n");
	expect(p, "SELECT min(pid) FROM process", "13\n");
	expect(p, "SELECT cookie FROM socket ORDER BY id LIMIT 1", "1\n");
	expect(p, "SELECT count(*) FROM gap", "0\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_only_differences_are_written),
		TEST(test_events_tell_ends_to_the_millisecond),
		TEST(test_a_time_wait_is_known_by_its_ends),
		TEST(test_a_disconnected_socket_is_known_by_its_cookie),
		TEST(test_details_are_kept_once),
		TEST(test_owners_become_known),
		TEST(test_owners_of_a_poll_taken_back),
		TEST(test_owners_of_before),
		TEST(test_an_incomplete_poll_buries_nobody),
		TEST(test_a_failed_poll_is_made_up_for),
		TEST(test_a_recording_goes_on),
		TEST(test_a_restarted_host_has_other_sockets),
		TEST(test_a_killed_recorder_leaves_its_last_poll),
		TEST(test_time_only_grows),
		TEST(test_findings_have_a_beginning_and_an_end),
		TEST(test_refusals),
		TEST(test_what_is_old_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
