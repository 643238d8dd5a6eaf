/*
 * sock_diag for the internet protocols: requests, and answers as struct sock.
 *
 * Pure: no system calls, no allocation.  Messages come from outside: every
 * length is checked before use, shorter structs (older kernels) are taken as far
 * as they go, longer ones are cut, unknown attributes are skipped.
 */
#ifndef COLLECT_INET_DIAG_H
#define COLLECT_INET_DIAG_H

#include "collect/source.h"

extern const struct netlink_source inet_diag_source;

/*
 * The state that the kernel means by @number for a socket of @proto, or
 * STATE_COUNT for none.
 */
enum state inet_diag_state(enum proto proto, unsigned int number);

/* True for a socket that inet_diag_exact() can ask for. */
bool inet_diag_knows_exact(const struct sock *sk);

/* Length of the request inet_diag_exact() makes. */
#define INET_DIAG_EXACT_BYTES 72

/* A request for the one socket @sk, with @facts, into @request. */
void inet_diag_exact(const struct sock *sk, unsigned int facts, struct nlmsghdr *request);

/*
 * The spec under which answers to inet_diag_exact() for @sk are read with
 * inet_diag_source.decode().
 */
void inet_diag_exact_spec(const struct sock *sk, unsigned int facts, struct dump_spec *spec);

#endif
