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
