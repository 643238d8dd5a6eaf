/*
 * sock_diag for netlink sockets: see source.h.
 */
#ifndef COLLECT_NETLINK_DIAG_H
#define COLLECT_NETLINK_DIAG_H

#include "collect/source.h"

/* Sockets in a multicast group come twice: see struct source.repeats. */
extern const struct netlink_source netlink_diag_source;

/* The name of a netlink socket of @protocol, and its local end, whose port is @port. */
void netlink_diag_local(struct sock_record *record, unsigned int protocol, uint32_t port);

#endif
