/*
 * What the model costs for each socket: nanoseconds to add, unpack, observe and
 * find one, and bytes of memory, measured on made-up sockets of which one in a
 * hundred is replaced from pass to pass.  Usage: model_bench [SOCKETS...]
 * Fails when a socket takes more memory than it may.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/counters.h"
#include "model/snapshot.h"
#include "model/tracker.h"

enum { PASSES = 6, ROUNDS = 1000 };

/* An IPv4 TCP socket in the live view: in two snapshots and in the tracker. */
#define BYTES_MAX 160

/* Among fewer of them what is there without any counts for more than that. */
#define SOCKETS_MIN 10000
#define SOCKETS_MAX 100000000

/* So that the compiler may not leave out what is measured. */
static volatile uint64_t kept;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t scramble(uint64_t n)
{
	n = (n ^ n >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	return n ^ n >> 29;
}

/* In every pass another hundredth has new cookies and ports. */
static void make(struct sock *sk, uint64_t n, uint64_t pass, uint8_t family)
{
	uint64_t dice = scramble(n);
	uint64_t age = pass > dice % 100 ? 1 : 0;
	uint64_t who = n * 2 + age;
	uint32_t peer = (uint32_t)(scramble(who) >> 8);

	*sk = (struct sock){
		.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID | SOCK_HAS_QUEUES |
		       SOCK_HAS_SHUTDOWN | SOCK_HAS_CGROUP | SOCK_HAS_SOCKOPT,
		.proto = PROTO_TCP,
		.state = (uint8_t)(dice % 16 ? STATE_ESTABLISHED : STATE_CLOSE_WAIT),
		.local = { .bytes = { 10, 1, 2, 3 }, .port = 443, .family = family },
		.peer = { .port = (uint16_t)(1024 + who % 60000), .family = family },
		.cookie = 1 + who,
		.inode = 100000 + who,
		.cgroup_id = 500 + dice % 40,
		.uid = (uint32_t)(1000 + dice % 5),
		.sockopt = 0x20,
		.recv_queue = (uint32_t)(dice % 3),
	};
	sk->local.bytes[15] = family == ADDR_V6;
	memcpy(sk->peer.bytes + (family == ADDR_V6 ? 8 : 0), &peer, sizeof(peer));
}

/* What making up the sockets costs by itself. */
static double cost_of_making(uint64_t count, uint8_t family)
{
	double start = now_ns();
	uint64_t sum = 0;
	struct sock sk;
	uint64_t n;

	for (n = 0; n < count; n++) {
		make(&sk, n, 1, family);
		sum += sk.cookie;
	}
	kept = sum;
	return (now_ns() - start) / (double)count;
}

struct cost {
	double add;
	double get;
	double observe;
	double end;
	double find;
};

static double fill(struct snapshot *s, uint64_t count, uint64_t pass, uint8_t family)
{
	double start = now_ns();
	struct sock sk;
	uint64_t n;

	snapshot_reset(s);
	for (n = 0; n < count; n++) {
		make(&sk, n, pass, family);
		if (snapshot_add(s, &sk, NULL))
			abort();
	}
	return (now_ns() - start) / (double)count;
}

static double unpack(const struct snapshot *s)
{
	double start = now_ns();
	uint64_t sum = 0;
	struct sock sk;
	size_t i;

	for (i = 0; i < snapshot_count(s); i++) {
		snapshot_sock(s, i, &sk);
		sum += sk.cookie + sk.uid;
	}
	kept = sum;
	return (now_ns() - start) / (double)snapshot_count(s);
}

static double observe(struct tracker *t, uint64_t count, uint64_t pass, uint8_t family)
{
	double start = now_ns();
	struct track out;
	struct sock sk;
	uint64_t n;

	for (n = 0; n < count; n++) {
		make(&sk, n, pass, family);
		if (tracker_observe(t, &sk, &out, NULL))
			abort();
	}
	return (now_ns() - start) / (double)count;
}

static double find(const struct tracker *t, uint64_t count, uint64_t pass, uint8_t family)
{
	double start = now_ns();
	struct track out;
	struct sock sk;
	uint64_t n;

	for (n = 0; n < count; n++) {
		make(&sk, scramble(n) % count, pass, family);
		if (!tracker_find(t, &sk, &out))
			abort();
	}
	return (now_ns() - start) / (double)count;
}

static double end(struct tracker *t, uint64_t count)
{
	double start = now_ns();

	tracker_end(t, true, NULL, NULL);
	return (now_ns() - start) / (double)count;
}

static void lowest(double *best, double value)
{
	if (*best == 0 || value < *best)
		*best = value;
}

/* Returns the bytes that each takes in the live view. */
static double bench_sockets(uint64_t count, uint8_t family)
{
	double making = cost_of_making(count, family);
	struct snapshot *shown = snapshot_new(), *next = snapshot_new();
	struct tracker *t = tracker_new();
	struct cost best = { 0 };
	double first = 0, both, live;
	uint64_t pass;

	if (!shown || !next || !t)
		abort();
	for (pass = 0; pass < PASSES; pass++) {
		struct snapshot *old = shown;
		double cost;

		lowest(&best.add, fill(next, count, pass, family) - making);
		lowest(&best.get, unpack(next));
		tracker_begin(t, pass);
		cost = observe(t, count, pass, family) - making;
		if (pass) {
			lowest(&best.observe, cost);
			lowest(&best.end, end(t, count));
		} else {
			first = cost;
			end(t, count);
		}
		lowest(&best.find, find(t, count, pass, family) - making);
		shown = next;
		next = old;
	}
	both = (double)(snapshot_bytes(shown) + snapshot_bytes(next));
	live = (both + (double)tracker_bytes(t)) / (double)count;
	printf("%8" PRIu64 " v%d  %6.1f %6.1f %8.1f %8.1f %6.1f %6.1f  %8.1f %8.1f %8.1f %8.1f\n",
	       count, family == ADDR_V6 ? 6 : 4, best.add, best.get, first, best.observe, best.end,
	       best.find, both / 2 / (double)count, (double)tracker_bytes(t) / (double)count,
	       (both / 2 + (double)tracker_bytes(t)) / (double)count, live);
	snapshot_free(shown);
	snapshot_free(next);
	tracker_free(t);
	return live;
}

static void bench_counters(const char *name, unsigned int sets)
{
	struct counters c;
	double start, best = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		start = now_ns();
		if (counters_read_some(&c, NULL, 0, sets, NULL))
			return;
		lowest(&best, now_ns() - start);
	}
	printf("%-28s %6.1f us\n", name, best / 1000);
}

static bool is_size(const char *text)
{
	char *end;
	uint64_t count;

	errno = 0;
	count = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && count >= SOCKETS_MIN &&
	       count <= SOCKETS_MAX;
}

/* The most that an IPv4 socket takes among all @sizes, which are good. */
static double bench_sizes(char *const *sizes, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t sockets = strtoull(sizes[i], NULL, 10);
		double live = bench_sockets(sockets, ADDR_V4);

		most = live > most ? live : most;
		bench_sockets(sockets, ADDR_V6);
	}
	return most;
}

static void print_heading(void)
{
	printf("%8s     %6s %6s %8s %8s %6s %6s  %8s %8s %8s %8s\n"
	       "%8s     %6s %6s %8s %8s %6s %6s  %8s %8s %8s %8s\n",
	       "", "add", "unpack", "observe", "observe", "end", "find", "snapshot", "tracker",
	       "sum", "live", "sockets", "ns", "ns", "first ns", "again ns", "ns", "ns", "bytes",
	       "bytes", "bytes", "bytes");
}

static void bench_all_counters(void)
{
	bench_counters("snmp, sockstat, sockstat6", COUNTERS_SNMP | COUNTERS_SOCKSTAT);
	bench_counters("the same and netstat",
		       COUNTERS_SNMP | COUNTERS_SOCKSTAT | COUNTERS_NETSTAT);
	bench_counters("limits", COUNTERS_LIMITS);
	bench_counters("all", COUNTERS_ALL);
}

int main(int argc, char **argv)
{
	char small[] = "100000";
	char large[] = "1000000";
	char *usual[] = { small, large };
	char **sizes = argc > 1 ? argv + 1 : usual;
	size_t count = argc > 1 ? (size_t)argc - 1 : 2;
	double most;

	for (size_t i = 0; i < count; i++) {
		if (is_size(sizes[i]))
			continue;
		fprintf(stderr, "usage: model_bench [SOCKETS...], from %d to %d each\n",
			SOCKETS_MIN, SOCKETS_MAX);
		return 2;
	}
	print_heading();
	most = bench_sizes(sizes, count);
	printf("(live: two snapshots and the tracker)\n");
	printf("Limit: %d bytes live for an IPv4 TCP socket; the most here: %.1f, %s\n\n",
	       BYTES_MAX, most, most <= BYTES_MAX ? "within it" : "TOO MUCH");
	bench_all_counters();
	return most <= BYTES_MAX ? 0 : 1;
}
