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

static void explain_states(const struct filter *f, struct buffer *out)
{
	buffer_puts(out, "states:     ");
	if (f->states == STATE_BIT(STATE_COUNT) - 1)
		buffer_puts(out, " all");
	for (enum state s = 0; s < STATE_COUNT && f->states != STATE_BIT(STATE_COUNT) - 1; s++)
		if (f->states & STATE_BIT(s))
			buffer_printf(out, " %s", state_info(s)->name);
	buffer_puts(out, f->states ? "\n" : " none\n");
}

static void explain_protos(const struct filter *f, struct buffer *out)
{
	buffer_puts(out, "protocols:  ");
	if (f->protos == PROTO_BIT(PROTO_COUNT) - 1)
		buffer_puts(out, " all");
	for (enum proto p = 0; p < PROTO_COUNT && f->protos != PROTO_BIT(PROTO_COUNT) - 1; p++)
		if (f->protos & PROTO_BIT(p))
			buffer_printf(out, " %s", proto_info(p)->name);
	buffer_puts(out, f->protos ? "\n" : " none\n");
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
	buffer_putc(out, ' ');
	for (size_t i = node->offset; i < end; i++)
		buffer_putc(out, (unsigned char)f->text[i] < ' ' ? ' ' : f->text[i]);
	buffer_puts(out, cut ? "..." : "");
}

/* One line each for what is evaluated after the source. */
static void explain_rest(const struct filter *f, struct buffer *out)
{
	const struct node *node = f->root;
	const struct node *last = NULL;

	if (node && node->kind == NODE_AND)
		node = node->child;
	else
		last = node;
	if (f->exact)
		buffer_puts(out, "here:        nothing\n");
	for (; node && !f->exact; node = node == last ? NULL : node->next) {
		if (node->pushed)
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

void filter_explain(const struct filter *f, struct buffer *out)
{
	explain_states(f, out);
	explain_protos(f, out);
	buffer_puts(out, "the kernel:  ");
	if (f->tree)
		match_describe(f->tree, out);
	else
		buffer_puts(out, "every socket in these states");
	buffer_putc(out, '\n');
	explain_rest(f, out);
	explain_facts(f, out);
}
