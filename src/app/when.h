/*
 * Moments as people write them, for what is in a recording.
 */
#ifndef APP_WHEN_H
#define APP_WHEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* What moments are told by: milliseconds since the epoch. */
struct when_span {
	uint64_t first_ms; /* of the recording */
	uint64_t last_ms;
	uint64_t now_ms; /* by the clock */
};

/*
 * The moment that @text names, in local time where it names no zone, into @out.  0, or
 * -1 with @err telling what was expected and what the span is.
 */
int when_parse(const char *text, const struct when_span *span, uint64_t *out, struct error *err);

/* Longest text of when_text() and when_stamp(), with its NUL. */
#define WHEN_TEXT_MAX 48

/* "2026-11-22 14:03:05", local time, with ".250" where there are milliseconds. */
void when_text(char *out, uint64_t time_ms);

/* "2026-11-22T14:03:05.250+01:00", local time: RFC 3339. */
void when_stamp(char *out, uint64_t time_ms);

/* "2026-11-22T14:03:05Z", with ".250" where there are milliseconds. */
void when_utc(char *out, uint64_t time_ms);

#endif
