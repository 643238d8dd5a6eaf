/*
 * The live view's tick against the kernel's own counters: app/monitor.h with real sockets,
 * in a network namespace of the test's own.
 *
 * Thousands of short connections open and close between polls.  Whoever opens them waits while the
 * reader of events is behind, so that nothing here depends on how busy the machine is.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/monitor.h"
#include "base/loop.h"
#include "collect/counters.h"
#include "own_netns.h"

enum {
	CONNECTIONS = 20000,
	LOAD_MS = 9000,	 /* they are spread over this time, if the machine keeps up */
	INTERVAL_MS = 1000,
	LISTENERS = 8,
	BEHIND_BYTES = 60000, /* of events that were not read */
	REFUSED = 500,
};

/* Bytes of events that wait for their reader in this namespace. */
static unsigned long bytes_behind(void)
{
	FILE *f = fopen("/proc/self/net/netlink", "re");
	char line[256];
	unsigned long most = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned long groups, bytes;
		unsigned int protocol;

		if (sscanf(line, "%*s %u %*u %lx %lu", &protocol, &groups, &bytes) == 3 &&
		    protocol == 4 && groups && bytes > most)
			most = bytes;
	}
	fclose(f);
	return most;
}

struct load {
	int listener[LISTENERS];
	struct sockaddr_in at[LISTENERS];
};

static void listen_all(struct load *load)
{
	for (size_t i = 0; i < LISTENERS; i++) {
		struct sockaddr_in *at = &load->at[i];
		socklen_t len = sizeof(*at);

		*at = (struct sockaddr_in){ .sin_family = AF_INET };
		at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		load->listener[i] = socket(AF_INET, SOCK_STREAM, 0);
		CHECK(bind(load->listener[i], (struct sockaddr *)at, len) == 0);
		CHECK(listen(load->listener[i], 64) == 0);
		CHECK(getsockname(load->listener[i], (struct sockaddr *)at, &len) == 0);
	}
}

static void close_reset(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) == 0);
	close(fd);
}

/* The client's FIN first, the server's, with data or without, a reset, an abort. */
static void one_connection(const struct load *load, unsigned int number)
{
	const size_t i = number % LISTENERS;
	int client = socket(AF_INET, SOCK_STREAM, 0);
	char bytes[16] = { 0 };
	int server;

	CHECK(connect(client, (const struct sockaddr *)&load->at[i], sizeof(load->at[i])) == 0);
	server = accept(load->listener[i], NULL, NULL);
	CHECK(server >= 0);
	if (number / 8 % 2) {
		CHECK(send(client, bytes, 10, 0) == 10);
		CHECK(recv(server, bytes, 10, MSG_WAITALL) == 10);
		CHECK(send(server, bytes, 7, 0) == 7);
		CHECK(recv(client, bytes, 7, MSG_WAITALL) == 7);
	}
	switch (number % 4) {
	case 0:
		close(client);
		CHECK(recv(server, bytes, 1, 0) == 0);
		close(server);
		break;
	case 1:
		close(server);
		CHECK(recv(client, bytes, 1, 0) == 0);
		close(client);
		break;
	case 2:
		close_reset(client);
		close(server);
		break;
	default:
		close(client);
		close(server);
	}
}

static void refused_connection(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(1) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0);
	close(fd);
	close(socket(AF_INET, SOCK_STREAM, 0)); /* never a connection: not to be counted */
}

/* Opens and closes, then closes @done_fd by its end. */
static void load_run(const struct load *load)
{
	const uint64_t began_ns = loop_now_ns();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int n = 0; n < CONNECTIONS; n++) {
		const uint64_t due_ns = began_ns + (uint64_t)n * LOAD_MS * 1000000 / CONNECTIONS;
		const uint64_t now_ns = loop_now_ns();

		if (due_ns > now_ns)
			poll(NULL, 0, (int)((due_ns - now_ns) / 1000000));
		while (n % 8 == 0 && bytes_behind() > BEHIND_BYTES)
			poll(NULL, 0, 1);
		one_connection(load, n);
		if (n % (CONNECTIONS / REFUSED) == 0)
			refused_connection();
	}
	_exit(0);
}

/* One pass of the monitor, from its beginning to its end, with all that events tell. */
static void pass(struct monitor *m)
{
	monitor_begin(m, 0);
	while (!monitor_step(m, false))
		monitor_listen(m);
}

/* Until @until_ns, or until the load has ended: true then. */
static bool listen_until(struct monitor *m, uint64_t until_ns, int done_fd)
{
	while (loop_now_ns() < until_ns) {
		struct pollfd p[2] = { { .fd = monitor_fd(m), .events = POLLIN },
				       { .fd = done_fd, .events = POLLIN } };
		uint64_t now_ns = loop_now_ns();
		int wait_ms = until_ns > now_ns ? (int)((until_ns - now_ns) / 1000000) + 1 : 0;

		poll(p, 2, wait_ms);
		if (p[0].revents)
			monitor_listen(m);
		if (p[1].revents & POLLHUP)
			return true;
	}
	return false;
}

/* Sockets are freed by a work queue of the kernel's: its events come a moment later. */
static void settle(struct monitor *m)
{
	struct pollfd p = { .fd = monitor_fd(m), .events = POLLIN };

	while (poll(&p, 1, 500) == 1)
		monitor_listen(m);
}

static uint64_t grown(const struct counters *before, const struct counters *after,
		      enum counter which)
{
	uint64_t delta = 0;

	CHECK(counters_delta(before, after, which, &delta));
	return delta;
}

/* Within a thousandth of all connections. */
static void same(const char *name, uint64_t counted, uint64_t kernel)
{
	uint64_t off = counted > kernel ? counted - kernel : kernel - counted;

	printf("# %s: %llu, the kernel: %llu\n", name, (unsigned long long)counted,
	       (unsigned long long)kernel);
	fflush(stdout);
	CHECK(off * 1000 <= CONNECTIONS);
}

static uint64_t sum_to(const struct tracker_pass *t, enum state to)
{
	uint64_t sum = t->born_in[to];

	for (size_t from = 0; from < STATE_COUNT; from++)
		sum += t->transitions[from][to];
	return sum;
}

static void compare(const struct tracker_pass *t, const struct counters *before,
		    const struct counters *after)
{
	const uint64_t active = grown(before, after, COUNTER_ACTIVE_OPENS);
	const uint64_t passive = grown(before, after, COUNTER_PASSIVE_OPENS);
	const uint64_t failed = grown(before, after, COUNTER_ATTEMPT_FAILS);
	const uint64_t resets = grown(before, after, COUNTER_ESTAB_RESETS);
	/* the kernel counts a minisock when its timer is set for the first time */
	const uint64_t time_waits = grown(before, after, COUNTER_TIME_WAITS) +
				    grown(before, after, COUNTER_TIME_WAITS_KILLED);

	CHECK(active >= CONNECTIONS + REFUSED && passive >= CONNECTIONS);
	same("opened", t->opened, active + passive);
	same("closed", t->closed, active + passive - failed);
	same("CLOSED to SYN-SENT", sum_to(t, STATE_SYN_SENT), active);
	same("LISTEN to SYN-RECEIVED", sum_to(t, STATE_SYN_RECEIVED), passive);
	same("SYN-SENT to ESTABLISHED",
	     t->transitions[STATE_SYN_SENT][STATE_ESTABLISHED], active - failed);
	same("SYN-RECEIVED to ESTABLISHED",
	     t->transitions[STATE_SYN_RECEIVED][STATE_ESTABLISHED], passive);
	same("SYN-SENT to CLOSED", t->gone_from[STATE_SYN_SENT], failed);
	same("ESTABLISHED to CLOSED",
	     t->gone_from[STATE_ESTABLISHED] + t->gone_from[STATE_CLOSE_WAIT], resets);
	same("to TIME-WAIT", sum_to(t, STATE_TIME_WAIT) + sum_to(t, STATE_FIN_WAIT_2) -
				     t->transitions[STATE_FIN_WAIT_2][STATE_TIME_WAIT],
	     time_waits);
	same("LAST-ACK to CLOSED", t->gone_from[STATE_LAST_ACK],
	     active + passive - failed - resets - time_waits);
}

static void churn_child(void)
{
	struct monitor_options options = {
		.request = {
			.protos = PROTO_BIT(PROTO_TCP),
			.families = FAMILY_V4 | FAMILY_V6,
			.states = states_tcp(),
		},
		.interval_ms = INTERVAL_MS,
		.cpu_percent = 100,
		.events = true,
	};
	struct counters before, after;
	struct ui_data data;
	struct load load;
	struct monitor *m;
	int done[2];

	listen_all(&load);
	options.collector = collector_open(NULL, NULL);
	CHECK(options.collector);
	m = monitor_new(&options, NULL);
	CHECK(m && monitor_fd(m) >= 0);
	pass(m);
	CHECK(counters_read(&before, NULL, 1, NULL) == 0);
	CHECK(pipe2(done, O_CLOEXEC) == 0);
	if (fork() == 0)
		load_run(&load);
	close(done[1]);
	while (!listen_until(m, monitor_due_ns(m), done[0]))
		pass(m);
	settle(m);
	pass(m);
	CHECK(counters_read(&after, NULL, 2, NULL) == 0);
	monitor_data(m, &data);
	CHECK(data.rates.events && !data.rates.losses && !data.rates.unconfirmed);
	CHECK(data.rates.seen_known);
	printf("# seen: %.2f %% in %llu passes, %llu by events alone\n", data.rates.seen * 100,
	       (unsigned long long)tracker_totals(data.tracker)->number,
	       (unsigned long long)tracker_totals(data.tracker)->told);
	CHECK(data.rates.seen >= 0.999);
	compare(tracker_totals(data.tracker), &before, &after);
	monitor_free(m);
	collector_close(options.collector);
}

static void churn_is_accounted_for(void **state)
{
	(void)state;
	own_netns_run(churn_child);
}

static void narrowed_child(void)
{
	struct monitor_options options = {
		.request = {
			.protos = PROTO_BIT(PROTO_TCP),
			.families = FAMILY_V4 | FAMILY_V6,
			.states = states_tcp(),
		},
		.interval_ms = INTERVAL_MS,
		.cpu_percent = 100,
	};
	struct ui_data data;
	struct load load;
	struct monitor *m;
	int client = socket(AF_INET, SOCK_STREAM, 0);

	listen_all(&load);
	CHECK(connect(client, (struct sockaddr *)&load.at[0], sizeof(load.at[0])) == 0);
	options.collector = collector_open(NULL, NULL);
	CHECK(options.collector);
	m = monitor_new(&options, NULL);
	CHECK(m);
	pass(m);
	monitor_data(m, &data);
	CHECK(data.counts[STATE_ESTABLISHED] == 2 && data.counts[STATE_LISTEN] == LISTENERS);
	options.request.states = STATE_BIT(STATE_LISTEN);
	monitor_set_request(m, &options.request);
	for (int i = 0; i < 2; i++) {
		pass(m);
		monitor_data(m, &data);
		CHECK(data.counts[STATE_ESTABLISHED] == 0);
		CHECK(data.counts[STATE_LISTEN] == LISTENERS);
	}
	monitor_free(m);
	collector_close(options.collector);
}

static void what_is_not_asked_for_any_more_goes(void **state)
{
	(void)state;
	own_netns_run(narrowed_child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_asked_for_any_more_goes),
		cmocka_unit_test(churn_is_accounted_for),
	};

	return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
