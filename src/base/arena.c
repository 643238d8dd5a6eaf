/* Memory that lives and dies together: see arena.h. */
#include "config.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

static size_t align_up(size_t size)
{
	return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

/* A spare block that is large enough, or a new one; pushed as the head. */
static struct arena_block *block_push(struct arena *a, size_t size)
{
	size_t wanted = a->block_bytes ? a->block_bytes : ARENA_BLOCK;
	struct arena_block **link = &a->spare;
	struct arena_block *b;

	while (*link && (*link)->size < size)
		link = &(*link)->next;
	b = *link;
	if (b) {
		*link = b->next;
	} else {
		if (wanted < size)
			wanted = size;
		if (wanted > SIZE_MAX - sizeof(*b))
			return NULL;
		b = malloc(sizeof(*b) + wanted);
		if (!b)
			return NULL;
		b->size = wanted;
		a->total_bytes += sizeof(*b) + wanted;
	}
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	void *p;

	if (size > SIZE_MAX - alignof(max_align_t))
		return NULL;
	size = align_up(size);
	if (!b || b->size - b->used < size) {
		b = block_push(a, size);
		if (!b)
			return NULL;
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = arena_alloc(a, len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void *arena_grow(struct arena *a, void *array, size_t count, size_t *size, size_t item_bytes)
{
	size_t wanted = *size ? *size * 2 : 1;
	void *larger;

	if (count < *size)
		return array;
	if (wanted > SIZE_MAX / 2 / item_bytes)
		return NULL;
	larger = arena_alloc(a, wanted * item_bytes);
	if (!larger)
		return NULL;
	if (count)
		memcpy(larger, array, count * item_bytes);
	*size = wanted;
	return larger;
}

void arena_reset(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->next;
		b->next = a->spare;
		a->spare = b;
	}
}

static void blocks_free(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_fini(struct arena *a)
{
	blocks_free(a->head);
	blocks_free(a->spare);
	*a = (struct arena){ .block_bytes = a->block_bytes };
}
