/* UTF-8 on its way to a terminal: see utf8.h. */
#include "config.h"

#include "base/utf8.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

struct range {
	uint32_t first;
	uint32_t last;
};

/*
 * Characters that a terminal may act upon or that show nothing: controls, marks
 * and overrides of direction, invisible joiners, separators of lines, tags.
 */
static const struct range hostile[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },   { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x180e, 0x180e }, { 0x200b, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff }, { 0xf0000, 0x10ffff },
};

static bool is_hostile(uint32_t code)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		if (code >= hostile[i].first && code <= hostile[i].last)
			return true;
	return false;
}

bool utf8_locale(void)
{
	const char *name = setlocale(LC_CTYPE, NULL);

	if (name && !strcmp(name, "C"))
		setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Bytes of a sequence that begins with @lead and the least code it may hold; 0: none does. */
static size_t sequence_bytes(unsigned char lead, uint32_t *least)
{
	static const struct {
		unsigned char mask, bits;
		uint32_t least;
	} leads[] = {
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t i = 0; i < 3; i++) {
		if ((lead & leads[i].mask) == leads[i].bits) {
			*least = leads[i].least;
			return i + 2;
		}
	}
	return 0;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *code)
{
	unsigned char lead = (unsigned char)text[0];
	uint32_t least = 0;
	uint32_t value;
	size_t bytes;

	if (lead < 0x80) {
		*code = lead;
		return 1;
	}
	*code = UTF8_REPLACEMENT;
	bytes = sequence_bytes(lead, &least);
	if (!bytes || bytes > len)
		return 1;
	value = lead & (0x7fu >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*code = value;
	return bytes;
}

size_t utf8_encode(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (code >> 18 & 0x07));
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

struct utf8_char utf8_next(const char *text, size_t len, bool ascii)
{
	struct utf8_char c = { .cells = 1 };
	int cells;

	c.bytes = (uint8_t)utf8_decode(text, len, &c.code);
	if (c.code >= 0x20 && c.code < 0x7f)
		return c;
	if (ascii) {
		c.code = '?';
		return c;
	}
	cells = is_hostile(c.code) ? -1 : wcwidth((wchar_t)c.code);
	if (cells < 0)
		c.code = UTF8_REPLACEMENT;
	else
		c.cells = (uint8_t)cells;
	return c;
}

size_t utf8_sanitise(char *out, size_t size, const char *text, size_t len)
{
	bool ascii = !utf8_locale();
	size_t used = 0;

	while (len) {
		struct utf8_char c = utf8_next(text, len, ascii);
		char bytes[UTF8_BYTES_MAX];
		size_t n = utf8_encode(bytes, c.code);

		if (n > size - used)
			break;
		memcpy(out + used, bytes, n);
		used += n;
		text += c.bytes;
		len -= c.bytes;
	}
	return used;
}

size_t utf8_cells(const char *text, size_t len, bool ascii)
{
	size_t cells;

	utf8_cut(text, len, SIZE_MAX, ascii, &cells);
	return cells;
}

size_t utf8_cut(const char *text, size_t len, size_t cells, bool ascii, size_t *used)
{
	size_t bytes = 0;
	size_t taken = 0;

	while (bytes < len) {
		struct utf8_char c = utf8_next(text + bytes, len - bytes, ascii);

		if (c.cells > cells - taken)
			break;
		taken += c.cells;
		bytes += c.bytes;
	}
	if (used)
		*used = taken;
	return bytes;
}
