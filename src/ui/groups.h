/*
 * Sockets grouped by process or by peer, counted once a snapshot: in slices (ui/work.h),
 * what was counted before being shown meanwhile.
 */
#ifndef UI_GROUPS_H
#define UI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/group.h"
#include "ui/list.h"
#include "ui/sorting.h"
#include "ui/within.h"
#include "ui/work.h"

struct traffic;
struct ui;

/* The sums of a group, as places in its ->sums. */
enum group_sum {
	GROUP_BORN,
	GROUP_RECV, /* bytes that wait in queues */
	GROUP_SEND,
	GROUP_RECEIVED, /* bytes since the snapshot before */
	GROUP_SENT,
	GROUP_RETRANSMITTED, /* segments since then */
	GROUP_RTT, /* no sum: the worst */
	GROUP_SUMS
};

/* The columns of the views, as far as they are no state. */
enum group_column {
	GROUP_COLUMN_NAME,
	GROUP_COLUMN_COUNT,
	GROUP_COLUMN_NEW,
	GROUP_COLUMN_GONE,
	GROUP_COLUMN_IN,
	GROUP_COLUMN_OUT,
	GROUP_COLUMN_RTT,
	GROUP_COLUMN_RETR,
	GROUP_COLUMN_RECV,
	GROUP_COLUMN_SEND,
	GROUP_COLUMN_SHARE,
	GROUP_COLUMN_STATES, /* from here on, one for each state */
	GROUP_COLUMNS = GROUP_COLUMN_STATES + STATE_COUNT,
};

struct groups {
	const struct group_class *classes; /* ways to group */
	size_t class_count;
	size_t class;			   /* the way in use */
	const struct column *by;
	const struct column *sums[GROUP_SUMS]; /* NULL: added up here */
	struct grouping *now;		   /* NULL: nothing was counted yet */
	size_t *rows;			   /* places in it, those with the most sockets first */
	struct grouping *before;	   /* at the snapshot right before, in the same way */
	uint64_t taken_ns;
	uint64_t before_ns;
	struct grouping *held_now;	   /* what is held of these; NULL: nothing */
	struct grouping *held_before;
	struct grouping *next;		   /* being counted; NULL: nothing is */
	bool next_follows;		   /* right after ->now */
	struct group next_total;	   /* of so many groups of ->next */
	uint64_t next_sums[GROUP_SUMS];
	uint64_t next_known[GROUP_SUMS];
	size_t next_added;
	struct sorting sorting;		   /* of ->next */
	bool reordering;		   /* nothing else: ->now is of the latest snapshot */
	bool arranging;
	struct group total;		   /* of all rows */
	uint64_t total_sums[GROUP_SUMS];
	uint64_t total_known[GROUP_SUMS];
	uint64_t total_before;
	struct traffic *traffic;	   /* NULL: nobody looks */
	struct list list;
	struct kept_value selected;
	bool selected_known;
};

/* NULL without memory. */
struct groups *groups_new_processes(void);
struct groups *groups_new_peers(void);
void groups_free(struct groups *g); /* NULL is fine */

/*
 * Count the sockets of @s anew, rows @first to before @end at a time; what was counted
 * before is shown until groups_take().  0, or -1 without memory.  At the end add up and
 * order what was counted, about @rows groups at a time: 1 while there is more to do.
 */
int groups_begin(struct groups *g, const struct ui *ui, const struct snapshot *s);
int groups_count(struct groups *g, const struct ui *ui, const struct snapshot *s, size_t first,
		 size_t end);
int groups_end(struct groups *g, size_t rows);
void groups_take(struct groups *g, uint64_t taken_ns);

/* What will be there when they are taken, to be read until then. */
struct groups groups_coming(const struct groups *g, uint64_t taken_ns);

/* What was counted is not to be compared with what will be. */
void groups_forget(struct groups *g);

/* Nobody looks any more: give back what rates need. */
void groups_leave(struct groups *g);

/* Group in the next way; nothing is counted before the next groups_begin(). */
void groups_next_class(struct groups *g);

/*
 * All of it as it is now, to be read until it is released; one at a time.  NULL without
 * memory, or when there is one already.
 */
struct groups *groups_hold(struct groups *g);
void groups_release(struct groups *g, struct groups *held);

/* Facts of every socket (enum fact) that it takes. */
unsigned int groups_facts(const struct groups *g);

/* How many groups there are; those with the most sockets come first. */
size_t groups_rows(const struct groups *g);

/* The group in that place. */
const struct group *groups_at(const struct groups *g, size_t row);

/* The place of the selected group, or LIST_GONE. */
size_t groups_selected(const struct groups *g);

/*
 * Sockets a second that came into @group (or ->total) and that left it, as far as two
 * snapshots tell; false: there is no snapshot right before.
 */
bool groups_rates(const struct groups *g, const struct group *group, double *in, double *out);

/* @which of @group a second; false: not known. */
bool groups_sum_rate(const struct groups *g, const struct group *group, enum group_sum which,
		     double *rate);

/* The name of @group on the screen into @out (@size bytes, with NUL).  Returns its length. */
size_t groups_text(const struct groups *g, const struct group *group, char *out, size_t size);

/* The views. */
struct list *view_groups_list(struct ui *ui);
void view_groups_moved(struct ui *ui);
extern const struct scan_class groups_scan;
void view_groups_enter(struct ui *ui);
void view_groups_regroup(struct ui *ui);
void view_groups_leave(struct ui *ui);
unsigned int view_groups_facts(const struct ui *ui);

#endif
