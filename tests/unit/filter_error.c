/* Wrong filters: which word is wrong, what was expected, how it is shown. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "query/filter.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* @word is the text from which on the expression is wrong, @message a part of what is said. */
static const struct mistake {
	const char *text;
	const char *word;
	size_t len;
	const char *message;
} mistakes[] = {
	{ "sport = 22 adn dport = 80", "adn", 3, "did you mean and" },
	{ "sprt = 22", "sprt", 4, "did you mean sport" },
	{ "recvq = 22", "recvq", 5, "recv_q" },
	{ "closewiat", "closewiat", 9, "CLOSE-WAIT" },
	{ "state closewiat", "closewiat", 9, "did you mean CLOSE-WAIT" },
	{ "state", "", 0, "name of a state" },
	{ "state (", "(", 1, "name of a state" },
	{ "state in (listen, lisen)", "lisen)", 5, "did you mean LISTEN" },
	{ "sport = ", "", 0, "expected a port" },
	{ "sport = 65536", "65536", 5, "no port" },
	{ "sport = 99999999999999999999999", "9999", 23, "no port" },
	{ "sport = gopher", "gopher", 6, "no known service" },
	{ "sport = 2000-1000", "2000", 9, "empty" },
	{ "sport ~ 22", "~", 1, "can't be compared" },
	{ "dst 300.1.1.1", "300", 9, "no address" },
	{ "dst 10.0.0.0/33", "10.0", 11, "prefix length" },
	{ "dst [::1", "[::1", 4, "']' is missing" },
	{ "dst [::1]x", "[::1]x", 6, "expected ':'" },
	{ "dst 10.1", "10.1", 4, "prefix length" },
	{ "src 22", "22", 2, "sport or dport" },
	{ "dst inet6:10.0.0.1", "inet6", 14, "other family" },
	{ "dst unix:/x", "unix", 7, "use src" },
	{ "dst nowhere.example", "nowhere", 15, "no host of that name" },
	{ "dst > 10.0.0.1", ">", 1, "can't be compared" },
	{ "dev eth9", "eth9", 4, "no network interface" },
	{ "fwmark = x", "x", 1, "no mark" },
	{ "proto = tpc", "tpc", 3, "no protocol" },
	{ "age > 5", "5", 1, "needs a unit" },
	{ "age > 5parsecs", "5parsecs", 8, "unknown unit" },
	{ "rtt > fast", "fast", 4, "not a number" },
	{ "rtt > 99999999999999999999s", "9999", 21, "too large" },
	{ "pid = 1s", "1s", 2, "unknown unit" },
	{ "rtt", "", 0, "expected an operator" },
	{ "rtt 5ms", "5ms", 3, "expected an operator" },
	{ "rtt is 5", "5", 1, "'known' or 'unknown'" },
	{ "v6only = perhaps", "perhaps", 7, "yes or no" },
	{ "process ~ '('", "'('", 3, "not a regular expression" },
	{ "process ~ 'a{999}{999}'", "'a{", 13, "repeats more than" },
	{ "process ~ 'a++++++++++++'", "'a+", 15, "repeats more than" },
	{ "process ~ '((((((((((a+)+)+)+)+)+)+)+)+)+)+'", "'((", 34, "repeats more than" },
	{ "process = 'nginx", "'nginx", 1, "never closed" },
	{ "(sport = 22", "(sport", 1, "never closed" },
	{ "sport = 22)", ")", 1, "never opened" },
	{ "()", ")", 1, "expected a predicate" },
	{ "sport = 22 and", "", 0, "ends where" },
	{ "sport = 22 or or dport = 1", "or dport", 2, "is no predicate" },
	{ "not", "", 0, "ends where" },
	{ "pid in 5", "5", 1, "expected a list" },
	{ "pid in ()", ")", 1, "expected a number" },
	{ "pid in (1, 2", "", 0, "',' or ')'" },
	{ "sport = 22 , dport = 1", ", dport", 1, "unexpected ','" },
	{ "= 22", "= 22", 1, "unexpected '='" },
	{ "sport = \x01", "\x01", 1, "unexpected byte 0x01" },
};

static void test_mistakes(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		size_t len = strlen(m->text);
		const char *word = *m->word ? strstr(m->text, m->word) : m->text + len;
		struct filter_error err;

		if (filter_parse(m->text, len, NULL, &err))
			fail_msg("%s: no error", m->text);
		if (!strstr(err.message, m->message))
			fail_msg("%s: %s", m->text, err.message);
		if (err.offset != (size_t)(word - m->text) || err.len != m->len)
			fail_msg("%s: at %zu+%zu: %s", m->text, err.offset, err.len, err.message);
	}
}

static void check_text(const char *text, const char *expected)
{
	struct filter_error err;
	struct buffer out;

	assert_null(filter_parse(text, strlen(text), NULL, &err));
	buffer_init(&out, -1);
	filter_error_write(&err, text, strlen(text), &out);
	buffer_putc(&out, '\0');
	assert_string_equal(out.data, expected);
	buffer_fini(&out);
}

static void test_caret_under_the_word(void **unused)
{
	(void)unused;
	check_text("sport = :22 and stat close-wait",
		   "sport = :22 and stat close-wait\n"
		   "                ^^^^\n"
		   "'stat' is no predicate, column, state or protocol; did you mean state?\n");
	check_text("sport =",
		   "sport =\n"
		   "       ^\n"
		   "expected a port or the name of a service\n");
	check_text("process = 'é\t\x1b' )",
		   "process = 'é ?' )\n"
		   "                ^\n"
		   "this parenthesis was never opened\n");
	check_text("sport = 22\nor dport = 1000000\nor dev 1",
		   "or dport = 1000000\n"
		   "           ^^^^^^^\n"
		   "'1000000' is no port (0 to 65535)\n");
}

static void test_long_expression_is_cut(void **unused)
{
	char text[4096];
	char *at = text;
	struct filter_error err;
	struct buffer out;

	(void)unused;
	for (int i = 0; i < 100; i++)
		at = stpcpy(at, "sport = 22 or ");
	at = stpcpy(at, "sport = x");
	for (int i = 0; i < 100; i++)
		at = stpcpy(at, " or sport = 22");
	assert_null(filter_parse(text, (size_t)(at - text), NULL, &err));
	buffer_init(&out, -1);
	filter_error_write(&err, text, (size_t)(at - text), &out);
	buffer_putc(&out, '\0');
	assert_true(out.used < 300);
	/* the caret is under the x */
	at = strchr(out.data, '\n');
	assert_int_equal(out.data[strchr(at, '^') - at - 1], 'x');
	buffer_fini(&out);
}

static void test_nesting_is_bounded(void **unused)
{
	static char text[200000];
	struct filter_error err;
	struct filter *f;

	(void)unused;
	memset(text, '(', 100000);
	assert_null(filter_parse(text, 100000, NULL, &err));
	assert_int_equal(err.offset, FILTER_DEPTH_MAX);
	assert_non_null(strstr(err.message, "more than"));

	memset(text, '!', 100000);
	memcpy(text + 100000, "listen", 6);
	f = filter_parse(text, 100006, NULL, &err);
	assert_non_null(f);
	assert_int_equal(filter_states(f), STATE_BIT(STATE_LISTEN));
	filter_free(f);

	memset(text, '(', FILTER_DEPTH_MAX);
	memcpy(text + FILTER_DEPTH_MAX, "listen", 6);
	memset(text + FILTER_DEPTH_MAX + 6, ')', FILTER_DEPTH_MAX);
	f = filter_parse(text, 2 * FILTER_DEPTH_MAX + 6, NULL, &err);
	assert_non_null(f);
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_caret_under_the_word),
		cmocka_unit_test(test_long_expression_is_cut),
		cmocka_unit_test(test_nesting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
