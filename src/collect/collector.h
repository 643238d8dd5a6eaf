/*
 * A collector from inside, for collect.c, its parts and its other kinds only.
 */
#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include "base/intern.h"
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
	bool filters;  /* the kernel evaluates bytecode for it */
	bool repeats;  /* the kernel tells of some sockets twice, far from one another */
};

/* One dump of a pass. */
struct leg {
	const struct source *source;
	struct dump_spec spec;
	bool from_proc;	       /* read from /proc/net instead */
	bool unknown;	       /* no such protocol, says netlink, and /proc/net never tells */
	unsigned int restarts;
	uint64_t taken;	       /* messages since it was last begun */
};

/*
 * Another kind of collector than one of the kernel's tables of this namespace.  The
 * functions are those of collect.h; ->other is its own.
 */
struct collector_kind {
	int (*start)(struct collector *c, const struct collect_request *request,
		     struct error *err);
	int (*step)(struct collector *c, struct sink *sink, unsigned int budget_us,
		    struct error *err);
	int (*run)(struct collector *c, const struct collect_request *request,
		   struct sink *sink, struct error *err);
	const char *(*netns_name)(const struct collector *c, uint64_t netns); /* or NULL */
	void (*close)(struct collector *c);
};

#define LEGS_MAX 32
#define RECENT_BITS 10

struct collector {
	const struct collector_kind *kind; /* NULL: the tables below */
	void *other;
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
	char refusal[512]; /* what netlink said where it is not to be had */
	proto_set refused; /* by netlink, in this pass */

	char sources[256]; /* of the report, as is */
	char why[1024];

	struct netlink dump;
	struct netlink exact; /* its own socket: a dump may be half read */
	struct procnet proc;
	struct ifnames interfaces;
	struct sock_record record;
	uint64_t recent[1 << RECENT_BITS]; /* cookies of the last sockets, by hash */
	struct intern repeated; /* what was told by sources that repeat themselves */
};

/* Send the dump request of @leg.  0, or -1 with @err set. */
int leg_ask(struct netlink *nl, const struct leg *leg, struct error *err);

#endif
