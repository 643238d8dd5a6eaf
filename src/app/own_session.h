/*
 * The connections that carry this very session: closing them would cut the user off.
 */
#ifndef APP_OWN_SESSION_H
#define APP_OWN_SESSION_H

#include <stdbool.h>

#include "model/sock.h"

struct own_session {
	bool known;
	struct endpoint server; /* this host's end */
	struct endpoint client;
};

/*
 * Find it by SSH_CONNECTION; where that is not set, by the SSH_CONNECTION of a
 * process that this one descends from (sudo clears the environment).
 */
void own_session_find(struct own_session *own);

/* Whether the filter @text names it: it has the port of the client's end as a number. */
bool own_session_is_named(const struct own_session *own, const char *text);

/* Whether @sk is one of its two ends (the other may be on this host too). */
bool own_session_has(const struct own_session *own, const struct sock *sk);

#endif
