/*
 * Comma-separated values by RFC 4180 (lines end in CR LF, quotes are doubled), and the
 * same with tabs.  Unknown is an empty field.  Control characters and bytes that are
 * not UTF-8 appear as \xNN, so that a row is always one line and a terminal is safe.
 */
#include "config.h"

#include <string.h>

#include "output/format_list.h"
#include "output/writer.h"

static void escape_byte(struct buffer *out, unsigned char byte)
{
	if (byte == '"')
		buffer_puts(out, "\"\"");
	else if (byte == '\\')
		buffer_putc(out, '\\');
	else
		buffer_printf(out, "\\x%02x", byte);
}

static void escape_tab_byte(struct buffer *out, unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		buffer_putc(out, (char)byte);
	else
		buffer_printf(out, "\\x%02x", byte);
}

static void put_csv_text(struct buffer *out, const char *text, size_t len)
{
	bool quote = !output_is_plain(text, len) || memchr(text, ',', len) ||
		     (len && (text[0] == ' ' || text[len - 1] == ' '));

	if (!quote) {
		buffer_put(out, text, len);
		return;
	}
	buffer_putc(out, '"');
	output_put_escaped(out, text, len, escape_byte);
	buffer_putc(out, '"');
}

static void put_tsv_text(struct buffer *out, const char *text, size_t len)
{
	output_put_escaped(out, text, len, escape_tab_byte);
}

/* Everything but text has a readable form without commas, tabs and quotes. */
static void put_value(struct writer *w, const struct value *v, const struct field *f)
{
	char *p;

	if (v->kind == VALUE_NONE)
		return;
	p = buffer_reserve(w->out, VALUE_TEXT_MAX);
	if (p)
		buffer_commit(w->out,
			      value_format(p, VALUE_TEXT_MAX, v, f, &w->options.style));
}

static void put_row(struct writer *w, const struct value *cells, char separator,
		    void (*put_text)(struct buffer *out, const char *text, size_t len))
{
	for (size_t i = 0; i < w->options.count; i++) {
		if (i)
			buffer_putc(w->out, separator);
		if (cells[i].kind == VALUE_TEXT)
			put_text(w->out, cells[i].text, cells[i].len);
		else
			put_value(w, &cells[i], w->options.fields[i]);
	}
}

static void put_heading(struct writer *w, char separator, const char *end)
{
	if (!w->options.header)
		return;
	for (size_t i = 0; i < w->options.count; i++) {
		if (i)
			buffer_putc(w->out, separator);
		buffer_puts(w->out, w->options.fields[i]->name);
	}
	buffer_puts(w->out, end);
}

void csv_begin(struct writer *w)
{
	put_heading(w, ',', "\r\n");
}

void csv_row(struct writer *w, const struct value *cells)
{
	put_row(w, cells, ',', put_csv_text);
	buffer_put(w->out, "\r\n", 2);
}

void csv_end(struct writer *w)
{
	(void)w;
}

void tsv_begin(struct writer *w)
{
	put_heading(w, '\t', "\n");
}

void tsv_row(struct writer *w, const struct value *cells)
{
	put_row(w, cells, '\t', put_tsv_text);
	buffer_putc(w->out, '\n');
}

void tsv_end(struct writer *w)
{
	(void)w;
}
