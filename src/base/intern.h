/*
 * Equal byte strings kept once, each with a small number.
 *
 * Numbers start at 0 and are given in order of arrival.  A zero-filled struct
 * intern is a valid empty one.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* @bytes are aligned for any type and followed by a NUL that is not counted. */
struct intern_entry {
	uint64_t hash;
	size_t len;
	const void *bytes;
};

struct intern {
	struct arena arena;
	struct intern_entry *entries; /* by number */
	size_t count;
	size_t room;
	uint32_t *slots; /* hash table of numbers + 1; 0: empty */
	unsigned int slot_bits;
};

/* The number of these @len bytes, old or new, into @number.  0, or -1 without memory. */
int intern_add(struct intern *in, const void *bytes, size_t len, uint32_t *number);

/* The number of these bytes into @number; false: they were never added. */
bool intern_find(const struct intern *in, const void *bytes, size_t len, uint32_t *number);

/* Borrowed; the bytes are valid until intern_reset(), the entry until the next intern_add(). */
static inline const struct intern_entry *intern_entry(const struct intern *in, uint32_t number)
{
	return &in->entries[number];
}

/* Forget everything, keep the memory. */
void intern_reset(struct intern *in);

void intern_fini(struct intern *in);

/* Bytes of memory held. */
size_t intern_total_bytes(const struct intern *in);

#endif
