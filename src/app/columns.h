/*
 * The columns of a listing: from options to a list.
 */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "app/options.h"

/*
 * The columns that @o asks for: the default ones of its format, those of -o -e -i -m,
 * then what --columns says.  0, or -1 with @err set.
 */
int listing_columns(struct column_list *list, const struct options *o, struct error *err);

#endif
