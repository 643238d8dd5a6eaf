/*
 * connstate summary: how many sockets there are in each state, zeros included.
 */
#include "config.h"

#include "app/census.h"
#include "app/commands.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/fields.h"
#include "app/grouped.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "app/summary_moves.h"
#include "app/summary_span.h"
#include "app/totals.h"

static const struct field field_count = FIELD_OF_COUNT("count", "COUNT", "Sockets in that state.");

static const struct field *const fields[] = { &field_proto, &field_state, &field_count,
					      &field_ipv4, &field_ipv6 };

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const struct document_kind document_states = {
	.rows_key = "states",
	.help = "What summary counts: a row for each protocol and state asked for, also where the "
		"count is zero.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

static int write_row(struct writer *w, enum proto proto, struct value state,
		     const struct census_count *c, const struct options *o, struct error *err)
{
	const struct value cells[FIELD_COUNT] = {
		value_string(proto_info(proto)->name),
		state,
		census_total(c),
		census_family(c, proto, o, FAMILY_V4),
		census_family(c, proto, o, FAMILY_V6),
	};

	return writer_row(w, cells, err);
}

/* The states of @proto that were asked for; the sum goes to @sum. */
static int write_states(struct writer *w, enum proto proto, const struct census *census,
			const struct options *o, struct census_count *sum, struct error *err)
{
	*sum = (struct census_count){ 0 };
	for (size_t s = 0; s < STATE_COUNT; s++) {
		const struct census_count *c = &census->count[proto][s];

		if (!(proto_info(proto)->states & options_states(o) & STATE_BIT(s)) && !c->total)
			continue;
		census_sum(sum, c);
		if (w && write_row(w, proto, value_state((enum state)s), c, o, err))
			return -1;
	}
	return 0;
}

/* What this kernel lacks is left out, not told as zeros. */
static bool is_counted(const struct census *census, const struct options *o, enum proto p)
{
	return options_protos(o) & ~(census->report.missing | census->report.untold) & PROTO_BIT(p);
}

static int write_census(struct writer *w, const struct census *census, const struct options *o,
			struct error *err)
{
	bool totals = !o->format || !o->format->machine;

	for (size_t p = 0; p < PROTO_COUNT; p++) {
		struct census_count sum;

		if (!is_counted(census, o, (enum proto)p))
			continue;
		if (write_states(w, (enum proto)p, census, o, &sum, err))
			return -1;
		if (totals && write_row(w, (enum proto)p, value_string("TOTAL"), &sum, o, err))
			return -1;
	}
	return writer_end(w, err);
}

static void add_totals(struct totals *t, struct document *d, const struct census *census,
		       const struct options *o)
{
	document_add(d, "exact", value_bool(!census->derived));
	for (size_t p = 0; p < PROTO_COUNT; p++) {
		struct census_count sum;

		if (!is_counted(census, o, (enum proto)p))
			continue;
		write_states(NULL, (enum proto)p, census, o, &sum, NULL);
		totals_add(t, d, (enum proto)p, &sum, o);
	}
}

static int summary_document(struct session *s)
{
	const struct options *o = s->o;
	struct census census;
	struct document document;
	struct totals totals;
	struct writer *w = NULL;
	struct error err = { 0 };
	int failed = -1;

	document_init(&document);
	document.origin = session_origin(s);
	if (!census_take(&census, s, &err)) {
		source_say_lacking(o, &census.report);
		document_source(&document, census.report.source);
		add_totals(&totals, &document, &census, o);
		w = document_open(&document, o, fields, FIELD_COUNT,
				  document_states.rows_key, &err);
	}
	if (w)
		failed = write_census(w, &census, o, &err);
	document_close(&document, w);
	if (failed)
		return say_error(&err, EXIT_FAILED);
	return source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
}

int cmd_summary(const struct options *o)
{
	struct session s;
	struct error err;
	int status;

	if (!o->by && options_given(o, "limit")) {
		error_set(&err, 0, "--limit goes with --by: a summary has every state");
		return say_error(&err, EXIT_USAGE);
	}
	if (o->since || o->until)
		return summary_span(o);
	if (o->by)
		return grouped_summary(o);
	/* the configured interval is about commands that go on */
	if (options_given(o, "interval"))
		return summary_moves(o);
	if (document_check(o, fields, FIELD_COUNT, &err))
		return say_error(&err, EXIT_USAGE);
	status = session_open(&s, o, 0);
	if (!status)
		status = summary_document(&s);
	session_close(&s);
	return status;
}
