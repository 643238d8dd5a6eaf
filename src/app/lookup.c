/* Names in filters: see lookup.h. */
#include "config.h"

#include "app/lookup.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/home.h"
#include "collect/counters.h"

static int find_service(void *context, const char *name, uint16_t *port)
{
	const struct servent *entry = getservbyname(name, "tcp");

	(void)context;
	if (!entry)
		entry = getservbyname(name, "udp");
	if (!entry)
		return -1;
	*port = ntohs((uint16_t)entry->s_port);
	return 0;
}

static bool endpoint_of(struct endpoint *out, const struct addrinfo *a)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	*out = (struct endpoint){ .family = a->ai_family == AF_INET ? ADDR_V4 : ADDR_V6 };
	if (a->ai_family == AF_INET && a->ai_addrlen >= sizeof(v4)) {
		memcpy(&v4, a->ai_addr, sizeof(v4));
		memcpy(out->bytes, &v4.sin_addr, 4);
		return true;
	}
	if (a->ai_family == AF_INET6 && a->ai_addrlen >= sizeof(v6)) {
		memcpy(&v6, a->ai_addr, sizeof(v6));
		memcpy(out->bytes, &v6.sin6_addr, 16);
		return true;
	}
	return false;
}

static size_t find_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const int *home = context;
	struct netns_visit visit = home_enter(*home);
	int failed;
	struct addrinfo *list;
	size_t count = 0;

	failed = getaddrinfo(name, NULL, &hints, &list);
	home_leave(&visit);
	if (failed)
		return 0;
	for (const struct addrinfo *a = list; a && count < max; a = a->ai_next)
		count += endpoint_of(&out[count], a);
	freeaddrinfo(list);
	return count;
}

static int find_interface(void *context, const char *name, uint32_t *ifindex)
{
	(void)context;
	*ifindex = if_nametoindex(name);
	return *ifindex ? 0 : -1;
}

/* The id of a version 2 control group is the inode of its directory. */
static int find_cgroup(void *context, const char *path, uint64_t *id)
{
	static const char *const roots[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup", "" };
	char name[4096];
	struct stat st;

	(void)context;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		int len = snprintf(name, sizeof(name), "%s%s%s", roots[i],
				   *path == '/' ? "" : "/", path);

		if (len > 0 && (size_t)len < sizeof(name) && !stat(name, &st) &&
		    S_ISDIR(st.st_mode)) {
			*id = st.st_ino;
			return 0;
		}
	}
	return -1;
}

bool lookup_auto_ports(uint16_t *low, uint16_t *high)
{
	unsigned int from;
	unsigned int to;
	char range[64];

	*low = 0;
	*high = 0;
	if (sysctl_read(range, sizeof(range), NULL, "net.ipv4.ip_local_port_range", NULL) ||
	    sscanf(range, "%u %u", &from, &to) != 2 || from > to || to > 65535)
		return false;
	*low = (uint16_t)from;
	*high = (uint16_t)to;
	return true;
}

struct filter_options lookup_options(int *home)
{
	struct filter_options options = {
		.context = home,
		.service = find_service,
		.host = find_host,
		.interface = find_interface,
		.cgroup = find_cgroup,
	};

	lookup_auto_ports(&options.auto_port_min, &options.auto_port_max);
	return options;
}
