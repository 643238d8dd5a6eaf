/*
 * Names in filters: services, hosts, interfaces, control groups.
 */
#ifndef APP_LOOKUP_H
#define APP_LOOKUP_H

#include "query/filter.h"

/* The callbacks for filter_parse(). */
struct filter_options lookup_options(void);

#endif
