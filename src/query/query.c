/*
 * What to show and in which order: see query.h.
 *
 * Each row's sort keys are turned into numbers once (struct key), so that ordering
 * compares integers and touches neither sockets nor getters.  Rows are ordered by
 * quickselect around the wanted window, then a sort of the window alone.
 */
#include "config.h"

#include "query/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* A value as 24 bytes that compare like it; text beyond them is compared by @text. */
struct key {
	uint64_t part[3];
	const char *text; /* VALUE_TEXT longer than part[], in the result's arena */
	uint32_t len;
	bool none;
};

struct entry {
	uint64_t tie; /* the cookie: stable and unique */
	uint32_t index;
	uint32_t keys; /* index of its first key */
};

struct result {
	struct entry *entries;
	struct key *keys;
	struct arena texts;
	size_t count;
	size_t capacity;
	struct sort sort;
	size_t ordered_from; /* the rows that were put into their places last */
	size_t ordered_to;
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
		key->column = column_find(text, len);
		if (!key->column)
			return column_unknown(text, len, err);
		sort->count++;
		text += len + (text[len] == ',');
	}
	if (!sort->count)
		return error_set(err, 0, "a column name is missing in the sort order");
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
	arena_fini(&r->texts);
	free(r);
}

/* Bytes that compare like the numbers they hold: most significant first. */
static uint64_t load_big_endian(const uint8_t *bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 8; i++)
		n = n << 8 | bytes[i];
	return n;
}

static void key_from_bytes(struct key *k, const uint8_t *bytes, size_t len)
{
	uint8_t padded[24] = { 0 };

	memcpy(padded, bytes, len < sizeof(padded) ? len : sizeof(padded));
	for (size_t i = 0; i < 3; i++)
		k->part[i] = load_big_endian(padded + 8 * i);
}

static void key_from_endpoint(struct key *k, const struct endpoint *e)
{
	uint8_t bytes[19] = { e->family };

	memcpy(bytes + 1, e->bytes, e->family == ADDR_V4 ? 4 : 16);
	bytes[17] = (uint8_t)(e->port >> 8);
	bytes[18] = (uint8_t)e->port;
	key_from_bytes(k, bytes, sizeof(bytes));
}

static int key_from_text(struct key *k, const struct value *v, struct arena *texts)
{
	key_from_bytes(k, (const uint8_t *)v->text, v->len);
	k->len = v->len;
	if (v->len <= sizeof(k->part))
		return 0;
	k->text = arena_strndup(texts, v->text, v->len);
	return k->text ? 0 : -1;
}

/* A double as an integer of the same order. */
static uint64_t order_of_double(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static int key_set(struct key *k, const struct value *v, struct arena *texts)
{
	*k = (struct key){ 0 };
	switch ((enum value_kind)v->kind) {
	case VALUE_NONE:
		k->none = true;
		break;
	case VALUE_COUNT:
		k->part[0] = v->count;
		break;
	case VALUE_RATIO:
		k->part[0] = order_of_double(v->ratio);
		break;
	case VALUE_BOOL:
		k->part[0] = v->truth;
		break;
	case VALUE_STATE:
		k->part[0] = v->state;
		break;
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		key_from_endpoint(k, v->endpoint);
		break;
	case VALUE_TEXT:
		return key_from_text(k, v, texts);
	}
	return 0;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_long_text(const struct key *a, const struct key *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = 0;

	if (a->text && b->text)
		order = memcmp(a->text, b->text, len);
	return order ? order : compare_u64(a->len, b->len);
}

static int compare_keys(const struct key *a, const struct key *b, bool descending)
{
	int order = 0;

	if (a->none || b->none)
		return (int)a->none - (int)b->none;
	for (size_t i = 0; i < 3 && !order; i++)
		order = compare_u64(a->part[i], b->part[i]);
	if (!order)
		order = compare_long_text(a, b);
	return descending ? -order : order;
}

static int compare_entries(const struct result *r, const struct entry *a, const struct entry *b)
{
	int order = 0;

	for (size_t i = 0; i < r->sort.count && !order; i++)
		order = compare_keys(&r->keys[a->keys + i], &r->keys[b->keys + i],
				     r->sort.key[i].descending);
	if (!order && r->sort.count)
		order = compare_u64(a->tie, b->tie);
	return order ? order : compare_u64(a->index, b->index);
}

/* Room for @count rows. */
static int result_size(struct result *r, size_t count, struct error *err)
{
	size_t keys = r->sort.count ? r->sort.count : 1;
	struct entry *entries = reallocarray(r->entries, count ? count : 1, sizeof(*entries));
	struct key *list;

	if (entries)
		r->entries = entries;
	list = r->sort.count ? reallocarray(r->keys, (count ? count : 1) * keys, sizeof(*list)) :
			       r->keys;
	if (list)
		r->keys = list;
	if (!entries || (r->sort.count && !list))
		return error_set(err, 0, "out of memory for %zu rows", count);
	return 0;
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

static int result_add(struct result *r, const struct row *row, size_t index)
{
	struct entry *e = &r->entries[r->count];

	e->index = (uint32_t)index;
	e->keys = (uint32_t)(r->count * r->sort.count);
	e->tie = r->sort.count ? tie_of(row->sock) : 0;
	for (size_t i = 0; i < r->sort.count; i++) {
		struct value v = column_value(r->sort.key[i].column, row);

		if (key_set(&r->keys[e->keys + i], &v, &r->texts))
			return -1;
	}
	r->count++;
	return 0;
}

int result_build(struct result *r, const struct snapshot *s, const struct sort *sort,
		 bool (*keep)(void *context, const struct row *row), void *context,
		 const struct row_source *source, struct error *err)
{
	size_t count = snapshot_count(s);

	r->sort = *sort;
	r->count = 0;
	r->ordered_from = 0;
	r->ordered_to = 0;
	arena_reset(&r->texts);
	if (result_size(r, count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct sock sk;
		struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(s) };

		snapshot_sock(s, i, &sk);
		if (source)
			source->complete(source->context, &row);
		if (keep && !keep(context, &row))
			continue;
		if (result_add(r, &row, i))
			return error_set(err, 0, "out of memory for %zu rows", count);
	}
	return 0;
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

/* The middle one of three rows, so that ordered input is no worst case. */
static struct entry median(const struct result *r, size_t low, size_t high)
{
	struct entry a = r->entries[low];
	struct entry b = r->entries[low + (high - low) / 2];
	struct entry c = r->entries[high];

	if (compare_entries(r, &a, &b) > 0)
		swap(&a, &b);
	if (compare_entries(r, &b, &c) <= 0)
		return b;
	return compare_entries(r, &a, &c) > 0 ? a : c;
}

/* Hoare's partition of [low, high]: returns the last place of the lower part. */
static size_t partition(struct result *r, size_t low, size_t high)
{
	struct entry pivot = median(r, low, high);
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

/* Move entries so that those before @place are not greater than those from it on. */
static void split_at(struct result *r, size_t place)
{
	size_t low = 0;
	size_t high = r->count - 1;

	while (low < high) {
		size_t last = partition(r, low, high);

		if (place <= last)
			high = last;
		else
			low = last + 1;
	}
}

static int compare_for_sort(const void *a, const void *b, void *r)
{
	return compare_entries(r, a, b);
}

void result_order(struct result *r, size_t first, size_t count)
{
	if (first >= r->count || !r->sort.count)
		return;
	if (count > r->count - first)
		count = r->count - first;
	/* the same screen again: most drawings are */
	if (first >= r->ordered_from && first + count <= r->ordered_to)
		return;
	if (first)
		split_at(r, first);
	if (first + count < r->count && count)
		split_at(r, first + count);
	qsort_r(r->entries + first, count, sizeof(*r->entries), compare_for_sort, r);
	r->ordered_from = first;
	r->ordered_to = first + count;
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
