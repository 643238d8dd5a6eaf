/* The IP protocols beside TCP and UDP, as inet_diag tells of them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "diag_build.h"

static struct dump_spec spec_of(enum proto proto, state_set states, unsigned int facts)
{
	struct dump_spec spec = {
		.proto = proto, .family = FAMILY_V6, .states = states, .facts = facts,
	};

	inet_diag_source.prepare(&spec);
	return spec;
}

static const struct inet_diag_req_v2 *request_of(const struct dump_spec *spec, uint64_t *space)
{
	inet_diag_source.request(spec, (struct nlmsghdr *)space);
	return mnl_nlmsg_get_payload((struct nlmsghdr *)space);
}

static uint32_t mask(enum proto proto, state_set states)
{
	return spec_of(proto, states, 0).kernel_states;
}

static void masks_are_those_of_the_protocol(void **unused)
{
	struct dump_spec none = { .proto = PROTO_SCTP, .states = STATE_BIT(STATE_TIME_WAIT) };

	(void)unused;
	assert_int_equal(mask(PROTO_RAW, ~0u), 1 << 7 | 1 << 1);
	assert_int_equal(mask(PROTO_UDPLITE, ~0u), 1 << 7 | 1 << 1);
	/* closed ones can be seen, bound ones are not a state of theirs */
	assert_int_equal(mask(PROTO_MPTCP, ~0u), 0xffe);
	assert_int_equal(mask(PROTO_DCCP, ~0u), 0xf7e);
	assert_int_equal(mask(PROTO_SCTP, STATE_BIT(STATE_LISTEN)), 1 << 10 | 1 << 7);
	assert_int_equal(mask(PROTO_SCTP, STATE_BIT(STATE_SHUTDOWN_SENT)), 0xfff);
	assert_false(inet_diag_source.prepare(&none));
}

static void a_number_beyond_a_byte_is_an_attribute(void **unused)
{
	uint64_t space[DUMP_REQUEST_BYTES / sizeof(uint64_t)];
	struct dump_spec spec = spec_of(PROTO_MPTCP, ~0u, FACT_TCP | FACT_MEMORY);
	const struct inet_diag_req_v2 *req = request_of(&spec, space);
	const struct nlattr *attr;
	struct nlmsghdr nlh;

	(void)unused;
	assert_int_equal(req->sdiag_protocol, 0);
	attr = mnl_nlmsg_get_payload_offset((struct nlmsghdr *)space, sizeof(*req));
	assert_int_equal(mnl_attr_get_type(attr), INET_DIAG_REQ_PROTOCOL);
	assert_int_equal(mnl_attr_get_u32(attr), 262);
	/* its INFO is not TCP's: only the memory is asked for */
	assert_int_equal(req->idiag_ext, 1 << (INET_DIAG_SKMEMINFO - 1));
	spec = spec_of(PROTO_SCTP, ~0u, 0);
	assert_int_equal(request_of(&spec, space)->sdiag_protocol, 132);
	/* nor is there an attribute where a byte is enough */
	memcpy(&nlh, space, sizeof(nlh));
	assert_int_equal(nlh.nlmsg_len, sizeof(nlh) + sizeof(*req));
}

static bool decode(enum proto proto, const void *message, struct sock_record *r)
{
	struct dump_spec spec = spec_of(proto, ~0u, 0);

	memset(r, 0xa5, sizeof(*r));
	return inet_diag_source.decode(&spec, message, r);
}

static void info_of_others_is_not_taken_for_tcp_info(void **unused)
{
	union diag_space space;
	struct sock_record r;
	char info[96] = { 1 };

	(void)unused;
	diag_begin(&space, AF_INET, 1, 5);
	diag_full(&space);
	mnl_attr_put(&space.header, INET_DIAG_INFO, sizeof(info), info);
	assert_true(decode(PROTO_TCP, &space, &r));
	assert_non_null(r.sock.tcp);
	assert_true(decode(PROTO_MPTCP, &space, &r));
	assert_null(r.sock.tcp);
	assert_int_equal(r.sock.tcp_bytes, 0);
}

static void datagrams_have_two_states(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	diag_begin(&space, AF_INET6, 7, 5);
	assert_true(decode(PROTO_RAW, &space, &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_false(r.sock.has & SOCK_HAS_TIMER);
	diag_begin(&space, AF_INET6, 10, 5);
	assert_false(decode(PROTO_RAW, &space, &r));
	assert_true(decode(PROTO_MPTCP, &space, &r));
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_true(r.sock.has & SOCK_HAS_TIMER);
	/* numbers that TCP alone has */
	diag_begin(&space, AF_INET6, 13, 5);
	assert_false(decode(PROTO_DCCP, &space, &r));
}

static void sctp_answer(union diag_space *space, uint8_t state, bool association)
{
	char addresses[128] = { 0 };

	diag_begin(space, AF_INET, state, 5);
	diag_full(space);
	mnl_attr_put(&space->header, INET_DIAG_LOCALS, sizeof(addresses), addresses);
	if (association)
		mnl_attr_put(&space->header, INET_DIAG_PEERS, sizeof(addresses), addresses);
}

static void associations_have_numbers_of_their_own(void **unused)
{
	static const enum state wanted[] = {
		STATE_CLOSED, STATE_COOKIE_WAIT, STATE_COOKIE_ECHOED, STATE_ESTABLISHED,
		STATE_SHUTDOWN_PENDING, STATE_SHUTDOWN_SENT, STATE_SHUTDOWN_RECEIVED,
		STATE_SHUTDOWN_ACK_SENT,
	};
	union diag_space space;
	struct sock_record r;

	(void)unused;
	for (uint8_t number = 0; number < 8; number++) {
		sctp_answer(&space, number, true);
		assert_true(decode(PROTO_SCTP, &space, &r));
		assert_int_equal(r.sock.state, wanted[number]);
		assert_int_equal(r.sock.peer.port, 40000);
		assert_int_equal(r.sock.kind, SOCK_FULL);
	}
	sctp_answer(&space, 8, true);
	assert_false(decode(PROTO_SCTP, &space, &r));
}

static void endpoints_have_tcp_numbers_and_no_peer(void **unused)
{
	union diag_space space;
	struct sock_record r;

	(void)unused;
	sctp_answer(&space, 10, false);
	assert_true(decode(PROTO_SCTP, &space, &r));
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_int_equal(r.sock.local.port, 80);
	assert_int_equal(r.sock.peer.port, 0);
	assert_true(addr_is_any(ADDR_V4, r.sock.peer.bytes));
	sctp_answer(&space, 7, false);
	assert_true(decode(PROTO_SCTP, &space, &r));
	assert_int_equal(r.sock.state, STATE_CLOSED);
	sctp_answer(&space, 0, false);
	assert_false(decode(PROTO_SCTP, &space, &r));
}

static void single_requests_are_for_tcp_and_udp(void **unused)
{
	struct sock sk = { .proto = PROTO_UDP };

	(void)unused;
	assert_true(inet_diag_knows_exact(&sk));
	sk.proto = PROTO_MPTCP;
	assert_false(inet_diag_knows_exact(&sk));
	sk.proto = PROTO_UNIX;
	assert_false(inet_diag_knows_exact(&sk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_are_those_of_the_protocol),
		cmocka_unit_test(a_number_beyond_a_byte_is_an_attribute),
		cmocka_unit_test(info_of_others_is_not_taken_for_tcp_info),
		cmocka_unit_test(datagrams_have_two_states),
		cmocka_unit_test(associations_have_numbers_of_their_own),
		cmocka_unit_test(endpoints_have_tcp_numbers_and_no_peer),
		cmocka_unit_test(single_requests_are_for_tcp_and_udp),
	};

	return cmocka_run_group_tests_name("inet_others", tests, NULL, NULL);
}
