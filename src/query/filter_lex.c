/*
 * The words and signs of a filter expression.
 *
 * Blanks are needed only between two words.  A quote starts a text that ends at
 * the same quote; a backslash before that quote makes it part of the text.
 */
#include "config.h"

#include <string.h>

#include "query/filter_ast.h"

/* The longest expression: a file of a million prefixes is below it. */
#define TEXT_MAX ((size_t)64 * 1024 * 1024)

static const struct sign {
	const char *text;
	enum token_kind kind;
} signs[] = {
	/* longer ones first */
	{ "==", TOKEN_EQ }, { "!=", TOKEN_NE },	   { "!~", TOKEN_UNLIKE }, { "=~", TOKEN_LIKE },
	{ ">=", TOKEN_GE }, { "<=", TOKEN_LE },	   { "&&", TOKEN_AND },	   { "||", TOKEN_OR },
	{ "=", TOKEN_EQ },  { "<", TOKEN_LT },	   { ">", TOKEN_GT },	   { "~", TOKEN_LIKE },
	{ "!", TOKEN_NOT }, { "&", TOKEN_AND },	   { "|", TOKEN_OR },	   { "(", TOKEN_OPEN },
	{ ")", TOKEN_CLOSE }, { ",", TOKEN_COMMA },
};

struct lexer {
	struct parser *p;
	const char *text; /* NUL-terminated copy in the arena */
	size_t len;
	size_t at;
	bool comments;
	size_t count;
	size_t size;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !strchr("=<>!&|(),~'\"", c);
}

static int push(struct lexer *l, const struct token *token)
{
	struct token *tokens = arena_grow(l->p->arena, l->p->tokens, l->count, &l->size,
					  sizeof(*tokens));

	if (!tokens)
		return parse_no_memory(l->p);
	l->p->tokens = tokens;
	tokens[l->count++] = *token;
	return 0;
}

static int push_copy(struct lexer *l, struct token *token, const char *text)
{
	token->text = arena_strndup(l->p->arena, text, token->len);
	if (!token->text)
		return parse_no_memory(l->p);
	return push(l, token);
}

static int lex_word(struct lexer *l)
{
	struct token token = { .kind = TOKEN_WORD, .offset = l->at };

	while (l->at < l->len && is_word(l->text[l->at]))
		l->at++;
	token.len = token.span = l->at - token.offset;
	return push_copy(l, &token, l->text + token.offset);
}

static int lex_quoted(struct lexer *l)
{
	struct token token = { .kind = TOKEN_QUOTED, .offset = l->at };
	char quote = l->text[l->at++];
	char *out = arena_alloc(l->p->arena, l->len - l->at + 1);

	if (!out)
		return parse_no_memory(l->p);
	while (l->at < l->len && l->text[l->at] != quote) {
		if (l->text[l->at] == '\\' && l->text[l->at + 1] == quote)
			l->at++;
		out[token.len++] = l->text[l->at++];
	}
	if (l->at == l->len) {
		token.span = 1;
		return parse_fail(l->p, &token, "this quote is never closed");
	}
	out[token.len] = '\0';
	token.text = out;
	token.span = ++l->at - token.offset;
	return push(l, &token);
}

static int lex_sign(struct lexer *l)
{
	struct token token = { .offset = l->at, .span = 1 };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t len = strlen(signs[i].text);

		if (strncmp(l->text + l->at, signs[i].text, len) != 0)
			continue;
		token.kind = signs[i].kind;
		token.text = signs[i].text;
		token.len = token.span = len;
		l->at += len;
		return push(l, &token);
	}
	return parse_fail(l->p, &token, "unexpected byte 0x%02x", (unsigned char)l->text[l->at]);
}

/* Skip blanks and, in files, lines that start with '#'. */
static void skip_blanks(struct lexer *l)
{
	bool line_start = l->at == 0;

	for (; l->at < l->len; l->at++) {
		char c = l->text[l->at];

		if (c == '\n') {
			line_start = true;
		} else if (c == '#' && line_start && l->comments) {
			while (l->at + 1 < l->len && l->text[l->at + 1] != '\n')
				l->at++;
		} else if (!is_blank(c)) {
			return;
		}
	}
}

int filter_lex(struct parser *p, const char *text, size_t len, bool comments)
{
	struct lexer l = { .p = p, .text = text, .len = len, .comments = comments };
	const struct token all = { .span = 1 };

	if (len > TEXT_MAX)
		return parse_fail(p, &all, "the filter is longer than %zu bytes", TEXT_MAX);
	for (;;) {
		int status;
		char c;

		skip_blanks(&l);
		if (l.at == l.len)
			break;
		c = text[l.at];
		if (is_word(c))
			status = lex_word(&l);
		else if (c == '\'' || c == '"')
			status = lex_quoted(&l);
		else
			status = lex_sign(&l);
		if (status)
			return -1;
	}
	return push(&l, &(struct token){ .kind = TOKEN_END, .offset = len, .text = "" });
}
