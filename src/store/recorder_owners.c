/*
 * Who holds the sockets of a recorder, as it becomes known: a connection is seen in the
 * accept queue first, then held by a process, then passed on to another one.
 *
 * What is recorded gives way to what says more, or when its first process has let go of
 * the socket.  So one that is closed keeps the process that it had; and a server that
 * forks, whose child then holds all of its connections too, makes no work at all.
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

#define RANK_RENEWED 3 /* from this one on other owners are of interest */

/* 0: nobody is named. */
static uint8_t rank_of(const struct owners *owners)
{
	if (!owners->count || owners->reason >= sizeof(ranks) / sizeof(ranks[0]))
		return 0;
	return ranks[owners->reason];
}

/* A process, told from others by its beginning, as pids are used again, and what it has to do. */
static uint32_t hash_of(enum owner_reason reason, const struct owner *owner)
{
	uint64_t hash = hash_word(hash_word(reason, owner->pid), owner->start_time);

	return (uint32_t)hash_place(hash, 32);
}

static bool is_among(const struct owners *owners, uint32_t hash)
{
	for (size_t i = 0; i < owners->count; i++)
		if (hash_of(owners->reason, &owners->list[i]) == hash)
			return true;
	return false;
}

void owners_written(struct live_state *now, const struct recorder_details *details)
{
	if (!details || !details->owners)
		return;
	now->owners_rank = rank_of(details->owners);
	if (details->owners->count)
		now->first_owner = hash_of(details->owners->reason, details->owners->list);
}

/* Does what is recorded give way to @owners? */
static bool is_news(const struct live_state *now, const struct owners *owners)
{
	uint8_t rank = rank_of(owners);

	if (rank != now->owners_rank)
		return rank > now->owners_rank;
	return rank >= RANK_RENEWED && !is_among(owners, now->first_owner);
}

int owners_renew(struct recorder *r, uint32_t number, const struct recorder_details *details,
		 struct error *err)
{
	struct live_state *now = &live_at(&r->live, number)->now;
	int recorded = 0;

	if (!details || !details->owners || !is_news(now, details->owners))
		return 0;
	if (!now->first_owner && details->owners->count)
		recorded = rows_is_holder(r, now->row, details->owners->list, err);
	if (recorded < 0 || live_touch(&r->live, number, err) ||
	    (!recorded && rows_set_owners(r, now->row, details, err)))
		return -1;
	owners_written(now, details);
	return 0;
}
