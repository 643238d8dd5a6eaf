/*
 * What the decoders of sock_diag's families have in common.
 *
 * Pure: no system calls, no allocation.  Lengths come from outside and are
 * checked here.
 */
#ifndef COLLECT_DIAG_H
#define COLLECT_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/source.h"

/* include/net/tcp_states.h: not in the kernel's exported headers. */
enum kernel_state {
	KERNEL_ESTABLISHED = 1,
	KERNEL_SYN_SENT = 2,
	KERNEL_CLOSE = 7,
	KERNEL_CLOSE_WAIT = 8,
	KERNEL_LISTEN = 10,
	KERNEL_CLOSING = 11,
	KERNEL_NEW_SYN_RECV = 12,
};

/* The family's number for a state. */
struct diag_state {
	uint8_t number;
	uint8_t state; /* enum state */
};

/*
 * Fill in what prepare() has to, for a family with these @count states.  False when
 * none of them is in spec->states.
 */
bool diag_prepare(struct dump_spec *spec, const struct diag_state *states, size_t count);

/* Begin a dump request with a header of @size bytes, zeros.  Returns the header. */
void *diag_request(struct nlmsghdr *request, size_t size);

/* What takes an attribute: false where it makes no sense. */
typedef bool diag_take(struct sock_record *r, unsigned int type, const void *data, size_t len);

/* Hand out the attributes of @nlh behind @header bytes.  False when they don't fill it. */
bool diag_attributes(const struct nlmsghdr *nlh, size_t header, diag_take *take,
		     struct sock_record *r);

/* The same for the @len bytes of an attribute that is a nest. */
bool diag_nest(const void *data, size_t len, diag_take *take, struct sock_record *r);

/* Copy the header of @size bytes in front of the attributes; false when it is too short. */
bool diag_header(const struct nlmsghdr *nlh, void *out, size_t size);

/* Read the number that an attribute holds; false when it is too short. */
bool diag_u32(const void *data, size_t len, uint32_t *out);

/* Take the figures of an attribute SKMEMINFO. */
void diag_memory(struct sock_record *r, const void *data, size_t len);

/* The same as queues, where the family has no other figures. */
void diag_memory_as_queues(struct sock_record *r, const void *data, size_t len);

/* Forget the figures of memory unless they were asked for. */
void diag_memory_unasked(const struct dump_spec *spec, struct sock_record *r);

/* A full socket of @spec that is no IP socket, with its two words of @cookie. */
void diag_sock(const struct dump_spec *spec, const uint32_t *cookie, struct sock *sk);

/* 0 is no inode. */
void diag_inode(struct sock *sk, uint32_t inode);

/* The kernel's SOCK_ number as enum sock_type. */
uint8_t diag_type(unsigned int number);

/* Print the name of a socket, and what stands for its ends. */
void diag_name(struct sock_record *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void diag_local(struct sock_record *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void diag_peer(struct sock_record *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
