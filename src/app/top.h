/*
 * What the files of the live view share: its parts, and what is under way.
 *
 * cmd_top.c runs it, top_work.c goes on with what is under way, top_requests.c does what the
 * view asks for, top_feed.c opens where its data come from.
 */
#ifndef APP_TOP_H
#define APP_TOP_H

#include <stdbool.h>

#include "app/feed.h"
#include "app/keep.h"
#include "app/live_names.h"
#include "app/options.h"
#include "app/saving.h"
#include "app/session.h"
#include "base/error.h"
#include "base/loop.h"
#include "ui/canvas.h"
#include "ui/term_curses.h"
#include "ui/ui.h"

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
	bool told_to_stop; /* by a signal to this process */
	bool pass_due; /* as soon as the view is ready for it */
	bool held;     /* data that waits for the owners of all sockets */
	bool replaces; /* those data take the place of what is shown, paused or not */
	bool looking;  /* owners are looked up in the background */
	bool details_due; /* the rows on the screen are others, or older, than those known */
	const struct row_source *source; /* of the feed */
	struct row_source details;	 /* the same, with names of hosts */
	struct live_names *names;
	bool names_due; /* those that were asked for are looked for soon */
	struct saving *saving; /* rows that are being written; NULL: none */
	bool saving_pass;      /* a pass with all that they need comes first */
	bool file_pass; /* which is under way, and shown even in a list that stands still since */
	char filter[256]; /* as it was typed, for the screen */
	int signo;    /* that ended it */
	struct error error;
};

/* Something new is to come, once nothing is made of the snapshot that it would overwrite. */
void top_begin_pass(struct top *t);

/* What the order and the filter in force want to know of every socket: enum fact. */
unsigned int top_facts_judged(const struct top *t);

/* What the view is told. */
void top_data(struct top *t, struct ui_data *data);

/* The rows on the screen get what is not worth its price for all rows. */
void top_draw_details(struct top *t);

/* A slice of all that is under way.  0, or -1 with t->error set. */
int top_work(struct top *t);

/* The next tick.  0, or -1 with t->error set. */
int top_arm_timer(struct top *t);

/* A file of what is looked at now, before the next key: the others can wait. */
void top_serve_file(struct top *t);

/* Do what the view asked for. */
void top_serve(struct top *t);

/* Names or numbers, as t->ui.resolved says; numbers and a message where there are no names. */
void top_show_names(struct top *t);

/* A slice of the rows that are being written. */
void top_save_on(struct top *t);

/* What is to be collected, by the filter in force, from now on. */
void top_ask(struct top *t);

/* The kernel, a dump, or a recording.  0, or -1 with t->error set. */
int top_open_feed(struct top *t);

static inline bool top_is_busy(const struct top *t)
{
	return t->feed.class->busy(t->feed.self);
}

#endif
