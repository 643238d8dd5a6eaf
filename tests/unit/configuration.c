/* The configuration: read before the command line, written without losing anything. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/configuration.h"
#include "app/files.h"

static char folder[256];
static char path[300];
static struct options o;
static struct error err;

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/connstate-test.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/config", folder);
	unsetenv("XDG_CONFIG_HOME");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	options_fini(&o);
	unlink(path);
	rmdir(folder);
	return 0;
}

static void write_config(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Parse "connstate --config PATH" and up to three words more. */
static int parse(const char *first, const char *second, const char *third)
{
	static char words[6][300];
	char *argv[7] = { 0 };
	const char *more[] = { "connstate", first, second, third, "--config", path };
	int argc = 0;

	for (size_t i = 0; i < 6; i++) {
		if (!more[i])
			continue;
		snprintf(words[argc], sizeof(words[0]), "%s", more[i]);
		argv[argc] = words[argc];
		argc++;
	}
	options_fini(&o);
	return options_parse(&o, argc, argv, &err);
}

static void test_applied_before_the_command_line(void **state)
{
	(void)state;
	write_config("# mine\n\n  names =  ss \ninterval=2\n");
	assert_int_equal(parse("watch", NULL, NULL), 0);
	assert_int_equal(o.names, dialect_find("ss"));
	assert_int_equal(o.interval_ms, 2000);
	assert_int_equal(parse("watch", "--interval", "7"), 0);
	assert_int_equal(o.interval_ms, 7000);
	assert_int_equal(o.names, dialect_find("ss"));
}

static void test_sections(void **state)
{
	(void)state;
	write_config("columns = state\n[top]\ncolumns = peer\n[ list ]\nlimit = 3\n");
	assert_int_equal(parse("top", NULL, NULL), 0);
	assert_string_equal(o.columns, "peer");
	assert_int_equal(o.limit, 0);
	assert_int_equal(parse("list", NULL, NULL), 0);
	assert_string_equal(o.columns, "state");
	assert_int_equal(o.limit, 3);
	/* an option that the command does not have is not its business */
	assert_int_equal(parse("wait", NULL, NULL), 0);
	assert_null(o.columns);
}

static void test_yes_and_no(void **state)
{
	(void)state;
	write_config("tcp = yes\nlistening = no\nprocesses = on\n");
	assert_int_equal(parse("list", NULL, NULL), 0);
	assert_int_equal(o.protos, PROTO_BIT(PROTO_TCP));
	assert_true(o.processes && !o.listening);
}

static void assert_wrong(const char *text, const char *wrong)
{
	char expected[600];

	write_config(text);
	assert_int_equal(parse("list", NULL, NULL), -1);
	snprintf(expected, sizeof(expected), "%s:%s", path, wrong);
	if (strncmp(err.text, expected, strlen(expected)) != 0)
		fail_msg("'%s' is not '%s'", err.text, expected);
}

static void test_errors(void **state)
{
	(void)state;
	assert_wrong("\nnames = nonsense\n", "2: names: unknown dialect 'nonsense'");
	assert_wrong("intervall = 1\n", "1: unknown option 'intervall': did you mean interval?");
	assert_wrong("tcp = perhaps\n", "1: 'perhaps' is neither yes nor no");
	assert_wrong("tcp\n", "1: 'tcp' is not of the form 'name = value'");
	assert_wrong("[nothing]\n", "1: 'nothing' is no command");
	assert_wrong("[top\n", "1: a ']' is missing");
	assert_wrong("[wait]\ncolumns = state\n", "2: 'columns' is not an option of 'wait'");
	assert_wrong("yes = yes\n", "1: 'yes' is for the command line alone");
	assert_wrong("help = yes\n", "1: 'help' is for the command line alone");
	/* wrong for another command is wrong */
	assert_wrong("cpu-limit = x\n", "1: cpu-limit: 'x' is not a whole number");
}

static void assert_fits(const char *first, const char *second, const char *third)
{
	if (parse(first, second, third) || options_check(&o, o.command, &err))
		fail_msg("%s %s: %s", first, second, err.text);
}

/* What is configured gives way to what is given, and is there otherwise. */
static void test_command_line_wins(void **state)
{
	(void)state;
	write_config("all-namespaces = yes\nno-netlink = yes\nunix = yes\nlimit = 5\n"
		     "anonymize = yes\n");
	assert_fits("list", NULL, NULL);
	assert_true(o.all_namespaces && o.no_netlink && o.anonymize && o.limit == 5);
	assert_int_equal(o.protos, PROTO_BIT(PROTO_UNIX));
	assert_fits("list", "-Dfile", NULL);
	assert_true(!o.all_namespaces && !o.no_netlink && !o.limit && !o.protos && o.dump);
	assert_fits("list", "--from=file", NULL);
	assert_true(!o.all_namespaces && o.from);
	assert_fits("list", "-N1", NULL);
	assert_true(!o.all_namespaces && o.net);
	assert_fits("list", "--group-by=state", NULL);
	assert_true(!o.anonymize && o.by && o.all_namespaces);
	write_config("total = yes\n");
	assert_fits("summary", "-j", NULL);
	assert_true(!o.total && o.format);
	write_config("net = 1\n");
	assert_fits("list", "--all-namespaces", NULL);
	assert_true(o.all_namespaces && !o.net);
	/* what contradicts itself does so wherever it stands */
	write_config("net = 1\nall-namespaces = yes\n");
	assert_int_equal(parse("list", NULL, NULL), 0);
	assert_int_equal(options_check(&o, o.command, &err), -1);
	write_config("all-namespaces = yes\n");
	assert_int_equal(parse("list", "-Dfile", "--all-namespaces"), 0);
	assert_int_equal(options_check(&o, o.command, &err), -1);
	assert_int_equal(parse("list", "-Dfile", "--limit=1"), 0);
	assert_int_equal(options_check(&o, o.command, &err), -1);
	assert_non_null(strstr(err.text, "--limit"));
}

static int lowest_free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static void test_no_descriptor_stays_open(void **state)
{
	int before;

	(void)state;
	write_config("net = 1\n[top]\nnet = 1\n");
	options_fini(&o);
	before = lowest_free_descriptor();
	assert_int_equal(parse("list", NULL, NULL), 0);
	assert_string_equal(o.net, "1");
	options_fini(&o);
	assert_int_equal(lowest_free_descriptor(), before);
}

static void test_help_in_spite_of_errors(void **state)
{
	(void)state;
	write_config("nonsense\n");
	assert_int_equal(parse("--help", NULL, NULL), 0);
	assert_int_equal(parse("list", "--no-config", NULL), 0);
}

static void test_missing(void **state)
{
	(void)state;
	assert_int_equal(parse("list", NULL, NULL), -1);
	assert_non_null(strstr(err.text, "cannot open"));
	setenv("XDG_CONFIG_HOME", folder, 1);
	options_fini(&o);
	assert_int_equal(config_load(&o, &o, &err), 0);
	assert_null(o.config_text);
}

static void test_path(void **state)
{
	char out[CONFIG_PATH_MAX];
	char *home = strdup(getenv("HOME") ? getenv("HOME") : "");

	(void)state;
	options_fini(&o);
	setenv("HOME", "/home/me", 1);
	assert_int_equal(config_path(out, &o, &err), 0);
	assert_string_equal(out, "/home/me/.config/connstate/config");
	setenv("XDG_CONFIG_HOME", "/xdg", 1);
	assert_int_equal(config_path(out, &o, &err), 0);
	assert_string_equal(out, "/xdg/connstate/config");
	/* the specification: a relative one is to be ignored */
	setenv("XDG_CONFIG_HOME", "xdg", 1);
	assert_int_equal(config_path(out, &o, &err), 0);
	assert_string_equal(out, "/home/me/.config/connstate/config");
	setenv("HOME", home, 1);
	free(home);
}

static void assert_saved(const char *before, const char *after)
{
	static const struct config_setting settings[] = { { "columns", "state,peer" },
							  { "theme", "light" } };
	char *text;

	if (before)
		write_config(before);
	assert_int_equal(config_save(path, "top", settings, 2, &err), 0);
	text = file_text(path, &err);
	assert_non_null(text);
	assert_string_equal(text, after);
	free(text);
}

static void test_save(void **state)
{
	(void)state;
	assert_saved(NULL, "[top]\ncolumns = state,peer\ntheme = light\n");
	assert_saved("# keep\ncolumns = local\n\n[top]\n# mine\ncolumns=age\ninterval = 2\n[list]\n"
		     "columns = all\n",
		     "# keep\ncolumns = local\n\n[top]\n# mine\ncolumns = state,peer\n"
		     "interval = 2\ntheme = light\n[list]\ncolumns = all\n");
	/* and once more: nothing is added twice */
	assert_saved("[top]\ntheme = mono\ntheme = mono\ncolumns = age",
		     "[top]\ntheme = light\ncolumns = state,peer\n");
	assert_saved("names = ss\n", "names = ss\n\n[top]\ncolumns = state,peer\ntheme = light\n");
}

static void test_save_keeps_rights_and_link(void **state)
{
	static const struct config_setting setting = { "theme", "light" };
	char target[320];
	struct stat st;

	(void)state;
	snprintf(target, sizeof(target), "%s/target", folder);
	write_config("");
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(chmod(target, 0600), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(config_save(path, "top", &setting, 1, &err), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_size > 0);
	unlink(target);
}

static void test_save_makes_folders(void **state)
{
	static const struct config_setting setting = { "theme", "light" };
	char deep[400];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b/config", folder);
	assert_int_equal(config_save(deep, "top", &setting, 1, &err), 0);
	assert_int_equal(unlink(deep), 0);
	snprintf(deep, sizeof(deep), "%s/a/b", folder);
	assert_int_equal(rmdir(deep), 0);
	snprintf(deep, sizeof(deep), "%s/a", folder);
	assert_int_equal(rmdir(deep), 0);
}

static void test_save_fails(void **state)
{
	static const struct config_setting setting = { "theme", "light" };
	char below[400];

	(void)state;
	write_config("names = ss\n");
	snprintf(below, sizeof(below), "%s/config", path); /* a file is no folder */
	assert_int_equal(config_save(below, "top", &setting, 1, &err), -1);
	assert_non_null(strstr(err.text, path));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_applied_before_the_command_line),
		CASE(test_sections),
		CASE(test_yes_and_no),
		CASE(test_command_line_wins),
		CASE(test_no_descriptor_stays_open),
		CASE(test_errors),
		CASE(test_help_in_spite_of_errors),
		CASE(test_missing),
		CASE(test_path),
		CASE(test_save),
		CASE(test_save_keeps_rights_and_link),
		CASE(test_save_makes_folders),
		CASE(test_save_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
