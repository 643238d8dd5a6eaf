/* Recordings that tests write with SQL of their own: see recording_world.h. */
#include "config.h"

#include "unit/recording_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/schema.h"

void run(sqlite3 *db, const char *sql)
{
	char *wrong = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK)
		fail_msg("%s: %s", sql, wrong);
}

void runf(sqlite3 *db, const char *format, ...)
{
	va_list args;
	char *sql;

	va_start(args, format);
	sql = sqlite3_vmprintf(format, args);
	va_end(args);
	run(db, sql);
	sqlite3_free(sql);
}

void world_open(struct world *w, unsigned int page)
{
	snprintf(w->dir, sizeof(w->dir), "/tmp/connstate-recording-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/r#1 %%.cst", w->dir);
	assert_int_equal(sqlite3_open(w->path, &w->db), SQLITE_OK);
	runf(w->db, "PRAGMA page_size = %u", page);
	run(w->db, recording_schema);
	runf(w->db, "PRAGMA application_id = %d", RECORDING_APPLICATION);
	runf(w->db, "PRAGMA user_version = %d", RECORDING_VERSION);
	run(w->db, "INSERT INTO info VALUES ('host', 'alpha'), ('kernel', '6.1.0'),"
		   " ('program', 'connstate 0.1.0'), ('interval_ms', 1000)");
	run(w->db, "INSERT INTO state VALUES (7, 'LISTEN'), (9, 'ESTABLISHED'),"
		   " (11, 'CLOSE-WAIT'), (12, 'LAST-ACK'), (13, 'NO-SUCH-STATE')");
	run(w->db, "INSERT INTO proto VALUES (3, 'tcp'), (4, 'udp')");
}

void world_close(struct world *w)
{
	char command[128];

	sqlite3_close(w->db);
	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
}

void add_stay(struct world *w, int socket, int state, int64_t since, int64_t until)
{
	runf(w->db, "INSERT OR IGNORE INTO socket (id, proto, family, local_address, local_port,"
		    " opened_ms, opened_before) VALUES (%d, 3, 4, '192.0.2.1', 80, %lld, 0)",
	     socket, (long long)since);
	if (until)
		runf(w->db, "INSERT INTO dwell VALUES (%d, %lld, %d, %lld, %d)", socket,
		     (long long)since, state, (long long)until,
		     level_of((uint64_t)(until - since)));
	else
		runf(w->db, "INSERT INTO dwell VALUES (%d, %lld, %d, NULL, %d)", socket,
		     (long long)since, state, LEVEL_OPEN);
}

int note(void *context, const struct recorded_sock *what)
{
	struct seen *seen = context;

	seen->ids[seen->count] = what->id;
	seen->states[seen->count] = (enum state)what->sock.state;
	seen->previous[seen->count] = what->previous;
	seen->since[seen->count] = what->state_since_ms;
	seen->count++;
	return seen->most && seen->count == seen->most;
}

struct recording *open_it(const struct world *w)
{
	struct error err;
	struct recording *r = recording_open(w->path, &err);

	if (!r)
		fail_msg("%s", err.text);
	return r;
}

size_t count_at(struct recording *r, uint64_t time_ms)
{
	static struct seen seen;
	struct error err;

	seen = (struct seen){ .count = 0 };
	assert_int_equal(recording_sockets(r, time_ms, note, &seen, &err), 0);
	return seen.count;
}
