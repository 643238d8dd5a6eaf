/*
 * Long chains of alternatives, made up at random, say what their parts say one by one:
 * whether they are found by address or port, or tried one after the other.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "query/filter_ast.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define PARTS_MAX 120
#define PART_BYTES 160
#define SOCKETS 60

struct dice {
	uint64_t state;
};

static unsigned int roll(struct dice *d, unsigned int sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)(d->state >> 33) % sides;
}

/* One alternative: comparisons of which each chain has more of some than of others. */
static void part_random(char *out, size_t size, struct dice *d, unsigned int liking)
{
	static const char *const words[] = { "src", "dst", "sport", "dport" };
	const char *joint = "";
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int terms = 1 + roll(d, 3); terms > 0; terms--) {
		unsigned int word = roll(d, 3) ? liking : roll(d, COUNT_OF(words));
		const char *name = words[word];
		const char *not = roll(d, 12) ? "" : "not ";
		unsigned int n = roll(d, 40);

		if (!roll(d, 10))
			len += (size_t)snprintf(out + len, size - len, "%srecv-q > %u", joint, n);
		else if (word > 1 && !roll(d, 4))
			len += (size_t)snprintf(out + len, size - len, "%s%s%s in (%u, %u-%u)",
						joint, not, name, n, n + 5, n + 9);
		else if (word > 1)
			len += (size_t)snprintf(out + len, size - len, "%s%s%s %s :%u", joint, not,
						name, roll(d, 9) ? "=" : "!=", n);
		else if (!roll(d, 3))
			len += (size_t)snprintf(out + len, size - len, "%s%s%s [2001:db8::%x]/%u",
						joint, not, name, n, 118 + roll(d, 11));
		else
			len += (size_t)snprintf(out + len, size - len, "%s%s%s 10.0.%u.%u/%u%s",
						joint, not, name, n % 3, n, 22 + roll(d, 11),
						roll(d, 5) ? "" : ":7");
		joint = " and ";
	}
	assert_true(len < size);
}

static void end_random(struct endpoint *e, unsigned int family, struct dice *d)
{
	uint8_t v4[4] = { 10, 0, (uint8_t)roll(d, 3), (uint8_t)roll(d, 42) };
	static const uint8_t v6[] = { 0x20, 0x01, 0x0d, 0xb8 };

	*e = (struct endpoint){ .family = (uint8_t)(family ? ADDR_V6 : ADDR_V4),
				.port = (uint16_t)roll(d, 50) };
	if (!family) {
		memcpy(e->bytes, v4, sizeof(v4));
	} else if (family == 1) {
		e->bytes[10] = e->bytes[11] = 0xff;
		memcpy(e->bytes + 12, v4, sizeof(v4));
	} else {
		memcpy(e->bytes, v6, sizeof(v6));
		e->bytes[15] = (uint8_t)roll(d, 42);
	}
}

static void sock_random(struct sock *sk, struct dice *d)
{
	unsigned int family = roll(d, 3);

	*sk = (struct sock){ .proto = PROTO_TCP, .recv_queue = roll(d, 40) };
	sk->has = roll(d, 2) ? SOCK_HAS_QUEUES : 0;
	if (!roll(d, 10)) {
		sk->proto = PROTO_UNIX;
		return;
	}
	end_random(&sk->local, family, d);
	end_random(&sk->peer, family, d);
}

static struct filter *parse(const char *text)
{
	struct filter_error err;
	struct filter *f = filter_parse(text, strlen(text), NULL, &err);

	if (!f)
		fail_msg("%s: %s", text, err.message);
	return f;
}

/* A chain, its negation, and its parts. */
struct chain {
	char text[PARTS_MAX * (PART_BYTES + 8)];
	size_t len;
	struct filter *part[PARTS_MAX];
	size_t parts;
	struct filter *any;
	struct filter *none;
};

static void chain_make(struct chain *c, struct dice *d)
{
	unsigned int liking = roll(d, 4);
	char part[PART_BYTES];

	c->parts = 2 + roll(d, PARTS_MAX - 2);
	c->len = (size_t)snprintf(c->text, sizeof(c->text), "not (");
	for (size_t i = 0; i < c->parts; i++) {
		part_random(part, sizeof(part), d, liking);
		c->part[i] = parse(part);
		c->len += (size_t)snprintf(c->text + c->len, sizeof(c->text) - c->len, "%s(%s)",
					   i ? " or " : "", part);
	}
	snprintf(c->text + c->len, sizeof(c->text) - c->len, ")");
	c->any = parse(c->text + strlen("not "));
	c->none = parse(c->text);
}

static void chain_free(struct chain *c)
{
	for (size_t i = 0; i < c->parts; i++)
		filter_free(c->part[i]);
	filter_free(c->any);
	filter_free(c->none);
}

static void chain_check(const struct chain *c, const struct sock *sk, unsigned int missing)
{
	const struct row row = { .sock = sk };
	bool wanted = false;

	for (size_t i = 0; i < c->parts && !wanted; i++)
		wanted = filter_may_match(c->part[i], &row, missing);
	if (filter_may_match(c->any, &row, missing) != wanted)
		fail_msg("%s: wanted %d", c->text + strlen("not "), wanted);
	/* what may be so and may be not so is both */
	if (!missing && filter_match(c->none, &row) == wanted)
		fail_msg("%s: wanted %d", c->text, !wanted);
}

static void test_random_chains(void **unused)
{
	static struct chain c;
	struct dice d = { 11 };
	size_t found = 0;
	size_t negated = 0;

	(void)unused;
	for (int i = 0; i < 600; i++) {
		chain_make(&c, &d);
		for (int j = 0; j < SOCKETS; j++) {
			struct sock sk;

			sock_random(&sk, &d);
			chain_check(&c, &sk, 0);
			chain_check(&c, &sk, ~0u);
		}
		found += c.any->root->index != NULL;
		negated += c.none->root->index != NULL;
		chain_free(&c);
	}
	/* chains that are tried one by one would agree as well */
	assert_true(found > 300);
	assert_true(negated > 300);
}

/* What is the same in all of them does not tell them apart. */
static void test_what_differs_is_looked_up(void **unused)
{
	static const struct {
		const char *before;
		const char *after;
		unsigned int kind;
		unsigned int side;
	} cases[] = {
		{ "(src 10.0.0.1 and dport = :", ")", PRED_PORT, SIDE_PEER },
		{ "(dport = :443 and src 10.0.0.", ")", PRED_HOST, SIDE_LOCAL },
		{ "(rtt > 5ms and sport = :", ")", PRED_PORT, SIDE_LOCAL },
		{ "(dst [2001:db8::", "] and not sport = :1)", PRED_HOST, SIDE_PEER },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[20000] = "";
		size_t len = 0;
		struct filter *f;

		for (unsigned int n = 1; n <= 200; n++) {
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%u%s",
						n > 1 ? " or " : "", cases[i].before, n,
						cases[i].after);
		}
		f = parse(text);
		assert_non_null(f->root->index);
		assert_true(filter_index_is(f->root->index, cases[i].kind, cases[i].side));
		assert_ptr_equal(f->root->child, f->root->indexed);
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_chains),
		cmocka_unit_test(test_what_differs_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
