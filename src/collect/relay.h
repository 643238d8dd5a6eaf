/*
 * A thread that receives a dump, so that the kernel works on it while its messages are
 * read, or while another dump is received.
 *
 * The thread only receives, into a ring of buffers; whoever made the relay takes
 * the datagrams out and reads them.  It has no other data in common with the
 * rest of the program, and blocks all signals.
 */
#ifndef COLLECT_RELAY_H
#define COLLECT_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "collect/netlink.h"

struct relay;

/* One datagram.  With len below 1 the dump was lost, @code is the errno. */
struct relay_datagram {
	const void *data;
	ssize_t len;
	int code;
};

/*
 * Begin to receive what @nl was asked for; @nl is the thread's until
 * relay_free().  NULL with @err set.
 */
struct relay *relay_new(struct netlink *nl, struct error *err);

/* Stop the thread, wait for it and free all.  NULL is fine. */
void relay_free(struct relay *r);

/*
 * The oldest datagram not yet released, into @out; valid until relay_release().
 * With @wait it waits until there are some (for half the ring, or the end of the dump),
 * otherwise false when there is none.  Nothing comes after the one that ends the dump:
 * don't wait for it.
 */
bool relay_peek(struct relay *r, bool wait, struct relay_datagram *out);
void relay_release(struct relay *r);

#endif
