/* collect: the other ways to sockets: /proc/net, single answers, two dumps at once. */
#include "config.h"

#include <errno.h>
#include <sched.h>
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

/* The table that is dumped in parts: cookies 1 to 4000, by the request's filter. */
#define TABLE 4000

static bool filter_accepts(const struct nlmsghdr *request, uint32_t cookie)
{
	const struct nlattr *attr =
		mnl_nlmsg_get_payload_offset(request, sizeof(struct inet_diag_req));
	const struct inet_diag_bc_op *op = mnl_attr_get_payload(attr);
	unsigned int peer = 20000 + cookie * 7919 % 40000;

	if (request->nlmsg_len <= MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_req))
		return true;
	assert_true(op->code == INET_DIAG_BC_D_LE || op->code == INET_DIAG_BC_D_GE);
	return op->code == INET_DIAG_BC_D_LE ? peer <= op[1].no : peer >= op[1].no;
}

static void answer_filtered(struct fake_socket *s, const struct nlmsghdr *request)
{
	struct datagram d = datagram_new(request);

	for (uint32_t cookie = 1; cookie <= TABLE; cookie++) {
		if (!filter_accepts(request, cookie))
			continue;
		datagram_sock(&d, 1, cookie);
		if (d.len > 31000) {
			datagram_queue(s, &d);
			d = datagram_new(request);
		}
	}
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static const struct collect_options in_parts = { .proc_root = fake_proc, .parallel = true };

static void assert_whole_table(const struct stage *st)
{
	assert_int_equal(st->bag.count, TABLE);
	for (uint32_t cookie = 1; cookie <= TABLE; cookie++)
		assert_int_equal(st->bag.seen[cookie], 1);
}

static void two_parts_are_the_whole(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);
	cpu_set_t processors;

	(void)unused;
	assert_int_equal(sched_getaffinity(0, sizeof(processors), &processors), 0);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	if (CPU_COUNT(&processors) < 2) {
		stage_free(st);
		skip();
	}
	assert_true(collector_report(st->c)->split);
	/* A sample and two parts. */
	assert_int_equal(st->fake.requests, 3);
	assert_whole_table(st);
	stage_free(st);
}

static void the_sink_can_end_both_parts(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
	st->bag.stop_after = 300;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 300);
	stage_free(st);
}

static void a_busy_host_is_not_made_busier(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
	root_write("../loadavg", "99.00 99.00 99.00 100000/200000 1\n");
	assert_int_equal(stage_run(st, &tcp_request), 0);
	root_write("../loadavg", "0.00 0.00 0.00 1/80 1\n");
	assert_int_equal(st->fake.requests, 1);
	assert_whole_table(st);
	stage_free(st);
}

static void answer_unless_filtered(struct fake_socket *s, const struct nlmsghdr *request)
{
	if (request->nlmsg_len > MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_req))
		queue_end(s, request, NLMSG_ERROR, -EINVAL);
	else
		answer_filtered(s, request);
}

static void refused_parts_are_read_as_one(void **unused)
{
	struct stage *st = stage_new(answer_unless_filtered, &in_parts);

	(void)unused;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_false(collector_report(st->c)->split);
	assert_int_equal(collector_report(st->c)->interrupted, 0);
	assert_whole_table(st);
	stage_free(st);
}

static void small_tables_are_read_as_one(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);
	struct collect_request request = tcp_request;

	(void)unused;
	/* 30,000 TIME-WAITs are worth 10,000 sockets. */
	request.states = STATE_BIT(STATE_TIME_WAIT);
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 1);
	assert_int_equal(collector_report(st->c)->outside, TABLE);
	stage_free(st);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_netlink_socket_there_is_proc),
		cmocka_unit_test(without_a_handler_there_is_proc),
		cmocka_unit_test(a_protocol_in_neither_place_is_missing),
		cmocka_unit_test(no_source_at_all_is_an_error),
		cmocka_unit_test(proc_on_request),
		cmocka_unit_test(single_sockets_by_their_cookie),
		cmocka_unit_test(unanswered_single_requests_are_an_error),
		cmocka_unit_test(two_parts_are_the_whole),
		cmocka_unit_test(the_sink_can_end_both_parts),
		cmocka_unit_test(a_busy_host_is_not_made_busier),
		cmocka_unit_test(refused_parts_are_read_as_one),
		cmocka_unit_test(small_tables_are_read_as_one),
	};

	return cmocka_run_group_tests(tests, root_make, root_remove);
}
