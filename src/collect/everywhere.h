/*
 * The kind of collector that walks all network namespaces.
 */
#ifndef COLLECT_EVERYWHERE_H
#define COLLECT_EVERYWHERE_H

#include "collect/collector.h"

/* Make @c one of this kind.  0, or -1 with @err set without memory. */
int everywhere_open(struct collector *c, struct error *err);

#endif
