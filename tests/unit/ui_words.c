/*
 * Words on the screen: the names that states have elsewhere, why a value is absent, texts
 * that do not fit, and how intervals are written.
 */
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
#include "ui_golden.h"
#include "ui_world.h"

#define CUT "\xe2\x80\xa6"
#define SECOND UINT64_C(1000000000)

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

/* The same with the names of another dialect. */
static void start_with(enum dialect names)
{
	const struct ui_options options = { .names = names };

	world_fini(&world);
	world_init(&world, &options);
	world_run(&world, 12);
}

static void assert_found(const char *text)
{
	char line[1024];

	if (world_find(&world, text) >= 0)
		return;
	for (int row = 0; row < world.canvas.rows; row++) {
		world_row(&world, row, line, sizeof(line));
		print_message("%s\n", line);
	}
	fail_msg("'%s' is not on the screen", text);
}

static void assert_not_found(const char *text)
{
	if (world_find(&world, text) >= 0)
		fail_msg("'%s' is on the screen", text);
}

/* Every name that the panel shows is there as a whole, followed by its count. */
static void check_panel(enum dialect names)
{
	uint8_t states[STATE_COUNT];
	size_t count = panel_states(&world.ui, states);

	for (size_t i = 0; i < count; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s ", state_name((enum state)states[i], names));
		assert_found(text);
	}
}

static void test_panel_has_whole_names(void **state)
{
	(void)state;
	for (unsigned int d = 0; d < DIALECT_COUNT; d++) {
		start_with((enum dialect)d);
		/* in no dialect of TCP, and longer than any name there */
		world.data.counts[STATE_SHUTDOWN_ACK_SENT] = 3;
		ui_update(&world.ui, &world.data);
		world_draw(&world, 24, 80);
		check_panel((enum dialect)d);
	}
}

/* No figure is drawn over another, however narrow the screen. */
static void test_panel_cuts_names_with_a_mark(void **state)
{
	(void)state;
	start_with(DIALECT_LINUX);
	world_draw(&world, 30, 40);
	assert_found("TCP_ESTAB" CUT "ED    30");
	assert_found("TCP_FIN_W" CUT "T1     0");
	world_press(&world, "2");
	world_draw(&world, 20, 50);
	assert_found("TCP_FIN_W" CUT "T1     0");
	world_draw(&world, 30, 40);
	assert_found(" TCP_CLOSING      0");
}

static void test_headings_of_a_dialect(void **state)
{
	(void)state;
	world_press(&world, "4");
	world_run(&world, 12);
	world_draw(&world, 24, 80);
	assert_found("   ESTAB ");
	start_with(DIALECT_LINUX);
	world_press(&world, "4");
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_found("TCP_ES" CUT "ED");
	assert_not_found("ESTAB ");
	world_draw(&world, 60, 260);
	assert_found("TCP_ESTABLISHED TCP_FIN_WAIT2 TCP_CLOSE_WAIT");
	golden_check(&world, "names-linux", 24, 80);
}

static void test_children_of_a_dialect(void **state)
{
	(void)state;
	start_with(DIALECT_LINUX);
	world_press(&world, "3");
	world_draw(&world, 60, 200);
	assert_found("TCP_ESTABLISHED 30  TCP_FIN_WAIT2 3");
	/* as many as fit, and that there are more */
	world_draw(&world, 40, 120);
	assert_found("TCP_ESTABLISHED 30  " CUT);
}

static void complete(void *context, struct row *row)
{
	row->process_why = row->sock->local.port == 443 ? context : "the kernel itself";
}

static char denied[] = "not permitted: needs root or CAP_SYS_PTRACE";

static void test_reason_is_a_value(void **state)
{
	(void)state;
	world.source = (struct row_source){ complete, denied };
	world_run(&world, 12);
	world_draw(&world, 24, 80);
	assert_found("PROCESS");
	assert_found("(not permi" CUT);
	world_draw(&world, 24, 120);
	assert_found("(not permitted) ");
	assert_found("(the kernel it" CUT " ");
	golden_check(&world, "reasons", 24, 80);
	world_press(&world, "3");
	world_draw(&world, 60, 200);
	assert_found("(not permitted) ");
}

static void test_detail_says_why(void **state)
{
	(void)state;
	world.source = (struct row_source){ complete, denied };
	world_run(&world, 12);
	world_press(&world, "Enter");
	world_draw(&world, 60, 80);
	assert_found("Owner");
	assert_found("(not permitted: needs root or CAP_SYS_PTRACE)");
}

/* A name that takes more than its cells does not touch its value. */
static void test_detail_keeps_names_apart(void **state)
{
	(void)state;
	world.traffic = true;
	world_run(&world, 12);
	world_press(&world, "Down Down Down Down Enter");
	world_draw(&world, 100, 80);
	assert_found("  total_rto_recoveries 0");
}

/* From the first page to the last one no text of the help is cut. */
static void test_help_wraps(void **state)
{
	char before[256] = "";

	(void)state;
	world_run(&world, 1);
	world_press(&world, "F1");
	for (int pages = 0; pages < 100; pages++) {
		char top[256];

		world_draw(&world, 24, 80);
		assert_not_found(CUT);
		world_row(&world, 9, top, sizeof(top));
		if (!strcmp(top, before))
			return;
		snprintf(before, sizeof(before), "%s", top);
		world_press(&world, "Down Down Down");
	}
	fail_msg("the help does not end");
}

/* What was on the screen, page by page. */
static bool explained(const char *text)
{
	world_press(&world, "Home");
	for (int line = 0; line < 60; line++) {
		world_draw(&world, 24, 80);
		if (world_find(&world, text) >= 0)
			return true;
		world_press(&world, "Down");
	}
	return false;
}

static void test_explanation_is_whole(void **state)
{
	(void)state;
	world_run(&world, 12);
	world_press(&world, "2 i");
	world.ui.box = STATE_CLOSE_WAIT;
	assert_true(explained("CLOSE-WAIT: RFC 793: \""));
	assert_true(explained("Who acts next: "));
	assert_true(explained("Many of them: "));
	assert_true(explained("What to do: "));
	world_press(&world, "End");
	world_draw(&world, 24, 80);
	assert_not_found(CUT);
	golden_check(&world, "explained", 24, 80);
	/* help leads back to it, and the key that led here leads back */
	world_press(&world, "F1 F1");
	assert_true(world.ui.mode == &mode_explain);
	world_press(&world, "i");
	assert_true(world.ui.mode == &mode_view);
	world_draw(&world, 24, 80);
	assert_found("CLOSE-WAIT: next acts: ");
}

/* No text of a state is longer than what is drawn of it. */
static void test_explanation_has_the_last_words(void **state)
{
	(void)state;
	world_run(&world, 12);
	world_press(&world, "2 i");
	for (unsigned int s = 0; s < STATE_COUNT; s++) {
		const char *last = state_info((enum state)s)->remedy;
		const char *word = last ? strrchr(last, ' ') : NULL;

		world.ui.box = (enum state)s;
		if (word)
			assert_true(explained(word + 1));
	}
}

/* All that was in CLOSE-WAIT goes on to LAST-ACK. */
static void close_all(void)
{
	const uint64_t now_ns = (world.tick + 101) * SECOND;

	tracker_begin(world.tracker, now_ns);
	for (size_t i = 0; i < snapshot_count(world.data.snapshot); i++) {
		struct sock sk;

		snapshot_sock(world.data.snapshot, i, &sk);
		if (sk.state == STATE_CLOSE_WAIT)
			sk.state = STATE_LAST_ACK;
		assert_int_equal(tracker_observe(world.tracker, &sk, NULL, NULL), 0);
	}
	tracker_end(world.tracker, true, NULL, NULL);
}

/* Beside the last column there is room for the rate, but not for what it is of. */
static void test_rates_fit_at_the_edge(void **state)
{
	(void)state;
	world_run(&world, 42);
	close_all();
	world_press(&world, "2");
	world_draw(&world, 30, 100);
	assert_found(" 14/s");
	assert_not_found("CLOSE 14");
	world_draw(&world, 60, 200);
	assert_found("CLOSE 14/s");
}

/* The parts of the line that fit exactly do not hide that there are others. */
static void test_trouble_that_fits_in_part(void **state)
{
	const struct ui_trouble t = { .title = "leak", .subject = "java", .evidence = "790" };

	(void)state;
	world_draw(&world, 24, 80);
	canvas_clear(&world.canvas);
	trouble_draw(&world.canvas, 0, 0, 6, &t);
	trouble_draw(&world.canvas, 1, 0, 12, &t);
	trouble_draw(&world.canvas, 2, 0, 17, &t);
	assert_int_equal(world_find(&world, "! lea" CUT), 0);
	assert_int_equal(world_find(&world, "! leak: jav" CUT), 1);
	assert_int_equal(world_find(&world, "! leak: java: 790"), 2);
}

static void check_interval(unsigned int asked_ms, unsigned int real_ms, const char *text)
{
	world.data.interval_ms = asked_ms;
	world.data.real_interval_ms = real_ms;
	ui_update(&world.ui, &world.data);
	world_draw(&world, 24, 120);
	assert_found(text);
}

static void test_intervals(void **state)
{
	(void)state;
	world_run(&world, 1);
	check_interval(1000, 1000, "  every 1s  ");
	check_interval(10, 10, "  every 0.01s  ");
	check_interval(10, 37, "  every 0.037s, not 0.01s: cpu limit  ");
	check_interval(1000, 4037, "  every 4s, not 1s: cpu limit  ");
	check_interval(1500, 12345, "  every 12s, not 1.5s: cpu limit  ");
	check_interval(200, 200, "  every 0.2s  ");
	world_press(&world, "-");
	world_draw(&world, 24, 80);
	assert_found("polling every 0.1s");
	assert_found("  every 0.1s  ");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static int last_row_with(const char *text)
{
	char line[1024];
	int row = world.canvas.rows;

	while (--row >= 0) {
		world_row(&world, row, line, sizeof(line));
		if (strstr(line, text))
			break;
	}
	return row;
}

/* Below the diagram: whatever of it has no room, the end of what is there says so. */
static void test_an_explanation_says_that_there_is_more(void **state)
{
	unsigned int cut = 0;

	(void)state;
	world_press(&world, "2");
	world_run(&world, 1);
	for (int rows = 24; rows < 60; rows++) {
		for (unsigned int s = 0; s < STATE_COUNT; s++) {
			const struct state_info *info = state_info((enum state)s);
			/* the last word, which no line break can part */
			const char *end = info->pileup ? strrchr(info->pileup, ' ') + 1 : "";
			bool whole;

			if (!(states_tcp() & STATE_BIT(s)) || !*end || strstr(info->acts, end))
				continue;
			world.ui.box = (enum state)s;
			world_draw(&world, rows, 100);
			whole = last_row_with(end) > world_find(&world, "acts");
			if (whole == (world_find(&world, CUT) >= 0))
				fail_msg("%s in %d rows", info->name, rows);
			cut += !whole;
		}
	}
	assert_int_not_equal(cut, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_panel_has_whole_names),
		CASE(test_panel_cuts_names_with_a_mark),
		CASE(test_headings_of_a_dialect),
		CASE(test_children_of_a_dialect),
		CASE(test_reason_is_a_value),
		CASE(test_detail_says_why),
		CASE(test_detail_keeps_names_apart),
		CASE(test_help_wraps),
		CASE(test_explanation_is_whole),
		CASE(test_explanation_has_the_last_words),
		CASE(test_rates_fit_at_the_edge),
		CASE(test_trouble_that_fits_in_part),
		CASE(test_intervals),
		CASE(test_an_explanation_says_that_there_is_more),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
