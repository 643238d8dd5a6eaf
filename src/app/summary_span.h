/*
 * connstate summary over a span of a recording.
 */
#ifndef APP_SUMMARY_SPAN_H
#define APP_SUMMARY_SPAN_H

#include "app/options.h"

/* With --since or --until, and with --by where @o has it.  Returns the exit status. */
int summary_span(const struct options *o);

#endif
