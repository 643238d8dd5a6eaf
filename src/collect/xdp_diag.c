/* sock_diag for AF_XDP sockets: each is bound to one queue of an interface. */
#include "config.h"

#include "collect/xdp_diag.h"

#include <linux/xdp_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/diag.h"

/* Younger than some C libraries that we build with; the number is the kernel's ABI. */
#ifndef AF_XDP
#define AF_XDP 44
#endif

/* They have no states. */
static bool xdp_prepare(struct dump_spec *spec)
{
	spec->filter.len = 0;
	return spec->states & STATE_BIT(STATE_UNCONNECTED);
}

static void xdp_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct xdp_diag_req *req = diag_request(request, sizeof(*req));

	(void)spec;
	req->sdiag_family = AF_XDP;
	req->xdiag_show = XDP_SHOW_INFO | XDP_SHOW_MEMINFO;
}

static bool take_info(struct sock_record *r, const void *data, size_t len)
{
	struct xdp_diag_info info;

	if (len < sizeof(info))
		return false;
	memcpy(&info, data, sizeof(info));
	r->sock.ifindex = info.ifindex;
	diag_name(r, "q%u", info.queue_id);
	return true;
}

static bool take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	switch (type) {
	case XDP_DIAG_INFO:
		return take_info(r, data, len);
	case XDP_DIAG_UID:
		r->sock.has |= SOCK_HAS_UID;
		return diag_u32(data, len, &r->sock.uid);
	case XDP_DIAG_MEMINFO:
		diag_memory_as_queues(r, data, len);
		break;
	}
	return true;
}

static bool xdp_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
		       struct sock_record *record)
{
	struct xdp_diag_msg msg;
	struct sock *sk = &record->sock;

	if (!diag_header(nlh, &msg, sizeof(msg)))
		return false;
	if (msg.xdiag_family != AF_XDP)
		return false;
	diag_sock(spec, msg.xdiag_cookie, sk);
	sk->type = diag_type(msg.xdiag_type);
	diag_inode(sk, msg.xdiag_ino);
	if (!diag_attributes(nlh, sizeof(msg), take, record))
		return false;
	diag_memory_unasked(spec, record);
	return true;
}

/* As ss does: "eth0:q2", "*" while it is not bound. */
static void xdp_describe(struct sock_record *r)
{
	const struct sock *sk = &r->sock;

	if (!sk->ifindex || !sk->name)
		diag_local(r, "*");
	else if (sk->interface)
		diag_local(r, "%s:%.*s", sk->interface, (int)sk->name_len, sk->name);
	else
		diag_local(r, "if%u:%.*s", sk->ifindex, (int)sk->name_len, sk->name);
	diag_peer(r, "*");
}

const struct netlink_source xdp_diag_source = {
	.prepare = xdp_prepare,
	.request = xdp_request,
	.decode = xdp_decode,
	.describe = xdp_describe,
};
