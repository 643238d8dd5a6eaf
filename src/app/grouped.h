/*
 * Sockets counted by the value of a column.
 */
#ifndef APP_GROUPED_H
#define APP_GROUPED_H

#include "app/options.h"

/* The column that --by and --group-by mean by @word, or NULL with @err set. */
const struct column *grouped_column(const char *word, struct error *err);

/* "summary --by": a table of that column and the states.  Returns the exit status. */
int grouped_summary(const struct options *o);

/*
 * "list --group-by": one row a value, with how many sockets there are and the sums of
 * the numbers among @columns.  Returns the exit status.
 */
int grouped_list(const struct options *o, const struct column_list *columns);

#endif
