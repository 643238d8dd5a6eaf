/*
 * The inside of a writer: for the formats only.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include <stdint.h>

#include "output/formats.h"

/* Rows that a table looks at before it settles the widths of its columns. */
#define TABLE_LOOKAHEAD 256

struct cell_size {
	uint32_t bytes;
	uint32_t cells;
};

struct writer {
	const struct format *format;
	struct buffer *out;
	struct writer_options options;
	uint64_t rows; /* written or pending */
	uint16_t *widths; /* table: cells of each column so far */
	struct buffer pending; /* table: text of the rows looked at, unpadded */
	struct cell_size *sizes; /* table: of the pending cells */
	bool settled; /* table: the widths are, rows go straight out */
	struct buffer keys; /* JSON: "name": for every field, one after the other */
	uint16_t *key_ends; /* JSON: where each ends */
};

/*
 * Append @text harmless for a terminal (see base/utf8.h).  Returns the cells.
 */
size_t output_put_safe(struct buffer *out, const char *text, size_t len, bool ascii);

/*
 * Append @text with nothing lost: @escape writes each byte that is a quote, a
 * backslash, a control character, part of a character that acts on terminals, or
 * not UTF-8; the rest is copied.
 */
void output_put_escaped(struct buffer *out, const char *text, size_t len,
			void (*escape)(struct buffer *out, unsigned char byte));

/*
 * Append the readable text of @v to @out, which keeps everything in memory.  Returns
 * its size.
 */
struct cell_size output_format_cell(struct buffer *out, const struct value *v,
				    const struct field *f, const struct value_style *style);

/* True if all of @text is printable ASCII without '"' and '\\'. */
bool output_is_plain(const char *text, size_t len);

#endif
