/* Endpoint addresses: model/addr.h, compared with the C library. */
#include "config.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/addr.h"

/* Our text must be the library's, and stay within the room that was promised. */
static void same_as_library(enum addr_family family, const uint8_t *bytes)
{
	char expected[INET6_ADDRSTRLEN];
	char room[ADDR_TEXT_MAX + 1];
	size_t len;

	inet_ntop(family == ADDR_V4 ? AF_INET : AF_INET6, bytes, expected, sizeof(expected));
	memset(room, '#', sizeof(room));
	len = addr_text(room, family, bytes);
	assert_int_equal(room[ADDR_TEXT_MAX], '#');
	room[len] = '\0';
	assert_string_equal(room, expected);
}

static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static void every_octet(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 256; n++)
		for (size_t at = 0; at < 4; at++) {
			uint8_t bytes[4] = { 1, 22, 255, 0 };

			bytes[at] = (uint8_t)n;
			same_as_library(ADDR_V4, bytes);
		}
}

static void random_v4(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		uint32_t n = random_next(&seed);
		uint8_t bytes[4];

		memcpy(bytes, &n, sizeof(bytes));
		same_as_library(ADDR_V4, bytes);
	}
}

/* Zeros must be frequent, or the runs that are shortened would hardly occur. */
static void random_v6(void **state)
{
	uint64_t seed = 6;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint8_t bytes[16] = { 0 };

		for (size_t g = 0; g < 8; g++) {
			uint32_t r = random_next(&seed);

			if (r & 0x30000)
				continue;
			r >>= r >> 20 & 15;
			bytes[2 * g] = (uint8_t)(r >> 8);
			bytes[2 * g + 1] = (uint8_t)r;
		}
		same_as_library(ADDR_V6, bytes);
	}
}

static void every_pattern_of_zeros(void **state)
{
	(void)state;
	for (unsigned int mask = 0; mask < 256; mask++) {
		uint8_t bytes[16] = { 0 };

		for (size_t g = 0; g < 8; g++)
			bytes[2 * g] = bytes[2 * g + 1] = mask >> g & 1 ? 0xff : 0;
		same_as_library(ADDR_V6, bytes);
	}
}

static struct endpoint endpoint(const char *address, uint16_t port)
{
	struct endpoint e = { .port = port, .family = ADDR_V4 };

	if (inet_pton(AF_INET, address, e.bytes) != 1) {
		e.family = ADDR_V6;
		assert_int_equal(inet_pton(AF_INET6, address, e.bytes), 1);
	}
	return e;
}

/* The expected texts are what ss prints for such sockets. */
static void endpoints_as_ss_prints_them(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		bool dual_stack;
		const char *interface;
		const char *expected;
	} cases[] = {
		{ "0.0.0.0", 22, false, NULL, "0.0.0.0:22" },
		{ "0.0.0.0", 0, false, NULL, "0.0.0.0:*" },
		{ "127.0.0.1", 53, false, "lo", "127.0.0.1%lo:53" },
		{ "0.0.0.0", 68, true, "eth0", "0.0.0.0%eth0:68" },
		{ "::", 22, true, NULL, "*:22" },
		{ "::", 0, true, NULL, "*:*" },
		{ "::", 22, true, "lo", "*%lo:22" },
		{ "::", 22, false, NULL, "[::]:22" },
		{ "::", 0, false, NULL, "[::]:*" },
		{ "::1", 443, true, NULL, "[::1]:443" },
		{ "fe80::1", 22, true, "eth0", "[fe80::1]%eth0:22" },
		{ "::ffff:1.2.3.4", 65535, true, NULL, "[::ffff:1.2.3.4]:65535" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint e = endpoint(cases[i].address, cases[i].port);
		char text[ENDPOINT_TEXT_MAX + 1];

		text[endpoint_text(text, &e, cases[i].dual_stack, cases[i].interface)] = '\0';
		assert_string_equal(text, cases[i].expected);
	}
}

static void longest_endpoint_fits(void **state)
{
	struct endpoint e = endpoint("1111:2222:3333:4444:5555:6666:7777:8888", 65535);
	char text[ENDPOINT_TEXT_MAX + 1];
	size_t len;

	(void)state;
	memset(text, '#', sizeof(text));
	len = endpoint_text(text, &e, false, "name-of-fifteen-and-much-more-than-that");
	assert_int_equal(text[ENDPOINT_TEXT_MAX], '#');
	text[len] = '\0';
	assert_string_equal(text,
			    "[1111:2222:3333:4444:5555:6666:7777:8888]%name-of-fifteen:65535");
}

static void no_address_is_a_star(void **state)
{
	struct endpoint e = { .family = ADDR_NONE };
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	assert_int_equal(addr_text(text, ADDR_NONE, e.bytes), 0);
	assert_int_equal(endpoint_text(text, &e, false, NULL), 3);
	assert_memory_equal(text, "*:*", 3);
}

static void kinds_of_addresses(void **state)
{
	static const struct {
		const char *address;
		bool any, mapped, loopback;
	} cases[] = {
		{ "0.0.0.0", true, false, false },	  { "0.0.0.1", false, false, false },
		{ "127.0.0.1", false, false, true },	  { "127.255.0.9", false, false, true },
		{ "128.0.0.1", false, false, false },	  { "::", true, false, false },
		{ "::1", false, false, true },		  { "::2", false, false, false },
		{ "::ffff:127.1.2.3", false, true, true }, { "::ffff:1.2.3.4", false, true, false },
		{ "::ffff:0.0.0.0", false, true, false },
		{ "::fffe:127.0.0.1", false, false, false },
		{ "7f00::1", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint e = endpoint(cases[i].address, 0);

		assert_int_equal(addr_is_any(e.family, e.bytes), cases[i].any);
		assert_int_equal(addr_is_mapped(e.family, e.bytes), cases[i].mapped);
		assert_int_equal(addr_is_loopback(e.family, e.bytes), cases[i].loopback);
	}
}

static void order_is_total(void **state)
{
	const struct endpoint sorted[] = {
		{ .family = ADDR_NONE },       endpoint("0.0.0.0", 0),	 endpoint("9.0.0.1", 80),
		endpoint("10.0.0.1", 80),      endpoint("10.0.0.1", 443), endpoint("200.0.0.1", 1),
		endpoint("::", 9),	       endpoint("::1", 1),
		endpoint("::ffff:1.2.3.4", 1),
		endpoint("2001:db8::1", 1),    endpoint("2001:db8::1", 60000),
		endpoint("fe80::1", 2),
	};
	size_t count = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = endpoint_compare(&sorted[i], &sorted[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

/* Bytes beyond the four of an IPv4 address are nobody's. */
static void order_ignores_unused_bytes(void **state)
{
	struct endpoint a = endpoint("10.0.0.1", 80);
	struct endpoint b = a;

	(void)state;
	b.bytes[4] = 1;
	assert_int_equal(endpoint_compare(&a, &b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet),
		cmocka_unit_test(random_v4),
		cmocka_unit_test(random_v6),
		cmocka_unit_test(every_pattern_of_zeros),
		cmocka_unit_test(endpoints_as_ss_prints_them),
		cmocka_unit_test(longest_endpoint_fits),
		cmocka_unit_test(no_address_is_a_star),
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(order_is_total),
		cmocka_unit_test(order_ignores_unused_bytes),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
