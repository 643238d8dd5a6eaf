/*
 * Values as numbers that compare like them, so that ordering touches neither
 * sockets nor getters.
 *
 * A prefix holds the sort keys of a row one after the other, the most significant
 * bits first, until its 128 bits are used up.  Mostly they are not, and comparing
 * prefixes is all.  Otherwise rows of equal prefixes are compared by their keys.
 */
#ifndef QUERY_KEYS_H
#define QUERY_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "query/value.h"

#define PREFIX_BITS 128

struct prefix {
	uint64_t word[2];
};

/* A prefix being written; zero-filled at first. */
struct prefix_writer {
	struct prefix prefix;
	unsigned int used; /* bits */
	bool inverted;
	bool cut; /* it does not tell all: rows of the same prefix may differ */
};

/* Append @v, unless the prefix was cut before. */
void prefix_add(struct prefix_writer *w, const struct value *v, bool descending);

static inline int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	if (a->word[0] != b->word[0])
		return a->word[0] < b->word[0] ? -1 : 1;
	return (a->word[1] > b->word[1]) - (a->word[1] < b->word[1]);
}

/* A value as 24 bytes that compare like it; text beyond them is compared by @text. */
struct key {
	uint64_t part[3];
	const char *text; /* VALUE_TEXT longer than part[] */
	uint32_t len;
	bool none;
};

/* Long texts are copied into @texts.  0, or -1 without memory. */
int key_set(struct key *k, const struct value *v, struct arena *texts);

/* Unknown values come last in both directions. */
int key_compare(const struct key *a, const struct key *b, bool descending);

#endif
