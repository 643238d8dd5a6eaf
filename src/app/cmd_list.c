/*
 * connstate list: one listing, one row a socket.
 *
 * Rows stream from the kernel to the output; only a sort, or a look for their
 * processes, has to see all of them first.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/columns.h"
#include "app/commands.h"
#include "app/disguise.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/dump.h"
#include "app/grouped.h"
#include "app/listing.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"

static int list_streamed(struct session *s, struct listing *l, struct error *err)
{
	if (session_run(s, &l->sink, err))
		return -1;
	return l->failed ? -1 : 0;
}

/* The limit ends the rows, too: that is no failure. */
static int list_row(void *context, const struct row *row)
{
	struct listing *l = context;

	listing_row(l, row);
	return l->failed;
}

static int list_collected(struct session *s, struct listing *l, struct error *err)
{
	return session_each(s, &s->o->sort, l->limit, list_row, l, err);
}

static unsigned int sort_facts(const struct sort *sort)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < sort->count; i++)
		facts |= sort->key[i].column->facts;
	return facts;
}

static int list_run(struct session *s, struct writer *w, const struct column_list *columns,
		    struct document *document, struct error *err)
{
	struct disguise *disguise = document->disguise;
	uint64_t totals[COLUMNS_MAX] = { 0 };
	struct listing l;
	int failed;

	listing_init(&l, w, columns, s->o->limit, err);
	if (s->o->total)
		listing_sum(&l, totals);
	l.disguise = disguise;
	if (s->facts & FACTS_BY_ROW)
		l.details = s->details;
	/* names of addresses that are not to be seen are none to show */
	if (!disguise && (!s->o->format || !s->o->format->machine))
		l.names = details_names(s->details);
	failed = session_streams(s) && !s->o->sort.count ? list_streamed(s, &l, err) :
							   list_collected(s, &l, err);
	if (!failed && s->o->total)
		failed = listing_total(&l);
	document_source(document, session_source(s));
	return failed || writer_end(w, err) ? -1 : 0;
}

static int explain_filter(const struct session *s)
{
	const struct options *o = s->o;
	const struct filter_asked asked = {
		.protos = s->request.protos,
		.families = (s->request.families & FAMILY_V4 ? 1u << ADDR_V4 : 0) |
			    (s->request.families & FAMILY_V6 ? 1u << ADDR_V6 : 0),
		.states = s->request.states,
		.names = o->names,
		.instead = o->from			   ? "a saved source" :
			   o->no_netlink || o->proc_root ? "/proc/net" :
							   NULL,
	};
	struct buffer out;

	buffer_init(&out, STDOUT_FILENO);
	filter_explain(s->filter, &asked, &out);
	return say_end(&out, EXIT_DONE);
}

static int list_document(struct session *s, const struct column_list *columns)
{
	const struct field *fields[COLUMNS_MAX];
	struct document document;
	struct error err = { 0 };
	struct disguise *disguise = NULL;
	struct writer *w = NULL;
	int failed = -1;

	listing_fields(columns, fields);
	document_init(&document);
	document.origin = session_origin(s);
	if (s->o->anonymize)
		disguise = disguise_new(&err);
	document.disguise = disguise;
	if (disguise || !s->o->anonymize)
		w = document_open(&document, s->o, fields, columns->count,
				  document_sockets.rows_key, &err);
	if (w)
		failed = list_run(s, w, columns, &document, &err);
	document_close(&document, w);
	disguise_free(disguise);
	if (failed)
		return say_error(&err, EXIT_FAILED);
	source_say_lacking(s->o, collector_report(s->collector));
	return source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
}

int cmd_list(const struct options *o)
{
	struct column_list columns;
	struct session s;
	struct error err;
	int status;

	if (o->dump)
		return dump_save(o);
	if (listing_columns(&columns, o, &err) || (!o->by && listing_check(o, NULL, 0, &err)))
		return say_error(&err, EXIT_USAGE);
	if (o->by)
		return grouped_list(o, &columns);
	status = session_open(&s, o, column_list_facts(&columns) | sort_facts(&o->sort));
	if (!status)
		status = o->explain_filter ? explain_filter(&s) : list_document(&s, &columns);
	session_close(&s);
	return status;
}
