/* Sets that a socket is looked up in by binary search: see filter_sets.h. */
#include "config.h"

#include "query/filter_sets.h"

#include <stdlib.h>
#include <string.h>

int range_set_add(struct range_set *set, struct arena *a, uint64_t low, uint64_t high)
{
	struct range *item = arena_grow(a, set->item, set->count, &set->size, sizeof(*item));

	if (!item)
		return -1;
	set->item = item;
	item[set->count++] = (struct range){ low, high };
	return 0;
}

int range_set_merge(struct range_set *set, struct arena *a, const struct range_set *other)
{
	for (size_t i = 0; i < other->count; i++)
		if (range_set_add(set, a, other->item[i].low, other->item[i].high))
			return -1;
	return 0;
}

static int range_order(const void *left, const void *right)
{
	const struct range *a = left;
	const struct range *b = right;

	return (a->low > b->low) - (a->low < b->low);
}

void range_set_seal(struct range_set *set)
{
	size_t kept = 0;

	if (set->count < 2)
		return;
	qsort(set->item, set->count, sizeof(*set->item), range_order);
	for (size_t i = 1; i < set->count; i++) {
		struct range *last = &set->item[kept];
		const struct range *next = &set->item[i];

		if (last->high != UINT64_MAX && next->low > last->high + 1)
			set->item[++kept] = *next;
		else if (next->high > last->high)
			last->high = next->high;
	}
	set->count = kept + 1;
}

bool range_set_has(const struct range_set *set, uint64_t n)
{
	size_t from = 0;
	size_t to = set->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (n < set->item[middle].low)
			to = middle;
		else if (n > set->item[middle].high)
			from = middle + 1;
		else
			return true;
	}
	return false;
}

int addr_number_compare(const struct addr_number *a, const struct addr_number *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->low > b->low) - (a->low < b->low);
}

struct addr_number addr_number_next(const struct addr_number *n)
{
	return (struct addr_number){ n->high + (n->low == UINT64_MAX), n->low + 1 };
}

/* @count bytes, the first one the most significant. */
static uint64_t bytes_number(const uint8_t *bytes, size_t count)
{
	uint64_t n = 0;

	for (size_t i = 0; i < count; i++)
		n = n << 8 | bytes[i];
	return n;
}

static struct addr_number addr_number_of(const struct endpoint *e)
{
	if (e->family == ADDR_V4)
		return (struct addr_number){ 0, bytes_number(e->bytes, 4) };
	return (struct addr_number){ bytes_number(e->bytes, 8), bytes_number(e->bytes + 8, 8) };
}

struct endpoint addr_number_endpoint(const struct addr_number *n, enum addr_family family)
{
	struct endpoint e = { .family = (uint8_t)family };
	size_t bytes = family == ADDR_V4 ? 4 : 16;

	for (size_t i = 0; i < bytes; i++) {
		size_t shift = (bytes - 1 - i) * 8;

		e.bytes[i] = (uint8_t)(shift < 64 ? n->low >> shift : n->high >> (shift - 64));
	}
	return e;
}

/* The bits of an address that a prefix leaves free, all set. */
static struct addr_number host_mask(unsigned int bits, unsigned int family_bits)
{
	unsigned int host_bits = family_bits - bits;

	return (struct addr_number){
		.high = host_bits <= 64	 ? 0 :
			host_bits == 128 ? UINT64_MAX :
					   ((uint64_t)1 << (host_bits - 64)) - 1,
		.low = host_bits >= 64 ? UINT64_MAX : ((uint64_t)1 << host_bits) - 1,
	};
}

struct addr_number addr_prefix_last(const struct addr_number *first, unsigned int bits,
				    unsigned int family_bits)
{
	struct addr_number mask = host_mask(bits, family_bits);

	return (struct addr_number){ first->high | mask.high, first->low | mask.low };
}

unsigned int addr_prefix_within(const struct addr_number *first, const struct addr_number *last,
				unsigned int family_bits)
{
	unsigned int bits = family_bits;

	while (bits > 0) {
		struct addr_number mask = host_mask(bits - 1, family_bits);
		struct addr_number end = addr_prefix_last(first, bits - 1, family_bits);

		if (first->high & mask.high || first->low & mask.low ||
		    addr_number_compare(&end, last) > 0)
			break;
		bits--;
	}
	return bits;
}

static int list_add(struct addr_list *list, struct arena *a, const struct addr_range *range)
{
	struct addr_range *item = arena_grow(a, list->item, list->count, &list->size,
					     sizeof(*item));

	if (!item)
		return -1;
	list->item = item;
	item[list->count++] = *range;
	return 0;
}

int addr_set_add(struct addr_set *set, struct arena *a, const struct endpoint *net,
		 unsigned int bits, uint32_t port)
{
	unsigned int family_bits = net->family == ADDR_V4 ? 32 : 128;
	struct addr_number mask = host_mask(bits, family_bits);
	struct addr_number n = addr_number_of(net);
	struct addr_range range = { .port = port };

	range.first = (struct addr_number){ n.high & ~mask.high, n.low & ~mask.low };
	range.last = addr_prefix_last(&range.first, bits, family_bits);
	return list_add(net->family == ADDR_V4 ? &set->v4 : &set->v6, a, &range);
}

static int list_merge(struct addr_list *list, struct arena *a, const struct addr_list *other)
{
	for (size_t i = 0; i < other->count; i++)
		if (list_add(list, a, &other->item[i]))
			return -1;
	return 0;
}

int addr_set_merge(struct addr_set *set, struct arena *a, const struct addr_set *other)
{
	return list_merge(&set->v4, a, &other->v4) || list_merge(&set->v6, a, &other->v6) ? -1 : 0;
}

static int addr_range_order(const void *left, const void *right)
{
	const struct addr_range *a = left;
	const struct addr_range *b = right;

	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return addr_number_compare(&a->first, &b->first);
}

/* Whether @next, not before @last in order, overlaps it or follows without a gap. */
static bool addr_range_touches(const struct addr_range *last, const struct addr_range *next)
{
	struct addr_number after = addr_number_next(&last->last);
	bool wrapped = !after.high && !after.low;

	return next->port == last->port &&
	       (wrapped || addr_number_compare(&next->first, &after) <= 0);
}

static void list_seal(struct addr_list *list)
{
	size_t kept = 0;

	if (list->count < 2)
		return;
	qsort(list->item, list->count, sizeof(*list->item), addr_range_order);
	for (size_t i = 1; i < list->count; i++) {
		struct addr_range *last = &list->item[kept];
		const struct addr_range *next = &list->item[i];

		if (!addr_range_touches(last, next))
			list->item[++kept] = *next;
		else if (addr_number_compare(&next->last, &last->last) > 0)
			last->last = next->last;
	}
	list->count = kept + 1;
}

void addr_set_seal(struct addr_set *set)
{
	list_seal(&set->v4);
	list_seal(&set->v6);
}

static bool list_has(const struct addr_list *list, const struct addr_number *n, uint32_t port)
{
	size_t from = 0;
	size_t to = list->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct addr_range *r = &list->item[middle];

		if (port < r->port || (port == r->port && addr_number_compare(n, &r->first) < 0))
			to = middle;
		else if (port > r->port || addr_number_compare(n, &r->last) > 0)
			from = middle + 1;
		else
			return true;
	}
	return false;
}

/* Entries without a port sort last; one look-up is enough where all are of a kind. */
static bool list_has_endpoint(const struct addr_list *list, const struct addr_number *n,
			      uint16_t port)
{
	if (!list->count)
		return false;
	if (list->item[list->count - 1].port == ADDR_RANGE_ANY_PORT &&
	    list_has(list, n, ADDR_RANGE_ANY_PORT))
		return true;
	return list->item[0].port != ADDR_RANGE_ANY_PORT && list_has(list, n, port);
}

bool addr_set_has(const struct addr_set *set, const struct endpoint *e)
{
	struct addr_number n = addr_number_of(e);

	if (e->family == ADDR_V4)
		return list_has_endpoint(&set->v4, &n, e->port);
	if (list_has_endpoint(&set->v6, &n, e->port))
		return true;
	if (!set->v4.count || n.high || n.low >> 32 != 0xffff)
		return false;
	n.low &= UINT32_MAX;
	return list_has_endpoint(&set->v4, &n, e->port);
}

int text_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t common = a_len < b_len ? a_len : b_len;
	int order = common ? memcmp(a, b, common) : 0;

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

int text_set_add(struct text_set *set, struct arena *a, const char *text, size_t len)
{
	struct text_item *item = arena_grow(a, set->item, set->count, &set->size, sizeof(*item));

	if (!item)
		return -1;
	set->item = item;
	item[set->count++] = (struct text_item){ text, len };
	return 0;
}

int text_set_merge(struct text_set *set, struct arena *a, const struct text_set *other)
{
	for (size_t i = 0; i < other->count; i++)
		if (text_set_add(set, a, other->item[i].text, other->item[i].len))
			return -1;
	return 0;
}

static int text_order(const void *left, const void *right)
{
	const struct text_item *a = left;
	const struct text_item *b = right;

	return text_compare(a->text, a->len, b->text, b->len);
}

void text_set_seal(struct text_set *set)
{
	if (set->count > 1)
		qsort(set->item, set->count, sizeof(*set->item), text_order);
}

bool text_set_has(const struct text_set *set, const char *text, size_t len)
{
	const struct text_item wanted = { text, len };

	return set->count && bsearch(&wanted, set->item, set->count, sizeof(wanted), text_order);
}
