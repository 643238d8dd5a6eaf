/*
 * Inside a filter: tokens, predicates, the tree.  Only filter*.c includes this.
 *
 * Parsing gives a tree in negation normal form: AND and OR with any number of
 * children, predicates as leaves; "not" lives in the leaves.  A comparison with
 * an unknown value is false, so a leaf has two kinds of negation:
 * @differs ("x != 5": known, and not 5) and @inverted ("not x = 5": unknown, or not 5).
 */
#ifndef QUERY_FILTER_AST_H
#define QUERY_FILTER_AST_H

#include <regex.h>

#include "base/arena.h"
#include "query/filter.h"
#include "query/filter_sets.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_QUOTED,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_GT,
	TOKEN_LT,
	TOKEN_GE,
	TOKEN_LE,
	TOKEN_LIKE,
	TOKEN_UNLIKE,
	TOKEN_IN,
	TOKEN_IS,
};

struct token {
	enum token_kind kind;
	size_t offset; /* in the expression, in bytes */
	size_t span;   /* bytes of the expression, quotes included */
	const char *text; /* NUL-terminated; of a quoted token without its quotes */
	size_t len;
};

enum side { SIDE_LOCAL, SIDE_PEER };

enum pred_kind {
	PRED_STATE,
	PRED_PROTO,
	PRED_PORT,
	PRED_HOST,
	PRED_INTERFACE,
	PRED_MARK,
	PRED_CGROUP,
	PRED_AUTOBOUND,
	PRED_NAME,    /* a socket that is not of IP, by its name */
	PRED_KNOWN,   /* the column has a value */
	PRED_NUMBER,
	PRED_RATIO,
	PRED_TEXT,
	PRED_ORDER,   /* a text before or after another */
	PRED_REGEX,
	PRED_TRUTH,
	PRED_ADDRESS, /* a column's address or endpoint */
	PRED_STATE_VALUE, /* a column's state, not the socket's own */
	PRED_KIND_COUNT
};

/* Facts of each holder of a socket; a predicate is true if it is for any of them. */
enum owner_field {
	OWNER_FIELD_NONE,
	OWNER_FIELD_PID,
	OWNER_FIELD_FD,
	OWNER_FIELD_COMMAND,
	OWNER_FIELD_COMMAND_LINE,
};

struct pred {
	uint8_t kind; /* enum pred_kind */
	uint8_t side; /* enum side */
	uint8_t owner_field;
	bool differs;
	bool inverted;
	const char *name;	     /* of the subject, for the explanation */
	const struct column *column; /* where the value comes from one */
	unsigned int facts;
	proto_set untold; /* as that of a column */
	union {
		uint32_t mask; /* PRED_STATE, PRED_STATE_VALUE, PRED_PROTO: states or protocols */
		struct range_set numbers;
		struct addr_set hosts;
		struct text_set texts;
		struct {
			uint32_t value;
			uint32_t mask;
		} mark;
		struct {
			uint16_t port_min;
			uint16_t port_max;
		} autobound;
		struct {
			proto_set protos;
			const char *pattern;
		} glob;
		struct {
			double limit;
			enum token_kind op;
		} ratio;
		struct {
			struct text_item limit;
			enum token_kind op;
		} order;
		regex_t *regex;
		bool truth;
	};
};

enum node_kind { NODE_PRED, NODE_AND, NODE_OR };

struct node {
	enum node_kind kind;
	struct node *next;  /* sibling */
	struct node *child; /* first one of an AND or OR */
	struct node *indexed; /* first of the children that only @index leads to */
	const struct filter_index *index;
	struct pred *pred;
	size_t offset; /* where in the expression; @end is 0 where it came from several places */
	size_t end;
	bool negated; /* it is "not" what stands there */
	bool pushed; /* of the root or a child of it: sources decide all of it */
};

/* Compiled expressions, to be freed with the filter. */
struct filter_regex {
	struct filter_regex *next;
	regex_t compiled;
};

struct filter {
	struct arena arena;
	struct node *root; /* NULL: everything matches */
	const char *text;
	size_t text_len;
	struct filter_regex *regexes;
	unsigned int facts;
	proto_set untold;
	state_set states;
	proto_set protos;
	unsigned int families;
	const struct match *tree;
	bool exact;
};

struct parser {
	struct filter *filter;
	struct arena *arena;
	const struct filter_options *options;
	struct filter_error *err;
	struct token *tokens;
	size_t next;
	unsigned int depth;
};

/* What the left side of a comparison is, and how its right side is read. */
struct subject {
	const struct subject_class *class;
	const char *name;
	const struct column *column;
	enum owner_field owner_field;
	enum side side;
	unsigned int facts;
	proto_set untold;
};

struct subject_class {
	enum pred_kind kind;
	unsigned int ops;    /* bits (1u << enum token_kind) that may follow */
	bool operator_optional;
	const char *expects; /* "a port or service name" */
	/* Read the value at @token into @pred, whose kind is set.  0, or -1 with an error. */
	int (*value)(struct parser *p, const struct subject *subject, struct pred *pred,
		     enum token_kind op, const struct token *token);
};

/* A row of the table of words in filter_words.c. */
struct filter_keyword {
	const char *name;
	const struct subject_class *class;
	enum side side;
	enum owner_field owner_field;
	unsigned int facts;
	proto_set untold;
	const char *help;
};

/* What is made of predicates that need a fact which is not known: they match, or don't. */
struct guess {
	unsigned int missing; /* enum fact bits */
	bool matches;
};

/* filter_lex.c: all tokens of the text into @p, the last one TOKEN_END.  -1 with an error. */
int filter_lex(struct parser *p, const char *text, size_t len, bool comments);

/* filter_words.c */
const struct filter_keyword *filter_keyword_find(const char *word, size_t len);
/* The operator that a word or sign stands for after a subject, TOKEN_END if none. */
enum token_kind filter_operator(const struct token *token);
/* TOKEN_AND, TOKEN_OR or TOKEN_NOT in words or signs, TOKEN_END if none. */
enum token_kind filter_connective(const struct token *token);
/* The states that a word of ss for a group, or a name in any dialect, stands for; 0: none. */
state_set filter_states_named(const char *word, size_t len);
/* "; did you mean a, b or c" for an unknown word into @out, or "". */
void filter_suggest(const char *word, size_t len, char *out, size_t size);

/* filter_values.c: how the right side of a comparison is read. */
extern const struct subject_class filter_class_state;
extern const struct subject_class filter_class_proto;
extern const struct subject_class filter_class_port;
extern const struct subject_class filter_class_interface;
extern const struct subject_class filter_class_mark;
extern const struct subject_class filter_class_cgroup;
extern const struct subject_class filter_class_autobound;
/* The class for a column, by kind of its values. */
const struct subject_class *filter_class_of_column(const struct column *column);
extern const struct subject_class filter_class_number;
extern const struct subject_class filter_class_text;

/* filter_host.c */
extern const struct subject_class filter_class_host;
extern const struct subject_class filter_class_address;

/* filter_numbers.c */

/* A number as the column's unit counts it: it lies between @floor and @ceiling. */
struct quantity {
	uint64_t floor;
	uint64_t ceiling;
};

/* Read "1.5ms", "4M", "0x10" for @unit.  NULL, or what is wrong with it. */
const char *quantity_parse(struct quantity *q, const char *text, size_t len, enum unit unit);
/* Decimal digits only, at most @max.  False otherwise. */
bool digits_parse(const char *text, size_t len, uint64_t max, uint64_t *out);

/* filter_parse.c */

/* Set the error at @token.  Always returns -1. */
int parse_fail(struct parser *p, const struct token *token, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int parse_no_memory(struct parser *p);
/* The tree of all tokens into the filter.  -1 with an error. */
int filter_parse_tokens(struct parser *p);

/* filter_reduce.c: make sets of chains, put cheap tests first, seal the sets.  -1: no memory. */
int filter_reduce(struct filter *f);

/* filter_index.c: find children of long chains by address or port.  -1: no memory. */
int filter_index(struct filter *f);
/* Whether it looks up that kind of comparison. */
bool filter_index_is(const struct filter_index *index, enum pred_kind kind, enum side side);
/* Whether one of the indexed children of @node that are not decided for @row is @wanted. */
bool filter_index_has(const struct node *node, const struct row *row,
		      const struct guess *guess, bool wanted);

/* filter_eval.c: whether @row matches it. */
bool node_matches(const struct node *node, const struct row *row, const struct guess *guess);

/* filter_plan.c: fill in what can be told of a filter.  -1: no memory. */
int filter_plan(struct filter *f);
/* What a tree says, in words. */
void match_describe(const struct match *m, struct buffer *out);

#endif
