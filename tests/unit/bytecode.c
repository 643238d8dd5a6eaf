/* The compiler of match trees: what the kernel would do is what the tree says. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/bytecode_kernel.h"
#include "collect/bytecode.h"

#define NODES_MAX 2048

/* A generator of numbers that are the same in every run. */
struct dice {
	uint64_t state;
};

static unsigned int roll(struct dice *d, unsigned int sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)(d->state >> 33) % sides;
}

static const struct endpoint ends[] = {
	{ .family = ADDR_V4, .bytes = { 127, 0, 0, 1 }, .port = 22 },
	{ .family = ADDR_V4, .bytes = { 10, 0, 0, 1 }, .port = 80 },
	{ .family = ADDR_V4, .bytes = { 10, 1, 2, 3 }, .port = 65535 },
	{ .family = ADDR_V4, .port = 0 },
	{ .family = ADDR_V6, .bytes = { [15] = 1 }, .port = 22 },
	{ .family = ADDR_V6, .bytes = { [10] = 0xff, 0xff, 10, 0, 0, 1 }, .port = 443 },
	{ .family = ADDR_V6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 }, .port = 1 },
	{ .family = ADDR_V6, .port = 0 },
};

static const uint16_t ports[] = { 0, 1, 21, 22, 23, 80, 443, 65534, 65535 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct forest {
	struct match node[NODES_MAX];
	size_t used;
};

static struct match *tree_new(struct forest *f, enum match_op op)
{
	struct match *m;

	assert_true(f->used < NODES_MAX);
	m = &f->node[f->used++];
	*m = (struct match){ .op = op };
	return m;
}

static const struct match *leaf_random(struct forest *f, struct dice *d)
{
	static const enum match_op ops[] = {
		MATCH_LOCAL_PORT, MATCH_PEER_PORT, MATCH_LOCAL_PORT, MATCH_PEER_PORT,
		MATCH_LOCAL_NET, MATCH_PEER_NET, MATCH_LOCAL_NET, MATCH_PEER_NET,
		MATCH_INTERFACE, MATCH_MARK, MATCH_CGROUP, MATCH_AUTOBOUND, MATCH_ALL,
	};
	struct match *m = tree_new(f, ops[roll(d, COUNT_OF(ops))]);

	m->port_min = ports[roll(d, COUNT_OF(ports))];
	m->port_max = roll(d, 2) ? m->port_min : ports[roll(d, COUNT_OF(ports))];
	m->net = ends[roll(d, COUNT_OF(ends))];
	m->prefix_bits = (uint8_t)roll(d, m->net.family == ADDR_V4 ? 33 : 129);
	m->ifindex = roll(d, 3);
	m->mark_mask = roll(d, 4);
	m->mark_value = roll(d, 4);
	m->cgroup_id = roll(d, 3);
	return m;
}

static const struct match *tree_random(struct forest *f, struct dice *d, unsigned int depth)
{
	unsigned int what = depth ? roll(d, 4) : 3;
	struct match *m;

	if (what == 3)
		return leaf_random(f, d);
	m = tree_new(f, what == 0 ? MATCH_AND : what == 1 ? MATCH_OR : MATCH_NOT);
	m->left = tree_random(f, d, depth - 1);
	if (what != 2)
		m->right = tree_random(f, d, depth - 1);
	return m;
}

static void sock_random(struct sock *sk, struct dice *d)
{
	bool v6 = roll(d, 2);

	*sk = (struct sock){
		.has = roll(d, 4) ? SOCK_HAS_MARK | SOCK_HAS_CGROUP : 0,
		.local = ends[roll(d, 4) + 4 * v6],
		.peer = ends[roll(d, 4) + 4 * v6],
		.ifindex = roll(d, 3),
		.mark = roll(d, 8),
		.cgroup_id = roll(d, 3),
	};
	sk->local.port = ports[roll(d, COUNT_OF(ports))];
	sk->peer.port = ports[roll(d, COUNT_OF(ports))];
}

/* What the program does with @sk beside what the tree says. */
static void check_sock(const struct bytecode *b, const struct match *tree, const struct sock *sk,
		       bool autobound)
{
	bool wanted = tree_passes(tree, sk, autobound);
	bool passed = kernel_passes(b->code, b->len, sk, autobound);

	if (b->exact)
		assert_int_equal(passed, wanted);
	else if (wanted)
		assert_true(passed);
}

static void test_random_trees(void **unused)
{
	struct dice d = { 1 };
	struct forest *f = test_malloc(sizeof(*f));

	(void)unused;
	for (int i = 0; i < 20000; i++) {
		struct bytecode_limits limits = { .ops_max = i % 2 ? 0 : 1 + roll(&d, 20),
						  .without = i % 3 ? 0 : 1u << roll(&d, 12) };
		struct bytecode b;
		const struct match *tree;

		f->used = 0;
		tree = tree_random(f, &d, 1 + roll(&d, 6));
		assert_int_equal(bytecode_compile(&b, tree, &limits, NULL), 0);
		assert_true(!b.len || kernel_accepts(b.code, b.len));
		if (i % 2 && i % 3)
			assert_true(b.exact);
		for (int j = 0; j < 10; j++) {
			struct sock sk;

			sock_random(&sk, &d);
			check_sock(&b, tree, &sk, roll(&d, 2));
		}
		bytecode_fini(&b);
	}
	test_free(f);
}

static void test_one_port_is_one_instruction(void **unused)
{
	const struct match m = { .op = MATCH_LOCAL_PORT, .port_min = 22, .port_max = 22 };
	static const unsigned char expected[] = { 11, 8, 12, 0, 0, 0, 22, 0 };
	struct bytecode b;

	(void)unused;
	assert_int_equal(bytecode_compile(&b, &m, NULL, NULL), 0);
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
		assert_int_equal(b.len, sizeof(expected));
		assert_memory_equal(b.code, expected, sizeof(expected));
	}
	bytecode_fini(&b);
}

static void test_everything_is_no_program(void **unused)
{
	const struct match all = { .op = MATCH_ALL };
	const struct match port = { .op = MATCH_PEER_PORT, .port_max = 65535 };
	const struct match *const trees[] = { NULL, &all, &port };

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(trees); i++) {
		struct bytecode b;

		assert_int_equal(bytecode_compile(&b, trees[i], NULL, NULL), 0);
		assert_null(b.code);
		assert_true(b.exact);
		bytecode_fini(&b);
	}
}

static void test_nothing_rejects_all(void **unused)
{
	const struct match all = { .op = MATCH_ALL };
	const struct match none = { .op = MATCH_NOT, .left = &all };
	struct sock sk = { .local = ends[0], .peer = ends[1] };
	struct bytecode b;

	(void)unused;
	assert_int_equal(bytecode_compile(&b, &none, NULL, NULL), 0);
	assert_true(b.exact && kernel_accepts(b.code, b.len));
	assert_false(kernel_passes(b.code, b.len, &sk, false));
	bytecode_fini(&b);
}

/* A chain of @count different ports, one below the other. */
static const struct match *chain(struct forest *f, enum match_op op, size_t count)
{
	const struct match *tree = NULL;

	for (size_t i = 0; i < count; i++) {
		struct match *leaf = tree_new(f, MATCH_LOCAL_PORT);
		struct match *joint;

		leaf->port_min = leaf->port_max = (uint16_t)(1000 + i);
		if (!tree) {
			tree = leaf;
			continue;
		}
		joint = tree_new(f, op);
		joint->left = tree;
		joint->right = leaf;
		tree = joint;
	}
	return tree;
}

static void test_long_chains(void **unused)
{
	struct forest *f = test_malloc(sizeof(*f));
	struct sock hit = { .local = ends[0], .peer = ends[1] };
	struct bytecode b;

	(void)unused;
	hit.local.port = 1249;
	f->used = 0;
	assert_int_equal(bytecode_compile(&b, chain(f, MATCH_OR, 250), NULL, NULL), 0);
	assert_true(b.exact && kernel_accepts(b.code, b.len));
	assert_true(kernel_passes(b.code, b.len, &hit, false));
	hit.local.port = 1250;
	assert_false(kernel_passes(b.code, b.len, &hit, false));
	bytecode_fini(&b);

	f->used = 0;
	assert_int_equal(bytecode_compile(&b, chain(f, MATCH_OR, 1000), NULL, NULL), 0);
	assert_false(b.exact);
	assert_true(!b.len || kernel_passes(b.code, b.len, &hit, false));
	bytecode_fini(&b);
	test_free(f);
}

/* What fits of an AND still leaves out most sockets. */
static void test_long_and_is_not_given_up(void **unused)
{
	struct forest *f = test_malloc(sizeof(*f));
	struct sock sk = { .local = ends[0], .peer = ends[1] };
	struct match *port = NULL;
	struct match *top = NULL;
	struct bytecode b;

	(void)unused;
	f->used = 0;
	port = tree_new(f, MATCH_PEER_PORT);
	port->port_min = port->port_max = 80;
	top = tree_new(f, MATCH_AND);
	top->left = chain(f, MATCH_OR, 900);
	top->right = port;
	assert_int_equal(bytecode_compile(&b, top, NULL, NULL), 0);
	assert_false(b.exact);
	assert_true(kernel_passes(b.code, b.len, &sk, false));
	sk.peer.port = 81;
	assert_false(kernel_passes(b.code, b.len, &sk, false));
	bytecode_fini(&b);
	test_free(f);
}

/* What the kernel lacks counts as true, negated as well. */
static void test_refused_condition_is_true_both_ways(void **unused)
{
	const struct bytecode_limits limits = { .without = 1u << MATCH_MARK };
	const struct match mark = { .op = MATCH_MARK, .mark_mask = 1 };
	const struct match not = { .op = MATCH_NOT, .left = &mark };
	const struct match not_not = { .op = MATCH_NOT, .left = &not };
	const struct match *const trees[] = { &mark, &not, &not_not };

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(trees); i++) {
		struct bytecode b;

		assert_int_equal(bytecode_compile(&b, trees[i], &limits, NULL), 0);
		assert_false(b.exact);
		assert_null(b.code);
		bytecode_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_trees),
		cmocka_unit_test(test_one_port_is_one_instruction),
		cmocka_unit_test(test_everything_is_no_program),
		cmocka_unit_test(test_nothing_rejects_all),
		cmocka_unit_test(test_long_chains),
		cmocka_unit_test(test_long_and_is_not_given_up),
		cmocka_unit_test(test_refused_condition_is_true_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
