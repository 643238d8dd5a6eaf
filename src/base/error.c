/* What went wrong, as a value: see error.h. */
#include "config.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;
	size_t used;

	if (!err)
		return -1;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	used = strlen(err->text);
	if (code && used < sizeof(err->text) - 1)
		snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerror(code));
	return -1;
}
