/* sock_diag for VSOCK: the states are TCP's; there are no attributes and no queues. */
#include "config.h"

#include "collect/vsock_diag.h"

#include <linux/vm_sockets_diag.h>
#include <stdio.h>
#include <sys/socket.h>

#include "collect/diag.h"

static const struct diag_state states[] = {
	{ KERNEL_ESTABLISHED, STATE_ESTABLISHED },
	{ KERNEL_SYN_SENT, STATE_SYN_SENT },
	{ KERNEL_CLOSE, STATE_UNCONNECTED },
	{ KERNEL_LISTEN, STATE_LISTEN },
	{ KERNEL_CLOSING, STATE_CLOSING },
};

static bool vsock_prepare(struct dump_spec *spec)
{
	return diag_prepare(spec, states, sizeof(states) / sizeof(states[0]));
}

static void vsock_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct vsock_diag_req *req = diag_request(request, sizeof(*req));

	req->sdiag_family = AF_VSOCK;
	req->vdiag_states = spec->kernel_states;
}

/* VMADDR_CID_ANY and VMADDR_PORT_ANY are the largest number. */
#define ANY UINT32_MAX

#define NUMBER_TEXT_MAX 11

static const char *number_text(char *out, uint32_t number)
{
	if (number == ANY)
		return "*";
	snprintf(out, NUMBER_TEXT_MAX, "%u", number);
	return out;
}

static void take_ends(struct sock_record *r, const struct vsock_diag_msg *msg)
{
	char cid[NUMBER_TEXT_MAX];
	char port[NUMBER_TEXT_MAX];

	diag_local(r, "%s:%s", number_text(cid, msg->vdiag_src_cid),
		   number_text(port, msg->vdiag_src_port));
	diag_peer(r, "%s:%s", number_text(cid, msg->vdiag_dst_cid),
		  number_text(port, msg->vdiag_dst_port));
}

static bool vsock_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			 struct sock_record *record)
{
	struct vsock_diag_msg msg;
	struct sock *sk = &record->sock;

	if (!diag_header(nlh, &msg, sizeof(msg)))
		return false;
	if (msg.vdiag_family != AF_VSOCK || msg.vdiag_state >= KERNEL_STATES ||
	    spec->state_of[msg.vdiag_state] >= STATE_COUNT)
		return false;
	diag_sock(spec, msg.vdiag_cookie, sk);
	sk->state = spec->state_of[msg.vdiag_state];
	sk->type = diag_type(msg.vdiag_type);
	sk->shutdown = msg.vdiag_shutdown;
	sk->has |= SOCK_HAS_SHUTDOWN;
	diag_inode(sk, msg.vdiag_ino);
	take_ends(record, &msg);
	return true;
}

const struct netlink_source vsock_diag_source = {
	.prepare = vsock_prepare,
	.request = vsock_request,
	.decode = vsock_decode,
};
