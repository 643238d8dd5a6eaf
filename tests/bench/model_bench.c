/*
 * What the model costs for each socket: nanoseconds to add, unpack, observe and
 * find one, and bytes of memory, measured on made-up sockets of which one in a
 * hundred is replaced from pass to pass.  Usage: model_bench [SOCKETS...]
 */
#include "config.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/counters.h"
#include "model/snapshot.h"
#include "model/tracker.h"

enum { PASSES = 6, ROUNDS = 1000 };

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

static void bench_sockets(uint64_t count, uint8_t family)
{
	double making = cost_of_making(count, family);
	struct snapshot *shown = snapshot_new(), *next = snapshot_new();
	struct tracker *t = tracker_new();
	struct cost best = { 0 };
	double first = 0, both;
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
	printf("%8" PRIu64 " v%d  %6.1f %6.1f %8.1f %8.1f %6.1f %6.1f  %8.1f %8.1f %8.1f %8.1f\n",
	       count, family == ADDR_V6 ? 6 : 4, best.add, best.get, first, best.observe, best.end,
	       best.find, both / 2 / (double)count, (double)tracker_bytes(t) / (double)count,
	       (both / 2 + (double)tracker_bytes(t)) / (double)count,
	       (both + (double)tracker_bytes(t)) / (double)count);
	snapshot_free(shown);
	snapshot_free(next);
	tracker_free(t);
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

int main(int argc, char **argv)
{
	int i;

	printf("%8s     %6s %6s %8s %8s %6s %6s  %8s %8s %8s %8s\n"
	       "%8s     %6s %6s %8s %8s %6s %6s  %8s %8s %8s %8s\n",
	       "", "add", "unpack", "observe", "observe", "end", "find", "snapshot", "tracker",
	       "sum", "live", "sockets", "ns", "ns", "first ns", "again ns", "ns", "ns", "bytes",
	       "bytes", "bytes", "bytes");
	for (i = 1; i < argc || i <= 2; i++) {
		uint64_t count = argc > 1 ? strtoull(argv[i], NULL, 10) : i == 1 ? 100000 : 1000000;

		bench_sockets(count ? count : 1, ADDR_V4);
		bench_sockets(count ? count : 1, ADDR_V6);
		if (i + 1 >= argc && argc > 1)
			break;
	}
	printf("(live: two snapshots and the tracker)\n\n");
	bench_counters("snmp, sockstat, sockstat6", COUNTERS_SNMP | COUNTERS_SOCKSTAT);
	bench_counters("the same and netstat",
		       COUNTERS_SNMP | COUNTERS_SOCKSTAT | COUNTERS_NETSTAT);
	bench_counters("limits", COUNTERS_LIMITS);
	bench_counters("all", COUNTERS_ALL);
	return 0;
}
