/* Sockets counted by the value of a column: see grouped.h. */
#include "config.h"

#include "app/grouped.h"

#include <errno.h>
#include <string.h>

#include "app/document.h"
#include "app/documents.h"
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
	.name = "count", .title = "COUNT", .kind = VALUE_COUNT, .align = ALIGN_RIGHT, .width = 6,
	.help = "Sockets that have the value."
};

static const struct field *const fields_of_groups[] = { &field_count };

const struct document_kind document_groups = {
	.rows_key = "groups",
	.help = "What summary --by COLUMN and list --group-by COLUMN count: a row for each value "
		"of the column.",
	.fields = fields_of_groups,
	.count = 1,
	.always = 1,
	.rows = DOCUMENT_GROUPS,
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

struct group_visit {
	struct grouping *grouping;
	struct error *err;
};

static int group_row(void *context, const struct row *row)
{
	const struct group_visit *v = context;

	return grouping_add(v->grouping, row, v->err);
}

/* Group what the session selects.  0, or -1 with @err set. */
static int group_sockets(struct session *s, struct grouping *g, struct error *err)
{
	struct group_visit visit = { g, err };

	if (session_each(s, NULL, 0, group_row, &visit, err))
		return -1;
	grouping_sort(g);
	return 0;
}

/* What is written of each group, beside the value that it stands for and its count. */
struct table {
	size_t state_count; /* columns of states */
	enum state states[STATE_COUNT];
	struct field state_fields[STATE_COUNT];
	state_set untold;    /* states that the source does not tell of */
	size_t sum_count; /* columns of sums */
	const struct column *sums[COLUMNS_MAX];
	size_t field_count; /* all of them */
	const struct field *fields[2 + STATE_COUNT + COLUMNS_MAX];
};

/* The states that get a column: all that the protocols asked for can have. */
static void table_add_states(struct table *t, const struct session *s)
{
	const struct options *o = s->o;
	state_set wanted = 0;

	for (size_t p = 0; p < PROTO_COUNT; p++)
		if (options_protos(o) & PROTO_BIT(p))
			wanted |= proto_info((enum proto)p)->states;
	wanted &= options_states(o) | (s->request.states & STATE_BIT(STATE_BOUND));
	for (size_t i = 0; i < STATE_COUNT; i++) {
		if (!(wanted & STATE_BIT(i)))
			continue;
		t->state_fields[t->state_count] = (struct field){
			.name = state_info((enum state)i)->symbol,
			.title = state_name((enum state)i, o->names),
			.kind = VALUE_COUNT,
			.align = ALIGN_RIGHT,
		};
		t->states[t->state_count++] = (enum state)i;
	}
}

/* The numbers among @columns, as far as they are worth adding up. */
static void table_add_sums(struct table *t, const struct options *o,
			   const struct column_list *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *c = columns->column[i];

		if (c != o->by && c->field.kind == VALUE_COUNT && c->adds_up)
			t->sums[t->sum_count++] = c;
	}
}

static void table_end(struct table *t, const struct options *o)
{
	t->fields[t->field_count++] = &o->by->field;
	t->fields[t->field_count++] = &field_count;
	for (size_t i = 0; i < t->state_count; i++)
		t->fields[t->field_count++] = &t->state_fields[i];
	for (size_t i = 0; i < t->sum_count; i++)
		t->fields[t->field_count++] = &t->sums[i]->field;
}

/* The cells of @group into @cells: its key, its count, then states or sums. */
static void table_cells(const struct table *t, const struct group *group, struct value *cells)
{
	size_t used = 0;

	cells[used++] = group->key;
	cells[used++] = value_count(group->count);
	for (size_t i = 0; i < t->state_count; i++)
		cells[used++] = t->untold & STATE_BIT(t->states[i]) ?
					value_none() : value_count(group->states[t->states[i]]);
	for (size_t i = 0; i < t->sum_count; i++)
		cells[used++] = group->known[i] ? value_count(group->sums[i]) : value_none();
}

/* Add what is known of the @count @cells to @totals; the first stands for the group. */
static void table_add_up(struct value *totals, const struct value *cells, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (cells[i].kind == VALUE_COUNT)
			totals[i] = value_count(cells[i].count + (totals[i].kind == VALUE_COUNT ?
								  totals[i].count : 0));
}

static int table_write(const struct table *t, struct writer *w, const struct options *o,
		       const struct grouping *g, struct error *err)
{
	struct value totals[2 + STATE_COUNT + COLUMNS_MAX] = { 0 };
	struct value cells[2 + STATE_COUNT + COLUMNS_MAX];
	size_t rows = grouping_count(g);

	if (o->limit && o->limit < rows)
		rows = o->limit;
	for (size_t i = 0; i < t->field_count; i++)
		totals[i] = value_none();
	totals[0] = value_string("TOTAL");
	totals[1] = value_count(0);
	for (size_t i = 0; i < rows; i++) {
		table_cells(t, grouping_at(g, i), cells);
		table_add_up(totals, cells, t->field_count);
		if (writer_row(w, cells, err))
			return -1;
	}
	if (o->total && writer_row(w, totals, err))
		return -1;
	return writer_end(w, err);
}

static int table_document(const struct table *t, const struct session *s,
			  const struct grouping *g, struct error *err)
{
	struct document document;
	struct writer *w;
	int failed = -1;

	document_init(&document);
	document.origin = session_origin(s);
	document_source(&document, session_source(s));
	w = document_open(&document, s->o, t->fields, t->field_count,
			  document_groups.rows_key, err);
	if (w)
		failed = table_write(t, w, s->o, g, err);
	document_close(&document, w);
	return failed;
}

/* The same, now that it is known what the source does not tell. */
static int table_tell(struct table *t, const struct session *s, const struct grouping *g,
		      struct error *err)
{
	const struct collect_report *report = collector_report(s->collector);

	for (size_t p = 0; p < PROTO_COUNT; p++)
		t->untold |= report->untold_states[p];
	return table_document(t, s, g, err);
}

/* Group what the session selects and write the table.  Returns the exit status. */
static int grouped_run(struct session *s, struct table *t)
{
	const struct options *o = s->o;
	struct error err = { 0 };
	struct grouping *g;
	int failed;

	table_end(t, o);
	if (document_check(o, t->fields, t->field_count, &err))
		return say_error(&err, EXIT_USAGE);
	g = grouping_new(o->by, t->sums, t->sum_count);
	if (!g)
		failed = error_set(&err, ENOMEM, "cannot group sockets");
	else
		failed = group_sockets(s, g, &err) || table_tell(t, s, g, &err);
	grouping_free(g);
	if (!failed)
		source_say_lacking(o, collector_report(s->collector));
	return failed ? say_error(&err, EXIT_FAILED) :
			source_say_gaps(s->collector, EXIT_DONE, EXIT_FAILED);
}

int grouped_summary(const struct options *o)
{
	struct table t = { 0 };
	struct session s;
	int status = session_open(&s, o, o->by->facts);

	if (!status) {
		table_add_states(&t, &s);
		status = grouped_run(&s, &t);
	}
	session_close(&s);
	return status;
}

int grouped_list(const struct options *o, const struct column_list *columns)
{
	struct table t = { 0 };
	struct session s;
	int status = session_open(&s, o, o->by->facts | column_list_facts(columns));

	if (!status) {
		table_add_sums(&t, o, columns);
		status = grouped_run(&s, &t);
	}
	session_close(&s);
	return status;
}
