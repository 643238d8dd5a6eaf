/*
 * The kernel's own counters of trouble, over the ticks.
 */
#ifndef UI_VITALS_H
#define UI_VITALS_H

#include <stdbool.h>

#include "model/counters.h"
#include "ui/list.h"

struct ui;

struct vitals {
	bool known;	      /* ->now is a reading */
	struct counters first; /* since the view began */
	struct counters before;
	struct counters now;
	struct list list;
	char selected[192]; /* what is wrong, of the selected row; empty: it is about a figure */
	size_t figure;	    /* of the selected row */
};

/* Another reading; NULL: there is none. */
void vitals_note(struct vitals *h, const struct counters *counters);

/* The view. */
struct list *view_health_list(struct ui *ui);
void view_health_moved(struct ui *ui);
void view_health_update(struct ui *ui);
void view_health_enter(struct ui *ui);

#endif
