/* Who holds a socket, in words: see owner.h. */
#include "config.h"

#include "model/owner.h"

static const char *const reason_texts[] = {
	[OWNER_KNOWN] = "held by",
	[OWNER_NOT_LOOKED_UP] = "not looked up",
	[OWNER_ACCEPT_QUEUE] = "in the accept queue of",
	[OWNER_HALF_OPEN] = "half-open for the listener of",
	[OWNER_LAST_SEEN] = "last seen owned by",
	[OWNER_ORPHANED] = "orphaned: closed by its process, finished by the kernel",
	[OWNER_KERNEL] = "owned by the kernel",
	[OWNER_NOT_PERMITTED] = "not permitted: run as root or with CAP_SYS_PTRACE",
	[OWNER_NOT_FOUND] = "not found: no process seen here holds it",
};

const char *owner_reason_text(enum owner_reason reason)
{
	return reason_texts[reason];
}
