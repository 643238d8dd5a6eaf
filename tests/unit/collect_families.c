/*
 * Passes over the families beyond TCP and UDP, against a kernel that is played here:
 * it has netlink and SCTP sockets, and no others.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <linux/netlink_diag.h>

#include "collect/collect.h"
#include "collect/netlink.h"
#include "diag_build.h"

/* More netlink sockets than the collector remembers at a glance. */
#define NETLINK_SOCKETS 3000

/* One socket of the transport: the answer to its last request. */
struct played {
	char *data;
	size_t len;
	size_t at;
};

static void *played_open(const struct netlink_transport *self, bool privileged)
{
	(void)self, (void)privileged;
	return calloc(1, sizeof(struct played));
}

static void played_close(void *socket)
{
	struct played *p = socket;

	free(p->data);
	free(p);
}

static struct nlmsghdr *played_next(struct played *p)
{
	return (void *)(p->data + p->len);
}

static void played_took(struct played *p, uint32_t seq)
{
	struct nlmsghdr *nlh = played_next(p);

	nlh->nlmsg_seq = seq;
	p->len += MNL_ALIGN(nlh->nlmsg_len);
}

static void play_netlink(struct played *p, uint32_t seq, uint32_t cookie)
{
	struct nlmsghdr *nlh = diag_header(played_next(p), SOCK_DIAG_BY_FAMILY, seq);
	struct netlink_diag_msg *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	msg->ndiag_family = AF_NETLINK;
	msg->ndiag_type = cookie & 1 ? SOCK_RAW : SOCK_DGRAM;
	msg->ndiag_state = 7;
	msg->ndiag_portid = cookie;
	msg->ndiag_cookie[0] = cookie;
	played_took(p, seq);
}

static void play_sctp(struct played *p, uint32_t seq, uint8_t state, uint16_t peer)
{
	struct inet_diag_msg *msg = diag_begin(played_next(p), AF_INET, state, 77);
	char addresses[128] = { 0 };

	msg->id.idiag_dport = htons(peer);
	if (peer)
		mnl_attr_put(played_next(p), INET_DIAG_PEERS, sizeof(addresses), addresses);
	played_took(p, seq);
}

static void play_answer(struct played *p, const struct nlmsghdr *request)
{
	const struct inet_diag_req_v2 *req = mnl_nlmsg_get_payload(request);
	uint32_t seq = request->nlmsg_seq;

	if (req->sdiag_family == AF_NETLINK) {
		for (uint32_t cookie = 1; cookie <= NETLINK_SOCKETS; cookie++)
			play_netlink(p, seq, cookie);
		/* those in a group once more, in their own table */
		for (uint32_t cookie = 1; cookie <= NETLINK_SOCKETS; cookie += 7)
			play_netlink(p, seq, cookie);
		diag_end(played_next(p), NLMSG_DONE, seq, 0);
	} else if (req->sdiag_family == AF_INET && req->sdiag_protocol == IPPROTO_SCTP) {
		play_sctp(p, seq, 10, 0);
		play_sctp(p, seq, 10, 0);
		play_sctp(p, seq, 3, 1001);
		play_sctp(p, seq, 3, 1002);
		diag_end(played_next(p), NLMSG_DONE, seq, 0);
	} else if (req->sdiag_family == AF_INET) {
		diag_end(played_next(p), NLMSG_DONE, seq, -ENOENT);
	} else if (req->sdiag_family == AF_XDP) {
		diag_end(played_next(p), NLMSG_ERROR, seq, -EPERM);
	} else {
		diag_end(played_next(p), NLMSG_ERROR, seq, -ENOENT);
	}
	p->len += 20;
}

static int played_send(void *socket, const void *data, size_t len)
{
	struct played *p = socket;

	(void)len;
	free(p->data);
	p->data = calloc(1, 1000000);
	p->len = 0;
	p->at = 0;
	play_answer(p, data);
	return 0;
}

/* As many whole messages as fit. */
static ssize_t played_receive(void *socket, void *buffer, size_t size)
{
	struct played *p = socket;
	size_t used = 0;

	while (p->at + used < p->len) {
		const struct nlmsghdr *nlh = (void *)(p->data + p->at + used);

		if (used + MNL_ALIGN(nlh->nlmsg_len) > size)
			break;
		used += MNL_ALIGN(nlh->nlmsg_len);
	}
	if (!used) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(buffer, p->data + p->at, used);
	p->at += used;
	return (ssize_t)used;
}

static const struct netlink_transport played = {
	.open = played_open, .close = played_close,
	.send = played_send, .receive = played_receive,
};

struct bag {
	struct sink sink;
	size_t count;
	size_t states[STATE_COUNT];
};

static int bag_push(struct sink *self, const struct sock *sk)
{
	struct bag *bag = sink_of(self, struct bag, sink);

	bag->count++;
	bag->states[sk->state]++;
	return 0;
}

/* One pass over @protos; the collector is the caller's to close. */
static struct collector *run(struct collect_request request, struct bag *bag, bool no_netlink,
			     int expected)
{
	const struct collect_options options = { .transport = &played, .no_netlink = no_netlink };
	struct error err = { 0 };
	struct collector *c = collector_open(&options, &err);

	assert_non_null(c);
	*bag = (struct bag){ .sink.push = bag_push };
	request.states = ~0u;
	assert_int_equal(collector_run(c, &request, &bag->sink, &err), expected);
	return c;
}

static void netlink_sockets_in_groups_count_once(void **unused)
{
	const struct collect_request request = { .protos = PROTO_BIT(PROTO_NETLINK) };
	struct bag bag;
	struct collector *c = run(request, &bag, false, 0);

	(void)unused;
	assert_int_equal(bag.count, NETLINK_SOCKETS);
	assert_int_equal(collector_report(c)->duplicates, (NETLINK_SOCKETS + 6) / 7);
	collector_close(c);
}

static void types_are_chosen(void **unused)
{
	struct collect_request request = { .protos = PROTO_BIT(PROTO_NETLINK) };
	struct bag bag;

	(void)unused;
	request.types[PROTO_NETLINK] = 1u << SOCK_TYPE_DGRAM;
	collector_close(run(request, &bag, false, 0));
	assert_int_equal(bag.count, NETLINK_SOCKETS / 2);
}

/* They share the endpoint's cookie, and the endpoint is told twice. */
static void associations_are_no_duplicates(void **unused)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_SCTP), .families = FAMILY_V4,
	};
	struct bag bag;
	struct collector *c = run(request, &bag, false, 0);

	(void)unused;
	assert_int_equal(bag.states[STATE_LISTEN], 1);
	assert_int_equal(bag.states[STATE_ESTABLISHED], 2);
	assert_int_equal(bag.count, 3);
	assert_int_equal(collector_report(c)->missing, 0);
	assert_string_equal(collector_report(c)->source, "netlink");
	collector_close(c);
}

static void what_this_kernel_lacks_is_told(void **unused)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_NETLINK) | PROTO_BIT(PROTO_DCCP) |
			  PROTO_BIT(PROTO_VSOCK) | PROTO_BIT(PROTO_XDP),
		.families = FAMILY_V6 | FAMILY_V4,
	};
	struct bag bag;
	struct collector *c = run(request, &bag, false, 0);

	(void)unused;
	assert_int_equal(bag.count, NETLINK_SOCKETS);
	assert_int_equal(collector_report(c)->missing,
			 PROTO_BIT(PROTO_DCCP) | PROTO_BIT(PROTO_VSOCK));
	/* refused is not the same as not there */
	assert_int_equal(collector_report(c)->untold, PROTO_BIT(PROTO_XDP));
	/* nothing was read from /proc/net */
	assert_string_equal(collector_report(c)->source, "netlink");
	collector_close(c);
}

static void without_netlink_some_cannot_be_told_of(void **unused)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_VSOCK) | PROTO_BIT(PROTO_MPTCP),
		.families = FAMILY_V6,
	};
	struct bag bag;
	struct collector *c = run(request, &bag, true, 0);

	(void)unused;
	assert_int_equal(bag.count, 0);
	assert_int_equal(collector_report(c)->missing, 0);
	assert_int_equal(collector_report(c)->untold, request.protos);
	collector_close(c);
}

static void single_sockets_beyond_ip_are_refused(void **unused)
{
	const struct collect_options options = { .transport = &played };
	struct error err = { 0 };
	struct collector *c = collector_open(&options, &err);
	const struct sock sk = { .proto = PROTO_UNIX, .has = SOCK_HAS_COOKIE, .cookie = 1 };
	struct bag bag = { .sink.push = bag_push };

	(void)unused;
	assert_int_equal(collector_exact(c, &sk, 1, 0, &bag.sink, &err), -1);
	assert_non_null(strstr(err.text, "unix"));
	collector_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netlink_sockets_in_groups_count_once),
		cmocka_unit_test(types_are_chosen),
		cmocka_unit_test(associations_are_no_duplicates),
		cmocka_unit_test(what_this_kernel_lacks_is_told),
		cmocka_unit_test(without_netlink_some_cannot_be_told_of),
		cmocka_unit_test(single_sockets_beyond_ip_are_refused),
	};

	return cmocka_run_group_tests_name("collect_families", tests, NULL, NULL);
}
