/*
 * sock_diag for VSOCK, between a virtual machine and its host: see source.h.
 */
#ifndef COLLECT_VSOCK_DIAG_H
#define COLLECT_VSOCK_DIAG_H

#include "collect/source.h"

extern const struct netlink_source vsock_diag_source;

#endif
