/*
 * Which protocols and families of sockets are asked for.
 */
#ifndef APP_FAMILIES_H
#define APP_FAMILIES_H

#include "app/options.h"
#include "collect/collect.h"

/* Add all sockets of @protos, asked for by name. */
void families_add(struct options *o, proto_set protos);

/* Add a family as -f names it: "inet6", "unix".  0, or -1 with @err set. */
int families_add_family(struct options *o, const char *word, struct error *err);

/*
 * Add what a list as of -A names, "tcp,unix_stream", or take away what has a "!" in
 * front: from everything, if nothing was asked for yet.  0, or -1 with @err set.
 */
int families_add_list(struct options *o, const char *list, struct error *err);

/* The kinds that @o asks for, as collect_request.types has them. */
void families_types(const struct options *o, uint16_t types[PROTO_COUNT]);

/*
 * Say in @err which protocols of those @o asks for by name could not be listed, and which
 * states (BOUND is there only when asked for), by the report of the pass.  False when none
 * is.
 */
bool families_lacking(const struct options *o, const struct collect_report *report,
		      struct error *err);

#endif
