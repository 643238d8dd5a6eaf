/*
 * Looking at every socket, in pieces, so that no key waits for all of them.
 *
 * What is counted or ordered anew goes through a plan of scans; the screen shows
 * the old picture until a scan has ended.  Few sockets are done at once, the others
 * by ui_work().
 */
#ifndef UI_WORK_H
#define UI_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "model/snapshot.h"

struct ui;

/* What is done with every socket of a snapshot.  All return -1 without memory. */
struct scan_class {
	int (*begin)(struct ui *ui, const struct snapshot *s); /* 1: it is not needed */
	int (*rows)(struct ui *ui, const struct snapshot *s, size_t first, size_t end);
	/* 1: there is more to do, about @rows rows' worth at a time */
	int (*end)(struct ui *ui, const struct snapshot *s, size_t rows);
};

#define WORK_SCANS_MAX 8

struct work {
	const struct scan_class *plan[WORK_SCANS_MAX];
	size_t scans;
	size_t scan; /* the one under way */
	bool begun;
	bool ending; /* all rows were seen */
	size_t next;	  /* row of the scan under way */
	bool rows;	  /* the table of connections is to be built */
	const char *what; /* that a key has asked for: "sorting"; NULL: another snapshot came */

	bool searching;
	bool backward;
	size_t search_from; /* rank */
	size_t searched;    /* rows done */
};

/*
 * Begin anew what the view shows, and with @rows the table of connections.  @what as
 * in struct work.
 */
void work_begin(struct ui *ui, bool rows, const char *what);

/* The table is searched for that many rows at once. */
#define SEARCH_AT_ONCE 1024

/* Search rows from rank @from on for ->search; the next one found is selected. */
void search_begin(struct ui *ui, size_t from, bool backward);
/* Look at up to @rows more; false: that was all. */
bool search_step(struct ui *ui, size_t rows);

#endif
