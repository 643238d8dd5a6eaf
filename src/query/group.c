/* Rows grouped by a column: see group.h. */
#include "config.h"

#include "query/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct grouping {
	const struct column *by;
	const struct column *const *sums;
	size_t sum_count;
	struct arena memory; /* of keys and sums */
	struct group *groups;
	size_t count;
	size_t capacity;
	uint32_t *index; /* hash of the key -> group + 1; a power of two of slots */
	size_t slots;
};

struct grouping *grouping_new(const struct column *by, const struct column *const *sums,
			      size_t sum_count)
{
	struct grouping *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->by = by;
	g->sums = sums;
	g->sum_count = sum_count;
	g->memory.block_bytes = 16 * 1024;
	return g;
}

void grouping_free(struct grouping *g)
{
	if (!g)
		return;
	arena_fini(&g->memory);
	free(g->groups);
	free(g->index);
	free(g);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x100000001b3;
	return hash ^ hash >> 29;
}

static uint64_t hash_value(const struct value *v)
{
	uint64_t hash = 0xcbf29ce484222325 ^ v->kind;

	switch ((enum value_kind)v->kind) {
	case VALUE_COUNT:
		return hash_bytes(hash, &v->count, sizeof(v->count));
	case VALUE_RATIO:
		return hash_bytes(hash, &v->ratio, sizeof(v->ratio));
	case VALUE_TEXT:
		return hash_bytes(hash, v->text, v->len);
	case VALUE_STATE:
		return hash_bytes(hash, &v->state, sizeof(v->state));
	case VALUE_BOOL:
		return hash_bytes(hash, &v->truth, sizeof(v->truth));
	case VALUE_ADDRESS:
		return hash_bytes(hash, v->endpoint->bytes, sizeof(v->endpoint->bytes));
	case VALUE_ENDPOINT:
		hash = hash_bytes(hash, v->endpoint->bytes, sizeof(v->endpoint->bytes));
		return hash_bytes(hash, &v->endpoint->port, sizeof(v->endpoint->port));
	case VALUE_NONE:
		return v->text ? hash_bytes(hash, v->text, strlen(v->text)) : hash;
	}
	return hash;
}

/* Why two values are unknown; without a reason first. */
static int compare_reasons(const struct value *a, const struct value *b)
{
	return strcmp(a->text ? a->text : "", b->text ? b->text : "");
}

/* An address is the same whatever the port beside it; unknown only for the same reason. */
bool group_same_key(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_ADDRESS && b->kind == VALUE_ADDRESS)
		return a->endpoint->family == b->endpoint->family &&
		       !memcmp(a->endpoint->bytes, b->endpoint->bytes, sizeof(a->endpoint->bytes));
	if (a->kind == VALUE_NONE && b->kind == VALUE_NONE)
		return !compare_reasons(a, b);
	return !value_compare(a, b);
}

/* The slot of @key: its group's, or the free one where it belongs. */
static size_t find_slot(const struct grouping *g, const struct value *key)
{
	size_t slot = (size_t)hash_value(key) & (g->slots - 1);

	while (g->index[slot] && !group_same_key(&g->groups[g->index[slot] - 1].key, key))
		slot = (slot + 1) & (g->slots - 1);
	return slot;
}

const struct group *grouping_find(const struct grouping *g, const struct value *key)
{
	uint32_t at = g->slots ? g->index[find_slot(g, key)] : 0;

	return at ? &g->groups[at - 1] : NULL;
}

/* Double the groups and the index over them. */
static int grow(struct grouping *g)
{
	size_t capacity = g->capacity ? g->capacity * 2 : 64;
	struct group *groups = reallocarray(g->groups, capacity, sizeof(*groups));
	uint32_t *index;

	if (!groups)
		return -1;
	g->groups = groups;
	index = calloc(capacity * 2, sizeof(*index));
	if (!index)
		return -1;
	free(g->index);
	g->index = index;
	g->capacity = capacity;
	g->slots = capacity * 2;
	for (size_t i = 0; i < g->count; i++)
		g->index[find_slot(g, &g->groups[i].key)] = (uint32_t)i + 1;
	return 0;
}

/* A copy of @v that outlives its row. */
static int keep_value(struct grouping *g, struct value *v)
{
	struct endpoint *copy;

	if (v->kind == VALUE_TEXT || (v->kind == VALUE_NONE && v->text)) {
		v->text = arena_strndup(&g->memory, v->text,
					v->kind == VALUE_TEXT ? v->len : strlen(v->text));
		return v->text ? 0 : -1;
	}
	if (v->kind != VALUE_ADDRESS && v->kind != VALUE_ENDPOINT)
		return 0;
	copy = arena_alloc(&g->memory, sizeof(*copy));
	if (!copy)
		return -1;
	*copy = *v->endpoint;
	v->endpoint = copy;
	if (v->interface)
		v->interface = arena_strndup(&g->memory, v->interface, strlen(v->interface));
	return 0;
}

static int add_group(struct grouping *g, const struct value *key, size_t slot)
{
	struct group *new = &g->groups[g->count];
	size_t bytes = (g->sum_count ? g->sum_count : 1) * sizeof(uint64_t);

	*new = (struct group){ .key = *key };
	new->sums = arena_alloc(&g->memory, bytes);
	new->known = arena_alloc(&g->memory, bytes);
	if (!new->sums || !new->known || keep_value(g, &new->key))
		return -1;
	memset(new->sums, 0, bytes);
	memset(new->known, 0, bytes);
	g->index[slot] = (uint32_t)++g->count;
	return 0;
}

static void count_row(const struct grouping *g, struct group *group, const struct row *row)
{
	group->count++;
	group->states[row->sock->state]++;
	for (size_t i = 0; i < g->sum_count; i++) {
		struct value v;

		if (!g->sums[i])
			continue;
		v = column_value(g->sums[i], row);
		if (v.kind != VALUE_COUNT)
			continue;
		group->sums[i] += v.count;
		group->known[i]++;
	}
}

struct group *grouping_count_in(struct grouping *g, const struct row *row, struct error *err)
{
	struct value key = column_value(g->by, row);
	struct group *group;
	size_t slot;

	if (g->count == g->capacity && grow(g))
		goto no_memory;
	slot = find_slot(g, &key);
	if (!g->index[slot] && add_group(g, &key, slot))
		goto no_memory;
	group = &g->groups[g->index[slot] - 1];
	count_row(g, group, row);
	return group;
no_memory:
	error_set(err, 0, "out of memory for %zu groups", g->count);
	return NULL;
}

int grouping_add(struct grouping *g, const struct row *row, struct error *err)
{
	return grouping_count_in(g, row, err) ? 0 : -1;
}

int group_compare(const struct group *x, const struct group *y)
{
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if ((x->key.kind == VALUE_NONE) != (y->key.kind == VALUE_NONE))
		return x->key.kind == VALUE_NONE ? 1 : -1;
	if (x->key.kind == VALUE_NONE)
		return compare_reasons(&x->key, &y->key);
	return value_compare(&x->key, &y->key);
}

static int compare_groups(const void *a, const void *b)
{
	return group_compare(a, b);
}

void grouping_sort(struct grouping *g)
{
	if (!g->count)
		return;
	qsort(g->groups, g->count, sizeof(*g->groups), compare_groups);
	memset(g->index, 0, g->slots * sizeof(*g->index));
	for (size_t i = 0; i < g->count; i++)
		g->index[find_slot(g, &g->groups[i].key)] = (uint32_t)i + 1;
}

size_t grouping_count(const struct grouping *g)
{
	return g->count;
}

const struct group *grouping_at(const struct grouping *g, size_t i)
{
	return &g->groups[i];
}
