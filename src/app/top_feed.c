/* Where the data of the live view come from: see top.h. */
#include "config.h"

#include "app/live.h"
#include "app/playback.h"
#include "app/replay.h"
#include "app/top.h"

#define INTERVAL_MS 1000
#define CPU_PERCENT 10

static int open_monitor(struct top *t, const struct options *o)
{
	struct monitor_options options = {
		.collector = t->session.collector,
		.request = t->session.request,
		.proc_root = o->proc_root,
		.saved = o->from,
		.interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS,
		.cpu_percent = o->cpu_limit ? o->cpu_limit : CPU_PERCENT,
		.events = options_events(o),
	};

	return live_open(&t->feed, &t->session, &options, &t->error);
}

/* A filter judges every socket, so what it needs is collected of every one. */
static unsigned int filter_dump_facts(const struct session *s)
{
	return s->filter ? filter_facts(s->filter) & FACTS_OF_DUMP : 0;
}

/*
 * With a filter that was typed all is collected, so that the panel and its history tell of
 * the host whatever is filtered; of a recording all is loaded anyway.
 */
void top_ask(struct top *t)
{
	struct session *s = &t->session;

	if (t->ui.filtered || s->replay) {
		session_widen(s, t->ui.filtered ? t->ui.filter : s->filter);
		return;
	}
	session_narrow(s);
	s->request.facts = filter_dump_facts(s);
}

static int open_recording(struct top *t, const struct options *o)
{
	struct replay *replay = t->session.replay;
	struct playback_options options = {
		.recording = replay_recording(replay),
		.at_ms = o->at_count ? replay_at_ms(replay) : 0,
		.names = o->names,
		.clock_ns = loop_now_ns,
	};

	options.request = t->session.request;
	return playback_open(&t->feed, &options, &t->error);
}

int top_open_feed(struct top *t)
{
	const struct options *o = t->options;

	top_ask(t);
	return t->session.replay ? open_recording(t, o) : open_monitor(t, o);
}
