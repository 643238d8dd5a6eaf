/*
 * Where sockets come from: one pass over the sources, pushed into a sink.
 *
 * The table of sources is in collect.c.  A pass can be run at once
 * (collector_run) or in slices between keys (collector_start, collector_step);
 * the kernel keeps a half-read dump as long as its socket is open.  Whether a pass
 * asks the kernel, walks all network namespaces or reads what was saved is decided
 * by the options alone.
 */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/facts.h"
#include "model/match.h"
#include "model/proto.h"
#include "model/sink.h"
#include "model/state.h"

#define FAMILY_V4 1u
#define FAMILY_V6 2u

struct collect_request {
	proto_set protos;
	unsigned int families; /* FAMILY_V4 | FAMILY_V6, of the IP protocols */
	state_set states;
	uint16_t types[PROTO_COUNT]; /* bits 1 << enum sock_type: these alone; 0: all */
	unsigned int facts;	   /* enum fact: those of FACTS_OF_DUMP */
	const struct match *match; /* may be NULL; must live until the pass ends */
};

struct netlink_transport;
struct collect_report;

/* What is read instead of the kernel. */
struct saved_source {
	/*
	 * One pass: push what @request asks for.  0, or -1 with @err set when nothing
	 * can be made of it; what is missing of a good part goes to report->incomplete.
	 */
	int (*read)(void *context, const struct collect_request *request, struct sink *sink,
		    struct collect_report *report, struct error *err);
	void (*close)(void *context);
	void *context;
	const char *name; /* what it is: "file", "recording" */
};

struct collect_options {
	const char *proc_root; /* NULL: "/proc" */
	const char *proc_net[PROTO_COUNT][2]; /* files of lines as in /proc/net that are read
					       * instead, of IPv4 (or no IP) and IPv6; or NULL */
	struct saved_source saved; /* ->read NULL: none; collector_close() closes it */
	bool all_namespaces;   /* every one that is found and may be entered */
	bool no_netlink;       /* use /proc/net even where netlink works */
	bool parallel;	       /* may read a large dump with a thread, and over two sockets */
	const struct netlink_transport *transport; /* NULL: the kernel; see collect/netlink.h */
};

/* What the last pass was like: partial results are counts, not errors. */
struct collect_report {
	/* Of the pass before, until this one is complete: */
	const char *source;	/* "netlink", "procfs", "netlink, procfs (raw)", "file" ... */
	const char *why;	/* why not netlink alone, a sentence; NULL with netlink */
	bool unasked;		/* that is not as the options want it */

	proto_set from_netlink;
	proto_set from_proc;	/* of these /proc/net was read: no cookies, no answers alone */
	uint64_t sockets;	/* pushed */
	uint64_t duplicates;	/* left out: same socket twice within the pass */
	uint64_t outside;	/* left out: states or types that were not asked for */
	uint64_t malformed;	/* messages or lines that made no sense */
	uint64_t interrupted;	/* dumps that had to be started again: sockets may come twice */
	bool unfiltered;	/* the source could not evaluate request.match at all */
	bool matched;		/* it evaluated all of request.match: nothing else was pushed */
	bool relayed;		/* a dump was received by a thread of its own */
	bool split;		/* a dump was read over two sockets */
	proto_set missing;	/* protocols that this kernel has no support for */
	proto_set untold;	/* those that only netlink tells of, where there is none */
	state_set untold_states[PROTO_COUNT]; /* the same of states, of those asked for */
	const char *incomplete;	/* what is missing of a saved source, a sentence; or NULL */
	size_t namespaces;	/* that were found; 0: only this one was looked for */
	size_t refused;		/* namespaces that could not be entered ... */
	const char *refused_names; /* ... as "blue, red"; NULL where there are none */
	size_t unseen;		/* processes whose namespace could not be told */
};

struct collector;

/* Opens nothing that costs; @options may be NULL.  NULL with @err set without memory. */
struct collector *collector_open(const struct collect_options *options, struct error *err);
void collector_close(struct collector *c); /* NULL is fine */

/* A whole pass.  0, or -1 with @err set; what was pushed before stays pushed. */
int collector_run(struct collector *c, const struct collect_request *request, struct sink *sink,
		  struct error *err);

/* Begin a pass that collector_step() carries on; a pass under way is given up. */
int collector_start(struct collector *c, const struct collect_request *request, struct error *err);

/*
 * Carry the pass on for about @budget_us microseconds.  Returns 1 when there is
 * more, 0 when the pass is complete, -1 with @err set when it failed.
 */
int collector_step(struct collector *c, struct sink *sink, unsigned int budget_us,
		   struct error *err);

/*
 * Ask the kernel for these sockets alone, by their ends and cookie, with all
 * @facts: 2 to 4 microseconds each.  Pushes those that still exist.  At most
 * COLLECT_EXACT_MAX at once.  -1 with @err set where the source can't.
 */
#define COLLECT_EXACT_MAX 64
int collector_exact(struct collector *c, const struct sock *socks, size_t count,
		    unsigned int facts, struct sink *sink, struct error *err);

/*
 * The name of the network namespace sock.netns of the last pass or the one before:
 * that of its mount, else container, service, "command[pid]", or its number.  NULL
 * where only one namespace is looked at.  Borrowed, valid until the next but one pass.
 */
const char *collector_netns_name(const struct collector *c, uint64_t netns);

/* Borrowed, valid until collector_close(); describes the last pass. */
const struct collect_report *collector_report(const struct collector *c);

/* Add up what passes were like; the texts are those of @part, source is left alone. */
void collect_report_add(struct collect_report *sum, const struct collect_report *part);

/* Write to @out by what @report was read, and let report->source be that. */
void collect_report_name(struct collect_report *report, char *out, size_t size);

#endif
