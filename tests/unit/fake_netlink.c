/* A kernel played by a test: see fake_netlink.h. */
#include "config.h"

#include "fake_netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct collect_request tcp_request = {
	.protos = PROTO_BIT(PROTO_TCP),
	.families = FAMILY_V4 | FAMILY_V6,
	.states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT),
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

void queue_code(struct fake_socket *s, int code)
{
	assert_true(s->count < QUEUE_MAX);
	s->queue[s->count++] = (struct queued){ .code = code };
}

struct datagram datagram_new(const struct nlmsghdr *request)
{
	return (struct datagram){ .data = calloc(1, 100000), .seq = request->nlmsg_seq };
}

void datagram_sock(struct datagram *d, uint8_t state, uint32_t cookie)
{
	struct nlmsghdr *nlh = (void *)(d->data + d->len);
	struct inet_diag_msg *msg = diag_begin(nlh, AF_INET, state, cookie);

	msg->id.idiag_dport = htons((uint16_t)(20000 + cookie * 7919 % 40000));
	nlh->nlmsg_seq = d->seq;
	diag_full(nlh);
	d->len += MNL_ALIGN(nlh->nlmsg_len);
}

void datagram_end(struct datagram *d, uint16_t type, int code)
{
	diag_end(d->data + d->len, type, d->seq, code);
	d->len += 20;
}

void datagram_queue(struct fake_socket *s, struct datagram *d)
{
	assert_true(s->count < QUEUE_MAX);
	s->queue[s->count++] = (struct queued){ .data = d->data, .len = d->len };
}

/* A datagram with only an end. */
void queue_end(struct fake_socket *s, const struct nlmsghdr *request, uint16_t type,
	       int code)
{
	struct datagram d = datagram_new(request);

	datagram_end(&d, type, code);
	datagram_queue(s, &d);
}

/* @count established sockets with cookies from @first on, then the end. */
void queue_socks(struct fake_socket *s, const struct nlmsghdr *request, uint32_t first,
		 uint32_t count)
{
	struct datagram d = datagram_new(request);

	for (uint32_t i = 0; i < count; i++)
		datagram_sock(&d, 1, first + i);
	datagram_queue(s, &d);
	queue_end(s, request, NLMSG_DONE, 0);
}

static int bag_push(struct sink *self, const struct sock *sk)
{
	struct bag *bag = sink_of(self, struct bag, sink);

	bag->seen[sk->cookie % sizeof(bag->seen)]++;
	bag->last = *sk;
	return ++bag->count == bag->stop_after;
}

struct stage *stage_new(void (*answer)(struct fake_socket *, const struct nlmsghdr *),
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

void stage_free(struct stage *st)
{
	collector_close(st->c);
	assert_int_equal(st->fake.opened, st->fake.closed);
	free(st);
}

int stage_run(struct stage *st, const struct collect_request *request)
{
	return collector_run(st->c, request, &st->bag.sink, &st->err);
}

void answer_plainly(struct fake_socket *s, const struct nlmsghdr *request)
{
	queue_socks(s, request, 1, 5);
}

void answer_nothing(struct fake_socket *s, const struct nlmsghdr *request)
{
	(void)s;
	(void)request;
}

/* A /proc of the test's own, below the directory it runs in. */
char fake_proc[] = "collect-test-XXXXXX";

void root_write(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/net/%s", fake_proc, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

int root_make(void **unused)
{
	char path[64];

	(void)unused;
	if (!mkdtemp(fake_proc))
		return -1;
	snprintf(path, sizeof(path), "%s/net", fake_proc);
	if (mkdir(path, 0700) < 0)
		return -1;
	root_write("tcp",
		   "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
		   "   0: 0100007F:1F90 0100007F:E6D4 01 00000000:00000000 00:00000000 00000000"
		   "  1000        0 4711 1 0000000000000000 100 0 0 10 0\n"
		   "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		   "  1000        0 4712 1 0000000000000000 100 0 0 10 0\n"
		   "garbled\n");
	root_write("tcp6", "  sl  local_address remote_address st\n");
	root_write("sockstat",
		   "sockets: used 9\nTCP: inuse 90000 orphan 0 tw 30000 alloc 9 mem 1\n");
	root_write("sockstat6", "TCP6: inuse 10000\n");
	root_write("../loadavg", "0.00 0.00 0.00 1/80 1\n");
	return 0;
}

int root_remove(void **unused)
{
	static const char *const files[] = { "net/tcp", "net/tcp6", "net/raw", "net/udplite",
					     "net/sockstat", "net/sockstat6", "loadavg", "net",
					     "" };
	char path[128];

	(void)unused;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", fake_proc, files[i]);
		if (remove(path) < 0 && errno != ENOENT)
			return -1;
	}
	return 0;
}
