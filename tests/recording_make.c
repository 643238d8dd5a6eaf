/*
 * Makes a recording of the SQL on standard input, for tests: the tables are the program's
 * own, and level_of(MS) is there as a function.
 *
 *   recording_make FILE <SQL
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/schema.h"

static void sql_level_of(sqlite3_context *context, int count, sqlite3_value **values)
{
	int level = LEVEL_OPEN;

	if (count == 1 && sqlite3_value_type(values[0]) != SQLITE_NULL)
		level = level_of((uint64_t)sqlite3_value_int64(values[0]));
	sqlite3_result_int(context, level);
}

static int run(sqlite3 *db, const char *sql)
{
	char *wrong = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &wrong) == SQLITE_OK)
		return 0;
	fprintf(stderr, "recording_make: %s\n", wrong);
	sqlite3_free(wrong);
	return -1;
}

static int make(sqlite3 *db, const char *sql)
{
	char pragmas[128];

	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 RECORDING_APPLICATION, RECORDING_VERSION);
	sqlite3_create_function(db, "level_of", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
				sql_level_of, NULL, NULL);
	return run(db, "PRAGMA synchronous = OFF; BEGIN") || run(db, pragmas) ||
	       run(db, recording_schema) || run(db, sql) || run(db, "COMMIT");
}

int main(int argc, char **argv)
{
	static char sql[1 << 18];
	size_t len = fread(sql, 1, sizeof(sql) - 1, stdin);
	sqlite3 *db;
	int failed;

	if (argc != 2 || len == sizeof(sql) - 1) {
		fputs("usage: recording_make FILE <SQL\n", stderr);
		return 2;
	}
	sql[len] = '\0';
	unlink(argv[1]);
	failed = sqlite3_open(argv[1], &db) != SQLITE_OK || make(db, sql);
	sqlite3_close(db);
	return failed;
}
