/*
 * drain: the bare drain, F, the yardstick of the benchmark.
 *
 * Asks sock_diag for all TCP sockets, IPv4 and then IPv6, without attributes,
 * receives 32 KiB at a time, and does nothing with the answer but count it per
 * state.  Whatever asks the kernel in this way cannot be faster.
 *
 * With -c it asks once for both families with the older request (type 18), with -r
 * without ESTABLISHED and TIME-WAIT: the least that a summary by state can do, which
 * takes these two from the kernel's counters.
 * With --every S --count N it does so N times, S seconds from start to start.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES 32768
#define STATES 16
#define ALL_STATES 0xfffu /* all but BOUND, which costs a second walk */
#define RARE_STATES (ALL_STATES & ~(1u << 1 | 1u << 6))

struct options {
	bool one_walk;
	bool rare;
	bool print;
	unsigned int every_s;
	unsigned int count;
};

struct drain {
	int fd;
	unsigned int states; /* asked for */
	unsigned long sockets[STATES];
	char buffer[BUFFER_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static void send_all(const struct drain *drain, const void *request, size_t size)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const ssize_t sent = sendto(drain->fd, request, size, 0,
				    (const struct sockaddr *)&kernel, sizeof(kernel));

	if (sent != (ssize_t)size)
		err(1, "cannot ask sock_diag");
}

static void ask_family(const struct drain *drain, unsigned char family)
{
	const struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = family, .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = drain->states },
	};

	send_all(drain, &request, sizeof(request));
}

static void ask_both(const struct drain *drain)
{
	const struct {
		struct nlmsghdr header;
		struct inet_diag_req body;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = TCPDIAG_GETSOCK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .idiag_family = AF_INET, .idiag_states = drain->states },
	};

	send_all(drain, &request, sizeof(request));
}

/* Returns whether the dump is over. */
static bool count_messages(struct drain *drain, size_t left)
{
	for (struct nlmsghdr *header = (struct nlmsghdr *)drain->buffer; NLMSG_OK(header, left);
	     header = NLMSG_NEXT(header, left)) {
		const struct inet_diag_msg *message = NLMSG_DATA(header);

		if (header->nlmsg_type == NLMSG_DONE)
			return true;
		if (header->nlmsg_type == NLMSG_ERROR)
			errx(1, "sock_diag refuses to answer");
		drain->sockets[message->idiag_state % STATES]++;
	}
	return false;
}

static void receive_all(struct drain *drain)
{
	ssize_t length;

	do {
		length = recv(drain->fd, drain->buffer, sizeof(drain->buffer), 0);
		if (length < 0 && errno != EINTR)
			err(1, "cannot receive from sock_diag");
	} while (length < 0 || !count_messages(drain, (size_t)length));
}

static void drain_once(struct drain *drain, bool one_walk)
{
	memset(drain->sockets, 0, sizeof(drain->sockets));
	drain->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (drain->fd < 0)
		err(1, "cannot open sock_diag");
	if (one_walk) {
		ask_both(drain);
		receive_all(drain);
	} else {
		ask_family(drain, AF_INET);
		receive_all(drain);
		ask_family(drain, AF_INET6);
		receive_all(drain);
	}
	close(drain->fd);
}

static void print_counts(const struct drain *drain)
{
	static const char *const names[STATES] = {
		"0",	      "ESTABLISHED", "SYN-SENT",   "SYN-RECEIVED", "FIN-WAIT-1",
		"FIN-WAIT-2", "TIME-WAIT",   "CLOSED",	   "CLOSE-WAIT",   "LAST-ACK",
		"LISTEN",     "CLOSING",     "12",	   "13",	   "14",
		"15",
	};
	unsigned long total = 0;

	for (size_t i = 0; i < STATES; i++) {
		total += drain->sockets[i];
		if (drain->sockets[i])
			printf("%s %lu\n", names[i], drain->sockets[i]);
	}
	printf("total %lu\n", total);
}

static unsigned int parse_number(const char *text)
{
	char *end;
	const unsigned long number = strtoul(text, &end, 10);

	if (end == text || *end || number == 0 || number > 1000000)
		errx(2, "'%s' is not a number from 1 to 1000000", text);
	return (unsigned int)number;
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "one-walk", no_argument, NULL, 'c' },
		{ "rare", no_argument, NULL, 'r' },
		{ "print", no_argument, NULL, 'p' },
		{ "every", required_argument, NULL, 'e' },
		{ "count", required_argument, NULL, 'n' },
		{ 0 },
	};
	struct options options = { .count = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "crp", long_options, NULL)) != -1) {
		options.one_walk |= option == 'c';
		options.rare |= option == 'r';
		options.print |= option == 'p';
		if (option == 'e')
			options.every_s = parse_number(optarg);
		if (option == 'n')
			options.count = parse_number(optarg);
		if (option == '?')
			errx(2, "usage: drain [-c] [-r] [-p] [--every SECONDS] [--count TIMES]");
	}
	return options;
}

int main(int argc, char **argv)
{
	const struct options options = parse_options(argc, argv);
	struct drain drain = { .fd = -1, .states = options.rare ? RARE_STATES : ALL_STATES };
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (unsigned int i = 0; i < options.count; i++) {
		drain_once(&drain, options.one_walk);
		next.tv_sec += (time_t)options.every_s;
		if (options.every_s)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	if (options.print)
		print_counts(&drain);
	return 0;
}
