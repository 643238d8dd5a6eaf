/*
 * Writing a recording: one transaction a poll, so that what a killed process loses is
 * the poll it was in.
 *
 * A recorder remembers every live socket and writes what is new: a socket that opened,
 * a state that changed, one that is gone.  Times are milliseconds since the epoch.
 */
#ifndef STORE_RECORDER_H
#define STORE_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/findings.h"
#include "model/owner.h"
#include "model/sock.h"

struct recorder;

struct recorder_options {
	const char *path;
	const char *host;
	const char *kernel;  /* its release */
	const char *boot_id; /* or NULL */
	const char *program; /* "connstate 0.1.0" */
	const char *filter;  /* or NULL */
	proto_set protos;    /* that are recorded; 0: not told */
	uint32_t interval_ms;
	uint64_t keep_ms;    /* older rows are deleted; 0: none */
	uint64_t max_bytes;  /* the oldest rows are deleted to keep the file below; 0: never */
};

/*
 * Create the file, or go on with one that was written before: the time in between is
 * then a gap.  NULL with @err set.
 */
struct recorder *recorder_open(const struct recorder_options *options, uint64_t now_ms,
			       struct error *err);

/* Every socket stays as it is: it is not known to have closed.  NULL is fine. */
void recorder_close(struct recorder *r);

/* What is known of a socket beyond itself.  All may be NULL. */
struct recorder_details {
	const struct owners *owners;
	const char *owner_reason;
	const char *cgroup_path;
	const char *unit;
	const char *container;
	const char *netns_name;
};

/* A poll begins at @now_ms.  0, or -1 with @err set, as all that follow. */
int recorder_begin(struct recorder *r, uint64_t now_ms, struct error *err);

/* Is @sk new to the recorder?  Of others no more than owners and their reason are wanted. */
bool recorder_wants(const struct recorder *r, const struct sock *sk);

/*
 * A socket of the poll; @details may be NULL.  The owners of one that is not new are
 * written where they say more than those before, or the first of these is not among them.
 */
int recorder_observe(struct recorder *r, const struct sock *sk,
		     const struct recorder_details *details, struct error *err);

/*
 * A socket that the kernel has destroyed at @at_ms, since the last poll, with final
 * figures; to be told before the sockets of this poll.  0, 1 when no poll has seen it:
 * unless this one does (in TIME-WAIT) recorder_unseen() is due at its end; -1 with @err
 * set.
 */
int recorder_ended(struct recorder *r, const struct sock *sk, uint64_t at_ms,
		   struct error *err);

/* Of a socket that was told of before this poll's: it is recorded as short-lived if none saw it. */
int recorder_unseen(struct recorder *r, const struct sock *sk, struct error *err);

/*
 * What was wrong in this poll, which was at @at_ns by the clock of the findings: those
 * not told of any more have ended.
 */
int recorder_findings(struct recorder *r, const struct finding *list, size_t count,
		      uint64_t at_ns, struct error *err);

/* Between these times nothing, or not all, could be seen. */
int recorder_gap(struct recorder *r, uint64_t since_ms, uint64_t until_ms, const char *reason,
		 uint64_t events, struct error *err);

/* What the kernel's counters say of the time since the last poll. */
struct recorder_kernel {
	bool known;
	uint64_t opened;
	uint64_t closed;
};

/*
 * The poll is complete (or not: then none is taken for gone).  All of it is written,
 * or nothing: after a failure (a full disk) the recorder can go on with the next poll,
 * which then writes what this one could not.
 */
int recorder_end(struct recorder *r, bool complete, const struct recorder_kernel *kernel,
		 struct error *err);

/*
 * Nothing came of the poll (or there was none), for that reason: what was written of it
 * is taken back, and the time until the next one is a gap.  Due when any of the
 * functions above failed but recorder_end(), which does it by itself.
 */
void recorder_abandon(struct recorder *r, const char *reason);

#endif
