/*
 * From options to a collector and what it is asked for.
 */
#ifndef APP_SOURCE_H
#define APP_SOURCE_H

#include "app/options.h"
#include "collect/collect.h"

/*
 * Go into the network namespace that @o names, for good; before anything else is
 * opened.  0, also when none is named, or -1 with @err set.
 */
int source_enter(const struct options *o, struct error *err);

struct replay;

/*
 * The collector that @o asks for, or NULL with @err set.  With @replay (or NULL), which
 * must live as long, it reads that.
 */
struct collector *source_open(const struct options *o, struct replay *replay, bool parallel,
			      struct error *err);

/* What @o asks for, with @facts delivered. */
struct collect_request source_request(const struct options *o, unsigned int facts);

/* What gets more to be seen, to be appended: " (run as root)", or "". */
const char *source_remedy(void);

/* Whether there are sockets that @o asks for by name and only netlink tells of. */
bool source_untold(const struct options *o, const struct collect_report *report);

/*
 * Say on standard error that /proc/net was read where that was not asked for, and what
 * @report lacks of what was asked for by name.
 */
void source_say_lacking(const struct options *o, const struct collect_report *report);

/*
 * Say on standard error what the last pass of @c could not look into.  Returns @status,
 * or @failed where a saved source was incomplete.
 */
int source_say_gaps(const struct collector *c, int status, int failed);

#endif
