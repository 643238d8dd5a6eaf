/*
 * A collector from inside, for collect.c and split.c only.
 */
#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include "collect/bytecode.h"
#include "collect/collect.h"
#include "collect/ifnames.h"
#include "collect/netlink.h"
#include "collect/procnet.h"
#include "collect/source.h"

/* A row of the table of sources. */
struct source {
	enum proto proto;
	const struct netlink_source *netlink;
	bool one_walk; /* both families can be asked for in one dump */
};

/* One dump of a pass. */
struct leg {
	const struct source *source;
	struct dump_spec spec;
	bool from_proc;	       /* read from /proc/net instead */
	unsigned int restarts;
	uint64_t taken;	       /* messages since it was last begun */
};

#define LEGS_MAX 32
#define RECENT_BITS 10

struct collector {
	struct collect_options options;
	struct collect_report report;
	struct collect_request request;
	struct bytecode program;   /* of request.match */
	struct diag_filter filter; /* the same for the legs */
	struct sink *sink;

	struct leg legs[LEGS_MAX];
	size_t leg_count;
	size_t leg_at;
	bool asked; /* the request of legs[leg_at] is out, or its file open */

	/* What was learnt about this kernel. */
	bool no_netlink;
	bool one_walk_refused;
	unsigned int without; /* conditions that it refuses: struct bytecode_limits */
	char why[640];

	struct netlink dump;
	struct netlink exact; /* its own socket: a dump may be half read */
	struct procnet proc;
	struct ifnames interfaces;
	struct sock_record record;
	uint64_t recent[1 << RECENT_BITS]; /* cookies of the last sockets, by hash */
};

/* Send the dump request of @leg.  0, or -1 with @err set. */
int leg_ask(struct netlink *nl, const struct leg *leg, struct error *err);

#endif
