/* The kernel as what the live view shows: see live.h. */
#include "config.h"

#include "app/live.h"

#include <errno.h>
#include <stdlib.h>

#include "app/details.h"
#include "app/troubles.h"
#include "base/loop.h"
#include "collect/counters.h"

/* How long the owners of unchanged rows are believed. */
#define LOOK_UP_AGAIN_NS UINT64_C(10000000000)

/* Sockets whose owners are asked for between two looks at the keys. */
#define WANTED_SLICE 16384

struct live {
	struct session *session;
	struct monitor *monitor;
	struct troubles *troubles;
	struct row_source source;
	struct ui_replay still; /* of a dump */
	bool saved;
	uint64_t looked_up; /* digest of the rows whose owners were looked up last */
	uint64_t looked_up_ns;
	size_t wanted; /* owners of so many sockets of the snapshot were asked for */
	bool asked;    /* of all; they are looked up, or will soon be */
	char sysctl[128]; /* that was asked for last */
};

static void live_close(void *self)
{
	struct live *l = self;

	troubles_free(l->troubles);
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

/* A pass brings what findings want to know as well, when it is going to be judged. */
static void live_begin(void *self, unsigned int facts)
{
	struct live *l = self;

	if (!l->saved)
		facts |= troubles_facts(l->troubles, loop_now_ns());
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

	if (!monitor_step(l->monitor, hold))
		return false;
	l->asked = false;
	l->wanted = 0;
	return true;
}

static const char *live_sysctl(void *context, const char *name)
{
	struct live *l = context;

	return sysctl_read(l->sysctl, sizeof(l->sysctl), l->session->o->proc_root, name, NULL) ?
		       NULL : l->sysctl;
}

static void live_data(const void *self, struct ui_data *data)
{
	const struct live *l = self;

	monitor_data(l->monitor, data);
	data->source = &l->source;
	data->troubles = *troubles_list(l->troubles);
	data->sysctl = live_sysctl;
	data->sysctl_context = (void *)(uintptr_t)l;
	if (!l->saved)
		return;
	/* when the dump was written is not known, so no age is */
	data->replay = &l->still;
	data->wall_ns = 0;
	data->tracker = NULL;
	data->history = NULL;
	data->sysctl = NULL;
	data->host = l->session->o->from;
}

static const struct snapshot *live_exact(void *self, const struct sock *socks, size_t count,
					 unsigned int facts)
{
	struct live *l = self;
	const struct snapshot *exact;

	if (l->saved)
		return NULL;
	exact = monitor_exact(l->monitor, socks, count, facts);
	if (exact && facts & FACT_LIMITS)
		details_note_transfers(l->session->details, exact, loop_now_ns(), NULL);
	return exact;
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
static void live_look_up(void *self, const struct sock *socks, size_t count)
{
	struct live *l = self;
	struct details *d = l->session->details;
	uint64_t who = digest(socks, count);
	uint64_t now_ns = loop_now_ns();

	if (who == l->looked_up && now_ns < l->looked_up_ns + LOOK_UP_AGAIN_NS)
		return;
	l->looked_up = who;
	l->looked_up_ns = now_ns;
	details_reset(d);
	for (size_t i = 0; i < count; i++)
		if (details_want(d, &socks[i], NULL))
			return;
	details_look_up_soon(d, l->session->collector, NULL);
}

static bool live_looking(void *self)
{
	struct live *l = self;

	return details_busy(l->session->details);
}

static bool live_look_up_all(void *self, const struct snapshot *s)
{
	struct live *l = self;
	struct details *d = l->session->details;
	size_t count = snapshot_count(s);
	size_t end = count - l->wanted > WANTED_SLICE ? l->wanted + WANTED_SLICE : count;

	if (l->asked)
		return !details_busy(d);
	if (!l->wanted)
		details_reset(d);
	for (; l->wanted < end; l->wanted++) {
		struct sock sk;

		snapshot_sock(s, l->wanted, &sk);
		if (details_want(d, &sk, NULL))
			return true;
	}
	if (end < count)
		return false;
	details_look_up_soon(d, l->session->collector, NULL);
	l->asked = true;
	return !details_busy(d);
}

static void live_forget(void *self)
{
	struct live *l = self;

	l->asked = false;
	l->wanted = 0;
	l->looked_up = 0;
	l->looked_up_ns = 0;
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

static int live_fd(const void *self)
{
	const struct live *l = self;

	return monitor_fd(l->monitor);
}

static void live_heard(void *self)
{
	struct live *l = self;

	monitor_listen(l->monitor);
}

/* What holds transfers back is noted of the rows on the screen, unless of all; see live_exact(). */
static void live_delivered(void *self, unsigned int facts, bool selected)
{
	struct live *l = self;
	const struct troubles_pass pass = {
		.snapshot = monitor_latest(l->monitor),
		.tracker = monitor_tracker(l->monitor),
		.counters = monitor_counters(l->monitor),
		.selected = selected,
	};

	if (!pass.snapshot || l->saved)
		return;
	if (facts & FACT_LIMITS)
		details_note_transfers(l->session->details, pass.snapshot, loop_now_ns(), NULL);
	troubles_begin(l->troubles, &pass);
}

static bool live_judging(const void *self)
{
	const struct live *l = self;

	return troubles_busy(l->troubles);
}

static bool live_judge(void *self)
{
	struct live *l = self;

	return troubles_step(l->troubles);
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
	.fd = live_fd,
	.heard = live_heard,
	.looking = live_looking,
	.forget = live_forget,
	.delivered = live_delivered,
	.judging = live_judging,
	.judge = live_judge,
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
	l->troubles = troubles_new(session->o, session, err);
	return l->monitor && l->troubles ? 0 : -1;
}
