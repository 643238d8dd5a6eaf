/* collect: whole passes through netlink, whatever the kernel does. */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_netlink.h"

static void both_families_take_one_walk(void **unused)
{
	struct stage *st = stage_new(answer_plainly, NULL);
	const struct collect_report *report = collector_report(st->c);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->fake.requests, 1);
	assert_int_equal(st->fake.types[0], TCPDIAG_GETSOCK);
	assert_int_equal(st->fake.states[0], 1 << 1 | 1 << 8);
	assert_false(st->fake.privileged);
	assert_int_equal(st->bag.count, 5);
	assert_int_equal(report->sockets, 5);
	assert_string_equal(report->source, "netlink");
	assert_null(report->why);
	/* The socket is kept for the next pass. */
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->fake.opened, 1);
	assert_int_equal(report->sockets, 5);
	assert_int_equal(report->duplicates, 0);
	stage_free(st);
}

static void one_family_is_asked_for_alone(void **unused)
{
	struct stage *st = stage_new(answer_plainly, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	request.families = FAMILY_V6;
	request.protos |= PROTO_BIT(PROTO_UDP);
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 2);
	assert_int_equal(st->fake.types[0], SOCK_DIAG_BY_FAMILY);
	assert_int_equal(st->fake.families[0], AF_INET6);
	assert_int_equal(st->fake.families[1], AF_INET6);
	assert_int_equal(st->fake.states[1], 1 << 1);
	stage_free(st);
}

static void marks_need_the_capability(void **unused)
{
	struct stage *st = stage_new(answer_plainly, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	assert_int_equal(stage_run(st, &request), 0);
	request.facts = FACT_MARK;
	assert_int_equal(stage_run(st, &request), 0);
	assert_true(st->fake.privileged);
	assert_int_equal(st->fake.opened, 2);
	stage_free(st);
}

static void answer_old_kernel(struct fake_socket *s, const struct nlmsghdr *request)
{
	if (request->nlmsg_type == TCPDIAG_GETSOCK)
		queue_end(s, request, NLMSG_ERROR, -EOPNOTSUPP);
	else
		queue_socks(s, request, s->fake->requests * 10, 2);
}

static void a_refused_walk_is_remembered(void **unused)
{
	struct stage *st = stage_new(answer_old_kernel, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->fake.requests, 3);
	assert_int_equal(st->fake.families[1], AF_INET);
	assert_int_equal(st->fake.families[2], AF_INET6);
	assert_int_equal(st->bag.count, 4);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->fake.requests, 5);
	assert_int_equal(st->fake.types[3], SOCK_DIAG_BY_FAMILY);
	assert_string_equal(collector_report(st->c)->source, "netlink");
	stage_free(st);
}

/* A chain that grew is read again from an earlier place. */
static void answer_repeating(struct fake_socket *s, const struct nlmsghdr *request)
{
	static const uint32_t cookies[] = { 1, 2, 3, 2, 3, 4, 0, 0, 1 };
	struct datagram d = datagram_new(request);

	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++)
		datagram_sock(&d, 1, cookies[i]);
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static void the_same_socket_comes_once(void **unused)
{
	struct stage *st = stage_new(answer_repeating, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	for (size_t i = 1; i <= 4; i++)
		assert_int_equal(st->bag.seen[i], 1);
	/* Without a cookie nobody can tell. */
	assert_int_equal(st->bag.seen[0], 2);
	assert_int_equal(collector_report(st->c)->duplicates, 3);
	stage_free(st);
}

/* Sockets change their state between the kernel's match and its answer. */
static void answer_late(struct fake_socket *s, const struct nlmsghdr *request)
{
	static const uint8_t states[] = { 1, 4, 7, 8, 9 };
	struct datagram d = datagram_new(request);

	for (size_t i = 0; i < sizeof(states); i++)
		datagram_sock(&d, states[i], 1 + (uint32_t)i);
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static void other_states_are_left_out(void **unused)
{
	struct stage *st = stage_new(answer_late, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 2);
	assert_int_equal(collector_report(st->c)->outside, 3);
	stage_free(st);
}

static void answer_garbled(struct fake_socket *s, const struct nlmsghdr *request)
{
	struct datagram d = datagram_new(request);
	struct nlmsghdr *nlh;

	datagram_sock(&d, 1, 1);
	datagram_sock(&d, 99, 2);
	/* The last one's attribute says that it is longer than its message. */
	nlh = (void *)(d.data + d.len);
	datagram_sock(&d, 1, 3);
	((struct nlattr *)mnl_nlmsg_get_payload_offset(nlh, 72))->nla_len = 500;
	/* And a header that was cut. */
	memset(d.data + d.len, 0xff, 8);
	d.len += 8;
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static void nonsense_is_counted(void **unused)
{
	struct stage *st = stage_new(answer_garbled, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 1);
	assert_int_equal(collector_report(st->c)->malformed, 3);
	stage_free(st);
}

static void answer_busy_once(struct fake_socket *s, const struct nlmsghdr *request)
{
	if (s->fake->requests == 1)
		queue_end(s, request, NLMSG_ERROR, -EBUSY);
	else
		queue_socks(s, request, 1, 3);
}

static void a_busy_socket_is_replaced(void **unused)
{
	struct stage *st = stage_new(answer_busy_once, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 3);
	assert_int_equal(st->fake.opened, 2);
	assert_int_equal(st->fake.types[1], TCPDIAG_GETSOCK);
	assert_int_equal(collector_report(st->c)->interrupted, 1);
	stage_free(st);
}

static void answer_busy_always(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_end(s, request, NLMSG_ERROR, -EBUSY);
}

static void busy_for_ever_is_an_error(void **unused)
{
	struct stage *st = stage_new(answer_busy_always, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), -1);
	assert_int_equal(st->err.code, EBUSY);
	assert_non_null(strstr(st->err.text, "try again"));
	stage_free(st);
}

static void answer_with_signals(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_code(s, EINTR);
	queue_code(s, EINTR);
	queue_socks(s, request, 1, 3);
}

static void signals_do_not_disturb(void **unused)
{
	struct stage *st = stage_new(answer_with_signals, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 3);
	assert_int_equal(st->fake.requests, 1);
	assert_int_equal(collector_report(st->c)->interrupted, 0);
	stage_free(st);
}

/* 600 sockets of 124 bytes do not fit 32 KiB, nor 64. */
static void answer_large(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_socks(s, request, 1, 600);
}

static void a_cut_datagram_is_asked_for_again(void **unused)
{
	struct stage *st = stage_new(answer_large, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 600);
	assert_int_equal(collector_report(st->c)->interrupted, 2);
	/* The larger buffer is kept. */
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(collector_report(st->c)->interrupted, 0);
	stage_free(st);
}

static void silence_is_an_error(void **unused)
{
	struct stage *st = stage_new(answer_nothing, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), -1);
	assert_non_null(strstr(st->err.text, "did not answer"));
	stage_free(st);
}

static void answer_breaking_off(struct fake_socket *s, const struct nlmsghdr *request)
{
	struct datagram d = datagram_new(request);

	datagram_sock(&d, 1, 1);
	datagram_end(&d, NLMSG_DONE, -ENOMEM);
	datagram_queue(s, &d);
}

static void half_a_dump_is_an_error(void **unused)
{
	struct stage *st = stage_new(answer_breaking_off, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), -1);
	assert_int_equal(st->err.code, ENOMEM);
	assert_int_equal(st->bag.count, 1);
	stage_free(st);
}

static void answer_after_another(struct fake_socket *s, const struct nlmsghdr *request)
{
	struct datagram d = datagram_new(request);

	d.seq = request->nlmsg_seq - 1;
	datagram_sock(&d, 1, 50);
	datagram_end(&d, NLMSG_ERROR, -EBUSY);
	datagram_queue(s, &d);
	queue_socks(s, request, 1, 2);
}

static void answers_to_others_are_ignored(void **unused)
{
	struct stage *st = stage_new(answer_after_another, NULL);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 2);
	assert_int_equal(st->bag.seen[50], 0);
	stage_free(st);
}

static void the_sink_can_end_a_pass(void **unused)
{
	struct stage *st = stage_new(answer_plainly, NULL);

	(void)unused;
	st->bag.stop_after = 2;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 2);
	/* The only way to give up a dump. */
	assert_int_equal(st->fake.closed, 1);
	assert_int_equal(collector_step(st->c, &st->bag.sink, 1000, &st->err), 0);
	assert_int_equal(st->bag.count, 2);
	stage_free(st);
}

static void answer_in_pieces(struct fake_socket *s, const struct nlmsghdr *request)
{
	for (uint32_t i = 0; i < 20; i++) {
		struct datagram d = datagram_new(request);

		datagram_sock(&d, 1, i + 1);
		datagram_queue(s, &d);
	}
	queue_end(s, request, NLMSG_DONE, 0);
}

static void a_pass_in_slices(void **unused)
{
	struct stage *st = stage_new(answer_in_pieces, NULL);
	size_t steps = 0;
	int more = 1;

	(void)unused;
	assert_int_equal(collector_start(st->c, &tcp_request, &st->err), 0);
	assert_int_equal(st->fake.opened, 0);
	while (more == 1) {
		size_t before = st->bag.count;

		more = collector_step(st->c, &st->bag.sink, 0, &st->err);
		assert_in_range(st->bag.count - before, 0, 1);
		steps++;
	}
	assert_int_equal(more, 0);
	assert_int_equal(st->bag.count, 20);
	assert_true(steps > 20);
	stage_free(st);
}

static void a_new_pass_gives_up_the_old_one(void **unused)
{
	struct stage *st = stage_new(answer_in_pieces, NULL);

	(void)unused;
	assert_int_equal(collector_start(st->c, &tcp_request, &st->err), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(collector_step(st->c, &st->bag.sink, 0, &st->err), 1);
	st->bag.count = 0;
	memset(st->bag.seen, 0, sizeof(st->bag.seen));
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 20);
	assert_int_equal(collector_report(st->c)->duplicates, 0);
	assert_int_equal(st->fake.closed, 1);
	stage_free(st);
}

/* The length of the filter in a legacy request. */
static size_t filter_len(const struct nlmsghdr *request)
{
	const struct nlattr *attr =
		mnl_nlmsg_get_payload_offset(request, sizeof(struct inet_diag_req));

	if (request->nlmsg_len <= MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_req))
		return 0;
	assert_int_equal(mnl_attr_get_type(attr), INET_DIAG_REQ_BYTECODE);
	return mnl_attr_get_payload_len(attr);
}

/* Port and mark: a port is 8 bytes of bytecode, a mark 16. */
static const struct match port_match = {
	.op = MATCH_LOCAL_PORT, .port_min = 80, .port_max = UINT16_MAX,
};
static const struct match mark_match = { .op = MATCH_MARK, .mark_value = 1, .mark_mask = 1 };
static const struct match both_match = {
	.op = MATCH_AND, .left = &port_match, .right = &mark_match,
};

static void answer_old_filters(struct fake_socket *s, const struct nlmsghdr *request)
{
	size_t len = filter_len(request);

	if (s->fake->requests == 1) {
		assert_true(len > 8);
		queue_end(s, request, NLMSG_ERROR, -EPERM);
	} else {
		assert_int_equal(len, 8);
		queue_socks(s, request, 1, 3);
	}
}

static void a_refused_condition_is_left_out(void **unused)
{
	struct stage *st = stage_new(answer_old_filters, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	request.match = &both_match;
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 2);
	assert_int_equal(st->bag.count, 3);
	assert_false(collector_report(st->c)->unfiltered);
	/* And not tried again. */
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 3);
	stage_free(st);
}

static void answer_no_filters(struct fake_socket *s, const struct nlmsghdr *request)
{
	if (filter_len(request))
		queue_end(s, request, NLMSG_ERROR, -EINVAL);
	else
		queue_socks(s, request, 1, 3);
}

static void a_refused_filter_is_left_out(void **unused)
{
	struct stage *st = stage_new(answer_no_filters, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	request.match = &port_match;
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->bag.count, 3);
	assert_true(collector_report(st->c)->unfiltered);
	assert_int_equal(st->fake.types[st->fake.requests - 1], TCPDIAG_GETSOCK);
	stage_free(st);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_families_take_one_walk),
		cmocka_unit_test(one_family_is_asked_for_alone),
		cmocka_unit_test(marks_need_the_capability),
		cmocka_unit_test(a_refused_walk_is_remembered),
		cmocka_unit_test(the_same_socket_comes_once),
		cmocka_unit_test(other_states_are_left_out),
		cmocka_unit_test(nonsense_is_counted),
		cmocka_unit_test(a_busy_socket_is_replaced),
		cmocka_unit_test(busy_for_ever_is_an_error),
		cmocka_unit_test(signals_do_not_disturb),
		cmocka_unit_test(a_cut_datagram_is_asked_for_again),
		cmocka_unit_test(silence_is_an_error),
		cmocka_unit_test(half_a_dump_is_an_error),
		cmocka_unit_test(answers_to_others_are_ignored),
		cmocka_unit_test(the_sink_can_end_a_pass),
		cmocka_unit_test(a_pass_in_slices),
		cmocka_unit_test(a_new_pass_gives_up_the_old_one),
		cmocka_unit_test(a_refused_condition_is_left_out),
		cmocka_unit_test(a_refused_filter_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
