/* connstate top: the live view. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/monitor.h"
#include "app/options.h"
#include "app/say.h"
#include "app/source.h"
#include "base/loop.h"
#include "base/utf8.h"
#include "ui/keymap.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

#define INTERVAL_MS 1000
#define CPU_PERCENT 10

/* Rows that are asked for alone. */
#define EXACT_MAX 256

struct top {
	struct loop *loop;
	struct terminal *term;
	struct collector *collector;
	struct monitor *monitor;
	struct ui ui;
	struct canvas canvas;
	const struct theme *theme; /* that the terminal has */
	struct sock exact[EXACT_MAX];
	bool quit;
	bool dirty;   /* something to draw */
	bool resized;
	int signo;    /* that ended it */
	struct error error;
};

static void on_keys(void *context)
{
	struct top *t = context;
	uint32_t key;
	bool any = false;

	while ((key = term_key(t->term)) != PRESS_NONE) {
		any = true;
		ui_key(&t->ui, key);
		t->dirty = true;
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
		t->ui.request.suspend = true;
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
	struct top *t = context;

	monitor_begin(t->monitor, ui_facts_of_all(&t->ui));
}

static int arm_timer(struct top *t)
{
	return loop_timer(t->loop, monitor_due_ns(t->monitor), on_tick, t, &t->error);
}

static void suspend(struct top *t)
{
	term_suspend(t->term);
	monitor_reset_rates(t->monitor);
	t->resized = true;
}

/* Do what the view asked for. */
static void serve(struct top *t)
{
	struct ui_request request = t->ui.request;

	t->ui.request = (struct ui_request){ 0 };
	if (request.quit)
		t->quit = true;
	if (request.suspend && !t->quit)
		suspend(t);
	if (request.repaint)
		term_repaint(t->term);
	if (request.interval_ms)
		monitor_set_interval(t->monitor, request.interval_ms);
	if (request.refresh || request.collect)
		monitor_begin(t->monitor, ui_facts_of_all(&t->ui));
	if (request.interval_ms && arm_timer(t))
		t->quit = true;
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

/* The rows on the screen get what only the exact question answers. */
static void draw_exact(struct top *t)
{
	unsigned int facts = ui_facts_of_shown(&t->ui) & FACTS_OF_DUMP;
	size_t count;

	if (!facts || monitor_busy(t->monitor))
		return;
	count = ui_shown(&t->ui, t->exact, EXACT_MAX);
	ui_set_exact(&t->ui, monitor_exact(t->monitor, t->exact, count, facts));
	ui_draw(&t->ui, &t->canvas);
}

static int draw(struct top *t)
{
	if (fit_canvas(t))
		return -1;
	if (t->theme != t->ui.theme) {
		t->theme = t->ui.theme;
		term_set_theme(t->term, t->theme);
	}
	ui_draw(&t->ui, &t->canvas);
	draw_exact(t);
	term_show(t->term, &t->canvas);
	t->dirty = false;
	return 0;
}

/* The pass under way goes on; its end is news. */
static int collect(struct top *t)
{
	struct ui_data data;

	if (!monitor_step(t->monitor, t->ui.paused))
		return 0;
	monitor_data(t->monitor, &data);
	t->dirty = true;
	if (arm_timer(t))
		return -1;
	return ui_update(&t->ui, &data, &t->error);
}

static int run(struct top *t)
{
	monitor_begin(t->monitor, ui_facts_of_all(&t->ui));
	while (!t->quit) {
		bool busy = monitor_busy(t->monitor);

		if (loop_turn(t->loop, busy || t->dirty ? 0 : LOOP_FOREVER, &t->error) < 0)
			return -1;
		serve(t);
		if (t->quit)
			break;
		if (monitor_busy(t->monitor) && collect(t))
			return -1;
		if (t->dirty && draw(t))
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
	struct ui_options ui = { .columns = o->columns, .sort = &o->sort, .names = o->names };

	if (o->theme && !theme_find(o->theme))
		return error_set(&t->error, 0, "unknown theme '%s'", o->theme);
	return ui_init(&t->ui, &ui, &t->error);
}

static int open_monitor(struct top *t, const struct options *o)
{
	struct monitor_options options = {
		.request = source_request(o, 0),
		.proc_root = o->proc_root,
		.interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS,
		.cpu_percent = o->cpu_limit ? o->cpu_limit : CPU_PERCENT,
	};

	t->collector = source_open(o, false, &t->error);
	if (!t->collector)
		return -1;
	options.collector = t->collector;
	t->monitor = monitor_new(&options, &t->error);
	return t->monitor ? 0 : -1;
}

/* The terminal comes last: whatever fails before it speaks on an intact one. */
static int open_all(struct top *t, const struct options *o)
{
	struct ui_data data;

	if (source_enter(o, &t->error) || open_ui(t, o) || open_monitor(t, o) || open_loop(t))
		return -1;
	t->term = term_open(&t->error);
	if (!t->term)
		return -1;
	t->ui.theme = choose_theme(t, o);
	monitor_data(t->monitor, &data);
	t->dirty = true;
	if (ui_update(&t->ui, &data, &t->error))
		return -1;
	return loop_watch(t->loop, term_fd(t->term), on_keys, t, &t->error);
}

static void close_all(struct top *t)
{
	term_close(t->term);
	loop_free(t->loop);
	monitor_free(t->monitor);
	collector_close(t->collector);
	canvas_fini(&t->canvas);
	ui_fini(&t->ui);
}

int cmd_top(const struct options *o)
{
	struct top *t = calloc(1, sizeof(*t));
	struct error error;
	int failed;
	int signo;

	if (!t) {
		error_set(&error, ENOMEM, "cannot start the live view");
		return say_error(&error, EXIT_FAILED);
	}
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
