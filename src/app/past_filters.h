/*
 * The filters of before, kept from one live view to the next in a file of the user's:
 * one a line, the latest first, as many as the view remembers.
 */
#ifndef APP_PAST_FILTERS_H
#define APP_PAST_FILTERS_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/ui.h"

/*
 * Let @ui remember them.  True if there is no file yet, as at the very first start: it
 * is made.  What cannot be read is not remembered.
 */
bool past_filters_load(struct ui *ui);

/* Keep those that @ui remembers now.  0, or -1 with @err set. */
int past_filters_save(const struct ui *ui, struct error *err);

#endif
