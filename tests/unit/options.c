/* The command line: which word is the command, and what goes together. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/options.h"

#define WORDS_MAX 16

static char line[200];
static char *argv[WORDS_MAX + 1];
static struct options o;
static struct error err;

/* Parse @text, the words of which blanks separate, as what follows "connstate". */
static int parse(const char *text)
{
	static char name[] = "connstate";
	int argc = 1;

	options_fini(&o);
	assert_true(strlen(text) < sizeof(line));
	strncpy(line, text, sizeof(line) - 1);
	argv[0] = name;
	for (char *word = strtok(line, " "); word && argc < WORDS_MAX; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(&o, argc, argv, &err);
}

static void assert_ranges(const char *text)
{
	if (parse(text))
		fail_msg("%s: %s", text, err.text);
	assert_ptr_equal(o.command, command_find("check"));
	assert_true(range_alarms(&o.warning, 11) && !range_alarms(&o.warning, 10));
	assert_true(range_alarms(&o.critical, 21) && !range_alarms(&o.critical, 20));
	assert_false(o.protos & PROTO_BIT(PROTO_RAW));
	assert_int_equal(o.word_count, 2);
	assert_string_equal(o.words[0], "state");
	assert_string_equal(o.words[1], "listen");
}

/* -w is an option without an argument of the other commands. */
static void test_options_before_the_command(void **state)
{
	(void)state;
	assert_ranges("check -w 10 -c 20 state listen");
	assert_ranges("-t check -w 10 -c 20 state listen");
	assert_ranges("-t check -c 20 -w 10 state listen");
	assert_ranges("-t check state -c20 listen -w10");
	assert_ranges("-c 20 check -w 10 state listen");
	assert_ranges("-w 10 check -c 20 state listen");
	assert_ranges("-w10 -c20 check state listen");
	assert_int_equal(parse("-w list"), 0);
	assert_ptr_equal(o.command, command_find("list"));
	assert_int_equal(o.protos, PROTO_BIT(PROTO_RAW));
	assert_int_equal(o.word_count, 0);
	assert_int_equal(parse("-w check"), -1);
	assert_non_null(strstr(err.text, "'check' is no range"));
	assert_int_equal(parse("-w state listen check"), 0);
	assert_null(o.command);
	assert_int_equal(o.word_count, 3);
	assert_string_equal(o.words[2], "check");
}

static void test_commands_as_options(void **state)
{
	(void)state;
	assert_int_equal(parse("-ts state listen"), 0);
	assert_ptr_equal(o.command, command_find("summary"));
	assert_int_equal(o.word_count, 2);
	assert_int_equal(parse("summary -s"), 0);
	assert_int_equal(parse("-s summary"), 0);
	assert_int_equal(o.word_count, 0);
}

static void assert_two(const char *text, const char *first, const char *second)
{
	char expected[80];

	snprintf(expected, sizeof(expected), "two commands: %s and %s ", first, second);
	assert_int_equal(parse(text), -1);
	if (strncmp(err.text, expected, strlen(expected)) != 0)
		fail_msg("%s: '%s' is not '%s'", text, err.text, expected);
}

static void test_two_commands(void **state)
{
	(void)state;
	assert_two("list -K", "list", "kill");
	assert_two("check -K", "check", "kill");
	assert_two("explain -s", "explain", "summary");
	assert_two("-t list --events", "watch", "list");
	assert_two("-K list", "kill", "list");
	assert_two("-s -K", "summary", "kill");
}

static int tear_down(void **state)
{
	(void)state;
	options_fini(&o);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_options_before_the_command, tear_down),
		cmocka_unit_test_teardown(test_commands_as_options, tear_down),
		cmocka_unit_test_teardown(test_two_commands, tear_down),
	};

	setenv("XDG_CONFIG_HOME", "/dev/null", 1);
	unsetenv("TCPDIAG_FILE");
	unsetenv("PROC_ROOT");
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
