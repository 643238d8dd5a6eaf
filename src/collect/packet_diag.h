/*
 * sock_diag for packet sockets: see source.h.
 */
#ifndef COLLECT_PACKET_DIAG_H
#define COLLECT_PACKET_DIAG_H

#include "collect/source.h"

extern const struct netlink_source packet_diag_source;

/* The link layer protocol @number as the name of a packet socket. */
void packet_diag_name(struct sock_record *record, unsigned int number);

#endif
