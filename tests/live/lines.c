/*
 * A multiset of lines of text, see lines.h.
 */
#include "config.h"

#include "live/lines.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void lines_add(struct lines *lines, const char *text)
{
	if (lines->count == lines->capacity) {
		lines->capacity = lines->capacity ? lines->capacity * 2 : 64;
		lines->line = reallocarray(lines->line, lines->capacity, sizeof(*lines->line));
		if (!lines->line)
			err(1, "cannot keep %zu lines", lines->capacity);
	}
	lines->line[lines->count] = strdup(text);
	if (!lines->line[lines->count])
		err(1, "cannot keep a line");
	lines->count++;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void lines_sort(struct lines *lines)
{
	if (lines->count)
		qsort(lines->line, lines->count, sizeof(*lines->line), compare_lines);
}

void lines_fini(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i]);
	free(lines->line);
	*lines = (struct lines){ 0 };
}

size_t lines_differ(const struct lines *wanted, const struct lines *found, FILE *out)
{
	size_t differences = 0, w = 0, f = 0;

	while (w < wanted->count || f < found->count) {
		int order = w < wanted->count ? -1 : 1;

		if (w < wanted->count && f < found->count)
			order = strcmp(wanted->line[w], found->line[f]);
		if (order != 0) {
			differences++;
			if (out)
				fprintf(out, "%c %s\n", order < 0 ? '-' : '+',
					order < 0 ? wanted->line[w] : found->line[f]);
		}
		w += order <= 0;
		f += order >= 0;
	}
	return differences;
}
