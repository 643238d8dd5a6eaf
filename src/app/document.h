/*
 * Standard output as a document: a buffer, a writer, and the members that say when
 * and where it was made.
 */
#ifndef APP_DOCUMENT_H
#define APP_DOCUMENT_H

#include "app/disguise.h"
#include "app/options.h"
#include "base/buffer.h"
#include "output/formats.h"

/* Version of the JSON documents: raised when a name or a meaning changes. */
#define DOCUMENT_SCHEMA 1

#define DOCUMENT_META_MAX 48

/* What a document is about where that is not here and now. */
struct document_origin {
	uint64_t time_ms; /* since the epoch; 0: not known */
	const char *host; /* NULL: not known */
};

struct document {
	struct buffer out;
	struct writer_meta meta[DOCUMENT_META_MAX];
	size_t meta_count;
	struct writer_meta source; /* behind the rows */
	bool live; /* set before document_open(): rows come slowly, write each one at once */
	const struct document_origin *origin; /* the same; NULL: here and now */
	struct disguise *disguise; /* the same: names the host otherwise; or NULL */
	char time[32];
	char host[256];
};

/* The members that every document has: schema, time, host and source. */
void document_init(struct document *d);

/* What its rows were read from, once that is known; borrowed until the document ends. */
void document_source(struct document *d, const char *source);

/* One more member; @name and what @value points to must outlive the document. */
void document_add(struct document *d, const char *name, struct value value);

/*
 * Can the @fields be written as @o says?  A template may name nothing else.  0, or -1
 * with @err set: that is wrong usage, to be found before anything is done.
 */
int document_check(const struct options *o, const struct field *const *fields, size_t count,
		   struct error *err);

/*
 * Begin a document of @count @fields in the format that @o asks for; @rows_key names
 * its array of rows.  @d must outlive the writer.  NULL with @err set on failure.
 */
struct writer *document_open(struct document *d, const struct options *o,
			     const struct field *const *fields, size_t count,
			     const char *rows_key, struct error *err);

/* Free both; what was not flushed by writer_end() is lost. @w may be NULL. */
void document_close(struct document *d, struct writer *w);

#endif
