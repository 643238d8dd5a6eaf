/* A sock_diag netlink socket: see netlink.h. */
#include "config.h"

#include "collect/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Far beyond any dump's pause: the kernel has its next datagram ready before it is asked for. */
#define ANSWER_TIMEOUT_S 10

/* The largest buffer that is tried when datagrams are cut. */
#define BUFFER_BYTES_MAX ((size_t)1024 * 1024)

struct capabilities {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

/*
 * Take CAP_NET_ADMIN out of this thread's effective set; true when it was there.
 * The kernel remembers what the opener of a netlink socket could do: without it,
 * messages have no mark and a dump costs up to a fifth less.
 */
static bool net_admin_drop(struct capabilities *before)
{
	struct capabilities without;
	unsigned int word = CAP_TO_INDEX(CAP_NET_ADMIN);

	before->header = (struct __user_cap_header_struct){
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	if (syscall(SYS_capget, &before->header, before->data) < 0 ||
	    !(before->data[word].effective & CAP_TO_MASK(CAP_NET_ADMIN)))
		return false;
	without = *before;
	without.data[word].effective &= ~CAP_TO_MASK(CAP_NET_ADMIN);
	return syscall(SYS_capset, &without.header, without.data) == 0;
}

static void net_admin_restore(struct capabilities *before)
{
	syscall(SYS_capset, &before->header, before->data);
}

static void *kernel_open(const struct netlink_transport *self, bool privileged)
{
	struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	struct mnl_socket *socket;
	struct capabilities before;
	bool dropped = !privileged && net_admin_drop(&before);
	int code;

	(void)self;
	socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	code = errno;
	if (dropped)
		net_admin_restore(&before);
	if (!socket) {
		errno = code;
		return NULL;
	}
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout)) < 0) {
		code = errno;
		mnl_socket_close(socket);
		errno = code;
		return NULL;
	}
	return socket;
}

static void kernel_close(void *socket)
{
	mnl_socket_close(socket);
}

/*
 * Not mnl_socket_sendto(): for a message with an address the kernel looks at the
 * sender's capabilities instead of the opener's.
 */
static int kernel_send(void *socket, const void *data, size_t len)
{
	return send(mnl_socket_get_fd(socket), data, len, 0) < 0 ? -1 : 0;
}

static ssize_t kernel_receive(void *socket, void *buffer, size_t size)
{
	return mnl_socket_recvfrom(socket, buffer, size);
}

static const struct netlink_transport kernel_transport = {
	.open = kernel_open,
	.close = kernel_close,
	.send = kernel_send,
	.receive = kernel_receive,
};

static const struct netlink_transport *transport_of(const struct netlink *nl)
{
	return nl->transport ? nl->transport : &kernel_transport;
}

void netlink_close(struct netlink *nl)
{
	if (nl->socket)
		transport_of(nl)->close(nl->socket);
	nl->socket = NULL;
	nl->under_way = false;
}

void netlink_fini(struct netlink *nl)
{
	netlink_close(nl);
	free(nl->buffer);
	nl->buffer = NULL;
	nl->size = 0;
}

void netlink_abandon(struct netlink *nl)
{
	if (nl->under_way)
		netlink_close(nl);
}

static int buffer_ready(struct netlink *nl, struct error *err)
{
	if (nl->buffer)
		return 0;
	if (!nl->size)
		nl->size = NETLINK_BUFFER_BYTES;
	nl->buffer = malloc(nl->size);
	if (!nl->buffer)
		return error_set(err, ENOMEM, "cannot receive from the kernel");
	return 0;
}

int netlink_ready(struct netlink *nl, bool privileged, struct error *err)
{
	if (buffer_ready(nl, err) < 0)
		return -1;
	if (nl->socket && nl->privileged != privileged)
		netlink_close(nl);
	if (nl->socket)
		return 0;
	nl->socket = transport_of(nl)->open(transport_of(nl), privileged);
	if (!nl->socket)
		return error_set(err, errno, "cannot open a sock_diag netlink socket");
	nl->privileged = privileged;
	return 0;
}

static int request_send(struct netlink *nl, const void *data, size_t len, struct error *err)
{
	while (transport_of(nl)->send(nl->socket, data, len) < 0)
		if (errno != EINTR)
			return error_set(err, errno, "cannot ask the kernel for its sockets");
	return 0;
}

int netlink_ask(struct netlink *nl, struct nlmsghdr *request, struct error *err)
{
	netlink_abandon(nl);
	if (netlink_ready(nl, nl->privileged, err) < 0)
		return -1;
	request->nlmsg_seq = ++nl->seq;
	if (request_send(nl, request, request->nlmsg_len, err) < 0)
		return -1;
	nl->under_way = true;
	return 0;
}

int netlink_ask_many(struct netlink *nl, struct nlmsghdr *requests, size_t bytes,
		     uint32_t *first, struct error *err)
{
	struct nlmsghdr *nlh = requests;
	int left = (int)bytes;

	*first = nl->seq + 1;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		nlh->nlmsg_seq = ++nl->seq;
	return request_send(nl, requests, bytes, err);
}

static enum netlink_status walk_end(struct netlink_walk *walk, const struct nlmsghdr *nlh)
{
	int code = 0;

	/* Both NLMSG_DONE of a dump and NLMSG_ERROR begin with a negative errno. */
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	else if (nlh->nlmsg_type == NLMSG_ERROR)
		walk->malformed++;
	walk->code = code < 0 && code > -4096 ? -code : 0;
	if (nlh->nlmsg_type == NLMSG_ERROR && !walk->code)
		walk->code = EPROTO;
	return NETLINK_DONE;
}

static bool listened_to(const struct netlink_walk *walk, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq - walk->seq <= walk->seq_more;
}

static bool ends(const struct netlink_walk *walk, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == NLMSG_DONE || (nlh->nlmsg_type == NLMSG_ERROR && !walk->single);
}

/* mnl_nlmsg_ok() takes a length beyond INT_MAX for a negative one, and lets it pass. */
static bool message_ok(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (uint32_t)left;
}

enum netlink_status netlink_walk(const void *data, size_t len, struct netlink_walk *walk)
{
	const struct nlmsghdr *nlh = data;
	int left = len <= INT32_MAX ? (int)len : INT32_MAX;

	for (; message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (!listened_to(walk, nlh) || nlh->nlmsg_type == NLMSG_NOOP)
			continue;
		if (ends(walk, nlh))
			return walk_end(walk, nlh);
		if (nlh->nlmsg_type == NLMSG_OVERRUN) {
			walk->code = ENOBUFS;
			return NETLINK_LOST;
		}
		if (walk->take && walk->take(walk->context, nlh))
			return NETLINK_STOPPED;
	}
	if (left > 0)
		walk->malformed++;
	return NETLINK_MORE;
}

ssize_t netlink_receive(struct netlink *nl, void *buffer, size_t size)
{
	ssize_t len;

	do
		len = transport_of(nl)->receive(nl->socket, buffer, size);
	while (len < 0 && errno == EINTR);
	return len;
}

/* A larger buffer for the next time; without memory the old one is tried again. */
static void buffer_enlarge(struct netlink *nl)
{
	char *larger;

	if (nl->size >= BUFFER_BYTES_MAX)
		return;
	larger = malloc(nl->size * 2);
	if (!larger)
		return;
	free(nl->buffer);
	nl->buffer = larger;
	nl->size *= 2;
}

enum netlink_status netlink_step(struct netlink *nl, struct netlink_walk *walk)
{
	ssize_t len = netlink_receive(nl, nl->buffer, nl->size);
	enum netlink_status status;

	if (!walk->single)
		walk->seq = nl->seq;
	if (len <= 0) {
		walk->code = len < 0 ? errno : EPROTO;
		if (walk->code == ENOSPC)
			buffer_enlarge(nl);
		return NETLINK_LOST;
	}
	status = netlink_walk(nl->buffer, (size_t)len, walk);
	if (status == NETLINK_DONE)
		nl->under_way = false;
	return status;
}
