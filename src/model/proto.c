/* The protocols and socket families: see proto.h and protos.def. */
#include "config.h"

#include "model/proto.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.h"

/* Younger than some C libraries that we build with; the numbers are the kernel's ABI. */
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef AF_XDP
#define AF_XDP 44
#endif

enum {
	TCP_STATES = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_SENT) |
		     STATE_BIT(STATE_SYN_RECEIVED) | STATE_BIT(STATE_ESTABLISHED) |
		     STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_FIN_WAIT_2) |
		     STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_CLOSING) |
		     STATE_BIT(STATE_LAST_ACK) | STATE_BIT(STATE_TIME_WAIT) |
		     STATE_BIT(STATE_CLOSED) | STATE_BIT(STATE_BOUND),
	DATAGRAM_STATES = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_UNCONNECTED),
	SCTP_STATES = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_ESTABLISHED) |
		      STATE_BIT(STATE_CLOSED) | STATE_BIT(STATE_COOKIE_WAIT) |
		      STATE_BIT(STATE_COOKIE_ECHOED) | STATE_BIT(STATE_SHUTDOWN_PENDING) |
		      STATE_BIT(STATE_SHUTDOWN_SENT) | STATE_BIT(STATE_SHUTDOWN_RECEIVED) |
		      STATE_BIT(STATE_SHUTDOWN_ACK_SENT),
	DCCP_STATES = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_SENT) |
		      STATE_BIT(STATE_SYN_RECEIVED) | STATE_BIT(STATE_ESTABLISHED) |
		      STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_CLOSE_WAIT) |
		      STATE_BIT(STATE_CLOSING) | STATE_BIT(STATE_TIME_WAIT) |
		      STATE_BIT(STATE_CLOSED),
	VSOCK_STATES = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_SENT) |
		       STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSING) |
		       STATE_BIT(STATE_UNCONNECTED),
	TIPC_STATES = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_SENT) |
		      STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT) |
		      STATE_BIT(STATE_UNCONNECTED),
};

static const struct proto_info protos[] = {
#define PROTO(symbol, ...) [PROTO_##symbol] = { __VA_ARGS__ },
#include "model/protos.def"
#undef PROTO
};

const struct proto_info *proto_info(enum proto p)
{
	return &protos[p];
}

enum proto proto_find(const char *word, size_t len)
{
	enum proto p;

	for (p = 0; p < PROTO_COUNT; p++)
		if (text_same(word, len, protos[p].name) || text_same(word, len, protos[p].netid) ||
		    text_in_list(word, len, protos[p].aliases))
			break;
	return p;
}
