/*
 * The protocols and socket families.  The rows are in protos.def.
 */
#ifndef MODEL_PROTO_H
#define MODEL_PROTO_H

#include <stdbool.h>
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

/* Those of IP that have files below /proc/net. */
#define PROTOS_IP                                                                                  \
	(PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP) | PROTO_BIT(PROTO_UDPLITE) |                  \
	 PROTO_BIT(PROTO_RAW))

struct proto_info {
	const char *name;    /* "tcp": column value, --query word, stable for ever */
	const char *netid;   /* what ss calls it in its Netid column */
	const char *aliases; /* further words for -A and -f, separated by blanks */
	uint16_t family;     /* AF_INET for every IP protocol, else AF_UNIX ... */
	uint16_t number;     /* IPPROTO_..., or 0 */
	const char *module;  /* the kernel module that tells of its sockets */
	state_set states;    /* those that can occur and are worth counting */
	const char *help;
};

/* Borrowed, valid for ever; @p must be below PROTO_COUNT. */
const struct proto_info *proto_info(enum proto p);

/* The protocol called @word (name, netid or alias, any case), or PROTO_COUNT. */
enum proto proto_find(const char *word, size_t len);

/* A kind of socket within a protocol. */
struct proto_type {
	enum proto proto;
	uint8_t type;	   /* enum sock_type */
	const char *name;  /* "unix_stream": --query word */
	const char *netid; /* "u_str": what ss calls it */
};

/* The kind called @word (name or netid, any case), or NULL. */
const struct proto_type *proto_type_find(const char *word, size_t len);

/* What ss calls sockets of @p and @type.  Borrowed, valid for ever. */
const char *proto_netid(enum proto p, unsigned int type);

/* What an enum sock_type is called: "stream"; NULL when there is no such type. */
const char *proto_type_name(unsigned int type);

/* True when @p has several kinds. */
bool proto_has_types(enum proto p);

#endif
