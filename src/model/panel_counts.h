/*
 * How many sockets of a snapshot are in each state, as the panel counts them.
 */
#ifndef MODEL_PANEL_COUNTS_H
#define MODEL_PANEL_COUNTS_H

#include <stdint.h>

#include "model/proto.h"
#include "model/snapshot.h"

/*
 * Of those whose protocols were asked for, into @counts (STATE_COUNT of them).  Returns how many
 * are counted in none of them, since their state is one of TCP and they are not of TCP.
 */
uint32_t panel_counts(const struct snapshot *s, proto_set protos, uint32_t *counts);

/* The states that nothing is known of when those @protos are asked for, in those @states. */
state_set panel_uncounted(proto_set protos, state_set states);

/* The states in which a socket can be that is counted in none of them. */
state_set panel_others_states(proto_set protos);

/* The states of @proto that are counted. */
state_set panel_counts_states(proto_set protos, unsigned int proto);

#endif
