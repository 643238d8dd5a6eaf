/*
 * Where a source pushes sockets to.
 *
 * A streaming listing, a snapshot and a counter are sinks.  Embed struct sink as
 * the first member and get back at the whole with a documented cast-free
 * container: sink_of() below.
 */
#ifndef MODEL_SINK_H
#define MODEL_SINK_H

#include <stddef.h>

#include "model/sock.h"

struct sink {
	/*
	 * Takes one socket; @sk and all it points to are valid during the call
	 * only.  Returns 0 to go on, nonzero to end the pass early (which is no
	 * error).
	 */
	int (*push)(struct sink *self, const struct sock *sk);
};

/* The structure of type @type whose member @member is the sink @pointer. */
#define sink_of(pointer, type, member)                                                             \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline int sink_push(struct sink *sink, const struct sock *sk)
{
	return sink->push(sink, sk);
}

#endif
