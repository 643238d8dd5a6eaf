/*
 * Endpoint addresses: compare, hash, print.
 */
#ifndef MODEL_ADDR_H
#define MODEL_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The address family of an endpoint; not the kernel's AF_ numbers. */
enum addr_family {
	ADDR_NONE, /* not an IP socket */
	ADDR_V4,
	ADDR_V6, /* v4-mapped addresses (::ffff:a.b.c.d) included */
};

/* One end of a socket.  @bytes is in network order: 4 used for ADDR_V4, 16 for ADDR_V6. */
struct endpoint {
	uint8_t bytes[16];
	uint16_t port; /* host order; 0 is "any" */
	uint8_t family; /* enum addr_family */
};

/* Longest text of endpoint_text(): "[" v6 "%" interface "]:" port. */
#define ENDPOINT_TEXT_MAX 80
#define ADDR_TEXT_MAX 46

/*
 * The numeric address, RFC 5952 form for IPv6, into @out (ADDR_TEXT_MAX bytes,
 * no terminating NUL).  Returns its length.
 */
size_t addr_text(char *out, enum addr_family family, const uint8_t *bytes);

/*
 * Address and port as ss prints them, into @out (ENDPOINT_TEXT_MAX bytes, no
 * NUL): "127.0.0.1:80", "[::1]:80", "0.0.0.0:*", "*:80" where @dual_stack says
 * that an unspecified IPv6 address also stands for IPv4; "%eth0" after the
 * address where @interface is not NULL.  Returns its length.
 */
size_t endpoint_text(char *out, const struct endpoint *e, bool dual_stack, const char *interface);

/* True for 0.0.0.0 and ::. */
bool addr_is_any(enum addr_family family, const uint8_t *bytes);

/* True for ::ffff:a.b.c.d. */
bool addr_is_mapped(enum addr_family family, const uint8_t *bytes);

/* True for 127.0.0.0/8, ::1 and the mapped form of the former. */
bool addr_is_loopback(enum addr_family family, const uint8_t *bytes);

/* Total order: family, address, port.  Mapped addresses sort by their IPv6 form. */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

#endif
