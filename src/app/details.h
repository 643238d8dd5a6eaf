/*
 * What is known of a socket beyond the socket: who holds it, whose it was, names.
 *
 * Look-ups are made only for the sockets that are going to be shown: note them with
 * details_want(), look all of them up at once, then complete row by row.
 */
#ifndef APP_DETAILS_H
#define APP_DETAILS_H

#include <stdbool.h>

#include "app/names.h"
#include "app/options.h"
#include "collect/collect.h"
#include "model/snapshot.h"
#include "query/columns.h"

struct details;
struct replay;

/* Facts that are looked up row by row, whatever the other rows. */
#define FACTS_BY_ROW (FACT_USER_NAMES | FACT_CGROUP_PATH | FACT_NETNS)

/*
 * @facts: enum fact bits that are wanted, of sockets that @c, which must live as long,
 * collects as @o asks for.  With @replay (or NULL) all is as it was recorded there.
 * NULL with @err set on failure.
 */
struct details *details_open(unsigned int facts, const struct options *o,
			     const struct collector *c, struct replay *replay,
			     struct error *err);
void details_close(struct details *d); /* NULL is fine */

/* Begin anew: nothing is wanted. */
void details_reset(struct details *d);

/* @sk is going to be shown.  0, or -1 with @err set without memory. */
int details_want(struct details *d, const struct sock *sk, struct error *err);

/* The names of its hosts are wanted as well: apart, since these cost most. */
int details_want_names(struct details *d, const struct sock *sk, struct error *err);

/*
 * Find out about everything wanted.  @c is asked for the listeners when these are
 * wanted, or when a socket without a descriptor is among the sockets.  0, or -1 with
 * @err set.
 */
int details_look_up(struct details *d, struct collector *c, struct error *err);

/*
 * The same, but owners are looked for in the background where that takes long: until
 * details_busy() is false those of all sockets are not known.  The functions above
 * wait for its end.
 */
int details_look_up_soon(struct details *d, struct collector *c, struct error *err);
bool details_busy(struct details *d);

/* The same after waiting for at most @wait_ms. */
bool details_wait(struct details *d, unsigned int wait_ms);

/*
 * A poll brought @s at @now_ns, with tcp_info: what holds its transfers back is told by it
 * and the one before.  Nothing where that is not wanted.  0, or -1 with @err set.
 */
int details_note_transfers(struct details *d, const struct snapshot *s, uint64_t now_ns,
			   struct error *err);

/* That is wanted, and no poll was noted yet. */
bool details_lack_poll(const struct details *d);

/* Find out about names alone, those wanted since the last look. */
void details_look_up_names(struct details *d);

/*
 * Complete @row (a row_source's function): what it points to is valid until the
 * next call.
 */
void details_complete(void *context, struct row *row);

/* Who holds @sk, as details_complete() tells; false where that is not wanted. */
bool details_owners(struct details *d, const struct sock *sk, struct owners *out);

/* Complete only what needs no look-up before: FACTS_BY_ROW. */
void details_complete_at_once(struct details *d, struct row *row);

/* What makes names of numbers; NULL where names are not wanted. */
struct names *details_names(const struct details *d);

#endif
