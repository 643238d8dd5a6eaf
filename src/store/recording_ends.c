/*
 * What came to an end in a recording, and the whole life of one socket: see recording.h.
 *
 * A stay of level N that ended after a moment began within 2^N ms before it, so the
 * ends in a stretch of time are found as the sockets of a moment are: see schema.h.
 */
#include "config.h"

#include "store/recording_stays.h"

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
	int64_t since = clamp_time(since_ms);
	int64_t until = clamp_time(until_ms);
	struct stays stays = { .count = 0 };
	sqlite3_stmt *s = NULL;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	if (!stays_between(r, since, until, &stays, err))
		s = recording_ask(r, QUERY_ENDS, err);
	if (s) {
		sqlite.bind_int64(s, 1, since);
		sqlite.bind_int64(s, 2, until);
	}
	while (s && (rc = recording_step(r, s, err)) > 0) {
		const struct recorded_end end = end_of(r, s);

		if (end.proto != PROTO_COUNT && end.state != STATE_COUNT && take(context, &end))
			break;
	}
	rc = recording_end(r, rc < 0 ? -1 : 0);
	stays_fini(&stays);
	return rc;
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
		sqlite.bind_int64(s, 1, clamp_time(id));
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
		sqlite.bind_int64(s, 1, clamp_time(time_ms));
		rc = recording_step(r, s, err);
	}
	/* the maximum of nothing is a row without a value */
	if (rc > 0 && sqlite.column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	if (rc > 0)
		*out = recording_u64(s, 0);
	return recording_end(r, rc);
}
