/*
 * Who holds a socket: processes and descriptors, or why nobody can be named.
 */
#ifndef MODEL_OWNER_H
#define MODEL_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One descriptor of one process.  Texts are raw bytes, chosen by others. */
struct owner {
	uint32_t pid;
	int32_t fd;
	uint64_t start_time; /* of the process, in clock ticks since boot; with pid its identity */
	const char *command; /* comm, NUL-terminated */
	const char *command_line; /* arguments joined by blanks; NULL: kernel thread or not read */
	uint32_t uid;	     /* real uid of the process, where @uid_known */
	bool uid_known;
};

/* Why there is no process to show. */
enum owner_reason {
	OWNER_KNOWN,
	OWNER_NOT_LOOKED_UP,
	OWNER_ACCEPT_QUEUE,  /* waiting for accept() of the listener's owner, given in list */
	OWNER_HALF_OPEN,     /* a request sock of the listener's owner, given in list */
	OWNER_LAST_SEEN,     /* closed: who held it before, given in list */
	OWNER_SERVER_SIDE,   /* closed: whose port it used, given in list */
	OWNER_ORPHANED,	     /* closed by its process; the kernel finishes it */
	OWNER_KERNEL,	     /* a socket of the kernel itself */
	OWNER_NOT_PERMITTED, /* held by a process that may not be looked into */
	OWNER_NOT_FOUND,     /* nobody seen here holds it (other pid namespace, in flight) */
};

/*
 * Without a list all but the reason is unknown: OWNER_ACCEPT_QUEUE and
 * OWNER_HALF_OPEN always have one, for where the listener's owner is not known
 * the reason is why that is so.
 */
struct owners {
	enum owner_reason reason;
	size_t count;		  /* all holders, lowest pid first */
	const struct owner *list; /* borrowed, as long as whoever gave it says */
	bool hidden;		  /* closed: whose port it used may not be looked at */
};

/*
 * A few words for each reason: "in the accept queue of".  Those with a list of
 * owners want a name after them, the others stand alone.  Borrowed, valid for ever.
 */
const char *owner_reason_text(enum owner_reason reason);

#endif
