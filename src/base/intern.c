/* Equal byte strings kept once: see intern.h. */
#include "config.h"

#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"

enum { SLOT_BITS_MIN = 6, SLOT_BITS_MAX = 31, ENTRIES_MIN = 32 };

static size_t slot_count(const struct intern *in)
{
	return in->slots ? (size_t)1 << in->slot_bits : 0;
}

/* The slot where @hash and @bytes are, or would be put. */
static uint32_t *find_slot(const struct intern *in, uint64_t hash, const void *bytes, size_t len)
{
	size_t mask = slot_count(in) - 1;
	size_t place = hash_place(hash, in->slot_bits);

	for (;; place = (place + 1) & mask) {
		uint32_t *slot = &in->slots[place];
		const struct intern_entry *entry;

		if (!*slot)
			return slot;
		entry = &in->entries[*slot - 1];
		if (entry->hash == hash && entry->len == len && !memcmp(entry->bytes, bytes, len))
			return slot;
	}
}

/* Twice the slots, so that at most half are ever taken. */
static int slots_grow(struct intern *in)
{
	unsigned int bits = in->slots ? in->slot_bits + 1 : SLOT_BITS_MIN;
	uint32_t *slots;
	size_t i;

	if (bits > SLOT_BITS_MAX)
		return -1;
	slots = calloc((size_t)1 << bits, sizeof(*slots));
	if (!slots)
		return -1;
	free(in->slots);
	in->slots = slots;
	in->slot_bits = bits;
	for (i = 0; i < in->count; i++) {
		const struct intern_entry *entry = &in->entries[i];

		*find_slot(in, entry->hash, entry->bytes, entry->len) = (uint32_t)i + 1;
	}
	return 0;
}

static int entries_grow(struct intern *in)
{
	struct intern_entry *entries =
		array_room(in->entries, &in->room, in->count, ENTRIES_MIN, sizeof(*entries));

	if (!entries)
		return -1;
	in->entries = entries;
	return 0;
}

int intern_add(struct intern *in, const void *bytes, size_t len, uint32_t *number)
{
	uint64_t hash = hash_bytes(0, bytes, len);
	const char *copy;
	uint32_t *slot;

	if (in->count >= slot_count(in) / 2 && slots_grow(in))
		return -1;
	slot = find_slot(in, hash, bytes, len);
	if (!*slot) {
		if (entries_grow(in))
			return -1;
		if (!in->arena.block_bytes)
			in->arena.block_bytes = 4096;
		copy = arena_strndup(&in->arena, bytes, len);
		if (!copy)
			return -1;
		in->entries[in->count] =
			(struct intern_entry){ .hash = hash, .len = len, .bytes = copy };
		*slot = (uint32_t)++in->count;
	}
	*number = *slot - 1;
	return 0;
}

bool intern_find(const struct intern *in, const void *bytes, size_t len, uint32_t *number)
{
	const uint32_t *slot;

	if (!in->slots)
		return false;
	slot = find_slot(in, hash_bytes(0, bytes, len), bytes, len);
	if (!*slot)
		return false;
	*number = *slot - 1;
	return true;
}

void intern_reset(struct intern *in)
{
	if (in->slots)
		memset(in->slots, 0, slot_count(in) * sizeof(*in->slots));
	in->count = 0;
	arena_reset(&in->arena);
}

void intern_fini(struct intern *in)
{
	arena_fini(&in->arena);
	free(in->entries);
	free(in->slots);
	*in = (struct intern){ 0 };
}

size_t intern_total_bytes(const struct intern *in)
{
	return in->arena.total_bytes + in->room * sizeof(*in->entries) +
	       slot_count(in) * sizeof(*in->slots);
}
