/* A cell before it becomes text: see value.h. */
#include "config.h"

#include "query/value.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* One step of a readable unit: from @from base units on, shown as 1/@from with @suffix. */
struct step {
	uint64_t from;
	const char *suffix;
};

static const struct step step_bytes[] = {
	{ (uint64_t)1 << 40, "T" }, { (uint64_t)1 << 30, "G" }, { (uint64_t)1 << 20, "M" },
	{ (uint64_t)1 << 10, "K" }, { 1, "" },
};

static const struct step step_rate[] = {
	{ 1000000000, "GB/s" }, { 1000000, "MB/s" }, { 1000, "kB/s" }, { 1, "B/s" },
};

/* "1.5" or "15" or "150": about three digits, rounded down. */
static size_t format_steps(char *out, uint64_t n, const struct step *step)
{
	uint64_t tenths;
	size_t len;

	while (n < step->from && step->from > 1)
		step++;
	len = text_u64(out, n / step->from);
	tenths = n % step->from * 10 / step->from;
	if (len < 2 && step->from > 1) {
		out[len++] = '.';
		out[len++] = (char)('0' + tenths);
	}
	for (const char *s = step->suffix; *s; s++)
		out[len++] = *s;
	return len;
}

/* The two largest parts of a time: "2h13m", "4m02s", "12s", "350ms", "1.2ms", "80us". */
static size_t format_duration(char *out, uint64_t ns)
{
	static const struct step parts[] = {
		{ 86400000000000, "d" }, { 3600000000000, "h" }, { 60000000000, "m" },
		{ 1000000000, "s" },
	};
	static const struct step small[] = { { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	size_t i = 0;
	size_t len;

	if (ns < 1000000000)
		return ns ? format_steps(out, ns, small) : (size_t)snprintf(out, 3, "0s");
	while (ns < parts[i].from)
		i++;
	len = text_u64(out, ns / parts[i].from);
	out[len++] = *parts[i].suffix;
	if (parts[i].from == 1000000000)
		return len;
	ns = ns % parts[i].from / parts[i + 1].from;
	out[len++] = (char)('0' + ns / 10);
	out[len++] = (char)('0' + ns % 10);
	out[len++] = *parts[i + 1].suffix;
	return len;
}

static size_t format_hex(char *out, uint64_t n)
{
	return (size_t)snprintf(out, VALUE_TEXT_MAX, "0x%llx", (unsigned long long)n);
}

static size_t format_count(char *out, uint64_t n, const struct field *f,
			   const struct value_style *style)
{
	if (f->unit == UNIT_HEX)
		return format_hex(out, n);
	if (style->raw)
		return text_u64(out, n);
	switch ((enum unit)f->unit) {
	case UNIT_BYTES:
		return format_steps(out, n, step_bytes);
	case UNIT_BYTES_PER_SECOND:
		return format_steps(out, n, step_rate);
	case UNIT_NANOSECONDS:
		return format_duration(out, n);
	case UNIT_MICROSECONDS:
		return format_duration(out, n > UINT64_MAX / 1000 ? UINT64_MAX : n * 1000);
	case UNIT_MILLISECONDS:
		return format_duration(out, n > UINT64_MAX / 1000000 ? UINT64_MAX : n * 1000000);
	case UNIT_NONE:
	case UNIT_HEX:
		break;
	}
	return text_u64(out, n);
}

static size_t copy(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len > size)
		len = size;
	memcpy(out, text, len);
	return len;
}

size_t value_format(char *out, size_t size, const struct value *v, const struct field *f,
		    const struct value_style *style)
{
	switch ((enum value_kind)v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_COUNT:
		return format_count(out, v->count, f, style);
	case VALUE_RATIO:
		return (size_t)snprintf(out, VALUE_TEXT_MAX, style->raw ? "%.6g" : "%.1f%%",
					style->raw ? v->ratio : v->ratio * 100);
	case VALUE_TEXT:
		return v->len ? utf8_sanitise(out, size, v->text, v->len) : copy(out, size, "-");
	case VALUE_STATE:
		return copy(out, size, state_name(v->state, style->names));
	case VALUE_ADDRESS:
		return addr_text(out, v->endpoint->family, v->endpoint->bytes);
	case VALUE_ENDPOINT:
		return endpoint_text(out, v->endpoint, v->dual_stack, v->interface);
	case VALUE_BOOL:
		return copy(out, size, v->truth ? "yes" : "no");
	}
	return copy(out, size, "-");
}

size_t value_format_or_why(char *out, size_t size, const struct value *v, const struct field *f,
			   const struct value_style *style)
{
	size_t len;

	if (v->kind != VALUE_NONE || !v->text)
		return value_format(out, size, v, f, style);
	out[0] = '(';
	len = 1 + utf8_sanitise(out + 1, size - 2, v->text, strlen(v->text));
	out[len] = ')';
	return len + 1;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_text(const struct value *a, const struct value *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len ? memcmp(a->text, b->text, len) : 0;

	return order ? order : compare_u64(a->len, b->len);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	switch ((enum value_kind)a->kind) {
	case VALUE_NONE:
		break;
	case VALUE_COUNT:
		return compare_u64(a->count, b->count);
	case VALUE_RATIO:
		return (a->ratio > b->ratio) - (a->ratio < b->ratio);
	case VALUE_TEXT:
		return compare_text(a, b);
	case VALUE_STATE:
		return compare_u64(a->state, b->state);
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		return endpoint_compare(a->endpoint, b->endpoint);
	case VALUE_BOOL:
		return (int)a->truth - (int)b->truth;
	}
	return 0;
}
