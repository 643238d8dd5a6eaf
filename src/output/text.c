/* Text that others chose, on its way out: see writer.h. */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "output/writer.h"

bool output_is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
			return false;
	return true;
}

size_t output_put_safe(struct buffer *out, const char *text, size_t len, bool ascii)
{
	size_t cells = 0;

	if (output_is_plain(text, len)) {
		buffer_put(out, text, len);
		return len;
	}
	ascii |= !utf8_locale();
	while (len) {
		struct utf8_char c = utf8_next(text, len, ascii);
		char bytes[UTF8_BYTES_MAX];

		buffer_put(out, bytes, utf8_encode(bytes, c.code));
		cells += c.cells;
		text += c.bytes;
		len -= c.bytes;
	}
	return cells;
}

void output_put_escaped(struct buffer *out, const char *text, size_t len,
			void (*escape)(struct buffer *out, unsigned char byte))
{
	utf8_locale(); /* which characters are harmless is the locale's word */
	while (len) {
		struct utf8_char c = utf8_next(text, len, false);
		uint32_t code;

		utf8_decode(text, len, &code);
		if (c.code == code && code != UTF8_REPLACEMENT && code != '"' && code != '\\')
			buffer_put(out, text, c.bytes);
		else if (code == UTF8_REPLACEMENT && c.bytes > 1)
			buffer_put(out, text, c.bytes); /* a real U+FFFD */
		else
			for (size_t i = 0; i < c.bytes; i++)
				escape(out, (unsigned char)text[i]);
		text += c.bytes;
		len -= c.bytes;
	}
}

/* An unknown value that says why: "(orphaned)". */
static size_t put_reason(struct buffer *out, const char *why, bool ascii)
{
	size_t cells;

	buffer_putc(out, '(');
	cells = output_put_safe(out, why, strlen(why), ascii);
	buffer_putc(out, ')');
	return cells + 2;
}

struct cell_size output_format_cell(struct buffer *out, const struct value *v,
				    const struct field *f, const struct value_style *style)
{
	struct cell_size size = { 0, 0 };
	size_t before = out->used;
	char *p;

	if (v->kind == VALUE_NONE && v->text) {
		size.cells = (uint32_t)put_reason(out, v->text, style->ascii);
	} else if (v->kind == VALUE_TEXT && v->len) {
		size.cells = (uint32_t)output_put_safe(out, v->text, v->len, style->ascii);
	} else {
		p = buffer_reserve(out, VALUE_TEXT_MAX);
		if (!p)
			return size;
		size.cells = (uint32_t)value_format(p, VALUE_TEXT_MAX, v, f, style);
		buffer_commit(out, size.cells);
	}
	size.bytes = (uint32_t)(out->used - before);
	return size;
}
