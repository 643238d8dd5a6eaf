/*
 * Names in filters: services, hosts, interfaces, control groups.
 */
#ifndef APP_LOOKUP_H
#define APP_LOOKUP_H

#include "query/filter.h"

/*
 * The ports that the kernel takes for connections that name none.  False, with both
 * 0, where that can't be read.
 */
bool lookup_auto_ports(uint16_t *low, uint16_t *high);

/* The callbacks for filter_parse(); hosts are asked for at @home (home.h), which stays valid. */
struct filter_options lookup_options(int *home);

#endif
