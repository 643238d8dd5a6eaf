/* The protocols and socket families: see proto.h and protos.def. */
#include "config.h"

#include "model/proto.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.h"
#include "model/sock.h"

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

static const struct proto_type types[] = {
	{ PROTO_UNIX, SOCK_TYPE_STREAM, "unix_stream", "u_str" },
	{ PROTO_UNIX, SOCK_TYPE_DGRAM, "unix_dgram", "u_dgr" },
	{ PROTO_UNIX, SOCK_TYPE_SEQPACKET, "unix_seqpacket", "u_seq" },
	{ PROTO_PACKET, SOCK_TYPE_RAW, "packet_raw", "p_raw" },
	{ PROTO_PACKET, SOCK_TYPE_DGRAM, "packet_dgram", "p_dgr" },
	{ PROTO_VSOCK, SOCK_TYPE_STREAM, "vsock_stream", "v_str" },
	{ PROTO_VSOCK, SOCK_TYPE_DGRAM, "vsock_dgram", "v_dgr" },
	{ PROTO_VSOCK, SOCK_TYPE_SEQPACKET, "vsock_seqpacket", "v_seq" },
	{ PROTO_TIPC, SOCK_TYPE_STREAM, "tipc_stream", "ti_st" },
	{ PROTO_TIPC, SOCK_TYPE_DGRAM, "tipc_dgram", "ti_dg" },
	{ PROTO_TIPC, SOCK_TYPE_RDM, "tipc_rdm", "ti_rd" },
	{ PROTO_TIPC, SOCK_TYPE_SEQPACKET, "tipc_seqpacket", "ti_sq" },
};

#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

const struct proto_type *proto_type_find(const char *word, size_t len)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (text_same(word, len, types[i].name) || text_same(word, len, types[i].netid))
			return &types[i];
	return NULL;
}

const char *proto_netid(enum proto p, unsigned int type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (types[i].proto == p && types[i].type == type)
			return types[i].netid;
	return protos[p].netid;
}

const char *proto_type_name(unsigned int type)
{
	static const char *const names[SOCK_TYPE_COUNT] = {
		[SOCK_TYPE_STREAM] = "stream",
		[SOCK_TYPE_DGRAM] = "dgram",
		[SOCK_TYPE_RAW] = "raw",
		[SOCK_TYPE_RDM] = "rdm",
		[SOCK_TYPE_SEQPACKET] = "seqpacket",
		[SOCK_TYPE_PACKET] = "packet",
	};

	return type < SOCK_TYPE_COUNT ? names[type] : NULL;
}

bool proto_has_types(enum proto p)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (types[i].proto == p)
			return true;
	return false;
}

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
