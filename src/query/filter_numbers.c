/* Numbers with units, as filters write them. */
#include "config.h"

#include <string.h>

#include "query/filter_ast.h"

struct suffix {
	const char *text;
	uint64_t factor;
};

#define SECOND UINT64_C(1000000000)

/* In nanoseconds. */
static const struct suffix durations[] = {
	{ "ns", 1 },		  { "us", 1000 },	{ "ms", 1000000 },
	{ "s", SECOND },	  { "sec", SECOND },	{ "m", 60 * SECOND },
	{ "min", 60 * SECOND },	  { "h", 3600 * SECOND }, { "d", 86400 * SECOND },
	{ "w", 604800 * SECOND }, { NULL, 0 },
};

static const struct suffix sizes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "k", UINT64_C(1) << 10 },
	{ "K", UINT64_C(1) << 10 },
	{ "M", UINT64_C(1) << 20 },
	{ "G", UINT64_C(1) << 30 },
	{ "T", UINT64_C(1) << 40 },
	{ "KiB", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GiB", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },
	{ NULL, 0 },
};

static const struct suffix counts[] = {
	{ "", 1 },	  { "k", 1000 },	{ "K", 1000 },
	{ "M", 1000000 }, { "G", 1000000000 },	{ NULL, 0 },
};

/* How the numbers of a unit are written, and how many of what they say make one of it. */
static const struct notation {
	const struct suffix *suffixes;
	uint64_t scale;
	bool compound; /* "1h30m" */
} notations[] = {
	[UNIT_NONE] = { counts, 1, false },
	[UNIT_BYTES] = { sizes, 1, false },
	[UNIT_NANOSECONDS] = { durations, 1, true },
	[UNIT_MICROSECONDS] = { durations, 1000, true },
	[UNIT_MILLISECONDS] = { durations, 1000000, true },
	[UNIT_BYTES_PER_SECOND] = { sizes, 1, false },
	[UNIT_HEX] = { counts, 1, false },
};

static const char needs_unit[] = "a time needs a unit: ns, us, ms, s, m, h or d";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool digits_parse(const char *text, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!len)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned int digit = (unsigned int)(text[i] - '0');

		if (!is_digit(text[i]) || n > (max - digit) / 10 || digit > max)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

static bool hex_parse(const char *text, size_t len, uint64_t *out)
{
	uint64_t n = 0;

	if (len < 3 || len > 18 || text[0] != '0' || (text[1] | 0x20) != 'x')
		return false;
	for (size_t i = 2; i < len; i++) {
		char c = text[i] | 0x20;

		if (is_digit(text[i]))
			n = n << 4 | (uint64_t)(text[i] - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*out = n;
	return true;
}

static const struct suffix *suffix_find(const struct suffix *s, const char *text, size_t len)
{
	for (; s->text; s++)
		if (strlen(s->text) == len && strncmp(s->text, text, len) == 0)
			return s;
	return NULL;
}

/* A cursor over the text of one number. */
struct reading {
	const char *at;
	const char *end;
	uint64_t total;
	bool inexact; /* a fraction was cut: the number is a little above total */
};

/* @len digits after the point as parts of @factor. */
static uint64_t fraction_read(struct reading *r, uint64_t factor, const char *digits, size_t len)
{
	uint64_t part = 0;
	uint64_t whole = 1; /* at most 10^9, so that no product below overflows */

	for (size_t i = 0; i < len; i++) {
		if (i >= 9) {
			r->inexact |= digits[i] != '0';
			continue;
		}
		part = part * 10 + (uint64_t)(digits[i] - '0');
		whole *= 10;
	}
	r->inexact |= part * (factor % whole) % whole != 0;
	return part * (factor / whole) + part * (factor % whole) / whole;
}

/* One number with its suffix, like "1.5ms".  NULL, or what is wrong. */
static const char *part_read(struct reading *r, const struct notation *n)
{
	const char *whole = r->at;
	const char *point;
	const char *tail;
	const struct suffix *suffix;
	uint64_t count;

	while (r->at < r->end && is_digit(*r->at))
		r->at++;
	point = r->at;
	if (r->at < r->end && *r->at == '.')
		while (++r->at < r->end && is_digit(*r->at))
			;
	tail = r->at;
	while (r->at < r->end && !is_digit(*r->at) && *r->at != '.')
		r->at++;
	if (point == whole || point + 1 == tail)
		return "not a number";
	if (!digits_parse(whole, (size_t)(point - whole), UINT64_MAX, &count))
		return "too large a number";
	suffix = suffix_find(n->suffixes, tail, (size_t)(r->at - tail));
	if (!suffix && r->at == tail)
		return count == 0 && point == tail ? NULL : needs_unit;
	if (!suffix)
		return "unknown unit";
	if (count > (UINT64_MAX - r->total) / suffix->factor)
		return "too large a number";
	r->total += count * suffix->factor;
	if (tail > point) {
		uint64_t part = fraction_read(r, suffix->factor, point + 1,
					      (size_t)(tail - point - 1));

		if (part > UINT64_MAX - r->total)
			return "too large a number";
		r->total += part;
	}
	return NULL;
}

const char *quantity_parse(struct quantity *q, const char *text, size_t len, enum unit unit)
{
	const struct notation *n = &notations[unit];
	struct reading r = { .at = text, .end = text + len };

	if (hex_parse(text, len, &q->floor)) {
		q->ceiling = q->floor;
		return n->compound ? needs_unit : NULL;
	}
	do {
		const char *wrong = part_read(&r, n);

		if (wrong)
			return wrong;
	} while (r.at < r.end && n->compound);
	if (r.at < r.end)
		return "not a number";
	q->floor = r.total / n->scale;
	q->ceiling = q->floor;
	if ((r.total % n->scale || r.inexact) && q->ceiling < UINT64_MAX)
		q->ceiling++;
	return NULL;
}
