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
#include "app/live_names.h"
#include "app/lookup.h"
#include "app/monitor.h"
#include "app/options.h"
#include "app/past_filters.h"
#include "app/saving.h"
#include "app/say.h"
#include "app/session.h"
#include "app/troubles.h"
#include "base/loop.h"
#include "base/utf8.h"
#include "collect/counters.h"
#include "ui/keymap.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

#define INTERVAL_MS 1000
#define CPU_PERCENT 10

/* A slice of work between two looks at the keys, and the rows between two at the clock. */
#define SLICE_NS UINT64_C(4000000)
#define SLICE_ROWS 256

/* Rows that are asked for alone. */
#define EXACT_MAX 256

/* Sockets whose owners are asked for between two looks at the keys. */
#define WANTED_SLICE 16384

/* Between two looks whether owners are known by now. */
#define LOOK_AGAIN_NS UINT64_C(10000000)

/* How long the owners of unchanged rows are believed. */
#define LOOK_UP_AGAIN_NS UINT64_C(10000000000)

struct top {
	struct loop *loop;
	struct terminal *term;
	const struct options *options;
	struct session session;
	struct keep kept;
	struct monitor *monitor;
	struct troubles *troubles;
	struct ui ui;
	struct canvas canvas;
	const struct theme *theme; /* that the terminal has */
	struct sock exact[EXACT_MAX];
	bool quit;
	bool dirty;   /* something to draw */
	bool resized;
	bool pass_due; /* as soon as the view is ready for it */
	bool held;     /* data that waits for the owners of all sockets */
	size_t wanted; /* so many of them were asked for */
	bool asked;    /* they are looked up, or will soon be */
	bool looking;  /* owners are looked up in the background */
	bool details_due; /* the rows on the screen are others, or older, than those known */
	struct row_source details;
	struct live_names *names;
	struct saving *saving; /* rows that are being written; NULL: none */
	bool saving_pass;      /* a pass with all that they need comes first */
	uint64_t looked_up; /* digest of the rows whose owners were looked up last */
	uint64_t looked_up_ns;
	char sysctl[128]; /* that was asked for last */
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

static void on_keys(void *context)
{
	struct top *t = context;
	uint32_t key;
	bool any = false;

	while ((key = term_key(t->term)) != PRESS_NONE) {
		any = true;
		pressed(t, key);
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

/*
 * A pass begins that brings what the view and findings want to know of every socket,
 * once nothing is made of the snapshot that it would overwrite.
 */
static void begin_pass(struct top *t)
{
	/* rows that are being written stay what they are */
	t->pass_due = t->held || ui_busy(&t->ui) || t->saving;
	if (!t->pass_due && !monitor_busy(t->monitor))
		monitor_begin(t->monitor, ui_facts_of_all(&t->ui) |
						  troubles_facts(t->troubles, loop_now_ns()));
}

static void on_tick(void *context)
{
	begin_pass(context);
}

static void on_events(void *context)
{
	struct top *t = context;

	monitor_listen(t->monitor);
}

/* Names come when they come: those that did are shown. */
static void on_names(void *context)
{
	struct top *t = context;

	if (live_names_poll(t->names)) {
		t->dirty = true;
		ui_named(&t->ui);
	}
}

static int arm_names(struct top *t)
{
	if (!live_names_asking(t->names))
		return 0;
	return loop_timer(t->loop, loop_now_ns() + LIVE_NAMES_POLL_NS, on_names, t, &t->error);
}

/* Rows on the screen get the names of their hosts as well. */
static void complete_row(void *context, struct row *row)
{
	struct top *t = context;

	details_complete(t->session.details, row);
	live_names_complete(t->names, row);
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

/* Rows or the screen to a file: rows are written from now on, some at a time. */
static void begin_saving(struct top *t, const struct ui_request *request)
{
	const struct copy copy = { &t->ui, &t->canvas, &t->session, t->monitor };
	struct error err;

	if (t->saving) {
		ui_say(&t->ui, "another file is being written");
		return;
	}
	t->saving = saving_open(&copy, request->path, &err);
	if (!t->saving) {
		ui_say(&t->ui, "%s", err.text);
		return;
	}
	/* a list that stands still gets no other snapshot */
	t->saving_pass = !t->ui.paused && saving_facts(t->saving);
}

/* A slice of the rows that are being written. */
static void save_on(struct top *t)
{
	char what[PATH_TYPED_MAX + 64];

	if (monitor_busy(t->monitor) || ui_busy(&t->ui) || t->looking || t->held)
		return;
	if (t->saving_pass) {
		t->saving_pass = false;
		saving_has_facts(t->saving);
		monitor_begin(t->monitor, ui_facts_of_all(&t->ui) | saving_facts(t->saving));
		return;
	}
	if (!saving_step(t->saving, what, sizeof(what)))
		return;
	saving_close(t->saving);
	t->saving = NULL;
	ui_say(&t->ui, "%s", what);
	/* the details of the rows on the screen were lost by it */
	t->asked = false;
	t->wanted = 0;
	t->looked_up_ns = 0;
	t->looked_up = 0;
	t->details_due = true;
	t->dirty = true;
	on_tick(t);
}

/* To the clipboard. */
static void copy_out(struct top *t, const struct ui_request *request)
{
	const struct copy copy = { &t->ui, &t->canvas, &t->session, t->monitor };
	struct buffer text;
	struct error err;

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

/* Another filter is remembered. */
static void keep_filters(struct top *t)
{
	struct error err;

	if (!t->options->no_config && past_filters_save(&t->ui, &err))
		ui_say(&t->ui, "filters are not kept: %s", err.text);
}

static void show_names(struct top *t)
{
	struct error err;

	if (live_names_show(t->names, t->ui.resolved, &err)) {
		t->ui.resolved = false;
		ui_say(&t->ui, "%s", err.text);
	}
}

/*
 * A filter was typed: it is applied to what is shown.  All is collected from now
 * on, so that the panel and its history tell of the host whatever is filtered.
 */
static void widen(struct top *t)
{
	session_widen(&t->session, t->ui.filter);
	monitor_set_request(t->monitor, &t->session.request);
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
	if (request.write)
		begin_saving(t, &request);
	if (request.copy_row || request.copy_command)
		copy_out(t, &request);
	if (request.resolve)
		show_names(t);
	if (request.save)
		keep_save(&t->kept, t->options, &t->ui);
	if (request.repaint)
		term_repaint(t->term);
	if (request.interval_ms)
		monitor_set_interval(t->monitor, request.interval_ms);
	if (request.close)
		close_victims(t);
	if (request.filter) {
		widen(t);
		keep_filters(t);
	}
	if (request.refresh || request.collect || request.close)
		begin_pass(t);
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
#define FACTS_OF_DETAILS                                                                           \
	(FACT_OWNERS | FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_LISTENERS | FACT_LIMITS)

/* Who these sockets are, as one number. */
static uint64_t digest(const struct sock *socks, size_t count)
{
	uint64_t hash = count;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ socks[i].cookie ^ socks[i].inode << 32) * 0x100000001b3;
	return hash;
}

/*
 * Find out who holds the @count sockets in t->exact.  Reading other processes'
 * descriptors costs more than all else, so the same rows are asked about again
 * only after a while.
 */
static void look_up(struct top *t, size_t count)
{
	struct details *d = t->session.details;
	uint64_t who = digest(t->exact, count);
	uint64_t now_ns = loop_now_ns();

	if (who == t->looked_up && now_ns < t->looked_up_ns + LOOK_UP_AGAIN_NS)
		return;
	t->looked_up = who;
	t->looked_up_ns = now_ns;
	details_reset(d);
	for (size_t i = 0; i < count; i++)
		if (details_want(d, &t->exact[i], NULL))
			return;
	details_look_up_soon(d, t->session.collector, NULL);
	t->looking = details_busy(d);
}

/*
 * What holds transfers back: of all sockets where the order or a filter wants to know,
 * else of the @exact ones on the screen.
 */
static void note_transfers(struct top *t, const struct snapshot *s, bool exact)
{
	const struct ui *ui = &t->ui;
	const unsigned int of_all = ui_facts_of_all(ui) |
				    (t->session.filter ? filter_facts(t->session.filter) : 0);

	if (s && !(of_all & FACT_LIMITS) == exact)
		details_note_transfers(t->session.details, s, loop_now_ns(), NULL);
}

/* The rows on the screen get what is not worth its price for all rows. */
static void draw_details(struct top *t)
{
	unsigned int facts = ui_facts_of_shown(&t->ui);
	const struct snapshot *exact;
	size_t count;

	if (!t->details_due || monitor_busy(t->monitor) || ui_busy(&t->ui) || t->looking ||
	    t->held || t->saving)
		return;
	t->details_due = false;
	count = ui_shown(&t->ui, t->exact, EXACT_MAX);
	if (!count)
		return;
	exact = monitor_exact(t->monitor, t->exact, count, facts);
	if (facts & FACT_LIMITS)
		note_transfers(t, exact, true);
	ui_set_exact(&t->ui, exact);
	/* otherwise those of all sockets were looked up */
	if (!(ui_facts_of_all(&t->ui) & FACT_OWNERS))
		look_up(t, count);
	ui_draw(&t->ui, &t->canvas);
}

/* An order or a filter by owner or listener wants to know those of every socket. */
static bool needs_all(const struct top *t, const struct ui_data *data)
{
	unsigned int facts = ui_facts_of_all(&t->ui) | data->keep_facts;

	return facts & (FACT_OWNERS | FACT_LISTENERS) && data->snapshot &&
	       (!t->ui.paused || t->ui.awaiting);
}

/* A slice of asking for all of them.  True when they are known. */
static bool look_up_all(struct top *t, const struct snapshot *s)
{
	struct details *d = t->session.details;
	size_t count = snapshot_count(s);
	size_t end = count - t->wanted > WANTED_SLICE ? t->wanted + WANTED_SLICE : count;

	if (!t->wanted)
		details_reset(d);
	for (; t->wanted < end; t->wanted++) {
		struct sock sk;

		snapshot_sock(s, t->wanted, &sk);
		if (details_want(d, &sk, NULL))
			return true;
	}
	if (end < count)
		return false;
	details_look_up_soon(d, t->session.collector, NULL);
	t->looking = details_busy(d);
	t->asked = true;
	return !t->looking;
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

static const char *host_sysctl(void *context, const char *name)
{
	struct top *t = context;

	return sysctl_read(t->sysctl, sizeof(t->sysctl), t->options->proc_root, name, NULL) ?
		       NULL : t->sysctl;
}

/* What the view is told. */
static void fill_data(struct top *t, struct ui_data *data)
{
	monitor_data(t->monitor, data);
	data->troubles = *troubles_list(t->troubles);
	data->source = &t->details;
	live_names_data(t->names, data);
	data->sysctl = host_sysctl;
	data->sysctl_context = t;
	if (t->session.filter && !t->ui.filtered) {
		data->keep = keep_row;
		data->keep_context = &t->session;
		data->keep_facts = filter_facts(t->session.filter);
		data->filter = t->filter;
	}
	if (!sees_all(t))
		data->rates.seen_known = false;
}

/* The pass that has ended is judged from now on, if that is due. */
static void begin_judging(struct top *t)
{
	const struct troubles_pass pass = {
		.snapshot = monitor_latest(t->monitor),
		.tracker = monitor_tracker(t->monitor),
		.counters = monitor_counters(t->monitor),
		.selected = !t->ui.filtered,
	};

	if (pass.snapshot)
		troubles_begin(t->troubles, &pass);
}

/* Judging goes on; its end is news. */
static void judge(struct top *t)
{
	if (!troubles_step(t->troubles))
		return;
	ui_set_troubles(&t->ui, troubles_list(t->troubles));
	t->dirty = true;
}

/* Hand the view what came, as soon as all is known that it needs of every socket. */
static void deliver(struct top *t)
{
	struct ui_data data;

	if (t->looking)
		return;
	fill_data(t, &data);
	if (needs_all(t, &data) && !t->asked && !look_up_all(t, data.snapshot))
		return;
	t->held = false;
	t->dirty = true;
	t->details_due = true;
	note_transfers(t, monitor_latest(t->monitor), false);
	begin_judging(t);
	data.troubles = *troubles_list(t->troubles);
	ui_update(&t->ui, &data);
}

/* Owners that were looked up in the background may be known by now. */
static void look_again(struct top *t)
{
	if (details_busy(t->session.details))
		return;
	t->looking = false;
	t->dirty = true;
}

/* The pass under way goes on; its end is news. */
static int collect(struct top *t)
{
	if (!monitor_step(t->monitor, t->ui.paused))
		return 0;
	t->held = true;
	t->asked = false;
	t->wanted = 0;
	return arm_timer(t);
}

/* A slice of the view's work; its end is news. */
static void work(struct top *t)
{
	uint64_t until_ns = loop_now_ns() + SLICE_NS;
	bool more = true;

	while (more && loop_now_ns() < until_ns)
		more = ui_work(&t->ui, SLICE_ROWS);
	if (more)
		return;
	t->dirty = true;
	t->details_due = true;
}

/* How long nothing needs to be done unless something happens. */
static uint64_t may_wait_ns(const struct top *t)
{
	if (monitor_busy(t->monitor) || ui_busy(&t->ui) || troubles_busy(t->troubles) ||
	    t->dirty || t->saving || (t->held && !t->looking))
		return 0;
	return t->looking ? LOOK_AGAIN_NS : LOOP_FOREVER;
}

static int run(struct top *t)
{
	begin_pass(t);
	while (!t->quit) {
		if (loop_turn(t->loop, may_wait_ns(t), &t->error) < 0)
			return -1;
		serve(t);
		if (t->quit)
			break;
		if (t->looking)
			look_again(t);
		if (ui_busy(&t->ui))
			work(t);
		if (monitor_busy(t->monitor) && collect(t))
			return -1;
		if (t->held)
			deliver(t);
		if (t->saving)
			save_on(t);
		if (t->pass_due)
			begin_pass(t);
		if (!t->saving && !monitor_busy(t->monitor) && troubles_busy(t->troubles))
			judge(t);
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
	struct filter_options lookups = lookup_options();
	struct ui_options ui = { .columns = o->columns, .sort = &o->sort, .names = o->names,
				 .resolved = o->resolve };

	memcpy(ui.view_columns, o->view_columns, sizeof(ui.view_columns));
	t->names = live_names_new();
	if (!t->names)
		return error_set(&t->error, ENOMEM, "cannot start the live view");
	live_names_look_up(t->names, &ui, &lookups);
	if (ui_init(&t->ui, &ui, &t->error))
		return -1;
	return o->resolve ? live_names_show(t->names, true, &t->error) : 0;
}

/* The filters of before; whoever is here for the first time is told where to begin. */
static void welcome(struct top *t)
{
	if (!t->options->no_config && past_filters_load(&t->ui))
		ui_say(&t->ui, "Welcome: ? shows the keys, 1 to 6 the views, / searches, "
			       "\\ filters, q quits");
}

static int open_monitor(struct top *t, const struct options *o)
{
	struct monitor_options options = {
		.collector = t->session.collector,
		.request = t->session.request,
		.proc_root = o->proc_root,
		.interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS,
		.cpu_percent = o->cpu_limit ? o->cpu_limit : CPU_PERCENT,
		.events = options_events(o),
	};

	t->monitor = monitor_new(&options, &t->error);
	t->troubles = troubles_new(o, &t->session, &t->error);
	return t->monitor && t->troubles ? 0 : -1;
}

/* The terminal comes last: whatever fails before it speaks on an intact one. */
static int open_all(struct top *t, const struct options *o)
{
	struct ui_data data;

	if (open_ui(t, o) || open_monitor(t, o) || open_loop(t))
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
	ui_update(&t->ui, &data);
	keep_init(&t->kept, &t->ui);
	if (monitor_fd(t->monitor) >= 0 &&
	    loop_watch(t->loop, monitor_fd(t->monitor), on_events, t, &t->error))
		return -1;
	welcome(t);
	return loop_watch(t->loop, term_fd(t->term), on_keys, t, &t->error);
}

static void close_all(struct top *t)
{
	term_close(t->term);
	saving_close(t->saving);
	loop_free(t->loop);
	troubles_free(t->troubles);
	monitor_free(t->monitor);
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
	status = session_open_live(&t->session, o, FACTS_OF_DETAILS);
	if (status) {
		close_all(t);
		free(t);
		return status;
	}
	t->options = o;
	join_filter(t, o);
	t->session.request.facts = filter_dump_facts(&t->session);
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
