/*
 * The kind of collector that reads a saved source instead of the kernel.
 */
#ifndef COLLECT_SAVED_H
#define COLLECT_SAVED_H

#include "collect/collector.h"

extern const struct collector_kind saved_kind;

#endif
