/* What happens to sockets between two polls: see follower.h. */
#include "config.h"

#include "app/follower.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Events taken together: their minisocks are asked for at once. */
#define BATCH COLLECT_EXACT_MAX

struct told_one {
	struct sock sock;
	struct tcp_facts facts;
	struct ending ending;
	struct sock minisock;
	bool has_minisock;
};

struct follower {
	struct sink event_sink;
	struct sink minisock_sink;
	struct collector *collector;
	struct tracker *tracker;
	struct events *events;
	struct told_one batch[BATCH];
	size_t count;
};

static int take_event(struct sink *sink, const struct sock *sk)
{
	struct follower *f = sink_of(sink, struct follower, event_sink);
	struct told_one *one = &f->batch[f->count++];

	one->sock = *sk;
	one->sock.interface = NULL;
	if (sk->tcp) {
		one->facts = *sk->tcp;
		one->sock.tcp = &one->facts;
	}
	one->ending = ending_of(&one->sock);
	one->has_minisock = false;
	return 0;
}

static bool same_ends(const struct sock *a, const struct sock *b)
{
	return !endpoint_compare(&a->local, &b->local) && !endpoint_compare(&a->peer, &b->peer);
}

/* The kernel may find a listener, or a new connection with the same ends: neither is meant. */
static int take_minisock(struct sink *sink, const struct sock *sk)
{
	struct follower *f = sink_of(sink, struct follower, minisock_sink);

	if (sk->kind != SOCK_MINI)
		return 0;
	for (size_t i = 0; i < f->count; i++) {
		struct told_one *one = &f->batch[i];

		if (one->sock.proto != PROTO_TCP || !same_ends(&one->sock, sk))
			continue;
		one->minisock = *sk;
		one->minisock.interface = NULL;
		one->has_minisock = true;
	}
	return 0;
}

struct follower *follower_new(struct collector *collector, struct tracker *tracker,
			      proto_set protos, unsigned int families, struct error *err)
{
	struct follower *f = calloc(1, sizeof(*f));

	if (!f) {
		error_set(err, ENOMEM, "cannot follow sockets between polls");
		return NULL;
	}
	f->event_sink.push = take_event;
	f->minisock_sink.push = take_minisock;
	f->collector = collector;
	f->tracker = tracker;
	f->events = events_open(protos, families, NULL, err);
	if (!f->events) {
		free(f);
		return NULL;
	}
	tracker_follow(tracker);
	return f;
}

void follower_free(struct follower *f)
{
	if (!f)
		return;
	events_close(f->events);
	free(f);
}

int follower_fd(const struct follower *f)
{
	return events_fd(f->events);
}

uint64_t follower_losses(const struct follower *f)
{
	return events_report(f->events)->losses;
}

/* Without an answer they count as ended for good: the next poll says otherwise if they have not. */
static void find_minisocks(struct follower *f)
{
	struct sock asked[BATCH];
	size_t count = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct told_one *one = &f->batch[i];

		if (!tracker_wants_minisock(f->tracker, &one->sock, &one->ending))
			continue;
		asked[count] = one->sock;
		asked[count].tcp = NULL;
		asked[count++].has &= ~(uint32_t)SOCK_HAS_COOKIE;
	}
	if (count)
		collector_exact(f->collector, asked, count, 0, &f->minisock_sink, NULL);
}

static int tell(struct follower *f, const struct told_one *one, uint64_t at_ns,
		const struct follower_watch *watch, struct error *err)
{
	const struct sock *minisock = one->has_minisock ? &one->minisock : NULL;
	struct follower_news news = {
		.sock = &one->sock,
		.ending = one->ending,
		.left = minisock ? (enum state)minisock->state : STATE_COUNT,
	};
	int told;

	if (watch->covers && !tracker_knows(f->tracker, &one->sock) &&
	    !watch->covers(watch->context, &one->sock))
		return 0;
	told = tracker_ended(f->tracker, &one->sock, &one->ending, minisock, at_ns, err);
	if (told < 0)
		return -1;
	news.told = (enum tracker_told)told;
	return watch->told ? watch->told(watch->context, &news) : 0;
}

int follower_read(struct follower *f, uint64_t at_ns, const struct follower_watch *watch,
		  struct error *err)
{
	int count;

	do {
		f->count = 0;
		count = events_read(f->events, BATCH, &f->event_sink, err);
		if (count < 0)
			return -1;
		find_minisocks(f);
		for (size_t i = 0; i < f->count; i++)
			if (tell(f, &f->batch[i], at_ns, watch, err))
				return -1;
	} while (count == BATCH);
	return 0;
}

/* Can the kernel be asked for @sk alone?  What is no full socket comes and goes by itself. */
static bool is_confirmable(const struct sock *sk)
{
	return (sk->proto == PROTO_TCP || sk->proto == PROTO_UDP) && sk->kind == SOCK_FULL &&
	       sk->state != STATE_BOUND && sk->has & SOCK_HAS_COOKIE && !sk->netns;
}

size_t follower_confirm(struct collector *collector, const struct tracker *tracker,
			const struct snapshot *before, unsigned int facts, struct sink *sink)
{
	struct sock asked[BATCH];
	size_t missing = tracker_missing(tracker);
	size_t vanished = 0;
	size_t count = 0;

	for (size_t i = 0; missing && i < snapshot_count(before); i++) {
		snapshot_sock(before, i, &asked[count]);
		if (!is_confirmable(&asked[count]) || !tracker_is_missing(tracker, &asked[count]))
			continue;
		if (vanished++ >= FOLLOWER_CONFIRM_MAX || ++count < BATCH)
			continue;
		if (collector_exact(collector, asked, count, facts, sink, NULL))
			return missing;
		count = 0;
	}
	if (count && collector_exact(collector, asked, count, facts, sink, NULL))
		return missing;
	return vanished > FOLLOWER_CONFIRM_MAX ? vanished - FOLLOWER_CONFIRM_MAX : 0;
}
