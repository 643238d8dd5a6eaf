/*
 * The diagram of RFC 793 as a map of boxes to walk on.
 */
#ifndef UI_LIFECYCLE_H
#define UI_LIFECYCLE_H

#include "model/state.h"

/*
 * The state whose box is the next one in the direction of @rows, @cols (-1, 0 or 1
 * each, one of them 0); @from where there is none.
 */
enum state lifecycle_neighbour(enum state from, int rows, int cols);

#endif
