/*
 * collect: whole passes against a kernel that is played here.
 *
 * Each test gives the function that answers requests; what the kernel would do
 * rarely (refuse, interrupt, repeat itself) happens on order.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "collect/netlink.h"
#include "diag_build.h"

#define QUEUE_MAX 64

/* A datagram on its way, or an errno instead of one. */
struct queued {
	char *data;
	size_t len;
	int code;
};

struct fake;

struct fake_socket {
	struct fake *fake;
	struct queued queue[QUEUE_MAX];
	size_t count;
	size_t at;
};

/* The kernel. */
struct fake {
	struct netlink_transport transport;
	void (*answer)(struct fake_socket *s, const struct nlmsghdr *request);
	int open_code;	       /* socket() fails with it */
	unsigned int opened;
	unsigned int closed;
	unsigned int requests;
	uint16_t types[QUEUE_MAX];   /* of the requests, in order */
	uint8_t families[QUEUE_MAX]; /* their first byte */
	uint32_t states[QUEUE_MAX];
	bool privileged;
};

static void *fake_open(const struct netlink_transport *self, bool privileged)
{
	struct fake *fake = sink_of((void *)(uintptr_t)self, struct fake, transport);
	struct fake_socket *s;

	if (fake->open_code) {
		errno = fake->open_code;
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	s->fake = fake;
	fake->opened++;
	fake->privileged = privileged;
	return s;
}

static void fake_close(void *socket)
{
	struct fake_socket *s = socket;

	s->fake->closed++;
	for (size_t i = 0; i < s->count; i++)
		free(s->queue[i].data);
	free(s);
}

static void request_note(struct fake *fake, const struct nlmsghdr *request)
{
	const struct inet_diag_req_v2 *v2 = mnl_nlmsg_get_payload(request);
	const struct inet_diag_req *legacy = mnl_nlmsg_get_payload(request);
	bool old = request->nlmsg_type == TCPDIAG_GETSOCK;

	fake->types[fake->requests] = request->nlmsg_type;
	fake->families[fake->requests] = v2->sdiag_family;
	fake->states[fake->requests] = old ? legacy->idiag_states : v2->idiag_states;
	fake->requests++;
}

static int fake_send(void *socket, const void *data, size_t len)
{
	struct fake_socket *s = socket;
	const struct nlmsghdr *nlh = data;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		request_note(s->fake, nlh);
		s->fake->answer(s, nlh);
	}
	return 0;
}

static ssize_t fake_receive(void *socket, void *buffer, size_t size)
{
	struct fake_socket *s = socket;
	const struct queued *q = &s->queue[s->at];

	if (s->at == s->count) {
		errno = EAGAIN;
		return -1;
	}
	s->at++;
	if (!q->code && q->len <= size) {
		memcpy(buffer, q->data, q->len);
		return (ssize_t)q->len;
	}
	errno = q->code ? q->code : ENOSPC;
	return -1;
}

static void queue_code(struct fake_socket *s, int code)
{
	assert_true(s->count < QUEUE_MAX);
	s->queue[s->count++] = (struct queued){ .code = code };
}

/* A datagram being put together. */
struct datagram {
	char *data;
	size_t len;
	uint32_t seq;
};

static struct datagram datagram_new(const struct nlmsghdr *request)
{
	return (struct datagram){ .data = calloc(1, 100000), .seq = request->nlmsg_seq };
}

static void datagram_sock(struct datagram *d, uint8_t state, uint32_t cookie)
{
	struct nlmsghdr *nlh = (void *)(d->data + d->len);
	struct inet_diag_msg *msg = diag_begin(nlh, AF_INET, state, cookie);

	msg->id.idiag_dport = htons((uint16_t)(20000 + cookie * 7919 % 40000));
	nlh->nlmsg_seq = d->seq;
	diag_full(nlh);
	d->len += MNL_ALIGN(nlh->nlmsg_len);
}

static void datagram_end(struct datagram *d, uint16_t type, int code)
{
	diag_end(d->data + d->len, type, d->seq, code);
	d->len += 20;
}

static void datagram_queue(struct fake_socket *s, struct datagram *d)
{
	assert_true(s->count < QUEUE_MAX);
	s->queue[s->count++] = (struct queued){ .data = d->data, .len = d->len };
}

/* A datagram with only an end. */
static void queue_end(struct fake_socket *s, const struct nlmsghdr *request, uint16_t type,
		      int code)
{
	struct datagram d = datagram_new(request);

	datagram_end(&d, type, code);
	datagram_queue(s, &d);
}

/* @count established sockets with cookies from @first on, then the end. */
static void queue_socks(struct fake_socket *s, const struct nlmsghdr *request, uint32_t first,
			uint32_t count)
{
	struct datagram d = datagram_new(request);

	for (uint32_t i = 0; i < count; i++)
		datagram_sock(&d, 1, first + i);
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

/* What arrived. */
struct bag {
	struct sink sink;
	size_t count;
	size_t stop_after;
	uint8_t seen[4096]; /* by cookie: how often */
	struct sock last;
};

static int bag_push(struct sink *self, const struct sock *sk)
{
	struct bag *bag = sink_of(self, struct bag, sink);

	bag->seen[sk->cookie % sizeof(bag->seen)]++;
	bag->last = *sk;
	return ++bag->count == bag->stop_after;
}

/* Everything a test needs. */
struct stage {
	struct fake fake;
	struct bag bag;
	struct error err;
	struct collector *c;
};

static struct stage *stage_new(void (*answer)(struct fake_socket *, const struct nlmsghdr *),
			       const struct collect_options *options)
{
	struct stage *st = calloc(1, sizeof(*st));
	struct collect_options o = options ? *options : (struct collect_options){ 0 };

	st->fake.transport = (struct netlink_transport){
		.open = fake_open, .close = fake_close,
		.send = fake_send, .receive = fake_receive,
	};
	st->fake.answer = answer;
	st->bag.sink.push = bag_push;
	o.transport = &st->fake.transport;
	st->c = collector_open(&o, &st->err);
	assert_non_null(st->c);
	return st;
}

static void stage_free(struct stage *st)
{
	collector_close(st->c);
	assert_int_equal(st->fake.opened, st->fake.closed);
	free(st);
}

static const struct collect_request tcp_request = {
	.protos = PROTO_BIT(PROTO_TCP),
	.families = FAMILY_V4 | FAMILY_V6,
	.states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT),
};

static int stage_run(struct stage *st, const struct collect_request *request)
{
	return collector_run(st->c, request, &st->bag.sink, &st->err);
}

static void answer_plainly(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_socks(s, request, 1, 5);
}

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

static void answer_nothing(struct fake_socket *s, const struct nlmsghdr *request)
{
	(void)s;
	(void)request;
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

/* A /proc of the test's own, below the directory it runs in. */
static char root[] = "collect-test-XXXXXX";

static void root_write(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/net/%s", root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int root_make(void **unused)
{
	char path[64];

	(void)unused;
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/net", root);
	if (mkdir(path, 0700) < 0)
		return -1;
	root_write("tcp",
		   "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
		   "   0: 0100007F:1F90 0100007F:E6D4 01 00000000:00000000 00:00000000 00000000"
		   "  1000        0 4711 1 0000000000000000 100 0 0 10 0\n"
		   "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		   "  1000        0 4712 1 0000000000000000 100 0 0 10 0\n"
		   "garbled\n");
	root_write("tcp6", "heading\n");
	root_write("sockstat", "sockets: used 9\nTCP: inuse 90000 orphan 0 tw 30000 alloc 9 mem 1\n");
	root_write("sockstat6", "TCP6: inuse 10000\n");
	return 0;
}

static int root_remove(void **unused)
{
	static const char *const files[] = { "net/tcp", "net/tcp6", "net/sockstat",
					     "net/sockstat6", "net", "" };
	char path[128];

	(void)unused;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		if (remove(path) < 0)
			return -1;
	}
	return 0;
}

static const struct collect_options with_root = { .proc_root = root };

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
	struct collect_options o = { .proc_root = root, .no_netlink = true };
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

static const struct collect_options in_parts = { .proc_root = root, .parallel = true };

static void assert_whole_table(const struct stage *st)
{
	assert_int_equal(st->bag.count, TABLE);
	for (uint32_t cookie = 1; cookie <= TABLE; cookie++)
		assert_int_equal(st->bag.seen[cookie], 1);
}

static void two_parts_are_the_whole(void **unused)
{
	struct stage *st = stage_new(answer_filtered, &in_parts);

	(void)unused;
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
	st->bag.stop_after = 300;
	assert_int_equal(stage_run(st, &tcp_request), 0);
	assert_int_equal(st->bag.count, 300);
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

/* What is refused is told by the code of the first instruction of a request's filter. */
static const struct inet_diag_bc_op *first_op(const struct nlmsghdr *request)
{
	const size_t header = sizeof(struct inet_diag_req_v2);

	if (request->nlmsg_len <= MNL_NLMSG_HDRLEN + header)
		return NULL;
	return mnl_attr_get_payload(mnl_nlmsg_get_payload_offset(request, header));
}

static const struct match match_port = { .op = MATCH_LOCAL_PORT, .port_min = 22, .port_max = 22 };
static const struct match match_mark = { .op = MATCH_MARK, .mark_value = 1, .mark_mask = 1 };
static const struct match match_both = { .op = MATCH_AND, .left = &match_mark,
					 .right = &match_port };

/* No marks for this user; else one socket where the filter is as expected, two without. */
static void answer_no_marks(struct fake_socket *s, const struct nlmsghdr *request)
{
	const struct inet_diag_bc_op *op = first_op(request);
	struct datagram d;

	if (op && op->code == INET_DIAG_BC_MARK_COND) {
		queue_end(s, request, NLMSG_ERROR, -EPERM);
		return;
	}
	d = datagram_new(request);
	datagram_sock(&d, 1, 1);
	if (!op)
		datagram_sock(&d, 1, 2);
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static void a_match_goes_to_the_kernel(void **unused)
{
	struct stage *st = stage_new(answer_no_marks, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	request.families = FAMILY_V4;
	request.match = &match_port;
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->bag.count, 1);
	assert_true(collector_report(st->c)->matched);
	assert_false(collector_report(st->c)->unfiltered);
	stage_free(st);
}

static void a_refused_mark_leaves_the_rest(void **unused)
{
	struct stage *st = stage_new(answer_no_marks, NULL);
	struct collect_request request = tcp_request;

	(void)unused;
	request.families = FAMILY_V4;
	request.match = &match_both;
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 2);
	assert_int_equal(st->bag.count, 1);
	assert_false(collector_report(st->c)->matched);
	assert_false(collector_report(st->c)->unfiltered);
	/* and is remembered */
	assert_int_equal(stage_run(st, &request), 0);
	assert_int_equal(st->fake.requests, 3);
	request.match = &match_mark;
	assert_int_equal(stage_run(st, &request), 0);
	assert_true(collector_report(st->c)->unfiltered);
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
		cmocka_unit_test(without_a_netlink_socket_there_is_proc),
		cmocka_unit_test(without_a_handler_there_is_proc),
		cmocka_unit_test(a_protocol_in_neither_place_is_missing),
		cmocka_unit_test(no_source_at_all_is_an_error),
		cmocka_unit_test(proc_on_request),
		cmocka_unit_test(single_sockets_by_their_cookie),
		cmocka_unit_test(unanswered_single_requests_are_an_error),
		cmocka_unit_test(two_parts_are_the_whole),
		cmocka_unit_test(the_sink_can_end_both_parts),
		cmocka_unit_test(refused_parts_are_read_as_one),
		cmocka_unit_test(small_tables_are_read_as_one),
		cmocka_unit_test(a_match_goes_to_the_kernel),
		cmocka_unit_test(a_refused_mark_leaves_the_rest),
	};

	return cmocka_run_group_tests(tests, root_make, root_remove);
}
