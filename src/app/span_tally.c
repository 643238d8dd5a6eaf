/*
 * Counting over a span of a recording: see span_tally.h.
 *
 * A count is looked at again only when it changes: how it was at the polls since then is
 * settled in one step.
 */
#include "config.h"

#include "app/span_tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/timeline.h"
#include "base/array.h"

static int note_poll(void *context, const struct recorded_counts *counts)
{
	struct span_tally *t = context;
	uint64_t *polls = array_room(t->polls, &t->poll_room, t->poll_count, 1024, sizeof(*polls));

	if (!polls)
		return error_set(t->err, ENOMEM, "cannot count");
	t->polls = polls;
	t->polls[t->poll_count++] = counts->time_ms;
	return 0;
}

/* How many polls there were before @time_ms. */
static size_t polls_before(const struct span_tally *t, uint64_t time_ms)
{
	size_t low = 0;
	size_t high = t->poll_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->polls[middle] < time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The count stayed as it is up to the poll before number @polls. */
static void settle(struct span_count *c, size_t polls)
{
	if (polls <= c->settled)
		return;
	c->sum += c->now * (polls - c->settled);
	c->settled = polls;
	if (c->now < c->least)
		c->least = c->now;
	if (c->now > c->most)
		c->most = c->now;
}

static void put_bytes(struct buffer *b, const void *bytes, size_t len)
{
	buffer_put(b, bytes, len);
}

/* What is equal in two equal values, as bytes: a head of 8, then the rest. */
static void put_value(struct buffer *b, const struct value *v)
{
	uint64_t kind = v->kind | (uint64_t)v->dual_stack << 8;

	put_bytes(b, &kind, sizeof(kind));
	switch ((enum value_kind)v->kind) {
	case VALUE_NONE:
		buffer_puts(b, v->text ? v->text : "");
		break;
	case VALUE_TEXT:
		put_bytes(b, v->text, v->len);
		break;
	case VALUE_ENDPOINT:
	case VALUE_ADDRESS:
		put_bytes(b, v->endpoint->bytes, sizeof(v->endpoint->bytes));
		put_bytes(b, &v->endpoint->family, sizeof(v->endpoint->family));
		put_bytes(b, &v->endpoint->port, v->kind == VALUE_ENDPOINT ? 2 : 0);
		break;
	case VALUE_COUNT:
	case VALUE_RATIO:
		put_bytes(b, &v->count, sizeof(v->count));
		break;
	case VALUE_STATE:
		put_bytes(b, &v->state, sizeof(v->state));
		break;
	case VALUE_BOOL:
		put_bytes(b, &v->truth, sizeof(v->truth));
		break;
	}
}

struct value span_tally_value(const struct span_tally *t, size_t i, struct endpoint *room)
{
	const struct intern_entry *entry = intern_entry(&t->keys, (uint32_t)i);
	const char *bytes = (const char *)entry->bytes + sizeof(uint64_t);
	size_t len = entry->len - sizeof(uint64_t);
	uint64_t kind;
	struct value v;

	memcpy(&kind, entry->bytes, sizeof(kind));
	v = (struct value){ .kind = (uint8_t)kind, .dual_stack = kind >> 8 & 1 };
	switch ((enum value_kind)v.kind) {
	case VALUE_NONE:
		v.text = len ? bytes : NULL;
		break;
	case VALUE_TEXT:
		v.text = bytes;
		v.len = (uint32_t)len;
		break;
	case VALUE_ENDPOINT:
	case VALUE_ADDRESS:
		*room = (struct endpoint){ .family = (uint8_t)bytes[sizeof(room->bytes)] };
		memcpy(room->bytes, bytes, sizeof(room->bytes));
		if (v.kind == VALUE_ENDPOINT)
			memcpy(&room->port, bytes + sizeof(room->bytes) + 1, sizeof(room->port));
		v.endpoint = room;
		break;
	case VALUE_COUNT:
	case VALUE_RATIO:
		memcpy(&v.count, bytes, sizeof(v.count));
		break;
	case VALUE_STATE:
		memcpy(&v.state, bytes, sizeof(v.state));
		break;
	case VALUE_BOOL:
		memcpy(&v.truth, bytes, sizeof(v.truth));
		break;
	}
	return v;
}

static void put_state(struct buffer *b, uint8_t proto, uint8_t state)
{
	const uint8_t bytes[] = { proto, state };

	b->used = 0;
	put_bytes(b, bytes, sizeof(bytes));
}

static bool is_counted(const struct span_tally *t, const struct row *row)
{
	return replay_asked(&t->session->request, row->sock) && session_keeps(t->session, row);
}

/* No count. */
#define NOWHERE SIZE_MAX

/*
 * The number of the count that @row belongs to into @at; NOWHERE where it is not
 * counted.  0, or -1 with the error set without memory.
 */
static int count_of(struct span_tally *t, const struct row *row, size_t *at)
{
	size_t before = t->keys.count;
	struct span_count *counts;
	uint32_t number;

	*at = NOWHERE;
	if (!is_counted(t, row))
		return 0;
	put_state(&t->key, row->sock->proto, row->sock->state);
	if (t->by) {
		const struct value v = column_value(t->by, row);

		t->key.used = 0;
		put_value(&t->key, &v);
	}
	counts = array_room(t->counts, &t->room, before, 64, sizeof(*counts));
	if (!counts)
		return error_set(t->err, ENOMEM, "cannot count");
	t->counts = counts;
	if (t->key.error || intern_add(&t->keys, t->key.data, t->key.used, &number))
		return error_set(t->err, ENOMEM, "cannot count");
	if (number == before)
		t->counts[number] = (struct span_count){ .least = UINT64_MAX };
	*at = number;
	return 0;
}

static void add(struct span_tally *t, struct span_count *c, uint64_t time_ms, int n)
{
	settle(c, polls_before(t, time_ms));
	if (n > 0)
		c->now++;
	else if (c->now)
		c->now--;
}

/* One that came into, or went from, what is counted here. */
static void note_arrival(struct span_tally *t, struct span_count *c,
			 const struct timeline_event *e, bool changed)
{
	add(t, c, e->time_ms, 1);
	c->opened += e->kind == TIMELINE_OPENED;
	c->entered += changed;
}

static void note_departure(struct span_tally *t, struct span_count *c,
			   const struct timeline_event *e)
{
	add(t, c, e->time_ms, -1);
	c->closed += e->kind == TIMELINE_CLOSED;
	c->left += e->kind == TIMELINE_CHANGED;
}

/* The sums of a protocol: a change of state is none there. */
static void note_all(struct span_tally *t, const struct timeline_event *e, bool was, bool is)
{
	struct span_count *all = &t->all[e->what->sock.proto];

	if (was && is)
		all->changed++;
	else if (is)
		note_arrival(t, all, e, e->kind == TIMELINE_CHANGED);
	else if (was)
		note_departure(t, all, e);
}

static int note_event(void *context, const struct timeline_event *e)
{
	struct span_tally *t = context;
	struct sock sk = e->what->sock;
	struct row row = { .sock = &sk };
	size_t from = NOWHERE;
	size_t to = NOWHERE;

	replay_row(t->session->replay, e->what, e->time_ms, &row);
	sk.state = (uint8_t)e->from;
	if (e->from < STATE_COUNT && count_of(t, &row, &from))
		return -1;
	sk.state = (uint8_t)e->to;
	if (e->to < STATE_COUNT && count_of(t, &row, &to))
		return -1;
	note_all(t, e, from != NOWHERE, to != NOWHERE);
	if (from != NOWHERE && from == to) {
		t->counts[to].changed++;
		return 0;
	}
	if (from != NOWHERE)
		note_departure(t, &t->counts[from], e);
	if (to != NOWHERE)
		note_arrival(t, &t->counts[to], e, e->kind == TIMELINE_CHANGED);
	return 0;
}

int span_tally_run(struct span_tally *t, struct session *s, const struct column *by,
		   struct error *err)
{
	struct recording *r = replay_recording(s->replay);
	uint64_t since = replay_since_ms(s->replay);
	uint64_t until = replay_until_ms(s->replay);

	*t = (struct span_tally){ .session = s, .by = by, .err = err };
	buffer_init(&t->key, -1);
	for (size_t p = 0; p < PROTO_COUNT; p++)
		t->all[p].least = UINT64_MAX;
	err->text[0] = '\0';
	/* the beginning counts as a poll: what was there then is the first that is known */
	if (note_poll(t, &(struct recorded_counts){ .time_ms = since }) ||
	    recording_counts(r, since, until, note_poll, t, err) || *err->text ||
	    timeline_run(r, since, until, note_event, t, err))
		return -1;
	for (size_t i = 0; i < t->keys.count; i++)
		settle(&t->counts[i], t->poll_count);
	for (size_t p = 0; p < PROTO_COUNT; p++)
		settle(&t->all[p], t->poll_count);
	return 0;
}

void span_tally_fini(struct span_tally *t)
{
	intern_fini(&t->keys);
	buffer_fini(&t->key);
	free(t->counts);
	free(t->polls);
}

const struct span_count *span_tally_state(const struct span_tally *t, enum proto proto,
					  enum state state)
{
	const uint8_t bytes[] = { (uint8_t)proto, (uint8_t)state };
	uint32_t number;

	return intern_find(&t->keys, bytes, sizeof(bytes), &number) ? &t->counts[number] : NULL;
}
