/* The file of a recorder: see recorder_db.h. */
#include "config.h"

#include "store/recorder_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "store/schema.h"

/* How long to wait for somebody else who is writing to the file. */
#define BUSY_MS 2000

/* Longer texts are cut: a command line may be megabytes. */
#define TEXT_BYTES_MAX 1024

/* A column that keeps what it has where nothing is known. */
#define KEPT(place, column) column " = coalesce(?" #place ", " column ")"

static const char *const sql[RECORDER_STATEMENTS] = {
	[RUN_BEGIN] = "BEGIN IMMEDIATE",
	[RUN_COMMIT] = "COMMIT",
	[RUN_ROLLBACK] = "ROLLBACK",
	[INFO_SET] = "INSERT OR REPLACE INTO info VALUES (?1, ?2)",
	[INFO_GET] = "SELECT value FROM info WHERE name = ?1",
	[STATE_ADD] = "INSERT OR IGNORE INTO state (name) VALUES (?1)",
	[STATE_ID] = "SELECT id FROM state WHERE name = ?1",
	[PROTO_ADD] = "INSERT OR IGNORE INTO proto (name) VALUES (?1)",
	[PROTO_ID] = "SELECT id FROM proto WHERE name = ?1",
	[LEVEL_ADD] = "INSERT OR IGNORE INTO level VALUES (?1, ?2)",
	[LAST_POLL] = "SELECT max(time_ms) FROM poll",
	[OPEN_DWELLS] =
		"SELECT socket.id, proto, family, local_address, local_port, peer_address,"
		" peer_port, cookie, socket.inode, netns.inode, state, since_ms"
		" FROM dwell JOIN socket ON socket.id = dwell.socket"
		" LEFT JOIN netns ON netns.id = socket.netns WHERE level = ?1",
	[POLL_ADD] = "INSERT INTO poll VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[COUNT_ADD] = "INSERT INTO count VALUES (?1, ?2, ?3, ?4, ?5)",
	[GAP_ADD] = "INSERT INTO gap VALUES (?1, ?2, ?3, ?4)",
	[NETNS_ID] = "SELECT id FROM netns WHERE inode IS ?1 AND name IS ?2",
	[NETNS_ADD] = "INSERT INTO netns (inode, name) VALUES (?1, ?2)",
	[CGROUP_ID] = "SELECT id FROM cgroup WHERE cgroup = ?1",
	[CGROUP_ADD] = "INSERT INTO cgroup (cgroup, path, unit, container)"
		       " VALUES (?1, ?2, ?3, ?4)",
	[CGROUP_FORGET] = "UPDATE cgroup SET cgroup = NULL",
	[PROCESS_ID] = "SELECT id FROM process WHERE pid = ?1 AND start_time = ?2"
		       " AND command IS ?3",
	[PROCESS_ADD] = "INSERT INTO process (pid, start_time, command, command_line, uid)"
			" VALUES (?1, ?2, ?3, ?4, ?5)",
	[SOCKET_ADD] =
		"INSERT INTO socket (proto, family, local_address, local_port, peer_address,"
		" peer_port, interface, cookie, inode, uid, netns, cgroup, owner_reason,"
		" opened_ms, opened_before)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
	[SOCKET_CLOSE] =
		"UPDATE socket SET " KEPT(2, "closed_ms") ", " KEPT(3, "closed_by") ", "
		KEPT(4, "recv_queue") ", " KEPT(5, "send_queue") ", "
		KEPT(6, "bytes_received") ", " KEPT(7, "bytes_acked") ", "
		KEPT(8, "bytes_sent") ", " KEPT(9, "bytes_retrans") ", "
		KEPT(10, "total_retrans") ", " KEPT(11, "segs_in") ", " KEPT(12, "segs_out") ", "
		KEPT(13, "lost") ", " KEPT(14, "rtt_us") ", " KEPT(15, "min_rtt_us") ", "
		KEPT(16, "cwnd") ", " KEPT(17, "drops")
		" WHERE id = ?1 AND (?18 IS NULL OR cookie IS ?18)",
	[SOCKET_REASON] = "UPDATE socket SET owner_reason = ?2 WHERE id = ?1",
	[HOLDER_ADD] = "INSERT OR IGNORE INTO holder VALUES (?1, ?2, ?3)",
	[HOLDER_IS] = "SELECT 1 FROM holder JOIN process ON process.id = holder.process"
		      " WHERE holder.socket = ?1 AND pid = ?2 AND start_time = ?3"
		      " AND (SELECT owner_reason FROM socket WHERE id = ?1) IS NULL LIMIT 1",
	[DWELL_ADD] = "INSERT INTO dwell VALUES (?1, ?2, ?3, ?4, ?5)",
	[DWELL_END] = "UPDATE dwell SET until_ms = ?4, level = ?5"
		      " WHERE socket = ?1 AND since_ms = ?2 AND state = ?3",
	[FINDING_OPEN] = "SELECT id FROM finding WHERE until_ms IS NULL AND name = ?1"
			 " AND subject = ?2",
	[FINDING_ADD] = "INSERT INTO finding (name, subject, severity, since_ms, evidence, owner,"
			" sockets) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[FINDING_UPDATE] =
		"UPDATE finding SET severity = iif(severity = 'critical', severity, ?2),"
		" evidence = ?3, owner = ?4, sockets = ?5 WHERE id = ?1",
	[FINDINGS_OPEN] = "SELECT id FROM finding WHERE until_ms IS NULL",
	[FINDING_END] = "UPDATE finding SET until_ms = ?2 WHERE id = ?1",
	[PAGES_USED] = "SELECT page_count - freelist_count"
		       " FROM pragma_page_count, pragma_freelist_count",
	[PAGES_ALL] = "SELECT page_count FROM pragma_page_count",
	[FIRST_POLL] = "SELECT min(time_ms) FROM poll",
	[OLD_DWELLS] = "SELECT socket, since_ms, state FROM dwell INDEXED BY dwell_time"
		       " WHERE level = ?1 AND since_ms < ?2 ORDER BY since_ms LIMIT ?3",
	[DWELL_DELETE] = "DELETE FROM dwell WHERE socket = ?1 AND since_ms = ?2 AND state = ?3",
	[DWELL_ANY] = "SELECT 1 FROM dwell WHERE socket = ?1 LIMIT 1",
	[SOCKET_DELETE] = "DELETE FROM socket WHERE id = ?1",
	[HOLDERS_OF] = "SELECT process FROM holder WHERE socket = ?1",
	[HOLDERS_DELETE] = "DELETE FROM holder WHERE socket = ?1",
	[PROCESS_DELETE] = "DELETE FROM process WHERE id = ?1"
			   " AND NOT EXISTS (SELECT 1 FROM holder WHERE process = ?1)",
	[OLD_POLLS] = "SELECT time_ms FROM poll WHERE time_ms < ?1 ORDER BY time_ms LIMIT ?2",
	[POLL_DELETE] = "DELETE FROM poll WHERE time_ms = ?1",
	[COUNTS_DELETE] = "DELETE FROM count WHERE time_ms = ?1",
	[GAPS_DELETE] = "DELETE FROM gap WHERE rowid IN (SELECT rowid FROM gap"
			" WHERE since_ms < ?1 AND until_ms < ?1 ORDER BY since_ms LIMIT ?2)",
	[FINDINGS_DELETE] = "DELETE FROM finding WHERE id IN (SELECT id FROM finding"
			    " WHERE since_ms < ?1 AND until_ms < ?1 ORDER BY since_ms LIMIT ?2)",
};

struct cell cell_text(const char *text)
{
	return (struct cell){ .text = text, .len = text ? strlen(text) : 0 };
}

int recorder_db_wrong(const struct recorder_db *d, struct error *err)
{
	int code = d->db ? sqlite.errcode(d->db) : SQLITE_NOMEM;

	if (code == SQLITE_NOMEM)
		return error_set(err, ENOMEM, "cannot record to '%s'", d->path);
	if (code == SQLITE_NOTADB)
		return error_set(err, 0, "'%s' is not a recording: not an SQLite file", d->path);
	if (code == SQLITE_CORRUPT)
		return error_set(err, 0, "'%s' is damaged", d->path);
	return error_set(err, 0, "cannot write to '%s': %s", d->path, sqlite.errmsg(d->db));
}

int recorder_db_script(struct recorder_db *d, const char *script, struct error *err)
{
	if (sqlite.exec(d->db, script, NULL, NULL, NULL) != SQLITE_OK)
		return recorder_db_wrong(d, err);
	return 0;
}

/* Texts were chosen by others, and are going to be shown by any program. */
static size_t make_harmless(char *out, size_t size, const struct cell *c)
{
	size_t used = 0;
	size_t i = 0;

	while (i < c->len && used + UTF8_BYTES_MAX <= size) {
		const struct utf8_char ch = utf8_next(c->text + i, c->len - i, false);

		used += utf8_encode(out + used, ch.code);
		i += ch.bytes;
	}
	return used;
}

static int bind_cell(sqlite3_stmt *s, int place, const struct cell *c)
{
	char text[TEXT_BYTES_MAX];

	if (c->number)
		return sqlite.bind_int64(s, place, (int64_t)c->value);
	if (!c->text)
		return sqlite.bind_null(s, place);
	return sqlite.bind_text(s, place, text, (int)make_harmless(text, sizeof(text), c),
				SQLITE_TRANSIENT);
}

sqlite3_stmt *recorder_db_rows(struct recorder_db *d, enum recorder_statement which,
			       const struct cell *cells)
{
	sqlite3_stmt **s = &d->statement[which];

	if (!*s && sqlite.prepare_v3(d->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL))
		return NULL;
	for (int i = 0; cells && i < sqlite.bind_parameter_count(*s); i++)
		if (bind_cell(*s, i + 1, &cells[i]))
			return NULL;
	return *s;
}

int recorder_db_step(struct recorder_db *d, sqlite3_stmt *s, struct error *err)
{
	int code = s ? sqlite.step(s) : SQLITE_ERROR;

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		recorder_db_wrong(d, err);
	recorder_db_done(s);
	return code == SQLITE_DONE ? 0 : -1;
}

void recorder_db_done(sqlite3_stmt *s)
{
	sqlite.reset(s);
}

int recorder_db_run(struct recorder_db *d, enum recorder_statement which,
		    const struct cell *cells, struct error *err)
{
	return recorder_db_step(d, recorder_db_rows(d, which, cells), err);
}

int recorder_db_ask(struct recorder_db *d, enum recorder_statement which,
		    const struct cell *cells, uint64_t *out, struct error *err)
{
	sqlite3_stmt *s = recorder_db_rows(d, which, cells);
	int found = recorder_db_step(d, s, err);

	if (found > 0) {
		found = sqlite.column_type(s, 0) != SQLITE_NULL;
		*out = (uint64_t)sqlite.column_int64(s, 0);
		recorder_db_done(s);
	}
	return found;
}

uint64_t recorder_db_last_id(const struct recorder_db *d)
{
	return (uint64_t)sqlite.last_insert_rowid(d->db);
}

/*
 * SQLite's own locks last for a transaction.  This one is another kind (flock), so
 * that it neither meets those nor is lost with them; the kernel drops it when the
 * process ends, however.
 */
static int lock_file(struct recorder_db *d, bool *created, struct error *err)
{
	struct stat status;

	d->lock_fd = open(d->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0 || fstat(d->lock_fd, &status))
		return error_set(err, errno, "cannot write to '%s'", d->path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, 0, "cannot record to '%s': not a file", d->path);
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ?
			       error_set(err, 0, "'%s' is being written by another recorder",
					 d->path) :
			       error_set(err, errno, "cannot lock '%s'", d->path);
	*created = !status.st_size;
	return 0;
}

static int read_pragma(struct recorder_db *d, const char *query, int64_t *out, struct error *err)
{
	sqlite3_stmt *s = NULL;
	int found = sqlite.prepare_v2(d->db, query, -1, &s, NULL) == SQLITE_OK &&
		    sqlite.step(s) == SQLITE_ROW;

	if (found)
		*out = sqlite.column_int64(s, 0);
	else
		recorder_db_wrong(d, err);
	sqlite.finalize(s);
	return found ? 0 : -1;
}

/* Is it a recording, of a version that this program can write? */
static int check_version(struct recorder_db *d, struct error *err)
{
	int64_t application;
	int64_t version;

	if (read_pragma(d, "PRAGMA application_id", &application, err) ||
	    read_pragma(d, "PRAGMA user_version", &version, err))
		return -1;
	if (application != RECORDING_APPLICATION)
		return error_set(err, 0, "'%s' is not a recording, but another SQLite file",
				 d->path);
	if (version != RECORDING_VERSION)
		return error_set(err, 0, "'%s' is a recording of version %d, this program "
				 "writes version %d", d->path, (int)version, RECORDING_VERSION);
	return 0;
}

/* A process that was killed on the way here leaves an empty file, which is a new one. */
static int create_tables(struct recorder_db *d, struct error *err)
{
	char numbers[96];

	sqlite.snprintf(sizeof(numbers), numbers,
			"PRAGMA application_id = %d; PRAGMA user_version = %d;",
			RECORDING_APPLICATION, RECORDING_VERSION);
	return recorder_db_script(d, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
				  "BEGIN IMMEDIATE;", err) ||
			       recorder_db_script(d, recording_schema, err) ||
			       recorder_db_script(d, numbers, err) ||
			       recorder_db_script(d, "COMMIT", err) ?
		       -1 :
		       0;
}

/* No table at all: the first process to come here did not get as far as to make them. */
static int is_empty(struct recorder_db *d, bool *empty, struct error *err)
{
	int64_t objects;
	int64_t application;

	if (read_pragma(d, "SELECT count(*) FROM sqlite_schema", &objects, err) ||
	    read_pragma(d, "PRAGMA application_id", &application, err))
		return -1;
	*empty = !objects && !application;
	return 0;
}

int recorder_db_open(struct recorder_db *d, const char *path, bool *created, struct error *err)
{
	*d = (struct recorder_db){ .path = strdup(path), .lock_fd = -1 };
	if (!d->path)
		return error_set(err, ENOMEM, "cannot record to '%s'", path);
	if (sqlite_load(err) || lock_file(d, created, err))
		return -1;
	if (sqlite.open_v2(path, &d->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return recorder_db_wrong(d, err);
	sqlite.busy_timeout(d->db, BUSY_MS);
	if (is_empty(d, created, err))
		return -1;
	if (*created ? create_tables(d, err) : check_version(d, err))
		return -1;
	return recorder_db_script(d, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
				  "PRAGMA cache_size = -8000;", err);
}

/* Without a database the library may not have been loaded. */
static void close_db(struct recorder_db *d)
{
	if (!d->db)
		return;
	for (size_t i = 0; i < RECORDER_STATEMENTS; i++)
		sqlite.finalize(d->statement[i]);
	sqlite.close(d->db);
}

void recorder_db_close(struct recorder_db *d)
{
	close_db(d);
	if (d->lock_fd >= 0)
		close(d->lock_fd);
	free(d->path);
	*d = (struct recorder_db){ .lock_fd = -1 };
}
