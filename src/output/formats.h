/*
 * Rows of cells as bytes.  The table of formats is in formats.c; a format knows
 * fields and values, and nothing of sockets.
 */
#ifndef OUTPUT_FORMATS_H
#define OUTPUT_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "query/value.h"

/* A member of the JSON document beside the rows: when, where, by what. */
struct writer_meta {
	struct field field;
	struct value value;
};

struct writer_options {
	const struct field *const *fields;
	size_t count;	      /* of fields */
	bool header;	      /* a heading line, where the format has one */
	bool live;	      /* rows come slowly: write each one at once */
	const char *template; /* of the format "template" */
	const char *rows_key; /* JSON: name of the array of rows: "sockets" */
	const struct writer_meta *meta;
	size_t meta_count;
	const struct writer_meta *last; /* behind the rows, its value is read then; or NULL */
	struct value_style style;
};

struct writer;

struct format {
	const char *name; /* for --format */
	const char *help;
	bool machine; /* for programs: its own default columns, raw numbers */
	bool meta;    /* writes the members beside the rows */
	void (*begin)(struct writer *w);
	void (*row)(struct writer *w, const struct value *cells);
	void (*end)(struct writer *w);
};

#define TEMPLATE_WIDTH_MAX 999

/* A piece of a template: a field's name, or text to be copied. */
struct template_part {
	const char *text;
	size_t len;
	unsigned int width; /* {name:width}, at most TEMPLATE_WIDTH_MAX */
	char escape;	    /* of \n and the like */
	bool is_field;
	bool unfinished; /* "}" is missing */
	bool misshapen;	 /* what stands behind ":" is no width */
};

/* The piece at *@text, which is moved behind it; *@text must not be empty. */
struct template_part template_next(const char **text);

/*
 * Does the template @text name nothing but @fields, in the spellings that columns have
 * too?  0, or -1 with @err set.
 */
int template_check(const char *text, const struct field *const *fields, size_t count,
		   struct error *err);

/* The format that "{" in --format selects. */
const struct format *format_template(void);

/* The table, borrowed, valid for ever. */
const struct format *formats_all(size_t *count);
const struct format *format_find(const char *name); /* or NULL */

/*
 * Begin to write rows to @out.  @options is copied; what it points to must outlive
 * the writer.  NULL with @err set without memory.
 */
struct writer *writer_open(const struct format *format, struct buffer *out,
			   const struct writer_options *options, struct error *err);

/*
 * One row: @cells in the order of the fields.  0, or -1 with @err set when the
 * output can't be written any more (out->error says why).
 */
int writer_row(struct writer *w, const struct value *cells, struct error *err);

/* Finish the document and flush the buffer.  0, or -1 with @err set. */
int writer_end(struct writer *w, struct error *err);

void writer_close(struct writer *w); /* frees; NULL is fine */

#endif
