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
#include "ui/keymap.h"
#include "ui/views.h"

struct fake {
	struct snapshot *shown;
	struct snapshot *filling;
	bool published; /* there is something to show */
	bool busy;
	bool passes; /* one is under way as soon as it is begun */
	bool judging;
	bool looking; /* owners are not known yet */
	unsigned int looked_up; /* for rows on the screen */
	unsigned int looked_up_all;
	unsigned int exact; /* rows that were asked for alone */
	const char *trouble;
	unsigned int begun;
	unsigned int steps;
	struct collect_request request; /* the last one */
};

static void fake_begin(void *self, unsigned int facts)
{
	struct fake *f = self;

	(void)facts;
	f->begun++;
	f->busy = f->passes;
}

static bool fake_busy(const void *self)
{
	return ((const struct fake *)self)->busy;
}

static bool fake_judging(const void *self)
{
	return ((const struct fake *)self)->judging;
}

static uint64_t fake_due_ns(const void *self)
{
	(void)self;
	return UINT64_MAX;
}

/* As the monitor: what was shown is filled next, unless it is held. */
static bool fake_step(void *self, bool hold)
{
	struct fake *f = self;
	struct snapshot *old = f->shown;

	f->steps++;
	f->busy = false;
	if (!hold || !f->published) {
		f->shown = f->filling;
		f->filling = old;
	}
	f->published = true;
	return true;
}

static void fake_data(const void *self, struct ui_data *data)
{
	const struct fake *f = self;

	*data = (struct ui_data){ .snapshot = f->published ? f->shown : NULL,
				  .trouble = f->trouble };
}

static bool fake_look_up_all(void *self, const struct snapshot *s)
{
	struct fake *f = self;

	(void)s;
	f->looked_up_all++;
	return !f->looking;
}

static void fake_look_up(void *self, const struct sock *socks, size_t count)
{
	(void)socks, (void)count;
	((struct fake *)self)->looked_up++;
}

static bool fake_looking(void *self)
{
	return ((struct fake *)self)->looking;
}

static const struct snapshot *fake_exact(void *self, const struct sock *socks, size_t count,
					 unsigned int facts)
{
	(void)socks, (void)facts;
	((struct fake *)self)->exact += (unsigned int)count;
	return NULL;
}

static void fake_set_request(void *self, const struct collect_request *request)
{
	((struct fake *)self)->request = *request;
}

static const struct feed_class fake_class = {
	.set_request = fake_set_request,
	.due_ns = fake_due_ns,
	.step = fake_step,
	.data = fake_data,
	.look_up = fake_look_up,
	.look_up_all = fake_look_up_all,
	.looking = fake_looking,
	.exact = fake_exact,
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

static void know_nothing(void *context, struct row *row)
{
	(void)context, (void)row;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct ui_options options = { 0 };

	assert_non_null(w);
	w->top = calloc(1, sizeof(*w->top));
	assert_non_null(w->top);
	w->top->feed = (struct feed){ &fake_class, &w->fake };
	w->top->session.o = &w->options;
	w->top->details = (struct row_source){ know_nothing, NULL };
	w->top->loop = loop_new(NULL);
	w->top->names = live_names_new(0);
	w->fake.shown = snapshot_new();
	w->fake.filling = snapshot_new();
	assert_true(w->top->loop && w->top->names && w->fake.shown && w->fake.filling);
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
	loop_free(w->top->loop);
	live_names_free(w->top->names);
	snapshot_free(w->fake.shown);
	snapshot_free(w->fake.filling);
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

static void fill(struct snapshot *s, size_t count)
{
	snapshot_stamp(s, count, count);
	for (size_t i = 0; i < count; i++) {
		const struct sock sk = { .proto = PROTO_TCP, .state = STATE_ESTABLISHED,
					 .has = SOCK_HAS_COOKIE, .cookie = i + 1,
					 .local = { .family = ADDR_V4, .port = 80 },
					 .peer = { .bytes = { 10, (uint8_t)(i >> 16),
							      (uint8_t)(i >> 8), (uint8_t)i },
						   .family = ADDR_V4, .port = 1024 } };

		assert_int_equal(snapshot_add(s, &sk, NULL), 0);
	}
}

/* A pass that has ended is delivered, and shown. */
static void deliver(struct world *w)
{
	w->fake.busy = true;
	do
		assert_int_equal(top_work(w->top), 0);
	while (w->top->held || ui_busy(&w->top->ui));
}

/* What was shown before is filled next, also when the list was told to stand still since. */
static void a_pause_does_not_keep_what_goes(void **state)
{
	struct world *w = *state;
	struct ui *ui = &w->top->ui;

	deliver(w);
	assert_int_equal(sort_parse(&ui->sort, "process", NULL), 0);
	w->fake.busy = true;
	w->fake.looking = true;
	assert_int_equal(top_work(w->top), 0);
	assert_true(w->top->held);
	ui_key(ui, 'Z');
	assert_true(ui->paused);
	w->fake.looking = false;
	while (w->top->held || ui_busy(ui))
		assert_int_equal(top_work(w->top), 0);
	assert_ptr_equal(ui->data.snapshot, w->fake.shown);
	/* and the next one is not */
	deliver(w);
	assert_ptr_equal(ui->data.snapshot, w->fake.shown);
	assert_true(ui->paused);
}

static size_t lines_of(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t lines = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	return lines;
}

static bool has_commas(const char *path)
{
	FILE *f = fopen(path, "r");
	bool has = false;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		has |= c == ',';
	fclose(f);
	return has;
}

/* A recording goes elsewhere when a key says so: after the last row. */
static void nothing_is_replaced_while_rows_are_written(void **state)
{
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };
	const size_t many = 100000;
	unsigned int steps;
	struct error err;

	fill(w->fake.filling, many);
	deliver(w);
	w->top->saving = saving_open(&copy, w->path, &err);
	assert_non_null(w->top->saving);
	top_save_on(w->top);
	assert_true(saving_has_begun(w->top->saving));
	w->fake.busy = true;
	steps = w->fake.steps;
	while (w->top->saving) {
		assert_int_equal(w->fake.steps, steps);
		assert_int_equal(top_work(w->top), 0);
	}
	assert_int_equal(lines_of(w->path), many + 1);
	assert_int_equal(top_work(w->top), 0);
	assert_int_equal(w->fake.steps, steps + 1);
}

/* Groups are written some at a time; what is done to the view meanwhile is no matter. */
static void groups_are_written_as_they_were(void **state)
{
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };
	const size_t many = 50000;
	unsigned int turns = 0;
	struct error err;

	fill(w->fake.filling, many);
	deliver(w);
	ui_key(&w->top->ui, '5');
	while (ui_busy(&w->top->ui))
		assert_int_equal(top_work(w->top), 0);
	assert_int_equal(snapshot_count(w->top->ui.data.snapshot), many);
	w->top->saving = saving_open(&copy, w->path, &err);
	assert_non_null(w->top->saving);
	top_save_on(w->top);
	assert_non_null(w->top->saving);
	ui_key(&w->top->ui, PRESS_F1 + 4);
	while (w->top->saving) {
		assert_int_equal(top_work(w->top), 0);
		turns++;
		if (turns == 2)
			ui_key(&w->top->ui, '4');
	}
	assert_true(turns > 2);
	assert_int_equal(lines_of(w->path), many + 1);
}

/* The kernel is asked for a file, then the list is told to stand still: the answer is taken. */
static void a_pass_for_a_file_is_shown(void **state)
{
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };
	const struct snapshot *answer;
	struct error err;

	deliver(w);
	w->top->saving = saving_open(&copy, w->path, &err);
	assert_non_null(w->top->saving);
	w->top->saving_pass = true;
	top_save_on(w->top);
	answer = w->fake.filling;
	ui_key(&w->top->ui, 'Z');
	deliver(w);
	assert_ptr_equal(w->top->ui.data.snapshot, answer);
}

/* Owners of all, which the filter of the command line wants, are not forgotten for some. */
static void what_all_were_judged_by_is_kept(void **state)
{
	struct world *w = *state;
	struct top *t = w->top;
	struct filter_options none = { 0 };
	struct filter_error wrong;

	t->session.filter = filter_parse("process ~ web", 13, &none, &wrong);
	assert_non_null(t->session.filter);
	fill(w->fake.filling, 3);
	deliver(w);
	assert_int_not_equal(w->fake.looked_up_all, 0);
	t->ui.shown_count = 1;
	snapshot_sock(w->fake.shown, 0, &t->ui.shown[0].sock);
	top_draw_details(t);
	assert_false(t->details_due);
	assert_int_equal(w->fake.looked_up, 0);

	/* until a filter that was typed takes its place */
	t->ui.filtered = true;
	t->details_due = true;
	top_draw_details(t);
	assert_int_equal(w->fake.looked_up, 1);
	filter_free(t->session.filter);
	t->session.filter = NULL;
}

static void press(struct world *w, const char *keys)
{
	for (; *keys; keys++)
		ui_key(&w->top->ui, (uint32_t)(unsigned char)*keys);
}

/* Entries of the panel in the language of filters, whatever else is looked at. */
static void an_entry_is_copied_as_a_filter(void **state)
{
	static const struct {
		proto_set protos;
		const char *words;
	} cases[] = {
		{ PROTO_BIT(PROTO_UDP), "'proto != tcp and not state UNCONNECTED'" },
		{ PROTO_BIT(PROTO_SCTP), " and not state COOKIE-WAIT" },
	};
	struct world *w = *state;
	const struct copy copy = { &w->top->ui, &w->top->canvas, &w->top->session, &w->top->feed };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filter_options none = { 0 };
		struct filter_error wrong;
		struct filter *filter;
		struct buffer out;
		char *words;

		buffer_init(&out, -1);
		w->top->ui.only = STATE_BIT(PANEL_OTHERS);
		w->top->ui.data.protos = PROTO_BIT(PROTO_TCP) | cases[i].protos;
		copy_command(&copy, &out);
		buffer_putc(&out, '\0');
		assert_false(out.error);
		if (!strstr(out.data, cases[i].words))
			fail_msg("%s", out.data);
		words = strchr(out.data, '\'') + 1;
		filter = filter_parse(words, strcspn(words, "'"), &none, &wrong);
		assert_non_null(filter);
		filter_free(filter);
		buffer_fini(&out);
	}
}

/* Health lends a filter: when it is given back, that of the command line is in force at once. */
static void the_own_filter_comes_back(void **state)
{
	struct world *w = *state;
	struct top *t = w->top;
	struct filter_options none = { 0 };
	struct filter_error wrong;

	t->options = &w->options;
	w->options.no_config = true;
	t->session.filter = filter_parse("state listen and rtt > 1ms", 26, &none, &wrong);
	assert_non_null(t->session.filter);
	fill(w->fake.filling, 3);
	deliver(w);
	assert_int_equal(result_count(t->ui.result), 0);

	ui_filter_by(&t->ui, "state established");
	top_serve(t);
	assert_true(w->fake.request.states & STATE_BIT(STATE_ESTABLISHED));
	fill(w->fake.filling, 3);
	deliver(w);
	assert_int_equal(result_count(t->ui.result), 3);
	press(w, "Za");
	assert_int_equal(result_count(t->ui.result), 0);
	top_serve(t);
	assert_int_equal(w->fake.request.states, STATE_BIT(STATE_LISTEN));
	assert_true(w->fake.request.facts & filter_facts(t->session.filter));
	filter_free(t->session.filter);
	t->session.filter = NULL;
}

/* Nothing was looked up for a list that shows no owners; then it is ordered or chosen by them. */
static void owners_are_looked_up_for_a_list_that_stands_still(void **state)
{
	struct world *w = *state;
	struct ui *ui = &w->top->ui;
	const struct snapshot *shown;

	fill(w->fake.filling, 3);
	deliver(w);
	press(w, "Z");
	shown = ui->data.snapshot;
	deliver(w);
	assert_int_equal(w->fake.looked_up_all, 0);

	connections_sort_by(ui, column_find("process", 7), false);
	assert_true(ui->request.collect);
	deliver(w);
	assert_int_equal(w->fake.looked_up_all, 1);
	deliver(w);
	assert_int_equal(w->fake.looked_up_all, 1);

	connections_sort_by(ui, column_find("local", 5), false);
	ui_filter_by(ui, "process ~ web");
	assert_true(ui->request.collect);
	deliver(w);
	assert_int_equal(w->fake.looked_up_all, 2);
	assert_ptr_equal(ui->data.snapshot, shown);
	assert_true(ui->paused);
}

/* Whoever pauses while nothing is there yet sees what comes first, and that alone. */
static void the_first_pass_is_shown_to_who_paused(void **state)
{
	struct world *w = *state;
	struct ui *ui = &w->top->ui;

	press(w, "Z");
	fill(w->fake.filling, 3);
	deliver(w);
	assert_non_null(ui->data.snapshot);
	assert_int_equal(result_count(ui->result), 3);
	assert_true(ui->paused);
	fill(w->fake.filling, 2);
	deliver(w);
	assert_int_equal(result_count(ui->result), 3);
}

/* Until the file is written; false: it never is. */
static bool save(struct world *w)
{
	for (unsigned int turn = 0; w->top->saving && turn < 10000; turn++)
		assert_int_equal(top_work(w->top), 0);
	return !w->top->saving;
}

static void open_file(struct world *w)
{
	struct ui *ui = &w->top->ui;

	unlink(w->path);
	ui->request.write = true;
	snprintf(ui->request.path, sizeof(ui->request.path), "%s", w->path);
	top_serve(w->top);
	assert_non_null(w->top->saving);
}

/* What a view waits for is waited for by a file of it as well, whether the list moves or not. */
static void a_file_waits_for_what_is_awaited(void **state)
{
	struct world *w = *state;
	struct ui *ui = &w->top->ui;

	fill(w->fake.filling, 3);
	deliver(w);
	w->fake.passes = true;
	for (unsigned int paused = 0; paused < 2; paused++) {
		const struct snapshot *shown = ui->data.snapshot;

		press(w, paused ? "1Z4" : "4");
		assert_true(ui->awaiting);
		/* the same processes come with the next poll */
		snapshot_reset(w->fake.filling);
		fill(w->fake.filling, 3);
		open_file(w);
		assert_true(save(w));
		assert_false(ui->awaiting);
		assert_true(lines_of(w->path) > 1);
		assert_true(!paused || ui->data.snapshot == shown);
		while (w->fake.busy || w->top->held || ui_busy(ui))
			assert_int_equal(top_work(w->top), 0);
	}
}

/* Rows that were not on the screen when the file was asked for are not written instead. */
static void another_view_is_not_written(void **state)
{
	struct world *w = *state;
	struct ui *ui = &w->top->ui;

	fill(w->fake.filling, 3);
	deliver(w);
	open_file(w);
	press(w, "3");
	assert_true(save(w));
	assert_string_equal(ui->message, "not written: another view was chosen");
	assert_int_equal(access(w->path, F_OK), -1);

	/* but what only lies over it is no matter, and the columns are those of before */
	press(w, "1");
	open_file(w);
	ui_key(ui, PRESS_F1 + 3);
	assert_int_equal(column_list_parse(&ui->columns, "state", NULL), 0);
	assert_true(save(w));
	assert_int_equal(lines_of(w->path), 4);
	assert_true(has_commas(w->path));
}

/* A pass that failed has not brought what the rows need. */
static void a_pass_that_failed_brings_nothing(void **state)
{
	struct world *w = *state;

	fill(w->fake.filling, 3);
	deliver(w);
	w->fake.passes = true;
	for (unsigned int fails = 0; fails < 2; fails++) {
		w->fake.exact = 0;
		w->fake.trouble = fails ? "no more sockets" : NULL;
		snapshot_reset(w->fake.filling);
		fill(w->fake.filling, 3);
		open_file(w);
		assert_true(save(w));
		assert_int_equal(lines_of(w->path), 4);
		assert_int_equal(w->fake.exact, fails ? 3 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pass_waits_for_the_judgment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pass_for_a_file_waits_as_well, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(no_pass_begins_while_a_file_is_written, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_pause_does_not_keep_what_goes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_replaced_while_rows_are_written, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(groups_are_written_as_they_were, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pass_for_a_file_is_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_all_were_judged_by_is_kept, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_entry_is_copied_as_a_filter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_own_filter_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(owners_are_looked_up_for_a_list_that_stands_still,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_pass_is_shown_to_who_paused, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_file_waits_for_what_is_awaited, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(another_view_is_not_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pass_that_failed_brings_nothing, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
