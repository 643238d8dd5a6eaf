/* The only place that speaks on standard error: see say.h. */
#include "config.h"

#include "app/say.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

int say_error(const struct error *err, int status)
{
	static const char name[] = "connstate: ";
	char line[sizeof(name) + 3 * sizeof(err->text) + 1];
	size_t len = sizeof(name) - 1;
	const char *text = err->code == EPIPE ? "the reader closed the pipe before the end" :
						err->text;

	memcpy(line, name, len);
	len += utf8_sanitise(line + len, sizeof(line) - len - 1, text, strlen(text));
	line[len++] = '\n';
	(void)!write(STDERR_FILENO, line, len);
	return status;
}

int say_end(struct buffer *out, int status)
{
	struct error err;
	int failed = buffer_flush(out, &err);

	buffer_fini(out);
	return failed ? say_error(&err, EXIT_FAILED) : status;
}
