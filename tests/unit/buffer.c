/* Bytes on their way out: numbers, growth, draining, and errors that are kept. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

static void assert_digits(uint64_t n)
{
	char expected[24];
	char out[24];
	size_t len = text_u64(out, n);

	assert_int_equal(snprintf(expected, sizeof(expected), "%" PRIu64, n), len);
	assert_memory_equal(out, expected, len);
}

static void test_numbers(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (uint64_t n = 0; n < 20000; n++)
		assert_digits(n);
	for (int i = 0; i < 20; i++, power *= 10) {
		assert_digits(power - 1);
		assert_digits(power);
		assert_digits(power + power / 7);
	}
	assert_digits(UINT64_MAX);
}

static void test_grows_in_memory(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, -1);
	for (int i = 0; i < 100000; i++)
		buffer_puts(&b, "0123456789");
	buffer_fill(&b, 'x', 200000);
	assert_int_equal(b.used, 1200000);
	assert_memory_equal(b.data + 999990, "0123456789xxxx", 14);
	assert_int_equal(buffer_flush(&b, NULL), 0);
	assert_int_equal(b.used, 1200000);
	buffer_fini(&b);
	assert_null(b.data);
}

/* What is larger than the buffer goes through it, whole and in order. */
static void test_drains(void **state)
{
	static char big[3 * BUFFER_BYTES];
	static char back[sizeof(big) + 16];
	FILE *f = tmpfile();
	struct buffer b;

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 23);
	buffer_init(&b, fileno(f));
	buffer_puts(&b, "<");
	buffer_put(&b, big, sizeof(big));
	buffer_put_u64(&b, 42);
	assert_true(b.size <= 2 * BUFFER_BYTES);
	assert_int_equal(buffer_flush(&b, NULL), 0);
	buffer_fini(&b);
	assert_int_equal(pread(fileno(f), back, sizeof(back), 0), sizeof(big) + 3);
	assert_int_equal(back[0], '<');
	assert_memory_equal(back + 1, big, sizeof(big));
	assert_memory_equal(back + 1 + sizeof(big), "42", 2);
	fclose(f);
}

static void test_keeps_the_first_error(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct buffer b;
	struct error err = { 0 };

	(void)state;
	if (fd < 0)
		skip();
	buffer_init(&b, fd);
	buffer_fill(&b, 'x', 2 * BUFFER_BYTES);
	assert_int_equal(b.error, ENOSPC);
	assert_null(buffer_reserve(&b, 1));
	buffer_puts(&b, "more");
	assert_int_equal(buffer_flush(&b, &err), -1);
	assert_int_equal(err.code, ENOSPC);
	buffer_fini(&b);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_grows_in_memory),
		cmocka_unit_test(test_drains),
		cmocka_unit_test(test_keeps_the_first_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
