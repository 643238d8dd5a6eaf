/*
 * The file of a recorder: opened, locked against other recorders, and every statement
 * that is run on it.
 */
#ifndef STORE_RECORDER_DB_H
#define STORE_RECORDER_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/sqlite.h"

#include "base/error.h"

enum recorder_statement {
	RUN_BEGIN,
	RUN_COMMIT,
	RUN_ROLLBACK,
	INFO_SET,
	INFO_GET,
	STATE_ADD,
	STATE_ID,
	PROTO_ADD,
	PROTO_ID,
	LEVEL_ADD,
	LAST_POLL,
	OPEN_DWELLS,
	POLL_ADD,
	COUNT_ADD,
	GAP_ADD,
	NETNS_ID,
	NETNS_ADD,
	CGROUP_ID,
	CGROUP_ADD,
	CGROUP_FORGET,
	PROCESS_ID,
	PROCESS_ADD,
	SOCKET_ADD,
	SOCKET_CLOSE,
	SOCKET_REASON,
	HOLDER_ADD,
	HOLDER_IS,
	DWELL_ADD,
	DWELL_END,
	FINDING_OPEN,
	FINDING_ADD,
	FINDING_UPDATE,
	FINDINGS_OPEN,
	FINDING_END,
	PAGES_USED,
	PAGES_ALL,
	FIRST_POLL,
	OLD_DWELLS,
	DWELL_DELETE,
	DWELL_ANY,
	SOCKET_DELETE,
	HOLDERS_OF,
	HOLDERS_DELETE,
	PROCESS_DELETE,
	OLD_POLLS,
	POLL_DELETE,
	COUNTS_DELETE,
	GAPS_DELETE,
	FINDINGS_DELETE,
	RECORDER_STATEMENTS
};

struct recorder_db {
	sqlite3 *db;
	sqlite3_stmt *statement[RECORDER_STATEMENTS];
	char *path; /* owned */
	int lock_fd;
};

/* A value on its way into a row: a number, a text, or nothing. */
struct cell {
	bool number;
	uint64_t value;
	const char *text; /* NULL: NULL */
	size_t len;
};

static inline struct cell cell_int(uint64_t value)
{
	return (struct cell){ .number = true, .value = value };
}

/* NULL unless @known. */
static inline struct cell cell_known(bool known, uint64_t value)
{
	return (struct cell){ .number = known, .value = value };
}

struct cell cell_text(const char *text); /* NULL is NULL */

/*
 * Open or create the file, and keep every other recorder away from it.  @created says
 * whether it is new.  0, or -1 with @err set; recorder_db_close() is due either way.
 */
int recorder_db_open(struct recorder_db *d, const char *path, bool *created, struct error *err);
void recorder_db_close(struct recorder_db *d);

/* Run statements without parameters and results, as a text. */
int recorder_db_script(struct recorder_db *d, const char *sql, struct error *err);

/*
 * Run a statement with as many @cells as it has parameters (NULL: none): texts are
 * made harmless.  0, or -1 with @err set.
 */
int recorder_db_run(struct recorder_db *d, enum recorder_statement which,
		    const struct cell *cells, struct error *err);

/* The first column of the first row: 1, 0 when there is none or it is NULL, -1 with @err set. */
int recorder_db_ask(struct recorder_db *d, enum recorder_statement which,
		    const struct cell *cells, uint64_t *out, struct error *err);

/* To step through: recorder_db_step() until it returns 0 or -1, else recorder_db_done(). */
sqlite3_stmt *recorder_db_rows(struct recorder_db *d, enum recorder_statement which,
			       const struct cell *cells);
int recorder_db_step(struct recorder_db *d, sqlite3_stmt *s, struct error *err);
void recorder_db_done(sqlite3_stmt *s);

uint64_t recorder_db_last_id(const struct recorder_db *d);

/* What SQLite says is wrong.  Returns -1. */
int recorder_db_wrong(const struct recorder_db *d, struct error *err);

#endif
