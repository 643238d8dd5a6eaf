/*
 * Closing sockets: each answer of the kernel from a made-up one, and real
 * connections in a network namespace of this test's own.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/destroy.h"
#include "diag_build.h"
#include "own_netns.h"

/* A kernel that answers each request with the same code; 1: never. */
struct made_up {
	struct netlink_transport transport; /* first: it is found by it */
	union diag_space answer;
	struct inet_diag_req_v2 request;
	struct nlmsghdr header;
	int code;
};

static void *made_up_open(const struct netlink_transport *self, bool privileged)
{
	union {
		const struct netlink_transport *transport;
		void *socket;
	} u = { self };

	assert_true(privileged);
	return u.socket;
}

static void made_up_close(void *socket)
{
	(void)socket;
}

static int made_up_send(void *socket, const void *data, size_t len)
{
	struct made_up *k = socket;

	assert_true(len >= sizeof(k->header) + sizeof(k->request));
	memcpy(&k->header, data, sizeof(k->header));
	memcpy(&k->request, (const char *)data + sizeof(k->header), sizeof(k->request));
	return 0;
}

static ssize_t made_up_receive(void *socket, void *buffer, size_t size)
{
	struct made_up *k = socket;
	struct nlmsghdr *nlh = (struct nlmsghdr *)k->answer.bytes;

	assert_true(size >= sizeof(k->answer));
	if (k->code > 0) {
		errno = EAGAIN;
		return -1;
	}
	diag_end(nlh, NLMSG_ERROR, k->header.nlmsg_seq, k->code);
	memcpy(buffer, nlh, nlh->nlmsg_len);
	return (ssize_t)nlh->nlmsg_len;
}

static struct made_up kernel_with(int code)
{
	return (struct made_up){
		.transport = { .open = made_up_open, .close = made_up_close, .send = made_up_send,
			       .receive = made_up_receive },
		.code = code,
	};
}

static struct sock connection(void)
{
	return (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = PROTO_TCP,
		.state = STATE_ESTABLISHED,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 80, .family = ADDR_V4 },
		.peer = { .bytes = { 10, 0, 0, 2 }, .port = 4000, .family = ADDR_V4 },
		.cookie = 0x100000002u,
	};
}

static void test_answers(void **state)
{
	static const struct {
		int code;
		enum destroy_result result;
		const char *text;
	} rows[] = {
		{ 0, DESTROY_DONE, "" },
		{ -EPERM, DESTROY_NOT_PERMITTED,
		  "not permitted: closing a socket needs CAP_NET_ADMIN in its network namespace" },
		{ -EOPNOTSUPP, DESTROY_NOT_BUILT,
		  "this kernel can't close sockets: it was built without "
		  "CONFIG_INET_DIAG_DESTROY" },
		{ -ENOENT, DESTROY_GONE, "it had gone already" },
		{ -EINVAL, DESTROY_FAILED, "the kernel refuses: Invalid argument" },
		{ INT32_MIN, DESTROY_FAILED, "the kernel refuses: Protocol error" },
		{ 1, DESTROY_FAILED,
		  "the kernel did not answer: Resource temporarily unavailable" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_up k = kernel_with(rows[i].code);
		struct destroyer d = { .netlink.transport = &k.transport };
		struct sock sk = connection();
		struct error err = { 0 };

		assert_int_equal(destroyer_destroy(&d, &sk, &err), rows[i].result);
		assert_string_equal(err.text, rows[i].text);
		destroyer_fini(&d);
		destroyer_fini(&d);
	}
}

static void test_request(void **state)
{
	struct made_up k = kernel_with(0);
	struct destroyer d = { .netlink.transport = &k.transport };
	struct sock sk = connection();

	(void)state;
	assert_int_equal(destroyer_destroy(&d, &sk, NULL), DESTROY_DONE);
	assert_int_equal(k.header.nlmsg_type, SOCK_DESTROY);
	assert_int_equal(k.header.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(k.request.sdiag_protocol, IPPROTO_TCP);
	assert_int_equal(ntohs(k.request.id.idiag_sport), 80);
	assert_int_equal(k.request.id.idiag_cookie[0], 2);
	assert_int_equal(k.request.id.idiag_cookie[1], 1);
	/* no swapping of the ends, unlike with requests for a UDP socket */
	sk.proto = PROTO_UDP;
	assert_int_equal(destroyer_destroy(&d, &sk, NULL), DESTROY_DONE);
	assert_int_equal(ntohs(k.request.id.idiag_sport), 80);
	assert_int_equal(ntohl(k.request.id.idiag_dst[0]), 0x0a000002);
	destroyer_fini(&d);
}

static void test_not_asked(void **state)
{
	struct made_up k = kernel_with(0);
	struct destroyer d = { .netlink.transport = &k.transport };
	struct sock sk = connection();
	struct error err = { 0 };

	(void)state;
	sk.has = 0;
	assert_int_equal(destroyer_destroy(&d, &sk, &err), DESTROY_IMPOSSIBLE);
	assert_non_null(strstr(err.text, "cookie"));
	sk = connection();
	sk.proto = PROTO_UNIX;
	assert_int_equal(destroyer_destroy(&d, &sk, &err), DESTROY_IMPOSSIBLE);
	assert_string_equal(err.text, "the kernel can close internet sockets only");
	sk.proto = PROTO_MPTCP;
	assert_int_equal(destroyer_destroy(&d, &sk, &err), DESTROY_IMPOSSIBLE);
	assert_non_null(strstr(err.text, "subflows"));
	sk = connection();
	sk.state = STATE_BOUND;
	assert_int_equal(destroyer_destroy(&d, &sk, &err), DESTROY_IMPOSSIBLE);
	assert_int_equal(k.header.nlmsg_len, 0);
	k.code = -ENOENT;
	sk.state = STATE_LISTEN;
	assert_int_equal(destroyer_destroy(&d, &sk, &err), DESTROY_GONE);
	assert_non_null(strstr(err.text, "SO_REUSEPORT"));
	destroyer_fini(&d);
}

struct finding {
	struct sink sink;
	uint16_t peer_port;
	struct sock found;
};

static int find_push(struct sink *self, const struct sock *sk)
{
	struct finding *f = sink_of(self, struct finding, sink);

	if (sk->state == STATE_ESTABLISHED && sk->peer.port == f->peer_port)
		f->found = *sk;
	return 0;
}

/* The end of the connection whose peer has @port, as the kernel reports it. */
static struct sock find_peer(uint16_t port)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_TCP),
		.families = FAMILY_V4,
		.states = states_tcp(),
	};
	struct finding f = { .sink.push = find_push, .peer_port = port };
	struct collector *c = collector_open(NULL, NULL);

	if (!c || collector_run(c, &request, &f.sink, NULL) < 0)
		_exit(11);
	collector_close(c);
	return f.found;
}

static void live_child(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	struct destroyer d = { 0 };
	struct error err = { 0 };
	struct sock sk;
	int listener, client, server;
	char byte;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(listener, (struct sockaddr *)&at, len) == 0);
	CHECK(listen(listener, 5) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&at, &len) == 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(client, (struct sockaddr *)&at, len) == 0);
	server = accept(listener, NULL, NULL);
	CHECK(server >= 0);

	sk = find_peer(ntohs(at.sin_port));
	CHECK(sk.has & SOCK_HAS_COOKIE);
	sk.cookie++;
	CHECK(destroyer_destroy(&d, &sk, &err) == DESTROY_GONE);
	CHECK(send(client, "x", 1, MSG_NOSIGNAL) == 1);
	sk.cookie--;
	CHECK(destroyer_destroy(&d, &sk, &err) == DESTROY_DONE);
	CHECK(read(client, &byte, 1) < 0 && errno == ECONNABORTED);
	CHECK(destroyer_destroy(&d, &sk, &err) == DESTROY_GONE);
	close(client);

	client = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(client, (struct sockaddr *)&at, len) == 0);
	sk = find_peer(ntohs(at.sin_port));
	own_netns_drop_privileges();
	CHECK(destroyer_destroy(&d, &sk, &err) == DESTROY_NOT_PERMITTED);
	CHECK(strstr(err.text, "CAP_NET_ADMIN"));
	CHECK(send(client, "x", 1, MSG_NOSIGNAL) == 1);
	destroyer_fini(&d);
}

static void test_live(void **state)
{
	(void)state;
	own_netns_run(live_child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests_name("destroy", tests, NULL, NULL);
}
