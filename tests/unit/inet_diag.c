/* inet_diag: requests byte by byte, answers of every shape and length. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collect/netlink.h"
#include "diag_build.h"

static struct dump_spec spec_of(enum proto proto, unsigned int family, state_set states,
				unsigned int facts)
{
	struct dump_spec spec = {
		.proto = proto, .family = family, .states = states, .facts = facts,
	};

	inet_diag_source.prepare(&spec);
	return spec;
}

static uint32_t mask(enum proto proto, state_set states)
{
	return spec_of(proto, FAMILY_V4, states, 0).kernel_states;
}

static void masks_are_precise(void **unused)
{
	(void)unused;
	assert_int_equal(mask(PROTO_TCP, STATE_BIT(STATE_LISTEN)), 1 << 10);
	assert_int_equal(mask(PROTO_TCP, STATE_BIT(STATE_SYN_RECEIVED)), 1 << 3 | 1 << 12);
	assert_int_equal(mask(PROTO_TCP, STATE_BIT(STATE_BOUND)), 1 << 13);
	assert_int_equal(mask(PROTO_TCP, STATE_BIT(STATE_TIME_WAIT)), 1 << 6);
	assert_int_equal(mask(PROTO_TCP, STATE_BIT(STATE_FIN_WAIT_2)), 1 << 5);
	assert_int_equal(mask(PROTO_TCP, states_tcp()), 0x1f7e);
	assert_int_equal(mask(PROTO_TCP, ~0u), 0x3f7e);
	assert_int_equal(mask(PROTO_UDP, STATE_BIT(STATE_UNCONNECTED)), 1 << 7);
	assert_int_equal(mask(PROTO_UDP, STATE_BIT(STATE_ESTABLISHED)), 1 << 1);
	assert_int_equal(mask(PROTO_UDP, ~0u), 1 << 7 | 1 << 1);
}

static void nothing_to_ask_is_told(void **unused)
{
	struct dump_spec listen = { .proto = PROTO_UDP, .states = STATE_BIT(STATE_LISTEN) };
	struct dump_spec closed = { .proto = PROTO_TCP, .states = STATE_BIT(STATE_CLOSED) };

	(void)unused;
	assert_false(inet_diag_source.prepare(&listen));
	assert_false(inet_diag_source.prepare(&closed));
	closed.states |= STATE_BIT(STATE_LISTEN);
	assert_true(inet_diag_source.prepare(&closed));
}

static void two_families_are_one_legacy_request(void **unused)
{
	struct dump_spec spec = spec_of(PROTO_TCP, FAMILY_V4 | FAMILY_V6,
					STATE_BIT(STATE_LISTEN), FACT_TCP | FACT_CONGESTION);
	union diag_space space = { 0 };
	struct nlmsghdr *nlh = (void *)space.bytes;
	const struct inet_diag_req *req = mnl_nlmsg_get_payload(nlh);

	(void)unused;
	inet_diag_source.request(&spec, nlh);
	assert_int_equal(nlh->nlmsg_type, TCPDIAG_GETSOCK);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	assert_int_equal(nlh->nlmsg_len, 16 + 60);
	assert_int_equal(req->idiag_states, 1 << 10);
	assert_int_equal(req->idiag_ext, 0x0a);
	assert_int_equal(req->id.idiag_sport, 0);
}

static void one_family_is_a_v2_request_with_its_filter(void **unused)
{
	struct dump_spec spec = spec_of(PROTO_UDP, FAMILY_V6, ~0u, FACT_MEMORY | FACT_TOS);
	static const char code[8] = "bytecode";
	union diag_space space = { 0 };
	struct nlmsghdr *nlh = (void *)space.bytes;
	const struct inet_diag_req_v2 *req = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	(void)unused;
	spec.filter = (struct diag_filter){ code, sizeof(code) };
	inet_diag_source.request(&spec, nlh);
	assert_int_equal(nlh->nlmsg_type, SOCK_DIAG_BY_FAMILY);
	assert_int_equal(nlh->nlmsg_len, 16 + 56 + 4 + 8);
	assert_int_equal(req->sdiag_family, AF_INET6);
	assert_int_equal(req->sdiag_protocol, 17);
	assert_int_equal(req->idiag_ext, 0x70);
	attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(*req));
	assert_int_equal(mnl_attr_get_type(attr), INET_DIAG_REQ_BYTECODE);
	assert_memory_equal(mnl_attr_get_payload(attr), code, sizeof(code));
}

static struct sock exact_sock(enum proto proto)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = (uint8_t)proto,
		.local = { .family = ADDR_V4, .bytes = { 10, 0, 0, 1 }, .port = 80 },
		.peer = { .family = ADDR_V4, .bytes = { 10, 0, 0, 2 }, .port = 4000 },
		.cookie = UINT64_C(0x100000002),
		.ifindex = 3,
	};
}

static void exact_requests_name_both_ends(void **unused)
{
	struct sock tcp = exact_sock(PROTO_TCP);
	struct sock udp = exact_sock(PROTO_UDP);
	union diag_space space = { 0 };
	struct nlmsghdr *nlh = (void *)space.bytes;
	const struct inet_diag_req_v2 *req = mnl_nlmsg_get_payload(nlh);

	(void)unused;
	inet_diag_exact(&tcp, FACT_TCP, nlh);
	assert_int_equal(nlh->nlmsg_len, INET_DIAG_EXACT_BYTES);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST);
	assert_int_equal(ntohs(req->id.idiag_sport), 80);
	assert_int_equal(ntohl(req->id.idiag_dst[0]), 0x0a000002);
	assert_int_equal(req->id.idiag_if, 3);
	assert_int_equal(req->id.idiag_cookie[0], 2);
	assert_int_equal(req->id.idiag_cookie[1], 1);
	inet_diag_exact(&udp, 0, nlh);
	assert_int_equal(ntohs(req->id.idiag_sport), 4000);
	assert_int_equal(ntohs(req->id.idiag_dport), 80);
	assert_int_equal(ntohl(req->id.idiag_src[0]), 0x0a000002);
	udp.has = 0;
	inet_diag_exact(&udp, 0, nlh);
	assert_int_equal(req->id.idiag_cookie[0], INET_DIAG_NOCOOKIE);
}

static bool decode(enum proto proto, state_set states, const union diag_space *space,
		   struct sock_record *r)
{
	struct dump_spec spec = spec_of(proto, FAMILY_V4, states, 0);

	memset(r, 0xee, sizeof(*r));
	return inet_diag_source.decode(&spec, (const void *)space->bytes, r);
}

static void a_full_socket(void **unused)
{
	union diag_space space;
	struct sock_record r;
	struct inet_diag_msg *msg = diag_begin(&space, AF_INET, 1, 9);
	const struct sock *sk = &r.sock;

	(void)unused;
	msg->id.idiag_cookie[1] = 1;
	msg->idiag_rqueue = 5;
	msg->idiag_wqueue = 6;
	msg->idiag_uid = 1000;
	msg->idiag_inode = 4711;
	msg->idiag_timer = 1;
	msg->idiag_expires = 250;
	msg->idiag_retrans = 2;
	msg->id.idiag_if = 7;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(sk->state, STATE_ESTABLISHED);
	assert_int_equal(sk->kind, SOCK_FULL);
	assert_int_equal(sk->has, SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID |
				  SOCK_HAS_QUEUES | SOCK_HAS_TIMER | SOCK_HAS_SHUTDOWN |
				  SOCK_HAS_CGROUP | SOCK_HAS_SOCKOPT);
	assert_true(sk->cookie == UINT64_C(0x100000009));
	assert_int_equal(sk->local.port, 80);
	assert_int_equal(sk->local.bytes[0], 127);
	assert_int_equal(sk->peer.port, 40000);
	assert_int_equal(sk->recv_queue, 5);
	assert_int_equal(sk->send_queue, 6);
	assert_int_equal(sk->uid, 1000);
	assert_int_equal(sk->inode, 4711);
	assert_int_equal(sk->timer, TIMER_RETRANSMIT);
	assert_int_equal(sk->timer_ms, 250);
	assert_int_equal(sk->retransmits, 2);
	assert_int_equal(sk->ifindex, 7);
	assert_int_equal(sk->cgroup_id, 77);
	assert_int_equal(sk->sockopt, 0x1234);
	assert_null(sk->tcp);
	assert_null(sk->memory);
	assert_null(sk->congestion);
	assert_null(sk->interface);
}

static void an_ipv6_listener_says_v6only(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET6, 10, 1);
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.local.family, ADDR_V6);
	assert_int_equal(r.sock.local.bytes[15], 1);
	assert_false(r.sock.has & SOCK_HAS_V6ONLY);
	mnl_attr_put_u8((void *)space.bytes, INET_DIAG_SKV6ONLY, 1);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_true(r.sock.has & SOCK_HAS_V6ONLY);
	assert_int_equal(r.sock.v6only, 1);
}

/* Neither uid 0 nor inode 0 mean anything there. */
static void minisocks_and_request_socks_have_no_owner(void **unused)
{
	static const struct {
		uint8_t state;
		uint8_t timer;
		enum sock_kind kind;
	} cases[] = {
		{ 6, 3, SOCK_MINI },
		{ 5, 3, SOCK_MINI },
		{ 3, 1, SOCK_REQUEST },
	};
	union diag_space space;
	struct sock_record r;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		diag_begin(&space, AF_INET, cases[i].state, 1)->idiag_timer = cases[i].timer;
		mnl_attr_put_u32((void *)space.bytes, INET_DIAG_MARK, 5);
		assert_true(decode(PROTO_TCP, ~0u, &space, &r));
		assert_int_equal(r.sock.kind, cases[i].kind);
		assert_false(r.sock.has & (SOCK_HAS_UID | SOCK_HAS_INODE | SOCK_HAS_SHUTDOWN));
		assert_true(r.sock.has & SOCK_HAS_MARK);
		assert_int_equal(r.sock.mark, 5);
	}
}

static void full_sockets_in_the_same_states(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 3, 1)->idiag_timer = 1;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.state, STATE_SYN_RECEIVED);
	assert_int_equal(r.sock.kind, SOCK_FULL);
	diag_begin(&space, AF_INET, 5, 1)->idiag_timer = 2;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.state, STATE_FIN_WAIT_2);
	assert_int_equal(r.sock.kind, SOCK_FULL);
}

/* Older kernels report uid 0 for a socket without a descriptor, newer ones its owner. */
static void an_orphan_may_have_a_uid(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 4, 1)->idiag_uid = 0;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_false(r.sock.has & (SOCK_HAS_UID | SOCK_HAS_INODE));
	diag_begin(&space, AF_INET, 4, 1)->idiag_uid = 33;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_true(r.sock.has & SOCK_HAS_UID);
	assert_int_equal(r.sock.uid, 33);
	assert_false(r.sock.has & SOCK_HAS_INODE);
}

static void number_seven_means_three_things(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 7, 1)->idiag_rqueue = 65485;
	diag_full(&space);
	assert_true(decode(PROTO_TCP, states_tcp(), &space, &r));
	assert_int_equal(r.sock.state, STATE_CLOSED);
	assert_true(decode(PROTO_TCP, STATE_BIT(STATE_BOUND), &space, &r));
	assert_int_equal(r.sock.state, STATE_BOUND);
	assert_false(r.sock.has & (SOCK_HAS_QUEUES | SOCK_HAS_TIMER));
	assert_true(decode(PROTO_UDP, ~0u, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_true(r.sock.has & SOCK_HAS_QUEUES);
	assert_int_equal(r.sock.recv_queue, 65485);
	assert_false(r.sock.has & SOCK_HAS_TIMER);
}

static void unknown_timers_are_other(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 1, 1)->idiag_timer = 5;
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.timer, TIMER_DELAYED_ACK);
	diag_begin(&space, AF_INET, 1, 1)->idiag_timer = 200;
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.timer, TIMER_OTHER);
}

static void tcp_info_of_every_length(void **unused)
{
	static const uint16_t lengths[] = { 1, 104, 224, 232, 240, 248, 276, 280, 300 };
	unsigned char info[300];
	union diag_space space;
	struct sock_record r;
	const struct sock *sk = &r.sock;

	(void)unused;
	for (size_t i = 0; i < sizeof(info); i++)
		info[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint16_t kept = lengths[i] < 276 ? lengths[i] : 276;

		diag_begin(&space, AF_INET, 1, 1);
		mnl_attr_put((void *)space.bytes, INET_DIAG_INFO, lengths[i], info);
		diag_full(&space);
		assert_true(decode(PROTO_TCP, ~0u, &space, &r));
		assert_ptr_equal(sk->tcp, &r.tcp);
		assert_int_equal(sk->tcp_bytes, kept);
		assert_memory_equal(sk->tcp, info, kept);
		assert_int_equal(tcp_facts_has(sk, rtt_us), kept >= 72);
		assert_int_equal(tcp_facts_has(sk, rcv_wnd_bytes), kept >= 236);
		assert_int_equal(tcp_facts_has(sk, total_rto_time_ms), kept >= 248);
		assert_int_equal(tcp_facts_has(sk, received_ce_bytes), kept >= 276);
		if (kept < 276)
			assert_int_equal(r.tcp.received_ce_bytes, 0);
	}
	assert_int_equal(offsetof(struct tcp_facts, bytes_acked), 120);
	assert_int_equal(offsetof(struct tcp_facts, total_rto), 240);
	assert_int_equal(offsetof(struct tcp_facts, received_ce_segments), 248);
}

static void memory_figures_as_far_as_they_go(void **unused)
{
	static const uint32_t figures[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	static const struct {
		size_t delivered;
		size_t known;
	} cases[] = { { 7, 7 }, { 9, 9 }, { 12, 9 } };
	union diag_space space;
	struct sock_record r;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		diag_begin(&space, AF_INET, 1, 1);
		mnl_attr_put((void *)space.bytes, INET_DIAG_SKMEMINFO,
			     cases[i].delivered * sizeof(uint32_t), figures);
		assert_true(decode(PROTO_TCP, ~0u, &space, &r));
		assert_int_equal(r.sock.memory_known, cases[i].known);
		assert_memory_equal(r.sock.memory, figures, cases[i].known * sizeof(uint32_t));
		assert_int_equal(!!(r.sock.has & SOCK_HAS_MEMORY), cases[i].known == MEMORY_COUNT);
	}
}

static void congestion_control_is_always_terminated(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 1, 1);
	mnl_attr_put_strz((void *)space.bytes, INET_DIAG_CONG, "cubic");
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_string_equal(r.sock.congestion, "cubic");
	diag_begin(&space, AF_INET, 1, 1);
	mnl_attr_put((void *)space.bytes, INET_DIAG_CONG, 20, "abcdefghijklmnopqrst");
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_string_equal(r.sock.congestion, "abcdefghijklmno");
}

static void traffic_classes(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET6, 1, 1);
	mnl_attr_put_u8((void *)space.bytes, INET_DIAG_TOS, 0x10);
	mnl_attr_put_u8((void *)space.bytes, INET_DIAG_TCLASS, 0x20);
	mnl_attr_put_u32((void *)space.bytes, INET_DIAG_CLASS_ID, 0x30);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.has & (SOCK_HAS_TOS | SOCK_HAS_TCLASS | SOCK_HAS_CLASSID),
			 SOCK_HAS_TOS | SOCK_HAS_TCLASS | SOCK_HAS_CLASSID);
	assert_int_equal(r.sock.tos, 0x10);
	assert_int_equal(r.sock.tclass, 0x20);
	assert_int_equal(r.sock.classid, 0x30);
}

static void attributes_of_later_kernels_are_skipped(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET, 3, 1);
	mnl_attr_put((void *)space.bytes, 999, 40, space.bytes);
	diag_full(&space);
	assert_true(decode(PROTO_TCP, ~0u, &space, &r));
	assert_int_equal(r.sock.kind, SOCK_FULL);
}

static void nonsense_is_refused(void **unused)
{
	static const uint8_t states[] = { 0, 14, 15, 16, 255 };
	union diag_space space;
	struct sock_record r;
	struct nlmsghdr *nlh = (void *)space.bytes;

	(void)unused;
	for (size_t i = 0; i < sizeof(states); i++) {
		diag_begin(&space, AF_INET, states[i], 1);
		assert_false(decode(PROTO_TCP, ~0u, &space, &r));
	}
	diag_begin(&space, AF_INET, 10, 1);
	assert_false(decode(PROTO_UDP, ~0u, &space, &r));
	diag_begin(&space, AF_UNIX, 1, 1);
	assert_false(decode(PROTO_TCP, ~0u, &space, &r));
	diag_begin(&space, AF_INET, 1, 1);
	nlh->nlmsg_len -= 1;
	assert_false(decode(PROTO_TCP, ~0u, &space, &r));
	diag_begin(&space, AF_INET, 1, 1);
	mnl_attr_put((void *)space.bytes, INET_DIAG_MARK, 2, "ab");
	assert_false(decode(PROTO_TCP, ~0u, &space, &r));
}

/* Only where an attribute ends can a message be cut without being nonsense. */
static void a_message_cut_at_every_byte(void **unused)
{
	union diag_space space;
	struct sock_record r;
	struct nlmsghdr *nlh = (void *)space.bytes;
	unsigned int good = 0;
	uint32_t whole;

	(void)unused;
	diag_begin(&space, AF_INET, 1, 1);
	diag_full(&space);
	whole = nlh->nlmsg_len;
	for (uint32_t len = 16; len <= whole; len++) {
		union diag_space cut;

		memset(&cut, 0xff, sizeof(cut));
		memcpy(&cut, &space, len);
		((struct nlmsghdr *)(void *)cut.bytes)->nlmsg_len = len;
		good += decode(PROTO_TCP, ~0u, &cut, &r);
	}
	/* Bare; after SHUTDOWN with 0 to 3 bytes of padding; CGROUP_ID; SOCKOPT with 0 to 2. */
	assert_int_equal(good, 1 + 4 + 1 + 3);
}

/* What came out of a captured dump. */
struct census {
	struct dump_spec spec;
	struct sock_record record;
	unsigned int states[STATE_COUNT];
	unsigned int kinds[SOCK_MINI + 1];
	unsigned int families[ADDR_V6 + 1];
	unsigned int with_facts;
	unsigned int refused;
};

static int census_take(void *context, const struct nlmsghdr *nlh)
{
	struct census *c = context;
	const struct sock *sk = &c->record.sock;

	if (!inet_diag_source.decode(&c->spec, nlh, &c->record)) {
		c->refused++;
		return 0;
	}
	c->states[sk->state]++;
	c->kinds[sk->kind]++;
	c->families[sk->local.family]++;
	if (sk->congestion && sk->memory && tcp_facts_has(sk, received_ce_bytes) &&
	    sk->has & SOCK_HAS_TOS)
		c->with_facts++;
	return 0;
}

/* Dumps of Linux 6.18, concatenated messages as `ss -D` writes them. */
static struct census census(const char *name, enum proto proto, state_set states)
{
	struct census c = { .spec = spec_of(proto, FAMILY_V4 | FAMILY_V6, states, 0) };
	struct netlink_walk walk = { .take = census_take, .context = &c, .seq = 1 };
	const char *srcdir = getenv("srcdir");
	union diag_space space;
	char path[512];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/data/%s", srcdir ? srcdir : ".", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(&space, 1, sizeof(space), file);
	fclose(file);
	assert_int_equal(netlink_walk(&space, len, &walk), NETLINK_DONE);
	assert_int_equal(walk.code, 0);
	assert_int_equal(c.refused, 0);
	return c;
}

static void assert_laboratory(const struct census *c)
{
	assert_int_equal(c->states[STATE_LISTEN], 2);
	assert_int_equal(c->states[STATE_SYN_SENT], 2);
	assert_int_equal(c->states[STATE_SYN_RECEIVED], 2);
	assert_int_equal(c->states[STATE_ESTABLISHED], 6);
	assert_int_equal(c->states[STATE_FIN_WAIT_1], 4);
	assert_int_equal(c->states[STATE_FIN_WAIT_2], 4);
	assert_int_equal(c->states[STATE_CLOSE_WAIT], 6);
	assert_int_equal(c->states[STATE_TIME_WAIT], 2);
	assert_int_equal(c->kinds[SOCK_REQUEST], 2);
	assert_int_equal(c->kinds[SOCK_MINI], 4);
	assert_int_equal(c->kinds[SOCK_FULL], 22);
	assert_int_equal(c->families[ADDR_V4], 14);
	assert_int_equal(c->families[ADDR_V6], 14);
}

static void captured_tcp_dumps(void **unused)
{
	struct census bare = census("tcp.dump", PROTO_TCP, states_tcp());
	struct census facts = census("tcp-facts.dump", PROTO_TCP, states_tcp());

	(void)unused;
	assert_laboratory(&bare);
	assert_int_equal(bare.with_facts, 0);
	assert_laboratory(&facts);
	assert_int_equal(facts.with_facts, 22);
}

static void a_captured_dump_of_bound_sockets(void **unused)
{
	struct census c = census("tcp-bound.dump", PROTO_TCP,
				 STATE_BIT(STATE_BOUND) | STATE_BIT(STATE_SYN_RECEIVED));

	(void)unused;
	assert_int_equal(c.states[STATE_BOUND], 2);
	assert_int_equal(c.states[STATE_SYN_RECEIVED], 2);
	assert_int_equal(c.kinds[SOCK_REQUEST], 2);
}

static void a_captured_udp_dump(void **unused)
{
	struct census c = census("udp.dump", PROTO_UDP, ~0u);

	(void)unused;
	assert_int_equal(c.states[STATE_UNCONNECTED], 2);
	assert_int_equal(c.states[STATE_ESTABLISHED], 2);
	assert_int_equal(c.families[ADDR_V6], 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_are_precise),
		cmocka_unit_test(nothing_to_ask_is_told),
		cmocka_unit_test(two_families_are_one_legacy_request),
		cmocka_unit_test(one_family_is_a_v2_request_with_its_filter),
		cmocka_unit_test(exact_requests_name_both_ends),
		cmocka_unit_test(a_full_socket),
		cmocka_unit_test(an_ipv6_listener_says_v6only),
		cmocka_unit_test(minisocks_and_request_socks_have_no_owner),
		cmocka_unit_test(full_sockets_in_the_same_states),
		cmocka_unit_test(an_orphan_may_have_a_uid),
		cmocka_unit_test(number_seven_means_three_things),
		cmocka_unit_test(unknown_timers_are_other),
		cmocka_unit_test(tcp_info_of_every_length),
		cmocka_unit_test(memory_figures_as_far_as_they_go),
		cmocka_unit_test(congestion_control_is_always_terminated),
		cmocka_unit_test(traffic_classes),
		cmocka_unit_test(attributes_of_later_kernels_are_skipped),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_message_cut_at_every_byte),
		cmocka_unit_test(captured_tcp_dumps),
		cmocka_unit_test(a_captured_dump_of_bound_sockets),
		cmocka_unit_test(a_captured_udp_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
