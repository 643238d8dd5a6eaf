/*
 * What findings ask for beside sockets and counters: who holds a socket, the limits of a
 * process, settings of this host.
 */
#ifndef APP_EVIDENCE_H
#define APP_EVIDENCE_H

#include "app/session.h"
#include "model/findings.h"

struct evidence {
	const struct options *o;
	struct session *session; /* its filter says which sockets are looked at */
	struct details *details; /* that know owners */
	bool asked;		 /* see evidence_ask() */
};

/*
 * Fill @input but for its sockets and its tracker; @counters may be NULL.  @e must stay
 * until the pass has been judged, and is the context of what it asks.
 */
void evidence_fill(struct evidence *e, const struct counters *counters,
		   struct finding_input *input);

/*
 * Owners on demand: from evidence_ask() on @input knows no owner, but notes whose are asked
 * for.  evidence_answer() begins to look these up and lets @input know them, once
 * evidence_wait() says that nothing is under way any more; false when none were asked for,
 * and what was observed meanwhile is all there is.
 */
void evidence_ask(struct evidence *e, struct finding_input *input);
bool evidence_answer(struct evidence *e, struct finding_input *input);
bool evidence_wait(struct evidence *e, unsigned int wait_ms);

/*
 * The names of what could not be judged in the last pass, "accept-queue-full, half-open",
 * into @out; returns it, or NULL where there are none.
 */
const char *evidence_unjudged(const struct findings *f, char *out, size_t size);

/* The value of a sysctl on this host into @out, or false. */
bool evidence_sysctl(const struct options *o, const char *name, char *out, size_t size);

#endif
