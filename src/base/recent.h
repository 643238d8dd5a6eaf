/*
 * A bounded table of numbers that were added not long ago, each with a value: when it is
 * full, older ones are forgotten.
 */
#ifndef BASE_RECENT_H
#define BASE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places: 256 KiB, taken when the first number is added. */
#define RECENT_MAX 16384

struct recent_place {
	uint64_t number; /* 0: free */
	uint64_t value;
};

/* Zero-filled: empty. */
struct recent {
	struct recent_place *places;
};

void recent_fini(struct recent *r);

/* Add @number, which is not 0.  Without memory it is forgotten at once. */
void recent_add(struct recent *r, uint64_t number, uint64_t value);

/* Take @number out; true if it was in, with its value in @value (may be NULL). */
bool recent_take(struct recent *r, uint64_t number, uint64_t *value);

/* Bytes of memory held. */
size_t recent_bytes(const struct recent *r);

#endif
