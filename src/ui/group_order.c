/*
 * The order of groups: by any column, what is not known last, equal ones by how many
 * sockets they have, then by their name; so that it is total and rows do not jump.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ui/groups.h"
#include "ui/views.h"

/* A group as its place in the order is looked for. */
struct placed {
	double figure;
	bool known;
	uint32_t index;
};

struct order {
	const struct groups *groups;
	bool by_name;
	bool descending;
};

static bool sum_of(const struct group *group, enum group_sum which, double *out)
{
	*out = (double)group->sums[which];
	return group->known[which];
}

/* What @group is ordered by; false: not known. */
static bool figure_of(const struct groups *g, const struct group *group, double *out)
{
	static const uint8_t sums[GROUP_COLUMN_STATES] = {
		[GROUP_COLUMN_IN] = GROUP_RECEIVED,
		[GROUP_COLUMN_OUT] = GROUP_SENT,
		[GROUP_COLUMN_RTT] = GROUP_RTT,
		[GROUP_COLUMN_RETR] = GROUP_RETRANSMITTED,
		[GROUP_COLUMN_RECV] = GROUP_RECV,
		[GROUP_COLUMN_SEND] = GROUP_SEND,
	};
	double other;

	switch (g->sort) {
	case GROUP_COLUMN_NAME:
		return false;
	case GROUP_COLUMN_COUNT:
	case GROUP_COLUMN_SHARE:
		*out = (double)group->count;
		return true;
	case GROUP_COLUMN_NEW:
		return groups_rates(g, group, out, &other);
	case GROUP_COLUMN_GONE:
		return groups_rates(g, group, &other, out);
	default:
		if (g->sort < GROUP_COLUMN_STATES)
			return sum_of(group, sums[g->sort], out);
	}
	*out = (double)group->states[g->sort - GROUP_COLUMN_STATES];
	return true;
}

static int compare_names(const struct value *a, const struct value *b)
{
	if ((a->kind == VALUE_NONE) != (b->kind == VALUE_NONE))
		return 0;
	if (a->kind == VALUE_NONE)
		return group_same_key(a, b) ? 0 : strcmp(a->text ? a->text : "",
							 b->text ? b->text : "");
	return value_compare(a, b);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct order *o = context;
	const struct placed *x = a;
	const struct placed *y = b;
	const struct group *g = grouping_at(o->groups->now, x->index);
	const struct group *h = grouping_at(o->groups->now, y->index);
	int sign = o->descending ? -1 : 1;

	if (x->known != y->known)
		return x->known ? -1 : 1;
	if (x->figure != y->figure)
		return x->figure < y->figure ? -sign : sign;
	if (!o->by_name && g->count != h->count)
		return g->count < h->count ? 1 : -1;
	if ((g->key.kind == VALUE_NONE) != (h->key.kind == VALUE_NONE))
		return g->key.kind == VALUE_NONE ? 1 : -1;
	return compare_names(&g->key, &h->key) * (o->by_name ? sign : 1);
}

static size_t rank_of_selected(const struct groups *g)
{
	const struct group *selected =
		g->selected_known ? grouping_find(g->now, &g->selected.value) : NULL;
	size_t rank = 0;

	if (!selected)
		return LIST_GONE;
	while (grouping_at(g->now, g->order[rank]) != selected)
		rank++;
	return rank;
}

static int reserve(struct groups *g, size_t count)
{
	uint32_t *order;

	if (count <= g->order_capacity)
		return 0;
	order = reallocarray(g->order, count, sizeof(*order));
	if (!order)
		return -1;
	g->order = order;
	g->order_capacity = count;
	return 0;
}

int groups_order(struct groups *g)
{
	struct order order = { g, g->sort == GROUP_COLUMN_NAME, g->descending };
	size_t count = grouping_count(g->now);
	struct placed *placed = calloc(count ? count : 1, sizeof(*placed));

	if (!placed || reserve(g, count)) {
		free(placed);
		g->list.count = 0;
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		placed[i].index = (uint32_t)i;
		placed[i].known = figure_of(g, grouping_at(g->now, i), &placed[i].figure);
	}
	qsort_r(placed, count, sizeof(*placed), compare, &order);
	for (size_t i = 0; i < count; i++)
		g->order[i] = placed[i].index;
	free(placed);
	list_update(&g->list, count, rank_of_selected(g));
	return 0;
}

size_t groups_rows(const struct groups *g)
{
	return g->now ? g->list.count : 0;
}

const struct group *groups_at(const struct groups *g, size_t rank)
{
	return grouping_at(g->now, g->order[rank]);
}

void groups_sort_by(struct groups *g, size_t column)
{
	/* names from the first, figures from the largest */
	g->descending = column == g->sort ? !g->descending : column != GROUP_COLUMN_NAME;
	g->sort = column;
	if (g->now)
		groups_order(g);
}

void groups_sort_step(struct groups *g, int step)
{
	size_t column = g->sort;

	for (size_t i = 0; i < GROUP_COLUMNS; i++) {
		column = (column + GROUP_COLUMNS + (size_t)step) % GROUP_COLUMNS;
		if (g->visible[column] && column != GROUP_COLUMN_SHARE)
			break;
	}
	if (column != g->sort)
		groups_sort_by(g, column);
}
