/*
 * One end of a connection: a socket address of either family, and the
 * flavours of addresses that the laboratory builds everything in.
 */
#ifndef LIVE_ENDPOINT_H
#define LIVE_ENDPOINT_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

union endpoint {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* "[" + address + "]:" + port + NUL */
#define ENDPOINT_TEXT_MAX (INET6_ADDRSTRLEN + 9)

/* @address is text of @family's kind.  The text must be valid. */
union endpoint endpoint_make(int family, const char *address, uint16_t port);

/* The wildcard address and port of @family: the peer of what has none. */
union endpoint endpoint_any(int family);

socklen_t endpoint_length(const union endpoint *end);
uint16_t endpoint_port(const union endpoint *end);

/* "127.0.0.1:80", "[::1]:80"; port 0 is "*".  Returns @text. */
const char *endpoint_format(const union endpoint *end, char text[ENDPOINT_TEXT_MAX]);

#endif
