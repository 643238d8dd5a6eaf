/*
 * Socket addresses of both families, see endpoint.h.
 */
#include "config.h"

#include "live/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>

union endpoint endpoint_any(int family)
{
	union endpoint end = { .in6 = { .sin6_family = AF_INET6 } };

	if (family == AF_INET)
		end = (union endpoint){ .in = { .sin_family = AF_INET } };
	return end;
}

union endpoint endpoint_make(int family, const char *address, uint16_t port)
{
	union endpoint end = endpoint_any(family);

	if (family == AF_INET) {
		inet_pton(AF_INET, address, &end.in.sin_addr);
		end.in.sin_port = htons(port);
	} else {
		inet_pton(AF_INET6, address, &end.in6.sin6_addr);
		end.in6.sin6_port = htons(port);
	}
	return end;
}

socklen_t endpoint_length(const union endpoint *end)
{
	return end->sa.sa_family == AF_INET ? sizeof(end->in) : sizeof(end->in6);
}

uint16_t endpoint_port(const union endpoint *end)
{
	return ntohs(end->sa.sa_family == AF_INET ? end->in.sin_port : end->in6.sin6_port);
}

const char *endpoint_format(const union endpoint *end, char text[ENDPOINT_TEXT_MAX])
{
	const int family = end->sa.sa_family;
	const uint16_t port_number = endpoint_port(end);
	char address[INET6_ADDRSTRLEN] = "?";
	char port[6] = "*";

	if (family == AF_INET)
		inet_ntop(family, &end->in.sin_addr, address, sizeof(address));
	else
		inet_ntop(family, &end->in6.sin6_addr, address, sizeof(address));
	if (port_number)
		snprintf(port, sizeof(port), "%u", (unsigned int)port_number);
	snprintf(text, ENDPOINT_TEXT_MAX, family == AF_INET ? "%s:%s" : "[%s]:%s", address, port);
	return text;
}
