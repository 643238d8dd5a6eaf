/*
 * Selection and scrolling in a list whose rows come, go and change places.
 *
 * The list knows only ranks (places in the order); who is selected is the view's
 * knowledge.  Until a key has moved the selection, or asked about its row, it stays on
 * the first row; from then on it follows its row, and the row keeps its line on the screen.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	size_t count;  /* rows there are */
	size_t page;   /* rows that fit on the screen */
	size_t top;    /* rank of the first row on the screen */
	size_t cursor; /* rank of the selected row */
	bool anchored; /* the selection follows its row */
	int lead;      /* 1, -1: the selected row has gone from before, behind the cursor */
};

/* The selected row is not in the order any more. */
#define LIST_GONE ((size_t)-1)

/* The screen shows @page rows. */
void list_resize(struct list *l, size_t page);

/* There are @count rows now; the selected one has @rank, or LIST_GONE. */
void list_update(struct list *l, size_t count, size_t rank);

/* The selected row has just gone from before what has @rank now, and is still to be seen. */
void list_beside(struct list *l, size_t rank);

/* Move the selection by @rows, by half pages, or to a rank; clamped. */
void list_move(struct list *l, long rows);
void list_page(struct list *l, long halves);
void list_to(struct list *l, size_t rank);

/* Scroll by @rows, taking the selection along only where it must. */
void list_scroll(struct list *l, long rows);

#endif
