/*
 * sock_diag for netlink sockets.
 *
 * A netlink socket's address is its protocol and port id: usually the number of the
 * process, 0 for the kernel and for sockets that are not bound yet.
 */
#include "config.h"

#include "collect/netlink_diag.h"

#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <sys/socket.h>

#include "collect/diag.h"

/* net/netlink/af_netlink.c: after connect(), and after it was undone; KERNEL_CLOSE before. */
#define NETLINK_STATE_CONNECTED 1
#define NETLINK_STATE_UNCONNECTED 0

/* The names of iproute2's nl_protos, which administrators know. */
static const char *const protocols[] = {
	[NETLINK_ROUTE] = "rtnl",
	[NETLINK_USERSOCK] = "usersock",
	[NETLINK_FIREWALL] = "fw",
	[NETLINK_SOCK_DIAG] = "tcpdiag",
	[NETLINK_NFLOG] = "nflog",
	[NETLINK_XFRM] = "xfrm",
	[NETLINK_SELINUX] = "selinux",
	[NETLINK_ISCSI] = "iscsi",
	[NETLINK_AUDIT] = "audit",
	[NETLINK_FIB_LOOKUP] = "fiblookup",
	[NETLINK_CONNECTOR] = "connector",
	[NETLINK_NETFILTER] = "nft",
	[NETLINK_IP6_FW] = "ip6fw",
	[NETLINK_DNRTMSG] = "dec-rt",
	[NETLINK_KOBJECT_UEVENT] = "uevent",
	[NETLINK_GENERIC] = "genl",
	[NETLINK_SCSITRANSPORT] = "scsi-trans",
	[NETLINK_ECRYPTFS] = "ecryptfs",
	[NETLINK_RDMA] = "rdma",
	[NETLINK_CRYPTO] = "crypto",
	[NETLINK_SMC] = "smc",
};

void netlink_diag_local(struct sock_record *r, unsigned int protocol, uint32_t port)
{
	const char *known = protocol < sizeof(protocols) / sizeof(protocols[0]) ?
				    protocols[protocol] :
				    NULL;

	if (known)
		diag_name(r, "%s", known);
	else
		diag_name(r, "%u", protocol);
	if (port)
		diag_local(r, "%s:%u", r->name, port);
	else
		diag_local(r, "%s:kernel", r->name);
}

static const struct diag_state states[] = {
	{ NETLINK_STATE_UNCONNECTED, STATE_UNCONNECTED },
	{ NETLINK_STATE_CONNECTED, STATE_ESTABLISHED },
	{ KERNEL_CLOSE, STATE_UNCONNECTED },
};

static bool netlink_prepare(struct dump_spec *spec)
{
	return diag_prepare(spec, states, sizeof(states) / sizeof(states[0]));
}

static void netlink_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct netlink_diag_req *req = diag_request(request, sizeof(*req));

	(void)spec;
	req->sdiag_family = AF_NETLINK;
	req->sdiag_protocol = NDIAG_PROTO_ALL;
	req->ndiag_show = NDIAG_SHOW_MEMINFO;
}

static bool take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	if (type == NETLINK_DIAG_MEMINFO)
		diag_memory_as_queues(r, data, len);
	return true;
}

static void take_peer(struct sock_record *r, const struct netlink_diag_msg *msg)
{
	if (r->sock.state == STATE_ESTABLISHED)
		diag_peer(r, "%u:%u", msg->ndiag_dst_group, msg->ndiag_dst_portid);
	else
		diag_peer(r, "*");
}

static bool netlink_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			   struct sock_record *record)
{
	struct netlink_diag_msg msg;
	struct sock *sk = &record->sock;

	if (!diag_header(nlh, &msg, sizeof(msg)))
		return false;
	if (msg.ndiag_family != AF_NETLINK || msg.ndiag_state >= KERNEL_STATES ||
	    spec->state_of[msg.ndiag_state] >= STATE_COUNT)
		return false;
	diag_sock(spec, msg.ndiag_cookie, sk);
	sk->state = spec->state_of[msg.ndiag_state];
	sk->type = diag_type(msg.ndiag_type);
	diag_inode(sk, msg.ndiag_ino);
	netlink_diag_local(record, msg.ndiag_protocol, msg.ndiag_portid);
	take_peer(record, &msg);
	if (!diag_attributes(nlh, sizeof(msg), take, record))
		return false;
	diag_memory_unasked(spec, record);
	return true;
}

const struct netlink_source netlink_diag_source = {
	.prepare = netlink_prepare,
	.request = netlink_request,
	.decode = netlink_decode,
};
