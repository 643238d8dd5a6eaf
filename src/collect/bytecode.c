/*
 * A match tree as sock_diag bytecode: see bytecode.h.
 *
 * An instruction falls through to the next one when its condition is true and
 * jumps forward by its @no when it is false; a jump that lands on the very end
 * accepts the socket, one that lands four bytes behind it rejects.  So
 *
 *	A and B		A (false: out)  B (false: out)
 *	A or B		A (false: L)  JMP end  L: B (false: out)
 *	not A		A (false: end)  JMP out
 *
 * where "out" is where the surrounding expression goes when it is false.
 * Negations are first pushed down to the conditions, so that a condition that
 * can't be expressed may simply count as true: nothing above it turns that round.
 */
#include "config.h"

#include "collect/bytecode.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"

/* The kernel's number, Linux 5.8; headers may be older. */
#define BC_CGROUP_COND 13

/* The largest instruction: a host condition with an IPv6 address. */
#define TEST_BYTES_MAX (sizeof(struct inet_diag_bc_op) + sizeof(struct inet_diag_hostcond) + 16)

enum step_kind { STEP_ALL, STEP_NONE, STEP_AND, STEP_OR, STEP_TEST };

/* A node of the tree as it will be emitted. */
struct step {
	enum step_kind kind;
	bool negate;	/* STEP_TEST */
	uint8_t bytes;	/* STEP_TEST: of @op */
	size_t ops;	/* instructions that it takes */
	const struct step *left;
	const struct step *right;
	union {
		struct inet_diag_bc_op head;
		unsigned char op[TEST_BYTES_MAX];
	};
};

static const struct step step_all = { .kind = STEP_ALL };
static const struct step step_none = { .kind = STEP_NONE, .ops = 1 };

struct compiler {
	struct arena arena;
	unsigned int without;
	bool exact;
	bool no_memory;
	unsigned char *code;
	size_t len;
};

static struct step *step_new(struct compiler *c, enum step_kind kind)
{
	struct step *s = arena_alloc(&c->arena, sizeof(*s));

	if (s)
		*s = (struct step){ .kind = kind };
	else
		c->no_memory = true;
	return s;
}

/* Count as true what can't be asked. */
static const struct step *widen(struct compiler *c)
{
	c->exact = false;
	return &step_all;
}

static const struct step *step_join(struct compiler *c, enum step_kind kind,
				    const struct step *left, const struct step *right)
{
	enum step_kind absorbing = kind == STEP_AND ? STEP_NONE : STEP_ALL;
	enum step_kind neutral = kind == STEP_AND ? STEP_ALL : STEP_NONE;
	struct step *s;

	if (left->kind == absorbing || right->kind == neutral)
		return left;
	if (right->kind == absorbing || left->kind == neutral)
		return right;
	s = step_new(c, kind);
	if (!s)
		return &step_all;
	s->left = left;
	s->right = right;
	s->ops = left->ops + right->ops + (kind == STEP_OR);
	return s;
}

/* A test with @size bytes of @argument behind its head. */
static const struct step *step_test(struct compiler *c, unsigned int code, bool negate,
				    const void *argument, size_t size)
{
	struct step *s = step_new(c, STEP_TEST);

	if (!s)
		return &step_all;
	s->negate = negate;
	s->ops = 1 + negate;
	s->bytes = (uint8_t)(sizeof(s->head) + size);
	s->head.code = (unsigned char)code;
	s->head.yes = s->bytes;
	if (size)
		memcpy(s->op + sizeof(s->head), argument, size);
	return s;
}

static const struct step *port_test(struct compiler *c, unsigned int code, bool negate,
				    uint16_t port)
{
	const struct inet_diag_bc_op argument = { .no = port };

	return step_test(c, code, negate, &argument, sizeof(argument));
}

/* Not at least @n is at most @n - 1: no comparison needs to be negated. */
static const struct step *port_range(struct compiler *c, const struct match *m, bool negate)
{
	bool local = m->op == MATCH_LOCAL_PORT;
	unsigned int ge = local ? INET_DIAG_BC_S_GE : INET_DIAG_BC_D_GE;
	unsigned int le = local ? INET_DIAG_BC_S_LE : INET_DIAG_BC_D_LE;
	const struct step *above = negate ? &step_none : &step_all;
	const struct step *below = above;

	if (m->port_min > m->port_max)
		return negate ? &step_all : &step_none;
	if (m->port_min == m->port_max)
		return port_test(c, local ? INET_DIAG_BC_S_EQ : INET_DIAG_BC_D_EQ, negate,
				 m->port_min);
	if (m->port_min > 0)
		above = negate ? port_test(c, le, false, (uint16_t)(m->port_min - 1)) :
				 port_test(c, ge, false, m->port_min);
	if (m->port_max < UINT16_MAX)
		below = negate ? port_test(c, ge, false, (uint16_t)(m->port_max + 1)) :
				 port_test(c, le, false, m->port_max);
	return step_join(c, negate ? STEP_OR : STEP_AND, above, below);
}

static const struct step *net_test(struct compiler *c, const struct match *m, bool negate)
{
	unsigned char argument[sizeof(struct inet_diag_hostcond) + 16];
	size_t bytes = m->net.family == ADDR_V4 ? 4 : 16;
	struct inet_diag_hostcond cond = {
		.family = m->net.family == ADDR_V4 ? AF_INET : AF_INET6,
		.prefix_len = m->prefix_bits,
		.port = -1,
	};

	if (m->net.family == ADDR_NONE || m->prefix_bits > bytes * 8)
		return widen(c);
	memcpy(argument, &cond, sizeof(cond));
	memcpy(argument + sizeof(cond), m->net.bytes, bytes);
	return step_test(c,
			 m->op == MATCH_LOCAL_NET ? INET_DIAG_BC_S_COND : INET_DIAG_BC_D_COND,
			 negate, argument, sizeof(cond) + bytes);
}

static const struct step *interface_test(struct compiler *c, const struct match *m, bool negate)
{
	return step_test(c, INET_DIAG_BC_DEV_COND, negate, &m->ifindex, sizeof(m->ifindex));
}

static const struct step *mark_test(struct compiler *c, const struct match *m, bool negate)
{
	const struct inet_diag_markcond cond = { m->mark_value, m->mark_mask };

	return step_test(c, INET_DIAG_BC_MARK_COND, negate, &cond, sizeof(cond));
}

static const struct step *cgroup_test(struct compiler *c, const struct match *m, bool negate)
{
	return step_test(c, BC_CGROUP_COND, negate, &m->cgroup_id, sizeof(m->cgroup_id));
}

static const struct step *autobound_test(struct compiler *c, const struct match *m, bool negate)
{
	(void)m;
	return step_test(c, INET_DIAG_BC_AUTO, negate, NULL, 0);
}

static const struct step *constant(struct compiler *c, const struct match *m, bool negate)
{
	(void)c;
	(void)m;
	return negate ? &step_none : &step_all;
}

static const struct step *(*const conditions[])(struct compiler *c, const struct match *m,
						bool negate) = {
	[MATCH_ALL] = constant,
	[MATCH_LOCAL_PORT] = port_range,
	[MATCH_PEER_PORT] = port_range,
	[MATCH_LOCAL_NET] = net_test,
	[MATCH_PEER_NET] = net_test,
	[MATCH_INTERFACE] = interface_test,
	[MATCH_MARK] = mark_test,
	[MATCH_CGROUP] = cgroup_test,
	[MATCH_AUTOBOUND] = autobound_test,
};

/* @m, or with @negate its opposite, with all negations in the tests. */
static const struct step *step_of(struct compiler *c, const struct match *m, bool negate,
				  unsigned int depth)
{
	const struct step *left;
	const struct step *right;

	while (m->op == MATCH_NOT) {
		negate = !negate;
		m = m->left;
	}
	if (depth > BYTECODE_DEPTH_MAX || m->op > MATCH_AUTOBOUND || c->without >> m->op & 1)
		return widen(c);
	if (m->op != MATCH_AND && m->op != MATCH_OR)
		return conditions[m->op](c, m, negate);
	left = step_of(c, m->left, negate, depth + 1);
	right = step_of(c, m->right, negate, depth + 1);
	return step_join(c, (m->op == MATCH_AND) != negate ? STEP_AND : STEP_OR, left, right);
}

/* @s in at most @ops instructions, letting more pass where it does not fit. */
static const struct step *step_fit(struct compiler *c, const struct step *s, size_t ops)
{
	const struct step *left;
	const struct step *right;

	if (s->ops <= ops)
		return s;
	if (s->kind == STEP_TEST || s->kind == STEP_NONE)
		return widen(c);
	if (s->kind == STEP_OR) {
		/* half of what is left for each: an OR with a part that is true is nothing */
		size_t half = (ops - (ops > 0)) / 2;

		left = step_fit(c, s->left, s->right->ops < half ? ops - 1 - s->right->ops : half);
		if (left->kind == STEP_ALL || ops == 0)
			return widen(c);
		right = step_fit(c, s->right, ops - 1 - left->ops);
	} else {
		left = step_fit(c, s->left, ops);
		right = step_fit(c, s->right, ops - left->ops);
	}
	return step_join(c, s->kind, left, right);
}

/* The bytes that @s will take. */
static size_t step_bytes(const struct step *s)
{
	const size_t jump = sizeof(struct inet_diag_bc_op);

	switch (s->kind) {
	case STEP_AND:
		return step_bytes(s->left) + step_bytes(s->right);
	case STEP_OR:
		return step_bytes(s->left) + jump + step_bytes(s->right);
	case STEP_TEST:
		return s->bytes + (s->negate ? jump : 0);
	case STEP_NONE:
		return jump;
	default:
		return 0;
	}
}

/* Append an instruction that goes on at byte @target when it is false. */
static void emit_op(struct compiler *c, const void *op, size_t bytes, size_t target)
{
	struct inet_diag_bc_op head;

	memcpy(&head, op, sizeof(head));
	head.no = (unsigned short)(target - c->len);
	memcpy(c->code + c->len, op, bytes);
	memcpy(c->code + c->len, &head, sizeof(head));
	c->len += bytes;
}

static void emit_jump(struct compiler *c, size_t target)
{
	const struct inet_diag_bc_op jump = { .code = INET_DIAG_BC_JMP, .yes = sizeof(jump) };

	emit_op(c, &jump, sizeof(jump), target);
}

/* Append @s, which goes on at byte @out when it is false. */
static void emit(struct compiler *c, const struct step *s, size_t out)
{
	size_t end = c->len + step_bytes(s);

	if (s->kind == STEP_AND) {
		emit(c, s->left, out);
		emit(c, s->right, out);
	} else if (s->kind == STEP_OR) {
		emit(c, s->left, c->len + step_bytes(s->left) + sizeof(struct inet_diag_bc_op));
		emit_jump(c, end);
		emit(c, s->right, out);
	} else if (s->kind == STEP_TEST) {
		emit_op(c, s->op, s->bytes, s->negate ? end : out);
		if (s->negate)
			emit_jump(c, out);
	} else if (s->kind == STEP_NONE) {
		emit_jump(c, out);
	}
}

/* The program of @s; none where everything passes. */
static int assemble(struct compiler *c, const struct step *s)
{
	size_t bytes = step_bytes(s);

	if (s->kind == STEP_ALL)
		return 0;
	c->code = malloc(bytes);
	if (!c->code)
		return -1;
	emit(c, s, bytes + sizeof(struct inet_diag_bc_op));
	return 0;
}

int bytecode_compile(struct bytecode *out, const struct match *tree,
		     const struct bytecode_limits *limits, struct error *err)
{
	struct compiler c = { .exact = true, .arena.block_bytes = 4096 };
	size_t ops_max = limits && limits->ops_max ? limits->ops_max : BYTECODE_OPS_MAX;
	const struct step *s = &step_all;
	int status = 0;

	*out = (struct bytecode){ .exact = true };
	if (ops_max > BYTECODE_BYTES_MAX / TEST_BYTES_MAX)
		ops_max = BYTECODE_BYTES_MAX / TEST_BYTES_MAX;
	if (limits)
		c.without = limits->without;
	if (tree)
		s = step_fit(&c, step_of(&c, tree, false, 0), ops_max);
	if (c.no_memory || assemble(&c, s))
		status = error_set(err, ENOMEM, "cannot compile the filter");
	else
		*out = (struct bytecode){ c.code, c.len, c.exact };
	arena_fini(&c.arena);
	return status;
}

void bytecode_fini(struct bytecode *b)
{
	free(b->code);
	*b = (struct bytecode){ .exact = true };
}
