/*
 * What a source may leave out: a neutral tree of conditions on a socket.
 *
 * The filter (query/filter.c) hands the part of its expression that a source
 * could evaluate down as such a tree; a source (collect/bytecode.c) evaluates as
 * much of it as it can and delivers at least every socket that matches.  What a
 * source can't promise is checked again above.
 */
#ifndef MODEL_MATCH_H
#define MODEL_MATCH_H

#include <stdint.h>

#include "model/addr.h"

enum match_op {
	MATCH_ALL,	 /* true */
	MATCH_AND,	 /* left and right */
	MATCH_OR,	 /* left or right */
	MATCH_NOT,	 /* not left */
	MATCH_LOCAL_PORT, /* port_min <= local port <= port_max */
	MATCH_PEER_PORT,
	MATCH_LOCAL_NET, /* local address in net/prefix_bits; IPv4 also matches mapped IPv6 */
	MATCH_PEER_NET,
	MATCH_INTERFACE, /* bound to @ifindex */
	MATCH_MARK,	 /* (mark & mask) == value */
	MATCH_CGROUP,	 /* cgroup v2 id == cgroup_id */
	MATCH_AUTOBOUND, /* local port chosen by the kernel */
};

/* A node; the tree belongs to whoever built it (one arena). */
struct match {
	enum match_op op;
	const struct match *left;
	const struct match *right;
	uint16_t port_min;
	uint16_t port_max;
	struct endpoint net; /* family and bytes; the port is not looked at */
	uint8_t prefix_bits;
	uint32_t ifindex;
	uint32_t mark_value;
	uint32_t mark_mask;
	uint64_t cgroup_id;
};

#endif
