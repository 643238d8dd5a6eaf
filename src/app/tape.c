/* The counts of a recording: see tape.h. */
#include "config.h"

#include "app/tape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/panel_counts.h"

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define NS_PER_MS UINT64_C(1000000)

/* Read at once: what the shortest history shows, and a screen of some width. */
#define QUICK_MS (10 * MINUTE_MS)

/* Polls that are read in a slice. */
#define SLICE_POLLS 600

/* Polls further apart than so many intervals have a gap between them. */
#define GAP_INTERVALS 3

struct entry {
	uint64_t time_ms;
	uint32_t counts[STATE_COUNT];
};

struct tape {
	struct recording *recording;
	proto_set protos;
	unsigned int families;
	struct entry *entries; /* @capacity of them, in use from @first on: older ones come */
	size_t capacity;
	size_t first;
	size_t count;
	uint64_t from_ms; /* all polls after it and up to @to_ms are there */
	uint64_t to_ms;
	uint64_t at_ms;
	bool full;
};

struct tape *tape_new(struct recording *r)
{
	struct tape *t = calloc(1, sizeof(*t));

	if (t)
		t->recording = r;
	return t;
}

void tape_free(struct tape *t)
{
	if (!t)
		return;
	free(t->entries);
	free(t);
}

static void forget(struct tape *t)
{
	t->first = t->capacity / 2;
	t->count = 0;
	t->from_ms = 0;
	t->to_ms = 0;
	t->full = false;
}

void tape_set_request(struct tape *t, const struct collect_request *request)
{
	t->protos = request->protos;
	t->families = request->families;
	forget(t);
}

static void sum_up(const struct tape *t, const struct recorded_counts *from, uint32_t *counts)
{
	memset(counts, 0, STATE_COUNT * sizeof(*counts));
	for (unsigned int p = 0; p < PROTO_COUNT; p++) {
		state_set states = panel_counts_states(t->protos, p);

		if (!(t->protos & PROTO_BIT(p)))
			continue;
		for (unsigned int s = 0; s < STATE_COUNT; s++) {
			if (!(states & STATE_BIT(s)))
				continue;
			if (t->families & FAMILY_V4)
				counts[s] += from->v4[p][s];
			if (t->families & FAMILY_V6)
				counts[s] += from->v6[p][s];
		}
	}
}

/* Room for @more entries before and behind those there are. */
static int reserve(struct tape *t, size_t more)
{
	size_t capacity = t->count + 2 * more;
	struct entry *entries;
	size_t first;

	if (t->first >= more && t->capacity - t->first - t->count >= more)
		return 0;
	capacity += capacity / 2;
	first = (capacity - t->count) / 2;
	entries = calloc(capacity, sizeof(*entries));
	if (!entries)
		return -1;
	if (t->count)
		memcpy(entries + first, t->entries + t->first, t->count * sizeof(*entries));
	free(t->entries);
	t->entries = entries;
	t->first = first;
	t->capacity = capacity;
	return 0;
}

/* What one reading takes: a list of its own, since older polls go before the others. */
struct batch {
	const struct tape *tape;
	struct entry *entries;
	size_t count;
	size_t capacity;
	bool failed;
};

static int take(void *context, const struct recorded_counts *counts)
{
	struct batch *b = context;

	if (b->count == b->capacity) {
		size_t capacity = b->capacity ? b->capacity * 2 : 1024;
		struct entry *grown = reallocarray(b->entries, capacity, sizeof(*grown));

		b->failed = !grown;
		if (!grown)
			return 1;
		b->entries = grown;
		b->capacity = capacity;
	}
	b->entries[b->count].time_ms = counts->time_ms;
	sum_up(b->tape, counts, b->entries[b->count].counts);
	b->count++;
	return 0;
}

static int read_batch(const struct tape *t, struct batch *b, uint64_t since_ms, uint64_t until_ms,
		      struct error *err)
{
	*b = (struct batch){ .tape = t };
	if (recording_counts(t->recording, since_ms, until_ms, take, b, err))
		return -1;
	return b->failed ? error_set(err, ENOMEM, "cannot read the counts") : 0;
}

/* Read the polls after @since_ms up to @until_ms, before or behind those there are. */
static int splice(struct tape *t, uint64_t since_ms, uint64_t until_ms, bool behind,
		  struct error *err)
{
	struct batch b;
	int failed = read_batch(t, &b, since_ms, until_ms, err);

	if (!failed && reserve(t, b.count))
		failed = error_set(err, ENOMEM, "cannot read the counts");
	if (!failed && b.count) {
		if (!behind)
			t->first -= b.count;
		memcpy(t->entries + t->first + (behind ? t->count : 0), b.entries,
		       b.count * sizeof(*b.entries));
		t->count += b.count;
	}
	free(b.entries);
	return failed;
}

/* The recorded polls within @ms. */
static uint64_t back_from(uint64_t time_ms, uint64_t ms)
{
	return time_ms > ms ? time_ms - ms : 0;
}

static uint64_t slice_ms(const struct tape *t)
{
	uint32_t interval_ms = recording_info(t->recording)->interval_ms;

	return SLICE_POLLS * (uint64_t)(interval_ms ? interval_ms : 1000);
}

/* The oldest time that a history shows: of a whole minute, as its slots are. */
static uint64_t oldest_ms(uint64_t at_ms)
{
	return back_from(at_ms / MINUTE_MS * MINUTE_MS, TAPE_HOURS * HOUR_MS - MINUTE_MS);
}

/* What nobody will ask for soon makes room. */
static void drop_oldest(struct tape *t)
{
	uint64_t keep_ms = back_from(t->at_ms, (TAPE_HOURS + 1) * HOUR_MS);

	while (t->count > TAPE_MAX || (t->count && t->entries[t->first].time_ms <= keep_ms)) {
		t->from_ms = t->entries[t->first].time_ms;
		t->first++;
		t->count--;
	}
}

int tape_move(struct tape *t, uint64_t time_ms, struct error *err)
{
	uint64_t quick_ms = back_from(time_ms, QUICK_MS);

	t->at_ms = time_ms;
	t->full = t->full && time_ms > t->from_ms;
	if (t->to_ms && time_ms <= t->to_ms && quick_ms >= t->from_ms)
		return 0;
	if (!t->to_ms || time_ms > t->to_ms + HOUR_MS || quick_ms < t->from_ms) {
		forget(t);
		t->from_ms = quick_ms;
		t->to_ms = quick_ms;
	}
	if (splice(t, t->to_ms, time_ms, true, err)) {
		forget(t);
		return -1;
	}
	t->to_ms = time_ms;
	drop_oldest(t);
	return 0;
}

bool tape_wants(const struct tape *t)
{
	uint64_t first_ms = recording_info(t->recording)->first_ms;
	uint64_t oldest = oldest_ms(t->at_ms);

	return t->to_ms && !t->full && t->from_ms >= first_ms && t->from_ms >= oldest;
}

int tape_step(struct tape *t, struct error *err)
{
	uint64_t since_ms = back_from(t->from_ms, slice_ms(t));

	if (splice(t, since_ms, t->from_ms, false, err)) {
		t->full = true; /* what cannot be read is not asked for again and again */
		return -1;
	}
	t->from_ms = since_ms;
	t->full = !since_ms || t->count >= TAPE_MAX;
	return 0;
}

/*
 * Between two polls further apart than a slot what was there at the first one goes on,
 * unless nothing was polled for long: slots without a sample are gaps.
 */
static void hold(struct history *h, const struct tape *t, const struct entry *e, uint64_t until_ms)
{
	uint32_t interval_ms = recording_info(t->recording)->interval_ms;
	uint64_t age_ms = t->at_ms - e->time_ms;
	uint64_t slot_ms = age_ms < QUICK_MS ? 1000 : age_ms < 2 * HOUR_MS ? 10000 : MINUTE_MS;

	if (until_ms - e->time_ms > (uint64_t)GAP_INTERVALS * interval_ms)
		return;
	for (uint64_t at = e->time_ms + slot_ms; at < until_ms; at += slot_ms)
		history_add(h, at * NS_PER_MS, e->counts);
}

struct history *tape_history(const struct tape *t)
{
	struct history *h = history_new();
	uint64_t oldest = oldest_ms(t->at_ms);

	for (size_t i = 0; h && i < t->count; i++) {
		const struct entry *e = &t->entries[t->first + i];

		if (e->time_ms > t->at_ms)
			break;
		if (e->time_ms < oldest)
			continue;
		history_add(h, e->time_ms * NS_PER_MS, e->counts);
		if (i + 1 < t->count && e[1].time_ms <= t->at_ms)
			hold(h, t, e, e[1].time_ms);
	}
	return h;
}

/* The first poll of @b, or the last one, that has another count than the one before. */
static bool find_change(const struct batch *b, struct tape_search *search)
{
	bool found = false;

	for (size_t i = 1; i < b->count && (search->back || !found); i++) {
		uint32_t before = b->entries[i - 1].counts[search->state];
		uint32_t after = b->entries[i].counts[search->state];

		if (before == after)
			continue;
		found = true;
		search->at_ms = b->entries[i].time_ms;
		search->before = before;
		search->after = after;
	}
	return found;
}

/* The last poll before @time_ms, so that a change at the edge of a slice is seen. */
static int edge_before(struct tape *t, uint64_t time_ms, uint64_t *out, struct error *err)
{
	struct recorded_poll poll;
	int rc = recording_poll_before(t->recording, time_ms, &poll, err);

	*out = rc > 0 ? poll.time_ms : time_ms;
	return rc < 0 ? -1 : 0;
}

int tape_search(struct tape *t, struct tape_search *search, struct error *err)
{
	uint64_t since_ms = search->at_ms;
	uint64_t until_ms = search->at_ms + slice_ms(t);
	struct batch b;
	bool found;

	if (search->back ? search->at_ms <= search->limit_ms : search->at_ms >= search->limit_ms)
		return 0;
	if (search->back) {
		until_ms = search->at_ms - 1;
		since_ms = back_from(search->at_ms, slice_ms(t));
	}
	if (edge_before(t, since_ms, &since_ms, err) ||
	    read_batch(t, &b, since_ms ? since_ms - 1 : 0, until_ms, err))
		return -1;
	found = find_change(&b, search);
	free(b.entries);
	if (found)
		return 1;
	search->at_ms = search->back ? since_ms + 1 : until_ms;
	if (search->back && since_ms <= search->limit_ms)
		return 0;
	return 2;
}
