/*
 * What makes a socket the same one in two passes: its cookie, and a hash of protocol,
 * network namespace and both ends (a descriptor that disconnects and reconnects keeps
 * its cookie).  For tables in memory: the values differ between machines.
 */
#ifndef MODEL_IDENTITY_H
#define MODEL_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/sock.h"

struct identity {
	uint64_t id;   /* the cookie, or without one a hash that stands in for it */
	uint32_t ends; /* hash of protocol, namespace and both ends */
};

struct identity identity_of(const struct sock *sk);

static inline bool identity_equal(const struct identity *a, const struct identity *b)
{
	return a->id == b->id && a->ends == b->ends;
}

#endif
