/*
 * What the kernel says about the sockets of this network namespace: a witness
 * that shares no code with the program under test.
 */
#ifndef LIVE_KERNEL_H
#define LIVE_KERNEL_H

#include "live/lines.h"
#include "live/roster.h"

#include <stdbool.h>

/* Every TCP and UDP socket as lines in roster_line()'s form, sorted.
 * Returns 0, or -1 with errno set. */
int kernel_lines(struct lines *lines);

/* Whether this kernel reports sockets that are only bound (Linux 6.8 on).
 * Tries it with a socket of its own. */
bool kernel_shows_bound(void);

/* The state of @fd, a TCP socket, as TCP_INFO has it; 0 on error. */
enum lab_state kernel_state(int fd);

#endif
