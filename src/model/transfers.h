/*
 * What holds transfers back: from what the kernel counts of each connection, between two
 * polls.
 *
 * A poll is begun, then its sockets are noted.  A socket that the poll before had not is
 * not known yet.  The kernel counts how long it had something to send (busy), and how much
 * of that it had to wait for the peer's window or for room in the send buffer.  What is left
 * of busy is the network's, or the send buffer's, where it is full and the network would
 * take more; what is left of the time between the polls is the program's.
 *
 * These are tcp_info's busy_time, rwnd_limited and sndbuf_limited (Linux 4.10): of three
 * clocks the kernel runs one at a time, and busy_time is the sum of all
 * (tcp_get_info_chrono_stats() in net/ipv4/tcp.c).
 */
#ifndef MODEL_TRANSFERS_H
#define MODEL_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/sock.h"

struct transfers;

struct transfers *transfers_new(void); /* NULL without memory */
void transfers_free(struct transfers *t); /* NULL is fine */

/* There has been a poll. */
bool transfers_polled(const struct transfers *t);

/*
 * A poll at @now_ns (CLOCK_MONOTONIC).  False, and nothing changes, when the one before is
 * too near to tell anything: the kernel counts in ticks.
 */
bool transfers_begin(struct transfers *t, uint64_t now_ns);

/* 0, or -1 with @err set without memory. */
int transfers_note(struct transfers *t, const struct sock *sk, struct error *err);

/*
 * What held @sk back between the last two polls: "application", "send-buffer",
 * "receiver", "network", "loss", "idle"; NULL: not known.
 */
const char *transfers_limit(const struct transfers *t, const struct sock *sk);

#endif
