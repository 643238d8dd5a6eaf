/*
 * sock_diag for TIPC sockets.
 *
 * Unlike the other families' answers these have no struct in front: all is in one nest
 * of attributes.  The address is the number of a node and that of a socket on it.
 */
#include "config.h"

#include "collect/tipc_diag.h"

#include <linux/tipc_netlink.h>
#include <linux/tipc_sockets_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/diag.h"

static const struct diag_state states[] = {
	{ KERNEL_ESTABLISHED, STATE_ESTABLISHED },
	{ KERNEL_SYN_SENT, STATE_SYN_SENT },
	{ KERNEL_CLOSE, STATE_UNCONNECTED },
	{ KERNEL_CLOSE_WAIT, STATE_CLOSE_WAIT },
	{ KERNEL_LISTEN, STATE_LISTEN },
};

static bool tipc_prepare(struct dump_spec *spec)
{
	return diag_prepare(spec, states, sizeof(states) / sizeof(states[0]));
}

static void tipc_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct tipc_sock_diag_req *req = diag_request(request, sizeof(*req));

	req->sdiag_family = AF_TIPC;
	req->tidiag_states = spec->kernel_states;
}

/* The numbers of an answer while it is being read; none of them is 0 when it is there. */
struct tipc_answer {
	struct sock_record record; /* first: what diag_take() gets */
	uint32_t node, port;
	uint32_t peer_node, peer_port;
	uint32_t state;
	bool seen; /* the nest was there */
	bool connected;
};

static struct tipc_answer *answer_of(struct sock_record *r)
{
	return (struct tipc_answer *)(void *)r;
}

static bool take_stat(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	switch (type) {
	case TIPC_NLA_SOCK_STAT_RCVQ:
		r->sock.has |= SOCK_HAS_QUEUES;
		return diag_u32(data, len, &r->sock.recv_queue);
	case TIPC_NLA_SOCK_STAT_SENDQ:
		r->sock.has |= SOCK_HAS_QUEUES;
		return diag_u32(data, len, &r->sock.send_queue);
	}
	return true;
}

static bool take_connection(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	switch (type) {
	case TIPC_NLA_CON_NODE:
		return diag_u32(data, len, &answer_of(r)->peer_node);
	case TIPC_NLA_CON_SOCK:
		return diag_u32(data, len, &answer_of(r)->peer_port);
	}
	return true;
}

static bool take_cookie(struct sock *sk, const void *data, size_t len)
{
	if (len < sizeof(sk->cookie))
		return false;
	memcpy(&sk->cookie, data, sizeof(sk->cookie));
	sk->has |= SOCK_HAS_COOKIE;
	return true;
}

static bool take_number(struct tipc_answer *a, unsigned int type, uint32_t number)
{
	switch (type) {
	case TIPC_NLA_SOCK_ADDR:
		a->node = number;
		break;
	case TIPC_NLA_SOCK_REF:
		a->port = number;
		break;
	case TIPC_NLA_SOCK_TYPE:
		a->record.sock.type = diag_type(number);
		break;
	case TIPC_NLA_SOCK_INO:
		diag_inode(&a->record.sock, number);
		break;
	case TIPC_NLA_SOCK_UID:
		a->record.sock.uid = number;
		a->record.sock.has |= SOCK_HAS_UID;
		break;
	case TIPC_NLA_SOCK_TIPC_STATE:
		a->state = number;
		break;
	}
	return true;
}

static bool take_sock(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	uint32_t number;

	switch (type) {
	case TIPC_NLA_SOCK_CON:
		answer_of(r)->connected = true;
		return diag_nest(data, len, take_connection, r);
	case TIPC_NLA_SOCK_STAT:
		return diag_nest(data, len, take_stat, r);
	case TIPC_NLA_SOCK_COOKIE:
		return take_cookie(&r->sock, data, len);
	case TIPC_NLA_SOCK_HAS_PUBL:
	case TIPC_NLA_SOCK_PAD:
	case TIPC_NLA_SOCK_GROUP:
		return true;
	}
	return diag_u32(data, len, &number) && take_number(answer_of(r), type, number);
}

static bool take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	if (type != TIPC_NLA_SOCK)
		return true;
	answer_of(r)->seen = true;
	return diag_nest(data, len, take_sock, r);
}

static bool tipc_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			struct sock_record *record)
{
	struct tipc_answer a = { .record.sock = { .proto = (uint8_t)spec->proto } };

	if (!diag_attributes(nlh, 0, take, &a.record) || !a.seen || a.state >= KERNEL_STATES ||
	    spec->state_of[a.state] >= STATE_COUNT)
		return false;
	/* Nothing in it points into @a before the ends are written. */
	record->sock = a.record.sock;
	record->sock.state = spec->state_of[a.state];
	diag_local(record, "%u:%u", a.node, a.port);
	if (a.connected)
		diag_peer(record, "%u:%u", a.peer_node, a.peer_port);
	else
		diag_peer(record, "-");
	return true;
}

const struct netlink_source tipc_diag_source = {
	.prepare = tipc_prepare,
	.request = tipc_request,
	.decode = tipc_decode,
};
