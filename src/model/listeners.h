/*
 * The listeners of a pass with their owners: whom a socket without a descriptor
 * of its own came from.
 */
#ifndef MODEL_LISTENERS_H
#define MODEL_LISTENERS_H

#include <stdbool.h>

#include "base/error.h"
#include "model/owner.h"
#include "model/sock.h"

struct listeners;

/* The local end of a listener, as the kernel gave it. */
struct listener_end {
	struct endpoint local;
	bool dual_stack;       /* if unspecified and IPv6: takes IPv4 as well */
	const char *interface; /* that it is bound to, or NULL */
};

struct listeners *listeners_new(void); /* NULL without memory */
void listeners_free(struct listeners *l); /* NULL is fine */

/* Forget all, for another pass. */
void listeners_reset(struct listeners *l);

/*
 * Note the listener @sk (any other socket is passed over) and who holds it.
 * Members of a SO_REUSEPORT group are one listener with the owners of all.  The
 * list is copied, the texts it points to are not.  0, or -1 with @err set.
 */
int listeners_add(struct listeners *l, const struct sock *sk, const struct owners *owners,
		  struct error *err);

/*
 * The listener that accepted, or will accept, @sk: same network namespace,
 * protocol and port; its own address before the unspecified one, IPv6 for both
 * families last.  For UNIX sockets the one of the same name.  NULL: none.  Borrowed,
 * valid until the next listeners_add(), listeners_reset() or listeners_free().
 */
const struct owners *listeners_find(const struct listeners *l, const struct sock *sk);

/* The same listener's local end.  NULL: none.  Borrowed as above. */
const struct listener_end *listeners_end(const struct listeners *l, const struct sock *sk);

#endif
