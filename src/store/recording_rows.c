/* Polls, counts, findings and gaps of a recording: see recording.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "store/recording_db.h"

static void bind(sqlite3_stmt *s, int place, uint64_t time_ms)
{
	sqlite.bind_int64(s, place, time_ms > INT64_MAX ? INT64_MAX : (int64_t)time_ms);
}

static int find_poll(struct recording *r, enum recording_query query, uint64_t time_ms,
		     struct recorded_poll *out, struct error *err)
{
	sqlite3_stmt *s;
	int rc;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, query, err);
	if (!s)
		return recording_end(r, -1);
	bind(s, 1, time_ms);
	rc = recording_step(r, s, err);
	if (rc > 0)
		*out = (struct recorded_poll){
			.time_ms = recording_u64(s, 0),
			.since_ms = recording_u64(s, 1),
			.sockets = recording_u64(s, 2),
			.opened = recording_u64(s, 3),
			.closed = recording_u64(s, 4),
			.short_lived = recording_u64(s, 5),
			.kernel_opened = recording_u64(s, 6),
			.kernel_closed = recording_u64(s, 7),
			.unseen = recording_u64(s, 8),
			.kernel_known = sqlite.column_type(s, 6) != SQLITE_NULL,
		};
	sqlite.reset(s);
	return recording_end(r, rc);
}

int recording_poll_before(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			  struct error *err)
{
	return find_poll(r, QUERY_POLL_BEFORE, time_ms, out, err);
}

int recording_poll_after(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			 struct error *err)
{
	return find_poll(r, QUERY_POLL_AFTER, time_ms, out, err);
}

/* One count of a poll, where its protocol and state are known. */
static void note_count(const struct recording *r, sqlite3_stmt *s, struct recorded_counts *counts)
{
	enum proto proto = recording_proto(r, s, 1);
	enum state state = recording_state(r, s, 2);
	uint32_t sockets = (uint32_t)recording_u64(s, 4);

	if (proto == PROTO_COUNT || state == STATE_COUNT)
		return;
	if (sqlite.column_int64(s, 3) == 6)
		counts->v6[proto][state] += sockets;
	else
		counts->v4[proto][state] += sockets;
}

/*
 * A poll without sockets has no counts: these come one by one from the first table,
 * the polls from the other, both in order of time.
 */
static int each_poll(struct recording *r, sqlite3_stmt *polls, sqlite3_stmt *s,
		     struct recorded_counts *counts,
		     int (*take)(void *context, const struct recorded_counts *counts),
		     void *context, struct error *err)
{
	int more = recording_step(r, s, err);
	int rc;

	while ((rc = recording_step(r, polls, err)) > 0 && more >= 0) {
		*counts = (struct recorded_counts){ .time_ms = recording_u64(polls, 0) };
		while (more > 0 && recording_u64(s, 0) <= counts->time_ms) {
			note_count(r, s, counts);
			more = recording_step(r, s, err);
		}
		if (more >= 0 && take(context, counts))
			break;
	}
	sqlite.reset(polls);
	sqlite.reset(s);
	return rc < 0 || more < 0 ? -1 : 0;
}

int recording_counts(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     int (*take)(void *context, const struct recorded_counts *counts),
		     void *context, struct error *err)
{
	struct recorded_counts *counts;
	sqlite3_stmt *polls;
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	polls = recording_ask(r, QUERY_POLLS, err);
	s = polls ? recording_ask(r, QUERY_COUNTS, err) : NULL;
	counts = malloc(sizeof(*counts));
	if (!counts)
		error_set(err, ENOMEM, "cannot read counts");
	if (s && counts) {
		bind(polls, 1, since_ms);
		bind(polls, 2, until_ms);
		bind(s, 1, since_ms);
		bind(s, 2, until_ms);
		rc = each_poll(r, polls, s, counts, take, context, err);
	}
	free(counts);
	return recording_end(r, rc);
}

int recording_findings(struct recording *r, uint64_t time_ms,
		       int (*take)(void *context, const struct recorded_finding *finding),
		       void *context, struct error *err)
{
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, QUERY_FINDINGS, err);
	if (s)
		bind(s, 1, time_ms);
	while (s && (rc = recording_step(r, s, err)) > 0) {
		const struct recorded_finding finding = {
			.name = recording_text(s, 0),
			.subject = recording_text(s, 1),
			.severity = recording_text(s, 2),
			.evidence = recording_text(s, 3),
			.owner = recording_text(s, 4),
			.since_ms = recording_u64(s, 5),
			.until_ms = recording_u64(s, 6),
			.sockets = recording_u64(s, 7),
		};

		if (finding.name && finding.subject && finding.severity && take(context, &finding))
			break;
	}
	if (s)
		sqlite.reset(s);
	return recording_end(r, rc < 0 ? -1 : 0);
}

int recording_next_finding(struct recording *r, uint64_t time_ms, uint64_t *out,
			   struct error *err)
{
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, QUERY_NEXT_FINDING, err);
	if (s) {
		bind(s, 1, time_ms);
		rc = recording_step(r, s, err);
	}
	/* the minimum of nothing is a row without a value */
	if (rc > 0 && sqlite.column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	if (rc > 0)
		*out = recording_u64(s, 0);
	if (s)
		sqlite.reset(s);
	return recording_end(r, rc);
}

int recording_gaps(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_gap *gap), void *context,
		   struct error *err)
{
	sqlite3_stmt *s;
	int rc = -1;

	if (recording_begin(r, err))
		return -1;
	s = recording_ask(r, QUERY_GAPS, err);
	if (s) {
		bind(s, 1, since_ms);
		bind(s, 2, until_ms);
	}
	while (s && (rc = recording_step(r, s, err)) > 0) {
		const struct recorded_gap gap = {
			.since_ms = recording_u64(s, 0),
			.until_ms = recording_u64(s, 1),
			.reason = recording_text(s, 2),
			.events = recording_u64(s, 3),
		};

		if (gap.reason && take(context, &gap))
			break;
	}
	if (s)
		sqlite.reset(s);
	return recording_end(r, rc < 0 ? -1 : 0);
}
