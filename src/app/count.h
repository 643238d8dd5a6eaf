/*
 * How many sockets match, and what is not known about that.
 */
#ifndef APP_COUNT_H
#define APP_COUNT_H

#include <stdint.h>

#include "app/session.h"

struct tally {
	uint64_t count;
	uint64_t doubtful; /* that may match or not, not counted: their owners are hidden */
	struct error gap;  /* why there may be more; no text: there are not */
};

/*
 * Count the sockets that match the session's filter, in one pass.  0 with @t filled, or
 * -1 with @err set.
 */
int count_matching(struct session *s, struct tally *t, struct error *err);

#endif
