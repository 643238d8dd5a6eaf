/* The families beyond TCP and UDP: requests, answers of every shape, answers cut short. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/tipc_netlink.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>

#include "collect/netlink_diag.h"
#include "collect/packet_diag.h"
#include "collect/tipc_diag.h"
#include "collect/unix_diag.h"
#include "collect/vsock_diag.h"
#include "collect/xdp_diag.h"
#include "diag_build.h"

#define ALL_STATES (~(state_set)0)

static const uint32_t memory[MEMORY_COUNT] = { 11, 212992, 22, 0, 0, 0, 0, 0, 7 };

static struct dump_spec spec_of(const struct netlink_source *source, enum proto proto,
				state_set states, unsigned int facts)
{
	struct dump_spec spec = { .proto = proto, .states = states, .facts = facts };

	assert_true(source->prepare(&spec));
	return spec;
}

/* The request for it, its header and what is @at its payload checked by the caller. */
static const void *request_of(const struct netlink_source *source, const struct dump_spec *spec,
			      uint64_t *space)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)space;

	memset(space, 0xff, DUMP_REQUEST_BYTES);
	source->request(spec, nlh);
	assert_int_equal(nlh->nlmsg_type, SOCK_DIAG_BY_FAMILY);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	return mnl_nlmsg_get_payload(nlh);
}

#define REQUEST_SPACE(name) uint64_t name[DUMP_REQUEST_BYTES / sizeof(uint64_t)]

static bool decode(const struct netlink_source *source, const struct dump_spec *spec,
		   const void *message, struct sock_record *r)
{
	memset(r, 0xa5, sizeof(*r));
	if (!source->decode(spec, message, r))
		return false;
	if (source->describe)
		source->describe(r);
	return true;
}

static void assert_text(const char *text, uint32_t len, const char *wanted)
{
	assert_non_null(text);
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(text, wanted, len);
}

static void assert_ends(const struct sock *sk, const char *local, const char *peer)
{
	assert_int_equal(sk->local.family, ADDR_NONE);
	assert_int_equal(sk->peer.family, ADDR_NONE);
	assert_text(sk->local_text, sk->local_text_len, local);
	assert_text(sk->peer_text, sk->peer_text_len, peer);
}

/*
 * @message cut at every byte, each time in memory of its own exactly as long: taken
 * only where an attribute or the header ends, @takes of them.
 */
static void assert_cut(const struct netlink_source *source, const struct dump_spec *spec,
		       const struct nlmsghdr *message, unsigned int takes)
{
	unsigned int taken = 0;

	for (uint32_t len = sizeof(*message); len <= message->nlmsg_len; len++) {
		struct nlmsghdr *copy = malloc(len);
		struct sock_record r;

		memcpy(copy, message, len);
		copy->nlmsg_len = len;
		taken += decode(source, spec, copy, &r);
		free(copy);
	}
	assert_int_equal(taken, takes);
}

static void *answer(union diag_space *space, size_t header)
{
	memset(space, 0, sizeof(*space));
	return mnl_nlmsg_put_extra_header(diag_header(space, SOCK_DIAG_BY_FAMILY, 1), header);
}

/* UNIX */

static struct unix_diag_msg *unix_answer(union diag_space *space, uint8_t type, uint8_t state)
{
	struct unix_diag_msg *msg = answer(space, sizeof(*msg));

	*msg = (struct unix_diag_msg){
		.udiag_family = AF_UNIX, .udiag_type = type, .udiag_state = state,
		.udiag_ino = 4711, .udiag_cookie = { 5, 1 },
	};
	return msg;
}

static void unix_listener(union diag_space *space)
{
	const struct unix_diag_vfs file = { 815, 0x800001 };
	const struct unix_diag_rqlen queues = { 3, 128 };

	unix_answer(space, SOCK_STREAM, 10);
	mnl_attr_put(&space->header, UNIX_DIAG_NAME, 12, "/run/x.sock");
	mnl_attr_put(&space->header, UNIX_DIAG_VFS, sizeof(file), &file);
	mnl_attr_put(&space->header, UNIX_DIAG_RQLEN, sizeof(queues), &queues);
	mnl_attr_put_u8(&space->header, UNIX_DIAG_SHUTDOWN, 0);
	mnl_attr_put_u32(&space->header, UNIX_DIAG_UID, 1000);
}

static void unix_requests_ask_for_states_and_facts(void **unused)
{
	REQUEST_SPACE(space);
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, STATE_BIT(STATE_LISTEN), 0);
	const struct unix_diag_req *req = request_of(&unix_diag_source, &spec, space);

	(void)unused;
	assert_int_equal(req->sdiag_family, AF_UNIX);
	assert_int_equal(req->sdiag_protocol, 0);
	assert_int_equal(req->udiag_states, 1 << 10);
	assert_int_equal(req->udiag_ino, 0);
	assert_int_equal(req->udiag_show, 0x57);
	spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, FACT_MEMORY);
	request_of(&unix_diag_source, &spec, space);
	assert_int_equal(req->udiag_states, 1 << 10 | 1 << 7 | 1 << 1);
	assert_int_equal(req->udiag_show, 0x77);
}

static void unix_states_that_do_not_occur_are_not_asked_for(void **unused)
{
	struct dump_spec spec = { .proto = PROTO_UNIX, .states = STATE_BIT(STATE_TIME_WAIT) };

	(void)unused;
	assert_false(unix_diag_source.prepare(&spec));
}

static void unix_listeners_have_path_file_and_backlog(void **unused)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	unix_listener(&space);
	assert_true(decode(&unix_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.proto, PROTO_UNIX);
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_int_equal(r.sock.type, SOCK_TYPE_STREAM);
	assert_int_equal(r.sock.kind, SOCK_FULL);
	assert_true(r.sock.cookie == UINT64_C(0x100000005));
	assert_int_equal(r.sock.inode, 4711);
	assert_int_equal(r.sock.recv_queue, 3);
	assert_int_equal(r.sock.send_queue, 128);
	assert_int_equal(r.sock.uid, 1000);
	assert_int_equal(r.sock.file_inode, 815);
	assert_int_equal(r.sock.file_device, 0x800001);
	assert_int_equal(r.sock.has, SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID |
				     SOCK_HAS_QUEUES | SOCK_HAS_SHUTDOWN | SOCK_HAS_FILE);
	assert_text(r.sock.name, r.sock.name_len, "/run/x.sock");
	assert_ends(&r.sock, "/run/x.sock 4711", "* 0");
}

static void unix_connections_have_a_peer(void **unused)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, FACT_MEMORY);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	unix_answer(&space, SOCK_SEQPACKET, 1);
	mnl_attr_put_u32(&space.header, UNIX_DIAG_PEER, 4712);
	mnl_attr_put(&space.header, UNIX_DIAG_MEMINFO, sizeof(memory), memory);
	mnl_attr_put_u8(&space.header, UNIX_DIAG_SHUTDOWN, 3);
	assert_true(decode(&unix_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_int_equal(r.sock.type, SOCK_TYPE_SEQPACKET);
	assert_int_equal(r.sock.peer_inode, 4712);
	assert_true(r.sock.has & SOCK_HAS_PEER_INODE);
	assert_int_equal(r.sock.shutdown, 3);
	assert_false(r.sock.has & SOCK_HAS_QUEUES);
	assert_memory_equal(r.sock.memory, memory, sizeof(memory));
	assert_null(r.sock.name);
	assert_ends(&r.sock, "* 4711", "* 4712");
}

/* Not accepted yet: no inode, and a uid 0 that says nothing. */
static void unix_sockets_without_descriptor_have_no_owner(void **unused)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	unix_answer(&space, SOCK_STREAM, 1)->udiag_ino = 0;
	mnl_attr_put_u32(&space.header, UNIX_DIAG_PEER, 0);
	mnl_attr_put_u32(&space.header, UNIX_DIAG_UID, 0);
	assert_true(decode(&unix_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.has, SOCK_HAS_COOKIE);
	assert_ends(&r.sock, "* 0", "* 0");
}

static void unix_name(const char *bytes, uint16_t len, const char *wanted)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	unix_answer(&space, SOCK_DGRAM, 7);
	mnl_attr_put(&space.header, UNIX_DIAG_NAME, len, bytes);
	assert_true(decode(&unix_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	if (wanted)
		assert_text(r.sock.name, r.sock.name_len, wanted);
	else
		assert_null(r.sock.name);
}

static void unix_names_may_be_anything(void **unused)
{
	char longest[200];

	(void)unused;
	unix_name("\0abc", 4, "@abc");
	unix_name("\0a\0b\0", 5, "@a@b@");
	unix_name("/tmp/x\0junk", 11, "/tmp/x");
	unix_name("\x1b[2J", 4, "\x1b[2J");
	unix_name("", 0, NULL);
	memset(longest, 'x', sizeof(longest));
	longest[SOCK_NAME_MAX] = '\0';
	unix_name(longest, 200, longest);
}

static void unix_answers_that_make_no_sense_are_refused(void **unused)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	unix_answer(&space, SOCK_STREAM, 1)->udiag_family = AF_INET;
	assert_false(decode(&unix_diag_source, &spec, &space, &r));
	unix_answer(&space, SOCK_STREAM, 6);
	assert_false(decode(&unix_diag_source, &spec, &space, &r));
	unix_answer(&space, SOCK_STREAM, 200);
	assert_false(decode(&unix_diag_source, &spec, &space, &r));
	unix_answer(&space, SOCK_STREAM, 1);
	mnl_attr_put_u8(&space.header, UNIX_DIAG_PEER, 1);
	assert_false(decode(&unix_diag_source, &spec, &space, &r));
	unix_answer(&space, 77, 1);
	mnl_attr_put_u32(&space.header, 999, 1);
	assert_true(decode(&unix_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.type, SOCK_TYPE_UNKNOWN);
}

static void unix_answers_may_be_cut(void **unused)
{
	struct dump_spec spec = spec_of(&unix_diag_source, PROTO_UNIX, ALL_STATES, 0);
	union diag_space space;

	(void)unused;
	unix_listener(&space);
	/* behind the header, behind each of five attributes, and in one's padding */
	assert_cut(&unix_diag_source, &spec, (void *)&space, 1 + 5 + 3);
}

/* Packet sockets */

static void packet_answer(union diag_space *space, uint8_t type, uint16_t protocol,
			  uint32_t interface)
{
	const struct packet_diag_info info = { .pdi_index = interface };
	struct packet_diag_msg *msg = answer(space, sizeof(*msg));

	*msg = (struct packet_diag_msg){
		.pdiag_family = AF_PACKET, .pdiag_type = type, .pdiag_num = protocol,
		.pdiag_ino = 99, .pdiag_cookie = { 6, 0 },
	};
	mnl_attr_put(&space->header, PACKET_DIAG_INFO, sizeof(info), &info);
	mnl_attr_put_u32(&space->header, PACKET_DIAG_UID, 0);
	mnl_attr_put(&space->header, PACKET_DIAG_MEMINFO, sizeof(memory), memory);
}

static void packet_requests_are_for_all(void **unused)
{
	REQUEST_SPACE(space);
	struct dump_spec spec = spec_of(&packet_diag_source, PROTO_PACKET, ALL_STATES, 0);
	const struct packet_diag_req *req = request_of(&packet_diag_source, &spec, space);

	(void)unused;
	assert_int_equal(req->sdiag_family, AF_PACKET);
	assert_int_equal(req->sdiag_protocol, 0);
	assert_int_equal(req->pdiag_show, PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO);
	spec.states = STATE_BIT(STATE_ESTABLISHED);
	assert_false(packet_diag_source.prepare(&spec));
}

static void packet_sockets_have_protocol_and_interface(void **unused)
{
	struct dump_spec spec = spec_of(&packet_diag_source, PROTO_PACKET, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	packet_answer(&space, SOCK_RAW, 0x0800, 0);
	assert_true(decode(&packet_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_int_equal(r.sock.type, SOCK_TYPE_RAW);
	assert_int_equal(r.sock.recv_queue, 11);
	assert_int_equal(r.sock.send_queue, 22);
	assert_null(r.sock.memory);
	assert_int_equal(r.sock.has, SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID |
				     SOCK_HAS_QUEUES);
	assert_text(r.sock.name, r.sock.name_len, "ip");
	assert_ends(&r.sock, "ip:*", "*");
	r.sock.ifindex = 2;
	r.sock.interface = "eth0";
	packet_diag_source.describe(&r);
	assert_ends(&r.sock, "ip:eth0", "*");
	/* all protocols, an interface that is gone */
	packet_answer(&space, SOCK_DGRAM, 3, 17);
	assert_true(decode(&packet_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.ifindex, 17);
	assert_text(r.sock.name, r.sock.name_len, "all");
	assert_ends(&r.sock, "*:if17", "*");
	packet_answer(&space, SOCK_DGRAM, 0x9999, 0);
	assert_true(decode(&packet_diag_source, &spec, &space, &r));
	assert_ends(&r.sock, "[39321]:*", "*");
}

static void packet_memory_is_told_when_asked_for(void **unused)
{
	struct dump_spec spec = spec_of(&packet_diag_source, PROTO_PACKET, ALL_STATES,
					FACT_MEMORY);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	packet_answer(&space, SOCK_RAW, 3, 1);
	assert_true(decode(&packet_diag_source, &spec, &space, &r));
	assert_memory_equal(r.sock.memory, memory, sizeof(memory));
	assert_true(r.sock.has & SOCK_HAS_MEMORY);
}

static void packet_answers_may_be_cut(void **unused)
{
	struct dump_spec spec = spec_of(&packet_diag_source, PROTO_PACKET, ALL_STATES, 0);
	union diag_space space;

	(void)unused;
	packet_answer(&space, SOCK_RAW, 3, 1);
	assert_cut(&packet_diag_source, &spec, (void *)&space, 1 + 3);
}

/* Netlink */

static struct netlink_diag_msg *netlink_answer(union diag_space *space, uint8_t protocol,
					       uint32_t port, uint8_t state)
{
	struct netlink_diag_msg *msg = answer(space, sizeof(*msg));

	*msg = (struct netlink_diag_msg){
		.ndiag_family = AF_NETLINK, .ndiag_type = SOCK_RAW, .ndiag_protocol = protocol,
		.ndiag_state = state, .ndiag_portid = port, .ndiag_ino = 7,
		.ndiag_cookie = { 8, 0 },
	};
	mnl_attr_put(&space->header, NETLINK_DIAG_MEMINFO, sizeof(memory), memory);
	return msg;
}

static void netlink_requests_are_for_all_protocols(void **unused)
{
	REQUEST_SPACE(space);
	struct dump_spec spec = spec_of(&netlink_diag_source, PROTO_NETLINK, ALL_STATES, 0);
	const struct netlink_diag_req *req = request_of(&netlink_diag_source, &spec, space);

	(void)unused;
	assert_int_equal(req->sdiag_family, AF_NETLINK);
	assert_int_equal(req->sdiag_protocol, NDIAG_PROTO_ALL);
	assert_int_equal(req->ndiag_show, NDIAG_SHOW_MEMINFO);
}

static void netlink_ends(uint8_t protocol, uint32_t port, const char *local)
{
	struct dump_spec spec = spec_of(&netlink_diag_source, PROTO_NETLINK, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	netlink_answer(&space, protocol, port, 7);
	assert_true(decode(&netlink_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_int_equal(r.sock.recv_queue, 11);
	assert_int_equal(r.sock.send_queue, 22);
	assert_null(r.sock.memory);
	assert_ends(&r.sock, local, "*");
}

static void netlink_sockets_have_protocol_and_port(void **unused)
{
	(void)unused;
	netlink_ends(0, 812, "rtnl:812");
	netlink_ends(0, 0, "rtnl:kernel");
	netlink_ends(16, 4000000000u, "genl:4000000000");
	netlink_ends(14, 1, "dec-rt:1");
	netlink_ends(17, 1, "17:1");
	netlink_ends(250, 1, "250:1");
}

static void netlink_sockets_may_be_connected(void **unused)
{
	struct dump_spec spec = spec_of(&netlink_diag_source, PROTO_NETLINK, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;
	struct netlink_diag_msg *msg = netlink_answer(&space, 0, 5, 1);

	(void)unused;
	msg->ndiag_dst_group = 2;
	msg->ndiag_dst_portid = 33;
	assert_true(decode(&netlink_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_ends(&r.sock, "rtnl:5", "2:33");
	netlink_answer(&space, 0, 5, 0);
	assert_true(decode(&netlink_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	netlink_answer(&space, 0, 5, 9);
	assert_false(decode(&netlink_diag_source, &spec, &space, &r));
	netlink_answer(&space, 0, 5, 7)->ndiag_family = AF_UNIX;
	assert_false(decode(&netlink_diag_source, &spec, &space, &r));
}

static void netlink_answers_may_be_cut(void **unused)
{
	struct dump_spec spec = spec_of(&netlink_diag_source, PROTO_NETLINK, ALL_STATES, 0);
	union diag_space space;

	(void)unused;
	netlink_answer(&space, 0, 1, 7);
	assert_cut(&netlink_diag_source, &spec, (void *)&space, 1 + 1);
}

/* VSOCK */

static struct vsock_diag_msg *vsock_answer(union diag_space *space, uint8_t state)
{
	struct vsock_diag_msg *msg = answer(space, sizeof(*msg));

	*msg = (struct vsock_diag_msg){
		.vdiag_family = AF_VSOCK, .vdiag_type = SOCK_STREAM, .vdiag_state = state,
		.vdiag_shutdown = 2, .vdiag_src_cid = 3, .vdiag_src_port = 1024,
		.vdiag_dst_cid = 2, .vdiag_dst_port = 70000, .vdiag_ino = 12,
		.vdiag_cookie = { 9, 0 },
	};
	return msg;
}

static void vsock_requests_name_their_states(void **unused)
{
	REQUEST_SPACE(space);
	struct dump_spec spec = spec_of(&vsock_diag_source, PROTO_VSOCK, ALL_STATES, 0);
	const struct vsock_diag_req *req = request_of(&vsock_diag_source, &spec, space);

	(void)unused;
	assert_int_equal(req->sdiag_family, AF_VSOCK);
	assert_int_equal(req->sdiag_protocol, 0);
	assert_int_equal(req->vdiag_states, 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10 | 1 << 11);
	assert_int_equal(req->vdiag_show, 0);
}

static void vsock_sockets_have_cid_and_port(void **unused)
{
	struct dump_spec spec = spec_of(&vsock_diag_source, PROTO_VSOCK, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;
	struct vsock_diag_msg *msg = vsock_answer(&space, 1);

	(void)unused;
	assert_true(decode(&vsock_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_int_equal(r.sock.type, SOCK_TYPE_STREAM);
	assert_int_equal(r.sock.shutdown, 2);
	assert_int_equal(r.sock.inode, 12);
	assert_int_equal(r.sock.has, SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_SHUTDOWN);
	assert_ends(&r.sock, "3:1024", "2:70000");
	msg->vdiag_state = 10;
	msg->vdiag_src_cid = ~0u;
	msg->vdiag_dst_cid = ~0u;
	msg->vdiag_dst_port = ~0u;
	assert_true(decode(&vsock_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_ends(&r.sock, "*:1024", "*:*");
	msg->vdiag_state = 4;
	assert_false(decode(&vsock_diag_source, &spec, &space, &r));
	vsock_answer(&space, 1);
	assert_cut(&vsock_diag_source, &spec, (void *)&space, 1);
}

/* AF_XDP */

static void xdp_sockets_have_interface_and_queue(void **unused)
{
	REQUEST_SPACE(asked);
	const struct xdp_diag_info info = { .ifindex = 4, .queue_id = 2 };
	struct dump_spec spec = spec_of(&xdp_diag_source, PROTO_XDP, ALL_STATES, 0);
	const struct xdp_diag_req *req = request_of(&xdp_diag_source, &spec, asked);
	union diag_space space;
	struct sock_record r;
	struct xdp_diag_msg *msg = answer(&space, sizeof(*msg));

	(void)unused;
	assert_int_equal(req->sdiag_family, 44);
	assert_int_equal(req->xdiag_show, XDP_SHOW_INFO | XDP_SHOW_MEMINFO);
	*msg = (struct xdp_diag_msg){ .xdiag_family = 44, .xdiag_type = SOCK_RAW, .xdiag_ino = 3 };
	assert_true(decode(&xdp_diag_source, &spec, &space, &r));
	assert_ends(&r.sock, "*", "*");
	mnl_attr_put(&space.header, XDP_DIAG_INFO, sizeof(info), &info);
	mnl_attr_put_u32(&space.header, XDP_DIAG_UID, 5);
	mnl_attr_put(&space.header, XDP_DIAG_MEMINFO, sizeof(memory), memory);
	assert_true(decode(&xdp_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.uid, 5);
	assert_int_equal(r.sock.recv_queue, 11);
	assert_int_equal(r.sock.ifindex, 4);
	assert_ends(&r.sock, "if4:q2", "*");
	r.sock.interface = "eth3";
	xdp_diag_source.describe(&r);
	assert_ends(&r.sock, "eth3:q2", "*");
	assert_cut(&xdp_diag_source, &spec, (void *)&space, 1 + 3);
}

/* TIPC */

static void tipc_answer(union diag_space *space, uint32_t state, bool connected)
{
	struct nlmsghdr *nlh;
	struct nlattr *sock;
	struct nlattr *nest;

	memset(space, 0, sizeof(*space));
	nlh = diag_header(space, SOCK_DIAG_BY_FAMILY, 1);
	sock = mnl_attr_nest_start(nlh, TIPC_NLA_SOCK);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_REF, 555);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_ADDR, 16781313);
	if (connected) {
		nest = mnl_attr_nest_start(nlh, TIPC_NLA_SOCK_CON);
		mnl_attr_put_u32(nlh, TIPC_NLA_CON_NODE, 16781314);
		mnl_attr_put_u32(nlh, TIPC_NLA_CON_SOCK, 556);
		mnl_attr_nest_end(nlh, nest);
	}
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_TYPE, SOCK_SEQPACKET);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_TIPC_STATE, state);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_INO, 31);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_UID, 1001);
	mnl_attr_put_u64(nlh, TIPC_NLA_SOCK_COOKIE, UINT64_C(0x300000002));
	nest = mnl_attr_nest_start(nlh, TIPC_NLA_SOCK_STAT);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_STAT_RCVQ, 4);
	mnl_attr_put_u32(nlh, TIPC_NLA_SOCK_STAT_SENDQ, 5);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, sock);
}

static void tipc_sockets_are_read_from_nests(void **unused)
{
	struct dump_spec spec = spec_of(&tipc_diag_source, PROTO_TIPC, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;

	(void)unused;
	tipc_answer(&space, 1, true);
	assert_true(decode(&tipc_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_int_equal(r.sock.type, SOCK_TYPE_SEQPACKET);
	assert_int_equal(r.sock.inode, 31);
	assert_int_equal(r.sock.uid, 1001);
	assert_true(r.sock.cookie == UINT64_C(0x300000002));
	assert_int_equal(r.sock.recv_queue, 4);
	assert_int_equal(r.sock.send_queue, 5);
	assert_int_equal(r.sock.has, SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID |
				     SOCK_HAS_QUEUES);
	assert_ends(&r.sock, "16781313:555", "16781314:556");
	tipc_answer(&space, 10, false);
	assert_true(decode(&tipc_diag_source, &spec, &space, &r));
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_ends(&r.sock, "16781313:555", "-");
}

static void tipc_answers_without_sense_are_refused(void **unused)
{
	struct dump_spec spec = spec_of(&tipc_diag_source, PROTO_TIPC, ALL_STATES, 0);
	union diag_space space;
	struct sock_record r;
	struct nlmsghdr *nlh;

	(void)unused;
	tipc_answer(&space, 3, false);
	assert_false(decode(&tipc_diag_source, &spec, &space, &r));
	tipc_answer(&space, 4000000000u, false);
	assert_false(decode(&tipc_diag_source, &spec, &space, &r));
	memset(&space, 0, sizeof(space));
	nlh = diag_header(&space, SOCK_DIAG_BY_FAMILY, 1);
	mnl_attr_put_u32(nlh, TIPC_NLA_LINK, 1);
	assert_false(decode(&tipc_diag_source, &spec, &space, &r));
	tipc_answer(&space, 1, true);
	assert_cut(&tipc_diag_source, &spec, (void *)&space, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unix_requests_ask_for_states_and_facts),
		cmocka_unit_test(unix_states_that_do_not_occur_are_not_asked_for),
		cmocka_unit_test(unix_listeners_have_path_file_and_backlog),
		cmocka_unit_test(unix_connections_have_a_peer),
		cmocka_unit_test(unix_sockets_without_descriptor_have_no_owner),
		cmocka_unit_test(unix_names_may_be_anything),
		cmocka_unit_test(unix_answers_that_make_no_sense_are_refused),
		cmocka_unit_test(unix_answers_may_be_cut),
		cmocka_unit_test(packet_requests_are_for_all),
		cmocka_unit_test(packet_sockets_have_protocol_and_interface),
		cmocka_unit_test(packet_memory_is_told_when_asked_for),
		cmocka_unit_test(packet_answers_may_be_cut),
		cmocka_unit_test(netlink_requests_are_for_all_protocols),
		cmocka_unit_test(netlink_sockets_have_protocol_and_port),
		cmocka_unit_test(netlink_sockets_may_be_connected),
		cmocka_unit_test(netlink_answers_may_be_cut),
		cmocka_unit_test(vsock_requests_name_their_states),
		cmocka_unit_test(vsock_sockets_have_cid_and_port),
		cmocka_unit_test(xdp_sockets_have_interface_and_queue),
		cmocka_unit_test(tipc_sockets_are_read_from_nests),
		cmocka_unit_test(tipc_answers_without_sense_are_refused),
	};

	return cmocka_run_group_tests_name("families", tests, NULL, NULL);
}
