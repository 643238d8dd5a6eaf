/*
 * Reading a line of text piece by piece, as the files below /proc/net have them.
 *
 * Each function takes what it is named after off the front of the line; false
 * when something else is there.
 */
#ifndef COLLECT_SCAN_H
#define COLLECT_SCAN_H

#include <stdbool.h>
#include <stdint.h>

/* What is left of a line. */
struct cursor {
	const char *at;
	const char *end;
};

/* A number in @base of at most @digits digits, at least one. */
bool scan_number(struct cursor *c, int base, unsigned int digits, uint64_t *out);

/* A hexadecimal number of exactly @digits digits. */
bool scan_hex(struct cursor *c, unsigned int digits, uint64_t *out);

bool scan_decimal(struct cursor *c, uint64_t *out);
bool scan_char(struct cursor *c, char wanted);

/* Blanks, at least one. */
bool scan_blanks(struct cursor *c);

#endif
