/*
 * Finding the few of many alternatives that can decide for a socket.
 *
 * "(src A and dport = B) or (src C and dport = D) or ..." has thousands of children
 * that begin with a comparison of the same kind.  Their addresses or ports are sorted
 * into a tree of intervals, and only the children are evaluated in whose intervals the
 * socket's own address or port is: all others would be false.  The same holds for the
 * negation, an AND of ORs, where all others would be true.
 */
#include "config.h"

#include <stdlib.h>

#include "query/filter_ast.h"

/* With fewer values to tell apart it is as quick to try one after the other. */
#define VALUES_LEAST 16

/* IPv4 addresses are numbers below this prefix, ::ffff:0:0/96. */
#define MAPPED_PREFIX (UINT64_C(0xffff) << 32)

/* An interval, and the child that is decided in it only. */
struct index_entry {
	struct addr_number first;
	struct addr_number last;
	struct addr_number reach; /* the largest @last of the half that this is the middle of */
	const struct node *node;
};

struct filter_index {
	const struct filter_index *next;
	uint8_t kind; /* PRED_HOST or PRED_PORT */
	uint8_t side;
	struct index_entry *entry; /* sorted by @first */
	size_t count;
};

/* The comparison of @child that decides it alone where it says no; NULL: there is none. */
static const struct pred *deciding(const struct node *child, enum node_kind chain,
				   const struct filter_index *index)
{
	if (child->kind == NODE_PRED)
		return NULL;
	for (const struct node *n = child->child; n; n = n->next)
		if (n->kind == NODE_PRED && n->pred->kind == index->kind &&
		    n->pred->side == index->side && !n->pred->differs &&
		    n->pred->inverted == (chain == NODE_AND))
			return n->pred;
	return NULL;
}

static struct addr_number mapped(struct addr_number n)
{
	return (struct addr_number){ 0, n.low | MAPPED_PREFIX };
}

/* The intervals of @p to @entry; NULL: only count them. */
static size_t put_intervals(struct index_entry *entry, const struct pred *p,
			    const struct node *child)
{
	size_t count = 0;

	if (p->kind == PRED_PORT) {
		for (size_t i = 0; i < p->numbers.count; i++, count++)
			if (entry)
				entry[count] = (struct index_entry){
					.first = { 0, p->numbers.item[i].low },
					.last = { 0, p->numbers.item[i].high },
					.node = child,
				};
		return count;
	}
	for (size_t i = 0; i < p->hosts.v4.count; i++, count++)
		if (entry)
			entry[count] = (struct index_entry){
				.first = mapped(p->hosts.v4.item[i].first),
				.last = mapped(p->hosts.v4.item[i].last),
				.node = child,
			};
	for (size_t i = 0; i < p->hosts.v6.count; i++, count++)
		if (entry)
			entry[count] = (struct index_entry){
				.first = p->hosts.v6.item[i].first,
				.last = p->hosts.v6.item[i].last,
				.node = child,
			};
	return count;
}

static int entry_order(const void *left, const void *right)
{
	const struct index_entry *a = left;
	const struct index_entry *b = right;

	return addr_number_compare(&a->first, &b->first);
}

/* Fill in how far the entries from @from up to @to reach; returns the largest. */
static struct addr_number set_reach(struct index_entry *entry, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2;
	struct addr_number reach = { 0, 0 };

	if (from >= to)
		return reach;
	entry[middle].reach = entry[middle].last;
	reach = set_reach(entry, from, middle);
	if (addr_number_compare(&reach, &entry[middle].reach) > 0)
		entry[middle].reach = reach;
	reach = set_reach(entry, middle + 1, to);
	if (addr_number_compare(&reach, &entry[middle].reach) > 0)
		entry[middle].reach = reach;
	return entry[middle].reach;
}

/* Of the children of @node that @index can be about.  -1 without memory. */
static int fill(struct filter_index *index, struct arena *a, const struct node *node)
{
	const struct pred *p;

	index->count = 0;
	for (const struct node *n = node->child; n != node->indexed; n = n->next)
		if ((p = deciding(n, node->kind, index)))
			index->count += put_intervals(NULL, p, n);
	if (!index->count)
		return 0;
	index->entry = arena_alloc(a, index->count * sizeof(*index->entry));
	if (!index->entry)
		return -1;
	index->count = 0;
	for (const struct node *n = node->child; n != node->indexed; n = n->next)
		if ((p = deciding(n, node->kind, index)))
			index->count += put_intervals(index->entry + index->count, p, n);
	qsort(index->entry, index->count, sizeof(*index->entry), entry_order);
	set_reach(index->entry, 0, index->count);
	return 0;
}

/* How many values it tells apart. */
static size_t values(const struct filter_index *index)
{
	size_t count = index->count > 0;

	for (size_t i = 1; i < index->count; i++)
		count += addr_number_compare(&index->entry[i - 1].first,
					     &index->entry[i].first) != 0;
	return count;
}

/* What tells most of @node's children apart: how many values; 0: not enough.  -1: no memory. */
static int choose(struct filter_index *best, const struct node *node)
{
	static const struct filter_index subjects[] = {
		{ .kind = PRED_HOST, .side = SIDE_PEER },
		{ .kind = PRED_HOST, .side = SIDE_LOCAL },
		{ .kind = PRED_PORT, .side = SIDE_PEER },
		{ .kind = PRED_PORT, .side = SIDE_LOCAL },
	};
	struct arena scratch = { 0 };
	size_t most = VALUES_LEAST - 1;
	int result = 0;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]) && result >= 0; i++) {
		struct filter_index tried = subjects[i];

		if (fill(&tried, &scratch, node)) {
			result = -1;
		} else if (values(&tried) > most) {
			most = values(&tried);
			*best = subjects[i];
			result = 1;
		}
	}
	arena_fini(&scratch);
	return result;
}

/* Put the children that @index leads to behind those that are tried one by one. */
static void move_indexed(struct node *node, const struct filter_index *index)
{
	struct node *plain = NULL;
	struct node **plain_link = &plain;
	struct node *found = NULL;
	struct node **found_link = &found;
	struct node *next;

	for (struct node *n = node->child; n != node->indexed; n = next) {
		struct node ***link = deciding(n, node->kind, index) ? &found_link : &plain_link;

		next = n->next;
		**link = n;
		*link = &n->next;
	}
	*found_link = node->indexed;
	*plain_link = found;
	node->child = plain;
	node->indexed = found;
}

static int index_children(struct node *node, struct arena *a)
{
	struct filter_index subject;
	struct filter_index *index;
	int chosen;

	while ((chosen = choose(&subject, node)) > 0) {
		index = arena_alloc(a, sizeof(*index));
		if (!index)
			return -1;
		*index = subject;
		if (fill(index, a, node))
			return -1;
		index->next = node->index;
		node->index = index;
		move_indexed(node, index);
	}
	return chosen;
}

static bool has_many(const struct node *node)
{
	size_t count = 0;

	for (const struct node *n = node->child; n && count < VALUES_LEAST; n = n->next)
		count++;
	return count == VALUES_LEAST;
}

static int index_all(struct node *node, struct arena *a)
{
	if (node->kind == NODE_PRED)
		return 0;
	for (struct node *n = node->child; n; n = n->next)
		if (index_all(n, a))
			return -1;
	return has_many(node) ? index_children(node, a) : 0;
}

int filter_index(struct filter *f)
{
	return f->root ? index_all(f->root, &f->arena) : 0;
}

bool filter_index_is(const struct filter_index *index, enum pred_kind kind, enum side side)
{
	return index->kind == kind && index->side == side;
}

/* One socket in one index: it ends at the first child that is @wanted. */
struct search {
	const struct filter_index *index;
	const struct row *row;
	struct addr_number key;
	const struct guess *guess;
	bool wanted;
};

static bool search(const struct search *s, size_t from, size_t to)
{
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct index_entry *e = &s->index->entry[middle];

		if (addr_number_compare(&s->key, &e->reach) > 0)
			return false;
		if (search(s, from, middle))
			return true;
		if (addr_number_compare(&s->key, &e->first) < 0)
			return false;
		if (addr_number_compare(&s->key, &e->last) <= 0 &&
		    node_matches(e->node, s->row, s->guess) == s->wanted)
			return true;
		from = middle + 1;
	}
	return false;
}

bool filter_index_has(const struct node *node, const struct row *row,
		      const struct guess *guess, bool wanted)
{
	for (const struct filter_index *i = node->index; i; i = i->next) {
		const struct endpoint *e = i->side == SIDE_LOCAL ? &row->sock->local :
								   &row->sock->peer;
		struct search s = { .index = i, .row = row, .guess = guess, .wanted = wanted };

		if (!e->family)
			continue;
		if (i->kind == PRED_PORT)
			s.key.low = e->port;
		else
			s.key = e->family == ADDR_V4 ? mapped(addr_number_of(e)) :
						       addr_number_of(e);
		if (search(&s, 0, i->count))
			return true;
	}
	return false;
}
