/*
 * A recorded socket that outlives the reading of it: one block of memory with all that
 * it points to.
 */
#ifndef APP_KEPT_H
#define APP_KEPT_H

#include "store/recording.h"

/* A copy, to be freed with free().  NULL without memory. */
struct recorded_sock *kept_new(const struct recorded_sock *what);

#endif
