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
#include "ui/arrange.h"
#include "ui/canvas.h"
#include "ui/list.h"
#include "ui/theme.h"
#include "ui/travel.h"
#include "ui/vitals.h"
#include "ui/within.h"
#include "ui/work.h"

/* What may be asked for as time between two polls. */
#define INTERVAL_MIN_S 0.05
#define INTERVAL_MAX_S 3600.0

/* Connections opened and closed, by the kernel's own counters. */
struct ui_rates {
	bool known;
	double opened; /* a second */
	double closed;
	bool seen_known;
	double seen; /* share of the opened ones that polls and events told of, 0 to 1 */
	bool events; /* destroyed sockets are listened for */
	uint64_t losses;    /* times that the kernel dropped events */
	size_t unconfirmed; /* vanished from the last poll, and not looked for again */
};

/* Something that is wrong.  Texts may hold names chosen by others, as raw bytes. */
struct ui_trouble {
	bool critical;
	const char *title;    /* a few words */
	const char *subject;  /* who: "java[3121]" */
	const char *evidence; /* what was seen, with figures */
	const char *meaning;  /* in plain words */
	const char *remedy;   /* what to do */
	/* NULL where it has none */
	const char *owner;	   /* processes, or why there are none */
	const char *confused_with; /* what looks alike and is something else */
	const char *sysctls;	   /* settings, with their values */
	const char *filter;	   /* its sockets, in the filter language */
	state_set marked;	   /* states in which it shows */
	uint64_t since_wall_ns;	   /* time of day, since the epoch */
	bool at_least;		   /* it may have been so for longer */
};

/* What is wrong, as it was judged last. */
struct ui_troubles {
	const struct ui_trouble *list; /* the worst first */
	size_t count;
	uint64_t judged_wall_ns; /* 0: not yet */
	bool few_owners;	 /* too many sockets to judge what all processes hold */
	const char *unjudged;	 /* what the source tells too little for: names; NULL: nothing */
};

/*
 * What a tick brought.  All is borrowed and must stay valid until the next
 * ui_update(); the snapshot before must stay valid as well while ui_busy(), for it
 * is shown until then.  While ->paused is set the view keeps its snapshot and only
 * takes over the rest, unless ->replaces says that it cannot.
 */
struct ui_data {
	const struct snapshot *snapshot;
	bool replaces; /* it was published before the list stood still: the one before goes */
	const struct tracker *tracker;
	const struct history *history;	      /* NULL: none */
	const struct row_source *source;      /* owners and names; NULL: none */
	/* make a name of an address, as far as it is known yet; NULL: there are none */
	void (*rename)(void *context, const struct row *row, struct value *cell);
	void *rename_context;
	/* rows to show, by the filter of the command line, unless ->filtered; NULL: all */
	bool (*keep)(void *context, const struct row *row);
	void *keep_context;
	unsigned int keep_facts;	      /* what @keep needs: enum fact */
	const char *filter;		      /* its text, or NULL; counts are then of it */
	const struct snapshot *exact;	      /* rows on the screen with all facts; NULL: none */
	const struct counters *counters;      /* NULL: not readable */
	proto_set protos;		      /* that were asked for */
	uint32_t counts[STATE_COUNT];	      /* of the panel: see model/panel_counts.h */
	uint32_t others;		      /* that are in none of these counts */
	state_set uncounted;		      /* states that it did not look for, or could not */
	struct ui_rates rates;
	struct ui_troubles troubles;
	uint64_t wall_ns;		      /* time of day of the snapshot, since the epoch */
	unsigned int interval_ms;	      /* asked for */
	unsigned int real_interval_ms;	      /* longer when collecting costs too much */
	double cpu;			      /* own share of one core */
	const char *host;
	const char *netns;
	const char *source_name; /* "netlink" */
	const char *source_why;	 /* why not netlink, or NULL */
	const char *trouble;	 /* why the last tick failed, or NULL */
	/* what "net.ipv4.tcp_fin_timeout" is on this host, until the next call; NULL: not known */
	const char *(*sysctl)(void *context, const char *name);
	void *sysctl_context;
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

/* @sk without what it points to, so that it can outlive its snapshot. */
struct sock sock_alone(const struct sock *sk);

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
	bool resolve;	/* names or numbers: ->resolved of struct ui */
	enum travel travel; /* in the time of a recording */
	enum state travel_state; /* whose count is to change */
	char travel_to[TRAVEL_TYPED_MAX];
};

/*
 * An entry of the panel that is no state: what is not of TCP, in a state of TCP, where TCP is
 * looked at as well.  A connected UDP socket is ESTABLISHED to the kernel.
 */
#define PANEL_OTHERS STATE_COUNT

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

/* There are never more views. */
#define VIEWS_MAX 8

struct ui {
	struct ui_data data;
	struct ui_request request;
	const struct view_class *view;
	const struct mode_class *mode;
	const struct mode_class *under; /* what is gone back to; NULL: the view */
	const struct theme *theme;
	enum dialect names;
	bool paused;
	uint64_t paused_wall_ns;
	char message[160]; /* shown until the next key */
	int span;	   /* of the history: an index into spans, -1: by width */
	int rows, cols;	   /* of the last canvas */

	/* data that came is shown once all is made of it */
	const struct snapshot *arrived;	      /* NULL: none */
	const struct snapshot *arrived_exact;
	struct work work;

	/* the table of connections */
	struct result *result;
	struct result *building; /* the next one */
	struct sort sort;
	struct column_list columns;
	struct list list;
	struct row_id selected;
	bool selected_known;
	size_t selected_index; /* in the snapshot; SIZE_MAX when it is not there */
	state_set only;	       /* show these entries of the panel; 0: all */
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
	bool (*waiting)(void *context); /* for a host of the filter; NULL: never */
	bool filter_waits;		/* the filter is taken once its hosts are known */
	/* the filter is that of a row of Health, until all is shown again, as before it */
	bool filter_lent;
	bool filtered_before;
	struct filter *filter_before;
	char filter_text_before[INPUT_MAX];
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
	struct timelines *timelines; /* of sockets that were selected */

	/* the other end of the one in the detail pane: where it is in which snapshot */
	struct row_id other_of;
	uint64_t other_ns;
	size_t other_index; /* SIZE_MAX: not on this host */

	/* views whose rows stand for many connections */
	struct listener_table *listeners;
	struct listener_table *counting; /* the next one */
	struct groups *processes;
	struct groups *peers;
	struct vitals vitals;
	struct arrangement arrangements[VIEWS_MAX]; /* of views that have a sheet */
	struct within within; /* the row that the table of connections is narrowed to */
	bool resolved;	      /* names in the place of numbers */
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

	struct choice columns_before; /* the chooser */
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
	/* of views that have a sheet, by their place among the views; NULL: as they come */
	const char *view_columns[VIEWS_MAX];
	const struct filter_options *lookups; /* for filters that are typed; NULL: no names */
	/*
	 * Does the last look-up of a host only wait for its answer?  With the context of
	 * @lookups; NULL: never.
	 */
	bool (*waiting)(void *context);
	bool resolved; /* names, not numbers */
};

/* 0, or -1 with @err set for a bad option or without memory. */
int ui_init(struct ui *ui, const struct ui_options *options, struct error *err);
void ui_fini(struct ui *ui);

/* A tick brought @data. */
void ui_update(struct ui *ui, const struct ui_data *data);

/* Is there work that ui_update() or a key has begun? */
bool ui_busy(const struct ui *ui);

/* Look at up to @rows more sockets for it.  false: all is done, and can be drawn. */
bool ui_work(struct ui *ui, size_t rows);

/* What a key has begun: "sorting"; NULL: nothing. */
const char *ui_busy_with(const struct ui *ui);

/* Names that were waited for have come. */
void ui_named(struct ui *ui);

/* The rows on the screen are known better now: @exact, or NULL. */
void ui_set_exact(struct ui *ui, const struct snapshot *exact);

/* There is another judgment of what is wrong. */
void ui_set_troubles(struct ui *ui, const struct ui_troubles *troubles);

/* Show the connections that match @text, a filter, and nothing else, until 'a' is pressed. */
void ui_filter_by(struct ui *ui, const char *text);

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
