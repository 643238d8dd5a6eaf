/*
 * The kinds of JSON documents.  To add one: describe it beside the code that writes it,
 * declare it in documents.h, add it to the list here and a section to connstate-json(5).
 */
#include "config.h"

#include "app/documents.h"

static const struct document_kind *const kinds[] = {
	&document_sockets,     &document_states,      &document_groups,  &document_state_moves,
	&document_state_spans, &document_group_spans, &document_changes, &document_events,
	&document_checks,      &document_findings,    &document_columns, &document_formats,
	&document_dialects,    &document_rules,	      &document_thresholds,
};

static const struct field members[] = {
	{ .name = "schema", .kind = VALUE_COUNT,
	  .help = "Version of the contract: 1." },
	{ .name = "time", .kind = VALUE_TEXT,
	  .help = "When the document was begun, in UTC: 2026-03-01T12:00:00Z; of a recording the "
		  "moment looked at; null of a dump." },
	{ .name = "host", .kind = VALUE_TEXT,
	  .help = "Name of the host; of a recording the one recorded; "
		  "null of a dump." },
	{ .name = "source", .kind = VALUE_TEXT,
	  .help = "What the rows were read from: \"netlink\", \"procfs\" (/proc/net), both as in "
		  "\"netlink, procfs (raw)\", \"file\" (a dump) or \"recording\". It comes behind "
		  "the rows, and is null where nothing was read." },
};

const struct document_kind *const *documents_all(size_t *count)
{
	*count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

const struct field *documents_members(size_t *count)
{
	*count = sizeof(members) / sizeof(members[0]);
	return members;
}
