/* Saying what is evaluated where, for --explain-filter. */
#include "config.h"

#include <string.h>

#include "query/filter_ast.h"

/* Longer parts of an expression are cut to this many bytes. */
#define PART_MAX 200

static const char *const match_words[] = {
	[MATCH_LOCAL_PORT] = "local port", [MATCH_PEER_PORT] = "peer port",
	[MATCH_LOCAL_NET] = "local in",	   [MATCH_PEER_NET] = "peer in",
	[MATCH_INTERFACE] = "interface",   [MATCH_MARK] = "mark",
	[MATCH_CGROUP] = "cgroup",	   [MATCH_AUTOBOUND] = "autobound",
};

static void describe_leaf(const struct match *m, struct buffer *out)
{
	char text[ADDR_TEXT_MAX];

	buffer_puts(out, match_words[m->op]);
	if (m->op == MATCH_LOCAL_PORT || m->op == MATCH_PEER_PORT) {
		buffer_printf(out, m->port_min == m->port_max ? " %u" : " %u-%u", m->port_min,
			      m->port_max);
	} else if (m->op == MATCH_LOCAL_NET || m->op == MATCH_PEER_NET) {
		buffer_putc(out, ' ');
		buffer_put(out, text, addr_text(text, m->net.family, m->net.bytes));
		buffer_printf(out, "/%u", m->prefix_bits);
	} else if (m->op == MATCH_INTERFACE) {
		buffer_printf(out, " %u", m->ifindex);
	} else if (m->op == MATCH_MARK) {
		buffer_printf(out, " 0x%x/0x%x", m->mark_value, m->mark_mask);
	} else if (m->op == MATCH_CGROUP) {
		buffer_putc(out, ' ');
		buffer_put_u64(out, m->cgroup_id);
	}
}

static void describe(const struct match *m, enum match_op parent, struct buffer *out)
{
	bool parenthesis = m->op == MATCH_OR && parent == MATCH_AND;

	if (m->op == MATCH_ALL) {
		buffer_puts(out, "everything");
	} else if (m->op == MATCH_NOT) {
		buffer_puts(out, "not ");
		parenthesis = m->left->op == MATCH_OR || m->left->op == MATCH_AND;
		buffer_puts(out, parenthesis ? "(" : "");
		describe(m->left, MATCH_NOT, out);
		buffer_puts(out, parenthesis ? ")" : "");
	} else if (m->op == MATCH_AND || m->op == MATCH_OR) {
		buffer_puts(out, parenthesis ? "(" : "");
		describe(m->left, m->op, out);
		buffer_puts(out, m->op == MATCH_AND ? " and " : " or ");
		describe(m->right, m->op, out);
		buffer_puts(out, parenthesis ? ")" : "");
	} else {
		describe_leaf(m, out);
	}
}

/* BOUND is only there when it is asked for: without it all the others are all. */
static state_set usual_states(const struct filter_asked *asked, proto_set protos)
{
	state_set states = 0;

	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (protos & PROTO_BIT(p))
			states |= proto_info(p)->states;
	return states & (asked->states | ~STATE_BIT(STATE_BOUND));
}

static void explain_states(const struct filter *f, const struct filter_asked *asked,
			   struct buffer *out)
{
	state_set usual = usual_states(asked, f->protos & asked->protos);
	state_set states = f->states & asked->states & usual;

	buffer_puts(out, "states:     ");
	if (states && states == usual)
		buffer_puts(out, " all");
	for (enum state s = 0; s < STATE_COUNT && states != usual; s++)
		if (states & STATE_BIT(s))
			buffer_printf(out, " %s", state_name(s, asked->names));
	buffer_puts(out, states ? "\n" : " none\n");
}

static void explain_protos(const struct filter *f, const struct filter_asked *asked,
			   struct buffer *out)
{
	proto_set protos = f->protos & asked->protos;

	buffer_puts(out, "protocols:  ");
	if (protos == PROTO_BIT(PROTO_COUNT) - 1)
		buffer_puts(out, " all");
	for (enum proto p = 0; p < PROTO_COUNT && protos != PROTO_BIT(PROTO_COUNT) - 1; p++)
		if (protos & PROTO_BIT(p))
			buffer_printf(out, " %s", proto_info(p)->name);
	buffer_puts(out, protos ? "\n" : " none\n");
}

static void explain_families(const struct filter *f, const struct filter_asked *asked,
			     struct buffer *out)
{
	bool v4 = f->families & asked->families & 1u << ADDR_V4;
	bool v6 = f->families & asked->families & 1u << ADDR_V6;

	if (!v4 || !v6)
		buffer_printf(out, "families:    %s\n", v4 ? "ipv4" : v6 ? "ipv6" : "none");
}

static void explain_source(const struct filter *f, const struct filter_asked *asked,
			   struct buffer *out)
{
	buffer_puts(out, "the kernel:  ");
	if (asked->instead)
		buffer_printf(out, "nothing, %s is read", asked->instead);
	else if (!(f->protos & asked->protos))
		buffer_puts(out, "nothing, no protocol is left");
	else if (f->tree)
		match_describe(f->tree, out);
	else
		buffer_puts(out, "every socket in these states");
	buffer_putc(out, '\n');
}

/* The words of the expression that @node came from, blanks folded. */
static void explain_part(const struct filter *f, const struct node *node, struct buffer *out)
{
	size_t end = node->end;
	bool cut = end > node->offset + PART_MAX;

	if (!end) {
		buffer_printf(out, " several comparisons with %s", node->pred->name);
		return;
	}
	if (cut)
		for (end = node->offset + PART_MAX; ((unsigned char)f->text[end] & 0xc0) == 0x80;)
			end--;
	buffer_puts(out, node->negated ? " not (" : " ");
	for (size_t i = node->offset; i < end; i++)
		buffer_putc(out, (unsigned char)f->text[i] < ' ' ? ' ' : f->text[i]);
	buffer_puts(out, cut ? "..." : "");
	buffer_puts(out, node->negated ? ")" : "");
}

/* One line each for what is evaluated after the source. */
static void explain_rest(const struct filter *f, bool by_kernel, struct buffer *out)
{
	const struct node *node = f->root;
	const struct node *last = NULL;

	if (node && node->kind == NODE_AND)
		node = node->child;
	else
		last = node;
	if (by_kernel ? f->exact : !node)
		buffer_puts(out, "here:        nothing\n");
	for (; node && !(by_kernel && f->exact); node = node == last ? NULL : node->next) {
		if (by_kernel && node->pushed)
			continue;
		buffer_puts(out, "here:       ");
		explain_part(f, node, out);
		buffer_putc(out, '\n');
	}
}

static const struct fact_name {
	enum fact fact;
	const char *name;
} fact_names[] = {
	{ FACT_TCP, "tcp details" },	   { FACT_MEMORY, "socket memory" },
	{ FACT_CONGESTION, "congestion control" }, { FACT_TOS, "type of service" },
	{ FACT_MARK, "mark" },		   { FACT_OWNERS, "processes" },
	{ FACT_CGROUP_PATH, "cgroup paths" }, { FACT_TRACK, "earlier polls" },
	{ FACT_LIMITS, "two polls" },
	{ FACT_HOST_NAMES, "host names" },   { FACT_LISTENERS, "listeners" },
};

static void explain_facts(const struct filter *f, struct buffer *out)
{
	const char *before = "needs:       ";

	for (size_t i = 0; i < sizeof(fact_names) / sizeof(fact_names[0]); i++) {
		if (!(f->facts & fact_names[i].fact))
			continue;
		buffer_puts(out, before);
		buffer_puts(out, fact_names[i].name);
		before = ", ";
	}
	if (f->facts)
		buffer_putc(out, '\n');
}

void match_describe(const struct match *m, struct buffer *out)
{
	describe(m, MATCH_ALL, out);
}

void filter_explain(const struct filter *f, const struct filter_asked *asked, struct buffer *out)
{
	static const struct filter everything = {
		.states = ~(state_set)0,
		.protos = ~(proto_set)0,
		.families = ~0u,
		.exact = true,
	};

	if (!f) {
		buffer_puts(out, "filter:      none\n");
		f = &everything;
	}
	explain_states(f, asked, out);
	explain_protos(f, asked, out);
	explain_families(f, asked, out);
	explain_source(f, asked, out);
	explain_rest(f, !asked->instead, out);
	explain_facts(f, out);
}
