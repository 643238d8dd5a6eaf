/*
 * What is wrong, for the live view: findings beside the ticks, at a bounded price.
 *
 * A pass is judged in slices, between two passes, with the owners of the sockets that
 * ail.  What findings want to know of every socket makes a dump a third dearer, so the
 * time between two judgments grows with what one costs: they take about one hundredth
 * of a core.
 */
#ifndef APP_TROUBLES_H
#define APP_TROUBLES_H

#include "app/session.h"
#include "model/counters.h"
#include "ui/ui.h"

struct troubles;

/* @session is the caller's and must outlive it.  NULL with @err set. */
struct troubles *troubles_new(const struct options *o, struct session *session,
			      struct error *err);
void troubles_free(struct troubles *t); /* NULL is fine */

/*
 * A pass is about to begin: the facts that it has to deliver of every socket, or none
 * when it will not be judged.  Not while troubles_busy(): the pass would overwrite what
 * is judged.
 */
unsigned int troubles_facts(struct troubles *t, uint64_t now_ns);

/* What a pass brought; all of it stays until the next pass begins. */
struct troubles_pass {
	const struct snapshot *snapshot;
	const struct tracker *tracker;
	const struct counters *counters; /* or NULL */
	bool selected;			 /* the filter of the session chose its sockets */
};

/* The pass has ended: judge it, if that is due. */
void troubles_begin(struct troubles *t, const struct troubles_pass *pass);

/* There is something to carry on with. */
bool troubles_busy(const struct troubles *t);

/* Carry on for some milliseconds; true when there is another judgment. */
bool troubles_step(struct troubles *t);

/*
 * The last judgment; valid until troubles_step() says that there is another one, or
 * troubles_begin() returns.
 */
const struct ui_troubles *troubles_list(const struct troubles *t);

#endif
