/*
 * What happens to sockets between two polls: events of destroyed ones fed to a tracker, and
 * those that vanished from a poll looked for once more.
 *
 * The socket of a short-lived connection is looked up by its ends when it was closed in
 * an orderly way: either its minisock is there, which is tracked from then on, or it was
 * the other side that closed first.
 */
#ifndef APP_FOLLOWER_H
#define APP_FOLLOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collect.h"
#include "collect/events.h"
#include "model/ending.h"
#include "model/snapshot.h"
#include "model/tracker.h"

/* Sockets asked for again after one poll: about 5 ms. */
#define FOLLOWER_CONFIRM_MAX 2048

struct follower;

/* One event, and what it turned out to be. */
struct follower_news {
	const struct sock *sock; /* with its final figures */
	struct ending ending;
	enum tracker_told told;
	enum state left; /* the minisock's state; STATE_COUNT: there is none */
};

/* The caller's part in it. */
struct follower_watch {
	/* Would a poll have brought @sk?  NULL: any. */
	bool (*covers)(void *context, const struct sock *sk);
	/* Nonzero ends the reading; NULL: nobody wants to know. */
	int (*told)(void *context, const struct follower_news *news);
	void *context;
};

/*
 * Both must outlive the follower.  It opens the events of @protos and @families where
 * they are to be had; NULL with @err set where they are not.
 */
struct follower *follower_new(struct collector *collector, struct tracker *tracker,
			      proto_set protos, unsigned int families, struct error *err);
void follower_free(struct follower *f); /* NULL is fine */

/* Readable when there is something to read. */
int follower_fd(const struct follower *f);

/*
 * Read all events that have come, which happened up to @at_ns (CLOCK_MONOTONIC).  0, or -1
 * with @err set.
 */
int follower_read(struct follower *f, uint64_t at_ns, const struct follower_watch *watch,
		  struct error *err);

/* Times that the kernel dropped events. */
uint64_t follower_losses(const struct follower *f);

/*
 * Within a pass of @tracker: ask @collector for those of @before, the pass before, that the
 * pass has not found, at most FOLLOWER_CONFIRM_MAX, and push those that are still there,
 * with @facts.  Returns how many were left unasked.
 */
size_t follower_confirm(struct collector *collector, const struct tracker *tracker,
			const struct snapshot *before, unsigned int facts, struct sink *sink);

#endif
