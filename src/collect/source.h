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

/* One dump to ask for. */
struct dump_spec {
	enum proto proto;
	unsigned int family; /* FAMILY_V4, FAMILY_V6, or both: one walk (TCP only) */
	state_set states;
	unsigned int facts; /* enum fact */
	struct diag_filter filter;
};

/* Room for a decoded socket and for what it points to. */
struct sock_record {
	struct sock sock;
	struct tcp_facts tcp;
	uint32_t memory[MEMORY_COUNT];
	char congestion[16];
};

/* Longest request, without its filter. */
#define DUMP_REQUEST_BYTES 128

struct netlink_source {
	/* False when no socket of this protocol can be in spec->states: nothing to ask. */
	bool (*wanted)(const struct dump_spec *spec);

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
};

#endif
