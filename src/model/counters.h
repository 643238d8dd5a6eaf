/*
 * What the kernel counts by itself.  The rows are in counters.def: one line a
 * counter, with the file and the name it is found under.
 */
#ifndef MODEL_COUNTERS_H
#define MODEL_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum counter {
#define COUNTER(symbol, ...) COUNTER_##symbol,
#include "model/counters.def"
#undef COUNTER
	COUNTER_COUNT
};

/* A gauge may fall, a counter only grows. */
enum counter_type { COUNTER_GAUGE, COUNTER_SUM };

/* What a figure covers: one network namespace, or all of the host whoever asks. */
enum counter_scope { COUNTER_NETNS, COUNTER_HOST };

struct counter_info {
	const char *name;  /* "curr_estab": stable for ever */
	const char *file;  /* below /proc: "net/snmp", or a sysctl "sys/net/ipv4/tcp_max_orphans" */
	const char *group; /* first word of the line: "Tcp:"; NULL where lines have none */
	const char *key;   /* "CurrEstab"; in a file of bare numbers which one ("0"), or NULL */
	enum counter_type type;
	enum counter_scope scope;
	const char *help;
};

/* One reading.  A counter that this kernel does not have is not in @known. */
struct counters {
	uint64_t taken_ns; /* CLOCK_MONOTONIC */
	uint64_t value[COUNTER_COUNT];
	uint64_t known[(COUNTER_COUNT + 63) / 64];
};

/* Borrowed, valid for ever. */
const struct counter_info *counter_info(enum counter c);

static inline bool counters_know(const struct counters *c, enum counter which)
{
	return c->known[which / 64] >> (which % 64) & 1;
}

static inline void counters_set(struct counters *c, enum counter which, uint64_t value)
{
	c->value[which] = value;
	c->known[which / 64] |= (uint64_t)1 << (which % 64);
}

/*
 * Whether they were read in the host's own network namespace: only there the limits of the
 * whole host are shown.
 */
bool counters_are_of_host(const struct counters *c);

/*
 * How far @which grew from @before to @after, into @delta; false where either
 * does not know it or it went backwards.
 */
bool counters_delta(const struct counters *before, const struct counters *after,
		    enum counter which, uint64_t *delta);

/*
 * The connections that were opened and closed between the two; false where they do not
 * tell.
 */
bool counters_connections(const struct counters *before, const struct counters *after,
			  uint64_t *opened, uint64_t *closed);

#endif
