/*
 * sock_diag for AF_XDP sockets: see source.h.
 */
#ifndef COLLECT_XDP_DIAG_H
#define COLLECT_XDP_DIAG_H

#include "collect/source.h"

extern const struct netlink_source xdp_diag_source;

#endif
