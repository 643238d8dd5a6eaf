/* The kernel as what the live view shows: see live.h. */
#include "config.h"

#include "app/live.h"

#include <errno.h>
#include <stdlib.h>

#include "app/details.h"
#include "base/loop.h"

/* How long the owners of unchanged rows are believed. */
#define LOOK_UP_AGAIN_NS UINT64_C(10000000000)

struct live {
	struct session *session;
	struct monitor *monitor;
	struct row_source source;
	struct ui_replay still; /* of a dump */
	bool saved;
	uint64_t looked_up; /* digest of the rows whose owners were looked up last */
	uint64_t looked_up_ns;
};

static void live_close(void *self)
{
	struct live *l = self;

	monitor_free(l->monitor);
	free(l);
}

static void live_set_request(void *self, const struct collect_request *request)
{
	struct live *l = self;

	monitor_set_request(l->monitor, request);
}

static void live_set_interval(void *self, unsigned int interval_ms)
{
	struct live *l = self;

	monitor_set_interval(l->monitor, interval_ms);
}

static uint64_t live_due_ns(const void *self)
{
	const struct live *l = self;

	return l->saved ? UINT64_MAX : monitor_due_ns(l->monitor);
}

static void live_begin(void *self, unsigned int facts)
{
	struct live *l = self;

	monitor_begin(l->monitor, facts);
}

static bool live_busy(const void *self)
{
	const struct live *l = self;

	return monitor_busy(l->monitor);
}

static bool live_step(void *self, bool hold)
{
	struct live *l = self;

	return monitor_step(l->monitor, hold);
}

static void live_data(const void *self, struct ui_data *data)
{
	const struct live *l = self;

	monitor_data(l->monitor, data);
	data->source = &l->source;
	if (!l->saved)
		return;
	/* when the dump was written is not known, so no age is */
	data->replay = &l->still;
	data->wall_ns = 0;
	data->tracker = NULL;
	data->history = NULL;
	data->host = l->session->o->from;
}

static const struct snapshot *live_exact(void *self, const struct sock *socks, size_t count,
					 unsigned int facts)
{
	struct live *l = self;

	return l->saved ? NULL : monitor_exact(l->monitor, socks, count, facts);
}

/* Who these sockets are, as one number. */
static uint64_t digest(const struct sock *socks, size_t count)
{
	uint64_t hash = count;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ socks[i].cookie ^ socks[i].inode << 32) * 0x100000001b3;
	return hash;
}

/*
 * Reading other processes' descriptors costs more than all else, so the same rows
 * are asked about again only after a while.
 */
static int live_look_up(void *self, const struct sock *socks, size_t count, struct error *err)
{
	struct live *l = self;
	struct details *d = l->session->details;
	uint64_t who = digest(socks, count);
	uint64_t now_ns = loop_now_ns();

	if (who == l->looked_up && now_ns < l->looked_up_ns + LOOK_UP_AGAIN_NS)
		return 0;
	l->looked_up = who;
	l->looked_up_ns = now_ns;
	details_reset(d);
	for (size_t i = 0; i < count; i++)
		if (details_want(d, &socks[i], err))
			return -1;
	return details_look_up(d, l->session->collector, err);
}

/* An order or a filter by owner or listener wants to know those of every socket. */
static int live_look_up_all(void *self, const struct snapshot *s, unsigned int facts,
			    struct error *err)
{
	struct live *l = self;
	struct details *d = l->session->details;

	if (!(facts & (FACT_OWNERS | FACT_LISTENERS)))
		return 0;
	l->looked_up = 0;
	l->looked_up_ns = 0;
	details_reset(d);
	for (size_t i = 0; i < snapshot_count(s); i++) {
		struct sock sk;

		snapshot_sock(s, i, &sk);
		if (details_want(d, &sk, err))
			return -1;
	}
	return details_look_up(d, l->session->collector, err);
}

static void live_resume(void *self)
{
	struct live *l = self;

	monitor_reset_rates(l->monitor);
}

/* Now is now. */
static void live_travel(void *self, const struct ui_request *request)
{
	(void)self;
	(void)request;
}

static const struct feed_class live_class = {
	.close = live_close,
	.set_request = live_set_request,
	.set_interval = live_set_interval,
	.due_ns = live_due_ns,
	.begin = live_begin,
	.busy = live_busy,
	.step = live_step,
	.data = live_data,
	.exact = live_exact,
	.look_up = live_look_up,
	.look_up_all = live_look_up_all,
	.resume = live_resume,
	.travel = live_travel,
};

int live_open(struct feed *feed, struct session *session, const struct monitor_options *options,
	      struct error *err)
{
	struct live *l = calloc(1, sizeof(*l));

	if (!l)
		return error_set(err, ENOMEM, "cannot set up the monitor");
	*feed = (struct feed){ &live_class, l };
	l->session = session;
	l->saved = session->o->from;
	l->source = (struct row_source){ details_complete, session->details };
	l->monitor = monitor_new(options, err);
	return l->monitor ? 0 : -1;
}
