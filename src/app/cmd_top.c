/* connstate top: the live view. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/lookup.h"
#include "app/past_filters.h"
#include "app/say.h"
#include "app/top.h"
#include "base/utf8.h"
#include "ui/keymap.h"

/* Between two looks whether owners are known by now. */
#define LOOK_AGAIN_NS UINT64_C(10000000)

static void pressed(struct top *t, uint32_t key)
{
	int row;
	int col;

	if (key < PRESS_CLICK) {
		ui_key(&t->ui, key);
		return;
	}
	term_mouse_at(t->term, &row, &col);
	ui_mouse(&t->ui, key, row, col);
}

/* Each of these wishes counts: two keys are two steps. */
static void travel(struct top *t)
{
	if (t->ui.request.travel != TRAVEL_NONE)
		t->feed.class->travel(t->feed.self, &t->ui.request);
	t->ui.request.travel = TRAVEL_NONE;
}

static void on_keys(void *context)
{
	struct top *t = context;
	uint32_t key;
	bool any = false;

	while ((key = term_key(t->term)) != PRESS_NONE) {
		any = true;
		pressed(t, key);
		travel(t);
		top_serve_file(t);
		t->dirty = true;
		t->details_due = true;
	}
	if (!any && term_gone(t->term))
		t->quit = true;
}

static void on_signal(void *context, int signo)
{
	struct top *t = context;

	switch (signo) {
	case SIGWINCH:
		t->resized = true;
		break;
	case SIGTSTP:
		t->told_to_stop = true;
		break;
	case SIGCONT:
		t->ui.request.repaint = true;
		break;
	default:
		t->signo = signo;
		t->quit = true;
	}
	t->dirty = true;
}

static void on_tick(void *context)
{
	top_begin_pass(context);
}

static void on_events(void *context)
{
	struct top *t = context;

	t->feed.class->heard(t->feed.self);
}

/* Names come when they come: those that did are shown. */
static void on_names(void *context)
{
	struct top *t = context;

	t->names_due = false;
	if (live_names_poll(t->names)) {
		t->dirty = true;
		ui_named(&t->ui);
	}
}

/* Only once: who moves the timer with each event never hears of any name. */
static int arm_names(struct top *t)
{
	if (t->names_due || !live_names_asking(t->names))
		return 0;
	t->names_due = true;
	return loop_timer(t->loop, loop_now_ns() + LIVE_NAMES_POLL_NS, on_names, t, &t->error);
}

/* Rows on the screen get the names of their hosts as well. */
static void complete_row(void *context, struct row *row)
{
	struct top *t = context;

	t->source->complete(t->source->context, row);
	live_names_complete(t->names, row);
}

int top_arm_timer(struct top *t)
{
	return loop_timer(t->loop, t->feed.class->due_ns(t->feed.self), on_tick, t, &t->error);
}

static int fit_canvas(struct top *t)
{
	int rows;
	int cols;

	if (t->resized)
		term_resize(t->term);
	t->resized = false;
	term_size(t->term, &rows, &cols);
	if (t->canvas.cells && rows == t->canvas.rows && cols == t->canvas.cols)
		return 0;
	canvas_fini(&t->canvas);
	return canvas_init(&t->canvas, rows, cols, !utf8_locale(), &t->error);
}

/* Facts of the application's own: looked up for the rows on the screen alone. */
#define FACTS_OF_DETAILS                                                                           \
	(FACT_OWNERS | FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_LISTENERS | FACT_LIMITS)

static int draw(struct top *t)
{
	if (fit_canvas(t))
		return -1;
	if (t->theme != t->ui.theme) {
		t->theme = t->ui.theme;
		term_set_theme(t->term, t->theme);
	}
	ui_draw(&t->ui, &t->canvas);
	top_draw_details(t);
	term_show(t->term, &t->canvas);
	t->dirty = false;
	return 0;
}

/* How long nothing needs to be done unless something happens. */
static uint64_t may_wait_ns(const struct top *t)
{
	if (top_is_busy(t) || ui_busy(&t->ui) || feed_judging(&t->feed) || t->dirty)
		return 0;
	/* data and files wait for the owners */
	if (t->looking)
		return LOOK_AGAIN_NS;
	return t->saving || t->held ? 0 : LOOP_FOREVER;
}

static int run(struct top *t)
{
	top_begin_pass(t);
	while (!t->quit) {
		if (loop_turn(t->loop, may_wait_ns(t), &t->error) < 0)
			return -1;
		top_serve(t);
		if (t->quit)
			break;
		if (top_work(t))
			return -1;
		if (t->dirty && draw(t))
			return -1;
		if (arm_names(t))
			return -1;
	}
	return 0;
}

static int open_loop(struct top *t)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH };
	sigset_t set;

	t->loop = loop_new(&t->error);
	if (!t->loop)
		return -1;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	return loop_signals(t->loop, &set, on_signal, t, &t->error);
}

static const struct theme *choose_theme(const struct top *t, const struct options *o)
{
	const char *fallback = term_mono(t->term) ? "mono" : "default";

	return theme_find(o->theme ? o->theme : fallback);
}

static int open_ui(struct top *t, const struct options *o)
{
	int home = o->home;
	struct filter_options lookups = lookup_options(&home);
	struct ui_options ui = { .columns = o->columns, .sort = &o->sort, .names = o->names,
				 .resolved = o->resolve };

	memcpy(ui.view_columns, o->view_columns, sizeof(ui.view_columns));
	t->names = live_names_new(o->home);
	if (!t->names)
		return error_set(&t->error, ENOMEM, "cannot start the live view");
	live_names_look_up(t->names, &ui, &lookups);
	if (ui_init(&t->ui, &ui, &t->error))
		return -1;
	if (o->resolve)
		top_show_names(t);
	return 0;
}

/* The filters of before; whoever is here for the first time is told where to begin. */
static void welcome(struct top *t)
{
	if (!t->options->no_config && past_filters_load(&t->ui) && !t->ui.message[0])
		ui_say(&t->ui, "Welcome: ? shows the keys, 1 to 6 the views, / searches, "
			       "\\ filters, q quits");
}

/* What happens between two polls is listened to. */
static int watch_feed(struct top *t)
{
	const struct feed *f = &t->feed;
	int fd = f->class->fd ? f->class->fd(f->self) : -1;

	return fd >= 0 ? loop_watch(t->loop, fd, on_events, t, &t->error) : 0;
}

/* The terminal comes last: whatever fails before it speaks on an intact one. */
static int open_all(struct top *t, const struct options *o)
{
	struct ui_data data;

	if (open_ui(t, o) || top_open_feed(t) || open_loop(t))
		return -1;
	utf8_locale(); /* curses wants the locale set before it begins */
	t->term = term_open(&t->error);
	if (!t->term)
		return -1;
	if (!o->no_mouse)
		term_mouse(t->term);
	t->ui.theme = choose_theme(t, o);
	top_data(t, &data);
	t->dirty = true;
	ui_update(&t->ui, &data);
	keep_init(&t->kept, &t->ui);
	if (watch_feed(t))
		return -1;
	welcome(t);
	return loop_watch(t->loop, term_fd(t->term), on_keys, t, &t->error);
}

static void close_all(struct top *t)
{
	term_close(t->term);
	saving_close(t->saving);
	loop_free(t->loop);
	if (t->feed.class)
		t->feed.class->close(t->feed.self);
	session_close(&t->session);
	live_names_free(t->names);
	canvas_fini(&t->canvas);
	ui_fini(&t->ui);
}

/* The words of the filter, as many as fit. */
static void join_filter(struct top *t, const struct options *o)
{
	size_t used = 0;

	if (o->filter_file)
		used = (size_t)snprintf(t->filter, sizeof(t->filter), "(file) ");
	for (size_t i = 0; i < o->word_count && used < sizeof(t->filter); i++)
		used += (size_t)snprintf(t->filter + used, sizeof(t->filter) - used, "%s%s",
					 i ? " " : "", o->words[i]);
}

int cmd_top(const struct options *o)
{
	struct top *t = calloc(1, sizeof(*t));
	struct error error;
	int failed;
	int signo;
	int status;

	if (!t) {
		error_set(&error, ENOMEM, "cannot start the live view");
		return say_error(&error, EXIT_FAILED);
	}
	if (o->from && !strcmp(o->from, "-")) {
		error_set(&error, 0, "the live view reads its keys from standard input: save what "
				     "is to be shown in a file");
		free(t);
		return say_error(&error, EXIT_USAGE);
	}
	status = session_open_live(&t->session, o, FACTS_OF_DETAILS);
	if (status) {
		close_all(t);
		free(t);
		return status;
	}
	t->options = o;
	join_filter(t, o);
	t->details = (struct row_source){ complete_row, t };
	failed = open_all(t, o) || run(t);
	error = t->error;
	signo = t->signo;
	close_all(t);
	free(t);
	if (failed)
		return say_error(&error, EXIT_FAILED);
	/* whoever waits for this process shall see what ended it */
	return signo ? 128 + signo : EXIT_DONE;
}
