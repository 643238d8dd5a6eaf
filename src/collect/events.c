/* What the kernel tells by itself: see events.h. */
#include "config.h"

#include "collect/events.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "collect/inet_diag.h"

/* An event takes less than 1 KiB of it: room for those of a second or two of heavy churn. */
#define RECEIVE_BUFFER_BYTES (16 * 1024 * 1024)

/* One event is 380 bytes today; a datagram holds one. */
#define DATAGRAM_BYTES 8192

static const struct event_group {
	enum proto proto;
	unsigned int family;
	unsigned int group;
} event_groups[] = {
	{ PROTO_TCP, FAMILY_V4, SKNLGRP_INET_TCP_DESTROY },
	{ PROTO_UDP, FAMILY_V4, SKNLGRP_INET_UDP_DESTROY },
	{ PROTO_TCP, FAMILY_V6, SKNLGRP_INET6_TCP_DESTROY },
	{ PROTO_UDP, FAMILY_V6, SKNLGRP_INET6_UDP_DESTROY },
};

struct events {
	const struct events_transport *transport;
	void *socket;
	struct events_report report;
	struct dump_spec tcp; /* how messages are read */
	struct dump_spec udp;
	struct sock_record record;
	union {
		char bytes[DATAGRAM_BYTES];
		struct nlmsghdr align;
	} buffer;
};

/* Without CAP_NET_ADMIN net.core.rmem_max bounds the buffer; a small one loses more, no less. */
static void enlarge_buffer(int fd)
{
	int bytes = RECEIVE_BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int join(struct mnl_socket *socket, unsigned int groups)
{
	for (unsigned int group = 1; group <= SKNLGRP_MAX; group++) {
		int number = (int)group;

		if (groups & 1u << group &&
		    mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &number, sizeof(number)))
			return -1;
	}
	return 0;
}

static void *kernel_open(const struct events_transport *self, unsigned int groups)
{
	struct mnl_socket *socket =
		mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int code;

	(void)self;
	if (!socket)
		return NULL;
	enlarge_buffer(mnl_socket_get_fd(socket));
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 && join(socket, groups) == 0)
		return socket;
	code = errno;
	mnl_socket_close(socket);
	errno = code;
	return NULL;
}

static void kernel_close(void *socket)
{
	mnl_socket_close(socket);
}

static int kernel_fd(const void *socket)
{
	return mnl_socket_get_fd(socket);
}

static ssize_t kernel_receive(void *socket, void *buffer, size_t size)
{
	return mnl_socket_recvfrom(socket, buffer, size);
}

static const struct events_transport kernel_transport = {
	.open = kernel_open,
	.close = kernel_close,
	.fd = kernel_fd,
	.receive = kernel_receive,
};

static void prepare(struct dump_spec *spec, enum proto proto)
{
	*spec = (struct dump_spec){ .proto = proto, .facts = FACT_TCP };
	inet_diag_source.prepare(spec);
}

static unsigned int groups_of(proto_set protos, unsigned int families)
{
	unsigned int groups = 0;

	for (size_t i = 0; i < sizeof(event_groups) / sizeof(event_groups[0]); i++)
		if (protos & PROTO_BIT(event_groups[i].proto) && families & event_groups[i].family)
			groups |= 1u << event_groups[i].group;
	return groups;
}

struct events *events_open(proto_set protos, unsigned int families,
			   const struct events_transport *transport, struct error *err)
{
	struct events *e = calloc(1, sizeof(*e));
	unsigned int groups = groups_of(protos, families);

	if (!e) {
		error_set(err, ENOMEM, "cannot listen for destroyed sockets");
		return NULL;
	}
	e->transport = transport ? transport : &kernel_transport;
	prepare(&e->tcp, PROTO_TCP);
	prepare(&e->udp, PROTO_UDP);
	e->socket = e->transport->open(e->transport, groups);
	if (e->socket)
		return e;
	error_set(err, errno, "cannot listen for destroyed sockets");
	free(e);
	return NULL;
}

void events_close(struct events *e)
{
	if (!e)
		return;
	e->transport->close(e->socket);
	free(e);
}

int events_fd(const struct events *e)
{
	return e->transport->fd(e->socket);
}

const struct events_report *events_report(const struct events *e)
{
	return &e->report;
}

/* The protocol is told by an attribute of one byte; NULL where it is none that was asked for. */
static const struct dump_spec *spec_of(const struct events *e, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct inet_diag_msg));
	const char *end = (const char *)nlh + nlh->nlmsg_len;

	for (; mnl_attr_ok(attr, (int)(end - (const char *)attr)); attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) != INET_DIAG_PROTOCOL ||
		    mnl_attr_get_payload_len(attr) < sizeof(uint8_t))
			continue;
		if (mnl_attr_get_u8(attr) == IPPROTO_TCP)
			return &e->tcp;
		return mnl_attr_get_u8(attr) == IPPROTO_UDP ? &e->udp : NULL;
	}
	return NULL;
}

/* What the kernel leaves at zero because it has forgotten it is unknown, not zero. */
static void forget(struct sock *sk)
{
	sk->has &= ~(uint32_t)(SOCK_HAS_TIMER | SOCK_HAS_QUEUES);
}

/* Told as kernel state 7, whatever it was before; a connected UDP socket stays what it was. */
static bool decode(struct events *e, const struct nlmsghdr *nlh)
{
	const struct dump_spec *spec;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_msg))
		return false;
	spec = spec_of(e, nlh);
	if (!spec || !inet_diag_source.decode(spec, nlh, &e->record))
		return false;
	if (spec == &e->tcp && e->record.sock.state != STATE_CLOSED)
		return false;
	forget(&e->record.sock);
	return true;
}

/* Push the events of one datagram; true when the sink has had enough. */
static bool push_all(struct events *e, size_t len, struct sink *sink, int *count)
{
	const struct nlmsghdr *nlh = &e->buffer.align;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (uint32_t)left;
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY)
			continue;
		if (!decode(e, nlh)) {
			e->report.malformed++;
			continue;
		}
		e->report.events++;
		++*count;
		if (sink_push(sink, &e->record.sock))
			return true;
	}
	if (left > 0)
		e->report.malformed++;
	return false;
}

int events_read(struct events *e, unsigned int max, struct sink *sink, struct error *err)
{
	const int most = max && max < INT_MAX ? (int)max : INT_MAX - DATAGRAM_BYTES;
	int count = 0;

	while (count < most) {
		ssize_t len = e->transport->receive(e->socket, e->buffer.bytes,
						    sizeof(e->buffer.bytes));

		if (len > 0) {
			if (push_all(e, (size_t)len, sink, &count))
				break;
		} else if (len < 0 && errno == ENOBUFS) {
			e->report.losses++;
		} else if (len < 0 && errno == ENOSPC) {
			e->report.malformed++; /* longer than any event */
		} else if (len < 0 && errno != EINTR) {
			if (errno == EAGAIN)
				break;
			return error_set(err, errno, "cannot read what sockets were destroyed");
		} else if (!len) {
			e->report.malformed++;
			break;
		}
	}
	return count;
}
