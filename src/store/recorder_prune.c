/*
 * Keeping a recording within its limits: what ended before a floor is deleted, a slice
 * at every poll.
 *
 * Dwells are found by level: those of level N that began 2^N ms before the floor have
 * certainly ended before it, one range of the index without a look at the rows.  So a
 * dwell stays up to twice as much longer as it lasted.  A socket goes with its last
 * dwell, its holders with it, processes with their last socket.
 *
 * Rows of one time lie together in all the tables, so whole pages become free, and
 * what is written next goes there: the file stays as large as it is, without moving
 * anything.  Only one above its limit (since that was lowered) is made smaller.
 */
#include "config.h"

#include "store/recorder_state.h"
#include "store/schema.h"

#define PAGE_BYTES 4096

/* Of the limit, for the write-ahead log: a share, within bounds. */
#define LOG_SHARE 8
#define LOG_BYTES_MAX (UINT64_C(16) << 20)
#define LOG_PAGES_MIN 32

/* Room is made when so many percent are used, by so large a part of the time recorded. */
#define FULL_PERCENT 85
#define STEP_SHARE 64
#define OVERSIZE_SHARE 8

/* At least so many rows are deleted in a slice if there are any, and more than are written. */
#define SLICE_ROWS 2000
#define SLICE_FACTOR 3
#define SQUEEZE_ROWS 50000

struct slice {
	struct recorder *r;
	uint64_t floor_ms;
	uint64_t rows; /* that may be deleted still */
};

static int delete_dwell(struct slice *p, const struct cell *dwell, struct error *err)
{
	uint64_t other;
	int rest;

	if (recorder_db_run(&p->r->db, DWELL_DELETE, dwell, err))
		return -1;
	rest = recorder_db_ask(&p->r->db, DWELL_ANY, dwell, &other, err);
	if (rest)
		return rest < 0 ? -1 : 0;
	return rows_delete_holders(p->r, dwell->value, err) ||
	       recorder_db_run(&p->r->db, SOCKET_DELETE, dwell, err);
}

#define BATCH 256

/* A batch of a level is read before it is deleted: the walk must not see its own steps. */
static int delete_batch(struct slice *p, uint64_t level, size_t *count, struct error *err)
{
	struct cell found[BATCH][3];
	const struct cell which[] = {
		cell_int(level),
		cell_int(p->floor_ms - (UINT64_C(1) << level)),
		cell_int(p->rows < BATCH ? p->rows : BATCH),
	};
	sqlite3_stmt *s = recorder_db_rows(&p->r->db, OLD_DWELLS, which);
	int more;

	*count = 0;
	while ((more = recorder_db_step(&p->r->db, s, err)) > 0 && *count < BATCH) {
		for (int i = 0; i < 3; i++)
			found[*count][i] = cell_int((uint64_t)sqlite.column_int64(s, i));
		++*count;
	}
	if (more < 0)
		return -1;
	for (size_t i = 0; i < *count; i++)
		if (delete_dwell(p, found[i], err))
			return -1;
	p->rows -= *count;
	return 0;
}

static int delete_dwells(struct slice *p, struct error *err)
{
	for (uint64_t level = 0; level < LEVEL_OPEN && p->rows; level++) {
		size_t count;

		if (UINT64_C(1) << level > p->floor_ms)
			break;
		do {
			if (delete_batch(p, level, &count, err))
				return -1;
		} while (p->rows && count == BATCH);
	}
	return 0;
}

static int delete_polls(struct slice *p, struct error *err)
{
	struct cell found[BATCH];
	const struct cell which[] = { cell_int(p->floor_ms),
				      cell_int(p->rows < BATCH ? p->rows : BATCH) };
	sqlite3_stmt *s = recorder_db_rows(&p->r->db, OLD_POLLS, which);
	size_t count = 0;
	int more;

	while ((more = recorder_db_step(&p->r->db, s, err)) > 0 && count < BATCH)
		found[count++] = cell_int((uint64_t)sqlite.column_int64(s, 0));
	if (more < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (recorder_db_run(&p->r->db, COUNTS_DELETE, &found[i], err) ||
		    recorder_db_run(&p->r->db, POLL_DELETE, &found[i], err))
			return -1;
	p->rows -= count;
	return 0;
}

static int delete_old(struct slice *p, struct error *err)
{
	const struct cell which[] = { cell_int(p->floor_ms), cell_int(BATCH) };

	/* dwells last, so that a slice is never spent before polls had their turn */
	return delete_polls(p, err) || recorder_db_run(&p->r->db, GAPS_DELETE, which, err) ||
			       recorder_db_run(&p->r->db, FINDINGS_DELETE, which, err) ||
			       delete_dwells(p, err) ?
		       -1 :
		       0;
}

/* Raise the floor by a step when the file is nearly full and all below it is gone. */
static int raise_floor(struct recorder *r, struct error *err)
{
	uint64_t first;
	uint64_t used;

	if (!r->pages_max || recorder_db_ask(&r->db, PAGES_USED, NULL, &used, err) < 0)
		return r->pages_max ? -1 : 0;
	if (used * 100 < r->pages_max * FULL_PERCENT)
		return 0;
	if (recorder_db_ask(&r->db, FIRST_POLL, NULL, &first, err) <= 0)
		return 0;
	if (r->floor_ms < first)
		r->floor_ms = first;
	if (r->floor_reached && r->now_ms > r->floor_ms)
		r->floor_ms += (r->now_ms - r->floor_ms) /
				       (used > r->pages_max ? OVERSIZE_SHARE : STEP_SHARE) + 1;
	return 0;
}

static uint64_t floor_of(const struct recorder *r)
{
	uint64_t by_age = r->keep_ms && r->now_ms > r->keep_ms ? r->now_ms - r->keep_ms : 0;

	return by_age > r->floor_ms ? by_age : r->floor_ms;
}

int prune_slice(struct recorder *r, struct error *err)
{
	struct slice p = { .r = r, .rows = SLICE_ROWS + r->rows * SLICE_FACTOR };

	if (r->squeeze)
		p.rows = SQUEEZE_ROWS;
	if (raise_floor(r, err))
		return -1;
	p.floor_ms = floor_of(r);
	if (!p.floor_ms)
		return 0;
	if (delete_old(&p, err))
		return -1;
	r->floor_reached = p.rows > 0;
	return 0;
}

/* A file that is larger yet (the limit was lowered) must be able to be written to. */
static void set_most_pages(struct recorder *r)
{
	uint64_t pages;
	char text[64];

	if (recorder_db_ask(&r->db, PAGES_ALL, NULL, &pages, NULL) <= 0)
		return;
	r->oversize = pages > r->pages_max;
	if (r->oversize)
		return;
	sqlite.snprintf(sizeof(text), text, "PRAGMA max_page_count = %lld",
			(long long)r->pages_max);
	recorder_db_script(&r->db, text, NULL);
}

void prune_set_limit(struct recorder *r)
{
	uint64_t log = LOG_BYTES_MAX;
	uint64_t log_pages;
	char text[128];

	if (r->max_bytes && log > r->max_bytes / LOG_SHARE)
		log = r->max_bytes / LOG_SHARE;
	/* a log is written back when it has reached a quarter of what it may take */
	log_pages = log / 4 / PAGE_BYTES;
	if (log_pages < LOG_PAGES_MIN)
		log_pages = LOG_PAGES_MIN;
	sqlite.snprintf(sizeof(text), text,
			"PRAGMA journal_size_limit = %lld; PRAGMA wal_autocheckpoint = %lld;",
			(long long)log, (long long)log_pages);
	recorder_db_script(&r->db, text, NULL);
	if (!r->max_bytes)
		return;
	r->pages_max = (r->max_bytes - log) / PAGE_BYTES;
	set_most_pages(r);
}

void prune_shrink(struct recorder *r)
{
	if (!r->oversize)
		return;
	recorder_db_script(&r->db, "PRAGMA incremental_vacuum(2000)", NULL);
	set_most_pages(r);
}
