/* The kernel's counters: model/counters.h, and reading them as in collect/counters.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "collect/counters.h"

static const char *data(const char *which)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/data/proc/%s", srcdir ? srcdir : ".", which);
	return path;
}

static struct counters read_data(const char *which, unsigned int sets)
{
	struct error err = { 0 };
	struct counters c;

	if (counters_read_some(&c, data(which), 77, sets, &err))
		fail_msg("%s", err.text);
	assert_int_equal(c.taken_ns, 77);
	return c;
}

struct figure {
	enum counter which;
	uint64_t value;
};

static void assert_figures(const struct counters *c, const struct figure *figures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!counters_know(c, figures[i].which))
			fail_msg("%s is unknown", counter_info(figures[i].which)->name);
		if (c->value[figures[i].which] != figures[i].value)
			fail_msg("%s is %llu", counter_info(figures[i].which)->name,
				 (unsigned long long)c->value[figures[i].which]);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t known(const struct counters *c)
{
	size_t count = 0;
	unsigned int which;

	for (which = 0; which < COUNTER_COUNT; which++)
		count += counters_know(c, which);
	return count;
}

static void rows_are_sound(void **state)
{
	unsigned int a, b;

	(void)state;
	for (a = 0; a < COUNTER_COUNT; a++) {
		const struct counter_info *info = counter_info(a);

		assert_int_equal(strspn(info->name, "abcdefghijklmnopqrstuvwxyz_0123456789"),
				 strlen(info->name));
		assert_true(strlen(info->help) > 5);
		assert_int_equal(info->help[strlen(info->help) - 1], '.');
		assert_true(info->key || !strncmp(info->file, "sys/", 4));
		for (b = 0; b < a; b++)
			assert_string_not_equal(info->name, counter_info(b)->name);
		/* A file is read once, so its rows must stand together. */
		for (b = 0; b + 1 < a; b++)
			if (!strcmp(info->file, counter_info(b)->file))
				assert_string_equal(info->file, counter_info(b + 1)->file);
	}
}

static void linux_6_18(void **state)
{
	static const struct figure figures[] = {
		{ COUNTER_ACTIVE_OPENS, 13 }, { COUNTER_PASSIVE_OPENS, 22 },
		{ COUNTER_ATTEMPT_FAILS, 3 }, { COUNTER_ESTAB_RESETS, 4 },
		{ COUNTER_IN_SEGS, 831 }, { COUNTER_OUT_SEGS, 456 },
		{ COUNTER_RETRANS_SEGS, 7 }, { COUNTER_IN_ERRS, 8 }, { COUNTER_OUT_RSTS, 9 },
		{ COUNTER_UDP_NO_PORTS, 1 }, { COUNTER_UDP_IN_ERRORS, 2 },
		{ COUNTER_UDP_RCVBUF_ERRORS, 3 }, { COUNTER_UDP_SNDBUF_ERRORS, 4 },
		{ COUNTER_UDP_MEM_ERRORS, 5 },
		{ COUNTER_UDP6_NO_PORTS, 61 }, { COUNTER_UDP6_IN_ERRORS, 62 },
		{ COUNTER_UDP6_RCVBUF_ERRORS, 63 }, { COUNTER_UDP6_SNDBUF_ERRORS, 64 },
		{ COUNTER_UDP6_MEM_ERRORS, 65 },
		{ COUNTER_SYNCOOKIES_SENT, 1 }, { COUNTER_OFO_PRUNED, 7 },
		{ COUNTER_TIME_WAITS, 9 }, { COUNTER_TIME_WAITS_RECYCLED, 10 },
		{ COUNTER_TIME_WAITS_KILLED, 11 }, { COUNTER_LISTEN_OVERFLOWS, 16 },
		{ COUNTER_LISTEN_DROPS, 17 }, { COUNTER_TIMEOUTS, 18 },
		{ COUNTER_ABORT_FAILED, 24 }, { COUNTER_MEMORY_PRESSURES, 25 },
		{ COUNTER_MEMORY_PRESSURE_MS, 26 }, { COUNTER_TIME_WAIT_OVERFLOWS, 28 },
		{ COUNTER_RCV_QUEUE_DROPS, 33 },
		{ COUNTER_SOCKETS_USED, 17 }, { COUNTER_TCP_INUSE, 6 },
		{ COUNTER_TCP_ORPHANS, 1 }, { COUNTER_TCP_MINISOCKS, 2 },
		{ COUNTER_TCP_ALLOCATED, 8 }, { COUNTER_TCP_MEMORY_PAGES, 226 },
		{ COUNTER_UDP_INUSE, 3 }, { COUNTER_UDP_MEMORY_PAGES, 4 },
		{ COUNTER_TCP6_INUSE, 11 }, { COUNTER_UDP6_INUSE, 12 },
		{ COUNTER_SOMAXCONN, 4096 }, { COUNTER_LOCAL_PORT_MIN, 32768 },
		{ COUNTER_LOCAL_PORT_MAX, 60999 }, { COUNTER_TCP_FIN_TIMEOUT_S, 60 },
		{ COUNTER_TCP_MAX_ORPHANS, 65536 }, { COUNTER_TCP_MAX_SYN_BACKLOG, 1024 },
		{ COUNTER_TCP_MAX_TW_BUCKETS, 65535 }, { COUNTER_TCP_MEM_LOW_PAGES, 93411 },
		{ COUNTER_TCP_MEM_PRESSURE_PAGES, 124550 }, { COUNTER_TCP_MEM_MAX_PAGES, 186822 },
		{ COUNTER_CONNTRACK_COUNT, 12 }, { COUNTER_CONNTRACK_MAX, 262144 },
	};
	struct counters c = read_data("v6.18", COUNTERS_ALL);

	(void)state;
	assert_figures(&c, figures, COUNT(figures));
	/* Counted below zero by kernels before 6.10: unknown, not 1.8e19. */
	assert_false(counters_know(&c, COUNTER_CURR_ESTAB));
	/* Not among the file's columns. */
	assert_false(counters_know(&c, COUNTER_KEEPALIVES));
}

static void linux_4_19(void **state)
{
	static const struct figure figures[] = {
		{ COUNTER_ACTIVE_OPENS, 1001 }, { COUNTER_CURR_ESTAB, 1005 },
		{ COUNTER_OUT_RSTS, 1010 }, { COUNTER_UDP_SNDBUF_ERRORS, 6 },
		{ COUNTER_TIME_WAITS_KILLED, 106 }, { COUNTER_PAWS_ESTAB, 109 },
		{ COUNTER_LISTEN_DROPS, 111 }, { COUNTER_TCP_MINISOCKS, 21 },
		{ COUNTER_TCP_FIN_TIMEOUT_S, 60 },
	};
	struct counters c = read_data("v4.19", COUNTERS_ALL);

	(void)state;
	assert_figures(&c, figures, COUNT(figures));
	assert_false(counters_know(&c, COUNTER_UDP_MEM_ERRORS));
	assert_false(counters_know(&c, COUNTER_TCP6_INUSE));
	assert_false(counters_know(&c, COUNTER_CONNTRACK_MAX));
	assert_int_equal(known(&c), 10 + 4 + 11 + 8 + 1);
}

static void garbled(void **state)
{
	static const struct figure figures[] = {
		{ COUNTER_ESTAB_RESETS, 5 }, { COUNTER_IN_SEGS, 41 }, { COUNTER_OUT_SEGS, 42 },
		{ COUNTER_TCP_INUSE, 5 }, { COUNTER_TCP_MEMORY_PAGES, 7 },
		{ COUNTER_TCP_ALLOCATED, 9 }, { COUNTER_SOCKETS_USED, 3 },
		{ COUNTER_LOCAL_PORT_MIN, 32768 }, { COUNTER_TCP_MEM_LOW_PAGES, 93411 },
	};
	struct counters c = read_data("garbled", COUNTERS_ALL);

	(void)state;
	assert_figures(&c, figures, COUNT(figures));
	/* Not: what is no number, too large, without its value, or cut at the end of the file. */
	assert_int_equal(known(&c), COUNT(figures));
}

static void sets_limit_what_is_read(void **state)
{
	struct counters c = read_data("v6.18", COUNTERS_SOCKSTAT);

	(void)state;
	assert_int_equal(known(&c), 10);
	assert_true(counters_know(&c, COUNTER_UDP6_INUSE));
	c = read_data("v6.18", COUNTERS_SNMP);
	assert_int_equal(known(&c), 14);
	c = read_data("v6.18", COUNTERS_SNMP6 | COUNTERS_LIMITS);
	assert_int_equal(known(&c), 5 + 12);
	c = read_data("v6.18", COUNTERS_NETSTAT);
	assert_true(counters_know(&c, COUNTER_LISTEN_DROPS));
	assert_false(counters_know(&c, COUNTER_ACTIVE_OPENS));
}

static void nothing_to_read_is_an_error(void **state)
{
	struct error err = { 0 };
	struct counters c;

	(void)state;
	assert_int_equal(counters_read(&c, data("no-such-place"), 1, &err), -1);
	assert_non_null(strstr(err.text, "no-such-place"));
	assert_int_equal(counters_read_some(&c, data("v4.19"), 1, COUNTERS_SNMP6, &err), -1);
	assert_non_null(strstr(err.text, "cannot read the kernel's counters in '"));
	assert_int_equal(known(&c), 0);
}

static void deltas(void **state)
{
	struct counters a = { 0 }, b = { 0 };
	uint64_t delta = 99;

	(void)state;
	counters_set(&a, COUNTER_ACTIVE_OPENS, 100);
	assert_false(counters_delta(&a, &b, COUNTER_ACTIVE_OPENS, &delta));
	assert_false(counters_delta(&b, &a, COUNTER_ACTIVE_OPENS, &delta));
	counters_set(&b, COUNTER_ACTIVE_OPENS, 99);
	assert_false(counters_delta(&a, &b, COUNTER_ACTIVE_OPENS, &delta));
	assert_int_equal(delta, 99);
	counters_set(&b, COUNTER_ACTIVE_OPENS, 130);
	assert_true(counters_delta(&a, &b, COUNTER_ACTIVE_OPENS, &delta));
	assert_int_equal(delta, 30);
}

static void sysctls(void **state)
{
	struct error err = { 0 };
	char text[64];

	(void)state;
	assert_int_equal(
		sysctl_read(text, sizeof(text), data("v6.18"), "net.ipv4.tcp_mem", &err), 0);
	assert_string_equal(text, "93411 124550 186822");
	assert_int_equal(sysctl_read(text, 8, data("v6.18"), "net.ipv4.tcp_mem", &err), 0);
	assert_string_equal(text, "93411 1");
	assert_int_equal(sysctl_read(text, 1, data("v6.18"), "net.ipv4.tcp_mem", &err), 0);
	assert_string_equal(text, "");
	assert_int_equal(
		sysctl_read(text, sizeof(text), data("v6.18"), "net.ipv4.no_such", &err), -1);
	assert_non_null(strstr(err.text, "'net.ipv4.no_such'"));
	/* Dots and slashes change places, so that no name leads out of the tree. */
	assert_int_equal(
		sysctl_read(text, sizeof(text), data("v6.18"), "../../net/sockstat", &err), -1);
}

static void this_kernel(void **state)
{
	struct error err = { 0 };
	struct counters c;

	(void)state;
	if (access("/proc/self/net/snmp", R_OK) || access("/proc/self/net/sockstat", R_OK)) {
		print_message("/proc/self/net is not readable here\n");
		skip();
	}
	if (counters_read_some(&c, NULL, 5, COUNTERS_SNMP | COUNTERS_SOCKSTAT, &err))
		fail_msg("%s", err.text);
	assert_true(counters_know(&c, COUNTER_ACTIVE_OPENS));
	assert_true(counters_know(&c, COUNTER_TCP_INUSE));
	assert_true(counters_know(&c, COUNTER_SOCKETS_USED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sound),
		cmocka_unit_test(linux_6_18),
		cmocka_unit_test(linux_4_19),
		cmocka_unit_test(garbled),
		cmocka_unit_test(sets_limit_what_is_read),
		cmocka_unit_test(nothing_to_read_is_an_error),
		cmocka_unit_test(deltas),
		cmocka_unit_test(sysctls),
		cmocka_unit_test(this_kernel),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
