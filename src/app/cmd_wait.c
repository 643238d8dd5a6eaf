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

/* What is there is there; that nothing is has to be known. */
static bool is_reached(const struct options *o, const struct tally *t)
{
	return o->none ? !t->count && !*t->gap.text : t->count >= (o->count ? o->count : 1);
}

/* "%s3 sockets match, not 0" with what is not known about that. */
static int say_missed(const struct options *o, const struct tally *t, const char *when)
{
	struct error err;

	error_set(&err, 0, "%s %s%" PRIu64 " sockets match, not %s%" PRIu64 "%s%.300s", when,
		  *t->gap.text ? "at least " : "", t->count, o->none ? "" : "at least ",
		  o->none ? 0 : o->count ? o->count : (uint64_t)1, *t->gap.text ? ": " : "",
		  t->gap.text);
	return say_error(&err, EXIT_FAILED);
}

/* Nothing will change any more in a file. */
static int say_never(const struct options *o, const struct tally *t)
{
	char when[160];

	snprintf(when, sizeof(when), "in '%.150s'", o->from);
	return say_missed(o, t, when);
}

static int say_timeout(const struct options *o, const struct tally *t)
{
	char when[64];

	snprintf(when, sizeof(when), "after %.3g seconds", (double)o->timeout_ms / 1000);
	return say_missed(o, t, when);
}

/* None is seen, and it will never be known whether there are some. */
static int say_unknown(const struct tally *t)
{
	struct error err;

	error_set(&err, 0, "whether no socket matches is not known: %.400s", t->gap.text);
	return say_error(&err, EXIT_FAILED);
}

static int wait_run(struct session *s, struct ticker *t, struct error *err)
{
	const struct options *o = s->o;
	uint64_t end = o->timeout_ms ? loop_now_ns() + o->timeout_ms * 1000000 : LOOP_FOREVER;
	struct tally tally = { .count = 0 };
	bool said = false;

	while (ticker_wait(t, end)) {
		if (count_matching(s, &tally, err))
			return say_error(err, EXIT_FAILED);
		if (!said)
			source_say_lacking(o, collector_report(s->collector));
		said = true;
		if (is_reached(o, &tally))
			return source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
		if (o->none && !tally.count)
			return say_unknown(&tally);
		if (o->from)
			return say_never(o, &tally);
		if (loop_now_ns() >= end)
			return say_timeout(o, &tally);
	}
	error_set(err, 0, "interrupted while %" PRIu64 " sockets match", tally.count);
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
