/*
 * The filter language: an expression becomes a predicate over rows, and the part
 * of it that a source could evaluate by itself.
 *
 * The language is described in connstate-filter(7).  A filter is parsed once and
 * does no I/O: names are looked up through the callbacks of filter_options while
 * parsing, and never again.  To add a word to the language: a row in
 * filter_words.c; every column is a word without being named here.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/match.h"
#include "model/proto.h"
#include "model/state.h"
#include "query/columns.h"

/* Parentheses and the like may be nested this deep; a chain of any length is not nested. */
#define FILTER_DEPTH_MAX 200

/* How many addresses of a host name are looked at. */
#define FILTER_HOST_ADDRESSES_MAX 64

/* Looks names up.  A callback that is NULL makes every such name an error. */
struct filter_options {
	void *context;
	/* The port of a service; 0, or -1 if there is none of that name. */
	int (*service)(void *context, const char *name, uint16_t *port);
	/* Up to @max addresses of a host into @out; how many, 0 if there is none. */
	size_t (*host)(void *context, const char *name, struct endpoint *out, size_t max);
	/* 0 with @ifindex set, or -1. */
	int (*interface)(void *context, const char *name, uint32_t *ifindex);
	/* The cgroup v2 id of a path; 0, or -1. */
	int (*cgroup)(void *context, const char *path, uint64_t *id);
	/* The range that the kernel takes ports from, for "autobound"; both 0: Linux's default. */
	uint16_t auto_port_min;
	uint16_t auto_port_max;
	bool comments; /* the text is a file's: lines that start with '#' are skipped */
};

/* Which word of the expression is wrong (bytes from its start), and what was expected. */
struct filter_error {
	size_t offset;
	size_t len;
	char message[400]; /* one line, lower case, no full stop */
};

struct filter;

/*
 * Parse @len bytes of @text; @options may be NULL.  An empty text (blanks only)
 * gives a filter that every row matches.  NULL with @err set on an error.
 */
struct filter *filter_parse(const char *text, size_t len, const struct filter_options *options,
			    struct filter_error *err);
void filter_free(struct filter *f); /* NULL is fine */

/*
 * Append the line of @text that is wrong, a line with carets under the word and
 * the message to @out, each ended by a newline.
 */
void filter_error_write(const struct filter_error *err, const char *text, size_t len,
			struct buffer *out);

/* Does @row match?  Allocates nothing. */
bool filter_match(const struct filter *f, const struct row *row);

/*
 * Could @row match once the @missing facts (enum fact bits) are known?  What decides
 * without them is decided; with none missing it is filter_match().
 */
bool filter_may_match(const struct filter *f, const struct row *row, unsigned int missing);

/*
 * Does @row match whatever the @missing facts are?  Where it only may, that depends on
 * them.
 */
bool filter_must_match(const struct filter *f, const struct row *row, unsigned int missing);

/* True if the text was empty: every row matches. */
bool filter_is_empty(const struct filter *f);

/*
 * True if nothing but a protocol or a family is asked for: empty, "all", "state all or
 * tcp".  What ends sockets must not take that for a choice.
 */
bool filter_is_everything(const struct filter *f);

/* What must have been collected for it: enum fact bits. */
unsigned int filter_facts(const struct filter *f);

/* The protocols of whose sockets /proc/net leaves out something that it asks for. */
proto_set filter_untold(const struct filter *f);

/* The states that a matching socket can have: the mask of a dump. */
state_set filter_states(const struct filter *f);

/* The protocols that a matching socket can have. */
proto_set filter_protos(const struct filter *f);

/* The families that a matching IP socket can have: bits (1u << enum addr_family). */
unsigned int filter_families(const struct filter *f);

/*
 * What a source of IP sockets may leave out: every IP socket that the filter
 * matches and whose state is in filter_states() matches this tree as well.  NULL
 * when there is nothing to leave out.  Borrowed, valid until filter_free().
 */
const struct match *filter_match_tree(const struct filter *f);

/*
 * True if nothing but the tree, the states and the protocols decide: what a source
 * delivers that evaluates all of them exactly needs no filter_match().  It is made all
 * the same; this is what tests hold the plan to.
 */
bool filter_is_exact(const struct filter *f);

/* What is read for a filter, and how that is told. */
struct filter_asked {
	proto_set protos;
	unsigned int families; /* of IP: bits (1u << enum addr_family) */
	state_set states;
	enum dialect names;
	const char *instead; /* read and not the kernel asked: "/proc/net"; or NULL */
};

/* Append what is evaluated where, in lines, for --explain-filter; of @f NULL what is read. */
void filter_explain(const struct filter *f, const struct filter_asked *asked, struct buffer *out);

/*
 * The words of filters beside columns, states and protocols, for completion: NULL after
 * the last.
 */
const char *filter_word(size_t index, const char **help);

#endif
