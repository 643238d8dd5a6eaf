/* Names of states for headings of a few cells. */
#ifndef UI_SHORT_NAMES_H
#define UI_SHORT_NAMES_H

#include "model/state.h"

/* Cells of the longest one of RFC 793. */
#define SHORT_NAME_MAX 7

/*
 * "ESTAB" for a name of RFC 793, or where the dialect @d has none; else the name that it
 * has there, of any length.  Borrowed, valid for ever.
 */
const char *state_short_name(enum state s, enum dialect d);

#endif
