/* Showing where a filter is wrong. */
#include "config.h"

#include <string.h>

#include "query/filter.h"

/* A long expression is cut to so many bytes around the word that is wrong. */
#define EXCERPT_BEFORE 48
#define EXCERPT_MAX 100

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The part of the text that is shown. */
struct excerpt {
	size_t from;
	size_t to;
	bool cut_before;
	bool cut_after;
};

static struct excerpt excerpt_find(const char *text, size_t len, size_t offset)
{
	struct excerpt e = { .from = offset, .to = offset };

	while (e.from > 0 && text[e.from - 1] != '\n' && offset - e.from < EXCERPT_BEFORE)
		e.from--;
	while (e.from < offset && is_continuation(text[e.from]))
		e.from++;
	while (e.to < len && text[e.to] != '\n' && e.to - e.from < EXCERPT_MAX)
		e.to++;
	while (e.to > offset && e.to < len && is_continuation(text[e.to]))
		e.to--;
	e.cut_before = e.from > 0 && text[e.from - 1] != '\n';
	e.cut_after = e.to < len && text[e.to] != '\n';
	return e;
}

/* Characters between two places: UTF-8 is counted, not measured. */
static size_t columns(const char *text, size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += !is_continuation(text[i]);
	return count;
}

static void write_excerpt(const struct excerpt *e, const char *text, struct buffer *out)
{
	if (e->cut_before)
		buffer_puts(out, "...");
	for (size_t i = e->from; i < e->to; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\t' || c == '\r')
			buffer_putc(out, ' ');
		else
			buffer_putc(out, c < ' ' || c == 0x7f ? '?' : text[i]);
	}
	if (e->cut_after)
		buffer_puts(out, "...");
	buffer_putc(out, '\n');
}

void filter_error_write(const struct filter_error *err, const char *text, size_t len,
			struct buffer *out)
{
	size_t offset = err->offset < len ? err->offset : len;
	struct excerpt e = excerpt_find(text, len, offset);
	size_t end = err->len < e.to - offset ? offset + err->len : e.to;
	size_t width = columns(text, offset, end);

	write_excerpt(&e, text, out);
	buffer_fill(out, ' ', columns(text, e.from, offset) + (e.cut_before ? 3 : 0));
	buffer_fill(out, '^', width ? width : 1);
	buffer_putc(out, '\n');
	buffer_puts(out, err->message);
	buffer_putc(out, '\n');
}
