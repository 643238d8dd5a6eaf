/*
 * A plain sock_diag reader, see kernel.h.  Plain on purpose: it is checked by
 * eye, and it has to be right rather than fast.
 */
#include "config.h"

#include "live/kernel.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

/* The kernel's macros cast const away, so the messages are not const here. */

#define TIMER_TIME_WAIT 3
#define TCP_STATES 0x1fffu /* without BOUND */
#define BOUND_BIT (1u << LAB_BOUND)

/* One dump: what is asked, and where the lines go. */
struct dump {
	int fd;
	int protocol;
	bool bound;
	struct lines *lines;
};

static int send_request(const struct dump *dump, int family, unsigned int states)
{
	const struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = (unsigned char)family,
			  .sdiag_protocol = (unsigned char)dump->protocol,
			  .idiag_states = states },
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(dump->fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
		      sizeof(kernel)) == (ssize_t)sizeof(request) ? 0 : -1;
}

static union endpoint diag_endpoint(int family, const __be32 *address, __be16 port)
{
	union endpoint end = endpoint_any(family);

	if (family == AF_INET) {
		memcpy(&end.in.sin_addr, address, sizeof(end.in.sin_addr));
		end.in.sin_port = port;
	} else {
		memcpy(&end.in6.sin6_addr, address, sizeof(end.in6.sin6_addr));
		end.in6.sin6_port = port;
	}
	return end;
}

/* Only full sockets carry SHUTDOWN; request socks do not. */
static bool has_shutdown(struct nlmsghdr *header)
{
	int left = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof(struct inet_diag_msg)));
	struct rtattr *attr = (struct rtattr *)((char *)NLMSG_DATA(header) +
						sizeof(struct inet_diag_msg));

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == INET_DIAG_SHUTDOWN)
			return true;
	return false;
}

static enum lab_kind diag_kind(struct nlmsghdr *header, const struct inet_diag_msg *message)
{
	if (message->idiag_timer == TIMER_TIME_WAIT)
		return LAB_MINISOCK;
	if (message->idiag_state == LAB_SYN_RECEIVED && !has_shutdown(header))
		return LAB_REQUEST;
	return message->idiag_inode ? LAB_HELD : LAB_ORPHAN;
}

static void add_socket(const struct dump *dump, struct nlmsghdr *header)
{
	const struct inet_diag_msg *message = NLMSG_DATA(header);
	const struct inet_diag_sockid *id = &message->id;
	const int family = message->idiag_family;
	const struct roster_entry entry = {
		.protocol = dump->protocol,
		.state = dump->bound ? LAB_BOUND : (enum lab_state)message->idiag_state,
		.kind = diag_kind(header, message),
		.local = diag_endpoint(family, id->idiag_src, id->idiag_sport),
		.peer = diag_endpoint(family, id->idiag_dst, id->idiag_dport),
	};
	char text[256];

	roster_line(&entry, text, sizeof(text));
	lines_add(dump->lines, text);
}

/* Returns 1 at the end of the dump, 0 when more is to come, -1 on error. */
static int read_messages(const struct dump *dump)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	const ssize_t length = recv(dump->fd, buffer, sizeof(buffer), 0);
	size_t left = length > 0 ? (size_t)length : 0;

	if (length <= 0)
		return -1;
	for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, left);
	     header = NLMSG_NEXT(header, left)) {
		if (header->nlmsg_type == NLMSG_DONE)
			return 1;
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(header);

			errno = -error->error;
			return -1;
		}
		add_socket(dump, header);
	}
	return 0;
}

static int dump_family(const struct dump *dump, int family, unsigned int states)
{
	int result = send_request(dump, family, states);

	while (result == 0)
		result = read_messages(dump);
	return result < 0 ? -1 : 0;
}

static int dump_protocol(struct dump *dump, int protocol, bool bound)
{
	const unsigned int states = bound ? BOUND_BIT : TCP_STATES;

	dump->protocol = protocol;
	dump->bound = bound;
	if (dump_family(dump, AF_INET, states) < 0)
		return -1;
	return dump_family(dump, AF_INET6, states);
}

int kernel_lines(struct lines *lines)
{
	struct dump dump = { .lines = lines };
	int result;

	dump.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (dump.fd < 0)
		return -1;
	result = dump_protocol(&dump, IPPROTO_TCP, false);
	/* A kernel that does not know bit 13 answers it with nothing. */
	if (result == 0)
		result = dump_protocol(&dump, IPPROTO_TCP, true);
	if (result == 0)
		result = dump_protocol(&dump, IPPROTO_UDP, false);
	close(dump.fd);
	lines_sort(lines);
	return result;
}

bool kernel_shows_bound(void)
{
	const union endpoint end = endpoint_make(AF_INET, "127.0.0.1", 0);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct lines lines = { 0 };
	bool shown = false;

	if (fd >= 0 && bind(fd, &end.sa, endpoint_length(&end)) == 0 && kernel_lines(&lines) == 0)
		for (size_t i = 0; i < lines.count; i++)
			shown |= strstr(lines.line[i], " BOUND ") != NULL;
	if (fd >= 0)
		close(fd);
	lines_fini(&lines);
	return shown;
}

enum lab_state kernel_state(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		return 0;
	return (enum lab_state)info.tcpi_state;
}
