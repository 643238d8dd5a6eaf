/* connstate summary over a span of a recording: see summary_span.h. */
#include "config.h"

#include "app/summary_span.h"

#include <stdlib.h>
#include <string.h>

#include "app/document.h"
#include "app/documents.h"
#include "app/fields.h"
#include "app/say.h"
#include "app/session.h"
#include "app/span_tally.h"
#include "app/when.h"

static const struct field field_count = FIELD_OF_COUNT(
	"count", "COUNT", "Sockets at the end of the span.");
static const struct field field_min = FIELD_OF_COUNT(
	"min", "MIN", "The least at any of its polls.");
static const struct field field_max = FIELD_OF_COUNT("max", "MAX", "The most at any of its polls.");
static const struct field field_opened = FIELD_OF_COUNT(
	"opened", "OPENED", "Sockets that opened in it.");
static const struct field field_closed = FIELD_OF_COUNT(
	"closed", "CLOSED", "Sockets that closed from it.");
static const struct field field_changed = FIELD_OF_COUNT("changed", "CHANGED", "Changes of state.");

static const struct field field_mean = {
	.name = "mean", .title = "MEAN", .kind = VALUE_RATIO, .align = ALIGN_RIGHT, .width = 8,
	.help = "The mean of its polls, with two decimals."
};

static const struct field *const fields[] = {
	&field_proto, &field_state,  &field_count,  &field_min,	    &field_max,
	&field_mean,  &field_opened, &field_closed, &field_entered, &field_left,
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const struct document_kind document_state_spans = {
	.rows_key = "state_spans",
	.help = "What summary counts over a span of a recording (--since, --until): a row for each "
		"protocol and state.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

/* Behind the column that they are grouped by. */
static const struct field *const fields_by[] = {
	&field_count, &field_min,    &field_max,     &field_mean,
	&field_opened, &field_closed, &field_changed,
};

#define FIELD_COUNT_BY (sizeof(fields_by) / sizeof(fields_by[0]))

const struct document_kind document_group_spans = {
	.rows_key = "group_spans",
	.help = "What summary --by COLUMN counts over a span of a recording: a row for each value "
		"of the column, which is its first member.",
	.fields = fields_by,
	.count = FIELD_COUNT_BY,
	.always = FIELD_COUNT_BY,
	.rows = DOCUMENT_COLUMNS,
};

/* To two decimals. */
static struct value mean_of(const struct span_count *c)
{
	if (!c->settled)
		return value_none();
	return value_ratio((double)(uint64_t)((double)c->sum / (double)c->settled * 100 + 0.5) /
			   100);
}

static struct value least_of(const struct span_count *c)
{
	return c->settled ? value_count(c->least) : value_none();
}

static int write_state(struct writer *w, enum proto proto, struct value state,
		       const struct span_count *c, bool total, struct error *err)
{
	const struct value cells[FIELD_COUNT] = {
		value_string(proto_info(proto)->name),
		state,
		value_count(c->now),
		least_of(c),
		value_count(c->most),
		mean_of(c),
		value_count(c->opened),
		value_count(c->closed),
		/* within a protocol all changes are from one of its states to another */
		total ? value_count(c->changed) : value_count(c->entered),
		total ? value_count(c->changed) : value_count(c->left),
	};

	return writer_row(w, cells, err);
}

static int write_proto(struct writer *w, const struct span_tally *t, enum proto p,
		       const struct options *o, struct error *err)
{
	static const struct span_count none = { 0 };
	struct span_count zero = none;

	zero.settled = t->poll_count;
	for (size_t i = 0; i < STATE_COUNT; i++) {
		const struct span_count *c = span_tally_state(t, p, (enum state)i);

		if (!c && !(proto_info(p)->states & options_states(o) & STATE_BIT(i)))
			continue;
		if (write_state(w, p, value_state((enum state)i), c ? c : &zero, false, err))
			return -1;
	}
	if (o->format && o->format->machine)
		return 0;
	return write_state(w, p, value_string("TOTAL"), &t->all[p], true, err);
}

static int write_states(struct writer *w, const struct span_tally *t, const struct options *o,
			struct error *err)
{
	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (options_protos(o) & PROTO_BIT(p) && write_proto(w, t, (enum proto)p, o, err))
			return -1;
	return writer_end(w, err);
}

struct group_row {
	const struct span_count *count;
	struct value key;
	struct endpoint end; /* of the key */
};

/* Most sockets first; equal ones by their key. */
static int compare_rows(const void *a, const void *b)
{
	const struct group_row *x = a;
	const struct group_row *y = b;

	if (x->count->sum != y->count->sum)
		return x->count->sum > y->count->sum ? -1 : 1;
	if (x->count->opened != y->count->opened)
		return x->count->opened > y->count->opened ? -1 : 1;
	return value_compare(&x->key, &y->key);
}

static int write_group(struct writer *w, const struct group_row *row, struct error *err)
{
	const struct span_count *c = row->count;
	const struct value cells[1 + FIELD_COUNT_BY] = {
		row->key,
		value_count(c->now),
		least_of(c),
		value_count(c->most),
		mean_of(c),
		value_count(c->opened),
		value_count(c->closed),
		value_count(c->changed),
	};

	return writer_row(w, cells, err);
}

static int write_groups(struct writer *w, const struct span_tally *t, const struct options *o,
			struct error *err)
{
	size_t count = t->keys.count;
	struct group_row *rows = calloc(count + 1, sizeof(*rows));
	int failed = 0;

	if (!rows)
		return error_set(err, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		rows[i].count = &t->counts[i];
		rows[i].key = span_tally_value(t, i, &rows[i].end);
	}
	qsort(rows, count, sizeof(*rows), compare_rows);
	if (o->limit && o->limit < count)
		count = o->limit;
	for (size_t i = 0; i < count && !failed; i++)
		failed = write_group(w, &rows[i], err);
	free(rows);
	return failed || writer_end(w, err) ? -1 : 0;
}

/* The fields of a row with the column @by first, or of the states. */
static size_t choose_fields(const struct field **out, const struct column *by)
{
	if (!by) {
		memcpy(out, fields, sizeof(fields));
		return FIELD_COUNT;
	}
	out[0] = &by->field;
	memcpy(out + 1, fields_by, sizeof(fields_by));
	return 1 + FIELD_COUNT_BY;
}

/* What a document has beside its rows. */
struct ends {
	char since[WHEN_TEXT_MAX];
	char until[WHEN_TEXT_MAX];
};

static void add_ends(struct document *d, const struct session *s, const struct span_tally *t,
		     struct ends *ends)
{
	when_utc(ends->since, replay_since_ms(s->replay));
	when_utc(ends->until, replay_until_ms(s->replay));
	document_add(d, "since", value_string(ends->since));
	document_add(d, "until", value_string(ends->until));
	document_add(d, "polls", value_count(t->poll_count));
}

/* How many there are at the end, beside the rows. */
static void add_totals(struct document *d, const struct span_tally *t, const struct options *o)
{
	for (size_t p = 0; p < PROTO_COUNT && !o->by; p++)
		if (options_protos(o) & PROTO_BIT(p))
			document_add(d, proto_info((enum proto)p)->name,
				     value_count(t->all[p].now));
}

static int write_span(struct session *s, const struct span_tally *t, struct error *err)
{
	const struct field *chosen[FIELD_COUNT];
	struct options o = *s->o;
	struct document document;
	struct ends ends;
	struct writer *w;
	int failed = -1;

	o.raw = true; /* a mean is no percentage */
	document_init(&document);
	document.origin = session_origin(s);
	document_source(&document, "recording");
	add_ends(&document, s, t, &ends);
	add_totals(&document, t, &o);
	w = document_open(&document, &o, chosen, choose_fields(chosen, o.by),
			  o.by ? document_group_spans.rows_key : document_state_spans.rows_key,
			  err);
	if (w)
		failed = o.by ? write_groups(w, t, &o, err) : write_states(w, t, &o, err);
	document_close(&document, w);
	return failed;
}

static int run_span(struct session *s)
{
	struct error err = { 0 };
	struct span_tally t;
	int failed = span_tally_run(&t, s, s->o->by, &err) || write_span(s, &t, &err) ||
		     replay_say_gaps(s->replay, &err);

	span_tally_fini(&t);
	return failed ? say_error(&err, EXIT_FAILED) : EXIT_DONE;
}

int summary_span(const struct options *o)
{
	const struct field *chosen[FIELD_COUNT];
	struct session s;
	struct error err;
	int status;

	if (document_check(o, chosen, choose_fields(chosen, o->by), &err))
		return say_error(&err, EXIT_USAGE);
	status = session_open(&s, o, o->by ? o->by->facts : 0);
	if (!status)
		status = run_span(&s);
	session_close(&s);
	return status;
}
