/*
 * connstate diff: what opened, closed and changed its state between two moments of a
 * recording.
 *
 * Both moments are read in the order of the sockets' numbers, so that they are compared
 * like two sorted lists.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/fields.h"
#include "app/kept.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/when.h"
#include "base/array.h"

#define NS_PER_MS UINT64_C(1000000)

static const struct field field_change = {
	.name = "change", .title = "CHANGE", .kind = VALUE_TEXT, .width = 11,
	.help = "What became of it: opened, changed, closed, or with --short-lived "
		"short-lived."
};
static const struct field field_from = {
	.name = "from", .title = "FROM", .kind = VALUE_STATE, .width = 12,
	.help = "State at the first moment; unknown of a socket that was not there."
};
static const struct field field_to = {
	.name = "to", .title = "TO", .kind = VALUE_STATE, .width = 12,
	.help = "State at the second moment; unknown of a socket that was not there."
};
static const struct field field_age = {
	.name = "age", .title = "AGE", .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS,
	.align = ALIGN_RIGHT, .width = 6,
	.help = "How long it had been seen, at the second moment or when it closed."
};
static const struct field field_process = {
	.name = "process", .title = "PROCESS", .kind = VALUE_TEXT,
	.help = "All processes that held the socket, as command[pid]."
};

static const struct field *const fields[] = {
	&field_change, &field_proto, &field_from, &field_to,
	&field_age,    &field_local, &field_peer, &field_process,
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const struct document_kind document_changes = {
	.rows_key = "changes",
	.help = "What diff found between two moments of a recording.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

/* The sockets of a moment. */
struct moment {
	uint64_t at_ms;
	struct recorded_sock **list;
	size_t count;
	size_t room;
};

enum change { OPENED, CHANGED, CLOSED, SHORT_LIVED, UNCHANGED, CHANGE_COUNT };

struct diff {
	struct session *session;
	struct moment before;
	struct moment after;
	struct moment between; /* what was there at neither */
	struct moment *reading;
	uint64_t count[CHANGE_COUNT];
	struct writer *writer; /* NULL: counting only */
	struct error *err;
	bool failed;
};

static int keep(struct diff *d, const struct recorded_sock *what)
{
	struct moment *m = d->reading;
	struct recorded_sock **list =
		array_room(m->list, &m->room, m->count, 1024, sizeof(*list));

	if (!list)
		return error_set(d->err, ENOMEM, "cannot compare moments");
	m->list = list;
	m->list[m->count] = kept_new(what);
	if (!m->list[m->count])
		return error_set(d->err, ENOMEM, "cannot compare moments");
	m->count++;
	return 0;
}

/* A change of state is one also where only one of the two was asked for. */
static bool is_kept(const struct diff *d, const struct recorded_sock *what)
{
	struct collect_request request = d->session->request;

	request.states = ~(state_set)0;
	return replay_asked(&request, &what->sock);
}

static int take(void *context, const struct recorded_sock *what)
{
	struct diff *d = context;

	d->failed = is_kept(d, what) && keep(d, what);
	return d->failed ? -1 : 0;
}

/* The last stay of one that was there at neither moment. */
static int take_between(void *context, const struct recorded_sock *what)
{
	struct diff *d = context;

	if (what->opened_ms <= d->before.at_ms || !what->closed_ms ||
	    what->closed_ms > d->after.at_ms || what->state_until_ms != what->closed_ms)
		return 0;
	return take(context, what);
}

/* What was open for no time at all may end twice: two stays of one socket in a row. */
static int compare_ids(const void *a, const void *b)
{
	const struct recorded_sock *const *x = a;
	const struct recorded_sock *const *y = b;

	if ((*x)->id != (*y)->id)
		return (*x)->id < (*y)->id ? -1 : 1;
	return ((*x)->state_since_ms < (*y)->state_since_ms) -
	       ((*x)->state_since_ms > (*y)->state_since_ms);
}

static int read_moment(struct diff *d, struct moment *m, const char *text, int *status)
{
	struct replay *r = d->session->replay;

	*status = replay_go(r, text, d->err);
	if (*status)
		return -1;
	*status = EXIT_FAILED;
	m->at_ms = replay_at_ms(r);
	d->reading = m;
	return recording_sockets(replay_recording(r), m->at_ms, take, d, d->err) || d->failed ?
		       -1 :
		       0;
}

static int read_all(struct diff *d, int *status)
{
	const struct options *o = d->session->o;
	struct moment *m = &d->between;

	if (read_moment(d, &d->before, o->at[0], status) ||
	    read_moment(d, &d->after, o->at[1], status))
		return -1;
	if (d->before.at_ms > d->after.at_ms) {
		*status = EXIT_USAGE;
		return error_set(d->err, 0, "'%s' is after '%s': the earlier moment comes first",
				 o->at[0], o->at[1]);
	}
	d->reading = m;
	if (recording_dwells(replay_recording(d->session->replay), d->before.at_ms,
			     d->after.at_ms, take_between, d, d->err) ||
	    d->failed)
		return -1;
	if (m->count)
		qsort(m->list, m->count, sizeof(struct recorded_sock *), compare_ids);
	return 0;
}

static bool keeps(const struct diff *d, const struct recorded_sock *what, uint64_t time_ms)
{
	struct row row = { .sock = &what->sock };

	replay_row(d->session->replay, what, time_ms, &row);
	return d->session->request.states & STATE_BIT(what->sock.state) &&
	       session_keeps(d->session, &row);
}

static struct value state_cell(const struct recorded_sock *what)
{
	return what ? value_state((enum state)what->sock.state) : value_none();
}

static struct value end_cell(const struct row *row, const char *name)
{
	return column_value(column_find(name, strlen(name)), row);
}

static int write_change(struct diff *d, const char *name, const struct recorded_sock *before,
			const struct recorded_sock *after, const struct recorded_sock *what,
			uint64_t time_ms)
{
	struct row row = { .sock = &what->sock };
	struct value cells[FIELD_COUNT];

	replay_row(d->session->replay, what, time_ms, &row);
	cells[0] = value_string(name);
	cells[1] = value_string(proto_info((enum proto)what->sock.proto)->name);
	cells[2] = state_cell(before);
	cells[3] = state_cell(after);
	cells[4] = value_count((time_ms - what->opened_ms) * NS_PER_MS);
	cells[5] = end_cell(&row, "local");
	cells[6] = end_cell(&row, "peer");
	cells[7] = row.process ? value_string(row.process) : value_none_because(row.process_why);
	return writer_row(d->writer, cells, d->err);
}

/* One socket: as it was at the first moment and at the second, NULL where it was not. */
static int compare(struct diff *d, const struct recorded_sock *before,
		   const struct recorded_sock *after)
{
	static const char *const names[] = {
		[OPENED] = "opened", [CHANGED] = "changed", [CLOSED] = "closed",
	};
	const struct recorded_sock *what = after ? after : before;
	uint64_t time_ms = after || !before->closed_ms ? d->after.at_ms : before->closed_ms;
	enum change change = !before ? OPENED :
			     !after  ? CLOSED :
			     before->sock.state != after->sock.state ? CHANGED :
								       UNCHANGED;

	if (!(before && keeps(d, before, d->before.at_ms)) &&
	    !(after && keeps(d, after, d->after.at_ms)))
		return 0;
	d->count[change]++;
	if (change == UNCHANGED || !d->writer)
		return 0;
	return write_change(d, names[change], before, after, what, time_ms);
}

static int compare_short_lived(struct diff *d)
{
	const struct moment *m = &d->between;

	for (size_t i = 0; i < m->count; i++) {
		const struct recorded_sock *what = m->list[i];

		if ((i && m->list[i - 1]->id == what->id) || !keeps(d, what, what->closed_ms))
			continue;
		d->count[SHORT_LIVED]++;
		if (d->writer && d->session->o->short_lived &&
		    write_change(d, "short-lived", NULL, NULL, what, what->closed_ms))
			return -1;
	}
	return 0;
}

static int compare_all(struct diff *d)
{
	const struct moment *a = &d->before;
	const struct moment *b = &d->after;
	size_t i = 0;
	size_t j = 0;

	memset(d->count, 0, sizeof(d->count));
	while (i < a->count || j < b->count) {
		const struct recorded_sock *before = i < a->count ? a->list[i] : NULL;
		const struct recorded_sock *after = j < b->count ? b->list[j] : NULL;

		if (before && after && before->id != after->id) {
			if (before->id < after->id)
				after = NULL;
			else
				before = NULL;
		}
		i += before != NULL;
		j += after != NULL;
		if (compare(d, before, after))
			return -1;
	}
	return compare_short_lived(d);
}

static void put_summary(const struct diff *d, struct buffer *out)
{
	buffer_printf(out, "%" PRIu64 " opened, %" PRIu64 " closed, %" PRIu64 " changed, %" PRIu64
		      " unchanged; %" PRIu64 " opened and closed in between\n",
		      d->count[OPENED], d->count[CLOSED], d->count[CHANGED], d->count[UNCHANGED],
		      d->count[SHORT_LIVED]);
}

static void add_counts(struct document *document, const struct diff *d)
{
	document_add(document, "opened", value_count(d->count[OPENED]));
	document_add(document, "closed", value_count(d->count[CLOSED]));
	document_add(document, "changed", value_count(d->count[CHANGED]));
	document_add(document, "unchanged", value_count(d->count[UNCHANGED]));
	document_add(document, "short_lived", value_count(d->count[SHORT_LIVED]));
}

/* Counts come before the rows in a document, so all is compared twice. */
static int write_diff(struct diff *d)
{
	const struct options *o = d->session->o;
	struct document document;
	char since[WHEN_TEXT_MAX];
	char until[WHEN_TEXT_MAX];
	int failed = -1;

	document_init(&document);
	document.origin = session_origin(d->session);
	document_source(&document, "recording");
	when_utc(since, d->before.at_ms);
	when_utc(until, d->after.at_ms);
	document_add(&document, "since", value_string(since));
	document_add(&document, "until", value_string(until));
	if (compare_all(d))
		return -1;
	add_counts(&document, d);
	d->writer = document_open(&document, o, fields, FIELD_COUNT, document_changes.rows_key,
				  d->err);
	if (d->writer)
		failed = compare_all(d) || writer_end(d->writer, d->err);
	document_close(&document, d->writer);
	return failed;
}

static int say_summary(const struct diff *d)
{
	const struct options *o = d->session->o;
	struct buffer out;

	if (o->format && (o->format->machine || o->template))
		return EXIT_DONE;
	buffer_init(&out, STDOUT_FILENO);
	put_summary(d, &out);
	return say_end(&out, EXIT_DONE);
}

static void moment_free(struct moment *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->list[i]);
	free(m->list);
}

static int diff_session(struct session *s)
{
	struct error err = { 0 };
	struct diff d = { .session = s, .err = &err };
	int status = EXIT_FAILED;

	if (!read_all(&d, &status) && !write_diff(&d))
		status = say_summary(&d);
	else
		say_error(&err, status);
	moment_free(&d.before);
	moment_free(&d.after);
	moment_free(&d.between);
	return status;
}

int cmd_diff(const struct options *o)
{
	struct options own = *o;
	struct session s;
	struct error err;
	int status;

	/* the first word is the file, unless --from has named it */
	if (!own.from && own.word_count) {
		own.from = own.words[0];
		own.words++;
		own.word_count--;
	}
	if (!own.from || own.at_count != 2) {
		error_set(&err, 0, "diff needs a recording and two moments of it: diff FILE "
			  "--at TIME --at TIME [FILTER]");
		return say_error(&err, EXIT_USAGE);
	}
	if (document_check(&own, fields, FIELD_COUNT, &err))
		return say_error(&err, EXIT_USAGE);
	status = session_open(&s, &own, FACT_OWNERS);
	if (!status)
		status = diff_session(&s);
	session_close(&s);
	return status;
}
