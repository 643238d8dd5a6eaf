/* Counts of the panel: see panel_counts.h. */
#include "config.h"

#include "model/panel_counts.h"

#include <string.h>

/*
 * The states of TCP are counted for TCP alone, where that is looked at: a connected
 * UDP socket is ESTABLISHED to the kernel, but is no connection in that state.
 */
state_set panel_counts_states(proto_set protos, unsigned int proto)
{
	return protos & PROTO_BIT(PROTO_TCP) && proto != PROTO_TCP ? ~states_tcp() : ~(state_set)0;
}

uint32_t panel_counts(const struct snapshot *s, proto_set protos, uint32_t *counts)
{
	uint32_t others = 0;

	memset(counts, 0, STATE_COUNT * sizeof(*counts));
	for (unsigned int p = 0; p < PROTO_COUNT; p++) {
		const uint32_t *of_proto = snapshot_state_counts(s, p);
		state_set states = panel_counts_states(protos, p);

		for (unsigned int i = 0; i < STATE_COUNT; i++)
			*(states & STATE_BIT(i) ? &counts[i] : &others) += of_proto[i];
	}
	return others;
}

state_set panel_others_states(proto_set protos)
{
	state_set states = 0;

	for (unsigned int p = 0; p < PROTO_COUNT; p++)
		if (protos & PROTO_BIT(p))
			states |= proto_info((enum proto)p)->states &
				  ~panel_counts_states(protos, p);
	return states;
}

state_set panel_uncounted(proto_set protos, state_set states)
{
	state_set possible = 0;

	for (unsigned int p = 0; p < PROTO_COUNT; p++)
		if (protos & PROTO_BIT(p))
			possible |= proto_info((enum proto)p)->states;
	return ~(possible & states);
}
