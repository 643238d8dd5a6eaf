/*
 * Equal blocks of memory that never move, reached by number.
 *
 * What grows by chunks is never copied: only the list of pointers is, which is
 * small.  A zero-filled struct chunks is a valid empty one.
 */
#ifndef BASE_CHUNKS_H
#define BASE_CHUNKS_H

#include <stddef.h>

struct chunks {
	void **list;
	size_t count;
	size_t room; /* of list */
	size_t chunk_bytes; /* of each; set by the first chunks_add() */
};

/* One more chunk of @bytes (always the same), not initialised.  0, or -1 without memory. */
int chunks_add(struct chunks *c, size_t bytes);

/* Free all but the first @keep chunks. */
void chunks_shrink(struct chunks *c, size_t keep);

/* Free everything; @c is empty and usable afterwards. */
void chunks_fini(struct chunks *c);

/* Bytes of memory held. */
size_t chunks_total_bytes(const struct chunks *c);

#endif
