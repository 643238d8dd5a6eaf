/* How many sockets match: see count.h. */
#include "config.h"

#include "app/count.h"

struct counter_sink {
	struct sink sink;
	uint64_t count;
};

static int count_one(struct sink *sink, const struct sock *sk)
{
	struct counter_sink *c = sink_of(sink, struct counter_sink, sink);

	(void)sk;
	c->count++;
	return 0;
}

/* With facts that have to be looked up, the sockets have to be kept first. */
static int count_collected(struct session *s, uint64_t *count, struct error *err)
{
	const struct sort unsorted = { .count = 0 };
	struct snapshot *snapshot = snapshot_new();
	struct result *r = result_new();
	int failed;

	if (!snapshot || !r)
		failed = error_set(err, 0, "out of memory");
	else
		failed = session_query(s, snapshot, &unsorted, r, err);
	if (!failed)
		*count = result_count(r);
	result_free(r);
	snapshot_free(snapshot);
	return failed ? -1 : 0;
}

static int count_streamed(struct session *s, uint64_t *count, struct error *err)
{
	struct counter_sink c = { .sink.push = count_one };

	if (session_run(s, &c.sink, err))
		return -1;
	*count = c.count;
	return 0;
}

int count_matching(struct session *s, uint64_t *count, struct error *err)
{
	const char *incomplete;

	if (session_streams(s) ? count_streamed(s, count, err) : count_collected(s, count, err))
		return -1;
	incomplete = collector_report(s->collector)->incomplete;
	return incomplete ? error_set(err, 0, "%s", incomplete) : 0;
}
