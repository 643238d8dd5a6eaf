/* sock_diag for packet sockets. */
#include "config.h"

#include "collect/packet_diag.h"

#include <linux/if_ether.h>
#include <linux/packet_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/diag.h"

static const struct {
	uint16_t number;
	const char *name;
} protocols[] = {
	{ ETH_P_ALL, "all" },		{ ETH_P_IP, "ip" },
	{ ETH_P_ARP, "arp" },		{ ETH_P_RARP, "rarp" },
	{ ETH_P_IPV6, "ipv6" },		{ ETH_P_8021Q, "802.1Q" },
	{ ETH_P_8021AD, "802.1ad" },	{ ETH_P_802_2, "802_2" },
	{ ETH_P_802_3, "802_3" },	{ ETH_P_PAE, "pae" },
	{ ETH_P_PPP_DISC, "ppp_disc" }, { ETH_P_PPP_SES, "ppp_ses" },
	{ ETH_P_MPLS_UC, "mpls_uc" },	{ ETH_P_MPLS_MC, "mpls_mc" },
	{ ETH_P_TIPC, "tipc" },		{ ETH_P_AOE, "aoe" },
	{ ETH_P_LLDP, "lldp" },		{ ETH_P_1588, "ptp" },
	{ ETH_P_CAN, "can" },		{ ETH_P_LOOP, "loop" },
};

static const char *protocol_name(unsigned int number)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == number)
			return protocols[i].name;
	return NULL;
}

void packet_diag_name(struct sock_record *r, unsigned int number)
{
	const char *known = protocol_name(number);

	if (known)
		diag_name(r, "%s", known);
	else
		diag_name(r, "[%u]", number);
}

/* They have no states. */
static bool packet_prepare(struct dump_spec *spec)
{
	spec->filter.len = 0;
	return spec->states & STATE_BIT(STATE_UNCONNECTED);
}

static void packet_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct packet_diag_req *req = diag_request(request, sizeof(*req));

	(void)spec;
	req->sdiag_family = AF_PACKET;
	req->pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO;
}

static bool take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	switch (type) {
	case PACKET_DIAG_INFO:
		/* The interface comes first; what follows grew over time. */
		return diag_u32(data, len, &r->sock.ifindex);
	case PACKET_DIAG_UID:
		r->sock.has |= SOCK_HAS_UID;
		return diag_u32(data, len, &r->sock.uid);
	case PACKET_DIAG_MEMINFO:
		diag_memory_as_queues(r, data, len);
		break;
	}
	return true;
}

static bool packet_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			  struct sock_record *record)
{
	struct packet_diag_msg msg;
	struct sock *sk = &record->sock;

	if (!diag_header(nlh, &msg, sizeof(msg)))
		return false;
	if (msg.pdiag_family != AF_PACKET)
		return false;
	diag_sock(spec, msg.pdiag_cookie, sk);
	sk->type = diag_type(msg.pdiag_type);
	diag_inode(sk, msg.pdiag_ino);
	packet_diag_name(record, msg.pdiag_num);
	if (!diag_attributes(nlh, sizeof(msg), take, record))
		return false;
	diag_memory_unasked(spec, record);
	return true;
}

/* As ss does: protocol and interface, "*" for all of them. */
static void packet_describe(struct sock_record *r)
{
	const struct sock *sk = &r->sock;
	bool all = sk->name_len == 3 && memcmp(sk->name, "all", 3) == 0;
	int len = all ? 1 : (int)sk->name_len;
	const char *name = all ? "*" : sk->name;

	if (!sk->ifindex)
		diag_local(r, "%.*s:*", len, name);
	else if (sk->interface)
		diag_local(r, "%.*s:%s", len, name, sk->interface);
	else
		diag_local(r, "%.*s:if%u", len, name, sk->ifindex);
	diag_peer(r, "*");
}

const struct netlink_source packet_diag_source = {
	.prepare = packet_prepare,
	.request = packet_request,
	.decode = packet_decode,
	.describe = packet_describe,
};
