/*
 * sock_diag for TIPC sockets: see source.h.
 */
#ifndef COLLECT_TIPC_DIAG_H
#define COLLECT_TIPC_DIAG_H

#include "collect/source.h"

extern const struct netlink_source tipc_diag_source;

#endif
