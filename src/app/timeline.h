/*
 * What happened in a recording, in order: sockets that opened, changed and closed.
 */
#ifndef APP_TIMELINE_H
#define APP_TIMELINE_H

#include <stdint.h>

#include "base/error.h"
#include "store/recording.h"

enum timeline_kind {
	TIMELINE_PRESENT, /* it was there at the beginning of the span */
	TIMELINE_FOUND,	  /* it was there when recording went on after a gap */
	TIMELINE_OPENED,
	TIMELINE_CHANGED,
	TIMELINE_CLOSED,
};

struct timeline_event {
	enum timeline_kind kind;
	uint64_t time_ms;
	enum state from; /* STATE_COUNT: none */
	enum state to;	 /* STATE_COUNT: none */
	uint64_t from_since_ms; /* of ->from */
	const struct recorded_sock *what; /* in state ->to, or ->from once it has closed */
};

/*
 * Tell @take of all that was there at @since_ms, and of all that happened after it and
 * not later than @until_ms; of what happened in one millisecond closes come last.
 * Nonzero from @take ends it, with @err set by whoever gave it.  0, or -1 with @err
 * set.
 */
int timeline_run(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		 int (*take)(void *context, const struct timeline_event *event), void *context,
		 struct error *err);

#endif
