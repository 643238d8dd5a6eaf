/*
 * The counts of a recording, poll by poll, as far back as a history goes.
 *
 * A window of TAPE_HOURS before the moment that is looked at is kept, TAPE_MAX polls
 * at most.  What is needed at once is read at once, what is older in slices.
 */
#ifndef APP_TAPE_H
#define APP_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/collect.h"
#include "model/history.h"
#include "store/recording.h"

#define TAPE_HOURS 24
#define TAPE_MAX 200000

struct tape;

/* @r must live as long.  NULL without memory. */
struct tape *tape_new(struct recording *r);
void tape_free(struct tape *t); /* NULL is fine */

/* Count only what @request asks for.  What was read is forgotten. */
void tape_set_request(struct tape *t, const struct collect_request *request);

/*
 * @time_ms is looked at from now on: its last minutes are read.  0, or -1 with @err
 * set.
 */
int tape_move(struct tape *t, uint64_t time_ms, struct error *err);

/* Is there more to read that a history would show? */
bool tape_wants(const struct tape *t);

/* Read some of it.  0, or -1 with @err set. */
int tape_step(struct tape *t, struct error *err);

/* A history as of the moment that is looked at; NULL without memory. */
struct history *tape_history(const struct tape *t);

/* Where the search for a change of a count stands. */
struct tape_search {
	enum state state;
	bool back;
	uint64_t at_ms; /* from where; then: where it is */
	uint64_t limit_ms; /* the end of the recording in that direction */
	uint32_t before; /* the count up to there, and from there on */
	uint32_t after;
};

/*
 * Look for the nearest poll at which the count of search->state is not that of the
 * poll before, a slice at a time.  1: found, 2: to be called again, 0: there is none,
 * -1 with @err set.
 */
int tape_search(struct tape *t, struct tape_search *search, struct error *err);

#endif
