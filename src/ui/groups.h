/*
 * Sockets grouped by process or by peer, counted once a snapshot.
 */
#ifndef UI_GROUPS_H
#define UI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/group.h"
#include "ui/list.h"
#include "ui/within.h"
#include "ui/work.h"

struct ui;

/* The sums of a group, as places in its ->sums. */
enum group_sum { GROUP_BORN, GROUP_RECV, GROUP_SEND, GROUP_SUMS };

struct groups {
	const struct group_class *classes; /* ways to group */
	size_t class_count;
	size_t class;			   /* the way in use */
	const struct column *by;
	const struct column *sums[GROUP_SUMS];
	struct grouping *now;		   /* largest first; NULL: nothing was counted yet */
	struct grouping *next;		   /* being counted */
	struct grouping *before;	   /* at the snapshot before, in the same way */
	uint64_t taken_ns;
	uint64_t before_ns;
	uint64_t states[STATE_COUNT];	   /* of all rows */
	uint64_t total;
	uint64_t next_states[STATE_COUNT];
	uint64_t next_total;
	struct list list;
	struct kept_value selected;
	bool selected_known;
};

/* NULL without memory. */
struct groups *groups_new_processes(void);
struct groups *groups_new_peers(void);
void groups_free(struct groups *g); /* NULL is fine */

/*
 * Count the sockets of @s anew, rows @first to before @end at a time; what was
 * counted before is shown until groups_take().  0, or -1 without memory.
 */
int groups_begin(struct groups *g);
int groups_count(struct groups *g, const struct ui *ui, const struct snapshot *s, size_t first,
		 size_t end);
void groups_take(struct groups *g, uint64_t taken_ns);

/* The place of the selected group, or LIST_GONE. */
size_t groups_selected(const struct groups *g);

/* What was counted is not to be compared with what will be. */
void groups_forget(struct groups *g);

/* Group in the next way; nothing is counted before the next groups_begin(). */
void groups_next_class(struct groups *g);

/* Facts of every socket (enum fact) that it takes. */
unsigned int groups_facts(const struct groups *g);

/*
 * Sockets a second that came into @group and that left it, as far as two snapshots
 * tell; false: there is no snapshot before.
 */
bool groups_rates(const struct groups *g, const struct group *group, double *in, double *out);

/* The name of @group on the screen into @out (@size bytes, with NUL).  Returns its length. */
size_t groups_text(const struct groups *g, const struct group *group, char *out, size_t size);

/* The views. */
struct list *view_groups_list(struct ui *ui);
void view_groups_moved(struct ui *ui);
extern const struct scan_class groups_scan;
void view_groups_enter(struct ui *ui);
void view_groups_regroup(struct ui *ui);
unsigned int view_groups_facts(const struct ui *ui);

#endif
