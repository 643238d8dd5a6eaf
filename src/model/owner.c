/* Words for why a socket's owner is known or not: see owner.h. */
#include "config.h"

#include "model/owner.h"

static const char *const reasons[] = {
	[OWNER_KNOWN] = "held by",
	[OWNER_NOT_LOOKED_UP] = "not looked up",
	[OWNER_ACCEPT_QUEUE] = "in the accept queue of",
	[OWNER_HALF_OPEN] = "half-open, for the listener of",
	[OWNER_LAST_SEEN] = "closed, last held by",
	[OWNER_SERVER_SIDE] = "closed, server side of",
	[OWNER_ORPHANED] = "orphaned: closed by its process, finished by the kernel",
	[OWNER_KERNEL] = "the kernel itself",
	[OWNER_NOT_PERMITTED] = "not permitted: needs root or CAP_SYS_PTRACE",
	[OWNER_NOT_FOUND] = "no process seen here holds it",
};

const char *owner_reason_text(enum owner_reason reason)
{
	return reasons[reason];
}
