/* Sockets into a writer: see listing.h. */
#include "config.h"

#include "app/listing.h"

#include <stdio.h>

static void add_up(struct listing *l, const struct value *cells)
{
	for (size_t i = 0; l->totals && i < l->columns->count; i++)
		if (l->columns->column[i]->adds_up && cells[i].kind == VALUE_COUNT)
			l->totals[i] += cells[i].count;
}

void listing_sum(struct listing *l, uint64_t *totals)
{
	l->totals = totals;
}

int listing_total(struct listing *l)
{
	struct value cells[COLUMNS_MAX];
	char count[32];
	int len = snprintf(count, sizeof(count), "TOTAL %zu", l->rows);

	for (size_t i = 0; i < l->columns->count; i++) {
		cells[i] = value_none();
		if (l->columns->column[i]->adds_up)
			cells[i] = value_count(l->totals[i]);
	}
	cells[0] = value_text(count, (size_t)len);
	return writer_row(l->writer, cells, l->err);
}

int listing_row(struct listing *l, const struct row *row)
{
	struct value cells[COLUMNS_MAX];
	struct row shown;

	if (l->disguise) {
		shown = *row;
		disguise_row(l->disguise, &shown);
		row = &shown;
	}
	for (size_t i = 0; i < l->columns->count; i++)
		l->columns->column[i]->get(row, l->columns->column[i], &cells[i]);
	if (l->names)
		names_replace(l->names, row, cells, l->columns->count);
	add_up(l, cells);
	if (writer_row(l->writer, cells, l->err)) {
		l->failed = true;
		return 1;
	}
	l->rows++;
	return l->limit && l->rows == l->limit;
}

static int push(struct sink *sink, const struct sock *sk)
{
	struct listing *l = sink_of(sink, struct listing, sink);
	struct row row = { .sock = sk };

	if (l->details)
		details_complete(l->details, &row);
	return listing_row(l, &row);
}

void listing_init(struct listing *l, struct writer *w, const struct column_list *columns,
		  size_t limit, struct error *err)
{
	*l = (struct listing){
		.sink.push = push, .writer = w, .columns = columns, .limit = limit, .err = err,
	};
}

void listing_fields(const struct column_list *columns, const struct field **fields)
{
	for (size_t i = 0; i < columns->count; i++)
		fields[i] = &columns->column[i]->field;
}
