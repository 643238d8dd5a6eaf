/*
 * familylab: real sockets of the families beyond TCP and UDP, in a network namespace
 * of its own, and a command beside them.
 *
 *   familylab -- COMMAND [ARGUMENT...]
 *
 * UNIX sockets of every type and state (paths are made in $TMPDIR), raw, packet,
 * netlink and MPTCP sockets.  The command finds in FAMILYLAB_PID who holds them, and
 * in FAMILYLAB_MPTCP whether there are MPTCP sockets: a kernel may have none.
 *
 * Exit status: the command's; 77 when this host allows no namespace; 1 when a socket
 * could not be made.
 */
#include "config.h"

#include "live/netns.h"

#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int make(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		err(1, "socket(%d, %d, %d)", family, type, protocol);
	return fd;
}

static void bind_to(int fd, const void *address, size_t len)
{
	if (bind(fd, address, (socklen_t)len) < 0)
		err(1, "bind");
}

static void connect_to(int fd, const void *address, size_t len)
{
	if (connect(fd, address, (socklen_t)len) < 0)
		err(1, "connect");
}

/* A name that begins with '@' is abstract. */
static size_t unix_address(struct sockaddr_un *address, const char *folder, const char *name)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (*name == '@') {
		memcpy(address->sun_path + 1, name + 1, strlen(name + 1));
		return offsetof(struct sockaddr_un, sun_path) + strlen(name);
	}
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", folder, name);
	return sizeof(*address);
}

/* A listener with three clients: one accepted, one of the others with data on its way. */
static void unix_service(const char *folder, const char *name, int type)
{
	struct sockaddr_un address;
	size_t len = unix_address(&address, folder, name);
	int listener = make(AF_UNIX, type, 0);

	bind_to(listener, &address, len);
	if (listen(listener, 5) < 0)
		err(1, "listen");
	for (int i = 0; i < 3; i++) {
		int client = make(AF_UNIX, type, 0);

		connect_to(client, &address, len);
		if (i == 0 && accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
			err(1, "accept");
		if (i == 1 && send(client, "five!", 5, 0) != 5)
			err(1, "send");
	}
}

static void unix_datagrams(const char *folder)
{
	struct sockaddr_un address;
	size_t len = unix_address(&address, folder, "datagrams with blanks");
	int receiver = make(AF_UNIX, SOCK_DGRAM, 0);
	int sender = make(AF_UNIX, SOCK_DGRAM, 0);

	bind_to(receiver, &address, len);
	connect_to(sender, &address, len);
	if (send(sender, "x", 1, 0) != 1)
		err(1, "send");
	make(AF_UNIX, SOCK_DGRAM, 0);
}

/* Both ends open, one of them closed, one direction closed. */
static void unix_pairs(void)
{
	int pair[2];

	for (int i = 0; i < 3; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			err(1, "socketpair");
		if (i == 1)
			close(pair[1]);
		if (i == 2)
			shutdown(pair[0], SHUT_WR);
	}
}

static void raw_sockets(void)
{
	const struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	make(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	connect_to(make(AF_INET, SOCK_RAW, 89), &loopback, sizeof(loopback));
	if (access("/proc/net/raw6", F_OK) == 0)
		make(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
}

static void packet_socket(int type, uint16_t protocol, const char *interface)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = interface ? (int)if_nametoindex(interface) : 0,
	};

	bind_to(make(AF_PACKET, type, htons(protocol)), &address, sizeof(address));
}

static void netlink_sockets(void)
{
	const struct sockaddr_nl member = {
		.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_ROUTE,
	};
	const struct sockaddr_nl high = { .nl_family = AF_NETLINK, .nl_pid = 4000000001u };

	bind_to(make(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), &member, sizeof(member));
	bind_to(make(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC), &high, sizeof(high));
	make(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

/* False where this kernel has no MPTCP. */
static bool mptcp_sockets(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
	int client;

	if (listener < 0)
		return false;
	bind_to(listener, &address, sizeof(address));
	if (listen(listener, 3) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		err(1, "listen");
	client = make(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	connect_to(client, &address, sizeof(address));
	if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
		err(1, "accept");
	return true;
}

static int run(char **command)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		err(1, "fork");
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(child, &status, 0) < 0)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	const char *folder = getenv("TMPDIR");
	const char *what;
	char pid[16];

	if (argc < 3 || strcmp(argv[1], "--") != 0 || !folder)
		errx(2, "usage: TMPDIR=FOLDER familylab -- COMMAND [ARGUMENT...]");
	if (netns_enter_new(&what) < 0)
		err(EXIT_SKIP, "no network namespace: %s", what);
	unix_service(folder, "stream", SOCK_STREAM);
	unix_service(folder, "@familylab", SOCK_SEQPACKET);
	unix_datagrams(folder);
	unix_pairs();
	raw_sockets();
	packet_socket(SOCK_RAW, ETH_P_ALL, "lo");
	packet_socket(SOCK_DGRAM, ETH_P_IP, NULL);
	packet_socket(SOCK_RAW, 0x9999, "lo");
	netlink_sockets();
	setenv("FAMILYLAB_MPTCP", mptcp_sockets() ? "yes" : "", 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("FAMILYLAB_PID", pid, 1);
	return run(argv + 2);
}
