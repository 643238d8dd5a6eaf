/*
 * A recording in the place of the kernel: the live view of what was.
 *
 * The moment is moved by wishes (struct ui_request.travel), which are granted in the
 * order in which they came, and by playing, in which the clock only says when the next
 * poll is due.  What is shown depends on the moment alone.
 */
#ifndef APP_PLAYBACK_H
#define APP_PLAYBACK_H

#include <stdint.h>

#include "app/feed.h"
#include "base/error.h"
#include "collect/collect.h"
#include "model/state.h"

struct recording;

struct playback_options {
	struct recording *recording; /* the caller's; must outlive the feed */
	struct collect_request request;
	enum dialect names; /* in what is said of states */
	uint64_t at_ms;		     /* where to begin; 0: at the first poll */
	uint64_t (*clock_ns)(void); /* monotonic; drives playing */
};

/* 0, or -1 with @err set; feed->class->close() is due. */
int playback_open(struct feed *feed, const struct playback_options *options, struct error *err);

#endif
