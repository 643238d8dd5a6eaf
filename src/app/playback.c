/* A recording in the place of the kernel: see playback.h. */
#include "config.h"

#include "app/playback.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/moment.h"
#include "app/tape.h"
#include "app/when.h"
#include "store/recording.h"

#define NS_PER_MS UINT64_C(1000000)

/* Between two pictures: more than an eye follows, and than a terminal is sent in vain. */
#define FRAME_NS (50 * NS_PER_MS)

/* Polls that are passed over in one frame: 1000x of ten polls a second. */
#define POLLS_MAX 2000

/* Wishes that wait; more keys than anybody means are dropped. */
#define WISHES_MAX 128

static const unsigned int speeds[] = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000 };

#define SPEEDS (sizeof(speeds) / sizeof(speeds[0]))

struct wish {
	enum travel travel;
	enum state state;
	char to[TRAVEL_TYPED_MAX];
};

struct playback {
	struct playback_options options;
	struct recording *recording;
	const struct recording_info *info;
	struct moment *moment;
	struct tape *tape;
	struct history *history;
	struct recorded_poll poll; /* that is looked at, or about to be */
	struct wish wishes[WISHES_MAX];
	size_t wish_first;
	size_t wish_count;
	bool searching; /* for the first wish */
	struct tape_search search;
	bool jumped;	/* since the last news */
	bool load_due;	/* the poll is another one than the moment's, or what is asked for */
	bool news;	/* to be told without loading anything */
	bool failed;
	struct error error;
	size_t speed;
	bool playing;
	uint64_t played_ns; /* when ->poll came up */
	uint64_t frame_ns;  /* when the next picture may come */
	struct ui_replay told; /* with the last news */
	char saying[160]; /* with the next ones */
	struct ui_life life; /* of the socket looked at last */
	char said[160];
	char note[256];
};

__attribute__((format(printf, 2, 3))) static void say(struct playback *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->saying, sizeof(r->saying), format, args);
	va_end(args);
	r->news = true;
}

static int fail(struct playback *r)
{
	r->failed = true;
	r->playing = false;
	r->news = true;
	return -1;
}

static void playback_close(void *self)
{
	struct playback *r = self;

	moment_free(r->moment);
	tape_free(r->tape);
	history_free(r->history);
	free(r);
}

static void playback_set_request(void *self, const struct collect_request *request)
{
	struct playback *r = self;

	r->options.request = *request;
	tape_set_request(r->tape, request);
	r->load_due = true;
}

/* What was polled stays as it is: playing has speeds, not intervals. */
static void playback_set_interval(void *self, unsigned int interval_ms)
{
	(void)self;
	(void)interval_ms;
}

/* Another poll is looked at: it will be loaded with the next step. */
static void go_to(struct playback *r, const struct recorded_poll *poll)
{
	r->poll = *poll;
	r->load_due = true;
	r->played_ns = r->options.clock_ns();
}

static uint64_t interval_ms(const struct playback *r)
{
	return r->info->interval_ms ? r->info->interval_ms : 1000;
}

/* How long @poll comes after the one before it; a gap is not waited for. */
static uint64_t wait_ms(const struct playback *r, const struct recorded_poll *poll)
{
	return poll->since_ms && poll->time_ms > poll->since_ms ? poll->time_ms - poll->since_ms :
								  interval_ms(r);
}

/* The next poll: 1, 0 when there is none, -1 when it cannot be read. */
static int next_poll(struct playback *r, struct recorded_poll *next)
{
	int rc = recording_poll_after(r->recording, r->poll.time_ms + 1, next, &r->error);

	return rc < 0 ? fail(r) : rc;
}

static void at_the_end(struct playback *r)
{
	r->playing = false;
	say(r, "the end of the recording");
}

/* Playing: the polls whose time has come by now have been. */
static void advance(struct playback *r)
{
	uint64_t now_ns = r->options.clock_ns();
	int rc = 1;

	for (int i = 0; i < POLLS_MAX && rc > 0; i++) {
		struct recorded_poll next;
		uint64_t wait_ns;

		rc = next_poll(r, &next);
		if (rc <= 0)
			break;
		wait_ns = wait_ms(r, &next) * NS_PER_MS / speeds[r->speed];
		if (r->played_ns + wait_ns > now_ns)
			return;
		wait_ns += r->played_ns;
		go_to(r, &next);
		r->played_ns = wait_ns;
	}
	if (!rc)
		at_the_end(r);
	else
		r->played_ns = now_ns; /* too slow for this speed: no debt is kept */
}

static uint64_t playback_due_ns(const void *self)
{
	const struct playback *r = self;
	uint64_t due_ns = r->played_ns + interval_ms(r) * NS_PER_MS / speeds[r->speed];

	if (!r->playing)
		return UINT64_MAX;
	return due_ns > r->frame_ns ? due_ns : r->frame_ns;
}

static void playback_begin(void *self, unsigned int facts)
{
	struct playback *r = self;

	(void)facts;
	if (r->playing && r->options.clock_ns() >= playback_due_ns(r))
		advance(r);
	r->news = true;
}

static bool playback_busy(const void *self)
{
	const struct playback *r = self;

	return r->load_due || r->news || r->wish_count || (!r->failed && tape_wants(r->tape));
}

static void playback_resume(void *self)
{
	struct playback *r = self;

	r->played_ns = r->options.clock_ns();
}

static void playback_travel(void *self, const struct ui_request *request)
{
	struct playback *r = self;
	struct wish *w = &r->wishes[(r->wish_first + r->wish_count) % WISHES_MAX];

	if (r->wish_count == WISHES_MAX)
		return;
	*w = (struct wish){ .travel = request->travel, .state = request->travel_state };
	memcpy(w->to, request->travel_to, sizeof(w->to));
	r->wish_count++;
	r->failed = false;
}

/* Wishes: each is granted, or says why it cannot be. */

static void wish_back(struct playback *r, const struct wish *w)
{
	struct recorded_poll poll;
	int rc = recording_poll_before(r->recording, r->poll.time_ms - 1, &poll, &r->error);

	(void)w;
	r->playing = false;
	r->jumped = true;
	if (rc > 0)
		go_to(r, &poll);
	else if (!rc)
		say(r, "the beginning of the recording");
	else
		fail(r);
}

static void wish_on(struct playback *r, const struct wish *w)
{
	struct recorded_poll poll;
	int rc = next_poll(r, &poll);

	(void)w;
	r->playing = false;
	if (rc > 0)
		go_to(r, &poll);
	else if (!rc)
		at_the_end(r);
}

static void wish_play(struct playback *r, const struct wish *w)
{
	struct recorded_poll next;

	(void)w;
	r->playing = !r->playing;
	r->played_ns = r->options.clock_ns();
	r->frame_ns = r->played_ns;
	r->news = true;
	if (r->playing && !next_poll(r, &next))
		at_the_end(r);
}

static void set_speed(struct playback *r, size_t speed)
{
	r->speed = speed;
	r->played_ns = r->options.clock_ns();
	r->news = true;
}

static void wish_faster(struct playback *r, const struct wish *w)
{
	(void)w;
	set_speed(r, r->speed + 1 < SPEEDS ? r->speed + 1 : r->speed);
}

static void wish_slower(struct playback *r, const struct wish *w)
{
	(void)w;
	set_speed(r, r->speed ? r->speed - 1 : 0);
}

static void wish_normal(struct playback *r, const struct wish *w)
{
	(void)w;
	set_speed(r, 0);
}

/* The poll at or before @time_ms; the first one where there is none before. */
static void go_to_time(struct playback *r, uint64_t time_ms)
{
	struct recorded_poll poll;
	int rc = recording_poll_before(r->recording, time_ms, &poll, &r->error);

	if (!rc)
		rc = recording_poll_after(r->recording, time_ms, &poll, &r->error);
	r->playing = false;
	r->jumped = true;
	if (rc > 0)
		go_to(r, &poll);
	else if (rc < 0)
		fail(r);
}

static void wish_start(struct playback *r, const struct wish *w)
{
	(void)w;
	go_to_time(r, 0);
}

static void wish_end(struct playback *r, const struct wish *w)
{
	(void)w;
	go_to_time(r, INT64_MAX);
}

static void wish_to(struct playback *r, const struct wish *w)
{
	const struct when_span span = { r->info->first_ms, r->info->last_ms, r->info->last_ms };
	struct error err;
	uint64_t time_ms;

	if (when_parse(w->to, &span, &time_ms, &err)) {
		say(r, "%s", err.text);
		return;
	}
	go_to_time(r, time_ms);
	if (time_ms < r->info->first_ms)
		say(r, "nothing was recorded before this");
	else if (time_ms > r->poll.time_ms + interval_ms(r))
		say(r, "nothing was recorded from here to then");
}

static int name_finding(void *context, const struct recorded_finding *f)
{
	struct playback *r = context;

	if (f->since_ms != r->poll.time_ms)
		return 0;
	say(r, "%s begins: %s, %s", f->severity, f->name, f->subject);
	return 1;
}

static void go_to_finding(struct playback *r, int found, uint64_t time_ms, const char *none)
{
	struct recorded_poll poll;

	r->playing = false;
	if (found > 0)
		found = recording_poll_after(r->recording, time_ms, &poll, &r->error);
	if (found < 0) {
		fail(r);
		return;
	}
	if (!found) {
		say(r, "%s", none);
		return;
	}
	r->jumped = true;
	go_to(r, &poll);
	if (recording_findings(r->recording, poll.time_ms, name_finding, r, &r->error))
		fail(r);
}

static void wish_finding(struct playback *r, const struct wish *w)
{
	uint64_t time_ms;
	int rc = recording_next_finding(r->recording, r->poll.time_ms, &time_ms, &r->error);

	(void)w;
	go_to_finding(r, rc, time_ms, "no finding begins after this");
}

static void wish_finding_back(struct playback *r, const struct wish *w)
{
	uint64_t time_ms;
	int rc = recording_finding_before(r->recording, r->poll.time_ms, &time_ms, &r->error);

	(void)w;
	go_to_finding(r, rc, time_ms, "no finding begins before this");
}

static void change_found(struct playback *r)
{
	const struct tape_search *s = &r->search;

	go_to_time(r, s->at_ms);
	say(r, "%s: %u before, %u from here on", state_name(s->state, r->options.names), s->before,
	    s->after);
}

/* Found in slices: the wish stays the first one until then. */
static void wish_change(struct playback *r, const struct wish *w)
{
	bool back = w->travel == TRAVEL_CHANGE_BACK;
	int rc;

	if (!r->searching)
		r->search = (struct tape_search){
			.state = w->state, .back = back, .at_ms = r->poll.time_ms,
			.limit_ms = back ? r->info->first_ms : r->info->last_ms,
		};
	rc = tape_search(r->tape, &r->search, &r->error);
	r->searching = rc == 2;
	r->playing = false;
	if (rc == 1)
		change_found(r);
	else if (!rc)
		say(r, "%s: its count does not change %s this",
		    state_name(w->state, r->options.names), back ? "before" : "after");
	else if (rc < 0)
		fail(r);
}

static void (*const granting[])(struct playback *r, const struct wish *w) = {
	[TRAVEL_BACK] = wish_back,
	[TRAVEL_ON] = wish_on,
	[TRAVEL_PLAY] = wish_play,
	[TRAVEL_FASTER] = wish_faster,
	[TRAVEL_SLOWER] = wish_slower,
	[TRAVEL_NORMAL] = wish_normal,
	[TRAVEL_START] = wish_start,
	[TRAVEL_END] = wish_end,
	[TRAVEL_TO] = wish_to,
	[TRAVEL_CHANGE] = wish_change,
	[TRAVEL_CHANGE_BACK] = wish_change,
	[TRAVEL_FINDING] = wish_finding,
	[TRAVEL_FINDING_BACK] = wish_finding_back,
};

/* All wishes, up to one that takes longer. */
static void grant(struct playback *r)
{
	while (r->wish_count) {
		const struct wish *w = &r->wishes[r->wish_first];

		if (!r->searching)
			r->saying[0] = '\0';
		granting[w->travel](r, w);
		if (r->searching)
			return;
		r->wish_first = (r->wish_first + 1) % WISHES_MAX;
		r->wish_count--;
	}
}

static int renew_history(struct playback *r)
{
	struct history *h = tape_history(r->tape);

	if (!h)
		return error_set(&r->error, ENOMEM, "cannot keep a history");
	history_free(r->history);
	r->history = h;
	return 0;
}

static void load(struct playback *r)
{
	uint64_t began_ns = r->options.clock_ns();

	r->load_due = false;
	r->news = true;
	r->failed = false;
	if (moment_load(r->moment, &r->poll, &r->options.request, &r->error) ||
	    tape_move(r->tape, r->poll.time_ms, &r->error) || renew_history(r))
		fail(r);
	/* a picture that costs much leaves as much time to the keys */
	r->frame_ns = r->options.clock_ns();
	r->frame_ns += r->frame_ns - began_ns > FRAME_NS ? r->frame_ns - began_ns : FRAME_NS;
}

/* Older counts than those needed at once; all of them are shown when there are no more. */
static void read_on(struct playback *r)
{
	if (r->failed || !tape_wants(r->tape))
		return;
	if (tape_step(r->tape, &r->error))
		fail(r);
	else if (!tape_wants(r->tape) && renew_history(r))
		fail(r);
	else if (!tape_wants(r->tape))
		r->news = true;
}

static const char *note_of(struct playback *r)
{
	const char *gap = moment_note(r->moment);

	if (gap || !r->info->filter)
		return gap;
	snprintf(r->note, sizeof(r->note), "recorded with the filter: %s", r->info->filter);
	return r->note;
}

/* What is said is said once. */
static void tell(struct playback *r)
{
	uint64_t last_ms = r->info->last_ms > r->poll.time_ms ? r->info->last_ms : r->poll.time_ms;

	memcpy(r->said, r->saying, sizeof(r->said));
	r->saying[0] = '\0';
	r->told = (struct ui_replay){
		.moments = true,
		.first_ns = r->info->first_ms * NS_PER_MS,
		.last_ns = last_ms * NS_PER_MS,
		.speed = speeds[r->speed],
		.playing = r->playing,
		.jumped = r->jumped,
		.note = note_of(r),
		.life = &r->life,
		.said = r->said[0] ? r->said : NULL,
	};
	r->jumped = false;
}

static bool playback_step(void *self, bool hold)
{
	struct playback *r = self;
	bool news;

	(void)hold;
	grant(r);
	if (r->searching)
		return false;
	if (r->load_due)
		load(r);
	else if (!r->news)
		read_on(r);
	news = r->news;
	r->news = false;
	if (news)
		tell(r);
	return news;
}

static void playback_data(const void *self, struct ui_data *data)
{
	const struct playback *r = self;

	*data = (struct ui_data){
		.history = r->history,
		.interval_ms = (unsigned int)interval_ms(r),
		.real_interval_ms = (unsigned int)interval_ms(r),
		.host = r->info->host,
		.source_name = "recording",
		.trouble = r->failed ? r->error.text : NULL,
		.replay = &r->told,
	};
	moment_data(r->moment, data);
}

static const struct snapshot *playback_exact(void *self, const struct sock *socks, size_t count,
					   unsigned int facts)
{
	(void)self;
	(void)socks;
	(void)count;
	(void)facts;
	return NULL;
}

/* All that is known came with the moment, but for the past of one that is looked at alone. */
static void playback_look_up(void *self, const struct sock *socks, size_t count)
{
	struct playback *r = self;

	/* it, and perhaps its other end */
	if (count == 1 || count == 2)
		moment_life(r->moment, &socks[0], &r->life, NULL);
}

static bool playback_look_up_all(void *self, const struct snapshot *s)
{
	(void)self;
	(void)s;
	return true;
}

static const struct feed_class playback_class = {
	.close = playback_close,
	.set_request = playback_set_request,
	.set_interval = playback_set_interval,
	.due_ns = playback_due_ns,
	.begin = playback_begin,
	.busy = playback_busy,
	.step = playback_step,
	.data = playback_data,
	.exact = playback_exact,
	.look_up = playback_look_up,
	.look_up_all = playback_look_up_all,
	.resume = playback_resume,
	.travel = playback_travel,
};

static int open_parts(struct playback *r, struct error *err)
{
	int rc = 0;

	r->recording = r->options.recording;
	r->info = recording_info(r->recording);
	r->moment = moment_new(r->recording);
	r->tape = tape_new(r->recording);
	if (!r->moment || !r->tape)
		return error_set(err, ENOMEM, "cannot play the recording");
	playback_set_request(r, &r->options.request);
	if (r->options.at_ms)
		rc = recording_poll_before(r->recording, r->options.at_ms, &r->poll, err);
	if (!rc)
		rc = recording_poll_after(r->recording, 0, &r->poll, err);
	if (!rc)
		return error_set(err, 0, "there is nothing to play: the recording has no poll");
	tell(r);
	return rc;
}

int playback_open(struct feed *feed, const struct playback_options *options, struct error *err)
{
	struct playback *r = calloc(1, sizeof(*r));

	if (!r)
		return error_set(err, ENOMEM, "cannot play the recording");
	r->options = *options;
	*feed = (struct feed){ &playback_class, r };
	return open_parts(r, err) < 0 ? -1 : 0;
}
