/*
 * How many sockets there are in each state.
 */
#ifndef APP_CENSUS_H
#define APP_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/session.h"

/* One state of one protocol. */
struct census_count {
	uint64_t total;
	uint64_t family[2]; /* IPv4, IPv6 */
	bool family_unknown; /* only the total could be told */
	bool unknown; /* not even that: the source does not tell of this state */
};

/* One socket more, and the sum of two counts. */
void census_note(struct census_count *count, const struct sock *sk);
void census_sum(struct census_count *sum, const struct census_count *c);

/* How many there are in all, unknown where that can't be told. */
struct value census_total(const struct census_count *c);

/*
 * How many of @c, sockets of @proto, are of @family (FAMILY_V4 or FAMILY_V6).  Unknown where
 * that can't be told, and where @o does not ask for that family.
 */
struct value census_family(const struct census_count *c, enum proto proto, const struct options *o,
			   unsigned int family);

struct census {
	struct census_count count[PROTO_COUNT][STATE_COUNT];
	struct collect_report report; /* of all passes that it took */
	char sources[256];	      /* the texts in it */
	char why[2048];
	bool derived; /* ESTABLISHED or TIME-WAIT come from the kernel's counters */
};

/*
 * Count what the session asks for.  Unless --exact or a filter is given, ESTABLISHED
 * and TIME-WAIT are not read from the socket table but derived from the kernel's
 * counters where two of them agree (see census.c).  0, or -1 with @err set.
 */
int census_take(struct census *census, struct session *s, struct error *err);

#endif
