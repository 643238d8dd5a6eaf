/* Sockets counted by the value of a column: see grouped.h. */
#include "config.h"

#include "app/grouped.h"

#include <errno.h>
#include <string.h>

#include "app/document.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "query/group.h"

/* What people say for a column that has another name. */
struct alias {
	const char *word;
	const char *column;
};

static const struct alias aliases[] = {
	{ "peer", "peer_address" }, /* of a connection the port says nothing */
	{ "local", "local_address" },
	{ "host", "peer_address" },
};

static const struct field field_count = {
	.name = "count", .title = "COUNT", .kind = VALUE_COUNT, .align = ALIGN_RIGHT, .width = 6
};

const struct column *grouped_column(const char *word, struct error *err)
{
	const struct column *c;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(word, aliases[i].word))
			word = aliases[i].column;
	c = column_find(word, strlen(word));
	if (!c)
		column_unknown(word, strlen(word), err);
	return c;
}

/* Group what the session selects.  NULL with @err set on failure. */
static int group_sockets(struct session *s, struct grouping *g, struct error *err)
{
	const struct sort unsorted = { .count = 0 };
	struct snapshot *snapshot = snapshot_new();
	struct result *r = result_new();
	int failed = -1;

	if (!snapshot || !r)
		error_set(err, ENOMEM, "cannot group sockets");
	else
		failed = session_query(s, snapshot, &unsorted, r, err);
	for (size_t i = 0; !failed && i < result_count(r); i++) {
		struct sock sk;
		struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(snapshot) };

		snapshot_sock(snapshot, result_index(r, i), &sk);
		details_complete(s->details, &row);
		failed = grouping_add(g, &row, err);
	}
	result_free(r);
	snapshot_free(snapshot);
	if (!failed)
		grouping_sort(g);
	return failed;
}

/* The states that get a column: all that the protocols asked for can have. */
static size_t state_fields(const struct options *o, struct field *fields, enum state *states)
{
	state_set wanted = 0;
	size_t count = 0;

	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (options_protos(o) & PROTO_BIT(p))
			wanted |= proto_info((enum proto)p)->states;
	wanted &= options_states(o);
	for (size_t s = 0; s < STATE_COUNT; s++) {
		if (!(wanted & STATE_BIT(s)))
			continue;
		states[count] = (enum state)s;
		fields[count++] = (struct field){
			.name = state_info((enum state)s)->symbol,
			.title = state_name((enum state)s, o->names),
			.kind = VALUE_COUNT,
			.align = ALIGN_RIGHT,
		};
	}
	return count;
}

static size_t group_limit(const struct options *o, const struct grouping *g)
{
	size_t count = grouping_count(g);

	return o->limit && o->limit < count ? o->limit : count;
}

static int write_summary(struct writer *w, const struct options *o, const struct grouping *g,
			 const enum state *states, size_t state_count, struct error *err)
{
	for (size_t i = 0; i < group_limit(o, g); i++) {
		const struct group *group = grouping_at(g, i);
		struct value cells[STATE_COUNT + 2] = { group->key, value_count(group->count) };

		for (size_t s = 0; s < state_count; s++)
			cells[s + 2] = value_count(group->states[states[s]]);
		if (writer_row(w, cells, err))
			return -1;
	}
	return writer_end(w, err);
}

static int summary_document(struct session *s, struct grouping *g, struct error *err)
{
	const struct options *o = s->o;
	struct field state_columns[STATE_COUNT];
	enum state states[STATE_COUNT];
	size_t count = state_fields(o, state_columns, states);
	const struct field *fields[STATE_COUNT + 2] = { &o->by->field, &field_count };
	struct document document;
	struct writer *w;
	int failed = -1;

	for (size_t i = 0; i < count; i++)
		fields[i + 2] = &state_columns[i];
	document_init(&document);
	w = document_open(&document, o, fields, count + 2, "groups", err);
	if (w)
		failed = write_summary(w, o, g, states, count, err);
	document_close(&document, w);
	return failed;
}

/* The numbers among @columns, which are the ones worth adding up. */
static size_t summed_columns(const struct column_list *columns, const struct column *by,
			     const struct column **sums)
{
	size_t count = 0;

	for (size_t i = 0; i < columns->count; i++) {
		const struct column *c = columns->column[i];

		if (c != by && c->field.kind == VALUE_COUNT && c->adds_up)
			sums[count++] = c;
	}
	return count;
}

static int write_list(struct writer *w, const struct options *o, const struct grouping *g,
		      size_t sum_count, struct error *err)
{
	for (size_t i = 0; i < group_limit(o, g); i++) {
		const struct group *group = grouping_at(g, i);
		struct value cells[COLUMNS_MAX + 2] = { group->key, value_count(group->count) };

		for (size_t s = 0; s < sum_count; s++)
			cells[s + 2] = group->known[s] ? value_count(group->sums[s]) :
							 value_none();
		if (writer_row(w, cells, err))
			return -1;
	}
	return writer_end(w, err);
}

static int list_document(struct session *s, struct grouping *g, const struct column *const *sums,
			 size_t sum_count, struct error *err)
{
	const struct options *o = s->o;
	const struct field *fields[COLUMNS_MAX + 2] = { &o->by->field, &field_count };
	struct document document;
	struct writer *w;
	int failed = -1;

	for (size_t i = 0; i < sum_count; i++)
		fields[i + 2] = &sums[i]->field;
	document_init(&document);
	w = document_open(&document, o, fields, sum_count + 2, "groups", err);
	if (w)
		failed = write_list(w, o, g, sum_count, err);
	document_close(&document, w);
	return failed;
}

/* Open a session, group by --by with the sums of @sums, and write one of the two tables. */
static int grouped_run(const struct options *o, const struct column *const *sums,
		       size_t sum_count, unsigned int facts, bool by_state)
{
	struct error err = { 0 };
	struct grouping *g;
	struct session s;
	int failed = -1;
	int status = session_open(&s, o, o->by->facts | facts);

	if (!status) {
		g = grouping_new(o->by, sums, sum_count);
		if (!g)
			error_set(&err, ENOMEM, "cannot group sockets");
		else if (!group_sockets(&s, g, &err))
			failed = by_state ? summary_document(&s, g, &err) :
					    list_document(&s, g, sums, sum_count, &err);
		grouping_free(g);
		status = failed ? say_error(&err, EXIT_FAILED) :
				  source_say_gaps(s.collector, EXIT_DONE, EXIT_FAILED);
	}
	session_close(&s);
	return status;
}

int grouped_summary(const struct options *o)
{
	return grouped_run(o, NULL, 0, 0, true);
}

int grouped_list(const struct options *o, const struct column_list *columns)
{
	const struct column *sums[COLUMNS_MAX];
	size_t count = summed_columns(columns, o->by, sums);

	return grouped_run(o, sums, count, column_list_facts(columns), false);
}
