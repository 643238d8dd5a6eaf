/*
 * Does a row match?  No allocation, no look-up by name, no I/O.
 *
 * A test says yes, no or unknown; what "not" makes of unknown is told in filter_ast.h.
 */
#include "config.h"

#include <fnmatch.h>
#include <string.h>

#include "query/filter_ast.h"

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

static enum truth truth_of(bool b)
{
	return b ? TRUTH_YES : TRUTH_NO;
}

static const struct endpoint *sock_end(const struct row *row, unsigned int side)
{
	return side == SIDE_LOCAL ? &row->sock->local : &row->sock->peer;
}

static enum truth test_state(const struct pred *p, const struct row *row)
{
	return truth_of(p->mask >> row->sock->state & 1);
}

static enum truth test_proto(const struct pred *p, const struct row *row)
{
	return truth_of(p->mask >> row->sock->proto & 1);
}

static enum truth test_port(const struct pred *p, const struct row *row)
{
	const struct endpoint *e = sock_end(row, p->side);

	return e->family ? truth_of(range_set_has(&p->numbers, e->port)) : TRUTH_UNKNOWN;
}

static enum truth test_host(const struct pred *p, const struct row *row)
{
	const struct endpoint *e = sock_end(row, p->side);

	return e->family ? truth_of(addr_set_has(&p->hosts, e)) : TRUTH_UNKNOWN;
}

static enum truth test_interface(const struct pred *p, const struct row *row)
{
	return truth_of(range_set_has(&p->numbers, row->sock->ifindex));
}

static enum truth test_mark(const struct pred *p, const struct row *row)
{
	if (!(row->sock->has & SOCK_HAS_MARK))
		return TRUTH_UNKNOWN;
	return truth_of((row->sock->mark & p->mark.mask) == p->mark.value);
}

static enum truth test_cgroup(const struct pred *p, const struct row *row)
{
	if (!(row->sock->has & SOCK_HAS_CGROUP))
		return TRUTH_UNKNOWN;
	return truth_of(range_set_has(&p->numbers, row->sock->cgroup_id));
}

/* "\0" and five hexadecimal digits: a name that the kernel gave. */
static bool is_autobound_name(const struct sock *sk)
{
	if (!sk->name || !sk->name_len)
		return true;
	return sk->name_len == 6 && (sk->name[0] == '\0' || sk->name[0] == '@') &&
	       strspn(sk->name + 1, "0123456789abcdef") >= 5;
}

static enum truth test_autobound(const struct pred *p, const struct row *row)
{
	const struct sock *sk = row->sock;

	if (!sk->local.family)
		return sk->proto == PROTO_UNIX ? truth_of(is_autobound_name(sk)) : TRUTH_UNKNOWN;
	return truth_of(sk->local.port >= p->autobound.port_min &&
			sk->local.port <= p->autobound.port_max);
}

/* Abstract names start with a zero byte, which is written "@". */
static enum truth test_name(const struct pred *p, const struct row *row)
{
	const struct sock *sk = row->sock;
	char name[256];
	size_t len;

	if (!(p->glob.protos >> sk->proto & 1))
		return TRUTH_NO;
	if (!sk->name || !sk->name_len)
		return truth_of(strcmp(p->glob.pattern, "*") == 0);
	len = sk->name_len < sizeof(name) ? sk->name_len : sizeof(name) - 1;
	memcpy(name, sk->name, len);
	name[len] = '\0';
	if (!name[0])
		name[0] = '@';
	return truth_of(fnmatch(p->glob.pattern, name, FNM_CASEFOLD) == 0);
}

static struct value owner_value(const struct owner *o, unsigned int field)
{
	if (field == OWNER_FIELD_PID)
		return value_count(o->pid);
	if (field == OWNER_FIELD_FD)
		return o->fd >= 0 ? value_count((uint64_t)o->fd) : value_none();
	return value_string(field == OWNER_FIELD_COMMAND ? o->command : o->command_line);
}

/* Unknown where @v is; else what @test says of it. */
static enum truth test_known(const struct pred *p, const struct value *v,
			     bool (*test)(const struct pred *p, const struct value *v))
{
	return v->kind == VALUE_NONE ? TRUTH_UNKNOWN : truth_of(test(p, v));
}

/* @test for the column's value, or for each holder's until it is true. */
static enum truth test_values(const struct pred *p, const struct row *row,
			      bool (*test)(const struct pred *p, const struct value *v))
{
	const struct owners *owners = row->owners;
	enum truth best = TRUTH_UNKNOWN;
	struct value v;

	if (!p->owner_field) {
		v = column_value(p->column, row);
		return test_known(p, &v, test);
	}
	for (size_t i = 0; owners && i < owners->count && best != TRUTH_YES; i++) {
		enum truth t;

		v = owner_value(&owners->list[i], p->owner_field);
		t = test_known(p, &v, test);
		if (t != TRUTH_UNKNOWN)
			best = t;
	}
	return best;
}

static bool value_is_anything(const struct pred *p, const struct value *v)
{
	(void)p;
	(void)v;
	return true;
}

static bool number_in_set(const struct pred *p, const struct value *v)
{
	return v->kind == VALUE_COUNT && range_set_has(&p->numbers, v->count);
}

static bool text_in_set(const struct pred *p, const struct value *v)
{
	return v->kind == VALUE_TEXT && text_set_has(&p->texts, v->text, v->len);
}

static bool order_is(int order, enum token_kind op)
{
	switch (op) {
	case TOKEN_GT:
		return order > 0;
	case TOKEN_LT:
		return order < 0;
	case TOKEN_GE:
		return order >= 0;
	case TOKEN_LE:
		return order <= 0;
	default:
		return order == 0;
	}
}

static bool text_in_order(const struct pred *p, const struct value *v)
{
	const struct text_item *limit = &p->order.limit;

	return v->kind == VALUE_TEXT &&
	       order_is(text_compare(v->text, v->len, limit->text, limit->len), p->order.op);
}

static bool ratio_in_order(const struct pred *p, const struct value *v)
{
	double limit = p->ratio.limit;

	return v->kind == VALUE_RATIO &&
	       order_is((v->ratio > limit) - (v->ratio < limit), p->ratio.op);
}

/* The text is not NUL-terminated; only its first 4095 bytes are looked at without REG_STARTEND. */
static bool text_like(const struct pred *p, const struct value *v)
{
#ifdef REG_STARTEND
	regmatch_t range = { .rm_so = 0, .rm_eo = (regoff_t)v->len };

	return v->kind == VALUE_TEXT && regexec(p->regex, v->text, 1, &range, REG_STARTEND) == 0;
#else
	char copy[4096];
	size_t len = v->len < sizeof(copy) ? v->len : sizeof(copy) - 1;

	if (v->kind != VALUE_TEXT)
		return false;
	memcpy(copy, v->text, len);
	copy[len] = '\0';
	return regexec(p->regex, copy, 0, NULL, 0) == 0;
#endif
}

static bool truth_is(const struct pred *p, const struct value *v)
{
	return v->kind == VALUE_BOOL && v->truth == p->truth;
}

static bool address_in_set(const struct pred *p, const struct value *v)
{
	return (v->kind == VALUE_ADDRESS || v->kind == VALUE_ENDPOINT) && v->endpoint->family &&
	       addr_set_has(&p->hosts, v->endpoint);
}

static bool state_in_set(const struct pred *p, const struct value *v)
{
	return v->kind == VALUE_STATE && p->mask >> v->state & 1;
}

/* How each kind is tested: by the socket itself, or by values of a column or the holders. */
static const struct pred_test {
	enum truth (*sock)(const struct pred *p, const struct row *row);
	bool (*value)(const struct pred *p, const struct value *v);
} tests[PRED_KIND_COUNT] = {
	[PRED_STATE] = { .sock = test_state },
	[PRED_PROTO] = { .sock = test_proto },
	[PRED_PORT] = { .sock = test_port },
	[PRED_HOST] = { .sock = test_host },
	[PRED_INTERFACE] = { .sock = test_interface },
	[PRED_MARK] = { .sock = test_mark },
	[PRED_CGROUP] = { .sock = test_cgroup },
	[PRED_AUTOBOUND] = { .sock = test_autobound },
	[PRED_NAME] = { .sock = test_name },
	[PRED_KNOWN] = { .value = value_is_anything },
	[PRED_NUMBER] = { .value = number_in_set },
	[PRED_RATIO] = { .value = ratio_in_order },
	[PRED_TEXT] = { .value = text_in_set },
	[PRED_ORDER] = { .value = text_in_order },
	[PRED_REGEX] = { .value = text_like },
	[PRED_TRUTH] = { .value = truth_is },
	[PRED_ADDRESS] = { .value = address_in_set },
	[PRED_STATE_VALUE] = { .value = state_in_set },
};

static bool pred_matches(const struct pred *p, const struct row *row)
{
	const struct pred_test *test = &tests[p->kind];
	enum truth t = test->sock ? test->sock(p, row) : test_values(p, row, test->value);
	bool matches = t == TRUTH_UNKNOWN ? false : (t == TRUTH_YES) != p->differs;

	return matches != p->inverted;
}

/* Predicates are the leaves and negation is in them: and, or keep their order in a guess. */
bool node_matches(const struct node *node, const struct row *row, const struct guess *guess)
{
	bool stop_at = node->kind == NODE_OR;

	if (node->kind == NODE_PRED)
		return node->pred->facts & guess->missing ? guess->matches :
							    pred_matches(node->pred, row);
	for (const struct node *child = node->child; child != node->indexed; child = child->next)
		if (node_matches(child, row, guess) == stop_at)
			return stop_at;
	return filter_index_has(node, row, guess, stop_at) ? stop_at : !stop_at;
}

static bool matches(const struct filter *f, const struct row *row, unsigned int missing,
		    bool guessed)
{
	const struct guess guess = { missing, guessed };

	return !f->root || node_matches(f->root, row, &guess);
}

bool filter_match(const struct filter *f, const struct row *row)
{
	return filter_may_match(f, row, 0);
}

bool filter_may_match(const struct filter *f, const struct row *row, unsigned int missing)
{
	return matches(f, row, missing, true);
}

bool filter_must_match(const struct filter *f, const struct row *row, unsigned int missing)
{
	return matches(f, row, missing, false);
}
