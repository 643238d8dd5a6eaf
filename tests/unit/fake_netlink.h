/*
 * A kernel played by a test: the transport of a collector, with answers on order.
 *
 * Each test gives the function that answers requests; what the kernel would do
 * rarely (refuse, interrupt, repeat itself) happens when asked for.
 */
#ifndef TESTS_FAKE_NETLINK_H
#define TESTS_FAKE_NETLINK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "collect/netlink.h"
#include "diag_build.h"

#define QUEUE_MAX 64

/* A datagram on its way, or an errno instead of one. */
struct queued {
	char *data;
	size_t len;
	int code;
};

struct fake;

struct fake_socket {
	struct fake *fake;
	struct queued queue[QUEUE_MAX];
	size_t count;
	size_t at;
};

/* The kernel. */
struct fake {
	struct netlink_transport transport;
	void (*answer)(struct fake_socket *s, const struct nlmsghdr *request);
	int open_code;	       /* socket() fails with it */
	unsigned int opened;
	unsigned int closed;
	unsigned int requests;
	uint16_t types[QUEUE_MAX];   /* of the requests, in order */
	uint8_t families[QUEUE_MAX]; /* their first byte */
	uint32_t states[QUEUE_MAX];
	bool privileged;
};

/* A datagram being put together. */
struct datagram {
	char *data;
	size_t len;
	uint32_t seq;
};

/* What arrived. */
struct bag {
	struct sink sink;
	size_t count;
	size_t stop_after;
	uint8_t seen[4096]; /* by cookie: how often */
	struct sock last;
};

/* Everything a test needs. */
struct stage {
	struct fake fake;
	struct bag bag;
	struct error err;
	struct collector *c;
};

/* For established and close-wait TCP sockets of both families. */
extern const struct collect_request tcp_request;

void queue_code(struct fake_socket *s, int code);

struct datagram datagram_new(const struct nlmsghdr *request);

void datagram_sock(struct datagram *d, uint8_t state, uint32_t cookie);

void datagram_end(struct datagram *d, uint16_t type, int code);

void datagram_queue(struct fake_socket *s, struct datagram *d);

/* A datagram with only an end. */
void queue_end(struct fake_socket *s, const struct nlmsghdr *request, uint16_t type,
	       int code);

/* @count established sockets with cookies from @first on, then the end. */
void queue_socks(struct fake_socket *s, const struct nlmsghdr *request, uint32_t first,
		 uint32_t count);

struct stage *stage_new(void (*answer)(struct fake_socket *, const struct nlmsghdr *),
		       const struct collect_options *options);

void stage_free(struct stage *st);

int stage_run(struct stage *st, const struct collect_request *request);

/* An answer to anything: five established sockets, cookies 1 to 5. */
void answer_plainly(struct fake_socket *s, const struct nlmsghdr *request);

/* None. */
void answer_nothing(struct fake_socket *s, const struct nlmsghdr *request);

/* The /proc of the test's own, once root_make() was called. */
extern char fake_proc[];

/* Write its file net/@name. */
void root_write(const char *name, const char *text);

/* Make and remove it: group setup and teardown. */
int root_make(void **unused);
int root_remove(void **unused);

#endif
