/*
 * One tick of the live view: collect, track, count, remember; and between two ticks the
 * events of sockets that were destroyed.
 *
 * A pass is read in slices, so that keys are answered meanwhile; it is published
 * when it is complete, and the one before stays valid until then.  The interval
 * stretches so that the process stays below its share of a core; a tick that
 * overruns delays the next, never queues it.
 */
#ifndef APP_MONITOR_H
#define APP_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/collect.h"
#include "ui/ui.h"

struct monitor_options {
	struct collector *collector; /* the caller's; must outlive the monitor */
	struct collect_request request;
	const char *proc_root;	  /* of the kernel's counters; NULL: "/proc" */
	bool saved; /* a dump: the counters of this host are not about it */
	unsigned int interval_ms;
	unsigned int cpu_percent; /* of one core, at most */
	bool events;		  /* listen for destroyed sockets, where that is possible */
};

struct monitor;

/* NULL with @err set. */
struct monitor *monitor_new(const struct monitor_options *options, struct error *err);
void monitor_free(struct monitor *m); /* NULL is fine */

/* What passes ask for from the next one on. */
void monitor_set_request(struct monitor *m, const struct collect_request *request);

void monitor_set_interval(struct monitor *m, unsigned int interval_ms);

/* Readable when sockets were destroyed: call monitor_listen().  -1: nobody listens. */
int monitor_fd(const struct monitor *m);
void monitor_listen(struct monitor *m);

/* When the next pass is due, CLOCK_MONOTONIC. */
uint64_t monitor_due_ns(const struct monitor *m);

/* Begin a pass that delivers @facts for every socket, unless one is under way. */
void monitor_begin(struct monitor *m, unsigned int facts);

/* A pass is under way. */
bool monitor_busy(const struct monitor *m);

/*
 * Carry the pass on for some milliseconds.  True when it has ended: monitor_data()
 * has news, of sockets or of what went wrong.  With @hold the published snapshot
 * stays what it is.
 */
bool monitor_step(struct monitor *m, bool hold);

/*
 * What the last complete pass brought, shown or not: its sockets, or NULL; its counters,
 * or NULL.  Borrowed, valid until the next pass begins.
 */
const struct snapshot *monitor_latest(const struct monitor *m);
const struct counters *monitor_counters(const struct monitor *m);
const struct tracker *monitor_tracker(const struct monitor *m);

/* What is known now.  Borrowed, valid until the next pass is published. */
void monitor_data(const struct monitor *m, struct ui_data *data);

/*
 * Ask the kernel for @count sockets alone, with all @facts; what it says is
 * valid until the next call.  NULL where that is not possible.
 */
const struct snapshot *monitor_exact(struct monitor *m, const struct sock *socks, size_t count,
				     unsigned int facts);

/* Time went by unseen (the process was stopped): rates begin anew. */
void monitor_reset_rates(struct monitor *m);

#endif
