/* What is said on standard error: see say.h. */
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

int say_filter_error(const struct filter_error *wrong, const char *text, size_t len)
{
	struct buffer out;

	buffer_init(&out, STDERR_FILENO);
	buffer_puts(&out, "connstate: the filter is wrong here:\n");
	filter_error_write(wrong, text, len, &out);
	buffer_flush(&out, NULL);
	buffer_fini(&out);
	return EXIT_USAGE;
}

int say_end(struct buffer *out, int status)
{
	struct error err;
	int failed = buffer_flush(out, &err);

	buffer_fini(out);
	return failed ? say_error(&err, EXIT_FAILED) : status;
}
