/*
 * The live view without a terminal: what is looked at, and how.
 *
 * The application hands in what a tick brought (ui_update) and the keys that
 * were pressed (ui_key), and lets it draw (ui_draw).  What the view wants from
 * outside comes back in struct ui_request.  No clock, no file, no terminal is
 * touched here, so the same data and keys give the same screen.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/counters.h"
#include "model/history.h"
#include "model/snapshot.h"
#include "model/tracker.h"
#include "query/columns.h"
#include "query/filter.h"
#include "query/query.h"
#include "ui/canvas.h"
#include "ui/list.h"
#include "ui/theme.h"
#include "ui/travel.h"
#include "ui/vitals.h"
#include "ui/within.h"

/* Connections opened and closed, by the kernel's own counters. */
struct ui_rates {
	bool known;
	double opened; /* a second */
	double closed;
	bool seen_known;
	double seen; /* share of the opened ones that a poll saw, 0 to 1 */
};

/* Something that is wrong.  Texts may hold names chosen by others, as raw bytes. */
struct ui_trouble {
	bool critical;
	const char *title;    /* a few words */
	const char *subject;  /* who: "java[3121]" */
	const char *evidence; /* what was seen, with figures */
	const char *meaning;  /* in plain words */
	const char *remedy;   /* what to do */
};

/*
 * What a tick brought.  All is borrowed and must stay valid until the next
 * ui_update(); while ->paused is set the view keeps its snapshot and only takes
 * over the rest.
 */
struct ui_data {
	const struct snapshot *snapshot;
	const struct tracker *tracker;
	const struct history *history;	      /* NULL: none */
	const struct row_source *source;      /* owners and names; NULL: none */
	/* rows to show, by the filter of the command line; NULL: all */
	bool (*keep)(void *context, const struct row *row);
	void *keep_context;
	unsigned int keep_facts;	      /* what @keep needs: enum fact */
	const char *filter;		      /* its text, or NULL; counts are then of it */
	const struct snapshot *exact;	      /* rows on the screen with all facts; NULL: none */
	const struct counters *counters;      /* NULL: not readable */
	uint32_t counts[STATE_COUNT];	      /* of the panel */
	struct ui_rates rates;
	const struct ui_trouble *troubles; /* the worst first */
	size_t trouble_count;
	uint64_t wall_ns;		      /* time of day of the snapshot, since the epoch */
	unsigned int interval_ms;	      /* asked for */
	unsigned int real_interval_ms;	      /* longer when collecting costs too much */
	double cpu;			      /* own share of one core */
	const char *host;
	const char *netns;
	const char *source_name; /* "netlink" */
	const char *source_why;	 /* why not netlink, or NULL */
	const char *trouble;	 /* why the last tick failed, or NULL */
	const char *missing;	 /* what could not be had: "owners of 212 sockets: need root" */
	const struct ui_replay *replay; /* this is what was; NULL: it is what is */
};

/* Who a row is, over all snapshots. */
struct row_id {
	uint64_t cookie;
	uint64_t netns;
	uint64_t inode;
	struct endpoint local;
	struct endpoint peer;
};

struct row_id row_id_of(const struct sock *sk);
bool row_id_equal(const struct row_id *a, const struct row_id *b);

#define PATH_TYPED_MAX 512
#define TRAVEL_TYPED_MAX 128

/* What the view wants; the application clears what it has done. */
struct ui_request {
	bool quit;
	bool suspend;
	bool refresh;	/* collect now */
	bool repaint;	/* the terminal may be garbled: draw everything anew */
	bool collect;	/* columns or sort want other facts: see ui_facts() */
	bool close;	/* the sockets that ui_victims() tells */
	bool filter;	/* there is another filter: ->filter of struct ui */
	unsigned int interval_ms; /* 0: as it is */
	bool write;	/* the screen or the rows to a file */
	char path[PATH_TYPED_MAX];
	bool copy_row;	   /* to the clipboard */
	bool copy_command; /* that lists the same */
	bool save;	/* the settings, for the next time */
	enum travel travel; /* in the time of a recording */
	enum state travel_state; /* whose count is to change */
	char travel_to[TRAVEL_TYPED_MAX];
};

#define UI_LINES_MAX 400

/* How many sockets can be tagged. */
#define TAGS_MAX 1024

/* The ways that 'v' and 'l' step through. */
enum families_shown { FAMILIES_ALL, FAMILIES_V4, FAMILIES_V6, FAMILIES_COUNT };
enum listening_shown { LISTENING_TOO, LISTENING_ONLY, LISTENING_NOT, LISTENING_COUNT };

/* A line of the table as it was drawn last. */
struct shown {
	struct row_id id;
	struct sock sock; /* without what it points to */
	struct track track;
	bool tracked;
	bool gone;
	size_t index; /* in the snapshot; not for one that is gone */
};

/* What can be typed into a prompt, and how many filters are remembered. */
#define INPUT_MAX 512
#define PAST_FILTERS 16

/* Part of a canvas. */
struct area {
	int row, col;
	int rows, cols;
};

struct ui;

/* What a press of the mouse does: on @which, @line rows below the top of the spot. */
typedef void ui_press_function(struct ui *ui, size_t which, int line);

/* Something on the screen that can be pressed. */
struct spot {
	struct area area;
	ui_press_function *press;
	size_t which;
};

#define UI_SPOTS_MAX 400

struct ui {
	struct ui_data data;
	struct ui_request request;
	const struct view_class *view;
	const struct mode_class *mode;
	const struct theme *theme;
	enum dialect names;
	bool paused;
	uint64_t paused_wall_ns;
	char message[160]; /* shown until the next key */
	int span;	   /* of the history: an index into spans, -1: by width */
	int rows, cols;	   /* of the last canvas */

	/* the table of connections */
	struct result *result;
	struct sort sort;
	struct column_list columns;
	struct list list;
	struct row_id selected;
	bool selected_known;
	size_t selected_index; /* in the snapshot; SIZE_MAX when it is not there */
	state_set only;	       /* show these states; 0: all */
	struct shown *shown;   /* UI_LINES_MAX */
	size_t shown_count;
	struct shown *ghosts; /* rows of the last screen that are gone; UI_LINES_MAX */
	size_t ghost_count;
	uint16_t width[COLUMNS_MAX]; /* of each column, by its place in ->columns */
	uint8_t calm[COLUMNS_MAX];   /* ticks for which the column was wider than needed */
	bool met[COLUMNS_MAX];	     /* a value was seen in the column */
	bool chosen;		     /* the user named the columns: all are shown */
	bool ticked;		     /* data came since the last drawing */

	/*
	 * The filter that was typed; from then on it stands in the place of the one of
	 * the command line.
	 */
	bool filtered;
	struct filter *filter; /* NULL: every row */
	char filter_text[INPUT_MAX];
	struct filter_options lookups;
	struct filter_error wrong; /* with the text in ->input */
	bool wrong_known;
	char past[PAST_FILTERS][INPUT_MAX]; /* the latest first */
	size_t past_count;
	size_t past_at; /* recalled: 0 is what was being typed, then the latest */
	char typed[INPUT_MAX];

	/* left out of the table, beside what the filter leaves out */
	bool hide_loopback;
	enum families_shown families;
	enum listening_shown listening;

	/* sockets, without what they point to */
	struct sock *tags; /* TAGS_MAX */
	size_t tag_count;
	struct sock *victims; /* TAGS_MAX; to be closed, once it is confirmed */
	size_t victim_count;
	bool follow; /* say what becomes of the selected socket */

	/* views whose rows stand for many connections */
	struct listener_table *listeners;
	struct groups *processes;
	struct groups *peers;
	struct vitals vitals;
	struct within within; /* the row that the table of connections is narrowed to */
	bool awaiting;	      /* the view waits for facts of every socket */

	/* what modes remember */
	char input[INPUT_MAX];
	size_t input_len;
	size_t input_at; /* where the cursor is */
	char search[INPUT_MAX]; /* the last text searched for */
	size_t search_start;	 /* rank at which the search began */
	size_t choice;		 /* of a menu */
	size_t choice_top;
	bool gathered; /* states were put together in their menu */
	size_t help_top;
	enum state box; /* selected in the diagram */

	struct column_list columns_before; /* the chooser */
	bool chosen_before;

	struct spot spots[UI_SPOTS_MAX]; /* of the last drawing */
	size_t spot_count;

	/* the big chart */
	enum state chart_state;
	uint64_t chart_at_ns; /* the cursor, on the clock of the history; 0: at now */
	size_t chart_columns; /* of the last drawing */
};

struct ui_options {
	const struct theme *theme;
	const char *columns; /* as for --columns; NULL: chosen by the width */
	const struct sort *sort; /* NULL or without a key: by state, then local end */
	enum dialect names;
	const struct filter_options *lookups; /* for filters that are typed; NULL: no names */
};

/* 0, or -1 with @err set for a bad option or without memory. */
int ui_init(struct ui *ui, const struct ui_options *options, struct error *err);
void ui_fini(struct ui *ui);

/* A tick brought @data.  0, or -1 with @err set without memory. */
int ui_update(struct ui *ui, const struct ui_data *data, struct error *err);

/* The rows on the screen are known better now: @exact, or NULL. */
void ui_set_exact(struct ui *ui, const struct snapshot *exact);

/* A key was pressed: a code of ui/keymap.h. */
void ui_key(struct ui *ui, uint32_t key);

/* The mouse acted at that place of the last drawing: PRESS_CLICK or a turn of the wheel. */
void ui_mouse(struct ui *ui, uint32_t key, int row, int col);

void ui_draw(struct ui *ui, struct canvas *c);

/* The sockets that are to be closed.  Borrowed, valid until the next key. */
const struct sock *ui_victims(const struct ui *ui, size_t *count);

/* The text of the filter, or NULL when there is none. */
const char *ui_filter_text(const struct ui *ui);

/* The facts of a dump that the order needs for every socket. */
unsigned int ui_facts_of_all(const struct ui *ui);

/* The facts that the rows on the screen need. */
unsigned int ui_facts_of_shown(const struct ui *ui);

/* Copy the sockets on the screen into @socks, at most @max.  Returns how many. */
size_t ui_shown(const struct ui *ui, struct sock *socks, size_t max);

/* Say @text in the line above the keys until the next key. */
void ui_say(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
