/*
 * Views fill the part of the screen below the panel; modes take over the keys for
 * a while and may draw over a view.  Both are rows of a table: views.c, modes.c.
 */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/canvas.h"
#include "ui/ui.h"

struct span;

struct view_class {
	const char *name;
	const char *help;
	unsigned int places; /* enum key_place: its keys */
	void (*draw)(struct ui *ui, struct canvas *c, struct area area);
};

/* The table, borrowed, valid for ever; the key of a view is its place in it plus 1. */
const struct view_class *views_all(size_t *count);

struct mode_class {
	const char *name;
	unsigned int places; /* enum key_place: its keys */
	bool takes_text;     /* characters go into ->input */
	/* NULL: the view stays on the screen */
	void (*draw)(struct ui *ui, struct canvas *c, struct area area);
	const char *prompt;	      /* for a mode that takes text */
	void (*typed)(struct ui *ui); /* ->input changed */
	void (*done)(struct ui *ui);  /* Enter */
	void (*left)(struct ui *ui);  /* Escape */
};

extern const struct mode_class mode_view, mode_help, mode_sort, mode_search, mode_interval,
	mode_detail, mode_chart, mode_columns, mode_write;

/* Enter @mode, with empty input. */
void ui_enter(struct ui *ui, const struct mode_class *mode);

void view_connections_draw(struct ui *ui, struct canvas *c, struct area area);
void view_lifecycle_draw(struct ui *ui, struct canvas *c, struct area area);
void help_draw(struct ui *ui, struct canvas *c, struct area area);
void sort_menu_draw(struct ui *ui, struct canvas *c, struct area area);
void detail_draw(struct ui *ui, struct canvas *c, struct area area);
void chooser_draw(struct ui *ui, struct canvas *c, struct area area);
/* Escape: the columns are what they were. */
void chooser_left(struct ui *ui);
void chart_draw(struct ui *ui, struct canvas *c, struct area area);

/* The state panel: its rows for a screen of that width, and its drawing. */
int panel_rows(const struct ui *ui, int cols, bool sparks);
void panel_draw(struct ui *ui, struct canvas *c, struct area area, bool sparks);
/* "last 2 min" for the history that the panel shows, into @out. */
void panel_span_text(const struct ui *ui, int cols, char *out, size_t size);
/* Choose a longer (+1) or shorter (-1) history. */
void panel_zoom(struct ui *ui, int step);

/* The states of the panel, in their order, into @states (STATE_COUNT).  Returns how many. */
size_t panel_states(const struct ui *ui, uint8_t *states);
/* The stretch of history that the panel shows on a screen of @cols. */
const struct span *panel_span(const struct ui *ui, int cols);

/* "1,234,567" into @out (32 bytes, with NUL).  Returns its length. */
size_t text_thousands(char *out, uint64_t n);

/* Who presses the mouse in @area does @press on @which; what comes later lies on top. */
void ui_spot(struct ui *ui, struct area area, ui_press_function *press, size_t which);
void press_view(struct ui *ui, size_t which, int line);
void press_binding(struct ui *ui, size_t which, int line);
void press_state(struct ui *ui, size_t which, int line);

/* "12:03:41" in the zone of the process into @out. */
void text_clock(char *out, size_t size, uint64_t wall_ns);

/* The table of connections: used by its keys. */
int connections_rebuild(struct ui *ui, struct error *err);
void connections_select(struct ui *ui);
void connections_sort_by(struct ui *ui, const struct column *column, bool descending);
bool connections_search(struct ui *ui, size_t from, bool backward);
void connections_row(struct ui *ui, const struct sock *sk, const struct track *track,
		     struct row *row);
/* Let @sk have what the exact answer of the kernel adds to it. */
void connections_add_exact(const struct ui *ui, struct sock *sk);
/* The selected socket and what is known of it; false when there is none. */
bool connections_track(const struct ui *ui, const struct sock *sk, struct track *track);
bool connections_selected(struct ui *ui, struct sock *sk, struct track *track, bool *tracked);

#endif
