/*
 * Legs of a pass that are read from /proc/net, and what the report says of where
 * sockets came from; for collect.c and its other kinds only.
 */
#ifndef COLLECT_FALLBACK_H
#define COLLECT_FALLBACK_H

#include "collect/collector.h"

/* As in ss, one named file keeps its protocol from netlink altogether. */
bool fallback_has_file(const struct collector *c, enum proto proto);

/* There is no netlink at all, now and later, because of @cause. */
void fallback_without_netlink(struct collector *c, const struct error *cause);

/* Netlink refused the sockets of @leg with @code. */
void fallback_refused(struct collector *c, struct leg *leg, int code);

/* Open what @leg is read from: 1, 0 where there is none (noted), or -1 with @err set. */
int fallback_open(struct collector *c, const struct leg *leg, struct error *err);

/* A new pass: of what the one before was read from its texts remain, until it is told anew. */
void fallback_reset(struct collector *c);

/* The pass is over: say in the report what was read. */
void fallback_tell(struct collector *c);

#endif
