/*
 * The grammar: tokens become a tree.
 *
 *	any       = all { OR all }
 *	all       = one { [AND] one }
 *	one       = { NOT } ( "(" any ")" | clauses | comparison )
 *	clauses   = ( "state" STATES | "exclude" STATES | STATES ) ...
 *	comparison = SUBJECT [OPERATOR] VALUE | SUBJECT ["not"] "in" "(" VALUE , ... ")"
 *		   | SUBJECT "is" ["not"] "unknown" | SUBJECT
 *
 * "not" binds closest, then "and" (also by mere juxtaposition), then "or".  Clauses
 * that follow one another without a sign between them are one predicate, as in ss:
 * "state" adds to the set, "exclude" takes away.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "query/filter_ast.h"

/* Names of states may be written as this many words, "fin wait 1", of so many bytes in all. */
#define STATE_WORDS_MAX 3
#define STATE_NAME_MAX 32

static struct node *parse_any(struct parser *p, bool inverted);

int parse_fail(struct parser *p, const struct token *token, const char *format, ...)
{
	va_list args;

	p->err->offset = token->offset;
	p->err->len = token->span;
	va_start(args, format);
	vsnprintf(p->err->message, sizeof(p->err->message), format, args);
	va_end(args);
	return -1;
}

int parse_no_memory(struct parser *p)
{
	return parse_fail(p, &(struct token){ 0 }, "out of memory");
}

static const struct token *peek(const struct parser *p)
{
	return &p->tokens[p->next];
}

/* The token now, and go on to the next; the end is never passed. */
static const struct token *take(struct parser *p)
{
	const struct token *token = &p->tokens[p->next];

	if (token->kind != TOKEN_END)
		p->next++;
	return token;
}

/* Where the token before the present one ends. */
static size_t end_before(const struct parser *p)
{
	const struct token *tokens = p->tokens;

	return p->next ? tokens[p->next - 1].offset + tokens[p->next - 1].span : 0;
}

static struct node *node_new(struct parser *p, enum node_kind kind, size_t offset)
{
	struct node *node = arena_alloc(p->arena, sizeof(*node));

	if (!node) {
		parse_no_memory(p);
		return NULL;
	}
	*node = (struct node){ .kind = kind, .offset = offset };
	return node;
}

static struct node *node_of_pred(struct parser *p, const struct pred *pred, size_t offset)
{
	struct node *node = node_new(p, NODE_PRED, offset);

	if (!node)
		return NULL;
	node->pred = arena_alloc(p->arena, sizeof(*pred));
	if (!node->pred) {
		parse_no_memory(p);
		return NULL;
	}
	*node->pred = *pred;
	node->end = end_before(p);
	return node;
}

static bool is_value(const struct token *token)
{
	return token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
}

/*
 * The states that the words from token @at on name, as many words as make one name;
 * @used receives how many.  0: none.
 */
static state_set states_at(const struct parser *p, size_t at, size_t *used)
{
	char name[STATE_NAME_MAX];
	size_t len = 0;
	state_set found = 0;

	for (size_t i = 0; i < STATE_WORDS_MAX && is_value(&p->tokens[at + i]); i++) {
		const struct token *token = &p->tokens[at + i];
		state_set states;

		if (len + 1 + token->len > sizeof(name))
			break;
		if (i)
			name[len++] = ' ';
		memcpy(name + len, token->text, token->len);
		len += token->len;
		states = filter_states_named(name, len);
		if (states) {
			found = states;
			*used = i + 1;
		}
	}
	return found;
}

/* A word that names a state by itself, not by a number. */
static bool is_bare_state(const struct parser *p, size_t at)
{
	const struct token *token = &p->tokens[at];
	size_t used;

	if (!is_value(token) || !token->len || (token->text[0] >= '0' && token->text[0] <= '9'))
		return false;
	if (token->kind == TOKEN_WORD &&
	    (filter_keyword_find(token->text, token->len) || filter_connective(token)))
		return false;
	if (column_find(token->text, token->len) && filter_operator(token + 1))
		return false;
	return states_at(p, at, &used) != 0;
}

enum clause { CLAUSE_NONE, CLAUSE_STATE, CLAUSE_EXCLUDE, CLAUSE_BARE };

static bool word_is(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && strcasecmp(token->text, word) == 0;
}

static enum clause clause_at(const struct parser *p)
{
	const struct token *token = peek(p);

	if (word_is(token, "state") && !filter_operator(token + 1) && !word_is(token + 1, "not"))
		return CLAUSE_STATE;
	if (word_is(token, "exclude") || word_is(token, "excl"))
		return CLAUSE_EXCLUDE;
	return is_bare_state(p, p->next) ? CLAUSE_BARE : CLAUSE_NONE;
}

static int fail_state(struct parser *p, const struct token *token)
{
	char nearest[128];

	if (!is_value(token))
		return parse_fail(p, token, "expected the name of a state");
	if (state_suggest(token->text, token->len, nearest, sizeof(nearest)))
		return parse_fail(p, token, "'%.40s' is no state; did you mean %s?", token->text,
				  nearest);
	return parse_fail(p, token, "'%.40s' is no state (connstate explain lists them)",
			  token->text);
}

/* The states after "state" or "exclude": names with commas between them. */
static int parse_state_names(struct parser *p, state_set *states)
{
	*states = 0;
	do {
		size_t used = 0;
		state_set named = states_at(p, p->next, &used);

		if (!named)
			return fail_state(p, peek(p));
		*states |= named;
		p->next += used;
	} while (peek(p)->kind == TOKEN_COMMA && take(p));
	return 0;
}

/* One clause, or with @run all that follow one another. */
static struct node *parse_clauses(struct parser *p, bool inverted, bool run)
{
	struct pred pred = { .kind = PRED_STATE, .name = "state" };
	size_t offset = peek(p)->offset;
	state_set all = filter_states_named("all", 3);
	bool first = true;

	for (enum clause c = clause_at(p); c && (run || first); c = clause_at(p)) {
		state_set states;

		if (c != CLAUSE_BARE)
			take(p);
		if (parse_state_names(p, &states))
			return NULL;
		if (c == CLAUSE_EXCLUDE)
			pred.mask = (first ? all : pred.mask) & ~states;
		else
			pred.mask |= states;
		first = false;
	}
	if (inverted)
		pred.mask = all & ~pred.mask;
	return node_of_pred(p, &pred, offset);
}

/* One value of a comparison as a leaf. */
static struct node *parse_value(struct parser *p, const struct subject *s, struct pred *pred,
				enum token_kind op)
{
	const struct token *token = peek(p);
	size_t offset = token->offset;

	if (!is_value(token)) {
		parse_fail(p, token, "expected %s", s->class->expects);
		return NULL;
	}
	take(p);
	if (s->class->value(p, s, pred, op, token))
		return NULL;
	return node_of_pred(p, pred, offset);
}

/* "(a, b, c)" after "in": leaves joined by OR, or by AND where each is negated. */
static struct node *parse_list(struct parser *p, const struct subject *s,
			       const struct pred *pattern, bool differs, bool inverted)
{
	struct node *list;
	struct node **link;

	if (peek(p)->kind != TOKEN_OPEN) {
		parse_fail(p, peek(p), "expected a list like (a, b) after 'in'");
		return NULL;
	}
	list = node_new(p, differs == inverted ? NODE_OR : NODE_AND, take(p)->offset);
	if (!list)
		return NULL;
	link = &list->child;
	do {
		struct pred pred = *pattern;

		pred.differs = differs;
		pred.inverted = inverted;
		*link = parse_value(p, s, &pred, TOKEN_EQ);
		if (!*link)
			return NULL;
		link = &(*link)->next;
		if (peek(p)->kind == TOKEN_COMMA)
			take(p);
	} while (is_value(peek(p)));
	if (peek(p)->kind != TOKEN_CLOSE) {
		parse_fail(p, peek(p), "expected ',' or ')' in the list");
		return NULL;
	}
	take(p);
	list->end = end_before(p);
	return list;
}

/* "unknown", "known" and "not unknown" after "is". */
static struct node *parse_is(struct parser *p, const struct pred *pattern, size_t offset)
{
	struct pred pred = *pattern;
	bool negated = false;

	while (filter_connective(peek(p)) == TOKEN_NOT) {
		negated = !negated;
		take(p);
	}
	if (!word_is(peek(p), "known") && !word_is(peek(p), "unknown")) {
		parse_fail(p, peek(p), "expected 'known' or 'unknown' after 'is'");
		return NULL;
	}
	pred.inverted ^= negated ^ (bool)word_is(take(p), "unknown");
	pred.kind = PRED_KNOWN;
	return node_of_pred(p, &pred, offset);
}

static bool has_known(const struct subject *s)
{
	return s->column || s->owner_field;
}

static int fail_operator(struct parser *p, const struct subject *s)
{
	const struct token *token = peek(p);

	if (filter_operator(token))
		return parse_fail(p, token, "'%s' can't be compared with '%s'; expected %s",
				  s->name, token->text, s->class->expects);
	return parse_fail(p, token, "expected an operator (= != < > ~ in ...) after '%s'", s->name);
}

/* The part of a comparison after its subject. */
static struct node *parse_comparison(struct parser *p, const struct subject *s, size_t offset,
				     bool inverted)
{
	struct pred pred = { .kind = (uint8_t)s->class->kind,
			     .side = (uint8_t)s->side,
			     .owner_field = (uint8_t)s->owner_field,
			     .inverted = inverted,
			     .name = s->name,
			     .column = s->column,
			     .facts = s->facts,
			     .untold = s->untold };
	bool not_in = filter_connective(peek(p)) == TOKEN_NOT && word_is(peek(p) + 1, "in");
	enum token_kind op;
	struct node *node;

	if (not_in)
		take(p);
	op = filter_operator(peek(p));
	if (op == TOKEN_IS && has_known(s)) {
		take(p);
		return parse_is(p, &pred, offset);
	}
	if (op ? !(s->class->ops >> op & 1) : !s->class->operator_optional) {
		fail_operator(p, s);
		return NULL;
	}
	if (op)
		take(p);
	if (op == TOKEN_IN) {
		node = parse_list(p, s, &pred, not_in, inverted);
	} else if (has_known(s) && word_is(peek(p), "unknown") &&
		   (op == TOKEN_EQ || op == TOKEN_NE)) {
		pred.inverted ^= op == TOKEN_NE;
		node = parse_is(p, &pred, offset);
	} else {
		pred.differs = op == TOKEN_NE || op == TOKEN_UNLIKE;
		if (pred.differs)
			op = op == TOKEN_NE ? TOKEN_EQ : TOKEN_LIKE;
		node = parse_value(p, s, &pred, op ? op : TOKEN_EQ);
	}
	if (node)
		node->offset = offset;
	return node;
}

/* A predicate of one word. */
static struct node *parse_lone(struct parser *p, struct pred pred, size_t offset, bool inverted)
{
	pred.inverted = inverted;
	return node_of_pred(p, &pred, offset);
}

static struct node *parse_autobound(struct parser *p, size_t offset, bool inverted)
{
	const struct filter_options *o = p->options;
	struct pred pred = { .kind = PRED_AUTOBOUND, .name = "autobound" };

	pred.autobound.port_min = o->auto_port_max ? o->auto_port_min : 32768;
	pred.autobound.port_max = o->auto_port_max ? o->auto_port_max : 60999;
	return parse_lone(p, pred, offset, inverted);
}

/* The keyword that fits what follows it, or the column of that name. */
static bool subject_find(const struct parser *p, struct subject *s, const char *word, size_t len)
{
	const struct filter_keyword *k = filter_keyword_find(word, len);
	const struct column *c = column_find(word, len);
	enum token_kind op = filter_operator(peek(p));

	if (filter_connective(peek(p)) == TOKEN_NOT)
		op = TOKEN_IN;
	if (k && (!c || !op || k->class->ops >> op & 1 || k->owner_field)) {
		*s = (struct subject){ .class = k->class, .name = k->name,
				       .owner_field = k->owner_field, .side = k->side,
				       .facts = k->facts,
				       .untold = k->untold };
		return true;
	}
	if (!c)
		return false;
	*s = (struct subject){ .class = filter_class_of_column(c), .name = c->field.name,
			       .column = c, .facts = c->facts,
			       .untold = c->untold };
	return true;
}

static int fail_word(struct parser *p, const struct token *token)
{
	char nearest[160];

	if (token->kind == TOKEN_END)
		return parse_fail(p, token, "the filter ends where a predicate was expected");
	if (!is_value(token))
		return parse_fail(p, token, "unexpected '%s', expected a predicate", token->text);
	filter_suggest(token->text, token->len, nearest, sizeof(nearest));
	return parse_fail(p, token, "'%.40s' is no predicate, column, state or protocol%s",
			  token->text, nearest);
}

/* "sport:22": cut the word at its first colon if a subject stands in front of it. */
static size_t subject_len(const struct token *token)
{
	const char *colon = memchr(token->text, ':', token->len);
	size_t len = colon ? (size_t)(colon - token->text) : token->len;

	if (len && len + 1 < token->len &&
	    (filter_keyword_find(token->text, len) || column_find(token->text, len)))
		return len;
	return token->len;
}

/* Take the subject away, a value that is glued to it by a colon stays. */
static void take_subject(struct parser *p, size_t len)
{
	struct token *token = &p->tokens[p->next];

	if (len == token->len) {
		p->next++;
		return;
	}
	token->offset += len + 1;
	token->text += len + 1;
	token->span = token->len -= len + 1;
}

static struct node *parse_predicate(struct parser *p, bool inverted)
{
	const struct token token = *peek(p);
	size_t len = token.kind == TOKEN_WORD ? subject_len(&token) : 0;
	struct subject s = { 0 };
	enum proto proto;

	if (!len || filter_connective(&token)) {
		fail_word(p, &token);
		return NULL;
	}
	take_subject(p, len);
	if (!subject_find(p, &s, token.text, len)) {
		proto = proto_find(token.text, token.len);
		if (proto != PROTO_COUNT)
			return parse_lone(p,
					  (struct pred){ .kind = PRED_PROTO, .name = "proto",
							 .mask = PROTO_BIT(proto) },
					  token.offset, inverted);
		fail_word(p, &token);
		return NULL;
	}
	if (s.class == &filter_class_autobound)
		return parse_autobound(p, token.offset, inverted);
	if (s.class->kind == PRED_TRUTH && !filter_operator(peek(p)))
		return parse_lone(p,
				  (struct pred){ .kind = PRED_TRUTH, .name = s.name,
						 .column = s.column, .facts = s.facts,
						 .truth = true },
				  token.offset, inverted);
	return parse_comparison(p, &s, token.offset, inverted);
}

static struct node *parse_parentheses(struct parser *p, bool inverted)
{
	const struct token *open = take(p);
	struct node *node;

	if (++p->depth > FILTER_DEPTH_MAX) {
		parse_fail(p, open, "more than %d parentheses within one another",
			   FILTER_DEPTH_MAX);
		return NULL;
	}
	node = parse_any(p, inverted);
	p->depth--;
	if (!node)
		return NULL;
	if (peek(p)->kind == TOKEN_CLOSE) {
		take(p);
		return node;
	}
	if (peek(p)->kind == TOKEN_END)
		parse_fail(p, open, "this parenthesis is never closed");
	else
		parse_fail(p, peek(p), "unexpected '%s', expected ')'", peek(p)->text);
	return NULL;
}

static struct node *parse_one(struct parser *p, bool inverted)
{
	bool negated = false;
	struct node *node;

	while (filter_connective(peek(p)) == TOKEN_NOT) {
		negated = true;
		inverted = !inverted;
		take(p);
	}
	/* what stands inside knows by itself */
	if (peek(p)->kind == TOKEN_OPEN)
		return parse_parentheses(p, inverted);
	node = clause_at(p) ? parse_clauses(p, inverted, !negated) : parse_predicate(p, inverted);
	if (node)
		node->negated = inverted;
	return node;
}

/* Whether another operand follows without a sign. */
static bool operand_follows(const struct parser *p)
{
	const struct token *token = peek(p);

	return (is_value(token) && filter_connective(token) != TOKEN_OR) ||
	       token->kind == TOKEN_OPEN || token->kind == TOKEN_NOT;
}

/* Operands joined by @joint (or, for AND, by nothing); one alone stays itself. */
static struct node *parse_chain(struct parser *p, enum token_kind joint, bool inverted,
				struct node *(*operand)(struct parser *p, bool inverted))
{
	enum node_kind kind = (joint == TOKEN_AND) != inverted ? NODE_AND : NODE_OR;
	size_t offset = peek(p)->offset;
	struct node *chain = NULL;
	struct node *first = operand(p, inverted);
	struct node *last = first;

	while (last) {
		if (filter_connective(peek(p)) == joint)
			take(p);
		else if (joint != TOKEN_AND || !operand_follows(p))
			break;
		if (!chain) {
			chain = node_new(p, kind, offset);
			if (!chain)
				return NULL;
			chain->negated = inverted;
			chain->child = first;
		}
		last->next = operand(p, inverted);
		last = last->next;
	}
	if (!last || !chain)
		return last;
	chain->end = end_before(p);
	return chain;
}

static struct node *parse_all(struct parser *p, bool inverted)
{
	return parse_chain(p, TOKEN_AND, inverted, parse_one);
}

static struct node *parse_any(struct parser *p, bool inverted)
{
	return parse_chain(p, TOKEN_OR, inverted, parse_all);
}

int filter_parse_tokens(struct parser *p)
{
	if (peek(p)->kind == TOKEN_END)
		return 0;
	p->filter->root = parse_any(p, false);
	if (!p->filter->root)
		return -1;
	if (peek(p)->kind == TOKEN_CLOSE)
		return parse_fail(p, peek(p), "this parenthesis was never opened");
	if (peek(p)->kind != TOKEN_END)
		return parse_fail(p, peek(p), "unexpected '%s', expected 'and' or 'or'",
				  peek(p)->text);
	return 0;
}
