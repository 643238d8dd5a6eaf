/*
 * How many sockets match.
 */
#ifndef APP_COUNT_H
#define APP_COUNT_H

#include <stdint.h>

#include "app/session.h"

/*
 * Count the sockets that match the session's filter, in one pass.  0 with @count
 * set, or -1 with @err set.
 */
int count_matching(struct session *s, uint64_t *count, struct error *err);

#endif
