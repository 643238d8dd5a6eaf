/*
 * sock_diag for UNIX domain sockets: see source.h.
 */
#ifndef COLLECT_UNIX_DIAG_H
#define COLLECT_UNIX_DIAG_H

#include "collect/source.h"

extern const struct netlink_source unix_diag_source;

/* Write the ends of a UNIX socket, of which the rest is known. */
void unix_diag_ends(struct sock_record *record);

#endif
