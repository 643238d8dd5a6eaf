/*
 * Sorting so many rows that no key shall wait for it: in steps.
 *
 * Zero-filled it is a valid empty one.
 */
#ifndef UI_SORTING_H
#define UI_SORTING_H

#include <stddef.h>

struct sorting {
	size_t *order; /* rows by rank, once all steps are done */
	size_t *spare;
	size_t count;
	size_t run;   /* so many are in order, side by side; 0: not begun */
	size_t first; /* of the two runs that become one, or of the run that is ordered next */
	size_t left;  /* the next of either */
	size_t right;
};

/* Does row @a come before row @b (<0), or after it (>0)? */
typedef int sorting_compare(const void *context, size_t a, size_t b);

/* Begin to sort rows 0 to before @count.  0, or -1 without memory. */
int sorting_begin(struct sorting *s, size_t count);

/* Move about @rows rows.  The order of equal rows stays.  1: there are more; 0: all is sorted. */
int sorting_step(struct sorting *s, size_t rows, sorting_compare *compare, const void *context);

void sorting_fini(struct sorting *s);

#endif
