/* How the right side of a comparison is read, by what stands on the left. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "query/filter_ast.h"

/* The longest regular expression, and how often all its repetitions together may repeat. */
#define REGEX_MAX 1024
#define REGEX_REPEATS_MAX 1000

#define OP(kind) (1u << TOKEN_##kind)
#define OPS_EQUAL (OP(EQ) | OP(NE) | OP(IN))
#define OPS_ORDER (OPS_EQUAL | OP(GT) | OP(LT) | OP(GE) | OP(LE))

/* Numbers that stand in relation @op to @q.  An empty set is right where none does. */
static int numbers_add(struct parser *p, struct range_set *set, enum token_kind op,
		       const struct quantity *q)
{
	struct range r = { 0, UINT64_MAX };
	bool none = false;

	if (op == TOKEN_EQ) {
		none = q->floor != q->ceiling;
		r = (struct range){ q->floor, q->floor };
	} else if (op == TOKEN_GT) {
		none = q->floor == UINT64_MAX;
		r.low = q->floor + 1;
	} else if (op == TOKEN_GE) {
		r.low = q->ceiling;
	} else if (op == TOKEN_LT) {
		none = !q->ceiling;
		r.high = q->ceiling - 1;
	} else {
		r.high = q->floor;
	}
	if (!none && range_set_add(set, p->arena, r.low, r.high))
		return parse_no_memory(p);
	return 0;
}

static int read_state(struct parser *p, const struct subject *s, struct pred *pred,
		       enum token_kind op, const struct token *token)
{
	char nearest[128];

	(void)s;
	(void)op;
	pred->mask = filter_states_named(token->text, token->len);
	if (pred->mask)
		return 0;
	if (state_suggest(token->text, token->len, nearest, sizeof(nearest)))
		return parse_fail(p, token, "'%.40s' is no state; did you mean %s?", token->text,
				  nearest);
	return parse_fail(p, token, "'%.40s' is no state", token->text);
}

/* Words of ss and of the options -A and -f for several protocols. */
static proto_set proto_group(const struct token *token)
{
	proto_set set = 0;

	if (strcasecmp(token->text, "all") == 0)
		return PROTO_BIT(PROTO_COUNT) - 1;
	if (strcasecmp(token->text, "inet") != 0)
		return 0;
	for (enum proto i = 0; i < PROTO_COUNT; i++)
		if (proto_info(i)->family == proto_info(PROTO_TCP)->family)
			set |= PROTO_BIT(i);
	return set;
}

static int read_proto(struct parser *p, const struct subject *s, struct pred *pred,
		       enum token_kind op, const struct token *token)
{
	enum proto proto = proto_find(token->text, token->len);

	(void)s;
	(void)op;
	pred->mask = proto != PROTO_COUNT ? PROTO_BIT(proto) : proto_group(token);
	if (!pred->mask)
		return parse_fail(p, token, "'%.40s' is no protocol (tcp, udp, unix ...)",
				  token->text);
	return 0;
}

static int read_interface(struct parser *p, const struct subject *s, struct pred *pred,
			   enum token_kind op, const struct token *token)
{
	const struct filter_options *o = p->options;
	uint32_t ifindex;
	uint64_t n;

	(void)s;
	(void)op;
	if (!digits_parse(token->text, token->len, UINT32_MAX, &n)) {
		if (!o->interface || o->interface(o->context, token->text, &ifindex))
			return parse_fail(p, token, "there is no network interface '%.40s'",
					  token->text);
		n = ifindex;
	}
	return range_set_add(&pred->numbers, p->arena, n, n) ? parse_no_memory(p) : 0;
}

static bool mark_number(const char *text, size_t len, uint32_t *out)
{
	struct quantity q;

	if (quantity_parse(&q, text, len, UNIT_HEX) || q.floor != q.ceiling ||
	    q.floor > UINT32_MAX)
		return false;
	*out = (uint32_t)q.floor;
	return true;
}

static int read_mark(struct parser *p, const struct subject *s, struct pred *pred,
		      enum token_kind op, const struct token *token)
{
	const char *slash = memchr(token->text, '/', token->len);
	size_t len = slash ? (size_t)(slash - token->text) : token->len;

	(void)s;
	(void)op;
	pred->mark.mask = UINT32_MAX;
	if (!mark_number(token->text, len, &pred->mark.value) ||
	    (slash && !mark_number(slash + 1, token->len - len - 1, &pred->mark.mask)))
		return parse_fail(p, token, "'%.40s' is no mark (like 0x1 or 0x1/0xff)",
				  token->text);
	return 0;
}

/* By its id where it can be looked up; else the path that the row shows is compared. */
static int read_cgroup(struct parser *p, const struct subject *s, struct pred *pred,
			enum token_kind op, const struct token *token)
{
	const struct filter_options *o = p->options;
	uint64_t id;

	(void)s;
	(void)op;
	if (!o->cgroup) {
		pred->kind = PRED_TEXT;
		pred->column = column_find("cgroup", strlen("cgroup"));
		pred->facts = FACT_CGROUP_PATH;
		if (!pred->column)
			return parse_fail(p, token, "cgroups can't be looked up here");
		return text_set_add(&pred->texts, p->arena, token->text, token->len) ?
			       parse_no_memory(p) :
			       0;
	}
	if (o->cgroup(o->context, token->text, &id))
		return parse_fail(p, token, "there is no cgroup '%.100s'", token->text);
	return range_set_add(&pred->numbers, p->arena, id, id) ? parse_no_memory(p) : 0;
}

static int read_number(struct parser *p, const struct subject *s, struct pred *pred,
			enum token_kind op, const struct token *token)
{
	enum unit unit = s->column ? s->column->field.unit : UNIT_NONE;
	struct quantity q;
	const char *wrong = quantity_parse(&q, token->text, token->len, unit);

	if (wrong)
		return parse_fail(p, token, "'%.40s' can't be compared with '%s': %s", token->text,
				  s->name, wrong);
	return numbers_add(p, &pred->numbers, op, &q);
}

/* "50%" or "0.5". */
static int read_ratio(struct parser *p, const struct subject *s, struct pred *pred,
		       enum token_kind op, const struct token *token)
{
	size_t len = token->len;
	bool percent = len > 1 && token->text[len - 1] == '%';
	char *end;

	pred->ratio.op = op;
	pred->ratio.limit = strtod(token->text, &end);
	if (strspn(token->text, "0123456789.") != len - percent ||
	    end != token->text + len - percent)
		return parse_fail(p, token, "'%.40s' can't be compared with '%s': expected a "
				  "percentage like 50%% or a fraction like 0.5",
				  token->text, s->name);
	if (percent)
		pred->ratio.limit /= 100;
	return 0;
}

static int read_truth(struct parser *p, const struct subject *s, struct pred *pred,
		       enum token_kind op, const struct token *token)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1", "off", "on" };

	(void)op;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(token->text, words[i]) == 0) {
			pred->truth = i % 2;
			return 0;
		}
	}
	return parse_fail(p, token, "'%.40s' can't be compared with '%s': expected yes or no",
			  token->text, s->name);
}

/* The largest number in the braces at @text; *@text is then at their end. */
static uint64_t largest_bound(const char **text)
{
	uint64_t largest = 1;
	uint64_t n = 0;

	for (; (*text)[1] && (*text)[1] != '}'; (*text)++) {
		char c = (*text)[1];

		n = c >= '0' && c <= '9' && n < 100000 ? n * 10 + (uint64_t)(c - '0') : 0;
		if (n > largest)
			largest = n;
	}
	return largest;
}

/*
 * Some implementations expand repetitions: a short expression could take all
 * memory.  The product of all counts is what it would grow by; "x+" is "xx*", which
 * is harmless where x is no repetition itself.
 */
static bool repeats_too_often(const char *text)
{
	uint64_t product = 1;
	char before = '\0';

	for (; *text && product <= REGEX_REPEATS_MAX; before = *text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text == '{')
			product *= largest_bound(&text);
		else if (*text == '+' && before && strchr("+*?})", before))
			product *= 2;
	}
	return product > REGEX_REPEATS_MAX;
}

static int read_regex(struct parser *p, struct pred *pred, const struct token *token)
{
	struct filter_regex *r = arena_alloc(p->arena, sizeof(*r));
	int status;

	if (!r)
		return parse_no_memory(p);
	if (token->len > REGEX_MAX)
		return parse_fail(p, token, "the regular expression is longer than %d bytes",
				  REGEX_MAX);
	if (strlen(token->text) != token->len || repeats_too_often(token->text))
		return parse_fail(p, token, "the regular expression repeats more than %d times",
				  REGEX_REPEATS_MAX);
	status = regcomp(&r->compiled, token->text, REG_EXTENDED | REG_NOSUB);
	if (status) {
		char why[100];

		regerror(status, &r->compiled, why, sizeof(why));
		return parse_fail(p, token, "not a regular expression: %s", why);
	}
	r->next = p->filter->regexes;
	p->filter->regexes = r;
	pred->kind = PRED_REGEX;
	pred->regex = &r->compiled;
	return 0;
}

static int read_text(struct parser *p, const struct subject *s, struct pred *pred,
		      enum token_kind op, const struct token *token)
{
	(void)s;
	if (op == TOKEN_LIKE)
		return read_regex(p, pred, token);
	if (op != TOKEN_EQ) {
		pred->kind = PRED_ORDER;
		pred->order.limit = (struct text_item){ token->text, token->len };
		pred->order.op = op;
		return 0;
	}
	return text_set_add(&pred->texts, p->arena, token->text, token->len) ? parse_no_memory(p) :
									       0;
}

/* A port as a number, FIRST-LAST, or a service. */
static int port_range(struct parser *p, const struct token *token, const char *text, size_t len,
		      struct range *out)
{
	const struct filter_options *o = p->options;
	const char *dash = memchr(text, '-', len);
	size_t first = dash ? (size_t)(dash - text) : len;
	uint16_t port;

	if (digits_parse(text, len, UINT16_MAX, &out->low)) {
		out->high = out->low;
		return 0;
	}
	if (dash && digits_parse(text, first, UINT16_MAX, &out->low) &&
	    digits_parse(dash + 1, len - first - 1, UINT16_MAX, &out->high)) {
		if (out->low <= out->high)
			return 0;
		return parse_fail(p, token, "the range '%.40s' is empty", text);
	}
	if (len && text[0] >= '0' && text[0] <= '9')
		return parse_fail(p, token, "'%.40s' is no port (0 to 65535)", text);
	if (!len || !o->service || o->service(o->context, text, &port))
		return parse_fail(p, token, "'%.40s' is no port and no known service", text);
	out->low = out->high = port;
	return 0;
}

static int read_port(struct parser *p, const struct subject *s, struct pred *pred,
		      enum token_kind op, const struct token *token)
{
	static const char *const families[] = { "inet6:", "inet:" };
	const char *text = token->text;
	struct range range;

	(void)s;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		struct endpoint any = { .family = i ? ADDR_V4 : ADDR_V6 };
		size_t len = strlen(families[i]);

		if (strncasecmp(text, families[i], len) != 0)
			continue;
		text += len + (text[len] == ':');
		if (port_range(p, token, text, strlen(text), &range))
			return -1;
		if (op != TOKEN_EQ || range.low != range.high)
			return parse_fail(p, token, "a port with a family can only be compared "
					  "with = and !=");
		pred->kind = PRED_HOST;
		return addr_set_add(&pred->hosts, p->arena, &any, 0, (uint32_t)range.low) ?
			       parse_no_memory(p) :
			       0;
	}
	text += *text == ':';
	if (strcmp(text, "*") == 0)
		range = (struct range){ 0, UINT16_MAX };
	else if (port_range(p, token, text, strlen(text), &range))
		return -1;
	if (op == TOKEN_EQ)
		return range_set_add(&pred->numbers, p->arena, range.low, range.high) ?
			       parse_no_memory(p) :
			       0;
	if (range.low != range.high)
		return parse_fail(p, token, "a range can only be compared with = and !=");
	return numbers_add(p, &pred->numbers, op, &(struct quantity){ range.low, range.low });
}

const struct subject_class filter_class_state = {
	.kind = PRED_STATE, .ops = OPS_EQUAL, .operator_optional = true,
	.expects = "the name of a state", .value = read_state,
};

const struct subject_class filter_class_proto = {
	.kind = PRED_PROTO, .ops = OPS_EQUAL, .operator_optional = true,
	.expects = "a protocol (tcp, udp, unix ...)", .value = read_proto,
};

const struct subject_class filter_class_port = {
	.kind = PRED_PORT, .ops = OPS_ORDER, .operator_optional = true,
	.expects = "a port or the name of a service", .value = read_port,
};

const struct subject_class filter_class_interface = {
	.kind = PRED_INTERFACE, .ops = OPS_EQUAL, .operator_optional = true,
	.expects = "a network interface", .value = read_interface,
};

const struct subject_class filter_class_mark = {
	.kind = PRED_MARK, .ops = OPS_EQUAL, .operator_optional = true,
	.expects = "a mark like 0x1 or 0x1/0xff", .value = read_mark,
};

const struct subject_class filter_class_cgroup = {
	.kind = PRED_CGROUP, .ops = OPS_EQUAL, .operator_optional = true,
	.expects = "the path of a cgroup", .value = read_cgroup,
};

const struct subject_class filter_class_autobound = { .kind = PRED_AUTOBOUND };

const struct subject_class filter_class_number = {
	.kind = PRED_NUMBER, .ops = OPS_ORDER, .expects = "a number", .value = read_number,
};

static const struct subject_class class_ratio = {
	.kind = PRED_RATIO, .ops = OPS_ORDER, .expects = "a percentage like 50%",
	.value = read_ratio,
};

const struct subject_class filter_class_text = {
	.kind = PRED_TEXT, .ops = OPS_ORDER | OP(LIKE) | OP(UNLIKE),
	.expects = "a text, in quotes if it has blanks or signs", .value = read_text,
};

static const struct subject_class class_state_value = {
	.kind = PRED_STATE_VALUE, .ops = OPS_EQUAL, .expects = "the name of a state",
	.value = read_state,
};

static const struct subject_class class_truth = {
	.kind = PRED_TRUTH, .ops = OP(EQ) | OP(NE), .expects = "yes or no", .value = read_truth,
};

/* A class for each kind of value. */
static const struct subject_class *const column_classes[] = {
	[VALUE_NONE] = &filter_class_text,
	[VALUE_COUNT] = &filter_class_number,
	[VALUE_RATIO] = &class_ratio,
	[VALUE_TEXT] = &filter_class_text,
	[VALUE_STATE] = &class_state_value,
	[VALUE_ADDRESS] = &filter_class_address,
	[VALUE_ENDPOINT] = &filter_class_address,
	[VALUE_BOOL] = &class_truth,
};

const struct subject_class *filter_class_of_column(const struct column *column)
{
	return column_classes[column->field.kind];
}
