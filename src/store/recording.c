/*
 * Opening a recording: see recording.h.
 *
 * SQLite keeps files beside one that has a log, and makes them even to read it.  So a
 * file without a log is opened as one that nobody writes to, and opened again as soon
 * as a log appears: nothing is left behind, and read-only media are no obstacle.
 */
#include "config.h"

#include "store/recording_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "store/schema.h"

/* How long a writer that is just writing is waited for. */
#define BUSY_MS 3000

static const char *const queries[QUERY_COUNT] = {
	[QUERY_BEGIN] = "BEGIN",
	[QUERY_COMMIT] = "COMMIT",
	[QUERY_INFO] = "SELECT name, value FROM info",
	[QUERY_STATES] = "SELECT id, name FROM state",
	[QUERY_PROTOS] = "SELECT id, name FROM proto",
	[QUERY_SPAN] = "SELECT (SELECT min(time_ms) FROM poll), (SELECT max(time_ms) FROM poll),"
		       " (SELECT count(*) FROM poll)",
	[QUERY_POLL_BEFORE] = "SELECT time_ms, since_ms, sockets, opened, closed, short_lived,"
			      " kernel_opened, kernel_closed, unseen FROM poll"
			      " WHERE time_ms <= ?1 ORDER BY time_ms DESC LIMIT 1",
	[QUERY_POLL_AFTER] = "SELECT time_ms, since_ms, sockets, opened, closed, short_lived,"
			     " kernel_opened, kernel_closed, unseen FROM poll"
			     " WHERE time_ms >= ?1 ORDER BY time_ms LIMIT 1",
	/* of the index alone: when they ended tells a look at the dwells, in their order */
	[QUERY_STAYS] = "SELECT socket, since_ms, state FROM dwell INDEXED BY dwell_time"
			" WHERE level = ?1 AND since_ms > ?2 AND since_ms <= ?3",
	[QUERY_BACK] = "SELECT wanted.place, d.since_ms, d.state, d.until_ms, d.level"
		       " FROM wanted CROSS JOIN dwell AS d ON d.socket = wanted.socket"
		       "  AND d.since_ms <= wanted.since_ms",
	[QUERY_BACK_NEAR] = "SELECT wanted.place, d.since_ms, d.state, d.until_ms, d.level"
			    " FROM wanted CROSS JOIN dwell AS d ON d.socket = wanted.socket"
			    "  AND d.since_ms <= wanted.since_ms"
			    "  AND d.since_ms >= ifnull((SELECT max(since_ms) FROM dwell"
			    "   WHERE socket = wanted.socket AND since_ms < wanted.since_ms),"
			    "   wanted.since_ms)",
	[QUERY_SOCKETS] =
		"SELECT wanted.place, s.proto, s.family, s.local_address, s.local_port,"
		" s.peer_address, s.peer_port, s.interface, s.cookie, s.inode, s.uid, s.netns,"
		" s.cgroup, s.owner_reason, s.opened_ms, s.opened_before, s.closed_ms,"
		" s.recv_queue, s.send_queue, holder.process, holder.fd"
		" FROM wanted CROSS JOIN socket AS s ON s.id = wanted.socket"
		" LEFT JOIN holder ON holder.socket = s.id",
	[QUERY_PROCESS] = "SELECT pid, start_time, command, command_line, uid FROM process"
			  " WHERE id = ?1",
	[QUERY_CGROUP] = "SELECT cgroup, path, unit, container FROM cgroup WHERE id = ?1",
	[QUERY_NETNS] = "SELECT inode, name FROM netns WHERE id = ?1",
	[QUERY_POLLS] = "SELECT time_ms FROM poll WHERE time_ms > ?1 AND time_ms <= ?2"
			" ORDER BY time_ms",
	[QUERY_COUNTS] = "SELECT time_ms, proto, state, family, sockets FROM count"
			 " WHERE time_ms > ?1 AND time_ms <= ?2 ORDER BY time_ms",
	[QUERY_FINDINGS] = "SELECT name, subject, severity, evidence, owner, since_ms, until_ms,"
			   " sockets FROM finding WHERE since_ms <= ?1"
			   "  AND (until_ms IS NULL OR until_ms > ?1)"
			   " ORDER BY severity = 'critical' DESC, since_ms, id",
	[QUERY_NEXT_FINDING] = "SELECT min(since_ms) FROM finding WHERE since_ms > ?1",
	[QUERY_FINDING_BEFORE] = "SELECT max(since_ms) FROM finding WHERE since_ms < ?1",
	[QUERY_ENDS] = "SELECT wanted.socket, s.proto, s.family, d.state,"
		       " s.closed_ms = d.until_ms"
		       " FROM wanted CROSS JOIN dwell AS d ON d.socket = wanted.socket"
		       "  AND d.since_ms = wanted.since_ms AND d.state = wanted.state"
		       "  AND d.until_ms > ?1 AND d.until_ms <= ?2"
		       " CROSS JOIN socket AS s ON s.id = wanted.socket",
	[QUERY_LIFE] = "SELECT state, since_ms, until_ms FROM dwell WHERE socket = ?1"
		       " ORDER BY since_ms, level, state",
	[QUERY_GAPS] = "SELECT since_ms, until_ms, reason, events FROM gap"
		       " WHERE since_ms <= ?2 AND (until_ms IS NULL OR until_ms >= ?1)"
		       " ORDER BY since_ms, until_ms, reason",
};

int recording_wrong(const struct recording *r, struct error *err)
{
	int code = r->db ? sqlite.errcode(r->db) : SQLITE_NOMEM;

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return error_set(err, ENOMEM, "cannot read '%s'", r->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, 0, "cannot read '%s': another program keeps it locked",
				 r->path);
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return error_set(err, sqlite.system_errno(r->db), "cannot read '%s'", r->path);
	default:
		return error_set(err, 0, "'%s' is damaged: %s", r->path, sqlite.errmsg(r->db));
	}
}

sqlite3_stmt *recording_ask(struct recording *r, enum recording_query query, struct error *err)
{
	sqlite3_stmt **s = &r->statements[query];

	if (!*s && sqlite.prepare_v3(r->db, queries[query], -1, SQLITE_PREPARE_PERSISTENT, s,
				     NULL) != SQLITE_OK) {
		recording_wrong(r, err);
		return NULL;
	}
	sqlite.reset(*s);
	return *s;
}

int recording_step(struct recording *r, sqlite3_stmt *s, struct error *err)
{
	int rc = sqlite.step(s);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		recording_wrong(r, err);
	sqlite.reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

const char *recording_text(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite.column_text(s, column);
}

const char *recording_keep_text(struct arena *texts, sqlite3_stmt *s, int column)
{
	const char *text = recording_text(s, column);

	return text ? arena_strndup(texts, text, strlen(text)) : NULL;
}

uint64_t recording_u64(sqlite3_stmt *s, int column)
{
	int64_t n = sqlite.column_int64(s, column);

	return n > 0 ? (uint64_t)n : 0;
}

enum state recording_state_of(const struct recording *r, int64_t number)
{
	return number >= 0 && number < NUMBERS_MAX ? (enum state)r->states[number] : STATE_COUNT;
}

enum state recording_state(const struct recording *r, sqlite3_stmt *s, int column)
{
	return recording_state_of(r, sqlite.column_int64(s, column));
}

enum proto recording_proto(const struct recording *r, sqlite3_stmt *s, int column)
{
	int64_t n = sqlite.column_int64(s, column);

	return n >= 0 && n < NUMBERS_MAX ? (enum proto)r->protos[n] : PROTO_COUNT;
}

/* Whether the first bytes are those of a recording; what is wrong else. */
static int look_at_file(const char *path, struct error *err)
{
	char first[RECORDING_FIRST_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return error_set(err, errno, "cannot open '%s'", path);
	got = fstat(fd, &st) ? -1 : read(fd, first, sizeof(first));
	if (got < 0) {
		error_set(err, errno, "cannot read '%s'", path);
		close(fd);
		return -1;
	}
	close(fd);
	if (!S_ISREG(st.st_mode))
		return error_set(err, 0, "'%s' is no file: no recording can be read from it",
				 path);
	if (!got)
		return error_set(err, 0, "'%s' is empty", path);
	if (!recording_is(first, (size_t)got))
		return error_set(err, 0, "'%s' is not a recording", path);
	return 0;
}

/* Is there something beside the file called @path and @suffix? */
static bool has_beside(const char *path, const char *suffix)
{
	char *name;
	bool there;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return true;
	there = !access(name, F_OK);
	free(name);
	return there;
}

static bool has_log(const struct recording *r)
{
	return has_beside(r->path, "-wal") || has_beside(r->path, "-journal");
}

/* The path as an URI: what would mean something in one is escaped. */
static void put_uri(struct buffer *out, const char *path, bool immutable)
{
	/* a third slash would begin the name of a host */
	buffer_puts(out, *path == '/' ? "file://" : "file:./");
	for (; *path; path++) {
		if (*path == '%' || *path == '?' || *path == '#')
			buffer_printf(out, "%%%02x", (unsigned int)*path);
		else
			buffer_putc(out, *path);
	}
	buffer_puts(out, immutable ? "?immutable=1" : "?mode=ro");
	buffer_putc(out, '\0');
}

/* Without a database the library may not have been loaded. */
static void close_db(struct recording *r)
{
	if (!r->db)
		return;
	for (size_t i = 0; i < QUERY_COUNT; i++) {
		sqlite.finalize(r->statements[i]);
		r->statements[i] = NULL;
	}
	sqlite.close(r->db);
	r->db = NULL;
}

static int open_db(struct recording *r, bool immutable, struct error *err)
{
	struct buffer uri;
	int rc = SQLITE_NOMEM;

	if (sqlite_load(err))
		return -1;
	close_db(r);
	r->immutable = immutable;
	buffer_init(&uri, -1);
	put_uri(&uri, r->path, immutable);
	if (!uri.error)
		rc = sqlite.open_v2(uri.data, &r->db,
				    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
					     SQLITE_OPEN_NOMUTEX,
				    NULL);
	buffer_fini(&uri);
	if (rc == SQLITE_OK)
		rc = recording_add_wanted(r);
	if (rc != SQLITE_OK)
		return recording_wrong(r, err);
	sqlite.busy_timeout(r->db, BUSY_MS);
	sqlite.db_config(r->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite.exec(r->db, "PRAGMA cell_size_check = ON; PRAGMA cache_size = -4096;", NULL,
		    NULL, NULL);
	return 0;
}

/* One number that a PRAGMA gives.  0, or -1 with @err set. */
static int read_pragma(struct recording *r, const char *pragma, int64_t *out, struct error *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite.prepare_v2(r->db, pragma, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite.step(s);
	*out = rc == SQLITE_ROW ? sqlite.column_int64(s, 0) : 0;
	if (rc != SQLITE_ROW)
		recording_wrong(r, err);
	sqlite.finalize(s);
	return rc == SQLITE_ROW ? 0 : -1;
}

static int check_version(struct recording *r, struct error *err)
{
	int64_t application;
	int64_t version;

	if (read_pragma(r, "PRAGMA application_id", &application, err) ||
	    read_pragma(r, "PRAGMA user_version", &version, err))
		return -1;
	if (application != RECORDING_APPLICATION)
		return error_set(err, 0, "'%s' is not a recording, but another SQLite file",
				 r->path);
	if (version > RECORDING_VERSION)
		return error_set(err, 0, "'%s' was recorded by a newer program: its version is "
				 "%lld, and this program reads up to %d", r->path,
				 (long long)version, RECORDING_VERSION);
	if (version < 1)
		return error_set(err, 0, "'%s' is a recording without a version", r->path);
	return 0;
}

/* Where the log can't be opened (read-only media), the file is read without it. */
static int open_checked(struct recording *r, struct error *err)
{
	if (open_db(r, !has_log(r), err))
		return -1;
	if (!check_version(r, err))
		return 0;
	if (r->immutable || (sqlite.errcode(r->db) & 0xff) != SQLITE_CANTOPEN)
		return -1;
	r->cannot_log = true;
	return open_db(r, true, err) || check_version(r, err) ? -1 : 0;
}

static int read_numbers(struct recording *r, struct error *err)
{
	sqlite3_stmt *s = recording_ask(r, QUERY_STATES, err);
	int rc = -1;

	for (size_t i = 0; i < NUMBERS_MAX; i++) {
		r->states[i] = STATE_COUNT;
		r->protos[i] = PROTO_COUNT;
	}
	while (s && (rc = recording_step(r, s, err)) > 0) {
		int64_t n = sqlite.column_int64(s, 0);
		const char *name = recording_text(s, 1);

		for (size_t i = 0; name && n >= 0 && n < NUMBERS_MAX && i < STATE_COUNT; i++)
			if (!strcmp(state_info((enum state)i)->name, name))
				r->states[n] = (uint16_t)i;
	}
	s = rc ? NULL : recording_ask(r, QUERY_PROTOS, err);
	rc = -1;
	while (s && (rc = recording_step(r, s, err)) > 0) {
		int64_t n = sqlite.column_int64(s, 0);
		const char *name = recording_text(s, 1);

		if (name && n >= 0 && n < NUMBERS_MAX)
			r->protos[n] = (uint16_t)proto_find(name, strlen(name));
	}
	return rc;
}

static int read_info(struct recording *r, struct error *err)
{
	const struct {
		const char *name;
		const char **text;
	} texts[] = {
		{ "host", &r->info.host },
		{ "kernel", &r->info.kernel },
		{ "program", &r->info.program },
		{ "filter", &r->info.filter },
	};
	sqlite3_stmt *s = recording_ask(r, QUERY_INFO, err);
	int rc = -1;

	while (s && (rc = recording_step(r, s, err)) > 0) {
		const char *name = recording_text(s, 0);
		const char *text = recording_text(s, 1);

		if (!name || !text)
			continue;
		if (!strcmp(name, "interval_ms"))
			r->info.interval_ms = (uint32_t)sqlite.column_int64(s, 1);
		if (!strcmp(name, "protos"))
			r->info.protos = schema_protos(text);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			if (!strcmp(name, texts[i].name))
				*texts[i].text = arena_strndup(&r->texts, text, strlen(text));
	}
	s = rc ? NULL : recording_ask(r, QUERY_SPAN, err);
	if (!s || recording_step(r, s, err) < 0)
		return -1;
	r->info.first_ms = recording_u64(s, 0);
	r->info.last_ms = recording_u64(s, 1);
	r->info.polls = recording_u64(s, 2);
	sqlite.reset(s);
	return 0;
}

struct recording *recording_open(const char *path, struct error *err)
{
	struct recording *r;

	if (look_at_file(path, err))
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r)
		r->path = strdup(path);
	if (!r || !r->path)
		error_set(err, ENOMEM, "cannot read '%s'", path);
	else if (!open_checked(r, err) && !recording_begin(r, err) &&
		 !recording_end(r, read_numbers(r, err) || read_info(r, err) ? -1 : 0))
		return r;
	recording_close(r);
	return NULL;
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	close_db(r);
	arena_fini(&r->texts);
	free(r->path);
	free(r);
}

const struct recording_info *recording_info(const struct recording *r)
{
	return &r->info;
}

int recording_begin(struct recording *r, struct error *err)
{
	sqlite3_stmt *s;

	if (r->depth++)
		return 0;
	if (r->immutable && !r->cannot_log && has_log(r) && open_db(r, false, err)) {
		r->depth--;
		return -1;
	}
	s = recording_ask(r, QUERY_BEGIN, err);
	if (s && !recording_step(r, s, err))
		return 0;
	r->depth--;
	return -1;
}

int recording_end(struct recording *r, int status)
{
	sqlite3_stmt *s;

	if (--r->depth)
		return status;
	/* a statement that is in the middle of its rows would hold on to their moment */
	for (size_t i = 0; i < QUERY_COUNT; i++)
		sqlite.reset(r->statements[i]);
	s = recording_ask(r, QUERY_COMMIT, NULL);
	if (s)
		recording_step(r, s, NULL);
	return status;
}
