/* Closing sockets: see closing.h. */
#include "config.h"

#include "app/closing.h"

#include <stdio.h>

#include "app/own_session.h"
#include "base/buffer.h"

#define RESULTS (DESTROY_FAILED + 1)

static const char *const names[RESULTS] = {
	[DESTROY_DONE] = "closed",
	[DESTROY_GONE] = "gone already",
	[DESTROY_NOT_PERMITTED] = "not permitted",
	[DESTROY_NOT_BUILT] = "not supported by this kernel",
	[DESTROY_IMPOSSIBLE] = "impossible",
	[DESTROY_FAILED] = "failed",
};

const char *closing_result_name(enum destroy_result result)
{
	return names[result];
}

static void put_result(struct buffer *text, size_t count, const char *name)
{
	if (!count)
		return;
	if (text->used)
		buffer_puts(text, ", ");
	buffer_put_u64(text, count);
	buffer_putc(text, ' ');
	buffer_puts(text, name);
}

void closing_run(const struct sock *socks, size_t count, char *out, size_t size)
{
	struct destroyer destroyer = { 0 };
	size_t results[RESULTS] = { 0 };
	struct error why = { 0 };
	struct own_session own;
	struct buffer text;
	size_t spared = 0;

	own_session_find(&own);
	for (size_t i = 0; i < count; i++) {
		struct error err = { 0 };
		enum destroy_result result;

		if (own_session_has(&own, &socks[i])) {
			spared++;
			continue;
		}
		result = destroyer_destroy(&destroyer, &socks[i], &err);
		results[result]++;
		/* the first that says more than its name */
		if (result > DESTROY_GONE && !why.text[0])
			why = err;
	}
	destroyer_fini(&destroyer);
	buffer_init(&text, -1);
	for (size_t i = 0; i < RESULTS; i++)
		put_result(&text, results[i], names[i]);
	put_result(&text, spared, "spared: this very session");
	snprintf(out, size, "%.*s%s%s", (int)text.used, text.used ? text.data : "",
		 why.text[0] ? ": " : "", why.text);
	buffer_fini(&text);
}
