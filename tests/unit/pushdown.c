/*
 * Filters that are made up at random, judged in four ways that must agree: by a naive
 * evaluation of the expression, by filter_match(), by the tree for sources, by its bytecode.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/bytecode_kernel.h"
#include "collect/bytecode.h"
#include "query/filter.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct dice {
	uint64_t state;
};

static unsigned int roll(struct dice *d, unsigned int sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)(d->state >> 33) % sides;
}

/* Yes, no, or not known. */
enum answer { NO, YES, UNKNOWN };

/* A socket, and whether its port was chosen by the kernel. */
struct subject {
	struct sock sk;
	struct tcp_facts tcp;
	bool autobound;
};

static enum answer answer(bool yes)
{
	return yes ? YES : NO;
}

static bool is_ip(const struct subject *s)
{
	return s->sk.local.family != ADDR_NONE;
}

static enum answer has_port(const struct subject *s, const struct endpoint *e, unsigned int low,
			    unsigned int high)
{
	return is_ip(s) ? answer(e->port >= low && e->port <= high) : UNKNOWN;
}

/* @e is IPv4, mapped or not, and starts with @byte. */
static bool starts_with(const struct endpoint *e, uint8_t byte)
{
	if (e->family == ADDR_V4)
		return e->bytes[0] == byte;
	return addr_is_mapped(ADDR_V6, e->bytes) && e->bytes[12] == byte;
}

static bool is_ten(const struct endpoint *e)
{
	return starts_with(e, 10);
}

static bool is_loopback6(const struct endpoint *e)
{
	return e->family == ADDR_V6 && addr_is_loopback(ADDR_V6, e->bytes) &&
	       !addr_is_mapped(ADDR_V6, e->bytes);
}

static enum answer sport_22(const struct subject *s)
{
	return has_port(s, &s->sk.local, 22, 22);
}

static enum answer sport_not_80(const struct subject *s)
{
	return is_ip(s) ? answer(s->sk.local.port != 80) : UNKNOWN;
}

static enum answer dport_above(const struct subject *s)
{
	return has_port(s, &s->sk.peer, 80, 65535);
}

static enum answer dport_list(const struct subject *s)
{
	unsigned int p = s->sk.peer.port;

	return is_ip(s) ? answer(p == 22 || p == 443 || p >= 60000) : UNKNOWN;
}

static enum answer src_ten(const struct subject *s)
{
	return is_ip(s) ? answer(is_ten(&s->sk.local)) : UNKNOWN;
}

static enum answer dst_not_ten(const struct subject *s)
{
	return is_ip(s) ? answer(!is_ten(&s->sk.peer)) : UNKNOWN;
}

static enum answer dst_six(const struct subject *s)
{
	return is_ip(s) ? answer(is_loopback6(&s->sk.peer) && s->sk.peer.port == 80) : UNKNOWN;
}

static enum answer src_list(const struct subject *s)
{
	const struct endpoint *e = &s->sk.local;

	return is_ip(s) ? answer(is_ten(e) || is_loopback6(e) || starts_with(e, 127)) :
			  UNKNOWN;
}

static enum answer state_close_wait(const struct subject *s)
{
	return answer(s->sk.state == STATE_CLOSE_WAIT);
}

static enum answer state_union(const struct subject *s)
{
	return answer(s->sk.state == STATE_LISTEN || s->sk.state == STATE_ESTABLISHED);
}

static enum answer proto_udp(const struct subject *s)
{
	return answer(s->sk.proto == PROTO_UDP);
}

static enum answer dev_2(const struct subject *s)
{
	return answer(s->sk.ifindex == 2);
}

static enum answer mark_1(const struct subject *s)
{
	return s->sk.has & SOCK_HAS_MARK ? answer((s->sk.mark & 3) == 1) : UNKNOWN;
}

static enum answer mark_not_0(const struct subject *s)
{
	return s->sk.has & SOCK_HAS_MARK ? answer(s->sk.mark != 0) : UNKNOWN;
}

static enum answer cgroup_7(const struct subject *s)
{
	return s->sk.has & SOCK_HAS_CGROUP ? answer(s->sk.cgroup_id == 7) : UNKNOWN;
}

/* What tcp_info says of a listener is something else. */
static bool has_rtt(const struct subject *s)
{
	return s->sk.tcp && s->sk.state != STATE_LISTEN;
}

static enum answer rtt_high(const struct subject *s)
{
	return has_rtt(s) ? answer(s->tcp.rtt_us > 1500) : UNKNOWN;
}

static enum answer rtt_unknown(const struct subject *s)
{
	return answer(!has_rtt(s));
}

static enum answer recv_q(const struct subject *s)
{
	return s->sk.has & SOCK_HAS_QUEUES ? answer(s->sk.recv_queue >= 1024) : UNKNOWN;
}

/* The predicates, as written and as meant. */
static const struct predicate {
	const char *text;
	enum answer (*meaning)(const struct subject *s);
} predicates[] = {
	{ "sport = :22", sport_22 },
	{ "sport!=80", sport_not_80 },
	{ "dport >= 80", dport_above },
	{ "dport in (22, 443, 60000-65535)", dport_list },
	{ "src 10.0.0.0/8", src_ten },
	{ "dst != 10/8", dst_not_ten },
	{ "dst [::1]:80", dst_six },
	{ "src in (10.0.0.0/9, ::1, 127.0.0.0/8 10.128/9)", src_list },
	{ "state close-wait", state_close_wait },
	{ "( state listening state ESTAB )", state_union },
	{ "proto = udp", proto_udp },
	{ "dev 2", dev_2 },
	{ "fwmark = 1/3", mark_1 },
	{ "fwmark != 0", mark_not_0 },
	{ "cgroup = /seven", cgroup_7 },
	{ "rtt > 1500us", rtt_high },
	{ "rtt is unknown", rtt_unknown },
	{ "recv-q >= 1k", recv_q },
};

#define TERMS_MAX 64

/* An expression under way: its text, and its meaning as a tree. */
struct term {
	enum { TERM_PREDICATE, TERM_NOT, TERM_AND, TERM_OR } kind;
	const struct predicate *predicate;
	const struct term *left;
	const struct term *right;
};

struct expression {
	struct term term[TERMS_MAX];
	size_t used;
	char text[4096];
	size_t len;
};

static void say(struct expression *e, const char *text)
{
	int n = snprintf(e->text + e->len, sizeof(e->text) - e->len, "%s", text);

	e->len += (size_t)n;
	assert_true(e->len < sizeof(e->text));
}

static const struct term *expression_random(struct expression *e, struct dice *d,
					    unsigned int depth)
{
	static const char *const ands[] = { " and ", " & ", "&&", " " };
	static const char *const ors[] = { " or ", "|", " || " };
	static const char *const nots[] = { "not ", "! ", "!" };
	struct term *t = &e->term[e->used++];
	unsigned int kind = depth && e->used < TERMS_MAX - 20 ? roll(d, 4) : 0;

	assert_true(e->used < TERMS_MAX);
	t->kind = kind;
	say(e, kind == TERM_PREDICATE ? "" : kind == TERM_NOT ? nots[roll(d, 3)] : "");
	say(e, "(");
	if (kind == TERM_PREDICATE) {
		t->predicate = &predicates[roll(d, COUNT_OF(predicates))];
		say(e, t->predicate->text);
	} else {
		t->left = expression_random(e, d, depth - 1);
		if (kind == TERM_AND)
			say(e, ands[roll(d, COUNT_OF(ands))]);
		else if (kind == TERM_OR)
			say(e, ors[roll(d, COUNT_OF(ors))]);
		if (kind != TERM_NOT)
			t->right = expression_random(e, d, depth - 1);
	}
	say(e, ")");
	return t;
}

static bool means(const struct term *t, const struct subject *s)
{
	switch (t->kind) {
	case TERM_PREDICATE:
		return t->predicate->meaning(s) == YES;
	case TERM_NOT:
		return !means(t->left, s);
	case TERM_AND:
		return means(t->left, s) && means(t->right, s);
	default:
		return means(t->left, s) || means(t->right, s);
	}
}

static void end_random(struct endpoint *e, bool v6, struct dice *d)
{
	static const uint8_t v4s[][4] = { { 10, 0, 0, 1 }, { 10, 200, 0, 1 }, { 127, 0, 0, 1 },
					  { 0 }, { 192, 0, 2, 1 } };
	static const uint16_t ports[] = { 0, 22, 80, 443, 59999, 60000, 65535 };
	const uint8_t *v4 = v4s[roll(d, COUNT_OF(v4s))];

	*e = (struct endpoint){ .family = v6 ? ADDR_V6 : ADDR_V4,
				.port = ports[roll(d, COUNT_OF(ports))] };
	if (!v6) {
		memcpy(e->bytes, v4, 4);
	} else if (roll(d, 2)) {
		e->bytes[10] = e->bytes[11] = 0xff;
		memcpy(e->bytes + 12, v4, 4);
	} else {
		e->bytes[15] = (uint8_t)roll(d, 3);
	}
}

static void subject_random(struct subject *s, struct dice *d)
{
	static const enum proto protos[] = { PROTO_TCP, PROTO_TCP, PROTO_UDP, PROTO_UNIX };
	bool v6 = roll(d, 2);

	*s = (struct subject){ .autobound = roll(d, 2) };
	s->sk = (struct sock){
		.proto = (uint8_t)protos[roll(d, COUNT_OF(protos))],
		.state = (uint8_t)roll(d, STATE_BOUND),
		.ifindex = roll(d, 4),
		.mark = roll(d, 8),
		.cgroup_id = 6 + roll(d, 3),
		.recv_queue = roll(d, 3) * 1024,
	};
	s->sk.has = (roll(d, 2) ? SOCK_HAS_MARK : 0) | (roll(d, 2) ? SOCK_HAS_CGROUP : 0) |
		    (roll(d, 2) ? SOCK_HAS_QUEUES : 0);
	if (s->sk.proto != PROTO_UNIX) {
		end_random(&s->sk.local, v6, d);
		end_random(&s->sk.peer, v6, d);
	}
	s->tcp.rtt_us = 1499 + roll(d, 3);
}

static int cgroup_seven(void *context, const char *path, uint64_t *id)
{
	(void)context;
	*id = 7;
	return strcmp(path, "/seven") ? -1 : 0;
}

/* All that must hold of one filter and one socket. */
static void check(const struct filter *f, const struct bytecode *b, const struct term *t,
		  const struct subject *s, const char *text)
{
	const struct row row = { .sock = &s->sk };
	bool matched = filter_match(f, &row);
	bool asked = filter_states(f) >> s->sk.state & 1 && filter_protos(f) >> s->sk.proto & 1;
	bool in_tree = tree_passes(filter_match_tree(f), &s->sk, s->autobound);
	bool passed = kernel_passes(b->code, b->len, &s->sk, s->autobound);

	if (matched != means(t, s))
		fail_msg("%s: matched %d", text, matched);
	if (matched && !asked)
		fail_msg("%s: state or protocol is not asked for", text);
	if (!is_ip(s))
		return;
	if (matched && !(filter_families(f) >> s->sk.local.family & 1))
		fail_msg("%s: family is not asked for", text);
	if (matched && !in_tree)
		fail_msg("%s: the tree leaves out what matches", text);
	if (in_tree && !passed)
		fail_msg("%s: the bytecode leaves out what is in the tree", text);
	if (b->exact && passed != in_tree)
		fail_msg("%s: the bytecode is not exact", text);
	if (filter_is_exact(f) && b->exact && (asked && passed) != matched)
		fail_msg("%s: the filter is not exact", text);
}

static void test_random_expressions(void **unused)
{
	const struct filter_options options = { .cgroup = cgroup_seven };
	struct dice d = { 2 };
	size_t exact = 0;
	size_t pushed = 0;

	(void)unused;
	for (int i = 0; i < 20000; i++) {
		struct expression e = { .used = 0 };
		const struct term *t = expression_random(&e, &d, roll(&d, 6));
		struct filter_error err;
		struct filter *f = filter_parse(e.text, e.len, &options, &err);
		struct bytecode b;

		if (!f)
			fail_msg("%s: %s", e.text, err.message);
		assert_int_equal(bytecode_compile(&b, filter_match_tree(f), NULL, NULL), 0);
		for (int j = 0; j < 20; j++) {
			struct subject s;

			subject_random(&s, &d);
			if (s.sk.proto == PROTO_TCP && roll(&d, 2)) {
				s.sk.tcp = &s.tcp;
				s.sk.tcp_bytes = sizeof(s.tcp);
			}
			check(f, &b, t, &s, e.text);
		}
		exact += filter_is_exact(f);
		pushed += b.code != NULL;
		bytecode_fini(&b);
		filter_free(f);
	}
	/* a planner that gave up would agree with everything */
	assert_true(exact > 4000);
	assert_true(pushed > 8000);
}

/* Large sets are widened for the kernel, and stay exact here. */
static void test_large_sets(void **unused)
{
	static char text[200000];
	size_t len = (size_t)snprintf(text, sizeof(text), "src in (");
	const struct filter_options options = { .service = NULL };
	struct filter_error err;
	struct filter *f;
	struct bytecode b;
	struct dice d = { 3 };

	(void)unused;
	for (unsigned int i = 0; i < 5000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "10.%u.%u.%u/32, ", i % 20,
					i / 256, i % 256);
	len += (size_t)snprintf(text + len, sizeof(text) - len, "2001:db8::/32)");
	f = filter_parse(text, len, &options, &err);
	assert_non_null(f);
	assert_int_equal(bytecode_compile(&b, filter_match_tree(f), NULL, NULL), 0);
	assert_true(b.code && b.exact && !filter_is_exact(f));
	for (int i = 0; i < 20000; i++) {
		struct sock sk = { .local = { .family = ADDR_V4 } };
		const struct row row = { .sock = &sk };
		unsigned int n = roll(&d, 5000);
		const uint8_t in[] = { 10, (uint8_t)(n % 20), (uint8_t)(n / 256), (uint8_t)n };

		memcpy(sk.local.bytes, in, sizeof(in));
		assert_true(filter_match(f, &row));
		assert_true(kernel_passes(b.code, b.len, &sk, false));
		sk.local.bytes[1] += 20;
		assert_false(filter_match(f, &row));
	}
	bytecode_fini(&b);
	filter_free(f);
}

/* The source tells who chose a port; of what it lets pass the port is looked at as well. */
static void test_autobound_is_the_ports_word_too(void **unused)
{
	struct sock sk = { .local = { .family = ADDR_V4, .port = 80 } };
	const struct row row = { .sock = &sk };
	struct filter_error err;
	struct filter *f = filter_parse("autobound", 9, NULL, &err);

	(void)unused;
	assert_non_null(f);
	assert_int_equal(filter_match_tree(f)->op, MATCH_AUTOBOUND);
	assert_false(filter_is_exact(f));
	assert_false(filter_match(f, &row));
	sk.local.port = 40000;
	assert_true(filter_match(f, &row));
	filter_free(f);

	f = filter_parse("! autobound", 11, NULL, &err);
	assert_non_null(f);
	assert_non_null(filter_match_tree(f));
	assert_false(filter_match(f, &row));
	sk.local.port = 80;
	assert_true(filter_match(f, &row));
	filter_free(f);

	f = filter_parse("autobound or rtt > 1ms", 22, NULL, &err);
	assert_non_null(f);
	assert_null(filter_match_tree(f));
	assert_false(filter_match(f, &row));
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_expressions),
		cmocka_unit_test(test_large_sets),
		cmocka_unit_test(test_autobound_is_the_ports_word_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
