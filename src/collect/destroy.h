/*
 * Closing sockets in the kernel (SOCK_DESTROY), each named by its cookie, so that
 * never another one is closed that has taken its place.
 *
 * A descriptor that refers to it gives ECONNABORTED from then on, a TCP peer gets
 * a reset.  Works for TCP in every state that is in the kernel's tables,
 * TIME-WAIT and SYN-RECEIVED included, and for UDP and raw sockets.
 */
#ifndef COLLECT_DESTROY_H
#define COLLECT_DESTROY_H

#include "base/error.h"
#include "collect/netlink.h"
#include "model/sock.h"

enum destroy_result {
	DESTROY_DONE,
	DESTROY_GONE,	       /* it had gone before */
	DESTROY_NOT_PERMITTED, /* CAP_NET_ADMIN is missing in the socket's network namespace */
	DESTROY_NOT_BUILT,     /* the kernel was built without CONFIG_INET_DIAG_DESTROY */
	DESTROY_IMPOSSIBLE,    /* not for this kind of socket, or it can't be told from another */
	DESTROY_FAILED,	       /* anything else */
};

/* Zero-filled it is ready for use; all sockets must be of this network namespace. */
struct destroyer {
	struct netlink netlink; /* its transport may be set for a test */
};

/*
 * Close @sk.  For all but DESTROY_DONE @err says, for this very socket, what
 * stood in the way and what would help.
 */
enum destroy_result destroyer_destroy(struct destroyer *d, const struct sock *sk,
				      struct error *err);

/* Usable again afterwards. */
void destroyer_fini(struct destroyer *d);

#endif
