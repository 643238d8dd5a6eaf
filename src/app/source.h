/*
 * From options to a collector and what it is asked for.
 */
#ifndef APP_SOURCE_H
#define APP_SOURCE_H

#include "app/options.h"
#include "collect/collect.h"

/* The collector that @o asks for, or NULL with @err set. */
struct collector *source_open(const struct options *o, bool parallel, struct error *err);

/* What @o asks for, with @facts delivered. */
struct collect_request source_request(const struct options *o, unsigned int facts);

#endif
