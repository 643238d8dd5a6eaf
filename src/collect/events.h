/*
 * What the kernel tells by itself: sockets that it has just destroyed.
 *
 * The sock_diag groups of destroyed TCP and UDP sockets are open to every user, for
 * the own network namespace (kernel: net/core/sock_diag.c, since 4.2).  An event comes
 * when a full socket is freed: on entry into TIME-WAIT, not at its end; never for
 * what was only half-open.  It carries both ends, the cookie and the final tcp_info,
 * but neither state, owner nor inode.
 */
#ifndef COLLECT_EVENTS_H
#define COLLECT_EVENTS_H

#include <stdint.h>

#include "base/error.h"
#include "model/proto.h"
#include "model/sink.h"

struct events;

struct events_report {
	uint64_t events;    /* pushed so far */
	uint64_t losses;    /* times that the kernel dropped some (ENOBUFS) */
	uint64_t malformed;
};

/*
 * Join the groups of @protos (TCP and UDP) and @families (FAMILY_V4 | FAMILY_V6).
 * NULL with @err set where that is not possible.
 */
struct events *events_open(proto_set protos, unsigned int families, struct error *err);
void events_close(struct events *e); /* NULL is fine */

/* Readable when there are events: for a poll loop. */
int events_fd(const struct events *e);

/*
 * Push what has come so far, at most @max events (0: all), without waiting: socks in
 * STATE_CLOSED, with tcp facts where the kernel gave them; a peer of port 0 is one that
 * the kernel had forgotten.  Returns how many, or -1 with @err set.
 */
int events_read(struct events *e, unsigned int max, struct sink *sink, struct error *err);

/* Borrowed, valid until events_close(). */
const struct events_report *events_report(const struct events *e);

#endif
