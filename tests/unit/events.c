/* What the kernel tells by itself: collect/events.h, by a made-up kernel and the real one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/events.h"
#include "diag_build.h"
#include "own_netns.h"

enum { DATAGRAMS = 16 };

/* A kernel that tells what was prepared, then that there is no more. */
struct made_up {
	struct events_transport transport; /* first: it is found by it */
	unsigned int groups;
	int open_code; /* errno, 0 to open */
	struct {
		char bytes[1024];
		size_t len;
		int code; /* errno instead of a datagram */
	} queue[DATAGRAMS];
	size_t count;
	size_t at;
	bool closed;
};

static void *made_up_open(const struct events_transport *self, unsigned int groups)
{
	union {
		const struct events_transport *transport;
		struct made_up *kernel;
	} u = { self };

	u.kernel->groups = groups;
	errno = u.kernel->open_code;
	return u.kernel->open_code ? NULL : u.kernel;
}

static void made_up_close(void *socket)
{
	struct made_up *k = socket;

	k->closed = true;
}

static int made_up_fd(const void *socket)
{
	(void)socket;
	return 99;
}

static ssize_t made_up_receive(void *socket, void *buffer, size_t size)
{
	struct made_up *k = socket;
	size_t at = k->at;

	if (at == k->count) {
		errno = EAGAIN;
		return -1;
	}
	k->at++;
	if (k->queue[at].code) {
		errno = k->queue[at].code;
		return -1;
	}
	assert_true(k->queue[at].len <= size);
	memcpy(buffer, k->queue[at].bytes, k->queue[at].len);
	return (ssize_t)k->queue[at].len;
}

static struct made_up made_up(void)
{
	return (struct made_up){
		.transport = { .open = made_up_open, .close = made_up_close, .fd = made_up_fd,
			       .receive = made_up_receive },
	};
}

static void queue_code(struct made_up *k, int code)
{
	k->queue[k->count++].code = code;
}

/* What the kernel sends of a destroyed socket. */
static struct inet_diag_msg *queue_event(struct made_up *k, uint8_t protocol, uint32_t cookie)
{
	uint64_t space[1024 / sizeof(uint64_t)] = { 0 };
	struct tcp_facts facts = { .bytes_acked = 42, .rtt_us = 77 };
	struct nlmsghdr *nlh = (struct nlmsghdr *)space;

	diag_begin(space, AF_INET, 7, cookie);
	mnl_attr_put_u8(nlh, INET_DIAG_PROTOCOL, protocol);
	if (protocol == IPPROTO_TCP)
		mnl_attr_put(nlh, INET_DIAG_INFO, sizeof(facts), &facts);
	memcpy(k->queue[k->count].bytes, space, nlh->nlmsg_len);
	k->queue[k->count].len = nlh->nlmsg_len;
	nlh = (struct nlmsghdr *)(void *)k->queue[k->count++].bytes;
	return mnl_nlmsg_get_payload(nlh);
}

struct bag {
	struct sink sink;
	size_t count;
	size_t enough; /* 0: never */
	struct sock last;
	struct tcp_facts facts;
};

static int bag_push(struct sink *self, const struct sock *sk)
{
	struct bag *b = sink_of(self, struct bag, sink);

	b->last = *sk;
	if (sk->tcp)
		b->facts = *sk->tcp;
	return ++b->count == b->enough;
}

static struct events *open_all(struct made_up *k)
{
	struct error err = { 0 };
	struct events *e = events_open(PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP),
				       FAMILY_V4 | FAMILY_V6, &k->transport, &err);

	assert_non_null(e);
	return e;
}

static void joins_what_is_asked_for(void **state)
{
	static const struct {
		proto_set protos;
		unsigned int families;
		unsigned int groups;
	} rows[] = {
		{ PROTO_BIT(PROTO_TCP), FAMILY_V4, 1u << SKNLGRP_INET_TCP_DESTROY },
		{ PROTO_BIT(PROTO_TCP), FAMILY_V6, 1u << SKNLGRP_INET6_TCP_DESTROY },
		{ PROTO_BIT(PROTO_UDP), FAMILY_V4 | FAMILY_V6,
		  1u << SKNLGRP_INET_UDP_DESTROY | 1u << SKNLGRP_INET6_UDP_DESTROY },
		{ ~(proto_set)0, FAMILY_V4 | FAMILY_V6, 0x1e },
		{ PROTO_BIT(PROTO_UNIX), FAMILY_V4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_up k = made_up();
		struct events *e =
			events_open(rows[i].protos, rows[i].families, &k.transport, NULL);

		assert_non_null(e);
		assert_int_equal(k.groups, rows[i].groups);
		assert_int_equal(events_fd(e), 99);
		assert_false(k.closed);
		events_close(e);
		assert_true(k.closed);
	}
	events_close(NULL);
}

static void says_why_not(void **state)
{
	struct made_up k = made_up();
	struct error err = { 0 };

	(void)state;
	k.open_code = EPROTONOSUPPORT;
	assert_null(events_open(PROTO_BIT(PROTO_TCP), FAMILY_V4, &k.transport, &err));
	assert_int_equal(err.code, EPROTONOSUPPORT);
	assert_non_null(strstr(err.text, "destroyed"));
}

static void reads_what_there_is(void **state)
{
	struct made_up k = made_up();
	struct events *e = open_all(&k);
	struct bag b = { .sink.push = bag_push };

	(void)state;
	queue_event(&k, IPPROTO_TCP, 5);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 1);
	assert_int_equal(b.last.proto, PROTO_TCP);
	assert_int_equal(b.last.state, STATE_CLOSED);
	assert_int_equal(b.last.cookie, 5);
	assert_int_equal(b.last.local.port, 80);
	assert_int_equal(b.last.peer.port, 40000);
	assert_int_equal(b.facts.bytes_acked, 42);
	assert_true(b.last.tcp_bytes >= 224);
	/* zeros that mean nothing */
	assert_false(b.last.has & (SOCK_HAS_UID | SOCK_HAS_INODE | SOCK_HAS_TIMER |
				   SOCK_HAS_QUEUES));
	queue_event(&k, IPPROTO_UDP, 6);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 1);
	assert_int_equal(b.last.proto, PROTO_UDP);
	assert_int_equal(b.last.state, STATE_UNCONNECTED);
	assert_null(b.last.tcp);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 0);
	assert_int_equal(events_report(e)->events, 2);
	assert_int_equal(events_report(e)->losses, 0);
	events_close(e);
}

static void counts_losses_and_goes_on(void **state)
{
	struct made_up k = made_up();
	struct events *e = open_all(&k);
	struct bag b = { .sink.push = bag_push };

	(void)state;
	queue_event(&k, IPPROTO_TCP, 1);
	queue_code(&k, ENOBUFS);
	queue_code(&k, EINTR);
	queue_event(&k, IPPROTO_TCP, 2);
	queue_code(&k, ENOBUFS);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 2);
	assert_int_equal(b.count, 2);
	assert_int_equal(events_report(e)->losses, 2);
	assert_int_equal(events_report(e)->malformed, 0);
	events_close(e);
}

static void stops_where_it_should(void **state)
{
	struct made_up k = made_up();
	struct events *e = open_all(&k);
	struct bag b = { .sink.push = bag_push };
	struct error err = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= 6; i++)
		queue_event(&k, IPPROTO_TCP, i);
	assert_int_equal(events_read(e, 2, &b.sink, NULL), 2);
	assert_int_equal(b.last.cookie, 2);
	b.enough = 3;
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 1);
	assert_int_equal(b.last.cookie, 3);
	queue_code(&k, EBADF);
	assert_int_equal(events_read(e, 0, &b.sink, &err), -1);
	assert_int_equal(err.code, EBADF);
	assert_int_equal(b.last.cookie, 6);
	events_close(e);
}

static void counts_what_makes_no_sense(void **state)
{
	struct made_up k = made_up();
	struct events *e = open_all(&k);
	struct bag b = { .sink.push = bag_push };

	(void)state;
	queue_event(&k, IPPROTO_TCP, 1)->idiag_state = 1;
	queue_event(&k, IPPROTO_TCP, 2)->idiag_family = AF_UNIX;
	queue_event(&k, IPPROTO_SCTP, 3);
	queue_event(&k, IPPROTO_TCP, 4);
	k.queue[3].len -= 4; /* cut */
	queue_event(&k, IPPROTO_TCP, 5);
	((struct nlmsghdr *)(void *)k.queue[4].bytes)->nlmsg_len = 40;
	k.queue[4].len = 40;
	queue_code(&k, ENOSPC);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 0);
	assert_int_equal(events_report(e)->malformed, 6);
	queue_event(&k, IPPROTO_TCP, 6);
	assert_int_equal(events_read(e, 0, &b.sink, NULL), 1);
	events_close(e);
}

/* Events come by a work queue of the kernel's: wait for each. */
static void read_events(struct events *e, struct bag *b, size_t wanted)
{
	struct pollfd p = { .fd = events_fd(e), .events = POLLIN };

	while (b->count < wanted) {
		CHECK(poll(&p, 1, 30000) == 1);
		CHECK(events_read(e, 1, &b->sink, NULL) >= 0);
	}
}

static void live_child(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	struct bag b = { .sink.push = bag_push };
	int listener, client, server, udp;
	struct sockaddr_in mine;
	struct events *e;

	own_netns_drop_privileges();
	e = events_open(PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP), FAMILY_V4 | FAMILY_V6, NULL,
			NULL);
	CHECK(e);
	CHECK(events_read(e, 0, &b.sink, NULL) == 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(listener, (struct sockaddr *)&at, len) == 0);
	CHECK(listen(listener, 5) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&at, &len) == 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(client, (struct sockaddr *)&at, len) == 0);
	CHECK(getsockname(client, (struct sockaddr *)&mine, &len) == 0);
	server = accept(listener, NULL, NULL);
	CHECK(send(client, "hello", 5, 0) == 5);
	CHECK(recv(server, &b.facts, 5, MSG_WAITALL) == 5);
	close(client);
	close(server);
	read_events(e, &b, 2);
	CHECK(b.last.proto == PROTO_TCP && b.last.state == STATE_CLOSED);
	CHECK(b.last.has & SOCK_HAS_COOKIE);
	if (b.last.local.port == ntohs(mine.sin_port)) {
		CHECK(b.last.peer.port == ntohs(at.sin_port));
		CHECK(b.facts.bytes_sent == 5);
	} else {
		CHECK(b.last.local.port == ntohs(at.sin_port));
		CHECK(b.last.peer.port == ntohs(mine.sin_port));
		CHECK(tcp_facts_has(&b.last, bytes_received));
		CHECK(b.facts.bytes_received == 6); /* the FIN counts */
	}
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK(connect(udp, (struct sockaddr *)&at, len) == 0);
	close(udp);
	read_events(e, &b, 3);
	CHECK(b.last.proto == PROTO_UDP && b.last.state == STATE_ESTABLISHED);
	CHECK(events_report(e)->losses == 0);
	events_close(e);
}

static void test_live(void **state)
{
	(void)state;
	own_netns_run(live_child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_what_is_asked_for),
		cmocka_unit_test(says_why_not),
		cmocka_unit_test(reads_what_there_is),
		cmocka_unit_test(counts_losses_and_goes_on),
		cmocka_unit_test(stops_where_it_should),
		cmocka_unit_test(counts_what_makes_no_sense),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
