/* The set of wanted socket inodes: see inode_index.h. */
#include "config.h"

#include "collect/inode_index.h"

#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct inode_index *x, uint32_t inode)
{
	uint32_t group = (inode >> 4) * 2654435769u;

	return (((size_t)(group ^ group >> 15) << 4) | (inode & 15)) & (x->slots - 1);
}

static size_t probe(const struct inode_index *x, uint32_t inode)
{
	size_t slot = slot_of(x, inode);

	while (x->keys[slot] && x->keys[slot] != inode)
		slot = (slot + 1) & (x->slots - 1);
	return slot;
}

/* Room for @count keys, all free.  The tables are kept while they are not far too large. */
static int reserve(struct inode_index *x, size_t count)
{
	size_t slots = 64;

	if (count > SIZE_MAX / 16)
		return -1;
	while (slots < count * 2)
		slots *= 2;
	if (slots > x->slots || slots < x->slots / 8) {
		uint32_t *keys = calloc(slots, sizeof(*keys));
		uint32_t *heads = calloc(slots, sizeof(*heads));

		if (!keys || !heads) {
			free(keys);
			free(heads);
			return -1;
		}
		free(x->keys);
		free(x->heads);
		x->keys = keys;
		x->heads = heads;
		x->slots = slots;
		return 0;
	}
	memset(x->keys, 0, x->slots * sizeof(*x->keys));
	memset(x->heads, 0, x->slots * sizeof(*x->heads));
	return 0;
}

int inode_index_build(struct inode_index *x, const uint64_t *inodes, size_t count)
{
	size_t i;

	if (reserve(x, count) < 0)
		return -1;
	x->count = x->found = x->holder_count = 0;
	for (i = 0; i < count; i++) {
		size_t slot;

		if (!inodes[i] || inodes[i] > UINT32_MAX)
			continue;
		slot = probe(x, (uint32_t)inodes[i]);
		x->count += !x->keys[slot];
		x->keys[slot] = (uint32_t)inodes[i];
	}
	return 0;
}

void inode_index_clear_holders(struct inode_index *x)
{
	if (x->slots)
		memset(x->heads, 0, x->slots * sizeof(*x->heads));
	x->found = x->holder_count = 0;
}

size_t inode_index_find(const struct inode_index *x, uint64_t inode)
{
	size_t slot;

	if (!x->count || !inode || inode > UINT32_MAX)
		return INODE_INDEX_NONE;
	slot = probe(x, (uint32_t)inode);
	return x->keys[slot] ? slot : INODE_INDEX_NONE;
}

int inode_index_add(struct inode_index *x, size_t slot, uint32_t process, int32_t fd)
{
	if (x->holder_count == x->holder_room) {
		size_t room = x->holder_room ? x->holder_room * 2 : 256;
		struct inode_holder *grown = NULL;

		if (room < UINT32_MAX)
			grown = realloc(x->holders, room * sizeof(*grown));
		if (!grown)
			return -1;
		x->holders = grown;
		x->holder_room = room;
	}
	x->holders[x->holder_count++] = (struct inode_holder){
		.process = process,
		.fd = fd,
		.next = x->heads[slot],
	};
	x->found += !x->heads[slot];
	x->heads[slot] = (uint32_t)x->holder_count;
	return 0;
}

void inode_index_fini(struct inode_index *x)
{
	free(x->keys);
	free(x->heads);
	free(x->holders);
	*x = (struct inode_index){ 0 };
}
