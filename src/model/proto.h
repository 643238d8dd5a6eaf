/*
 * The protocols and socket families.  The rows are in protos.def.
 */
#ifndef MODEL_PROTO_H
#define MODEL_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

enum proto {
#define PROTO(symbol, ...) PROTO_##symbol,
#include "model/protos.def"
#undef PROTO
	PROTO_COUNT
};

/* A set of protocols: bit (1u << enum proto). */
typedef uint32_t proto_set;

#define PROTO_BIT(p) ((proto_set)1 << (p))

struct proto_info {
	const char *name;    /* "tcp": column value, --query word, stable for ever */
	const char *netid;   /* what ss calls it in its Netid column */
	const char *aliases; /* further words for -A and -f, separated by blanks */
	uint16_t family;     /* AF_INET for every IP protocol, else AF_UNIX ... */
	uint16_t number;     /* IPPROTO_..., or 0 */
	state_set states;    /* those that can occur and are worth counting */
	const char *help;
};

/* Borrowed, valid for ever; @p must be below PROTO_COUNT. */
const struct proto_info *proto_info(enum proto p);

/* The protocol called @word (name, netid or alias, any case), or PROTO_COUNT. */
enum proto proto_find(const char *word, size_t len);

#endif
