/* What the view asks of the application: see top.h. */
#include "config.h"

#include <stdio.h>

#include "app/closing.h"
#include "app/copy.h"
#include "app/past_filters.h"
#include "app/top.h"

/* A key stops the job that the terminal waits for; a signal is for whoever it was sent to. */
static void suspend(struct top *t, bool whole_job)
{
	const char *why_not = term_unstoppable(t->term);

	t->told_to_stop = false;
	t->dirty = true;
	if (why_not) {
		ui_say(&t->ui, "not suspended: %s", why_not);
		return;
	}
	term_suspend(t->term, whole_job);
	t->feed.class->resume(t->feed.self);
	t->resized = true;
}

/* Rows or the screen to a file: rows are written from now on, some at a time. */
static void begin_saving(struct top *t, const char *path)
{
	const struct copy copy = { &t->ui, &t->canvas, &t->session, &t->feed };
	struct error err;

	if (t->saving) {
		ui_say(&t->ui, "another file is being written");
		return;
	}
	t->saving = saving_open(&copy, path, &err);
	if (!t->saving) {
		ui_say(&t->ui, "%s", err.text);
		return;
	}
	/* a list that stands still gets no other snapshot */
	t->saving_pass = !t->ui.paused && saving_facts(t->saving);
}

/*
 * A pass with all that the rows, or a view that awaits it, need.  Only with the former it
 * takes the place of a list that stands still since.
 */
static void begin_pass_for_file(struct top *t)
{
	unsigned int facts = t->ui.paused ? 0 : saving_facts(t->saving);

	t->saving_pass = false;
	t->file_pass = facts;
	t->feed.class->begin(t->feed.self, ui_facts_of_all(&t->ui) | facts);
}

void top_save_on(struct top *t)
{
	char what[PATH_TYPED_MAX + 64];

	/* once rows are written all that would replace them waits */
	if (!saving_has_begun(t->saving) &&
	    (top_is_busy(t) || ui_busy(&t->ui) || t->held || feed_judging(&t->feed)))
		return;
	if (t->looking)
		return;
	/* what is awaited comes with a pass, which else would wait for the file */
	if (t->saving_pass || (t->ui.awaiting && !saving_has_begun(t->saving))) {
		begin_pass_for_file(t);
		return;
	}
	if (!saving_step(t->saving, what, sizeof(what))) {
		t->looking = feed_looking(&t->feed);
		return;
	}
	saving_close(t->saving);
	t->saving = NULL;
	ui_say(&t->ui, "%s", what);
	/* the details of the rows on the screen were lost by it */
	feed_forget(&t->feed);
	t->details_due = true;
	t->dirty = true;
	top_begin_pass(t);
}

/* To the clipboard. */
static void copy_out(struct top *t, const struct ui_request *request)
{
	const struct copy copy = { &t->ui, &t->canvas, &t->session, &t->feed };
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

void top_show_names(struct top *t)
{
	struct error err;

	if (live_names_show(t->names, t->ui.resolved, &err)) {
		t->ui.resolved = false;
		ui_say(&t->ui, "%s", err.text);
	}
}

/* Another filter is in force: it is applied to what is shown, and to what comes. */
static void ask_anew(struct top *t)
{
	top_ask(t);
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

void top_serve_file(struct top *t)
{
	if (t->ui.request.write)
		begin_saving(t, t->ui.request.path);
	t->ui.request.write = false;
}

void top_serve(struct top *t)
{
	struct ui_request request;

	top_serve_file(t);
	request = t->ui.request;
	t->ui.request = (struct ui_request){ 0 };
	if (request.quit)
		t->quit = true;
	if ((request.suspend || t->told_to_stop) && !t->quit)
		suspend(t, request.suspend);
	if (request.copy_row || request.copy_command)
		copy_out(t, &request);
	if (request.resolve)
		top_show_names(t);
	if (request.save)
		keep_save(&t->kept, t->options, &t->ui);
	if (request.repaint)
		term_repaint(t->term);
	if (request.interval_ms)
		t->feed.class->set_interval(t->feed.self, request.interval_ms);
	if (request.close)
		close_victims(t);
	if (request.filter) {
		ask_anew(t);
		keep_filters(t);
	}
	if (request.refresh || request.collect || request.close)
		top_begin_pass(t);
	if (request.interval_ms && top_arm_timer(t))
		t->quit = true;
}
