/*
 * A recording from inside, for recording*.c only: the database, its statements and the
 * numbers that it has for states and protocols.
 */
#ifndef STORE_RECORDING_DB_H
#define STORE_RECORDING_DB_H

#include "store/sqlite.h"

#include "base/arena.h"
#include "store/recording.h"
#include "store/schema.h"

/* Numbers of states and protocols in a recording are below this. */
#define NUMBERS_MAX 256

/* What is asked, in the order of the table in recording.c. */
enum recording_query {
	QUERY_BEGIN,
	QUERY_COMMIT,
	QUERY_INFO,
	QUERY_STATES,
	QUERY_PROTOS,
	QUERY_SPAN,
	QUERY_POLL_BEFORE,
	QUERY_POLL_AFTER,
	QUERY_STAYS,
	QUERY_BACK,
	QUERY_BACK_NEAR,
	QUERY_SOCKETS,
	QUERY_PROCESS,
	QUERY_CGROUP,
	QUERY_NETNS,
	QUERY_POLLS,
	QUERY_COUNTS,
	QUERY_FINDINGS,
	QUERY_NEXT_FINDING,
	QUERY_FINDING_BEFORE,
	QUERY_ENDS,
	QUERY_LIFE,
	QUERY_GAPS,
	QUERY_COUNT
};

/* A stay of a socket in a state. */
struct stay {
	int64_t socket;
	int64_t since_ms;
	int64_t until_ms; /* 0: it went on */
	int64_t number;	  /* of the state, in this file */
	int level;
	bool has_previous;
	int previous_level; /* of the one before, as these two */
	int64_t previous;
	int64_t previous_since_ms;
};

struct recording {
	char *path;
	sqlite3 *db;
	bool immutable;	 /* read as a file that nobody writes to: its log was not looked at */
	bool cannot_log; /* and its log can't be looked at */
	sqlite3_stmt *statements[QUERY_COUNT];
	uint16_t states[NUMBERS_MAX]; /* enum state of each number; STATE_COUNT: none */
	uint16_t protos[NUMBERS_MAX];
	struct recording_info info;
	struct arena texts; /* of info */
	unsigned int depth; /* of recording_begin() */
	const struct stay *wanted; /* the rows of the table wanted */
	size_t wanted_count;
};

/*
 * Make the table wanted (place, socket, since_ms, state): the stays that r->wanted says.
 * One statement joined with it does for thousands of sockets what would otherwise be
 * thousands of statements.  0, or a code of SQLite.
 */
int recording_add_wanted(struct recording *r);

/* Say in @err what went wrong last.  Returns -1. */
int recording_wrong(const struct recording *r, struct error *err);

/*
 * The statement, reset and without values; the same one at each call, or NULL with
 * @err set.
 */
sqlite3_stmt *recording_ask(struct recording *r, enum recording_query query, struct error *err);

/* The next row of @s: 1, 0 when there is none any more, -1 with @err set. */
int recording_step(struct recording *r, sqlite3_stmt *s, struct error *err);

/*
 * All that is read until recording_end() is of one moment of writing; one may be
 * within another.  0, or -1 with @err set: then no recording_end() is due.
 */
int recording_begin(struct recording *r, struct error *err);

/* Returns @status. */
int recording_end(struct recording *r, int status);

/* NULL where there is none. */
const char *recording_text(sqlite3_stmt *s, int column);

/* The same in @texts, where the next row does not overwrite it; NULL also without memory. */
const char *recording_keep_text(struct arena *texts, sqlite3_stmt *s, int column);

/* The number as it was written; 0 also for NULL and for what is negative. */
uint64_t recording_u64(sqlite3_stmt *s, int column);

/* A number of a state in the file, or STATE_COUNT. */
enum state recording_state_of(const struct recording *r, int64_t number);

/* The enum state or proto of a number in the file, or STATE_COUNT, PROTO_COUNT. */
enum state recording_state(const struct recording *r, sqlite3_stmt *s, int column);
enum proto recording_proto(const struct recording *r, sqlite3_stmt *s, int column);

#endif
