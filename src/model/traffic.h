/*
 * Bytes and retransmissions of each TCP connection since the poll before.
 *
 * The kernel counts from the beginning of a connection; a rate wants two polls.
 * Some 50 bytes are kept a connection, so this is kept only while someone looks.
 */
#ifndef MODEL_TRAFFIC_H
#define MODEL_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sock.h"

struct traffic;

/* What went over a connection between two polls. */
struct traffic_delta {
	uint64_t received_bytes;
	uint64_t sent_bytes;
	uint64_t retransmitted; /* segments */
};

struct traffic *traffic_new(void); /* NULL without memory */
void traffic_free(struct traffic *t); /* NULL is fine */

/* Forget all: what comes next is not to be compared with what was. */
void traffic_reset(struct traffic *t);

/* A pass over all connections begins. */
void traffic_begin(struct traffic *t);

/*
 * Note @sk, once a pass.  1 with @out set when it is known what went over it since the pass
 * before: it was seen then, or it was @born since.  0 when it is not known: the first pass,
 * or a socket without such counts.  -1 without memory.
 */
int traffic_note(struct traffic *t, const struct sock *sk, bool born, struct traffic_delta *out);

/* The pass ended: forget connections that it did not see. */
void traffic_end(struct traffic *t);

/* Bytes of memory held. */
size_t traffic_bytes(const struct traffic *t);

#endif
