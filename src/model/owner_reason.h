/*
 * Why a socket has no process to show, and whose it is all the same.
 *
 * The kernel reports inode 0 and uid 0 for what has no descriptor: that never
 * means root.  What can be known follows from its kind, its state and the
 * listener on its local port.
 */
#ifndef MODEL_OWNER_REASON_H
#define MODEL_OWNER_REASON_H

#include "model/listeners.h"
#include "model/owner.h"
#include "model/sock.h"

/* All of it may be NULL: not known. */
struct owner_evidence {
	const struct owners *holders;	   /* what a search of the processes said */
	const struct owners *last_seen;	   /* who held it in an earlier pass (by its identity) */
	const struct listeners *listeners; /* of the same pass */
};

/*
 * The owners of @sk, or the reason why there are none; the list is borrowed from
 * @evidence.
 */
struct owners owner_resolve(const struct sock *sk, const struct owner_evidence *evidence);

#endif
