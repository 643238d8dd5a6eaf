/*
 * Memory that lives and dies together.
 *
 * Allocations are never freed one by one; arena_fini() frees all of them,
 * arena_reset() forgets them and keeps the blocks for the next round.  A
 * zero-filled struct arena is a valid empty one.  Memory grows in blocks of
 * @block_bytes (ARENA_BLOCK when 0), so that no realloc ever doubles it.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#define ARENA_BLOCK ((size_t)256 * 1024)

struct arena_block;

struct arena {
	struct arena_block *head; /* the block being filled; then older ones */
	struct arena_block *spare; /* emptied by arena_reset() */
	size_t block_bytes;
	size_t total_bytes; /* of all blocks, spare ones included */
};

/*
 * @size bytes aligned for any type, not initialised, valid until arena_fini()
 * or arena_reset().  NULL when memory is exhausted.
 */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of @len bytes of @text plus a terminating NUL, or NULL. */
char *arena_strndup(struct arena *a, const char *text, size_t len);

/*
 * @array, of @count items and with room for *@size, with room for one more: itself, or a
 * copy twice as large with *@size raised (the old one is lost until the arena is reset).
 * NULL without memory.  For arrays of which few grow long; array_room() frees.
 */
void *arena_grow(struct arena *a, void *array, size_t count, size_t *size, size_t item_bytes);

/* Forget all allocations, keep the memory. */
void arena_reset(struct arena *a);

/* Free everything; @a is empty and usable afterwards. */
void arena_fini(struct arena *a);

#endif
