/*
 * The order of the live view's work: what is judged or written is not overwritten by
 * another pass.  The feed is a fake that counts what it is told.
 */
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

#include "app/top.h"

struct fake {
	bool busy;
	bool judging;
	unsigned int begun;
};

static void fake_begin(void *self, unsigned int facts)
{
	struct fake *f = self;

	(void)facts;
	f->begun++;
}

static bool fake_busy(const void *self)
{
	return ((const struct fake *)self)->busy;
}

static bool fake_judging(const void *self)
{
	return ((const struct fake *)self)->judging;
}

static const struct feed_class fake_class = {
	.begin = fake_begin,
	.busy = fake_busy,
	.judging = fake_judging,
};

struct world {
	struct fake fake;
	struct options options;
	struct top *top;
	char path[64];
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct ui_options options = { 0 };

	assert_non_null(w);
	w->top = calloc(1, sizeof(*w->top));
	assert_non_null(w->top);
	w->top->feed = (struct feed){ &fake_class, &w->fake };
	w->top->session.o = &w->options;
	assert_int_equal(ui_init(&w->top->ui, &options, NULL), 0);
	snprintf(w->path, sizeof(w->path), "/tmp/connstate-unit-top-%d.csv", (int)getpid());
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	saving_close(w->top->saving);
	ui_fini(&w->top->ui);
	free(w->top);
	unlink(w->path);
	free(w);
	return 0;
}

static void a_pass_waits_for_the_judgment(void **state)
{
	struct world *w = *state;

	w->fake.judging = true;
	top_begin_pass(w->top);
	assert_int_equal(w->fake.begun, 0);
	assert_true(w->top->pass_due);

	w->fake.judging = false;
	top_begin_pass(w->top);
	assert_int_equal(w->fake.begun, 1);
	assert_false(w->top->pass_due);
}

static void a_pass_for_a_file_waits_as_well(void **state)
{
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };
	struct error err;

	w->top->saving = saving_open(&copy, w->path, &err);
	assert_non_null(w->top->saving);
	w->top->saving_pass = true;
	w->fake.judging = true;
	top_save_on(w->top);
	assert_int_equal(w->fake.begun, 0);

	w->fake.judging = false;
	top_save_on(w->top);
	assert_int_equal(w->fake.begun, 1);
	assert_false(w->top->saving_pass);
}

static void no_pass_begins_while_a_file_is_written(void **state)
{
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };
	struct error err;

	w->top->saving = saving_open(&copy, w->path, &err);
	assert_non_null(w->top->saving);
	top_begin_pass(w->top);
	assert_int_equal(w->fake.begun, 0);
	assert_true(w->top->pass_due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pass_waits_for_the_judgment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pass_for_a_file_waits_as_well, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(no_pass_begins_while_a_file_is_written, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
