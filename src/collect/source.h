/*
 * What a netlink source is made of: how to ask for a family's sockets, and how
 * to read one answer.  The table of sources is in collect.c; this is the shape
 * of its rows, shared by the decoders (inet_diag.c ...).
 */
#ifndef COLLECT_SOURCE_H
#define COLLECT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collect.h"
#include "model/sock.h"

struct nlmsghdr;

/* sock_diag bytecode that every socket of a dump must satisfy; len 0: none. */
struct diag_filter {
	const void *code;
	size_t len;
};

/* Kernel numbers of states are below this: include/net/tcp_states.h ends with 13. */
#define KERNEL_STATES 16

/* One dump to ask for. */
struct dump_spec {
	enum proto proto;
	unsigned int family; /* FAMILY_V4, FAMILY_V6, both: one walk (TCP); 0: not IP */
	state_set states;
	unsigned int facts; /* enum fact */
	struct diag_filter filter;

	/* Filled in by the source's prepare(). */
	uint32_t kernel_states;		 /* 1 << each kernel number to ask for */
	uint8_t state_of[KERNEL_STATES]; /* each kernel number's state; STATE_COUNT: none */
};

/* A UNIX socket's name has at most 108 bytes. */
#define SOCK_NAME_MAX 128

/* Room for a decoded socket and for what it points to. */
struct sock_record {
	struct sock sock;
	struct tcp_facts tcp;
	uint32_t memory[MEMORY_COUNT];
	char congestion[16];
	char name[SOCK_NAME_MAX];
	char local_text[SOCK_NAME_MAX + 16];
	char peer_text[48];
};

/* Longest request, without its filter. */
#define DUMP_REQUEST_BYTES 128

struct netlink_source {
	/*
	 * Work out what to ask for and what the answers will mean.  False when no
	 * socket of this protocol can be in spec->states: there is nothing to ask.
	 */
	bool (*prepare)(struct dump_spec *spec);

	/*
	 * The dump request for @spec, all but its sequence number, into @request
	 * (DUMP_REQUEST_BYTES plus the filter's length plus 8 bytes).
	 */
	void (*request)(const struct dump_spec *spec, struct nlmsghdr *request);

	/*
	 * Read one answer.  False when it makes no sense; @record is undefined
	 * then.  @record->sock points into @record and nowhere else.
	 */
	bool (*decode)(const struct dump_spec *spec, const struct nlmsghdr *message,
		       struct sock_record *record);

	/*
	 * Write the ends of @record's socket, now that sock.interface is known.  NULL
	 * where they don't name the interface.
	 */
	void (*describe)(struct sock_record *record);
};

#endif
