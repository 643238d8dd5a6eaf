/*
 * Lines of /proc/net/{unix,packet,netlink}: see procnet.h.
 */
#ifndef COLLECT_PROCNET_OTHER_H
#define COLLECT_PROCNET_OTHER_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/source.h"

/* Each reads one line; false when it makes no sense. */
bool procnet_parse_unix(const struct dump_spec *spec, const char *line, size_t len,
			struct sock_record *record);
bool procnet_parse_packet(const struct dump_spec *spec, const char *line, size_t len,
			  struct sock_record *record);
bool procnet_parse_netlink(const struct dump_spec *spec, const char *line, size_t len,
			   struct sock_record *record);

#endif
