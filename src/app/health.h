/*
 * The health of this host: what findings need, gathered pass after pass.
 */
#ifndef APP_HEALTH_H
#define APP_HEALTH_H

#include "app/options.h"
#include "app/session.h"
#include "model/findings.h"

struct health;

/*
 * @facts are wanted beside those that findings need.
 * Speaks by itself when something is wrong, and returns NULL with the exit status in
 * @status.
 */
struct health *health_open(const struct options *o, unsigned int facts, int *status);
void health_close(struct health *h); /* NULL is fine */

/* Look once, and judge.  0, or -1 with @err set. */
int health_look(struct health *h, struct error *err);

/* Borrowed, valid until health_close(); what it lists until the next health_look(). */
const struct findings *health_findings(const struct health *h);

/* How the last look was taken, and what it saw.  Borrowed, the same. */
const struct session *health_session(const struct health *h);
const struct snapshot *health_snapshot(const struct health *h);
const struct counters *health_counters(const struct health *h); /* or NULL: not known */

/* The time of the last look: CLOCK_MONOTONIC, and since the epoch. */
uint64_t health_at_ns(const struct health *h);
uint64_t health_wall_ns(const struct health *h);

/* Say on standard error what the last look could not look into. */
void health_say_gaps(const struct health *h);

/* Why the kernel's counters were not looked at in the last look; NULL: they were. */
const char *health_without_counters(const struct health *h);

#endif
