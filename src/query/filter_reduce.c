/*
 * Making a parsed tree fast to evaluate.
 *
 * Chains ("src A or src B or ...", "in (...)", "sport != 1 and sport != 2 ...")
 * become one set that is searched, nested chains of a kind become one, and what is
 * cheap to test comes before what is not.
 */
#include "config.h"

#include "query/filter_ast.h"

/* So many different subjects of one chain are gathered into sets; more stay as they are. */
#define GROUPS_MAX 64

static int merge_mask(struct pred *into, struct arena *a, const struct pred *p)
{
	(void)a;
	into->mask |= p->mask;
	return 0;
}

static int merge_numbers(struct pred *into, struct arena *a, const struct pred *p)
{
	return range_set_merge(&into->numbers, a, &p->numbers);
}

static int merge_hosts(struct pred *into, struct arena *a, const struct pred *p)
{
	return addr_set_merge(&into->hosts, a, &p->hosts);
}

static int merge_texts(struct pred *into, struct arena *a, const struct pred *p)
{
	return text_set_merge(&into->texts, a, &p->texts);
}

static void seal_numbers(struct pred *p)
{
	range_set_seal(&p->numbers);
}

static void seal_hosts(struct pred *p)
{
	addr_set_seal(&p->hosts);
}

static void seal_texts(struct pred *p)
{
	text_set_seal(&p->texts);
}

/* What can be done with a kind: all NULL where it holds no set. */
static const struct pred_set {
	int (*merge)(struct pred *into, struct arena *a, const struct pred *p);
	void (*seal)(struct pred *p);
} sets[PRED_KIND_COUNT] = {
	[PRED_STATE] = { merge_mask, NULL },
	[PRED_PROTO] = { merge_mask, NULL },
	[PRED_PORT] = { merge_numbers, seal_numbers },
	[PRED_HOST] = { merge_hosts, seal_hosts },
	[PRED_INTERFACE] = { merge_numbers, seal_numbers },
	[PRED_CGROUP] = { merge_numbers, seal_numbers },
	[PRED_NUMBER] = { merge_numbers, seal_numbers },
	[PRED_TEXT] = { merge_texts, seal_texts },
	[PRED_ADDRESS] = { merge_hosts, seal_hosts },
	[PRED_STATE_VALUE] = { merge_mask, NULL },
};

static bool same_subject(const struct pred *a, const struct pred *b)
{
	return a->kind == b->kind && a->side == b->side && a->owner_field == b->owner_field &&
	       a->column == b->column && a->differs == b->differs && a->inverted == b->inverted;
}

/* "a or b" is one set of both; so is "not a and not b", negated. */
static bool is_mergeable(const struct node *leaf, enum node_kind chain)
{
	const struct pred *p = leaf->pred;

	return leaf->kind == NODE_PRED && sets[p->kind].merge &&
	       (p->differs != p->inverted) == (chain == NODE_AND);
}

/* How long a test takes, roughly: 0 to RANKS - 1. */
#define RANKS 4

static unsigned int rank(const struct node *node)
{
	if (node->kind != NODE_PRED)
		return 2;
	if (node->pred->kind == PRED_REGEX || node->pred->owner_field)
		return 3;
	return node->pred->kind >= PRED_NAME;
}

/* Children put into lists by rank, and the sets that they are gathered in. */
struct gathering {
	struct node *first[RANKS];
	struct node **link[RANKS];
	struct node *group[GROUPS_MAX];
	size_t groups;
};

static void append(struct gathering *g, struct node *node)
{
	unsigned int r = rank(node);

	node->next = NULL;
	*g->link[r] = node;
	g->link[r] = &node->next;
}

/* Put @leaf into a set of its like: 1 if done, 0 if it stays a child, -1 without memory. */
static int gather(struct gathering *g, struct arena *a, struct node *leaf)
{
	for (size_t i = 0; i < g->groups; i++) {
		struct node *into = g->group[i];

		if (!same_subject(into->pred, leaf->pred))
			continue;
		into->end = 0;
		return sets[leaf->pred->kind].merge(into->pred, a, leaf->pred) ? -1 : 1;
	}
	if (g->groups < GROUPS_MAX)
		g->group[g->groups++] = leaf;
	return 0;
}

static int gather_children(struct gathering *g, struct arena *a, struct node *child,
			   enum node_kind chain)
{
	while (child) {
		struct node *next = child->next;
		int merged = is_mergeable(child, chain) ? gather(g, a, child) : 0;

		if (merged < 0)
			return -1;
		if (!merged)
			append(g, child);
		child = next;
	}
	return 0;
}

/* Take the children of chains of the same kind as direct children. */
static void flatten(struct node *node)
{
	struct node **link = &node->child;

	while (*link) {
		struct node *child = *link;
		struct node *last = child->child;

		if (child->kind != node->kind) {
			link = &child->next;
			continue;
		}
		while (last->next)
			last = last->next;
		last->next = child->next;
		*link = child->child;
	}
}

/* A chain of one is that one. */
static void collapse(struct node *node)
{
	struct node *only = node->child;
	struct node *next = node->next;
	size_t offset = node->offset;
	size_t end = node->end;
	bool negated = node->negated;

	if (only->next)
		return;
	*node = *only;
	node->next = next;
	node->offset = offset;
	node->end = end;
	node->negated = negated;
}

static int reduce(struct node *node, struct arena *a)
{
	struct gathering g = { .groups = 0 };
	struct node **link = &node->child;

	if (node->kind == NODE_PRED)
		return 0;
	for (struct node *child = node->child; child; child = child->next)
		if (reduce(child, a))
			return -1;
	flatten(node);
	for (unsigned int r = 0; r < RANKS; r++)
		g.link[r] = &g.first[r];
	if (gather_children(&g, a, node->child, node->kind))
		return -1;
	for (unsigned int r = 0; r < RANKS; r++) {
		*link = g.first[r];
		if (g.first[r])
			link = g.link[r];
	}
	collapse(node);
	return 0;
}

static void seal(struct node *node)
{
	if (node->kind == NODE_PRED && sets[node->pred->kind].seal)
		sets[node->pred->kind].seal(node->pred);
	else if (node->kind != NODE_PRED)
		for (struct node *child = node->child; child; child = child->next)
			seal(child);
}

int filter_reduce(struct filter *f)
{
	if (!f->root)
		return 0;
	if (reduce(f->root, &f->arena))
		return -1;
	seal(f->root);
	return 0;
}
