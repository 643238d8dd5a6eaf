/*
 * The sockets of a recording, at a moment and over time: see recording.h.
 *
 * Stays are found through their level, see schema.h, then their sockets are read.
 */
#include "config.h"

#include "store/recording_reader.h"

int recording_sockets(struct recording *r, uint64_t time_ms, recorded_sock_function *take,
		      void *context, struct error *err)
{
	struct reader reader = { .r = r, .take = take, .context = context };
	struct stays stays = { .count = 0 };
	struct recorded_poll next;
	int later;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	later = recording_poll_after(r, time_ms + 1, &next, err);
	reader.at_end = !later;
	if (later >= 0)
		rc = stays_at(r, clamp_time(time_ms), &stays, err);
	if (!rc)
		rc = reader_read(&reader, &stays, err);
	rc = recording_end(r, rc);
	stays_fini(&stays);
	reader_fini(&reader);
	return rc;
}

/* So many stays are read at a time: few at first, for one who wants no more. */
#define BATCH_FIRST 64
#define BATCH_MOST 4096

/* The stays of each level in order, of which the earliest is the next one of all. */
struct merge {
	sqlite3_stmt *statements[LEVEL_MAX + 2];
	struct stay heads[LEVEL_MAX + 2];
	size_t count; /* of levels that have more */
};

static const char stays_of_level[] =
	"SELECT socket, since_ms, state FROM dwell INDEXED BY dwell_time"
	" WHERE level = ?1 AND since_ms > ?2 AND since_ms <= ?3"
	" ORDER BY since_ms, socket, state";

/* Go on to the next stay of level number @i; one that has no more is left out. */
static int merge_step(struct merge *m, struct recording *r, size_t i, struct error *err)
{
	int rc = recording_step(r, m->statements[i], err);

	if (rc > 0) {
		m->heads[i].socket = sqlite.column_int64(m->statements[i], 0);
		m->heads[i].since_ms = sqlite.column_int64(m->statements[i], 1);
		m->heads[i].number = sqlite.column_int64(m->statements[i], 2);
		return 0;
	}
	sqlite.finalize(m->statements[i]);
	m->count--;
	m->statements[i] = m->statements[m->count];
	m->heads[i] = m->heads[m->count];
	return rc;
}

static int merge_add(struct merge *m, struct recording *r, int level, int64_t since_ms,
		     int64_t until_ms, struct error *err)
{
	sqlite3_stmt *s;

	if (sqlite.prepare_v2(r->db, stays_of_level, -1, &s, NULL) != SQLITE_OK)
		return recording_wrong(r, err);
	sqlite.bind_int(s, 1, level);
	sqlite.bind_int64(s, 2, since_ms);
	sqlite.bind_int64(s, 3, until_ms);
	m->statements[m->count] = s;
	m->heads[m->count] = (struct stay){ .level = level };
	m->count++;
	return merge_step(m, r, m->count - 1, err);
}

static int merge_begin(struct merge *m, struct recording *r, uint64_t since_ms,
		       uint64_t until_ms, struct error *err)
{
	for (int level = 0; level <= LEVEL_MAX; level++)
		if (merge_add(m, r, level, clamp_time(since_ms), clamp_time(until_ms), err))
			return -1;
	return merge_add(m, r, LEVEL_OPEN, clamp_time(since_ms), clamp_time(until_ms), err);
}

static void merge_end(struct merge *m)
{
	for (size_t i = 0; i < m->count; i++)
		sqlite.finalize(m->statements[i]);
}

/* Of stays that begin together in one socket the shorter one was the first. */
static bool is_before(const struct stay *a, const struct stay *b)
{
	if (a->since_ms != b->since_ms)
		return a->since_ms < b->since_ms;
	if (a->socket != b->socket)
		return a->socket < b->socket;
	return a->level < b->level;
}

static size_t merge_first(const struct merge *m)
{
	size_t first = 0;

	for (size_t i = 1; i < m->count; i++)
		if (is_before(&m->heads[i], &m->heads[first]))
			first = i;
	return first;
}

/* The next @most of all, or as many as there are. */
static int merge_take(struct merge *m, struct recording *r, size_t most, struct stays *out,
		      struct error *err)
{
	out->count = 0;
	while (m->count && out->count < most) {
		size_t first = merge_first(m);

		if (stays_add(out, &m->heads[first], err) || merge_step(m, r, first, err))
			return -1;
	}
	return 0;
}

static int read_merged(struct reader *reader, struct merge *m, struct stays *stays,
		       struct error *err)
{
	size_t most = BATCH_FIRST;

	while (m->count && !reader->ended) {
		if (merge_take(m, reader->r, most, stays, err) ||
		    stays_look_back(reader->r, stays, true, err) ||
		    reader_read(reader, stays, err))
			return -1;
		most = most < BATCH_MOST ? 2 * most : most;
	}
	return 0;
}

int recording_dwells(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     recorded_sock_function *take, void *context, struct error *err)
{
	struct reader reader = { .r = r, .take = take, .context = context };
	struct merge m = { .count = 0 };
	struct stays stays = { .count = 0 };
	int rc;

	if (recording_begin(r, err))
		return -1;
	rc = merge_begin(&m, r, since_ms, until_ms, err);
	if (!rc)
		rc = read_merged(&reader, &m, &stays, err);
	merge_end(&m);
	rc = recording_end(r, rc);
	stays_fini(&stays);
	reader_fini(&reader);
	return rc;
}
