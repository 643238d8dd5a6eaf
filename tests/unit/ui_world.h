/*
 * A small invented host for tests of the live view: a web server, some of whose
 * connections hang in CLOSE-WAIT, watched by a ui for as many ticks as wanted.
 */
#ifndef TESTS_UNIT_UI_WORLD_H
#define TESTS_UNIT_UI_WORLD_H

#include "model/history.h"
#include "model/snapshot.h"
#include "model/tracker.h"
#include "ui/canvas.h"
#include "ui/ui.h"

struct world {
	struct ui ui;
	struct canvas canvas;
	struct snapshot *snapshots[2]; /* shown and next, as in the program */
	struct tracker *tracker;
	struct history *history;
	struct row_source source;
	struct ui_data data;
	unsigned int tick;
	unsigned int clients; /* how many ESTABLISHED there are */
	bool traffic; /* the kernel tells what goes over them */
	unsigned int datagrams; /* how many sockets of UDP have a peer */
	bool newcomer; /* a listener that sorts above the others */
};

/* A world that nobody looked at yet. */
void world_init(struct world *w, const struct ui_options *options);
void world_fini(struct world *w);

/* @ticks seconds go by, each with a poll. */
void world_run(struct world *w, unsigned int ticks);

/* Let the view end what it has begun. */
void world_settle(struct world *w);

/* Press keys by name, separated by blanks. */
void world_press(struct world *w, const char *keys);

/* Draw at that size. */
void world_draw(struct world *w, int rows, int cols);

/* Row @row of the last drawing into @out (@size bytes). */
void world_row(const struct world *w, int row, char *out, size_t size);

/* The row of the last drawing that has @text in it, or -1. */
int world_find(const struct world *w, const char *text);

#endif
