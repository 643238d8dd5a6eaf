/*
 * The roster: every socket that the laboratory promises to have made, in the
 * words that tests read.
 */
#ifndef LIVE_ROSTER_H
#define LIVE_ROSTER_H

#include "live/endpoint.h"
#include "live/lines.h"

#include <stddef.h>
#include <stdio.h>

/* The kernel's numbers, include/net/tcp_states.h; BOUND is asked for as 13. */
enum lab_state {
	LAB_ESTABLISHED = 1,
	LAB_SYN_SENT,
	LAB_SYN_RECEIVED,
	LAB_FIN_WAIT_1,
	LAB_FIN_WAIT_2,
	LAB_TIME_WAIT,
	LAB_CLOSED,
	LAB_CLOSE_WAIT,
	LAB_LAST_ACK,
	LAB_LISTEN,
	LAB_CLOSING,
	LAB_BOUND = 13,
	LAB_STATES
};

/* How the kernel keeps it.  The first three are full sockets. */
enum lab_kind {
	LAB_HELD,       /* has a descriptor, so an inode */
	LAB_UNACCEPTED, /* waits in an accept queue: no inode */
	LAB_ORPHAN,     /* closed by its program, not yet by its peer: no inode */
	LAB_MINISOCK,   /* TIME-WAIT or FIN-WAIT-2 remnant */
	LAB_REQUEST,    /* half-open: not yet a socket of its own */
};

struct roster_entry {
	int protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	enum lab_state state;
	enum lab_kind kind;
	union endpoint local;
	union endpoint peer;
	const char *recipe; /* its name; a static string */
};

struct roster {
	struct roster_entry *entry;
	size_t count;
	size_t capacity;
};

/* Ends the program when memory runs out. */
void roster_add(struct roster *roster, const struct roster_entry *entry);
void roster_fini(struct roster *roster);

/* One socket a line, tab-separated: protocol ("tcp"), family ("4" or "6"), state
 * (RFC 793's name, or BOUND), local, peer, kind, recipe. */
void roster_write(const struct roster *roster, FILE *out);

/* Counts: protocol, family, state, count; tab-separated, sorted, no zeros. */
void roster_write_counts(const struct roster *roster, FILE *out);

/* The lines that the kernel is to show for it, sorted, to compare with
 * kernel_lines(). */
void roster_lines(const struct roster *roster, struct lines *lines);

/* The line of one socket as the kernel tells it apart: a socket in an accept
 * queue and an orphan look the same. */
void roster_line(const struct roster_entry *entry, char *text, size_t size);

#endif
