/* Reading a line of text: see scan.h. */
#include "config.h"

#include "collect/scan.h"

#include <stddef.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool scan_number(struct cursor *c, int base, unsigned int digits, uint64_t *out)
{
	const char *start = c->at;
	uint64_t n = 0;

	while (c->at < c->end && (size_t)(c->at - start) < digits) {
		int digit = hex_digit(*c->at);

		if (digit < 0 || digit >= base)
			break;
		n = n * (uint64_t)base + (uint64_t)digit;
		c->at++;
	}
	*out = n;
	return c->at > start;
}

bool scan_hex(struct cursor *c, unsigned int digits, uint64_t *out)
{
	const char *start = c->at;

	return scan_number(c, 16, digits, out) && c->at - start == (ptrdiff_t)digits;
}

bool scan_decimal(struct cursor *c, uint64_t *out)
{
	return scan_number(c, 10, 19, out);
}

bool scan_char(struct cursor *c, char wanted)
{
	if (c->at >= c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

bool scan_blanks(struct cursor *c)
{
	const char *start = c->at;

	while (c->at < c->end && *c->at == ' ')
		c->at++;
	return c->at > start;
}
