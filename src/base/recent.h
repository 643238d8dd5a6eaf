/*
 * A bounded set of numbers that were added not long ago: when it is full, older ones are
 * forgotten.
 */
#ifndef BASE_RECENT_H
#define BASE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places: 256 KiB, taken when the first number is added. */
#define RECENT_MAX 32768

/* Zero-filled: empty. */
struct recent {
	uint64_t *places; /* 0: free */
};

void recent_fini(struct recent *r);

/* Add @number, which is not 0.  Without memory it is forgotten at once. */
void recent_add(struct recent *r, uint64_t number);

/* Take @number out; true if it was in. */
bool recent_take(struct recent *r, uint64_t number);

/* Bytes of memory held. */
size_t recent_bytes(const struct recent *r);

#endif
