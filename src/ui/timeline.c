/* The states that sockets were seen in: see timeline.h. */
#include "config.h"

#include "ui/timeline.h"

#include <string.h>

static struct timeline *find(struct timelines *t, const struct row_id *id)
{
	for (size_t i = 0; i < t->count; i++)
		if (row_id_equal(&t->line[i].id, id))
			return &t->line[i];
	return NULL;
}

const struct timeline *timelines_find(const struct timelines *t, const struct row_id *id)
{
	for (size_t i = 0; i < t->count; i++)
		if (row_id_equal(&t->line[i].id, id))
			return &t->line[i];
	return NULL;
}

/* A place for another one. */
static struct timeline *room(struct timelines *t)
{
	struct timeline *oldest = &t->line[0];

	if (t->count < TIMELINES_MAX)
		return &t->line[t->count++];
	for (size_t i = 1; i < t->count; i++)
		if (t->line[i].looked_at < oldest->looked_at)
			oldest = &t->line[i];
	return oldest;
}

static void add_step(struct timeline *line, enum state state, uint64_t since_ns, bool before)
{
	if (line->count == TIMELINE_STEPS) {
		line->count--;
		memmove(line->step, line->step + 1, line->count * sizeof(*line->step));
	}
	line->step[line->count++] = (struct timeline_step){ state, since_ns, before };
}

/* The tracker knows one state before this one, and when it first saw the socket. */
static void begin(struct timeline *line, const struct track *track)
{
	if (track->previous != STATE_COUNT)
		add_step(line, track->previous, track->first_seen_ns, true);
	add_step(line, track->state, track->state_since_ns, track->first_pass);
}

void timelines_watch(struct timelines *t, const struct sock *sk, const struct track *track)
{
	const struct row_id id = row_id_of(sk);
	struct timeline *line = find(t, &id);

	if (!line) {
		line = room(t);
		*line = (struct timeline){ .id = id };
		begin(line, track);
	}
	line->looked_at = ++t->looks;
	line->sock = sock_alone(sk);
}

void timelines_update(struct timelines *t, const struct tracker *tracker)
{
	uint64_t now_ns = tracker_last_pass(tracker)->at_ns;

	for (size_t i = 0; i < t->count; i++) {
		struct timeline *line = &t->line[i];
		struct track track;

		if (line->gone_ns)
			continue;
		if (!tracker_find(tracker, &line->sock, &track)) {
			line->gone_ns = now_ns;
		} else if (track.state != line->step[line->count - 1].state) {
			line->sock.state = (uint8_t)track.state;
			add_step(line, track.state, track.state_since_ns, false);
		}
	}
}
