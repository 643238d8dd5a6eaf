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

static int count_row(void *context, const struct row *row)
{
	uint64_t *count = context;

	(void)row;
	++*count;
	return 0;
}

/* With facts that have to be looked up, the sockets have to be kept first. */
static int count_collected(struct session *s, uint64_t *count, struct error *err)
{
	*count = 0;
	return session_each(s, NULL, 0, count_row, count, err);
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
