/*
 * connstate summary --interval: how sockets moved between the states meanwhile.
 */
#ifndef APP_SUMMARY_MOVES_H
#define APP_SUMMARY_MOVES_H

#include "app/options.h"

/* Two polls, and what the kernel told in between.  Returns the exit status. */
int summary_moves(const struct options *o);

#endif
