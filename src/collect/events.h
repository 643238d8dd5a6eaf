/*
 * What the kernel tells by itself: sockets that it has just destroyed.
 *
 * The sock_diag groups of destroyed TCP and UDP sockets are open to every user, for
 * the network namespace in which the socket of the events was opened (kernel:
 * net/core/sock_diag.c, since 4.2).  An event comes when a full socket is freed: on
 * entry into TIME-WAIT or into FIN-WAIT-2 after close(), not at its end, or later when
 * a descriptor still holds it; never for what was only half-open.  It carries both
 * ends, the cookie and the final tcp_info, but neither state, owner nor inode.
 * Listening costs the host about 8 microseconds for every socket that is destroyed.
 */
#ifndef COLLECT_EVENTS_H
#define COLLECT_EVENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "model/proto.h"
#include "model/sink.h"

struct events;

struct events_report {
	uint64_t events;    /* pushed so far */
	uint64_t losses;    /* times that the kernel dropped some (ENOBUFS): how many is unknown */
	uint64_t malformed; /* messages that made no sense */
};

/* Where events come from: the kernel, or what a test puts in its place. */
struct events_transport {
	/*
	 * Open a socket that has joined the groups whose bits (1 << enum
	 * sknetlink_groups) are in @groups, or NULL with errno set.
	 */
	void *(*open)(const struct events_transport *self, unsigned int groups);
	void (*close)(void *socket);
	int (*fd)(const void *socket);
	/* Length of the datagram, or -1 with errno set: EAGAIN when there is none. */
	ssize_t (*receive)(void *socket, void *buffer, size_t size);
};

/*
 * Join the groups of @protos (TCP and UDP; others have none) and @families
 * (FAMILY_V4 | FAMILY_V6), in the network namespace of the calling thread.
 * @transport NULL: the kernel.  NULL with @err set where that is not possible.
 */
struct events *events_open(proto_set protos, unsigned int families,
			   const struct events_transport *transport, struct error *err);
void events_close(struct events *e); /* NULL is fine */

/* Readable when there are events: for a poll loop. */
int events_fd(const struct events *e);

/*
 * Push what has come so far, at most @max events (0: all), without waiting: socks in
 * STATE_CLOSED (UDP: the state it was in), with tcp facts where the kernel gave them; a
 * peer of port 0 is one that the kernel had forgotten.  Returns how many, or -1 with
 * @err set.
 */
int events_read(struct events *e, unsigned int max, struct sink *sink, struct error *err);

/* Borrowed, valid until events_close(). */
const struct events_report *events_report(const struct events *e);

#endif
