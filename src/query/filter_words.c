/*
 * The words of the filter language.
 *
 * To add a word that starts a predicate: a row in keywords[], whose class says how
 * its right side is read (filter_values.c, filter_host.c).  Columns, states and
 * protocols are words by themselves: their own tables name them.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "query/filter_ast.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct filter_keyword keywords[] = {
	{ .name = "state", .class = &filter_class_state,
	  .help = "in this state, or one of this group of states" },
	{ .name = "src", .class = &filter_class_host, .side = SIDE_LOCAL,
	  .help = "local address: HOST, NETWORK/BITS, HOST:PORT" },
	{ .name = "dst", .class = &filter_class_host, .side = SIDE_PEER,
	  .help = "peer address: HOST, NETWORK/BITS, HOST:PORT" },
	{ .name = "local", .class = &filter_class_host, .side = SIDE_LOCAL, .help = "as src" },
	{ .name = "peer", .class = &filter_class_host, .side = SIDE_PEER, .help = "as dst" },
	{ .name = "local_network", .class = &filter_class_host, .side = SIDE_LOCAL,
	  .help = "as src" },
	{ .name = "peer_network", .class = &filter_class_host, .side = SIDE_PEER,
	  .help = "as dst" },
	{ .name = "local_address", .class = &filter_class_host, .side = SIDE_LOCAL,
	  .help = "as src" },
	{ .name = "peer_address", .class = &filter_class_host, .side = SIDE_PEER,
	  .help = "as dst" },
	{ .name = "sport", .class = &filter_class_port, .side = SIDE_LOCAL,
	  .help = "local port: a number, FIRST-LAST or a service" },
	{ .name = "dport", .class = &filter_class_port, .side = SIDE_PEER,
	  .help = "peer port: a number, FIRST-LAST or a service" },
	{ .name = "local_port", .class = &filter_class_port, .side = SIDE_LOCAL,
	  .help = "as sport" },
	{ .name = "peer_port", .class = &filter_class_port, .side = SIDE_PEER,
	  .help = "as dport" },
	{ .name = "dev", .class = &filter_class_interface, .untold = PROTOS_IP,
	  .help = "bound to this network interface: a name or an index" },
	{ .name = "fwmark", .class = &filter_class_mark, .facts = FACT_MARK,
	  .help = "firewall mark: MARK or MARK/MASK" },
	{ .name = "mark", .class = &filter_class_mark, .facts = FACT_MARK, .help = "as fwmark" },
	{ .name = "cgroup", .class = &filter_class_cgroup, .untold = PROTOS_IP,
	  .help = "in the cgroup v2 at this path" },
	{ .name = "autobound", .class = &filter_class_autobound,
	  .help = "the kernel chose the local port" },
	{ .name = "proto", .class = &filter_class_proto, .help = "of this protocol" },
	{ .name = "protocol", .class = &filter_class_proto, .help = "as proto" },
	{ .name = "netid", .class = &filter_class_proto, .help = "as proto" },
	{ .name = "process", .class = &filter_class_text, .owner_field = OWNER_FIELD_COMMAND,
	  .facts = FACT_OWNERS, .help = "name of a process that holds it" },
	{ .name = "command", .class = &filter_class_text, .owner_field = OWNER_FIELD_COMMAND,
	  .facts = FACT_OWNERS, .help = "as process" },
	{ .name = "command_line", .class = &filter_class_text,
	  .owner_field = OWNER_FIELD_COMMAND_LINE, .facts = FACT_OWNERS,
	  .help = "arguments of a process that holds it, joined by blanks" },
	{ .name = "pid", .class = &filter_class_number, .owner_field = OWNER_FIELD_PID,
	  .facts = FACT_OWNERS, .help = "number of a process that holds it" },
	{ .name = "fd", .class = &filter_class_number, .owner_field = OWNER_FIELD_FD,
	  .facts = FACT_OWNERS, .help = "descriptor that a process holds it by" },
};

/* Operators that are spelled as words; signs are in filter_lex.c. */
static const struct spelling {
	const char *text;
	enum token_kind kind;
} comparisons[] = {
	{ "eq", TOKEN_EQ },  { "ne", TOKEN_NE },  { "neq", TOKEN_NE },
	{ "gt", TOKEN_GT },  { "lt", TOKEN_LT },  { "ge", TOKEN_GE },
	{ "geq", TOKEN_GE }, { "le", TOKEN_LE },  { "leq", TOKEN_LE },
	{ "in", TOKEN_IN },  { "is", TOKEN_IS },
}, connectives[] = {
	{ "and", TOKEN_AND }, { "or", TOKEN_OR }, { "not", TOKEN_NOT },
};

/* Words that only suggestions need to know. */
static const char *const clause_words[] = { "exclude", "excl", "not", "and", "or", "in", "is" };

const char *filter_word(size_t index, const char **help)
{
	if (index < COUNT_OF(keywords)) {
		*help = keywords[index].help;
		return keywords[index].name;
	}
	index -= COUNT_OF(keywords);
	*help = "joins conditions";
	return index < COUNT_OF(clause_words) ? clause_words[index] : NULL;
}

static char folded(char c)
{
	if (c == '-')
		return '_';
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Equal but for case and '-' instead of '_'. */
static bool same_word(const char *name, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!name[i] || folded(word[i]) != name[i])
			return false;
	return !name[len];
}

const struct filter_keyword *filter_keyword_find(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		if (same_word(keywords[i].name, word, len))
			return &keywords[i];
	return NULL;
}

static enum token_kind spelled(const struct spelling *table, size_t count,
			       const struct token *token)
{
	for (size_t i = 0; i < count; i++)
		if (same_word(table[i].text, token->text, token->len))
			return table[i].kind;
	return TOKEN_END;
}

enum token_kind filter_operator(const struct token *token)
{
	if (token->kind >= TOKEN_EQ)
		return token->kind;
	if (token->kind != TOKEN_WORD)
		return TOKEN_END;
	return spelled(comparisons, COUNT_OF(comparisons), token);
}

enum token_kind filter_connective(const struct token *token)
{
	if (token->kind >= TOKEN_AND && token->kind <= TOKEN_NOT)
		return token->kind;
	if (token->kind != TOKEN_WORD)
		return TOKEN_END;
	return spelled(connectives, COUNT_OF(connectives), token);
}

/* The states of all classes in @classes, bits (1u << enum state_class). */
static state_set states_of_classes(unsigned int classes)
{
	state_set set = 0;

	for (enum state s = 0; s < STATE_COUNT; s++)
		if (classes >> state_info(s)->class & 1)
			set |= STATE_BIT(s);
	return set;
}

static state_set group_all(void)
{
	return STATE_BIT(STATE_COUNT) - 1;
}

static state_set group_connected(void)
{
	return states_of_classes(1u << CLASS_OPENING | 1u << CLASS_OPEN | 1u << CLASS_CLOSING);
}

static state_set group_synchronized(void)
{
	return group_connected() & ~STATE_BIT(STATE_SYN_SENT);
}

static state_set group_bucket(void)
{
	return STATE_BIT(STATE_SYN_RECEIVED) | STATE_BIT(STATE_TIME_WAIT);
}

static state_set group_big(void)
{
	return group_all() & ~group_bucket();
}

static state_set group_bound(void)
{
	return STATE_BIT(STATE_BOUND);
}

/* Words of ss for several states. */
static const struct state_group {
	const char *name;
	state_set (*states)(void);
} groups[] = {
	{ "all", group_all },
	{ "connected", group_connected },
	{ "synchronized", group_synchronized },
	{ "bucket", group_bucket },
	{ "big", group_big },
	{ "bound_inactive", group_bound },
};

state_set filter_states_named(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(groups); i++)
		if (same_word(groups[i].name, word, len))
			return groups[i].states();
	return state_parse(word, len);
}

static void offer(struct text_nearest *n, const char *word, size_t len, const char *name)
{
	text_nearest_offer(n, word, len, name, strlen(name), name);
}

/* Words of the language and columns, else states: those are matched more loosely. */
/* ":80" or "80": the port, or NULL. */
static const char *as_port(const char *word, size_t *len)
{
	const char *port = *word == ':' ? word + 1 : word;

	*len -= (size_t)(port - word);
	for (size_t i = 0; i < *len; i++)
		if (port[i] < '0' || port[i] > '9')
			return NULL;
	return *len && *len <= 5 ? port : NULL;
}

void filter_suggest(const char *word, size_t len, char *out, size_t size)
{
	struct text_nearest n = { .count = 0 };
	size_t port_len = len;
	const char *port = as_port(word, &port_len);
	char names[128];
	size_t count;
	const struct column *columns = columns_all(&count);

	if (port) {
		snprintf(out, size, "; did you mean sport = :%.*s or dport = :%.*s?",
			 (int)port_len, port, (int)port_len, port);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		offer(&n, word, len, keywords[i].name);
	for (size_t i = 0; i < COUNT_OF(clause_words); i++)
		offer(&n, word, len, clause_words[i]);
	for (size_t i = 0; i < COUNT_OF(groups); i++)
		offer(&n, word, len, groups[i].name);
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &columns[i].field;

		offer(&n, word, len, f->name);
		text_nearest_offer(&n, word, len, f->title, strlen(f->title), f->name);
	}
	out[0] = '\0';
	if (text_nearest_list(&n, names, sizeof(names)) ||
	    state_suggest(word, len, names, sizeof(names)))
		snprintf(out, size, "; did you mean %s?", names);
}
