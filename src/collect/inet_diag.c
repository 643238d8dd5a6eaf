/* sock_diag for the internet protocols: see inet_diag.h. */
#include "config.h"

#include "collect/inet_diag.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/diag.h"

/* INET_DIAG_EXT bits are one less than the attribute's number. */
#define EXTENSION(attribute) (1u << ((attribute)-1))

static const struct {
	enum fact fact;
	uint8_t extensions;
} extensions[] = {
	{ FACT_TCP, EXTENSION(INET_DIAG_INFO) },
	{ FACT_MEMORY, EXTENSION(INET_DIAG_SKMEMINFO) },
	{ FACT_CONGESTION, EXTENSION(INET_DIAG_CONG) },
	{ FACT_TOS, EXTENSION(INET_DIAG_TOS) | EXTENSION(INET_DIAG_TCLASS) },
};

/* What is like TCP: its states, its timers, sockets that are found by their state. */
static bool is_connection(enum proto proto)
{
	return proto == PROTO_TCP || proto == PROTO_MPTCP || proto == PROTO_DCCP;
}

static uint8_t extensions_of(enum proto proto, unsigned int facts)
{
	uint8_t bits = 0;

	/* The others' INFO is a struct of their own. */
	if (proto != PROTO_TCP)
		facts &= ~(unsigned int)FACT_TCP;

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (facts & extensions[i].fact)
			bits |= extensions[i].extensions;
	return bits;
}

enum state inet_diag_state(enum proto proto, unsigned int number)
{
	if (proto == PROTO_TCP)
		return state_of_kernel(number);
	if (is_connection(proto) || proto == PROTO_SCTP)
		return number <= KERNEL_CLOSING ? state_of_kernel(number) : STATE_COUNT;
	if (number == KERNEL_CLOSE)
		return STATE_UNCONNECTED;
	return number == KERNEL_ESTABLISHED ? STATE_ESTABLISHED : STATE_COUNT;
}

/* enum sctp_state of include/net/sctp/constants.h: what associations are told with. */
static const uint8_t sctp_states[] = {
	STATE_CLOSED,
	STATE_COOKIE_WAIT,
	STATE_COOKIE_ECHOED,
	STATE_ESTABLISHED,
	STATE_SHUTDOWN_PENDING,
	STATE_SHUTDOWN_SENT,
	STATE_SHUTDOWN_RECEIVED,
	STATE_SHUTDOWN_ACK_SENT,
};

/*
 * The kernel looks at two things only: whether LISTEN is wanted, which gives all
 * endpoints, and whether anything else is, which gives all associations.
 */
static bool sctp_prepare(struct dump_spec *spec)
{
	state_set wanted = spec->states & proto_info(PROTO_SCTP)->states;

	spec->kernel_states = 1u << KERNEL_LISTEN | 1u << KERNEL_CLOSE;
	if (wanted & ~(STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_CLOSED)))
		spec->kernel_states = (1u << KERNEL_NEW_SYN_RECV) - 1;
	return wanted;
}

/*
 * Closed sockets of TCP and DCCP are in no table, so there is no bit to ask for them:
 * one that is answered was closed between the kernel's match and its answer.
 */
static bool may_be_asked_for(enum proto proto, enum state s)
{
	return s < STATE_COUNT && (s != STATE_CLOSED || proto == PROTO_MPTCP);
}

static bool inet_prepare(struct dump_spec *spec)
{
	bool tcp = spec->proto == PROTO_TCP;

	spec->kernel_states = 0;
	for (unsigned int number = 0; number < KERNEL_STATES; number++) {
		enum state s = inet_diag_state(spec->proto, number);

		spec->state_of[number] = (uint8_t)s;
		if (may_be_asked_for(spec->proto, s) && spec->states & STATE_BIT(s))
			spec->kernel_states |= 1u << number;
	}
	if (spec->proto == PROTO_SCTP)
		return sctp_prepare(spec);
	/* Bound sockets are answered as CLOSE. */
	if (tcp && spec->states & STATE_BIT(STATE_BOUND))
		spec->state_of[KERNEL_CLOSE] = STATE_BOUND;
	/* The kernel adds this one itself; saying so keeps the mask the whole truth. */
	if (tcp && spec->states & STATE_BIT(STATE_SYN_RECEIVED))
		spec->kernel_states |= 1u << KERNEL_NEW_SYN_RECV;
	return spec->kernel_states != 0;
}

static void request_two_families(const struct dump_spec *spec, struct nlmsghdr *nlh)
{
	struct inet_diag_req *req;

	nlh->nlmsg_type = TCPDIAG_GETSOCK;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->idiag_family = AF_INET;
	req->idiag_ext = extensions_of(spec->proto, spec->facts);
	req->idiag_states = spec->kernel_states;
}

static void request_one_family(const struct dump_spec *spec, struct nlmsghdr *nlh)
{
	unsigned int number = proto_info(spec->proto)->number;
	struct inet_diag_req_v2 *req;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = spec->family == FAMILY_V6 ? AF_INET6 : AF_INET;
	req->sdiag_protocol = number <= UINT8_MAX ? (uint8_t)number : 0;
	req->idiag_ext = extensions_of(spec->proto, spec->facts);
	req->idiag_states = spec->kernel_states;
	if (number > UINT8_MAX)
		mnl_attr_put_u32(nlh, INET_DIAG_REQ_PROTOCOL, number);
}

static void inet_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (spec->family == (FAMILY_V4 | FAMILY_V6))
		request_two_families(spec, nlh);
	else
		request_one_family(spec, nlh);
	if (spec->filter.len)
		mnl_attr_put(nlh, INET_DIAG_REQ_BYTECODE, spec->filter.len, spec->filter.code);
}

static void sockid_end(const struct endpoint *e, __be16 *port, __be32 *address)
{
	*port = htons(e->port);
	memcpy(address, e->bytes, e->family == ADDR_V6 ? 16 : 4);
}

bool inet_diag_knows_exact(const struct sock *sk)
{
	return sk->proto == PROTO_TCP || sk->proto == PROTO_UDP || sk->proto == PROTO_UDPLITE;
}

void inet_diag_exact(const struct sock *sk, unsigned int facts, struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct inet_diag_req_v2 *req;
	const struct endpoint *src = &sk->local;
	const struct endpoint *dst = &sk->peer;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = sk->local.family == ADDR_V6 ? AF_INET6 : AF_INET;
	req->sdiag_protocol = (uint8_t)proto_info(sk->proto)->number;
	req->idiag_ext = extensions_of(sk->proto, facts);
	req->idiag_states = ~0u;
	if (sk->proto == PROTO_UDP || sk->proto == PROTO_UDPLITE) {
		/* net/ipv4/udp_diag.c: "src and dst are swapped for historical reasons" */
		src = &sk->peer;
		dst = &sk->local;
	}
	sockid_end(src, &req->id.idiag_sport, req->id.idiag_src);
	sockid_end(dst, &req->id.idiag_dport, req->id.idiag_dst);
	req->id.idiag_if = sk->ifindex;
	if (sk->has & SOCK_HAS_COOKIE) {
		req->id.idiag_cookie[0] = (uint32_t)sk->cookie;
		req->id.idiag_cookie[1] = (uint32_t)(sk->cookie >> 32);
	} else {
		req->id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
		req->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	}
}

void inet_diag_exact_spec(const struct sock *sk, unsigned int facts, struct dump_spec *spec)
{
	*spec = (struct dump_spec){
		.proto = sk->proto,
		.family = sk->local.family == ADDR_V6 ? FAMILY_V6 : FAMILY_V4,
		.states = sk->state == STATE_BOUND ? STATE_BIT(STATE_BOUND) : 0,
		.facts = facts,
	};
	inet_prepare(spec);
}

static void take_info(struct sock_record *r, const void *data, size_t len)
{
	if (len > TCP_FACTS_BYTES)
		len = TCP_FACTS_BYTES;
	memset(&r->tcp, 0, sizeof(r->tcp));
	memcpy(&r->tcp, data, len);
	r->sock.tcp = &r->tcp;
	r->sock.tcp_bytes = (uint16_t)len;
}

static void take_congestion(struct sock_record *r, const void *data, size_t len)
{
	if (len > sizeof(r->congestion) - 1)
		len = sizeof(r->congestion) - 1;
	memcpy(r->congestion, data, len);
	r->congestion[len] = '\0';
	if (r->congestion[0])
		r->sock.congestion = r->congestion;
}

/* An attribute that is one field of struct sock, or one with a function of its own. */
struct attribute {
	size_t least; /* shortest length that makes sense; the field's size */
	void (*take)(struct sock_record *r, const void *data, size_t len);
	size_t offset;
	uint32_t has;
};

#define FIELD(field, presence)                                                                     \
	{ .least = sizeof(((struct sock *)NULL)->field), .has = (presence),                        \
	  .offset = offsetof(struct sock, field) }

/* The attributes that are read. */
static const struct attribute attributes[] = {
	[INET_DIAG_INFO] = { .least = 1, .take = take_info },
	[INET_DIAG_CONG] = { .least = 1, .take = take_congestion },
	[INET_DIAG_TOS] = FIELD(tos, SOCK_HAS_TOS),
	[INET_DIAG_TCLASS] = FIELD(tclass, SOCK_HAS_TCLASS),
	[INET_DIAG_SKMEMINFO] = { .least = 4, .take = diag_memory },
	[INET_DIAG_SHUTDOWN] = FIELD(shutdown, SOCK_HAS_SHUTDOWN),
	[INET_DIAG_SKV6ONLY] = FIELD(v6only, SOCK_HAS_V6ONLY),
	[INET_DIAG_MARK] = FIELD(mark, SOCK_HAS_MARK),
	[INET_DIAG_CLASS_ID] = FIELD(classid, SOCK_HAS_CLASSID),
	[INET_DIAG_CGROUP_ID] = FIELD(cgroup_id, SOCK_HAS_CGROUP),
	[INET_DIAG_SOCKOPT] = FIELD(sockopt, SOCK_HAS_SOCKOPT),
};

/* Sizes that the compiler knows: this runs three times a socket. */
static void field_copy(void *to, const void *from, size_t size)
{
	switch (size) {
	case 1:
		memcpy(to, from, 1);
		break;
	case 2:
		memcpy(to, from, 2);
		break;
	case 4:
		memcpy(to, from, 4);
		break;
	default:
		memcpy(to, from, size);
		break;
	}
}

static bool attribute_take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	const struct attribute *known;

	if (type >= sizeof(attributes) / sizeof(attributes[0]) || !attributes[type].least)
		return true;
	known = &attributes[type];
	if (len < known->least)
		return false;
	if (known->take) {
		known->take(r, data, len);
	} else {
		field_copy((char *)&r->sock + known->offset, data, known->least);
		r->sock.has |= known->has;
	}
	return true;
}

/* Not with libmnl: six library calls an attribute would take as long as all the rest. */
static bool attributes_take(struct sock_record *r, const struct nlmsghdr *nlh)
{
	const char *at = (const char *)nlh + MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_msg);
	const char *end = (const char *)nlh + nlh->nlmsg_len;

	while (end - at >= NLA_HDRLEN) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > end - at)
			return false;
		if (!attribute_take(r, attr->nla_type & NLA_TYPE_MASK, at + NLA_HDRLEN,
				    (size_t)attr->nla_len - NLA_HDRLEN))
			return false;
		at += NLA_ALIGN(attr->nla_len);
	}
	return at >= end;
}

static void take_end(struct endpoint *e, uint8_t family, __be16 port, const __be32 *address)
{
	e->port = ntohs(port);
	e->family = ADDR_V4;
	memcpy(e->bytes, address, 4);
	if (family == AF_INET6) {
		e->family = ADDR_V6;
		memcpy(e->bytes + 4, address + 1, 12);
	}
}

/* Only full sockets have a SHUTDOWN attribute, only minisocks this timer. */
static enum sock_kind kind_of(const struct sock *sk, unsigned int timer)
{
	if (sk->state == STATE_TIME_WAIT || (is_connection(sk->proto) && timer == TIMER_TIMEWAIT))
		return SOCK_MINI;
	if (sk->state == STATE_SYN_RECEIVED && !(sk->has & SOCK_HAS_SHUTDOWN))
		return SOCK_REQUEST;
	return SOCK_FULL;
}

/*
 * Minisocks and request socks have neither descriptor nor owner: the zeros that
 * the kernel sends mean nothing.  Up to Linux 6.16 the same is true of the uid
 * of a full socket without a descriptor.
 */
static void take_owner(struct sock *sk, const struct inet_diag_msg *msg)
{
	if (sk->kind != SOCK_FULL)
		return;
	if (msg->idiag_inode) {
		sk->inode = msg->idiag_inode;
		sk->has |= SOCK_HAS_INODE;
	}
	if (msg->idiag_inode || msg->idiag_uid) {
		sk->uid = msg->idiag_uid;
		sk->has |= SOCK_HAS_UID;
	}
}

static void take_timer(struct sock *sk, const struct inet_diag_msg *msg)
{
	if (!is_connection(sk->proto))
		return;
	sk->timer = msg->idiag_timer < TIMER_OTHER ? msg->idiag_timer : TIMER_OTHER;
	sk->retransmits = msg->idiag_retrans;
	sk->timer_ms = msg->idiag_expires;
	sk->has |= SOCK_HAS_TIMER;
}

/* Bound sockets have left-overs of an earlier life in queues and timer. */
static void take_progress(struct sock *sk, const struct inet_diag_msg *msg)
{
	if (sk->state == STATE_BOUND)
		return;
	sk->recv_queue = msg->idiag_rqueue;
	sk->send_queue = msg->idiag_wqueue;
	sk->has |= SOCK_HAS_QUEUES;
	take_timer(sk, msg);
}

static bool is_association(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct inet_diag_msg));
	const char *end = (const char *)nlh + nlh->nlmsg_len;

	for (; mnl_attr_ok(attr, (int)(end - (const char *)attr)); attr = mnl_attr_next(attr))
		if (mnl_attr_get_type(attr) == INET_DIAG_PEERS)
			return true;
	return false;
}

/*
 * An association and the endpoint (socket) it belongs to are told with the same
 * cookie; only the former has a list of the peer's addresses, and numbers of its own for
 * its states.  The endpoint's own idea of a peer is left out: it may have many.
 */
static enum state sctp_state(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			     struct sock *sk, unsigned int number)
{
	if (is_association(nlh))
		return number < sizeof(sctp_states) ? sctp_states[number] : STATE_COUNT;
	memset(sk->peer.bytes, 0, sizeof(sk->peer.bytes));
	sk->peer.port = 0;
	return spec->state_of[number];
}

static bool inet_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			struct sock_record *record)
{
	const struct inet_diag_msg *msg = (const void *)(nlh + 1);
	struct sock *sk = &record->sock;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*msg))
		return false;
	if (msg->idiag_family != AF_INET && msg->idiag_family != AF_INET6)
		return false;
	if (msg->idiag_state >= KERNEL_STATES)
		return false;

	*sk = (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = (uint8_t)spec->proto,
		.cookie = msg->id.idiag_cookie[0] | (uint64_t)msg->id.idiag_cookie[1] << 32,
		.ifindex = msg->id.idiag_if,
	};
	take_end(&sk->local, msg->idiag_family, msg->id.idiag_sport, msg->id.idiag_src);
	take_end(&sk->peer, msg->idiag_family, msg->id.idiag_dport, msg->id.idiag_dst);
	sk->state = spec->proto == PROTO_SCTP ? sctp_state(spec, nlh, sk, msg->idiag_state) :
						spec->state_of[msg->idiag_state];
	if (sk->state >= STATE_COUNT || !attributes_take(record, nlh))
		return false;
	if (spec->proto != PROTO_TCP) {
		sk->tcp = NULL;
		sk->tcp_bytes = 0;
	}
	sk->kind = (uint8_t)kind_of(sk, msg->idiag_timer);
	take_owner(sk, msg);
	take_progress(sk, msg);
	return true;
}

const struct netlink_source inet_diag_source = {
	.prepare = inet_prepare,
	.request = inet_request,
	.decode = inet_decode,
};
