/*
 * Who holds the sockets of a recorder, as it becomes known: a connection is seen in the
 * accept queue first, then held by a process, then passed on to another one.
 *
 * What is recorded gives way to what says more, or as much and something else.  So a
 * socket that its process has closed keeps the process that it had.
 */
#include "config.h"

#include "base/hash.h"
#include "store/recorder_state.h"

static const uint8_t ranks[] = {
	[OWNER_KNOWN] = OWNERS_RANK_MOST,
	[OWNER_ACCEPT_QUEUE] = 3,
	[OWNER_HALF_OPEN] = 3,
	[OWNER_LAST_SEEN] = 2,
	[OWNER_SERVER_SIDE] = 2,
};

#define RANK_RENEWED 3 /* from this one on a change of the owners is of interest */

/* 0: nobody is named. */
static uint8_t rank_of(const struct owners *owners)
{
	if (!owners->count || owners->reason >= sizeof(ranks) / sizeof(ranks[0]))
		return 0;
	return ranks[owners->reason];
}

/* Processes are told apart by their beginning, as pids are used again. */
static uint32_t hash_of(const struct owners *owners)
{
	uint64_t hash = hash_word(HASH_FACTOR, owners->reason);

	for (size_t i = 0; i < owners->count; i++)
		hash = hash_word(hash_word(hash, owners->list[i].pid),
				 owners->list[i].start_time);
	return (uint32_t)hash_place(hash, 32);
}

void owners_written(struct live_state *now, const struct recorder_details *details)
{
	if (!details || !details->owners)
		return;
	now->owners_rank = rank_of(details->owners);
	now->owners = hash_of(details->owners);
}

int owners_renew(struct recorder *r, uint32_t number, const struct recorder_details *details,
		 struct error *err)
{
	struct live_state *now = &live_at(&r->live, number)->now;
	uint8_t rank;

	if (!details || !details->owners)
		return 0;
	rank = rank_of(details->owners);
	if (rank < now->owners_rank ||
	    (rank == now->owners_rank &&
	     (rank < RANK_RENEWED || hash_of(details->owners) == now->owners)))
		return 0;
	if (live_touch(&r->live, number, err) ||
	    rows_set_owners(r, now->row, details, err))
		return -1;
	owners_written(now, details);
	return 0;
}
