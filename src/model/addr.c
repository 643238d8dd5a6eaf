/*
 * Endpoint addresses: see addr.h.
 *
 * Every row of a listing prints two of them, so octets come from a table, and groups of
 * hexadecimal digits are made without branches: all four go into one word, and the leading zeros
 * are shifted out of it.
 */
#include "config.h"

#include "model/addr.h"

#include <endian.h>
#include <string.h>

#include "base/buffer.h"

#define GROUPS 8
#define INTERFACE_MAX 15 /* IFNAMSIZ - 1 */

/* "N." for each octet. */
#define OCTET_1(n) { '0' + (n), '.' }
#define OCTET_2(n) { '0' + (n) / 10, '0' + (n) % 10, '.' }
#define OCTET_3(n) { '0' + (n) / 100, '0' + (n) / 10 % 10, '0' + (n) % 10, '.' }
#define TEN(octet, n)                                                                              \
	octet(n), octet(n + 1), octet(n + 2), octet(n + 3), octet(n + 4), octet(n + 5),            \
		octet(n + 6), octet(n + 7), octet(n + 8), octet(n + 9)
#define HUNDRED(octet, n)                                                                          \
	TEN(octet, n), TEN(octet, n + 10), TEN(octet, n + 20), TEN(octet, n + 30),                 \
		TEN(octet, n + 40), TEN(octet, n + 50), TEN(octet, n + 60), TEN(octet, n + 70),    \
		TEN(octet, n + 80), TEN(octet, n + 90)

static const char octets[256][4] = {
	TEN(OCTET_1, 0), TEN(OCTET_2, 10), TEN(OCTET_2, 20), TEN(OCTET_2, 30), TEN(OCTET_2, 40),
	TEN(OCTET_2, 50), TEN(OCTET_2, 60), TEN(OCTET_2, 70), TEN(OCTET_2, 80), TEN(OCTET_2, 90),
	HUNDRED(OCTET_3, 100), TEN(OCTET_3, 200), TEN(OCTET_3, 210), TEN(OCTET_3, 220),
	TEN(OCTET_3, 230), TEN(OCTET_3, 240), OCTET_3(250), OCTET_3(251), OCTET_3(252),
	OCTET_3(253), OCTET_3(254), OCTET_3(255),
};

/* "N." at @p, of which 4 bytes are written.  Returns the place behind the dot. */
static char *put_octet(char *p, uint8_t n)
{
	memcpy(p, octets[n], sizeof(octets[n]));
	return p + 2 + (n >= 10) + (n >= 100);
}

static size_t v4_text(char *out, const uint8_t *bytes)
{
	char *p = out;

	for (size_t i = 0; i < 4; i++)
		p = put_octet(p, bytes[i]);
	return (size_t)(p - out) - 1;
}

/* The group @n in hexadecimal at @p, of which 4 bytes are written.  Returns its end. */
static char *put_group(char *p, uint32_t n)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t blank = (n < 0x10) + (n < 0x100) + (n < 0x1000);
	uint32_t text = (uint32_t)digits[n >> 12] | (uint32_t)digits[n >> 8 & 15] << 8 |
			(uint32_t)digits[n >> 4 & 15] << 16 | (uint32_t)digits[n & 15] << 24;

	text = htole32(text >> 8 * blank);
	memcpy(p, &text, sizeof(text));
	return p + sizeof(text) - blank;
}

/* The first of the longest runs of zero groups, if it has two or more. */
struct zeros {
	size_t start;
	size_t count;
};

static struct zeros longest_zeros(const uint32_t *groups)
{
	struct zeros best = { 0, 1 };
	size_t count = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		count = groups[i] ? 0 : count + 1;
		if (count > best.count)
			best = (struct zeros){ i + 1 - count, count };
	}
	if (best.count < 2)
		best.start = best.count = GROUPS;
	return best;
}

/* True where the last two groups are written as an IPv4 address (RFC 5952, section 5). */
static bool ends_as_v4(const uint32_t *groups, struct zeros zeros)
{
	return zeros.start == 0 && (zeros.count == 6 || (zeros.count == 5 && groups[5] == 0xffff));
}

static size_t v6_text(char *out, const uint8_t *bytes)
{
	uint32_t groups[GROUPS];
	struct zeros zeros;
	size_t count = GROUPS;
	char *p = out;

	for (size_t i = 0; i < GROUPS; i++)
		groups[i] = (uint32_t)bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = longest_zeros(groups);
	if (ends_as_v4(groups, zeros))
		count = GROUPS - 2;
	for (size_t i = 0; i < count; i++) {
		if (i == zeros.start) {
			*p++ = ':';
			if (i == 0)
				*p++ = ':';
			i += zeros.count - 1;
			continue;
		}
		p = put_group(p, groups[i]);
		if (i + 1 < GROUPS)
			*p++ = ':';
	}
	if (count < GROUPS)
		p += v4_text(p, bytes + 12);
	return (size_t)(p - out);
}

size_t addr_text(char *out, enum addr_family family, const uint8_t *bytes)
{
	if (family == ADDR_V4)
		return v4_text(out, bytes);
	if (family == ADDR_V6)
		return v6_text(out, bytes);
	return 0;
}

static size_t port_text(char *out, uint16_t port)
{
	if (port)
		return text_u64(out, port);
	*out = '*';
	return 1;
}

/* Brackets keep the address's colons apart from the port's, as everywhere. */
static size_t host_text(char *out, const struct endpoint *e, bool dual_stack)
{
	size_t len;

	if (e->family == ADDR_V4)
		return v4_text(out, e->bytes);
	if (e->family == ADDR_NONE || (dual_stack && addr_is_any(ADDR_V6, e->bytes))) {
		*out = '*';
		return 1;
	}
	*out = '[';
	len = v6_text(out + 1, e->bytes) + 1;
	out[len] = ']';
	return len + 1;
}

size_t endpoint_text(char *out, const struct endpoint *e, bool dual_stack, const char *interface)
{
	size_t len = host_text(out, e, dual_stack);

	if (interface) {
		size_t name_len = strnlen(interface, INTERFACE_MAX);

		out[len++] = '%';
		memcpy(out + len, interface, name_len);
		len += name_len;
	}
	out[len++] = ':';
	return len + port_text(out + len, e->port);
}

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

bool addr_is_any(enum addr_family family, const uint8_t *bytes)
{
	static const uint8_t any[16];

	if (family == ADDR_V4)
		return !memcmp(bytes, any, 4);
	return family == ADDR_V6 && !memcmp(bytes, any, sizeof(any));
}

bool addr_is_mapped(enum addr_family family, const uint8_t *bytes)
{
	return family == ADDR_V6 && !memcmp(bytes, mapped_prefix, sizeof(mapped_prefix));
}

bool addr_is_loopback(enum addr_family family, const uint8_t *bytes)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (family == ADDR_V4)
		return bytes[0] == 127;
	if (addr_is_mapped(family, bytes))
		return bytes[12] == 127;
	return family == ADDR_V6 && !memcmp(bytes, loopback, sizeof(loopback));
}

int endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
	size_t len = a->family == ADDR_V4 ? 4 : a->family == ADDR_V6 ? 16 : 0;
	int order;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	order = memcmp(a->bytes, b->bytes, len);
	return order ? order : (a->port > b->port) - (a->port < b->port);
}
