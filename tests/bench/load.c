/*
 * load: a great many real sockets, in a network namespace of its own, and a
 * command run beside them.
 *
 * ESTABLISHED ones are made one at a time without a peer: with TCP_REPAIR, which
 * needs CAP_NET_ADMIN over the namespace only, bind() and connect() are enough
 * and no packet is sent.  They stay in repair mode, so that closing them sends
 * none either.  TIME-WAIT ones are real connections over lo that are closed; they
 * last 60 s, so the command has the rest of that time.
 *
 * With --churn, RATE short connections a second come and go beside them until the
 * command ends; how many there were is said on standard error.
 *
 * The sockets are spread over processes: a process may not hold enough
 * descriptors, and a host with 100k sockets has more than one process.
 *
 * Exit status: the command's; 77 when this host allows no namespace; 1 on failure.
 */
#include "config.h"

#include "live/churn.h"
#include "live/endpoint.h"
#include "live/netns.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define FIRST_PORT 1024
#define PORTS 60000
#define LISTENERS_MAX 4000 /* on the ports above these */
#define LISTEN_PORT 500    /* and on: the servers of the TIME-WAITs */
#define SPARE_DESCRIPTORS 64
#define PROCESSES_MAX 4096
#define LOOK_AFTER_MS 200 /* how soon a failed process is noticed */
#define SOCKETS_MAX 3500000
#define CHURN_MAX 100000

/* So many processes make TIME-WAITs, each at a server port of its own: over ::1
 * a port has 60,000 peers at most. */
#define TIME_WAIT_PROCESSES 64

struct options {
	unsigned long established;
	unsigned long time_wait;
	unsigned long listen;
	unsigned long v6_percent;
	unsigned long processes;
	unsigned long churn; /* connections a second */
	char **command;
};

/* One process's share: sockets number @first to @first + @count of each kind. */
struct share {
	unsigned long first;
	unsigned long count;
};

/* A process of the crowd. */
struct member {
	unsigned long number;
	int ready_fd; /* a byte is written here when all is made */
	int stay_fd;  /* end of file here means: go */
};

static struct share share_of(unsigned long total, unsigned long number, unsigned long processes)
{
	const unsigned long first = total * number / processes;

	return (struct share){ first, total * (number + 1) / processes - first };
}

/* Spread evenly, so that every share has both families. */
static bool is_v6(unsigned long number, unsigned long percent)
{
	return (number + 1) * percent / 100 != number * percent / 100;
}

static union endpoint loopback4(unsigned long number, uint16_t port)
{
	union endpoint end = { .in = { .sin_family = AF_INET, .sin_port = htons(port) } };

	/* 127.0.x.x stays free: that is where servers are. */
	end.in.sin_addr.s_addr = htonl((uint32_t)(0x7f010001 + number));
	return end;
}

static void set_one(int fd, int level, int option)
{
	const int one = 1;

	if (setsockopt(fd, level, option, &one, sizeof(one)) < 0)
		err(1, "cannot set option %d of a socket", option);
}

static int open_tcp(int family)
{
	const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "cannot make a socket");
	return fd;
}

static void bind_to(int fd, const union endpoint *end)
{
	char text[ENDPOINT_TEXT_MAX];

	if (bind(fd, &end->sa, endpoint_length(end)) < 0)
		err(1, "cannot bind to '%s'", endpoint_format(end, text));
}

static void connect_to(int fd, const union endpoint *end)
{
	char text[ENDPOINT_TEXT_MAX];

	if (connect(fd, &end->sa, endpoint_length(end)) < 0)
		err(1, "cannot connect to '%s'", endpoint_format(end, text));
}

/* A server's view over IPv4, one port and many peers; over IPv6 there is one
 * address only, so the local port varies with every 60,000 peers. */
static void make_established(unsigned long number, bool v6)
{
	const uint16_t peer_port = (uint16_t)(FIRST_PORT + number % PORTS);
	union endpoint local = endpoint_make(AF_INET, "127.0.0.1", 443);
	union endpoint peer = loopback4(number / 16, peer_port);
	int fd;

	if (v6) {
		const uint16_t port = (uint16_t)(FIRST_PORT + number / PORTS);

		local = endpoint_make(AF_INET6, "::1", port);
		peer = endpoint_make(AF_INET6, "::1", peer_port);
	}
	fd = open_tcp(local.sa.sa_family);
	set_one(fd, IPPROTO_TCP, TCP_REPAIR);
	bind_to(fd, &local);
	connect_to(fd, &peer);
}

struct time_wait_server {
	int fd[2]; /* IPv4, IPv6 */
	union endpoint end[2];
};

static void listen_at(int fd, const union endpoint *end)
{
	set_one(fd, SOL_SOCKET, SO_REUSEADDR);
	bind_to(fd, end);
	if (listen(fd, 16) < 0)
		err(1, "cannot listen");
}

static struct time_wait_server open_server(unsigned long member)
{
	const uint16_t port = (uint16_t)(LISTEN_PORT + member);
	struct time_wait_server server;

	server.end[0] = endpoint_make(AF_INET, "127.0.0.1", port);
	server.end[1] = endpoint_make(AF_INET6, "::1", port);
	for (int i = 0; i < 2; i++) {
		server.fd[i] = open_tcp(server.end[i].sa.sa_family);
		listen_at(server.fd[i], &server.end[i]);
	}
	return server;
}

/* The client closes first, so the TIME-WAIT is its; its address and port are
 * chosen here, as the kernel's own search gets slow when most are taken. */
static void make_time_wait(const struct time_wait_server *server, unsigned long number, bool v6)
{
	const union endpoint *to = &server->end[v6];
	const uint16_t port = (uint16_t)(FIRST_PORT + number % PORTS);
	union endpoint from = loopback4(number / 16, port);
	const int client = open_tcp(to->sa.sa_family);
	int accepted;
	char byte;

	if (v6)
		from = endpoint_make(AF_INET6, "::1", port);
	set_one(client, SOL_SOCKET, SO_REUSEADDR);
	bind_to(client, &from);
	connect_to(client, to);
	accepted = accept4(server->fd[v6], NULL, NULL, SOCK_CLOEXEC);
	if (accepted < 0)
		err(1, "cannot accept");
	close(client);
	/* Its FIN first: two that cross would leave a TIME-WAIT at both ends. */
	if (read(accepted, &byte, sizeof(byte)) != 0)
		errx(1, "no end of file from a peer that closed");
	close(accepted);
}

static void make_listener(unsigned long number, bool v6)
{
	const uint16_t port = (uint16_t)(FIRST_PORT + PORTS + number);
	const union endpoint end = v6 ? endpoint_make(AF_INET6, "::1", port) :
					endpoint_make(AF_INET, "127.0.0.2", port);

	listen_at(open_tcp(end.sa.sa_family), &end);
}

static void make_time_waits(const struct options *options, unsigned long member)
{
	const unsigned long makers = options->processes < TIME_WAIT_PROCESSES ?
					     options->processes : TIME_WAIT_PROCESSES;
	struct time_wait_server server;
	struct share share;

	if (member >= makers || !options->time_wait)
		return;
	share = share_of(options->time_wait, member, makers);
	server = open_server(member);
	for (unsigned long i = share.first; i < share.first + share.count; i++)
		make_time_wait(&server, i, is_v6(i, options->v6_percent));
	close(server.fd[0]);
	close(server.fd[1]);
}

/*
 * Listeners first, as in a server: it listens before it can accept.  Minisocks last:
 * they are the ones that expire.
 */
static void member_run(const struct options *options, const struct member *member)
{
	struct share share = share_of(options->listen, member->number, options->processes);
	char byte;

	for (unsigned long i = share.first; i < share.first + share.count; i++)
		make_listener(i, is_v6(i, options->v6_percent));
	share = share_of(options->established, member->number, options->processes);
	for (unsigned long i = share.first; i < share.first + share.count; i++)
		make_established(i, is_v6(i, options->v6_percent));
	make_time_waits(options, member->number);
	if (write(member->ready_fd, "", 1) != 1)
		err(1, "cannot say that the sockets are made");
	while (read(member->stay_fd, &byte, 1) < 0 && errno == EINTR)
		continue;
}

static void set_sysctls(void)
{
	static const char *const settings[][2] = {
		{ "ipv4/tcp_max_tw_buckets", "4000000" },
		{ "ipv4/tcp_tw_reuse", "0" },
		{ "ipv4/ip_unprivileged_port_start", "0" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (netns_sysctl(settings[i][0], settings[i][1]) < 0)
			warn("cannot set '%s'", settings[i][0]);
}

static unsigned long parse_number(const char *text, unsigned long max)
{
	char *end;
	const unsigned long number = strtoul(text, &end, 10);

	if (end == text || *end || number > max)
		errx(2, "'%s' is not a number from 0 to %lu", text, max);
	return number;
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "established", required_argument, NULL, 'e' },
		{ "time-wait", required_argument, NULL, 't' },
		{ "listen", required_argument, NULL, 'l' },
		{ "v6", required_argument, NULL, '6' },
		{ "processes", required_argument, NULL, 'p' },
		{ "churn", required_argument, NULL, 'c' },
		{ 0 },
	};
	struct options options = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		if (option == 'e')
			options.established = parse_number(optarg, SOCKETS_MAX);
		if (option == 't')
			options.time_wait = parse_number(optarg, SOCKETS_MAX);
		if (option == 'l')
			options.listen = parse_number(optarg, LISTENERS_MAX);
		if (option == '6')
			options.v6_percent = parse_number(optarg, 100);
		if (option == 'p')
			options.processes = parse_number(optarg, PROCESSES_MAX);
		if (option == 'c')
			options.churn = parse_number(optarg, CHURN_MAX);
		if (option == '?')
			break;
	}
	options.command = argv + optind;
	if (option == '?' || !options.command[0])
		errx(2, "usage: load [--established N] [--time-wait N] [--listen N] [--v6 PERCENT] "
			"[--processes N] [--churn RATE] [--] COMMAND [ARGUMENT...]");
	return options;
}

/* As many processes as are asked for, and no fewer than can hold it all. */
static void settle_processes(struct options *options)
{
	const unsigned long held = options->established + options->listen;
	const unsigned long limit = netns_raise_nofile(held + SPARE_DESCRIPTORS + 1);
	const unsigned long each = limit > SPARE_DESCRIPTORS ? limit - SPARE_DESCRIPTORS : 1;
	const unsigned long for_held = held / each + 1;
	const unsigned long for_time_waits = options->time_wait / PORTS + 1;

	if (options->processes < for_held)
		options->processes = for_held;
	if (options->processes < for_time_waits)
		options->processes = for_time_waits;
	if (options->processes > PROCESSES_MAX)
		errx(1, "a limit of %lu descriptors is too low for %lu sockets", limit, held);
}

/* A member that fails says so itself, on standard error; then all end. */
static void await_member(int ready_fd)
{
	struct pollfd ready = { .fd = ready_fd, .events = POLLIN };
	char byte;

	while (poll(&ready, 1, LOOK_AFTER_MS) == 0)
		if (waitpid(-1, NULL, WNOHANG) > 0)
			errx(1, "not all sockets could be made");
	if (read(ready_fd, &byte, 1) != 1)
		errx(1, "not all sockets could be made");
}

/* Starts the crowd and waits until all its sockets are made.  Returns the
 * descriptor that keeps it alive. */
static int crowd_start(const struct options *options)
{
	int ready[2], stay[2];

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(stay, O_CLOEXEC) < 0)
		err(1, "cannot make a pipe");
	for (unsigned long i = 0; i < options->processes; i++) {
		const struct member member = { i, ready[1], stay[0] };
		const pid_t pid = fork();

		if (pid < 0)
			err(1, "cannot start process %lu", i);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(stay[1]);
			close(ready[0]);
			member_run(options, &member);
			_exit(0);
		}
	}
	close(ready[1]);
	close(stay[0]);
	for (unsigned long i = 0; i < options->processes; i++)
		await_member(ready[0]);
	close(ready[0]);
	return stay[1];
}

static int command_run(char **command)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		err(1, "cannot start a process");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execvp(command[0], command);
		err(127, "cannot run '%s'", command[0]);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int command_beside_churn(const struct options *options)
{
	struct churn churn = churn_start((unsigned int)options->churn, options->v6_percent > 0);
	int status = command_run(options->command);
	struct churn_report report = churn_stop(&churn);

	fprintf(stderr, "short connections: %" PRIu64 ", failed: %" PRIu64 "\n",
		report.connections, report.failed);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	const char *what;
	int stay_fd, status;

	/* The limit can be raised only with the privileges outside. */
	settle_processes(&options);
	if (netns_enter_new(&what) < 0)
		err(EXIT_SKIP, "%s", what);
	set_sysctls();
	stay_fd = crowd_start(&options);
	status = options.churn ? command_beside_churn(&options) : command_run(options.command);
	close(stay_fd);
	while (wait(NULL) > 0)
		continue;
	return status;
}
