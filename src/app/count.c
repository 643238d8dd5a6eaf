/* How many sockets match: see count.h. */
#include "config.h"

#include "app/count.h"

#include <inttypes.h>

#include "app/families.h"
#include "app/source.h"

/* What is known of sockets here alone, and not of those in a dump. */
#define FACTS_OF_HOST (FACT_OWNERS | FACT_CGROUP_PATH | FACT_USER_NAMES | FACT_NETNS)

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

struct row_counter {
	const struct session *session;
	struct tally *tally;
};

static int count_row(void *context, const struct row *row)
{
	struct row_counter *c = context;

	if (session_doubts(c->session, row))
		c->tally->doubtful++;
	else
		c->tally->count++;
	return 0;
}

/* With facts that have to be looked up, the sockets have to be kept first. */
static int count_collected(struct session *s, struct tally *t, struct error *err)
{
	struct row_counter c = { .session = s, .tally = t };

	s->doubtful = true;
	return session_each(s, NULL, 0, count_row, &c, err);
}

static int count_streamed(struct session *s, struct tally *t, struct error *err)
{
	struct counter_sink c = { .sink.push = count_one };

	if (session_run(s, &c.sink, err))
		return -1;
	t->count = c.count;
	return 0;
}

static void say_doubtful(struct tally *t)
{
	error_set(&t->gap, 0, "the owners of %" PRIu64 " more that may match could not be read%s",
		  t->doubtful, source_remedy());
}

/* Say in t->gap why sockets may be missing in the count, or nothing. */
static void find_gap(const struct session *s, struct tally *t)
{
	const struct collect_report *report = collector_report(s->collector);
	unsigned int facts = s->filter ? filter_facts(s->filter) : 0;

	if (report->incomplete)
		error_set(&t->gap, 0, "%s", report->incomplete);
	else if (s->filter && report->from_proc & filter_untold(s->filter))
		error_set(&t->gap, 0, "/proc/net does not tell what the filter asks for");
	else if (source_untold(s->o, report))
		families_lacking(s->o, report, &t->gap);
	else if (s->o->all_namespaces && (report->refused || report->unseen))
		error_set(&t->gap, 0, "not all network namespaces could be looked into%s",
			  source_remedy());
	else if (t->doubtful)
		say_doubtful(t);
	else if (facts & FACT_TRACK && !s->replay)
		error_set(&t->gap, 0, "a single look tells no times: top, watch and record do");
	else if (s->o->from && !s->replay && facts & FACTS_OF_HOST)
		error_set(&t->gap, 0, "a dump does not tell what the filter asks for");
}

int count_matching(struct session *s, struct tally *t, struct error *err)
{
	*t = (struct tally){ .count = 0 };
	if (session_streams(s) ? count_streamed(s, t, err) : count_collected(s, t, err))
		return -1;
	find_gap(s, t);
	return 0;
}
