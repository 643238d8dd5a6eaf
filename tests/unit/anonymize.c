/* Replaced addresses and names: consistent, of the same kind, prefixes kept. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "model/anonymize.h"

static const struct anonymizer key = { { 1, 2 } }, other_key = { { 1, 3 } };

static struct endpoint parse(const char *text)
{
	struct endpoint e = { .port = 80, .family = strchr(text, ':') ? ADDR_V6 : ADDR_V4 };

	assert_int_equal(inet_pton(e.family == ADDR_V6 ? AF_INET6 : AF_INET, text, e.bytes), 1);
	return e;
}

static struct endpoint replaced(const char *text)
{
	struct endpoint e = parse(text);

	anonymize_endpoint(&key, &e);
	return e;
}

static unsigned int common(const struct endpoint *a, const struct endpoint *b, unsigned int width)
{
	unsigned int n = 0;

	while (n < width && !((a->bytes[n / 8] ^ b->bytes[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

static void test_kept(void **state)
{
	static const char *const kept[] = { "0.0.0.0", "127.0.0.1", "127.0.0.53", "255.255.255.255",
					    "::", "::1", "::ffff:127.0.0.1", "::ffff:0.0.0.0",
					    "ff02::1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct endpoint a = parse(kept[i]), b = replaced(kept[i]);

		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void test_kind_kept(void **state)
{
	static const struct {
		const char *address;
		unsigned int bits;
	} rows[] = {
		{ "10.1.2.3", 8 },	{ "192.168.1.2", 16 },	{ "172.20.3.4", 12 },
		{ "169.254.1.1", 16 },	{ "100.100.1.1", 10 },	{ "224.0.0.251", 4 },
		{ "fe80::1:2", 10 },	{ "fd00::1", 7 },	{ "2001:db8::1", 3 },
		{ "ff05::1:3", 8 },	{ "::ffff:10.1.2.3", 104 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct endpoint a = parse(rows[i].address), b = replaced(rows[i].address);

		assert_true(common(&a, &b, 128) >= rows[i].bits);
		assert_true(common(&a, &b, 128) < 128);
		assert_int_equal(b.family, a.family);
		assert_int_equal(b.port, 80);
	}
}

static void test_prefixes(void **state)
{
	static const char *const addresses[] = { "203.0.113.5", "203.0.113.6", "203.0.112.6",
						 "203.1.113.5", "198.51.100.7", "8.8.8.8",
						 "1.1.1.1",
						 "9.255.255.255", "11.0.0.0", "126.0.0.1",
						 "128.0.0.1", "192.167.0.1", "192.169.0.1",
						 "172.15.0.1", "172.32.0.1", "239.0.0.1",
						 "10.0.0.1" };
	const size_t count = sizeof(addresses) / sizeof(addresses[0]);
	size_t i, k;

	(void)state;
	for (i = 0; i < count; i++) {
		for (k = 0; k < count; k++) {
			struct endpoint a = parse(addresses[i]), b = parse(addresses[k]);
			struct endpoint c = replaced(addresses[i]), d = replaced(addresses[k]);

			assert_int_equal(common(&a, &b, 32), common(&c, &d, 32));
		}
	}
}

static void test_v6_prefixes(void **state)
{
	struct endpoint a = replaced("2001:db8:1:2::a"), b = replaced("2001:db8:1:2::b");
	struct endpoint c = replaced("2001:db8:1:3::a");

	(void)state;
	assert_int_equal(common(&a, &b, 128), 127);
	assert_int_equal(common(&a, &c, 128), 63);
}

static void test_mapped_like_v4(void **state)
{
	struct endpoint v4 = replaced("203.0.113.5"), v6 = replaced("::ffff:203.0.113.5");

	(void)state;
	assert_memory_equal(v4.bytes, v6.bytes + 12, 4);
	assert_true(addr_is_mapped(v6.family, v6.bytes));
}

static void test_one_to_one(void **state)
{
	uint8_t seen[65536 / 8] = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < 65536; i++) {
		struct endpoint e = { .bytes = { 203, 0, (uint8_t)(i >> 8), (uint8_t)i },
				      .family = ADDR_V4 };
		uint32_t low;

		anonymize_endpoint(&key, &e);
		low = (uint32_t)e.bytes[2] << 8 | e.bytes[3];
		assert_false(seen[low / 8] >> low % 8 & 1);
		seen[low / 8] |= (uint8_t)(1 << low % 8);
	}
}

static void test_keyed(void **state)
{
	struct endpoint a = replaced("203.0.113.5"), b = parse("203.0.113.5");

	(void)state;
	anonymize_endpoint(&other_key, &b);
	assert_true(common(&a, &b, 32) < 32);
}

static void test_secret(void **state)
{
	struct anonymizer a, b;

	(void)state;
	anonymizer_init(&a, "secret", 6);
	anonymizer_init(&b, "secret", 6);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_true(a.key[0] != a.key[1]);
	anonymizer_init(&b, "secreu", 6);
	assert_true(a.key[0] != b.key[0] && a.key[1] != b.key[1]);
}

static void test_names(void **state)
{
	char a[ANONYMIZED_NAME_MAX], b[ANONYMIZED_NAME_MAX];

	(void)state;
	assert_int_equal(anonymize_name(&key, "process", "nginx", 5, a), 16);
	assert_memory_equal(a, "process-", 8);
	anonymize_name(&key, "process", "nginx", 5, b);
	assert_string_equal(a, b);
	anonymize_name(&key, "process", "nginy", 5, b);
	assert_string_not_equal(a, b);
	anonymize_name(&other_key, "process", "nginx", 5, b);
	assert_string_not_equal(a, b);
	assert_int_equal(anonymize_name(&key, "process", "", 0, a), 0);
	assert_string_equal(a, "");
	assert_int_equal(anonymize_name(&key, "a kind with a very long name", "x", 1, a), 29);
}

static void test_sock(void **state)
{
	struct sock sk = { .local = parse("203.0.113.5"), .peer = parse("127.0.0.1"),
			   .name = "/run/user/secret\0x", .name_len = 18,
			   .interface = "wg-office" };
	struct anonymized room;

	(void)state;
	anonymize_sock(&key, &sk, &room);
	assert_memory_equal(sk.local.bytes, replaced("203.0.113.5").bytes, 4);
	assert_int_equal(sk.peer.bytes[0], 127);
	assert_int_equal(sk.name_len, strlen(sk.name));
	assert_memory_equal(sk.name, "name-", 5);
	assert_memory_equal(sk.interface, "if-", 3);
	sk.interface = "lo";
	sk.name = NULL;
	anonymize_sock(&key, &sk, &room);
	assert_string_equal(sk.interface, "lo");
	assert_null(sk.name);
}

/* Ends that are no IP addresses hold names as well; "*" tells nothing. */
static void test_ends(void **state)
{
	struct sock sk = { .proto = PROTO_UNIX, .local_text = "/run/user/secret 4711",
			   .local_text_len = 21, .peer_text = "* 4712", .peer_text_len = 6 };
	struct anonymized room;

	(void)state;
	anonymize_sock(&key, &sk, &room);
	assert_memory_equal(sk.local_text, "end-", 4);
	assert_int_equal(sk.local_text_len, strlen(sk.local_text));
	assert_null(strstr(sk.local_text, "secret"));
	assert_string_equal(sk.peer_text, "* 4712");
	assert_int_equal(sk.peer_text_len, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),	 cmocka_unit_test(test_kind_kept),
		cmocka_unit_test(test_prefixes), cmocka_unit_test(test_v6_prefixes),
		cmocka_unit_test(test_mapped_like_v4), cmocka_unit_test(test_one_to_one),
		cmocka_unit_test(test_keyed),	 cmocka_unit_test(test_secret),
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_sock),
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests_name("anonymize", tests, NULL, NULL);
}
