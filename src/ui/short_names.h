/* Names of states for headings of a few cells. */
#ifndef UI_SHORT_NAMES_H
#define UI_SHORT_NAMES_H

#include "model/state.h"

/* Cells of the longest one. */
#define SHORT_NAME_MAX 7

/* "ESTAB".  Borrowed, valid for ever. */
const char *state_short_name(enum state s);

#endif
