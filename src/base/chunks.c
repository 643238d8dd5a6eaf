/* Equal blocks of memory that never move: see chunks.h. */
#include "config.h"

#include "base/chunks.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"

int chunks_add(struct chunks *c, size_t bytes)
{
	void **list = array_room(c->list, &c->room, c->count, 16, sizeof(*list));
	void *chunk;

	if (!list)
		return -1;
	c->list = list;
	chunk = malloc(bytes);
	if (!chunk)
		return -1;
	c->chunk_bytes = bytes;
	c->list[c->count++] = chunk;
	return 0;
}

void chunks_shrink(struct chunks *c, size_t keep)
{
	while (c->count > keep)
		free(c->list[--c->count]);
}

void chunks_fini(struct chunks *c)
{
	chunks_shrink(c, 0);
	free(c->list);
	*c = (struct chunks){ 0 };
}

size_t chunks_total_bytes(const struct chunks *c)
{
	return c->count * c->chunk_bytes + c->room * sizeof(*c->list);
}
