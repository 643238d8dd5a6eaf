/*
 * The kinds of JSON documents, for the manual and the schema.
 *
 * Each is described beside the code that writes it, and listed in documents.c.
 */
#ifndef APP_DOCUMENTS_H
#define APP_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "query/value.h"

/* What the members of a row are besides those named one by one. */
enum document_rows {
	DOCUMENT_FIXED,	  /* nothing */
	DOCUMENT_COLUMNS, /* columns, those asked for */
	DOCUMENT_GROUPS,  /* one column, then counts per state or sums of columns */
};

struct document_kind {
	const char *rows_key; /* name of the array of rows, which tells kinds apart */
	const char *help;
	const struct field *const *fields;
	size_t count;
	size_t always; /* how many of them are in every row */
	enum document_rows rows;
	bool bare; /* without time and host */
};

extern const struct document_kind document_sockets;
extern const struct document_kind document_states;
extern const struct document_kind document_groups;
extern const struct document_kind document_state_moves;
extern const struct document_kind document_state_spans;
extern const struct document_kind document_group_spans;
extern const struct document_kind document_changes;
extern const struct document_kind document_events;
extern const struct document_kind document_checks;
extern const struct document_kind document_findings;
extern const struct document_kind document_columns;
extern const struct document_kind document_formats;
extern const struct document_kind document_dialects;
extern const struct document_kind document_rules;
extern const struct document_kind document_thresholds;

/* All of them. */
const struct document_kind *const *documents_all(size_t *count);

/* What every document has beside its rows; bare ones only the first. */
const struct field *documents_members(size_t *count);

#endif
