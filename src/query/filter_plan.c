/*
 * What sources can leave out: states, protocols, families, and a tree of conditions.
 *
 * Each is a sound over-approximation: no socket that the filter matches is ever
 * left out.  What a source can't know counts as true; negations are in the leaves,
 * so that it never counts as false.  A condition is exact where a source and
 * filter_match() agree on every IP socket.
 */
#include "config.h"

#include "query/filter_ast.h"

/* Larger sets are covered by fewer, wider prefixes: a source walks them one by one. */
#define PIECES_MAX 64

struct plan {
	struct arena *arena;
	bool no_memory;
};

/* One piece of a set of addresses, for the source. */
struct piece {
	struct addr_number first;
	unsigned int bits;
	uint32_t port;
};

struct pieces {
	struct piece item[PIECES_MAX];
	size_t count;
	bool overflow;
};

static struct match *match_new(struct plan *plan, enum match_op op)
{
	struct match *m = arena_alloc(plan->arena, sizeof(*m));

	if (m)
		*m = (struct match){ .op = op };
	else
		plan->no_memory = true;
	return m;
}

/* @left and/or @right; either may be NULL, for "nothing yet". */
static const struct match *match_join(struct plan *plan, enum match_op op,
				      const struct match *left, const struct match *right)
{
	struct match *m;

	if (!left || !right)
		return left ? left : right;
	m = match_new(plan, op);
	if (m) {
		m->left = left;
		m->right = right;
	}
	return m;
}

/* The same for @count of them, as a balanced tree: sources recurse. */
static const struct match *match_join_all(struct plan *plan, enum match_op op,
					  const struct match *const *list, size_t count)
{
	if (count == 0)
		return NULL;
	if (count == 1)
		return list[0];
	return match_join(plan, op, match_join_all(plan, op, list, count / 2),
			  match_join_all(plan, op, list + count / 2, count - count / 2));
}

static const struct match *match_negate(struct plan *plan, const struct match *m, bool negate)
{
	struct match *not;

	if (!m || !negate)
		return m;
	not = match_new(plan, MATCH_NOT);
	if (not)
		not->left = m;
	return not;
}

/* A leaf that never matches: nothing is in an empty set. */
static const struct match *match_none(struct plan *plan)
{
	return match_negate(plan, match_new(plan, MATCH_ALL), true);
}

static bool is_negative(const struct pred *p)
{
	return p->differs != p->inverted;
}

static const struct match *port_match(struct plan *plan, unsigned int side, uint64_t low,
				      uint64_t high)
{
	struct match *m = match_new(plan, side == SIDE_LOCAL ? MATCH_LOCAL_PORT : MATCH_PEER_PORT);

	if (m) {
		m->port_min = (uint16_t)low;
		m->port_max = high > UINT16_MAX ? UINT16_MAX : (uint16_t)high;
	}
	return m;
}

static const struct match *push_port(struct plan *plan, const struct pred *p, bool *exact)
{
	const struct range_set *set = &p->numbers;
	const struct match *list[PIECES_MAX];
	size_t count = 0;

	*exact = set->count <= PIECES_MAX;
	if (!*exact)
		return is_negative(p) ? NULL :
					port_match(plan, p->side, set->item[0].low,
						   set->item[set->count - 1].high);
	for (; count < set->count && set->item[count].low <= UINT16_MAX; count++)
		list[count] = port_match(plan, p->side, set->item[count].low,
					 set->item[count].high);
	return match_negate(plan,
			    count ? match_join_all(plan, MATCH_OR, list, count) : match_none(plan),
			    is_negative(p));
}

static bool piece_holds(const struct piece *wide, const struct piece *piece,
			unsigned int family_bits)
{
	struct addr_number last = addr_prefix_last(&wide->first, wide->bits, family_bits);

	return wide->port == piece->port && wide->bits <= piece->bits &&
	       addr_number_compare(&piece->first, &wide->first) >= 0 &&
	       addr_number_compare(&piece->first, &last) <= 0;
}

/* Add the prefix of @bits that @first is in. */
static void piece_add(struct pieces *out, struct addr_number first, unsigned int bits,
		      uint32_t port, unsigned int family_bits)
{
	struct addr_number zero = { 0, 0 };
	struct addr_number host = addr_prefix_last(&zero, bits, family_bits);
	struct piece piece = { { first.high & ~host.high, first.low & ~host.low }, bits, port };

	if (out->count && piece_holds(&out->item[out->count - 1], &piece, family_bits))
		return;
	out->overflow = out->count == PIECES_MAX;
	if (!out->overflow)
		out->item[out->count++] = piece;
}

/* @list as prefixes of at most @bits_max; cut ones forget their port. */
static void pieces_cut(struct pieces *out, const struct addr_list *list, unsigned int bits_max,
		       unsigned int family_bits)
{
	*out = (struct pieces){ .count = 0 };
	for (size_t i = 0; i < list->count && !out->overflow; i++) {
		const struct addr_range *r = &list->item[i];
		struct addr_number at = r->first;

		while (!out->overflow) {
			unsigned int bits = addr_prefix_within(&at, &r->last, family_bits);
			struct addr_number last = addr_prefix_last(&at, bits, family_bits);

			piece_add(out, at, bits < bits_max ? bits : bits_max,
				  bits_max == family_bits ? r->port : ADDR_RANGE_ANY_PORT,
				  family_bits);
			if (addr_number_compare(&last, &r->last) >= 0)
				break;
			at = addr_number_next(&last);
		}
	}
}

static const struct match *piece_match(struct plan *plan, unsigned int side,
				       const struct piece *piece, enum addr_family family)
{
	struct match *m = match_new(plan, side == SIDE_LOCAL ? MATCH_LOCAL_NET : MATCH_PEER_NET);

	if (m) {
		m->net = addr_number_endpoint(&piece->first, family);
		m->prefix_bits = (uint8_t)piece->bits;
	}
	if (piece->port == ADDR_RANGE_ANY_PORT)
		return m;
	return match_join(plan, MATCH_AND, port_match(plan, side, piece->port, piece->port), m);
}

/* One family of a set; *@exact is cleared where it had to be widened. */
static const struct match *list_match(struct plan *plan, unsigned int side,
				      const struct addr_list *list, enum addr_family family,
				      bool *exact)
{
	unsigned int family_bits = family == ADDR_V4 ? 32 : 128;
	unsigned int bits_max = family_bits;
	const struct match *matches[PIECES_MAX];
	struct pieces pieces;

	pieces_cut(&pieces, list, bits_max, family_bits);
	while (pieces.overflow) {
		*exact = false;
		bits_max -= family_bits / 32;
		pieces_cut(&pieces, list, bits_max, family_bits);
	}
	for (size_t i = 0; i < pieces.count; i++)
		matches[i] = piece_match(plan, side, &pieces.item[i], family);
	return match_join_all(plan, MATCH_OR, matches, pieces.count);
}

static const struct match *push_host(struct plan *plan, const struct pred *p, bool *exact)
{
	const struct match *v4;
	const struct match *v6;

	*exact = true;
	v4 = list_match(plan, p->side, &p->hosts.v4, ADDR_V4, exact);
	v6 = list_match(plan, p->side, &p->hosts.v6, ADDR_V6, exact);
	if (!v4 && !v6)
		return match_negate(plan, match_none(plan), is_negative(p));
	if (is_negative(p) && !*exact)
		return NULL;
	return match_negate(plan, match_join(plan, MATCH_OR, v4, v6), is_negative(p));
}

static const struct match *push_interface(struct plan *plan, const struct pred *p, bool *exact)
{
	const struct match *all = NULL;

	*exact = true;
	if (p->numbers.count > PIECES_MAX)
		*exact = false;
	for (size_t i = 0; i < p->numbers.count && *exact; i++) {
		uint64_t low = p->numbers.item[i].low;
		uint64_t high = p->numbers.item[i].high;

		*exact = high - low < PIECES_MAX;
		for (uint64_t index = low; *exact && index <= high; index++) {
			struct match *m = match_new(plan, MATCH_INTERFACE);

			if (m)
				m->ifindex = (uint32_t)index;
			all = match_join(plan, MATCH_OR, all, m);
		}
	}
	return *exact ? match_negate(plan, all, is_negative(p)) : NULL;
}

/*
 * Never exact: where the kernel does not deliver a mark or a cgroup it takes them
 * for 0, which is not the same as unknown.
 */
static const struct match *push_mark(struct plan *plan, const struct pred *p, bool *exact)
{
	struct match *m;

	*exact = false;
	if (p->inverted)
		return NULL;
	m = match_new(plan, MATCH_MARK);
	if (m) {
		m->mark_value = p->mark.value;
		m->mark_mask = p->mark.mask;
	}
	return match_negate(plan, m, p->differs);
}

static const struct match *push_cgroup(struct plan *plan, const struct pred *p, bool *exact)
{
	const struct match *all = NULL;

	*exact = false;
	if (p->inverted || p->numbers.count > PIECES_MAX)
		return NULL;
	for (size_t i = 0; i < p->numbers.count; i++) {
		struct match *m;

		if (p->numbers.item[i].low != p->numbers.item[i].high)
			return NULL;
		m = match_new(plan, MATCH_CGROUP);
		if (m)
			m->cgroup_id = p->numbers.item[i].low;
		all = match_join(plan, MATCH_OR, all, m);
	}
	return match_negate(plan, all, p->differs);
}

static const struct match *push_autobound(struct plan *plan, const struct pred *p, bool *exact)
{
	/*
	 * The port is looked at as well, whichever way the kernel was asked.  So does ss: a
	 * port within the range that a program asked for is in neither answer, as there.
	 */
	*exact = false;
	return match_negate(plan, match_new(plan, MATCH_AUTOBOUND), is_negative(p));
}

/* NULL: no source knows. */
static const struct match *(*const pushers[PRED_KIND_COUNT])(struct plan *plan,
							     const struct pred *p, bool *exact) = {
	[PRED_PORT] = push_port,     [PRED_HOST] = push_host,
	[PRED_INTERFACE] = push_interface, [PRED_MARK] = push_mark,
	[PRED_CGROUP] = push_cgroup, [PRED_AUTOBOUND] = push_autobound,
};

/* The tree of @node, NULL where it leaves nothing out; *@exact: it decides alone. */
static const struct match *push(struct plan *plan, const struct node *node, bool *exact)
{
	enum match_op op = node->kind == NODE_AND ? MATCH_AND : MATCH_OR;
	const struct match *all = NULL;
	bool first = true;

	*exact = false;
	if (node->kind == NODE_PRED)
		return pushers[node->pred->kind] ? pushers[node->pred->kind](plan, node->pred,
									      exact) :
						   NULL;
	*exact = true;
	for (const struct node *child = node->child; child; child = child->next) {
		bool child_exact;
		const struct match *m = push(plan, child, &child_exact);

		*exact = *exact && child_exact;
		if (op == MATCH_OR && (!m || (!first && !all)))
			all = NULL;
		else
			all = match_join(plan, op, all, m);
		first = false;
	}
	return all;
}

/* The states of sockets for which @node can be true. */
static state_set node_states(const struct node *node)
{
	state_set all = STATE_BIT(STATE_COUNT) - 1;
	state_set set = node->kind == NODE_AND ? all : 0;

	if (node->kind == NODE_PRED) {
		if (node->pred->kind != PRED_STATE)
			return all;
		return is_negative(node->pred) ? all & ~node->pred->mask : node->pred->mask;
	}
	for (const struct node *child = node->child; child; child = child->next)
		set = node->kind == NODE_AND ? set & node_states(child) : set | node_states(child);
	return set;
}

static proto_set protos_of_family(uint16_t family)
{
	proto_set set = 0;

	for (enum proto i = 0; i < PROTO_COUNT; i++)
		if (proto_info(i)->family == family)
			set |= PROTO_BIT(i);
	return set;
}

/* The protocols of sockets for which @p can be true. */
static proto_set pred_protos(const struct pred *p)
{
	proto_set all = PROTO_BIT(PROTO_COUNT) - 1;

	if (p->kind == PRED_PROTO)
		return is_negative(p) ? all & ~p->mask : p->mask;
	if (p->inverted)
		return all;
	if (p->kind == PRED_PORT || p->kind == PRED_HOST)
		return protos_of_family(proto_info(PROTO_TCP)->family);
	if (p->kind == PRED_NAME && !p->differs)
		return p->glob.protos;
	return all;
}

static proto_set node_protos(const struct node *node)
{
	proto_set set = node->kind == NODE_AND ? PROTO_BIT(PROTO_COUNT) - 1 : 0;

	if (node->kind == NODE_PRED)
		return pred_protos(node->pred);
	for (const struct node *child = node->child; child; child = child->next)
		set = node->kind == NODE_AND ? set & node_protos(child) : set | node_protos(child);
	return set;
}

#define FAMILY_BIT(f) (1u << (f))

static unsigned int node_families(const struct node *node)
{
	const unsigned int all = FAMILY_BIT(ADDR_V4) | FAMILY_BIT(ADDR_V6);
	unsigned int set = node->kind == NODE_AND ? all : 0;

	if (node->kind == NODE_PRED) {
		const struct pred *p = node->pred;

		if (p->kind != PRED_HOST || is_negative(p) || p->inverted)
			return all;
		return (p->hosts.v4.count ? all : 0) |
		       (p->hosts.v6.count ? FAMILY_BIT(ADDR_V6) : 0);
	}
	for (const struct node *child = node->child; child; child = child->next)
		set = node->kind == NODE_AND ? set & node_families(child) :
					       set | node_families(child);
	return set;
}

static unsigned int node_facts(const struct node *node)
{
	unsigned int facts = node->kind == NODE_PRED ? node->pred->facts : 0;

	if (node->kind != NODE_PRED)
		for (const struct node *child = node->child; child; child = child->next)
			facts |= node_facts(child);
	return facts;
}

/* Of which sockets netlink tells what a fact is about. */
static const struct {
	unsigned int facts;
	proto_set protos;
} told_of[] = {
	{ FACT_TCP | FACT_CONGESTION, PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_MPTCP) },
	{ FACT_TOS | FACT_MARK | FACT_CGROUP_PATH, PROTOS_IP },
	{ FACT_MEMORY, PROTO_BIT(PROTO_COUNT) - 1 },
};

/* A column that needs several is one of sockets that have them all. */
static proto_set pred_untold(const struct pred *p)
{
	proto_set protos = p->untold;
	bool any = false;

	for (size_t i = 0; i < sizeof(told_of) / sizeof(told_of[0]); i++) {
		if (!(p->facts & told_of[i].facts))
			continue;
		protos = any ? protos & told_of[i].protos : protos | told_of[i].protos;
		any = true;
	}
	return protos;
}

static proto_set node_untold(const struct node *node)
{
	proto_set protos = node->kind == NODE_PRED ? pred_untold(node->pred) : 0;

	if (node->kind != NODE_PRED)
		for (const struct node *child = node->child; child; child = child->next)
			protos |= node_untold(child);
	return protos;
}

/* Plan one of the conditions that must all be true. */
static void plan_conjunct(struct plan *plan, struct filter *f, struct node *node)
{
	bool is_pred = node->kind == NODE_PRED;
	const struct match *m = push(plan, node, &node->pushed);

	f->tree = match_join(plan, MATCH_AND, f->tree, m);
	if (!node->pushed)
		node->pushed = is_pred && (node->pred->kind == PRED_STATE ||
					   node->pred->kind == PRED_PROTO);
	f->exact = f->exact && node->pushed;
}

int filter_plan(struct filter *f)
{
	struct plan plan = { .arena = &f->arena };

	f->exact = true;
	f->states = STATE_BIT(STATE_COUNT) - 1;
	f->protos = PROTO_BIT(PROTO_COUNT) - 1;
	f->families = FAMILY_BIT(ADDR_V4) | FAMILY_BIT(ADDR_V6);
	if (!f->root)
		return 0;
	f->states = node_states(f->root);
	f->protos = node_protos(f->root);
	f->families = node_families(f->root);
	f->facts = node_facts(f->root);
	f->untold = node_untold(f->root);
	if (f->root->kind != NODE_AND)
		plan_conjunct(&plan, f, f->root);
	else
		for (struct node *child = f->root->child; child; child = child->next)
			plan_conjunct(&plan, f, child);
	return plan.no_memory ? -1 : 0;
}
