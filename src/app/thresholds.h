/*
 * Thresholds of findings on the command line: "close-wait.count=100".
 */
#ifndef APP_THRESHOLDS_H
#define APP_THRESHOLDS_H

#include "base/error.h"
#include "model/findings.h"

/*
 * Set the one threshold of @t that @argument names; seconds may have an "s", shares may
 * be written as a percentage.  0, or -1 with @err set.
 */
int thresholds_parse(struct finding_thresholds *t, const char *argument, struct error *err);

#endif
