/*
 * The columns of a listing: from options to a list.
 */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "app/options.h"

#define LISTING_OTHERS_MAX 4

/*
 * The columns that @o asks for: the default ones of its format, those of -o -e -i -m,
 * then what --columns says.  0, or -1 with @err set.
 */
int listing_columns(struct column_list *list, const struct options *o, struct error *err);

/*
 * Does the template that @o asks for, if any, name columns and the @count fields of
 * @others alone?  @count is at most LISTING_OTHERS_MAX.  0, or -1 with @err set.
 */
int listing_check(const struct options *o, const struct field *const *others, size_t count,
		  struct error *err);

#endif
