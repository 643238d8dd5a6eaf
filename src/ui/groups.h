/*
 * Sockets grouped by process or by peer, counted once a snapshot: in slices, so that
 * keys are answered meanwhile, the rows of the snapshot before staying what they are.
 */
#ifndef UI_GROUPS_H
#define UI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/group.h"
#include "ui/list.h"
#include "ui/within.h"

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
	struct grouping *before;	   /* at the snapshot right before, in the same way */
	uint64_t taken_ns;
	uint64_t before_ns;
	struct grouping *next;		   /* being counted; NULL: nothing is */
	uint64_t next_ns;
	size_t next_done;		   /* sockets of the snapshot */
	bool next_follows;		   /* right after ->now */
	struct group total;		   /* of all rows */
	uint64_t total_sums[GROUP_SUMS];
	uint64_t total_known[GROUP_SUMS];
	uint64_t total_before;
	struct traffic *traffic;	   /* NULL: nobody looks */
	uint32_t *order;		   /* rank -> group */
	size_t order_capacity;
	size_t sort;			   /* enum group_column */
	bool descending;
	bool visible[GROUP_COLUMNS];	   /* on the screen */
	struct list list;
	struct kept_value selected;
	bool selected_known;
};

/* NULL without memory. */
struct groups *groups_new_processes(void);
struct groups *groups_new_peers(void);
void groups_free(struct groups *g); /* NULL is fine */

/* Begin to count anew.  0, or -1 without memory. */
int groups_begin(struct groups *g, const struct ui *ui);

/* Count some sockets.  1: there are more; 0: all are counted; -1 without memory. */
int groups_step(struct groups *g, const struct ui *ui);

/* What was counted is not to be compared with what will be. */
void groups_forget(struct groups *g);

/* Nobody looks any more: give back what rates need. */
void groups_leave(struct groups *g);

/* Group in the next way; nothing is counted before the next groups_begin(). */
void groups_next_class(struct groups *g);

/* Facts of every socket (enum fact) that it takes. */
unsigned int groups_facts(const struct groups *g);

/* How many groups there are, and the one of @rank in their order. */
size_t groups_rows(const struct groups *g);
const struct group *groups_at(const struct groups *g, size_t rank);

/*
 * Sockets a second that came into @group (or ->total) and that left it, as far as two
 * snapshots tell; false: there is no snapshot right before.
 */
bool groups_rates(const struct groups *g, const struct group *group, double *in, double *out);

/* @which of @group a second; false: not known. */
bool groups_sum_rate(const struct groups *g, const struct group *group, enum group_sum which,
		     double *rate);

/* Put the groups in order, the selected one staying selected.  0, or -1 without memory. */
int groups_order(struct groups *g);

/* Order by @column (enum group_column), or the other way round if that was so already. */
void groups_sort_by(struct groups *g, size_t column);

/* Order by the next (+1) or the one before (-1) of the columns on the screen. */
void groups_sort_step(struct groups *g, int step);

/* The name of @group on the screen into @out (@size bytes, with NUL).  Returns its length. */
size_t groups_text(const struct groups *g, const struct group *group, char *out, size_t size);

/* The views. */
struct list *view_groups_list(struct ui *ui);
void view_groups_moved(struct ui *ui);
void view_groups_update(struct ui *ui);
void view_groups_work(struct ui *ui);
void view_groups_enter(struct ui *ui);
void view_groups_regroup(struct ui *ui);
void view_groups_leave(struct ui *ui);
void view_groups_sort_step(struct ui *ui, int step);
void view_groups_invert(struct ui *ui);
unsigned int view_groups_facts(const struct ui *ui);

#endif
