/* Text that others chose, on its way out: see writer.h. */
#include "config.h"

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
