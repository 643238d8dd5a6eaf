/*
 * The diagram of RFC 793 as a map of boxes to walk on.
 */
#ifndef UI_LIFECYCLE_H
#define UI_LIFECYCLE_H

#include "model/state.h"

/* The state whose box lies @rows below and @cols right of @from's (-1, 0 or 1); @from if none. */
enum state lifecycle_neighbour(enum state from, int rows, int cols);

#endif
