/* Names of states for headings of a few cells: see short_names.h. */
#include "config.h"

#include "ui/short_names.h"

static const char *const names[STATE_COUNT] = {
	[STATE_LISTEN] = "LISTEN",	     [STATE_SYN_SENT] = "SYN-SNT",
	[STATE_SYN_RECEIVED] = "SYN-RCV",    [STATE_ESTABLISHED] = "ESTAB",
	[STATE_FIN_WAIT_1] = "FIN-W-1",	     [STATE_FIN_WAIT_2] = "FIN-W-2",
	[STATE_CLOSE_WAIT] = "CLOSE-W",	     [STATE_CLOSING] = "CLOSING",
	[STATE_LAST_ACK] = "LST-ACK",	     [STATE_TIME_WAIT] = "TIME-W",
	[STATE_CLOSED] = "CLOSED",	     [STATE_BOUND] = "BOUND",
	[STATE_UNCONNECTED] = "UNCONN",	     [STATE_COOKIE_WAIT] = "COOKIEW",
	[STATE_COOKIE_ECHOED] = "ECHOED",    [STATE_SHUTDOWN_PENDING] = "SHUT-P",
	[STATE_SHUTDOWN_SENT] = "SHUT-S",    [STATE_SHUTDOWN_RECEIVED] = "SHUT-R",
	[STATE_SHUTDOWN_ACK_SENT] = "SHUT-A",
};

const char *state_short_name(enum state s, enum dialect d)
{
	if (d != DIALECT_RFC && state_info(s)->names[d])
		return state_name(s, d);
	return names[s] ? names[s] : state_info(s)->name;
}
