/*
 * A sock_diag netlink socket: ask, and walk the answers.
 *
 * One dump at a time runs on a socket; the kernel offers no way to give one up
 * but closing it, so a new request on a socket with a dump under way opens a new
 * one.  Answers to anything but the last request are ignored by their sequence
 * number.
 */
#ifndef COLLECT_NETLINK_H
#define COLLECT_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct nlmsghdr;

/* The kernel fills at most 32 KiB into a datagram of a dump, however large the buffer. */
#define NETLINK_BUFFER_BYTES ((size_t)32 * 1024)

/* Where the bytes come from: the kernel, or what a test or a recording puts in its place. */
struct netlink_transport {
	/*
	 * A new socket, or NULL with errno set.  @privileged: keep CAP_NET_ADMIN
	 * (where the process has it), so that marks are delivered.
	 */
	void *(*open)(const struct netlink_transport *self, bool privileged);
	void (*close)(void *socket);
	/* 0, or -1 with errno set. */
	int (*send)(void *socket, const void *data, size_t len);
	/* Length of the datagram, or -1 with errno set: ENOSPC when it was cut. */
	ssize_t (*receive)(void *socket, void *buffer, size_t size);
};

struct netlink {
	const struct netlink_transport *transport; /* NULL: the kernel */
	void *socket;	   /* NULL: not open */
	char *buffer;
	size_t size;
	uint32_t seq;	   /* of the last request */
	bool privileged;
	bool under_way;	   /* a dump's end has not been read */
};

/* Close the socket; the next request opens another. */
void netlink_close(struct netlink *nl);

/* Close the socket and free the buffer; usable again afterwards. */
void netlink_fini(struct netlink *nl);

/* Give up the dump under way, if any. */
void netlink_abandon(struct netlink *nl);

/*
 * Open the socket unless it is open with these privileges.  0, or -1 with errno
 * set; @err says what failed.
 */
int netlink_ready(struct netlink *nl, bool privileged, struct error *err);

/*
 * Send the dump request @request (its sequence number is filled in).  0, or -1
 * with @err set.
 */
int netlink_ask(struct netlink *nl, struct nlmsghdr *request, struct error *err);

/*
 * Send the @bytes of single requests (no dumps) at @requests in one go, numbered
 * upwards from *@first.  0, or -1 with @err set.
 */
int netlink_ask_many(struct netlink *nl, struct nlmsghdr *requests, size_t bytes,
		     uint32_t *first, struct error *err);

/* How a datagram left the dump. */
enum netlink_status {
	NETLINK_MORE,	 /* not at its end */
	NETLINK_DONE,	 /* at its end: walk->code is 0, or the errno the kernel gave */
	NETLINK_STOPPED, /* take() asked for it */
	NETLINK_LOST,	 /* messages were lost: walk->code is the errno; ask again */
};

/* What to do with messages, and what came of it. */
struct netlink_walk {
	/* Takes one message; nonzero stops the walk.  NULL: only find the end. */
	int (*take)(void *context, const struct nlmsghdr *message);
	void *context;
	uint32_t seq;	    /* the first sequence number listened to ... */
	uint32_t seq_more;  /* ... and how many more from there on */
	bool single;	    /* answers to single requests: take() gets the errors as well */
	int code;
	uint64_t malformed; /* grows */
};

/* Walk the messages of one datagram; pure.  @data must be aligned to 4 bytes. */
enum netlink_status netlink_walk(const void *data, size_t len, struct netlink_walk *walk);

/* Receive one datagram into @buffer.  Its length, or -1 with errno set (never EINTR). */
ssize_t netlink_receive(struct netlink *nl, void *buffer, size_t size);

/*
 * Receive one datagram and walk it; walk->seq is filled in unless walk->single.
 * A datagram that was cut is NETLINK_LOST, and the buffer is twice as large from
 * then on.
 */
enum netlink_status netlink_step(struct netlink *nl, struct netlink_walk *walk);

#endif
