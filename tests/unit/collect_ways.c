/* collect: the other ways to sockets: /proc/net, single answers. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_netlink.h"

static const struct collect_options with_root = { .proc_root = fake_proc };

static void assert_from_proc(struct stage *st)
{
	const struct collect_report *report = collector_report(st->c);

	assert_int_equal(st->bag.count, 1);
	assert_int_equal(st->bag.last.inode, 4711);
	assert_false(st->bag.last.has & SOCK_HAS_COOKIE);
	assert_int_equal(report->malformed, 1);
	assert_int_equal(report->outside, 0);
	assert_string_equal(report->source, "procfs");
	assert_non_null(report->why);
}

static void without_a_netlink_socket_there_is_proc(void **unused)
{
	struct stage *st = stage_new(answer_plainly, &with_root);

	(void)unused;
	st->fake.open_code = EPROTONOSUPPORT;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_from_proc(st);
	assert_non_null(strstr(collector_report(st->c)->why, "Protocol not supported"));
	assert_true(collector_report(st->c)->unasked);
	/* And the next pass does not try again. */
	st->fake.open_code = 0;
	st->bag.count = 0;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_from_proc(st);
	assert_int_equal(st->fake.opened, 0);
	stage_free(st);
}

static void answer_no_handler(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_end(s, request, NLMSG_DONE, -ENOENT);
}

static void without_a_handler_there_is_proc(void **unused)
{
	struct stage *st = stage_new(answer_no_handler, &with_root);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_from_proc(st);
	assert_non_null(strstr(collector_report(st->c)->why, "tcp_diag"));
	assert_int_equal(collector_report(st->c)->missing, 0);
	stage_free(st);
}

/* The kernel has a handler of TCP alone. */
static void answer_of_tcp_alone(struct fake_socket *s, const struct nlmsghdr *request)
{
	const struct inet_diag_req_v2 *req = mnl_nlmsg_get_payload(request);

	if (req->sdiag_protocol == IPPROTO_TCP)
		answer_plainly(s, request);
	else
		queue_end(s, request, NLMSG_DONE, -ENOENT);
}

static void each_protocol_has_its_source(void **unused)
{
	struct stage *st = stage_new(answer_of_tcp_alone, &with_root);
	struct collect_request request = tcp_request;
	const struct collect_report *report = collector_report(st->c);

	(void)unused;
	root_write("raw", "  sl  local_address rem_address   st tx_queue\n");
	root_write("udplite", "  sl  local_address rem_address   st tx_queue\n");
	request.protos |= PROTO_BIT(PROTO_RAW) | PROTO_BIT(PROTO_UDPLITE);
	assert_int_equal(stage_run(st, &request), 0);
	assert_string_equal(report->source, "netlink, procfs (udplite, raw)");
	assert_int_equal(report->from_netlink, PROTO_BIT(PROTO_TCP));
	assert_int_equal(report->from_proc, PROTO_BIT(PROTO_RAW) | PROTO_BIT(PROTO_UDPLITE));
	assert_true(report->unasked);
	assert_non_null(strstr(report->why, "for udplite, raw: "));
	assert_non_null(strstr(report->why, "the modules udp_diag, raw_diag may"));
	/* and of the next pass it is said anew */
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_string_equal(report->source, "netlink");
	assert_null(report->why);
	assert_false(report->unasked);
	stage_free(st);
}

static void states_that_only_netlink_tells_of(void **unused)
{
	struct stage *st = stage_new(answer_plainly, &with_root);
	struct collect_request request = tcp_request;
	const struct collect_report *report = collector_report(st->c);

	(void)unused;
	request.states |= STATE_BIT(STATE_BOUND);
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(report->untold_states[PROTO_TCP], 0);
	stage_free(st);
	st = stage_new(answer_plainly, &with_root);
	report = collector_report(st->c);
	st->fake.open_code = EPROTONOSUPPORT;
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(report->untold_states[PROTO_TCP], STATE_BIT(STATE_BOUND));
	/* nobody asked for them */
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(report->untold_states[PROTO_TCP], 0);
	stage_free(st);
}

static void a_protocol_in_neither_place_is_missing(void **unused)
{
	struct stage *st = stage_new(answer_no_handler, &with_root);
	struct collect_request request = tcp_request;

	(void)unused;
	request.protos = PROTO_BIT(PROTO_UDP);
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->bag.count, 0);
	assert_int_equal(collector_report(st->c)->missing, PROTO_BIT(PROTO_UDP));
	stage_free(st);
}

static void no_source_at_all_is_an_error(void **unused)
{
	struct collect_options o = { .proc_root = "/nonexistent" };
	struct stage *st = stage_new(answer_no_handler, &o);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), -1);
	assert_non_null(strstr(st->err.text, "/nonexistent/net/tcp"));
	assert_non_null(strstr(st->err.text, "is /proc mounted?"));
	stage_free(st);
}

static void proc_on_request(void **unused)
{
	struct collect_options o = { .proc_root = fake_proc, .no_netlink = true };
	struct stage *st = stage_new(answer_plainly, &o);
	struct sock sk = { .proto = PROTO_TCP };

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_from_proc(st);
	assert_false(collector_report(st->c)->unasked);
	assert_int_equal(st->fake.opened, 0);
	assert_int_equal(collector_exact(st->c, &sk, 1, 0, &st->bag.sink, &st->err), -1);
	stage_free(st);
}

/* Every third socket is gone; answers come in any order. */
static void answer_exactly(struct fake_socket *s, const struct nlmsghdr *request)
{
	const struct inet_diag_req_v2 *req = mnl_nlmsg_get_payload(request);
	uint32_t cookie = req->id.idiag_cookie[0];
	struct datagram d = datagram_new(request);

	if (cookie % 3)
		datagram_sock(&d, 1, cookie);
	else
		datagram_end(&d, NLMSG_ERROR, -ENOENT);
	datagram_queue(s, &d);
}

static void single_sockets_by_their_cookie(void **unused)
{
	struct stage *st = stage_new(answer_exactly, NULL);
	struct sock socks[COLLECT_EXACT_MAX];

	(void)unused;
	for (uint32_t i = 0; i < COLLECT_EXACT_MAX; i++)
		socks[i] = (struct sock){
			.has = SOCK_HAS_COOKIE,
			.state = STATE_ESTABLISHED,
			.local = { .family = ADDR_V4 },
			.cookie = i,
		};
	assert_int_equal(collector_exact(st->c, socks, COLLECT_EXACT_MAX, 0, &st->bag.sink,
					 &st->err), 0);
	assert_int_equal(st->bag.count, COLLECT_EXACT_MAX - 22);
	for (uint32_t i = 0; i < COLLECT_EXACT_MAX; i++)
		assert_int_equal(st->bag.seen[i], i % 3 != 0);
	assert_int_equal(collector_exact(st->c, socks, COLLECT_EXACT_MAX + 1, 0, &st->bag.sink,
					 &st->err), -1);
	assert_int_equal(collector_exact(st->c, socks, 0, 0, &st->bag.sink, &st->err), 0);
	stage_free(st);
}

static void unanswered_single_requests_are_an_error(void **unused)
{
	struct stage *st = stage_new(answer_nothing, NULL);
	struct sock sk = { .local = { .family = ADDR_V4 } };

	(void)unused;
	assert_int_equal(collector_exact(st->c, &sk, 1, 0, &st->bag.sink, &st->err), -1);
	assert_int_equal(st->err.code, EAGAIN);
	stage_free(st);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_netlink_socket_there_is_proc),
		cmocka_unit_test(without_a_handler_there_is_proc),
		cmocka_unit_test(each_protocol_has_its_source),
		cmocka_unit_test(states_that_only_netlink_tells_of),
		cmocka_unit_test(a_protocol_in_neither_place_is_missing),
		cmocka_unit_test(no_source_at_all_is_an_error),
		cmocka_unit_test(proc_on_request),
		cmocka_unit_test(single_sockets_by_their_cookie),
		cmocka_unit_test(unanswered_single_requests_are_an_error),
	};

	return cmocka_run_group_tests(tests, root_make, root_remove);
}
