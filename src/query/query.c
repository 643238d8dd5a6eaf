/*
 * What to show and in which order: see query.h.
 *
 * Each row's sort keys are turned into numbers once (keys.h), so that ordering
 * compares integers and touches neither sockets nor getters.
 *
 * Rows are ordered by a quicksort that stops where nobody looks: the places where
 * it has divided the rows are kept as cuts, so that the next window costs only what
 * it has not in common with those before.
 */
#include "config.h"

#include "query/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "query/keys.h"

#define NO_KEYS UINT32_MAX

/* Segments up to this many rows are sorted, not divided. */
#define SEGMENT_MIN 64

struct entry {
	struct prefix prefix;
	uint64_t tie; /* the cookie: stable and unique */
	uint32_t index;
	uint32_t keys; /* index of its first key; NO_KEYS: the prefix tells all */
};

/* Rows from @place on are not less than those before; @sorted up to the next cut. */
struct cut {
	uint32_t place;
	bool sorted;
};

struct result {
	const struct snapshot *snapshot;
	size_t next; /* in the snapshot, to be looked at */
	struct entry *entries;
	size_t count;
	struct key *keys;
	size_t key_count;
	size_t key_capacity;
	struct arena texts;
	struct sort sort;
	struct cut *cuts;
	size_t cut_count;
	size_t cut_capacity;
};

int sort_parse(struct sort *sort, const char *text, struct error *err)
{
	sort->count = 0;
	while (*text) {
		struct sort_key *key = &sort->key[sort->count];
		size_t len;

		if (sort->count == SORT_KEYS_MAX)
			return error_set(err, 0, "at most %d sort keys", SORT_KEYS_MAX);
		key->descending = *text == '-';
		if (*text == '-' || *text == '+')
			text++;
		len = strcspn(text, ",");
		if (!len)
			return error_set(err, 0, "a column name is missing in the list");
		key->column = column_find(text, len);
		if (!key->column)
			return column_unknown(text, len, err);
		sort->count++;
		text += len + (text[len] == ',');
	}
	if (!sort->count)
		return error_set(err, 0, "a column name is missing in the list");
	return 0;
}

struct result *result_new(void)
{
	return calloc(1, sizeof(struct result));
}

void result_free(struct result *r)
{
	if (!r)
		return;
	free(r->entries);
	free(r->keys);
	free(r->cuts);
	arena_fini(&r->texts);
	free(r);
}

static int compare_by_keys(const struct result *r, const struct entry *a, const struct entry *b)
{
	int order = 0;

	for (size_t i = 0; i < r->sort.count && !order; i++)
		order = key_compare(&r->keys[a->keys + i], &r->keys[b->keys + i],
				    r->sort.key[i].descending);
	return order;
}

static inline int compare_entries(const struct result *r, const struct entry *a,
				  const struct entry *b)
{
	int order = prefix_compare(&a->prefix, &b->prefix);

	/* equal prefixes are both cut, or none is */
	if (!order && a->keys != NO_KEYS)
		order = compare_by_keys(r, a, b);
	if (order)
		return order;
	if (a->tie != b->tie)
		return a->tie < b->tie ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* Cookies order rows of equal keys; without one, the ends do. */
static uint64_t tie_of(const struct sock *sk)
{
	uint64_t hash = 0xcbf29ce484222325;

	if (sk->has & SOCK_HAS_COOKIE)
		return sk->cookie;
	for (size_t i = 0; i < 16; i++)
		hash = (hash ^ sk->local.bytes[i] ^ (uint64_t)sk->peer.bytes[i] << 8) *
		       0x100000001b3;
	return hash ^ (uint64_t)sk->local.port << 16 ^ sk->peer.port;
}

/* Keep the whole sort keys of @row. */
static int add_keys(struct result *r, const struct row *row, struct entry *e)
{
	struct key *keys = array_room(r->keys, &r->key_capacity, r->key_count + r->sort.count - 1,
				      1024, sizeof(*keys));

	if (!keys)
		return -1;
	r->keys = keys;
	e->keys = (uint32_t)r->key_count;
	for (size_t i = 0; i < r->sort.count; i++) {
		struct value v = column_value(r->sort.key[i].column, row);

		if (key_set(&r->keys[r->key_count++], &v, &r->texts))
			return -1;
	}
	return 0;
}

static int result_add(struct result *r, const struct row *row, size_t index)
{
	struct entry *e = &r->entries[r->count];
	struct prefix_writer prefix = { 0 };

	for (size_t i = 0; i < r->sort.count; i++) {
		struct value v = column_value(r->sort.key[i].column, row);

		prefix_add(&prefix, &v, r->sort.key[i].descending);
	}
	*e = (struct entry){ .prefix = prefix.prefix, .index = (uint32_t)index, .keys = NO_KEYS };
	if (r->sort.count)
		e->tie = tie_of(row->sock);
	if (prefix.cut && add_keys(r, row, e))
		return -1;
	r->count++;
	return 0;
}

/* Room for another cut; false without memory. */
static bool room_for_cut(struct result *r)
{
	struct cut *cuts = array_room(r->cuts, &r->cut_capacity, r->cut_count, 64, sizeof(*cuts));

	if (cuts)
		r->cuts = cuts;
	return cuts;
}

/* A cut at @place, as number @at. */
static void add_cut(struct result *r, size_t at, size_t place)
{
	memmove(&r->cuts[at + 1], &r->cuts[at], (r->cut_count - at) * sizeof(*r->cuts));
	r->cuts[at] = (struct cut){ .place = (uint32_t)place };
	r->cut_count++;
}

void result_clear(struct result *r, const struct snapshot *s)
{
	r->snapshot = s;
	r->next = 0;
	r->count = 0;
	r->key_count = 0;
	r->cut_count = 0;
	arena_reset(&r->texts);
}

int result_begin(struct result *r, const struct snapshot *s, const struct sort *sort,
		 struct error *err)
{
	size_t count = snapshot_count(s) ? snapshot_count(s) : 1;
	struct entry *entries = reallocarray(r->entries, count, sizeof(*entries));

	result_clear(r, s);
	r->sort = *sort;
	if (entries)
		r->entries = entries;
	if (!entries || !room_for_cut(r))
		return error_set(err, 0, "out of memory for %zu rows", count);
	add_cut(r, 0, 0);
	return 0;
}

int result_step(struct result *r, size_t rows, const struct row_judge *judge, struct error *err)
{
	size_t count = snapshot_count(r->snapshot);
	size_t end = count - r->next > rows ? r->next + rows : count;

	for (; r->next < end; r->next++) {
		struct sock sk;
		struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(r->snapshot) };

		snapshot_sock(r->snapshot, r->next, &sk);
		if (judge->source)
			judge->source->complete(judge->source->context, &row);
		if (judge->keep && !judge->keep(judge->context, &row))
			continue;
		if (result_add(r, &row, r->next))
			return error_set(err, 0, "out of memory for %zu rows", count);
	}
	return r->next < count;
}

int result_build(struct result *r, const struct snapshot *s, const struct sort *sort,
		 bool (*keep)(void *context, const struct row *row), void *context,
		 const struct row_source *source, struct error *err)
{
	const struct row_judge judge = { keep, context, source };

	return result_begin(r, s, sort, err) ? -1 : result_step(r, SIZE_MAX, &judge, err);
}

size_t result_count(const struct result *r)
{
	return r->count;
}

static void swap(struct entry *a, struct entry *b)
{
	struct entry kept = *a;

	*a = *b;
	*b = kept;
}

static const struct entry *middle(const struct result *r, const struct entry *a,
				  const struct entry *b, const struct entry *c)
{
	bool descending = compare_entries(r, a, b) > 0;
	const struct entry *low = descending ? b : a;
	const struct entry *high = descending ? a : b;

	if (compare_entries(r, high, c) <= 0)
		return high;
	return compare_entries(r, low, c) > 0 ? low : c;
}

/* Any one of @count rows: scattered, so that no order of a dump is a worst case. */
static const struct entry *sample(const struct result *r, size_t from, size_t count)
{
	uint64_t scattered = (from ^ count) * 0x9e3779b97f4a7c15;

	return &r->entries[from + (scattered >> 32) % count];
}

/* A row of about the middle, and never the last in order, of at least nine rows. */
static struct entry pivot_of(const struct result *r, size_t low, size_t count)
{
	const size_t ninth = count / 9;
	const struct entry *third[3];

	for (size_t i = 0; i < 3; i++) {
		size_t from = low + 3 * i * ninth;

		third[i] = middle(r, sample(r, from, ninth), sample(r, from + ninth, ninth),
				  sample(r, from + 2 * ninth, ninth));
	}
	return *middle(r, third[0], third[1], third[2]);
}

/* Hoare's partition of [low, high]: returns the last place of the lower part. */
static size_t partition(struct result *r, size_t low, size_t high)
{
	struct entry pivot = pivot_of(r, low, high - low + 1);
	size_t i = low;
	size_t j = high;

	for (;;) {
		while (compare_entries(r, &r->entries[i], &pivot) < 0)
			i++;
		while (compare_entries(r, &r->entries[j], &pivot) > 0)
			j--;
		if (i >= j)
			return j;
		swap(&r->entries[i++], &r->entries[j--]);
	}
}

static int compare_for_sort(const void *a, const void *b, void *r)
{
	return compare_entries(r, a, b);
}

/* The cut at or before @place. */
static size_t cut_before(const struct result *r, size_t place)
{
	size_t low = 0;
	size_t high = r->cut_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (r->cuts[middle].place <= place)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Where the segment of cut @at ends. */
static size_t segment_end(const struct result *r, size_t at)
{
	return at + 1 < r->cut_count ? r->cuts[at + 1].place : r->count;
}

static void remove_cut(struct result *r, size_t at)
{
	memmove(&r->cuts[at], &r->cuts[at + 1], (--r->cut_count - at) * sizeof(*r->cuts));
}

/* Sort the segment, and make it one with sorted neighbours, so that cuts stay few. */
static void sort_segment(struct result *r, size_t at)
{
	size_t low = r->cuts[at].place;

	qsort_r(r->entries + low, segment_end(r, at) - low, sizeof(*r->entries),
		compare_for_sort, r);
	r->cuts[at].sorted = true;
	if (at + 1 < r->cut_count && r->cuts[at + 1].sorted)
		remove_cut(r, at + 1);
	if (at && r->cuts[at - 1].sorted)
		remove_cut(r, at);
}

void result_order(struct result *r, size_t first, size_t count)
{
	size_t end = count < r->count - first ? first + count : r->count;
	size_t place = first;

	if (first >= r->count || !r->sort.count)
		return;
	while (place < end) {
		size_t at = cut_before(r, place);
		size_t low = r->cuts[at].place;
		size_t high = segment_end(r, at);
		bool inside = low >= first && high <= end;

		if (!r->cuts[at].sorted && !inside && high - low > SEGMENT_MIN &&
		    room_for_cut(r)) {
			add_cut(r, at + 1, partition(r, low, high - 1) + 1);
			continue;
		}
		if (!r->cuts[at].sorted)
			sort_segment(r, at);
		place = high;
	}
}

size_t result_index(const struct result *r, size_t i)
{
	return r->entries[i].index;
}

size_t result_rank(const struct result *r, size_t index)
{
	const struct entry *wanted = NULL;
	size_t rank = 0;

	for (size_t i = 0; i < r->count && !wanted; i++)
		if (r->entries[i].index == index)
			wanted = &r->entries[i];
	if (!wanted)
		return r->count;
	for (size_t i = 0; i < r->count; i++)
		rank += compare_entries(r, &r->entries[i], wanted) < 0;
	return rank;
}
