/*
 * Stays by time: see recording_stays.h.
 *
 * The index alone tells which ones may have been there at a moment; when they ended is
 * looked up in the order of sockets, which is the order of the file: two joins over all
 * of them cost a fraction of what they cost one by one.
 */
#include "config.h"

#include "store/recording_stays.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

int stays_add(struct stays *stays, const struct stay *stay, struct error *err)
{
	struct stay *list = array_room(stays->list, &stays->room, stays->count, 1024,
				       sizeof(*list));

	if (!list)
		return error_set(err, ENOMEM, "cannot read a recording");
	stays->list = list;
	stays->list[stays->count++] = *stay;
	return 0;
}

void stays_fini(struct stays *stays)
{
	free(stays->list);
	*stays = (struct stays){ .count = 0 };
}

int stays_begun(struct recording *r, int level, int64_t since_ms, int64_t until_ms,
		struct stays *out, struct error *err)
{
	sqlite3_stmt *s = recording_ask(r, QUERY_STAYS, err);
	int rc;

	if (!s)
		return -1;
	sqlite.bind_int(s, 1, level);
	sqlite.bind_int64(s, 2, since_ms);
	sqlite.bind_int64(s, 3, until_ms);
	while ((rc = recording_step(r, s, err)) > 0) {
		const struct stay stay = {
			.socket = sqlite.column_int64(s, 0),
			.since_ms = sqlite.column_int64(s, 1),
			.number = sqlite.column_int64(s, 2),
			.level = level,
		};

		if (stays_add(out, &stay, err))
			return -1;
	}
	return rc;
}

/* Of stays of one socket: of those that began together the shortest was the first. */
static bool is_earlier(int64_t since_ms, int level, int64_t number, const struct stay *stay)
{
	if (since_ms != stay->since_ms)
		return since_ms < stay->since_ms;
	return level < stay->level || (level == stay->level && number < stay->number);
}

static bool is_nearer(int64_t since_ms, int level, int64_t number, const struct stay *stay)
{
	if (!stay->has_previous || since_ms != stay->previous_since_ms)
		return !stay->has_previous || since_ms > stay->previous_since_ms;
	return level > stay->previous_level ||
	       (level == stay->previous_level && number > stay->previous);
}

/* A stay of the socket of @stay: itself, or one that may be the one before. */
static void note_stay(struct stay *stay, sqlite3_stmt *s)
{
	int64_t since_ms = sqlite.column_int64(s, 1);
	int64_t number = sqlite.column_int64(s, 2);
	int level = (int)sqlite.column_int64(s, 4);

	if (since_ms == stay->since_ms && number == stay->number) {
		stay->until_ms = (int64_t)recording_u64(s, 3);
	} else if (is_earlier(since_ms, level, number, stay) &&
		   is_nearer(since_ms, level, number, stay)) {
		stay->has_previous = true;
		stay->previous = number;
		stay->previous_level = level;
		stay->previous_since_ms = since_ms;
	}
}

struct stay *stays_named(const struct recording *r, const struct stays *stays, int64_t place,
			 struct error *err)
{
	if (place >= 0 && (uint64_t)place < stays->count)
		return &stays->list[place];
	error_set(err, 0, "'%s' is damaged: it has a table 'wanted'", r->path);
	return NULL;
}

int stays_look_back(struct recording *r, struct stays *stays, bool near, struct error *err)
{
	sqlite3_stmt *s = recording_ask(r, near ? QUERY_BACK_NEAR : QUERY_BACK, err);
	int rc = -1;

	r->wanted = stays->list;
	r->wanted_count = stays->count;
	while (s && (rc = recording_step(r, s, err)) > 0) {
		struct stay *stay = stays_named(r, stays, sqlite.column_int64(s, 0), err);

		if (!stay) {
			sqlite.reset(s);
			return -1;
		}
		note_stay(stay, s);
	}
	return rc;
}

/* By socket, and of one socket the latest first. */
static int compare(const void *a, const void *b)
{
	const struct stay *x = a;
	const struct stay *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	if (x->since_ms != y->since_ms)
		return x->since_ms > y->since_ms ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void sort(struct stays *stays)
{
	if (stays->count)
		qsort(stays->list, stays->count, sizeof(*stays->list), compare);
}

/* Only a damaged file has a socket in two states at once. */
static void keep_those_at(struct stays *stays, int64_t time_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < stays->count; i++) {
		const struct stay *stay = &stays->list[i];

		if ((stay->until_ms && stay->until_ms <= time_ms) ||
		    (kept && stays->list[kept - 1].socket == stay->socket))
			continue;
		stays->list[kept++] = *stay;
	}
	stays->count = kept;
}

int stays_at(struct recording *r, int64_t time_ms, struct stays *out, struct error *err)
{
	/* what lasted no time at all was at no moment: level 0 is left out */
	for (int level = 1; level <= LEVEL_MAX; level++)
		if (stays_begun(r, level, time_ms - ((int64_t)1 << level), time_ms, out, err))
			return -1;
	if (stays_begun(r, LEVEL_OPEN, -1, time_ms, out, err))
		return -1;
	sort(out);
	if (stays_look_back(r, out, false, err))
		return -1;
	keep_those_at(out, time_ms);
	return 0;
}

int stays_between(struct recording *r, int64_t since_ms, int64_t until_ms, struct stays *out,
		  struct error *err)
{
	for (int level = 0; level <= LEVEL_MAX; level++)
		if (stays_begun(r, level, since_ms - ((int64_t)1 << level), until_ms, out, err))
			return -1;
	sort(out);
	r->wanted = out->list;
	r->wanted_count = out->count;
	return 0;
}
