/*
 * connstate wait: until so many sockets match.
 *
 * A port listens, a service has drained: 'wait listening sport = :8080', 'wait --none
 * sport = :8080 and state established'.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/commands.h"
#include "app/count.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "app/ticker.h"
#include "base/loop.h"

#define INTERVAL_MS 100

static bool is_reached(const struct options *o, uint64_t count)
{
	return o->none ? !count : count >= (o->count ? o->count : 1);
}

/* Nothing will change any more in a file. */
static int say_never(const struct options *o, uint64_t count)
{
	struct error err;

	error_set(&err, 0, "in '%s' %" PRIu64 " sockets match, not %s%" PRIu64, o->from, count,
		  o->none ? "" : "at least ", o->none ? 0 : o->count ? o->count : (uint64_t)1);
	return say_error(&err, EXIT_FAILED);
}

static int say_timeout(const struct options *o, uint64_t count)
{
	struct error err;

	error_set(&err, 0, "after %.3g seconds %" PRIu64 " sockets match, not %s%" PRIu64,
		  (double)o->timeout_ms / 1000, count, o->none ? "" : "at least ",
		  o->none ? 0 : o->count ? o->count : (uint64_t)1);
	return say_error(&err, EXIT_FAILED);
}

static int wait_run(struct session *s, struct ticker *t, struct error *err)
{
	const struct options *o = s->o;
	uint64_t end = o->timeout_ms ? loop_now_ns() + o->timeout_ms * 1000000 : LOOP_FOREVER;
	uint64_t count = 0;
	bool said = false;

	while (ticker_wait(t, end)) {
		if (count_matching(s, &count, err))
			return say_error(err, EXIT_FAILED);
		if (!said)
			source_say_lacking(o, collector_report(s->collector));
		said = true;
		if (is_reached(o, count))
			return source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
		if (o->from)
			return say_never(o, count);
		if (loop_now_ns() >= end)
			return say_timeout(o, count);
	}
	error_set(err, 0, "interrupted while %" PRIu64 " sockets match", count);
	return say_error(err, EXIT_FAILED);
}

int cmd_wait(const struct options *o)
{
	struct session s;
	struct ticker *t;
	struct error err = { 0 };
	int status;

	if (!o->word_count && !o->filter_file && !o->listening) {
		error_set(&err, 0, "wait for what? A filter is missing, like 'sport = :8080'");
		return say_error(&err, EXIT_USAGE);
	}
	if (o->none && o->count) {
		error_set(&err, 0, "--none and --count can't both be waited for");
		return say_error(&err, EXIT_USAGE);
	}
	status = session_open(&s, o, 0);
	if (!status) {
		t = ticker_new(o->interval_ms ? o->interval_ms : INTERVAL_MS, &err);
		status = t ? wait_run(&s, t, &err) : say_error(&err, EXIT_FAILED);
		ticker_free(t);
	}
	session_close(&s);
	return status;
}
