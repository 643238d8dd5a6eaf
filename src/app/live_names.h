/*
 * Names in the live view: asked for as they are drawn, shown as they come, and never
 * waited for.
 */
#ifndef APP_LIVE_NAMES_H
#define APP_LIVE_NAMES_H

#include <stdbool.h>

#include "query/filter.h"
#include "ui/ui.h"

struct live_names;

/* How often answers are looked for while some are awaited. */
#define LIVE_NAMES_POLL_NS UINT64_C(50000000)

/* Hosts are asked for at @home (home.h).  NULL without memory. */
struct live_names *live_names_new(int home);
void live_names_free(struct live_names *n); /* NULL is fine */

/* From now on names are shown, or numbers.  0, or -1 with @err set: they cannot be had. */
int live_names_show(struct live_names *n, bool shown, struct error *err);

/* What the view makes names with. */
void live_names_data(struct live_names *n, struct ui_data *data);

/* Let the hosts in typed filters be looked up without waiting. */
void live_names_look_up(struct live_names *n, struct ui_options *ui,
			struct filter_options *lookups);

/* The names of the hosts of @row, as far as they are known; they are asked for. */
void live_names_complete(struct live_names *n, struct row *row);

/* Take what was answered; true if that was something. */
bool live_names_poll(struct live_names *n);

/* Is an answer awaited? */
bool live_names_asking(const struct live_names *n);

#endif
