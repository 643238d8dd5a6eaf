/*
 * How the number of sockets went over a span of a recording, by state or by the value
 * of a column: at its end, the least, the most and the mean of its polls.
 */
#ifndef APP_SPAN_TALLY_H
#define APP_SPAN_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "app/session.h"
#include "base/intern.h"

/* One state of a protocol, or one value of a column. */
struct span_count {
	uint64_t now;
	uint64_t least; /* at a poll, as far as the count is settled; UINT64_MAX: none yet */
	uint64_t most;
	uint64_t sum;	/* over the settled polls */
	size_t settled; /* polls */
	uint64_t opened;
	uint64_t closed;
	uint64_t entered; /* by a change of state, from another of these */
	uint64_t left;
	uint64_t changed; /* their state, and are still counted here */
};

struct span_tally {
	struct session *session;
	const struct column *by; /* NULL: by protocol and state */
	struct intern keys;
	struct span_count *counts; /* by the number of their key */
	size_t room;
	struct span_count all[PROTO_COUNT]; /* sums by protocol; not with @by */
	uint64_t *polls; /* times of those in the span, its beginning included */
	size_t poll_count;
	size_t poll_room;
	struct buffer key;
	struct error *err;
};

/* Count over the span of @s.  0, or -1 with @err set; span_tally_fini() is due either way. */
int span_tally_run(struct span_tally *t, struct session *s, const struct column *by,
		   struct error *err);
void span_tally_fini(struct span_tally *t);

/* The count of @state of @proto, or NULL where there never was one. */
const struct span_count *span_tally_state(const struct span_tally *t, enum proto proto,
					  enum state state);

/* The value that count number @i stands for: borrowed, @room holds part of it. */
struct value span_tally_value(const struct span_tally *t, size_t i, struct endpoint *room);

#endif
