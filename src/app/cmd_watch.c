/*
 * connstate watch: a line for each socket that opened, changed its state or closed,
 * as seen between two polls.
 *
 * A jump over several states is reported as the jump that it is.  What lives and
 * dies between two polls is not seen.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "app/commands.h"
#include "app/document.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/ticker.h"
#include "base/loop.h"
#include "model/tracker.h"

#define INTERVAL_MS 1000

static const struct field field_time = {
	.name = "time", .title = "TIME", .kind = VALUE_TEXT, .width = 23
};
static const struct field field_event = {
	.name = "event", .title = "EVENT", .kind = VALUE_TEXT, .width = 7
};
static const struct field field_proto = {
	.name = "proto", .title = "PROTO", .kind = VALUE_TEXT, .width = 5
};
static const struct field field_from = {
	.name = "from", .title = "FROM", .kind = VALUE_STATE, .width = 12
};
static const struct field field_to = {
	.name = "to", .title = "TO", .kind = VALUE_STATE, .width = 12
};
static const struct field field_after = {
	.name = "after", .title = "AFTER", .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS,
	.align = ALIGN_RIGHT, .width = 6
};
static const struct field field_local = {
	.name = "local", .title = "LOCAL", .kind = VALUE_ENDPOINT, .width = 21
};
static const struct field field_peer = {
	.name = "peer", .title = "PEER", .kind = VALUE_ENDPOINT, .width = 21
};
static const struct field field_process = {
	.name = "process", .title = "PROCESS", .kind = VALUE_TEXT
};

static const struct field *const fields[] = {
	&field_time, &field_event, &field_proto, &field_from,	 &field_to,
	&field_after, &field_local, &field_peer, &field_process,
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

struct watch {
	struct session *session;
	struct writer *writer;
	struct tracker *tracker;
	struct snapshot *now;
	struct snapshot *before;
	size_t fields; /* without the process, unless it was asked for */
	char time[40];
	uint64_t at_ns;
	uint64_t before_ns;
	bool first; /* the pass that all others are compared with */
	struct error *err;
};

/* Where a state changed and what it was. */
struct event {
	const char *name;
	const struct sock *sock;
	enum state from; /* STATE_COUNT: none */
	enum state to;
	uint64_t since_ns; /* of the state before; 0: unknown */
};

/* Local time with milliseconds and the offset from UTC: RFC 3339. */
static void stamp(char *out, size_t size)
{
	struct timespec now;
	struct tm tm;
	char zone[8];
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(out + len, size - len, ".%03ld%.3s:%s", now.tv_nsec / 1000000, zone, zone + 3);
}

static struct value state_value(enum state s)
{
	return s < STATE_COUNT ? value_state(s) : value_none();
}

static struct value end_value(const struct sock *sk, const char *name)
{
	const struct row row = { .sock = sk };

	return column_value(column_find(name, strlen(name)), &row);
}

/* Whether the filter keeps the socket as it is, or as it was before. */
static bool is_wanted(struct watch *w, const struct event *e, struct row *row)
{
	struct sock other = *e->sock;
	const struct row was = { .sock = &other };

	details_complete(w->session->details, row);
	if (session_keeps(w->session, row))
		return true;
	if (e->from >= STATE_COUNT)
		return false;
	other.state = (uint8_t)e->from;
	return session_keeps(w->session, &was);
}

static int report(struct watch *w, const struct event *e)
{
	struct row row = { .sock = e->sock };
	struct value cells[FIELD_COUNT];

	if (!is_wanted(w, e, &row))
		return 0;
	cells[0] = value_string(w->time);
	cells[1] = value_string(e->name);
	cells[2] = value_string(proto_info(e->sock->proto)->name);
	cells[3] = state_value(e->from);
	cells[4] = state_value(e->to);
	cells[5] = e->since_ns && e->since_ns <= w->at_ns ? value_count(w->at_ns - e->since_ns) :
							    value_none();
	cells[6] = end_value(e->sock, "local");
	cells[7] = end_value(e->sock, "peer");
	cells[8] = row.process ? value_string(row.process) : value_none_because(row.process_why);
	return writer_row(w->writer, cells, w->err);
}
