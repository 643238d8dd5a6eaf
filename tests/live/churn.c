/*
 * Short connections at a steady rate, see churn.h.
 *
 * The last few connections stay open, so that ESTABLISHED is to be seen; the
 * others end in turn by the client's FIN, the server's FIN, and a reset.  The
 * ports are the kernel's choice; several listeners give enough pairs of ports.
 */
#include "config.h"

#include "live/churn.h"
#include "live/endpoint.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS 8
#define FIRST_PORT 7101
#define OPEN_MAX_COUNT 32
#define LIFE_MAX_NS (600 * NS_PER_S)
#define NS_PER_S 1000000000ULL

struct connection {
	int client;
	int server;
};

struct churner {
	int listener[LISTENERS];
	union endpoint end[LISTENERS];
	struct connection open[OPEN_MAX_COUNT];
	struct churn_report report;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void open_listeners(struct churner *churner, bool has_ipv6)
{
	for (unsigned int i = 0; i < LISTENERS; i++) {
		const bool v6 = has_ipv6 && i % 2;
		const int family = v6 ? AF_INET6 : AF_INET;
		const uint16_t port = (uint16_t)(FIRST_PORT + i);
		union endpoint *end = &churner->end[i];
		const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		*end = endpoint_make(family, v6 ? "::1" : "127.0.0.1", port);
		if (fd < 0 || bind(fd, &end->sa, endpoint_length(end)) < 0 || listen(fd, 128) < 0)
			err(1, "cannot listen for short connections");
		churner->listener[i] = fd;
	}
}

static void close_reset(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void end_connection(const struct connection *connection, uint64_t number)
{
	if (connection->client < 0)
		return;
	if (number % 3 == 0)
		close_reset(connection->client);
	if (number % 3 == 1)
		close(connection->client);
	close(connection->server);
	if (number % 3 == 2)
		close(connection->client);
}

static struct connection open_connection(const struct churner *churner, uint64_t number)
{
	const unsigned int i = (unsigned int)(number % LISTENERS);
	const union endpoint *end = &churner->end[i];
	struct connection connection = { -1, -1 };

	connection.client = socket(end->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection.client < 0)
		return connection;
	if (connect(connection.client, &end->sa, endpoint_length(end)) == 0)
		connection.server = accept4(churner->listener[i], NULL, NULL, SOCK_CLOEXEC);
	if (connection.server < 0) {
		close(connection.client);
		connection.client = -1;
	}
	return connection;
}

static void turn_over(struct churner *churner, uint64_t number)
{
	struct connection *slot = &churner->open[number % OPEN_MAX_COUNT];

	end_connection(slot, number);
	*slot = open_connection(churner, number);
	if (slot->client < 0)
		churner->report.failed++;
	else
		churner->report.connections++;
}

/* Returns whether to go on: false once the other end of @stop_fd is closed. */
static bool wait_until(uint64_t due_ns, int stop_fd)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
	const uint64_t now = now_ns();
	const uint64_t wait_ns = due_ns > now ? due_ns - now : 0;
	const struct timespec wait = { .tv_sec = (time_t)(wait_ns / NS_PER_S),
				       .tv_nsec = (long)(wait_ns % NS_PER_S) };

	return ppoll(&stop, 1, &wait, NULL) == 0;
}

static void churn_run(unsigned int rate, bool has_ipv6, int stop_fd, int report_fd)
{
	const uint64_t start = now_ns();
	struct churner churner = { 0 };
	uint64_t number = 0;

	for (unsigned int i = 0; i < OPEN_MAX_COUNT; i++)
		churner.open[i] = (struct connection){ -1, -1 };
	open_listeners(&churner, has_ipv6);
	turn_over(&churner, number++);
	if (write(report_fd, "", 1) != 1)
		err(1, "cannot say that short connections have begun");
	while (wait_until(start + number * NS_PER_S / rate, stop_fd) &&
	       now_ns() - start < LIFE_MAX_NS)
		turn_over(&churner, number++);
	for (unsigned int i = 0; i < OPEN_MAX_COUNT; i++)
		end_connection(&churner.open[i], i);
	if (write(report_fd, &churner.report, sizeof(churner.report)) < 0)
		err(1, "cannot report on short connections");
}

struct churn churn_start(unsigned int rate, int has_ipv6)
{
	int stop[2], report[2];
	struct churn churn = { 0 };
	char begun;

	if (pipe2(stop, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
		err(1, "cannot make a pipe");
	churn.pid = fork();
	if (churn.pid < 0)
		err(1, "cannot start a process");
	if (churn.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(stop[1]);
		close(report[0]);
		churn_run(rate, has_ipv6, stop[0], report[1]);
		_exit(0);
	}
	close(stop[0]);
	close(report[1]);
	churn.stop_fd = stop[1];
	churn.report_fd = report[0];
	if (read(churn.report_fd, &begun, 1) != 1)
		errx(1, "short connections did not begin");
	return churn;
}

struct churn_report churn_stop(struct churn *churn)
{
	struct churn_report report = { 0 };

	close(churn->stop_fd);
	if (read(churn->report_fd, &report, sizeof(report)) != (ssize_t)sizeof(report))
		warnx("short connections ended without a report");
	close(churn->report_fd);
	waitpid(churn->pid, NULL, 0);
	return report;
}
