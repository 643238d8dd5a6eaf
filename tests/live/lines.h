/*
 * A multiset of lines of text, and what one has that another lacks.
 */
#ifndef LIVE_LINES_H
#define LIVE_LINES_H

#include <stddef.h>
#include <stdio.h>

struct lines {
	char **line;
	size_t count;
	size_t capacity;
};

/* Adds a copy of @text.  Ends the program when memory runs out. */
void lines_add(struct lines *lines, const char *text);
void lines_sort(struct lines *lines);
void lines_fini(struct lines *lines);

/* Both sorted.  Writes "- line" for what only @wanted has and "+ line" for what
 * only @found has to @out, when not NULL.  Returns how many lines differ. */
size_t lines_differ(const struct lines *wanted, const struct lines *found, FILE *out);

#endif
