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
#include "ui/work.h"

struct span;

struct view_class {
	const char *name;
	const char *help;
	unsigned int places; /* enum key_place: its keys */
	void (*draw)(struct ui *ui, struct canvas *c, struct area area);

	const struct sheet *sheet; /* its rows; NULL: those of the table of connections */
	bool peers; /* of the views of groups: by what is at the other end */

	/* NULL where they do not apply */
	struct list *(*list)(struct ui *ui);		/* that keys move in */
	void (*moved)(struct ui *ui);			/* another row is selected */
	void (*update)(struct ui *ui);			/* there is other data */
	const struct scan_class *scans;			/* of every other snapshot */
	size_t scan_count;
	void (*enter)(struct ui *ui);			/* what the selected row stands for */
	void (*regroup)(struct ui *ui);			/* in the next way; open a branch */
	void (*leave)(struct ui *ui);			/* another view is looked at */
	unsigned int (*facts_of_all)(const struct ui *ui); /* enum fact, of every socket */
	unsigned int (*facts_of_shown)(const struct ui *ui);
	size_t (*shown)(const struct ui *ui, struct sock *socks, size_t max);
	void (*note_exact)(struct ui *ui);		/* there is another ->data.exact */
};

/* The snapshot in ->arrived is the one that is shown. */
void ui_arrive(struct ui *ui);

/* What the filter keeps, or what is hidden, is something else now. */
void ui_kept_others(struct ui *ui);

/* Look at @view from now on. */
void ui_choose(struct ui *ui, const struct view_class *view);

/* The place of @view in the table. */
size_t view_index(const struct view_class *view);

/* The same of the first view that has @sheet, whatever is looked at. */
size_t view_index_with(const struct sheet *sheet);

/* Whose keys hold now: enum key_place. */
unsigned int ui_places(const struct ui *ui);

/*
 * The state that is looked at: of the chart, chosen in the diagram, listed alone, or of the
 * selected row.
 */
enum state ui_state_at_hand(struct ui *ui);

/* The table, borrowed, valid for ever; the key of a view is its place in it plus 1. */
const struct view_class *views_all(size_t *count);

struct mode_class {
	const char *name;
	const char *help;    /* in "Keys of ...", where help leads back to it */
	unsigned int places; /* enum key_place: its keys */
	bool takes_text;     /* characters go into ->input */
	bool stays;	     /* prompts and help lead back to it */
	bool scrolls;	     /* a page: keys that move change ->help_top */
	/* NULL: the view stays on the screen */
	void (*draw)(struct ui *ui, struct canvas *c, struct area area);
	const char *prompt;	      /* for a mode that takes text */
	void (*typed)(struct ui *ui); /* ->input changed */
	void (*done)(struct ui *ui);  /* Enter */
	void (*left)(struct ui *ui);  /* Escape */
	/* older (+1) or newer (-1) input */
	void (*recall)(struct ui *ui, int step);
	/* a key of the mode's own; false: it is none */
	bool (*pressed)(struct ui *ui, uint32_t key);
	const struct sheet *sheet; /* what it shows, as rows; NULL: those of the view */
};

extern const struct mode_class mode_view, mode_help, mode_sort, mode_search, mode_interval,
	mode_detail, mode_filter, mode_states, mode_close, mode_chart, mode_columns, mode_write,
	mode_travel, mode_explain;

/* Enter @mode, with empty input. */
void ui_enter(struct ui *ui, const struct mode_class *mode);

/* Leave the mode for what lies under it. */
void ui_back(struct ui *ui);

/* The mode that is drawn: a prompt leaves what lies under it on the screen. */
const struct mode_class *ui_mode_drawn(const struct ui *ui);

/* Let a prompt hold @text, the cursor behind it. */
void ui_set_input(struct ui *ui, const char *text);

/* The prompt of a mode that takes text: its lines, and its drawing from @row on. */
int prompt_rows(const struct ui *ui);
void prompt_draw(const struct ui *ui, struct canvas *c, int row);

/* The prompt for a filter. */
void filter_prompt_typed(struct ui *ui);
void filter_prompt_done(struct ui *ui);
/* The filter that a row of Health took the place of is back. */
void filter_give_back(struct ui *ui);
void filter_prompt_left(struct ui *ui);
void filter_prompt_recall(struct ui *ui, int step);

void view_connections_draw(struct ui *ui, struct canvas *c, struct area area);
void view_lifecycle_draw(struct ui *ui, struct canvas *c, struct area area);
void view_listeners_draw(struct ui *ui, struct canvas *c, struct area area);
void view_groups_draw(struct ui *ui, struct canvas *c, struct area area);
void view_health_draw(struct ui *ui, struct canvas *c, struct area area);
void help_draw(struct ui *ui, struct canvas *c, struct area area);
void sort_menu_draw(struct ui *ui, struct canvas *c, struct area area);
void detail_draw(struct ui *ui, struct canvas *c, struct area area);
void explanation_page_draw(struct ui *ui, struct canvas *c, struct area area);
void chooser_draw(struct ui *ui, struct canvas *c, struct area area);
/* Escape: the columns are what they were. */
void chooser_left(struct ui *ui);
void chart_draw(struct ui *ui, struct canvas *c, struct area area);

/* The menu of states, and what a letter in it or a press on the panel does. */
void states_menu_draw(struct ui *ui, struct canvas *c, struct area area);
bool states_menu_pressed(struct ui *ui, uint32_t key);
void states_menu_done(struct ui *ui);
void states_show_only(struct ui *ui, state_set states);

extern const struct sheet listeners_sheet, groups_sheet, lifecycle_sheet, health_sheet,
	chart_sheet;

/* Asking before sockets are closed. */
void close_draw(struct ui *ui, struct canvas *c, struct area area);

/* Is @id tagged? */
bool tags_have(const struct ui *ui, const struct row_id *id);
/* Another snapshot: forget what is gone, say what became of the followed socket. */
void tags_update(struct ui *ui);

/* One line: what is wrong, with whom, by what evidence. */
void trouble_draw(struct canvas *c, int row, int col, int width, const struct ui_trouble *t);
/* All that is known of it: lines that it takes on a screen like @c, and its drawing. */
int trouble_rows(const struct ui *ui, struct canvas *c, const struct ui_trouble *t);
void trouble_block_draw(const struct ui *ui, struct canvas *c, struct area area,
			const struct ui_trouble *t);

/* The state panel: its rows for a screen of that width, and its drawing. */
int panel_rows(const struct ui *ui, int cols, bool sparks);
void panel_draw(struct ui *ui, struct canvas *c, struct area area, bool sparks);
/* "last 2 min" for the history that the panel shows, into @out. */
void panel_span_text(const struct ui *ui, int cols, char *out, size_t size);
/* Choose a longer (+1) or shorter (-1) history. */
void panel_zoom(struct ui *ui, int step);

/* The states of the panel, in their order, into @states (STATE_COUNT).  Returns how many. */
size_t panel_states(const struct ui *ui, uint8_t *states);
/* The name of a state or of PANEL_OTHERS, and its count: "-" where it is not known. */
const char *panel_name(const struct ui *ui, unsigned int entry);
size_t panel_count_text(const struct ui *ui, unsigned int entry, char *out);
bool panel_knows(const struct ui *ui, unsigned int entry);
/* What it is, in plain words. */
const char *panel_plain(const struct ui *ui, unsigned int entry);
/* Can anything be counted in PANEL_OTHERS? */
bool panel_has_others(const struct ui *ui);
/* The entry that a socket is counted in, as a bit. */
state_set panel_entry_of(const struct ui *ui, const struct sock *sk);
/* The stretch of history that the panel shows on a screen of @cols. */
const struct span *panel_span(const struct ui *ui, int cols);

/* "1,234,567" into @out (32 bytes, with NUL).  Returns its length. */
size_t text_thousands(char *out, uint64_t n);

/* Who presses the mouse in @area does @press on @which; what comes later lies on top. */
void ui_spot(struct ui *ui, struct area area, ui_press_function *press, size_t which);
/* The rows of the view's list lie in @area, the one at its top in the first line. */
void ui_rows_spot(struct ui *ui, struct area area);
void press_view(struct ui *ui, size_t which, int line);
void press_binding(struct ui *ui, size_t which, int line);
void press_state(struct ui *ui, size_t which, int line);

/* "12:03:41" in the zone of the process into @out. */
void text_clock(char *out, size_t size, uint64_t wall_ns);
/* "0.05s", "1s": with the digits that it needs, into @out (32 bytes are enough). */
void text_interval(char *out, size_t size, unsigned int ms);

/* Poll every @ms from now on, and say so. */
void interval_set(struct ui *ui, unsigned int ms);

/* What a view says that waits for the owners of all sockets. */
void awaiting_draw(struct canvas *c, struct area area);

/* The table of connections: used by its keys. */
struct list *connections_list(struct ui *ui);
unsigned int connections_facts_of_shown(const struct ui *ui);
size_t connections_shown(const struct ui *ui, struct sock *socks, size_t max);
/* Does @row pass the filter and what is hidden, whatever it is narrowed to? */
bool connections_keeps(const struct ui *ui, const struct row *row);
/* What connections_keeps() needs: enum fact. */
unsigned int connections_facts_kept(const struct ui *ui);

/*
 * Is a list that stands still judged by owners or listeners?  Of sockets that are not on the
 * screen they may not be known: those of all are looked up, and it is judged once more.
 */
bool connections_await(const struct ui *ui);

extern const struct scan_class connections_scan;
void connections_select(struct ui *ui);
/* The same, while a search goes on. */
void connections_select_here(struct ui *ui);
/*
 * The row that is marked and the socket that keys act on are one: a socket that is not in the
 * list any more gives way to the one at the cursor.
 */
void connections_settle(struct ui *ui);
/* From now on the selection follows its socket, also on the first row: something asks about it. */
void connections_hold(struct ui *ui);

/* Select @sk, wherever it is in the table. */
void connections_seek(struct ui *ui, const struct sock *sk);
void connections_columns_changed(struct ui *ui);
void connections_sort_by(struct ui *ui, const struct column *column, bool descending);
void connections_row(const struct ui *ui, const struct sock *sk, const struct track *track,
		     struct row *row);
/* The cell of @column as it is shown: names in the place of numbers, where they are wanted. */
void connections_value(const struct ui *ui, const struct column *column, const struct row *row,
		       struct value *out);
/*
 * Why a value is absent, as short as @room cells demand: "(orphaned: closed by its
 * process ...)" becomes "(orphaned)".  Returns the length of what is left of @text.
 */
size_t reason_fit(const struct canvas *c, char *text, size_t len, size_t room);
/* Let @sk have what the exact answer of the kernel adds to it. */
void connections_add_exact(const struct ui *ui, struct sock *sk);
/* Nothing but the filter narrows the table any more. */
void connections_show_all(struct ui *ui);
/* The selected socket and what is known of it; false when there is none. */
bool connections_track(const struct ui *ui, const struct sock *sk, struct track *track);
bool connections_selected(struct ui *ui, struct sock *sk, struct track *track, bool *tracked);

#endif
