/* The table of stays that are wanted, for statements to join with: see recording_db.h. */
#include "config.h"

#include "store/recording_db.h"

enum { COLUMN_PLACE, COLUMN_SOCKET, COLUMN_SINCE, COLUMN_STATE };

struct wanted_table {
	sqlite3_vtab base;
	const struct recording *recording;
};

struct wanted_cursor {
	sqlite3_vtab_cursor base;
	const struct recording *recording;
	size_t place;
};

static const struct wanted_cursor *cursor_of(const sqlite3_vtab_cursor *base)
{
	return (const struct wanted_cursor *)base;
}

static int connect_table(sqlite3 *db, void *context, int argc, const char *const *argv,
			 sqlite3_vtab **out, char **wrong)
{
	int rc = sqlite.declare_vtab(db, "CREATE TABLE wanted (place INTEGER, socket INTEGER,"
					  " since_ms INTEGER, state INTEGER)");
	struct wanted_table *table;

	(void)argc, (void)argv, (void)wrong;
	if (rc != SQLITE_OK)
		return rc;
	table = sqlite.malloc(sizeof(*table));
	if (!table)
		return SQLITE_NOMEM;
	*table = (struct wanted_table){ .recording = context };
	*out = &table->base;
	return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base)
{
	sqlite.free(base);
	return SQLITE_OK;
}

/* All of it is read, always in order. */
static int choose_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	(void)base;
	info->estimatedRows = 10000;
	info->estimatedCost = 10000;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
	struct wanted_cursor *cursor = sqlite.malloc(sizeof(*cursor));

	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct wanted_cursor){
		.recording = ((const struct wanted_table *)base)->recording,
	};
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
	sqlite.free(base);
	return SQLITE_OK;
}

static int rewind_cursor(sqlite3_vtab_cursor *base, int index, const char *index_name, int count,
			 sqlite3_value **values)
{
	(void)index, (void)index_name, (void)count, (void)values;
	((struct wanted_cursor *)base)->place = 0;
	return SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *base)
{
	((struct wanted_cursor *)base)->place++;
	return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
	const struct wanted_cursor *cursor = cursor_of(base);

	return cursor->place >= cursor->recording->wanted_count;
}

static int read_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
	const struct wanted_cursor *cursor = cursor_of(base);
	const struct stay *stay = &cursor->recording->wanted[cursor->place];
	const int64_t values[] = {
		[COLUMN_PLACE] = (int64_t)cursor->place,
		[COLUMN_SOCKET] = stay->socket,
		[COLUMN_SINCE] = stay->since_ms,
		[COLUMN_STATE] = stay->number,
	};

	sqlite.result_int64(out, values[column]);
	return SQLITE_OK;
}

static int read_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)cursor_of(base)->place;
	return SQLITE_OK;
}

int recording_add_wanted(struct recording *r)
{
	static const sqlite3_module module = {
		.xConnect = connect_table,
		.xDisconnect = disconnect_table,
		.xBestIndex = choose_index,
		.xOpen = open_cursor,
		.xClose = close_cursor,
		.xFilter = rewind_cursor,
		.xNext = next_row,
		.xEof = at_end,
		.xColumn = read_column,
		.xRowid = read_rowid,
	};

	return sqlite.create_module(r->db, "wanted", &module, r);
}
