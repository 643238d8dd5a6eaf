/* connstate top: the live view. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/closing.h"
#include "app/commands.h"
#include "app/copy.h"
#include "app/keep.h"
#include "app/live.h"
#include "app/lookup.h"
#include "app/options.h"
#include "app/playback.h"
#include "app/replay.h"
#include "app/say.h"
#include "app/session.h"
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
	const struct options *options;
	struct session session;
	struct keep kept;
	struct feed feed;
	struct ui ui;
	struct canvas canvas;
	const struct theme *theme; /* that the terminal has */
	struct sock exact[EXACT_MAX];
	bool quit;
	bool dirty;   /* something to draw */
	bool resized;
	bool details_due; /* the rows on the screen are others, or older, than those known */
	char filter[256]; /* as it was typed, for the screen */
	int signo;    /* that ended it */
	struct error error;
};

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

static void begin(struct top *t)
{
	t->feed.class->begin(t->feed.self, ui_facts_of_all(&t->ui));
}

static bool is_busy(const struct top *t)
{
	return t->feed.class->busy(t->feed.self);
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
	begin(context);
}

static int arm_timer(struct top *t)
{
	return loop_timer(t->loop, t->feed.class->due_ns(t->feed.self), on_tick, t, &t->error);
}

static void suspend(struct top *t)
{
	term_suspend(t->term);
	t->feed.class->resume(t->feed.self);
	t->resized = true;
}

/* To a file or to the clipboard; the details of the rows on the screen are lost by it. */
static void copy_out(struct top *t, const struct ui_request *request)
{
	const struct copy copy = { &t->ui, &t->canvas, &t->session, &t->feed };
	struct buffer text;
	struct error err;
	char what[PATH_TYPED_MAX + 64];

	if (request->write) {
		bool failed = copy_to_file(&copy, request->path, what, sizeof(what), &err);

		ui_say(&t->ui, "%s", failed ? err.text : what);
		t->details_due = true;
		return;
	}
	buffer_init(&text, -1);
	if (request->copy_command)
		copy_command(&copy, &text);
	if (request->copy_row && copy_row(&copy, &text, &err)) {
		ui_say(&t->ui, "%s", err.text);
	} else if (!text.error) {
		while (text.used && text.data[text.used - 1] == '\n')
			text.used--;
		term_copy(t->term, text.data, text.used);
		ui_say(&t->ui, "copied: %.*s", (int)text.used, text.data);
	}
	buffer_fini(&text);
}

/*
 * A filter was typed: it is applied to what is shown.  All is collected from now
 * on, so that the panel and its history tell of the host whatever is filtered.
 */
static void widen(struct top *t)
{
	session_widen(&t->session, t->ui.filter);
	t->feed.class->set_request(t->feed.self, &t->session.request);
}

/* Sockets that the user has confirmed to close. */
static void close_victims(struct top *t)
{
	char text[sizeof(t->ui.message)];
	size_t count;
	const struct sock *victims = ui_victims(&t->ui, &count);

	closing_run(victims, count, text, sizeof(text));
	ui_say(&t->ui, "%s", text);
	t->dirty = true;
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
	if (request.write || request.copy_row || request.copy_command)
		copy_out(t, &request);
	if (request.save)
		keep_save(&t->kept, t->options, &t->ui);
	if (request.repaint)
		term_repaint(t->term);
	if (request.interval_ms)
		t->feed.class->set_interval(t->feed.self, request.interval_ms);
	if (request.close)
		close_victims(t);
	if (request.filter)
		widen(t);
	if (request.refresh || request.collect || request.close)
		begin(t);
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

/* Facts of the application's own: looked up for the rows on the screen alone. */
#define FACTS_OF_DETAILS (FACT_OWNERS | FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_LISTENERS)

/* The rows on the screen get what is not worth its price for all rows. */
static void draw_details(struct top *t)
{
	unsigned int facts = ui_facts_of_shown(&t->ui);
	size_t count;

	if (!t->details_due || is_busy(t))
		return;
	t->details_due = false;
	count = ui_shown(&t->ui, t->exact, EXACT_MAX);
	if (!count)
		return;
	ui_set_exact(&t->ui, t->feed.class->exact(t->feed.self, t->exact, count, facts));
	/* otherwise those of all sockets were looked up */
	if (!(ui_facts_of_all(&t->ui) & FACT_OWNERS))
		t->feed.class->look_up(t->feed.self, t->exact, count, NULL);
	ui_draw(&t->ui, &t->canvas);
}

static bool keep_row(void *context, const struct row *row)
{
	return session_keeps(context, row);
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
	draw_details(t);
	term_show(t->term, &t->canvas);
	t->dirty = false;
	return 0;
}

/* Does a pass ask for every TCP connection, so that it can be measured by the kernel's counters? */
static bool sees_all(const struct top *t)
{
	const struct session *s = &t->session;
	const state_set connections = states_tcp() & ~STATE_BIT(STATE_CLOSED);

	return (!s->filter || t->ui.filtered) && s->request.protos & PROTO_BIT(PROTO_TCP) &&
	       s->request.families == (FAMILY_V4 | FAMILY_V6) &&
	       (s->request.states & connections) == connections;
}

/* What the view is told. */
static void fill_data(struct top *t, struct ui_data *data)
{
	t->feed.class->data(t->feed.self, data);
	if (t->session.filter && !t->ui.filtered) {
		data->keep = keep_row;
		data->keep_context = &t->session;
		data->keep_facts = filter_facts(t->session.filter);
		data->filter = t->filter;
	}
	if (!sees_all(t))
		data->rates.seen_known = false;
}

/* The pass under way goes on; its end is news. */
static int collect(struct top *t)
{
	struct ui_data data;

	if (!t->feed.class->step(t->feed.self, t->ui.paused))
		return 0;
	fill_data(t, &data);
	/* what is saved will not get better by waiting */
	if (data.replay && data.trouble && !data.snapshot)
		return error_set(&t->error, 0, "%s", data.trouble);
	t->dirty = true;
	t->details_due = true;
	if (data.snapshot && (!t->ui.paused || t->ui.awaiting))
		t->feed.class->look_up_all(t->feed.self, data.snapshot,
					   ui_facts_of_all(&t->ui) | data.keep_facts, NULL);
	if (arm_timer(t))
		return -1;
	return ui_update(&t->ui, &data, &t->error);
}

static int run(struct top *t)
{
	begin(t);
	while (!t->quit) {
		bool busy = is_busy(t);

		if (loop_turn(t->loop, busy || t->dirty ? 0 : LOOP_FOREVER, &t->error) < 0)
			return -1;
		serve(t);
		if (t->quit)
			break;
		if (is_busy(t) && collect(t))
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
	const struct filter_options lookups = lookup_options();
	struct ui_options ui = { .columns = o->columns, .sort = &o->sort, .names = o->names,
				 .lookups = &lookups };

	return ui_init(&t->ui, &ui, &t->error);
}

static int open_monitor(struct top *t, const struct options *o)
{
	struct monitor_options options = {
		.collector = t->session.collector,
		.request = t->session.request,
		.proc_root = o->proc_root,
		.saved = o->from,
		.interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS,
		.cpu_percent = o->cpu_limit ? o->cpu_limit : CPU_PERCENT,
	};

	return live_open(&t->feed, &t->session, &options, &t->error);
}

/* All is loaded, so that the panel and its history tell of the host whatever is filtered. */
static int open_recording(struct top *t, const struct options *o)
{
	struct replay *replay = t->session.replay;
	struct playback_options options = {
		.recording = replay_recording(replay),
		.at_ms = o->at_count ? replay_at_ms(replay) : 0,
		.names = o->names,
		.clock_ns = loop_now_ns,
	};

	session_widen(&t->session, t->session.filter);
	options.request = t->session.request;
	return playback_open(&t->feed, &options, &t->error);
}

static int open_feed(struct top *t, const struct options *o)
{
	return t->session.replay ? open_recording(t, o) : open_monitor(t, o);
}

/* The terminal comes last: whatever fails before it speaks on an intact one. */
static int open_all(struct top *t, const struct options *o)
{
	struct ui_data data;

	if (open_ui(t, o) || open_feed(t, o) || open_loop(t))
		return -1;
	utf8_locale(); /* curses wants the locale set before it begins */
	t->term = term_open(&t->error);
	if (!t->term)
		return -1;
	if (!o->no_mouse)
		term_mouse(t->term);
	t->ui.theme = choose_theme(t, o);
	fill_data(t, &data);
	t->dirty = true;
	if (ui_update(&t->ui, &data, &t->error))
		return -1;
	keep_init(&t->kept, &t->ui);
	return loop_watch(t->loop, term_fd(t->term), on_keys, t, &t->error);
}

static void close_all(struct top *t)
{
	term_close(t->term);
	loop_free(t->loop);
	if (t->feed.class)
		t->feed.class->close(t->feed.self);
	session_close(&t->session);
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

/* A filter judges every socket, so what it needs is collected of every one. */
static unsigned int filter_dump_facts(const struct session *s)
{
	return s->filter ? filter_facts(s->filter) & FACTS_OF_DUMP : 0;
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
	t->session.request.facts = filter_dump_facts(&t->session);
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
