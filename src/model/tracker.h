/*
 * Identity across passes: born, changed, gone, age, rates.
 *
 * A socket is the same one when its network namespace, cookie and both ends are
 * (a descriptor that disconnects and reconnects keeps its cookie).  Without a
 * cookie (the /proc/net fallback) protocol and ends stand in, and the inode for
 * what has no peer: a connection keeps its identity when close() takes the inode
 * away.  All times are the snapshot's clock: CLOCK_MONOTONIC, nanoseconds; the
 * tracker reads no clock.
 *
 * What lives and dies between two passes is told by events (tracker_ended()), and
 * counted once, whatever the order of pass and event: a socket that enters TIME-WAIT
 * is destroyed, but its minisock lives on, under a cookie of its own where no
 * pass had looked at the socket before.
 *
 * A socket costs 44 to 48 bytes, its share of the hash table included.
 */
#ifndef MODEL_TRACKER_H
#define MODEL_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/ending.h"
#include "model/sock.h"

struct tracker;

/* What is remembered of one socket, as of the last pass that saw it. */
struct track {
	uint64_t first_seen_ns;
	uint64_t state_since_ns;
	enum state state;
	enum state previous; /* STATE_COUNT: no change was seen yet */
	bool first_pass;     /* in this state since before the first pass: older than it seems */
	bool born;	     /* first seen in that pass (never set before a complete pass ended) */
	bool changed;	     /* changed its state in that pass */
};

/* What the last pass brought. */
struct tracker_pass {
	uint64_t number;    /* passes so far */
	uint64_t since_ns;  /* the pass before */
	uint64_t at_ns;
	size_t live;	    /* sockets tracked now */
	size_t born;
	size_t gone;
	/*
	 * TCP connections as the kernel counts them.  Opened: from SYN-SENT on, or when
	 * the handshake was complete.  Closed: left ESTABLISHED and CLOSE-WAIT.
	 */
	uint64_t opened;
	uint64_t closed;
	uint64_t told; /* of those opened: known by events alone */
	/* transitions[from][to] between the two passes; jumps stay jumps */
	uint32_t transitions[STATE_COUNT][STATE_COUNT];
	uint32_t born_in[STATE_COUNT]; /* by the state first seen in */
	uint32_t gone_from[STATE_COUNT]; /* by the state last seen in */
};

/* Called for a socket that the pass no longer found. */
struct tracker_gone {
	uint64_t cookie; /* 0: it had none */
	struct track track;
	enum closing closing; /* as an event told it */
};

/* What an event turned out to be about. */
enum tracker_told {
	TOLD_NOTHING, /* nothing to count: no pass was complete, no connection, or one that had
		       * ended for all passes while a descriptor still held it */
	TOLD_KNOWN,   /* a socket that is tracked: the next pass sees what became of it */
	TOLD_SHORT,   /* one that no pass saw: counted as opened and closed */
	TOLD_LINGERS, /* the same, but its minisock is there, and tracked from now on */
};

struct tracker *tracker_new(void); /* NULL without memory */
void tracker_free(struct tracker *t); /* NULL is fine */

/*
 * From now on tracker_ended() is told of every socket that is destroyed, soon after it was.
 * Until then a minisock that is met for the first time waits for the event that tells of
 * its life, at most until the next pass, before it is counted as born.
 */
void tracker_follow(struct tracker *t);

/* Before tracker_end() of a last pass: what waits for its event is counted without. */
void tracker_wait_no_more(struct tracker *t);

/* A pass begins at @now_ns; one that is still open ends first, as incomplete. */
void tracker_begin(struct tracker *t, uint64_t now_ns);

/*
 * Note one socket of the pass and say what is known of it.  A second call for
 * the same socket in a pass changes nothing and returns 1 (a duplicate), as does one
 * for a socket that was destroyed since the kernel was asked; 0 for a first one; -1
 * with @err set without memory.  @out may be NULL, and is filled in with 0 alone or with
 * what the first call gave.
 */
int tracker_observe(struct tracker *t, const struct sock *sk, struct track *out,
		    struct error *err);

/*
 * Note one socket of the pass of which more is known than passes tell: all of @known but
 * its state is believed.  Returns what tracker_observe() does.
 */
int tracker_recall(struct tracker *t, const struct sock *sk, const struct track *known,
		   struct error *err);

/* What the pass that ended last brought was @pass, whatever was seen; ->live stays. */
void tracker_recall_pass(struct tracker *t, const struct tracker_pass *pass);

/*
 * The pass ended.  With @complete false (an aborted or failed pass) nothing is
 * taken for gone.  @gone (may be NULL) is called for each that vanished.
 */
void tracker_end(struct tracker *t, bool complete,
		 void (*gone)(void *context, const struct tracker_gone *what), void *context);

/*
 * Between tracker_begin() and tracker_end(): how many sockets the pass has not found
 * that need not have ended: neither a minisock's time nor an event explains it.
 */
size_t tracker_missing(const struct tracker *t);

/* True when @sk is one of them. */
bool tracker_is_missing(const struct tracker *t, const struct sock *sk);

/* True when the destroyed @sk is tracked, be it that it has forgotten its ends. */
bool tracker_knows(const struct tracker *t, const struct sock *sk);

/*
 * True when the destroyed @sk is unknown and has ended like @e in a way that may have
 * left a minisock behind: one to look for, with the same ends.
 */
bool tracker_wants_minisock(const struct tracker *t, const struct sock *sk,
			    const struct ending *e);

/*
 * The socket @sk, which ended like @e, was destroyed at @at_ns; @minisock (NULL: none) is
 * what is left of it.  Within a pass or between two; what it adds is counted in the
 * pass that ends next.  -1 with @err set without memory, else enum tracker_told.
 */
int tracker_ended(struct tracker *t, const struct sock *sk, const struct ending *e,
		  const struct sock *minisock, uint64_t at_ns, struct error *err);

/* What is known of @sk; false if it was never observed (@out untouched). */
bool tracker_find(const struct tracker *t, const struct sock *sk, struct track *out);

/* The last pass that ended, however; all zero before.  Borrowed, valid until the next one ends. */
const struct tracker_pass *tracker_last_pass(const struct tracker *t);

/* Sums over all @number passes since the first one at @since_ns; @live as of the last. */
const struct tracker_pass *tracker_totals(const struct tracker *t);

/* Bytes of memory held, for the benchmark. */
size_t tracker_bytes(const struct tracker *t);

#endif
