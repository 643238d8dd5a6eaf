/*
 * All sockets of one pass; owns their memory; immutable once published.
 *
 * Records are packed: an IPv4 TCP socket without tcp_info takes 48 bytes, an IPv6
 * one 80, in chunks that are never moved, and struct sock is unpacked on demand.
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/sink.h"
#include "model/sock.h"

struct snapshot;

/* An empty one, or NULL without memory.  Times are CLOCK_MONOTONIC nanoseconds. */
struct snapshot *snapshot_new(void);

/* NULL is fine. */
void snapshot_free(struct snapshot *s);

/* Empty it for another pass, keeping its memory. */
void snapshot_reset(struct snapshot *s);

/*
 * Copy @sk, its strings and facts: no more than tcp_bytes of *tcp, and all of
 * memory[], zero from memory_known on.  0, or -1 with @err set and @s as before.
 */
int snapshot_add(struct snapshot *s, const struct sock *sk, struct error *err);

/* When the pass was taken; wall clock as nanoseconds since the epoch. */
void snapshot_stamp(struct snapshot *s, uint64_t taken_ns, uint64_t wall_ns);
uint64_t snapshot_taken_ns(const struct snapshot *s);
uint64_t snapshot_wall_ns(const struct snapshot *s);

size_t snapshot_count(const struct snapshot *s);

/*
 * How many per state: an array of STATE_COUNT, borrowed, valid until
 * snapshot_free().  @proto is an enum proto.
 */
const uint32_t *snapshot_state_counts(const struct snapshot *s, unsigned int proto);

/*
 * Unpack socket @index (below snapshot_count()) into @sk.  What @sk points to is
 * borrowed and valid until snapshot_free() or snapshot_reset().
 */
void snapshot_sock(const struct snapshot *s, size_t index, struct sock *sk);

/* Its cookie alone, much sooner; 0: it has none. */
uint64_t snapshot_cookie(const struct snapshot *s, size_t index);

/* Bytes of memory held, for the benchmark. */
size_t snapshot_bytes(const struct snapshot *s);

#endif
