/*
 * The only place that speaks on standard error.
 */
#ifndef APP_SAY_H
#define APP_SAY_H

#include "base/buffer.h"
#include "base/error.h"
#include "query/filter.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNKNOWN = 3, /* of check, whose 2 would be a critical alarm */
};

/* Print "connstate: " and the error's text, harmless for a terminal.  Returns @status. */
int say_error(const struct error *err, int status);

/* Show the @text of a filter with what is wrong in it.  Returns EXIT_USAGE. */
int say_filter_error(const struct filter_error *wrong, const char *text, size_t len);

/* Flush @out; speaks and returns EXIT_FAILED where that fails, else @status. */
int say_end(struct buffer *out, int status);

#endif
