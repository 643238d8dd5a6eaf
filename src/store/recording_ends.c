/*
 * What came to an end in a recording, and the whole life of one socket: see recording.h.
 *
 * A stay of level N that ended after a moment began within 2^N ms before it, so the
 * ends in a stretch of time are found as the sockets of a moment are: see schema.h.
 */
#include "config.h"

#include "store/recording_db.h"

/* No stay of a level above this one ends before the clock does. */
#define LEVEL_MAX 44

static int64_t clamp(uint64_t time_ms)
{
	return time_ms > INT64_MAX ? INT64_MAX : (int64_t)time_ms;
}

static struct recorded_end end_of(const struct recording *r, sqlite3_stmt *s)
{
	int64_t family = sqlite.column_int64(s, 2);

	return (struct recorded_end){
		.id = recording_u64(s, 0),
		.proto = recording_proto(r, s, 1),
		.family = family == 4 ? ADDR_V4 : family == 6 ? ADDR_V6 : ADDR_NONE,
		.state = recording_state(r, s, 3),
		.closed = sqlite.column_int64(s, 4) != 0,
	};
}

int recording_ends(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_end *end), void *context,
		   struct error *err)
{
	bool ended = false;
	int rc = 0;

	if (recording_begin(r, err))
		return -1;
	for (int level = 0; level <= LEVEL_MAX && rc >= 0 && !ended; level++) {
		sqlite3_stmt *s = recording_ask(r, QUERY_ENDS, err);

		if (!s)
			return recording_end(r, -1);
		sqlite.bind_int(s, 1, level);
		sqlite.bind_int64(s, 2, clamp(since_ms) - ((int64_t)1 << level));
		sqlite.bind_int64(s, 3, clamp(since_ms));
		sqlite.bind_int64(s, 4, clamp(until_ms));
		while (!ended && (rc = recording_step(r, s, err)) > 0) {
			const struct recorded_end end = end_of(r, s);

			ended = end.proto != PROTO_COUNT && end.state != STATE_COUNT &&
				take(context, &end);
		}
	}
	return recording_end(r, rc < 0 ? -1 : 0);
}

int recording_life(struct recording *r, uint64_t id,
		   int (*take)(void *context, const struct recorded_stay *stay), void *context,
		   struct error *err)
{
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, QUERY_LIFE, err);
	if (s)
		sqlite.bind_int64(s, 1, clamp(id));
	while (s && (rc = recording_step(r, s, err)) > 0) {
		const struct recorded_stay stay = {
			.state = recording_state(r, s, 0),
			.since_ms = recording_u64(s, 1),
			.until_ms = recording_u64(s, 2),
		};

		if (stay.state != STATE_COUNT && take(context, &stay))
			break;
	}
	return recording_end(r, rc < 0 ? -1 : 0);
}

int recording_finding_before(struct recording *r, uint64_t time_ms, uint64_t *out,
			     struct error *err)
{
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, QUERY_FINDING_BEFORE, err);
	if (s) {
		sqlite.bind_int64(s, 1, clamp(time_ms));
		rc = recording_step(r, s, err);
	}
	/* the maximum of nothing is a row without a value */
	if (rc > 0 && sqlite.column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	if (rc > 0)
		*out = recording_u64(s, 0);
	return recording_end(r, rc);
}
