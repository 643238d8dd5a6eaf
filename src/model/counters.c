/* What the kernel counts by itself: see counters.h; the rows are in counters.def. */
#include "config.h"

#include "model/counters.h"

static const struct counter_info infos[COUNTER_COUNT] = {
#define COUNTER(symbol, name_, file_, group_, key_, type_, scope_, help_)                          \
	[COUNTER_##symbol] = { .name = name_, .file = file_, .group = group_, .key = key_,         \
			       .type = COUNTER_##type_, .scope = COUNTER_##scope_, .help = help_ },
#include "model/counters.def"
#undef COUNTER
};

const struct counter_info *counter_info(enum counter c)
{
	return &infos[c];
}

bool counters_are_of_host(const struct counters *c)
{
	return counters_know(c, COUNTER_TCP_MAX_ORPHANS);
}

bool counters_delta(const struct counters *before, const struct counters *after,
		    enum counter which, uint64_t *delta)
{
	if (!counters_know(before, which) || !counters_know(after, which))
		return false;
	if (after->value[which] < before->value[which])
		return false;
	*delta = after->value[which] - before->value[which];
	return true;
}

bool counters_connections(const struct counters *before, const struct counters *after,
			  uint64_t *opened, uint64_t *closed)
{
	uint64_t active;
	uint64_t passive;
	uint64_t failed;
	int64_t grown;

	if (!counters_delta(before, after, COUNTER_ACTIVE_OPENS, &active) ||
	    !counters_delta(before, after, COUNTER_PASSIVE_OPENS, &passive) ||
	    !counters_delta(before, after, COUNTER_ATTEMPT_FAILS, &failed))
		return false;
	/* what was opened and is neither established nor refused has been closed */
	grown = (int64_t)after->value[COUNTER_CURR_ESTAB] -
		(int64_t)before->value[COUNTER_CURR_ESTAB];
	grown = (int64_t)(active + passive) - (int64_t)failed - grown;
	*opened = active + passive;
	*closed = grown > 0 ? (uint64_t)grown : 0;
	return true;
}
