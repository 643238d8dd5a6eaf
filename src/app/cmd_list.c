/*
 * connstate list: one listing, one row a socket.
 *
 * Rows stream from the kernel to the output; only a sort has to see all of them
 * first.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/columns.h"
#include "app/commands.h"
#include "app/document.h"
#include "app/listing.h"
#include "app/options.h"
#include "app/say.h"
#include "app/source.h"

/* A sink that keeps what it gets in a snapshot. */
struct keeper {
	struct sink sink;
	struct snapshot *snapshot;
	struct error *err;
	bool failed;
};

static int keep(struct sink *sink, const struct sock *sk)
{
	struct keeper *k = sink_of(sink, struct keeper, sink);

	k->failed = snapshot_add(k->snapshot, sk, k->err);
	return k->failed;
}

static int list_streamed(struct collector *c, const struct collect_request *request,
			 struct listing *l, struct error *err)
{
	if (collector_run(c, request, &l->sink, err))
		return -1;
	return l->failed ? -1 : 0;
}

static int list_ordered(const struct snapshot *s, const struct sort *sort, struct listing *l,
			struct error *err)
{
	struct result *r = result_new();
	size_t count;
	int failed;

	if (!r)
		return error_set(err, 0, "out of memory");
	failed = result_build(r, s, sort, NULL, NULL, NULL, err);
	count = failed ? 0 : result_count(r);
	if (l->limit && l->limit < count)
		count = l->limit;
	result_order(r, 0, count);
	for (size_t i = 0; i < count && !failed; i++) {
		struct sock sk;
		const struct row row = { .sock = &sk };

		snapshot_sock(s, result_index(r, i), &sk);
		listing_row(l, &row);
		failed = l->failed;
	}
	result_free(r);
	return failed ? -1 : 0;
}

static int list_sorted(struct collector *c, const struct collect_request *request,
		       const struct sort *sort, struct listing *l, struct error *err)
{
	struct keeper k = { .sink.push = keep, .snapshot = snapshot_new(), .err = err };
	int failed;

	if (!k.snapshot)
		return error_set(err, 0, "out of memory");
	failed = collector_run(c, request, &k.sink, err) || k.failed ||
		 list_ordered(k.snapshot, sort, l, err);
	snapshot_free(k.snapshot);
	return failed ? -1 : 0;
}

static unsigned int sort_facts(const struct sort *sort)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < sort->count; i++)
		facts |= sort->key[i].column->facts;
	return facts;
}

static int list_run(const struct options *o, struct collector *c, struct writer *w,
		    const struct column_list *columns, struct error *err)
{
	const struct collect_request request =
		source_request(o, column_list_facts(columns) | sort_facts(&o->sort));
	struct listing l;
	int failed;

	listing_init(&l, w, columns, o->limit, err);
	failed = o->sort.count ? list_sorted(c, &request, &o->sort, &l, err) :
				 list_streamed(c, &request, &l, err);
	return failed || writer_end(w, err) ? -1 : 0;
}

int cmd_list(const struct options *o)
{
	const struct field *fields[COLUMNS_MAX];
	struct column_list columns;
	struct document document;
	struct collector *c;
	struct writer *w = NULL;
	struct error err = { 0 };
	int failed = -1;

	if (listing_columns(&columns, o, &err))
		return say_error(&err, EXIT_USAGE);
	listing_fields(&columns, fields);
	document_init(&document);
	c = source_open(o, true, &err);
	if (c)
		w = document_open(&document, o, fields, columns.count, "sockets", &err);
	if (w)
		failed = list_run(o, c, w, &columns, &err);
	document_close(&document, w);
	collector_close(c);
	return failed ? say_error(&err, EXIT_FAILED) : EXIT_DONE;
}
