/* The filter language: see filter.h.  From text to filter, and what a filter says. */
#include "config.h"

#include "query/filter.h"

#include <stdlib.h>
#include <string.h>

#include "query/filter_ast.h"

/* Enough for the usual filter in one block. */
#define BLOCK_BYTES ((size_t)8 * 1024)

static int parse_text(struct parser *p, const char *text, size_t len)
{
	struct filter *f = p->filter;

	f->text = arena_strndup(&f->arena, text, len);
	f->text_len = len;
	if (!f->text)
		return parse_no_memory(p);
	if (filter_lex(p, f->text, len, p->options->comments) || filter_parse_tokens(p))
		return -1;
	if (filter_reduce(f) || filter_index(f) || filter_plan(f))
		return parse_no_memory(p);
	return 0;
}

struct filter *filter_parse(const char *text, size_t len, const struct filter_options *options,
			    struct filter_error *err)
{
	static const struct filter_options none;
	struct filter *f = calloc(1, sizeof(*f));
	struct parser p = { .filter = f, .options = options ? options : &none, .err = err };

	if (!f) {
		parse_no_memory(&p);
		return NULL;
	}
	f->arena.block_bytes = BLOCK_BYTES;
	p.arena = &f->arena;
	if (parse_text(&p, text, len)) {
		filter_free(f);
		return NULL;
	}
	return f;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (struct filter_regex *r = f->regexes; r; r = r->next)
		regfree(&r->compiled);
	arena_fini(&f->arena);
	free(f);
}

bool filter_is_empty(const struct filter *f)
{
	return !f->root;
}

unsigned int filter_facts(const struct filter *f)
{
	return f->facts;
}

state_set filter_states(const struct filter *f)
{
	return f->states;
}

proto_set filter_protos(const struct filter *f)
{
	return f->protos;
}

unsigned int filter_families(const struct filter *f)
{
	return f->families;
}

const struct match *filter_match_tree(const struct filter *f)
{
	return f->tree;
}

proto_set filter_untold(const struct filter *f)
{
	return f->untold;
}

bool filter_is_everything(const struct filter *f)
{
	return !f->root || (f->exact && !f->tree && !(states_tcp() & ~f->states));
}

bool filter_is_exact(const struct filter *f)
{
	return f->exact;
}
