/*
 * Stays, as the sockets of a recording are found: by time, each with the one before it.
 * For recording*.c only.
 */
#ifndef STORE_RECORDING_STAYS_H
#define STORE_RECORDING_STAYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/recording_db.h"

/* No stay of a level above this one ends before the clock does. */
#define LEVEL_MAX 44

/* A zero-filled one is a valid empty one. */
struct stays {
	struct stay *list;
	size_t count;
	size_t room;
};

int stays_add(struct stays *stays, const struct stay *stay, struct error *err);
void stays_fini(struct stays *stays);

/*
 * Those of level @level that began after @since_ms and not later than @until_ms, without
 * their ends.  All return 0, or -1 with @err set.
 */
int stays_begun(struct recording *r, int level, int64_t since_ms, int64_t until_ms,
		struct stays *out, struct error *err);

/*
 * Complete @stays with their ends and the stays before them.  Where one socket may be
 * among them again and again, @near keeps each look back short.
 */
int stays_look_back(struct recording *r, struct stays *stays, bool near, struct error *err);

/*
 * The one at @place, as a row of the table "wanted" has it.  NULL with @err set where there
 * is none: the file has brought a table of that name.
 */
struct stay *stays_named(const struct recording *r, const struct stays *stays, int64_t place,
			 struct error *err);

/* In the order of sockets, those that went on at @time_ms: one a socket. */
int stays_at(struct recording *r, int64_t time_ms, struct stays *out, struct error *err);

/* In the order of sockets, all that may have ended after @since_ms until @until_ms. */
int stays_between(struct recording *r, int64_t since_ms, int64_t until_ms, struct stays *out,
		  struct error *err);

/* As the clock of a recording has it. */
static inline int64_t clamp_time(uint64_t time_ms)
{
	return time_ms > INT64_MAX ? INT64_MAX : (int64_t)time_ms;
}

#endif
