/* The prompt for a filter: typing, errors with their place, correction, history. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_world.h"

static struct world world;
static size_t hosts_asked;

static size_t find_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	(void)context;
	hosts_asked++;
	if (!max || strcmp(name, "db.example") != 0)
		return 0;
	out[0] = (struct endpoint){ .bytes = { 198, 51, 100, 3 }, .family = ADDR_V4 };
	return 1;
}

static int set_up(void **state)
{
	static const struct filter_options lookups = { .host = find_host };
	static const struct ui_options options = { .lookups = &lookups };

	(void)state;
	hosts_asked = 0;
	world_init(&world, &options);
	world_run(&world, 30);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

/* Type @text, character by character. */
static void type(const char *text)
{
	for (; *text; text++)
		ui_key(&world.ui, (unsigned char)*text);
}

static void filter(const char *text)
{
	world_press(&world, "F4 C-u");
	type(text);
	world_press(&world, "Enter");
}

static void test_filter_applies_at_once(void **state)
{
	(void)state;
	filter("state close-wait and dport = :40004");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(result_count(world.ui.result), 1);
	assert_true(world.ui.request.filter && world.ui.request.collect);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "198.51.100.4:40004"), -1);
	assert_int_not_equal(world_find(&world, "filter: state close-wait"), -1);
	world_run(&world, 3);
	assert_int_equal(result_count(world.ui.result), 1);
}

static bool answer_awaited;

static bool is_waiting(void *context)
{
	(void)context;
	return answer_awaited;
}

static size_t slow_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	return answer_awaited ? 0 : find_host(context, name, out, max);
}

/* The filter is taken when the answer comes, and keys are not held up until then. */
static void test_a_host_is_awaited(void **state)
{
	size_t all = result_count(world.ui.result);

	(void)state;
	world.ui.lookups.host = slow_host;
	world.ui.waiting = is_waiting;
	answer_awaited = true;
	filter("dst db.example");
	assert_ptr_equal(world.ui.mode, &mode_filter);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "looking up the host"), -1);
	assert_int_equal(world_find(&world, "^"), -1);
	ui_named(&world.ui);
	assert_ptr_equal(world.ui.mode, &mode_filter);
	answer_awaited = false;
	ui_named(&world.ui);
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(result_count(world.ui.result), 1);
	/* who goes on typing does not want it any more */
	filter("");
	answer_awaited = true;
	filter("dst db.example");
	type("x");
	answer_awaited = false;
	ui_named(&world.ui);
	assert_ptr_equal(world.ui.mode, &mode_filter);
	assert_int_equal(result_count(world.ui.result), all);
	/* nor who has left */
	answer_awaited = true;
	world_press(&world, "Backspace Enter Esc");
	answer_awaited = false;
	ui_named(&world.ui);
	assert_int_equal(result_count(world.ui.result), all);
}

static void test_empty_filter_clears(void **state)
{
	size_t all = result_count(world.ui.result);

	(void)state;
	filter("state listen");
	assert_int_equal(result_count(world.ui.result), 3);
	assert_string_equal(ui_filter_text(&world.ui), "state listen");
	filter("");
	assert_int_equal(result_count(world.ui.result), all);
	assert_null(ui_filter_text(&world.ui));
	filter("   ");
	assert_null(ui_filter_text(&world.ui));
}

/* Where the caret is, counted from the start of the typed text; -1: there is none. */
static int caret(void)
{
	int row = world_find(&world, "^");
	char line[512];

	if (row < 0)
		return -1;
	world_row(&world, row, line, sizeof(line));
	return (int)(strchr(line, '^') - line) - (int)strlen("Filter: ");
}

static void test_error_is_shown_and_corrected(void **state)
{
	size_t all = result_count(world.ui.result);

	(void)state;
	filter("state lissen");
	assert_ptr_equal(world.ui.mode, &mode_filter);
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), 6);
	assert_int_not_equal(world_find(&world, "LISTEN"), -1);
	assert_int_equal(result_count(world.ui.result), all);
	/* still wrong, then right: the error goes before Enter */
	world_press(&world, "Backspace");
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), 6);
	world_press(&world, "Backspace Backspace");
	type("ten");
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), -1);
	world_press(&world, "Enter");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(result_count(world.ui.result), 3);
}

static void test_editing_in_the_middle(void **state)
{
	(void)state;
	filter("sport = 44");
	world_press(&world, "F4");
	assert_string_equal(world.ui.input, "sport = 44");
	world_press(&world, "Home Right Delete Left Delete");
	assert_string_equal(world.ui.input, "ort = 44");
	type("sp");
	world_press(&world, "End 3 Left Left Backspace");
	assert_string_equal(world.ui.input, "sport = 43");
	world_press(&world, "4 Home C-u");
	assert_string_equal(world.ui.input, "");
}

static void test_no_error_while_typing(void **state)
{
	(void)state;
	world_press(&world, "\\");
	type("state lissen (");
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), -1);
}

static void test_escape_keeps_the_old_filter(void **state)
{
	(void)state;
	filter("state listen");
	world_press(&world, "F4 C-u");
	type("state nonsense");
	world_press(&world, "Enter Esc");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(result_count(world.ui.result), 3);
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), -1);
	/* other prompts know nothing of it */
	world_press(&world, "s 2 Enter");
	assert_ptr_equal(world.ui.mode, &mode_view);
}

static void test_history(void **state)
{
	(void)state;
	filter("state listen");
	filter("sport = 443");
	filter("state listen");
	assert_int_equal(world.ui.past_count, 2);
	world_press(&world, "F4 C-u x Up");
	assert_string_equal(world.ui.input, "state listen");
	world_press(&world, "Up Up");
	assert_string_equal(world.ui.input, "sport = 443");
	world_press(&world, "Down Down Down");
	assert_string_equal(world.ui.input, "x");
	for (unsigned int port = 10; port < 10 + 2 * PAST_FILTERS; port++) {
		char text[32];

		world_press(&world, "Esc");
		snprintf(text, sizeof(text), "sport = %u", port);
		filter(text);
	}
	assert_int_equal(world.ui.past_count, PAST_FILTERS);
	assert_string_equal(world.ui.past[0], "sport = 41");
}

/* A look-up may take seconds: it is made by Enter alone. */
static void test_hosts_are_not_looked_up_while_typing(void **state)
{
	(void)state;
	filter("dst nonsense.example");
	assert_int_equal(hosts_asked, 1);
	world_draw(&world, 24, 80);
	assert_int_equal(caret(), 4);
	world_press(&world, "C-u");
	type("dst db.example");
	assert_int_equal(hosts_asked, 1);
	world_press(&world, "Enter");
	assert_int_equal(hosts_asked, 2);
	assert_int_equal(result_count(world.ui.result), 1);
}

/* The filter of the command line holds until another one is typed. */
static bool keep_none(void *context, const struct row *row)
{
	(void)context;
	(void)row;
	return false;
}

static void test_it_replaces_that_of_the_command_line(void **state)
{
	(void)state;
	world.data.keep = keep_none;
	world.data.filter = "state closing";
	world_run(&world, 1);
	assert_int_equal(result_count(world.ui.result), 0);
	world_press(&world, "F4");
	assert_string_equal(world.ui.input, "state closing");
	world_press(&world, "Esc");
	filter("state listen");
	assert_int_equal(result_count(world.ui.result), 3);
}

static void test_facts_of_the_filter_are_asked_for(void **state)
{
	(void)state;
	assert_false(ui_facts_of_all(&world.ui) & FACT_TCP);
	filter("rtt > 50ms");
	assert_true(ui_facts_of_all(&world.ui) & FACT_TCP);
}

static void test_long_and_hostile_input(void **state)
{
	(void)state;
	world_press(&world, "F4");
	for (int i = 0; i < 2 * INPUT_MAX; i++)
		ui_key(&world.ui, i % 3 ? 'a' : 0x4e2d);
	world_press(&world, "Enter");
	for (int cols = 40; cols < 200; cols += 13)
		world_draw(&world, 12, cols);
	world_press(&world, "Home");
	world_draw(&world, 12, 50);
	assert_int_equal(caret(), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_filter_applies_at_once),
		CASE(test_empty_filter_clears),
		CASE(test_a_host_is_awaited),
		CASE(test_error_is_shown_and_corrected),
		CASE(test_editing_in_the_middle),
		CASE(test_no_error_while_typing),
		CASE(test_escape_keeps_the_old_filter),
		CASE(test_history),
		CASE(test_hosts_are_not_looked_up_while_typing),
		CASE(test_it_replaces_that_of_the_command_line),
		CASE(test_facts_of_the_filter_are_asked_for),
		CASE(test_long_and_hostile_input),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
