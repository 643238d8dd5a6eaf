/* base/utf8: what reaches a terminal is harmless and measured right. */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void assert_sanitised(const char *text, size_t len, const char *expected)
{
	char out[128];
	size_t used = utf8_sanitise(out, sizeof(out), text, len);

	assert_int_equal(used, strlen(expected));
	assert_memory_equal(out, expected, used);
}

#define FFFD "\xef\xbf\xbd"

static void test_decode(void **state)
{
	uint32_t code;

	(void)state;
	assert_int_equal(utf8_decode("a", 1, &code), 1);
	assert_int_equal(code, 'a');
	assert_int_equal(utf8_decode("\xc3\xa9", 2, &code), 2);
	assert_int_equal(code, 0xe9);
	assert_int_equal(utf8_decode("\xf0\x9f\x98\x80", 4, &code), 4);
	assert_int_equal(code, 0x1f600);
}

static void test_malformed_takes_one_byte(void **state)
{
	static const char *const bad[] = {
		"\x80",		/* continuation alone */
		"\xc3",		/* cut short */
		"\xc0\xaf",	/* overlong '/' */
		"\xe0\x80\xaf", /* overlong, three bytes */
		"\xed\xa0\x80", /* surrogate */
		"\xf4\x90\x80\x80", /* beyond U+10FFFF */
		"\xff",
		"\xc3(",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint32_t code;

		assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &code), 1);
		assert_int_equal(code, UTF8_REPLACEMENT);
	}
}

static void test_encode_is_the_inverse(void **state)
{
	static const uint32_t codes[] = { 0, 'z', 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000,
					  0x10ffff };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char bytes[UTF8_BYTES_MAX];
		size_t len = utf8_encode(bytes, codes[i]);
		uint32_t code;

		assert_int_equal(utf8_decode(bytes, len, &code), len);
		assert_int_equal(code, codes[i]);
	}
}

static void test_sanitise(void **state)
{
	(void)state;
	assert_sanitised("plain", 5, "plain");
	assert_sanitised("a\033[31mb", 7, "a" FFFD "[31mb");
	assert_sanitised("a\0b", 3, "a" FFFD "b");
	assert_sanitised("\x7f\xc2\x9b", 3, FFFD FFFD);	     /* DEL; C1 CSI */
	assert_sanitised("x\xe2\x80\xaey", 5, "x" FFFD "y"); /* right-to-left override */
	assert_sanitised("x\xe2\x81\xa6y", 5, "x" FFFD "y"); /* isolate */
	assert_sanitised("\xef\xbb\xbf", 3, FFFD);	     /* byte order mark */
	assert_sanitised("caf\xc3\xa9", 5, "caf\xc3\xa9");
	assert_sanitised("\xc3", 1, FFFD);
}

static void test_sanitise_never_cuts_a_character(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(utf8_sanitise(out, sizeof(out), "ab\xe4\xb8\xad", 5), 2);
	assert_memory_equal(out, "ab", 2);
}

static void test_without_utf8(void **state)
{
	(void)state;
	setenv("LC_ALL", "C", 1);
	setlocale(LC_CTYPE, "C");
	assert_false(utf8_locale());
	assert_sanitised("caf\xc3\xa9\033", 6, "caf??");
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_true(utf8_locale()); /* the environment is asked, not just what was set */
	setlocale(LC_CTYPE, "C.UTF-8");
	assert_true(utf8_locale());
}

static void test_cells(void **state)
{
	(void)state;
	assert_int_equal(utf8_cells("abc", 3, false), 3);
	assert_int_equal(utf8_cells("\xe4\xb8\xad", 3, false), 2); /* wide */
	assert_int_equal(utf8_cells("e\xcc\x81", 3, false), 1);    /* combining acute */
	assert_int_equal(utf8_cells("\033", 1, false), 1);
	assert_int_equal(utf8_cells("\xe4\xb8\xad", 3, true), 1);  /* one '?' */
}

static void test_cut(void **state)
{
	size_t used;

	(void)state;
	assert_int_equal(utf8_cut("abc", 3, 2, false, &used), 2);
	assert_int_equal(used, 2);
	/* a wide character that would hang over the edge stays out */
	assert_int_equal(utf8_cut("a\xe4\xb8\xad", 4, 2, false, &used), 1);
	assert_int_equal(used, 1);
	/* a combining mark belongs to the last character that fits */
	assert_int_equal(utf8_cut("ae\xcc\x81z", 5, 2, false, &used), 4);
	assert_int_equal(used, 2);
	assert_int_equal(utf8_cut("abc", 3, 0, false, &used), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_malformed_takes_one_byte),
		cmocka_unit_test(test_encode_is_the_inverse),
		cmocka_unit_test(test_sanitise),
		cmocka_unit_test(test_sanitise_never_cuts_a_character),
		cmocka_unit_test(test_without_utf8),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_cut),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
