/*
 * parallel: a dump that is read with a second thread, from one socket or two, is the whole
 * table, and such a thread is only had where it helps.
 */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collect/parallel.h"
#include "fake_netlink.h"

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

/* The table is as large as @full sockets, of which it has TABLE. */
static void pretend(unsigned int full)
{
	char text[128];

	snprintf(text, sizeof(text), "TCP: inuse %u orphan 0 tw 0 alloc 9 mem 1\n", full);
	root_write("sockstat", text);
	root_write("sockstat6", "TCP6: inuse 0\n");
}

#define LARGE 100000
#define MIDDLING 10000
#define SMALL 1000

static const struct collect_options in_parts = { .proc_root = fake_proc, .parallel = true };

static void assert_whole_table(const struct stage *st)
{
	assert_int_equal(st->bag.count, TABLE);
	for (uint32_t cookie = 1; cookie <= TABLE; cookie++)
		assert_int_equal(st->bag.seen[cookie], 1);
}

/* With one processor nothing is done in parallel. */
static void need_two_processors(void)
{
	cpu_set_t processors;

	assert_int_equal(sched_getaffinity(0, sizeof(processors), &processors), 0);
	if (CPU_COUNT(&processors) < 2)
		skip();
}

static void two_parts_are_the_whole(void **unused)
{
	struct stage *st;

	(void)unused;
	need_two_processors();
	pretend(LARGE);
	st = stage_new(answer_filtered, &in_parts);
	assert_int_equal(stage_run(st, &tcp_request), 0);
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
	pretend(LARGE);
	st->bag.stop_after = 300;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 300);
	stage_free(st);
}

static void a_thread_hands_on_the_whole(void **unused)
{
	struct stage *st;

	(void)unused;
	need_two_processors();
	pretend(MIDDLING);
	st = stage_new(answer_filtered, &in_parts);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_true(collector_report(st->c)->relayed);
	assert_false(collector_report(st->c)->split);
	assert_int_equal(st->fake.requests, 1);
	assert_whole_table(st);
	/* The socket is as good as before. */
	memset(st->bag.seen, 0, sizeof(st->bag.seen));
	st->bag.count = 0;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->fake.opened, 1);
	assert_whole_table(st);
	stage_free(st);
}

static void the_sink_can_end_the_thread(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
	pretend(MIDDLING);
	st->bag.stop_after = 300;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 300);
	stage_free(st);
}

/* The first dump breaks off. */
static void answer_at_last(struct fake_socket *s, const struct nlmsghdr *request)
{
	struct datagram d;

	if (request->nlmsg_seq > 1) {
		answer_filtered(s, request);
		return;
	}
	d = datagram_new(request);
	datagram_sock(&d, 1, 1);
	datagram_queue(s, &d);
	queue_code(s, ENOBUFS);
}

static void what_a_thread_loses_is_asked_for_again(void **unused)
{
	struct stage *st = stage_new(answer_at_last, &in_parts);

	(void)unused;
	pretend(MIDDLING);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_false(collector_report(st->c)->relayed);
	assert_int_equal(collector_report(st->c)->interrupted, 1);
	for (uint32_t cookie = 1; cookie <= TABLE; cookie++)
		assert_true(st->bag.seen[cookie]);
	stage_free(st);
}

static void a_busy_host_is_not_made_busier(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
	pretend(LARGE);
	root_write("../loadavg", "99.00 99.00 99.00 100000/200000 1\n");
	assert_int_equal(stage_run(st, &tcp_request), 0);
	root_write("../loadavg", "0.00 0.00 0.00 1/80 1\n");
	assert_false(collector_report(st->c)->split);
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
	pretend(LARGE);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_false(collector_report(st->c)->split);
	assert_int_equal(collector_report(st->c)->interrupted, 0);
	assert_whole_table(st);
	stage_free(st);
}

static void a_small_table_needs_no_thread(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
	pretend(SMALL);
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_false(collector_report(st->c)->relayed);
	assert_false(collector_report(st->c)->split);
	assert_whole_table(st);
	stage_free(st);
}

static void the_way_follows_from_the_work(void **unused)
{
	(void)unused;
	assert_int_equal(parallel_way(0, 0), PARALLEL_ALONE);
	assert_int_equal(parallel_way(1000, 1000), PARALLEL_ALONE);
	assert_int_equal(parallel_way(10000, 0), PARALLEL_RELAYED);
	assert_int_equal(parallel_way(1000, 30000), PARALLEL_RELAYED);
	assert_int_equal(parallel_way(100000, 0), PARALLEL_SPLIT);
	assert_int_equal(parallel_way(1000000, 1000000), PARALLEL_SPLIT);
	/* Of minisocks a second dump is dearer than what it saves. */
	assert_int_equal(parallel_way(0, 1000000), PARALLEL_RELAYED);
	assert_int_equal(parallel_way(100000, 1000000), PARALLEL_RELAYED);
	assert_int_equal(parallel_way(UINT32_MAX, UINT32_MAX), PARALLEL_SPLIT);
}

/* This one writes all rows, which counts for more the less a socket costs the kernel. */
static void the_thread_receives_more(void **unused)
{
	unsigned int full = parallel_thread_percent(100000, 0);
	unsigned int mixed = parallel_thread_percent(100000, 100000);

	(void)unused;
	assert_in_range(full, 51, 65);
	assert_in_range(mixed, full + 1, 85);
	assert_in_range(parallel_thread_percent(0, 100000), mixed + 1, 100);
	assert_int_equal(parallel_thread_percent(0, 0), 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_parts_are_the_whole),
		cmocka_unit_test(the_sink_can_end_both_parts),
		cmocka_unit_test(a_thread_hands_on_the_whole),
		cmocka_unit_test(the_sink_can_end_the_thread),
		cmocka_unit_test(what_a_thread_loses_is_asked_for_again),
		cmocka_unit_test(a_busy_host_is_not_made_busier),
		cmocka_unit_test(refused_parts_are_read_as_one),
		cmocka_unit_test(a_small_table_needs_no_thread),
		cmocka_unit_test(the_way_follows_from_the_work),
		cmocka_unit_test(the_thread_receives_more),
	};

	return cmocka_run_group_tests(tests, root_make, root_remove);
}
