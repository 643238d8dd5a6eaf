/* Saved dumps: good ones, cut ones, damaged ones, and one of the kernel's own. */
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
#include <sys/socket.h>
#include <unistd.h>

#include "collect/dumpfile.h"
#include "diag_build.h"
#include "own_netns.h"

struct dump {
	union diag_space space;
	size_t len;
};

struct list {
	struct sink sink;
	struct sock socks[16];
	size_t count;
	size_t enough;
};

static const struct collect_request everything = {
	.protos = ~0u,
	.families = FAMILY_V4 | FAMILY_V6,
	.states = ~0u,
	.facts = FACTS_OF_DUMP,
};

static int list_push(struct sink *self, const struct sock *sk)
{
	struct list *l = sink_of(self, struct list, sink);

	if (l->count < sizeof(l->socks) / sizeof(l->socks[0]))
		l->socks[l->count] = *sk;
	return ++l->count == l->enough;
}

static void add(struct dump *d, uint8_t family, uint8_t state, uint32_t cookie)
{
	void *at = d->space.bytes + d->len;

	diag_begin(at, family, state, cookie);
	diag_full(at);
	d->len += ((struct nlmsghdr *)at)->nlmsg_len;
}

static struct nlmsghdr *end(struct dump *d, uint16_t type, int code)
{
	struct nlmsghdr *at = (struct nlmsghdr *)(d->space.bytes + d->len);

	diag_end(at, type, 1, code);
	d->len += at->nlmsg_len;
	return at;
}

/* Both families as ss -D saves them: each with an end mark, the first also one that ss adds. */
static void both_families(struct dump *d)
{
	add(d, AF_INET, 1, 11);
	add(d, AF_INET, 10, 12);
	end(d, NLMSG_DONE, 0);
	add(d, AF_INET6, 8, 13);
	end(d, NLMSG_DONE, 0);
}

static int read_bytes(const void *data, size_t len, const struct collect_request *q,
		      struct list *l, struct dumpfile_report *r, struct error *err)
{
	FILE *file = fmemopen(NULL, len + 1, "w+");
	int result;

	assert_non_null(file);
	setbuf(file, NULL);
	assert_int_equal(fwrite(data, 1, len, file), len);
	rewind(file);
	if (len) {
		result = dumpfile_read(file, "x", q, &l->sink, r, err);
	} else {
		fclose(file);
		file = fopen("/dev/null", "r");
		result = dumpfile_read(file, "x", q, &l->sink, r, err);
	}
	fclose(file);
	return result;
}

static void test_both_families(void **state)
{
	struct dump d = { .len = 0 };
	struct list l = { .sink.push = list_push };
	struct dumpfile_report r;
	struct error err = { 0 };

	(void)state;
	both_families(&d);
	if (read_bytes(d.space.bytes, d.len, &everything, &l, &r, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(l.count, 3);
	assert_int_equal(r.sockets, 3);
	assert_int_equal(r.messages, 5);
	assert_int_equal(r.malformed, 0);
	assert_int_equal(l.socks[0].state, STATE_ESTABLISHED);
	assert_int_equal(l.socks[1].state, STATE_LISTEN);
	assert_int_equal(l.socks[2].state, STATE_CLOSE_WAIT);
	assert_int_equal(l.socks[2].local.family, ADDR_V6);
	assert_int_equal(l.socks[2].cookie, 13);
	assert_int_equal(l.socks[0].cgroup_id, 77);
	assert_int_equal(l.socks[0].local.port, 80);
}

static void test_asked_for(void **state)
{
	struct collect_request q = everything;
	struct dump d = { .len = 0 };
	struct list l = { .sink.push = list_push };
	struct dumpfile_report r;

	(void)state;
	both_families(&d);
	q.states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_CLOSE_WAIT);
	assert_int_equal(read_bytes(d.space.bytes, d.len, &q, &l, &r, NULL), 0);
	assert_int_equal(r.sockets, 2);
	assert_int_equal(r.outside, 1);
	q.families = FAMILY_V6;
	assert_int_equal(read_bytes(d.space.bytes, d.len, &q, &l, &r, NULL), 0);
	assert_int_equal(r.sockets, 1);
	q.protos = PROTO_BIT(PROTO_UDP);
	assert_int_equal(read_bytes(d.space.bytes, d.len, &q, &l, &r, NULL), 0);
	assert_int_equal(r.sockets, 0);
	assert_int_equal(r.outside, 3);
	/* a sink that has enough ends the reading, and that is no error */
	l = (struct list){ .sink.push = list_push, .enough = 2 };
	assert_int_equal(read_bytes(d.space.bytes, d.len, &everything, &l, &r, NULL), 0);
	assert_int_equal(r.sockets, 2);
}

static void test_kinds_of_messages(void **state)
{
	struct dump d = { .len = 0 };
	struct list l = { .sink.push = list_push };
	struct dumpfile_report r;
	struct nlmsghdr *first = (struct nlmsghdr *)d.space.bytes, *udp, *odd;

	(void)state;
	add(&d, AF_INET, 1, 1);
	first->nlmsg_type = TCPDIAG_GETSOCK; /* the legacy dump */
	udp = (struct nlmsghdr *)(d.space.bytes + d.len);
	add(&d, AF_INET, 7, 2);
	mnl_attr_put_u8(udp, INET_DIAG_PROTOCOL, IPPROTO_UDP);
	d.len = (size_t)((char *)mnl_nlmsg_get_payload_tail(udp) - d.space.bytes);
	add(&d, AF_UNIX, 1, 3);
	add(&d, AF_INET, 77, 4);
	odd = end(&d, 999, 0);
	end(&d, NLMSG_NOOP, 0);
	end(&d, NLMSG_ERROR, -EPERM);
	assert_int_equal(read_bytes(d.space.bytes, d.len, &everything, &l, &r, NULL), 0);
	assert_int_equal(r.sockets, 2);
	assert_int_equal(l.socks[0].proto, PROTO_TCP);
	assert_int_equal(l.socks[1].proto, PROTO_UDP);
	assert_int_equal(l.socks[1].state, STATE_UNCONNECTED);
	assert_int_equal(r.foreign, 1);
	assert_int_equal(r.malformed, 2);
	assert_int_equal(r.errors, 1);
	assert_int_equal(odd->nlmsg_type, 999);
}

/* Cut at any byte but the end of a dump it says so, and gives what was before. */
static void test_cut_everywhere(void **state)
{
	struct dump d = { .len = 0 };
	size_t first_dump, len, complete = 0;

	(void)state;
	add(&d, AF_INET, 1, 11);
	add(&d, AF_INET, 10, 12);
	end(&d, NLMSG_DONE, 0);
	first_dump = d.len;
	add(&d, AF_INET6, 8, 13);
	end(&d, NLMSG_DONE, 0);
	for (len = 0; len <= d.len; len++) {
		struct list l = { .sink.push = list_push };
		struct error err = { 0 };
		struct dumpfile_report r;
		int result = read_bytes(d.space.bytes, len, &everything, &l, &r, &err);

		assert_int_equal(result < 0, err.text[0] != '\0');
		assert_int_equal(result == 0, len == first_dump || len == d.len);
		assert_int_equal(l.count, r.sockets);
		complete += result == 0;
	}
	assert_int_equal(complete, 2);
}

static void test_words(void **state)
{
	static const char text[] = "State      Recv-Q Send-Q\nESTAB      0      0\n";
	struct list l = { .sink.push = list_push };
	struct dump d = { .len = 0 };
	struct nlmsghdr *first = (struct nlmsghdr *)d.space.bytes;
	struct error err = { 0 };
	struct dumpfile_report r;
	char damaged[80];

	(void)state;
	assert_int_equal(read_bytes(text, sizeof(text), &everything, &l, &r, &err), -1);
	assert_string_equal(err.text, "'x' is no dump of sock_diag messages");
	assert_int_equal(read_bytes("", 0, &everything, &l, &r, &err), -1);
	assert_string_equal(err.text, "'x' is empty");
	both_families(&d);
	assert_int_equal(read_bytes(d.space.bytes, first->nlmsg_len, &everything, &l, &r, &err),
			 -1);
	assert_string_equal(err.text, "'x' has no end mark: it is cut off after 1 sockets");
	assert_int_equal(read_bytes(d.space.bytes, first->nlmsg_len + 20, &everything, &l, &r,
				    &err), -1);
	assert_string_equal(err.text, "'x' ends in the middle of a message, after 1 sockets");
	((struct nlmsghdr *)(d.space.bytes + first->nlmsg_len))->nlmsg_len = 3;
	assert_int_equal(read_bytes(d.space.bytes, d.len, &everything, &l, &r, &err), -1);
	snprintf(damaged, sizeof(damaged), "'x' is damaged at byte %u, after 1 sockets",
		 first->nlmsg_len);
	assert_string_equal(err.text, damaged);
	first->nlmsg_len = __builtin_bswap32(first->nlmsg_len);
	first->nlmsg_type = __builtin_bswap16(first->nlmsg_type);
	assert_int_equal(read_bytes(d.space.bytes, d.len, &everything, &l, &r, &err), -1);
	assert_string_equal(err.text, "'x' was written on a machine of the other byte order");
}

static void test_unreadable(void **state)
{
	struct list l = { .sink.push = list_push };
	struct error err = { 0 };
	FILE *folder = fopen(".", "r");

	(void)state;
	assert_non_null(folder);
	assert_int_equal(dumpfile_read(folder, ".", &everything, &l.sink, NULL, &err), -1);
	assert_string_equal(err.text, "cannot read '.': Is a directory");
	fclose(folder);
}

/* One byte changed at a time: an answer or an error, within the memory it has. */
static void test_changed_bytes(void **state)
{
	struct dump d = { .len = 0 };
	size_t i;
	int bit;

	(void)state;
	both_families(&d);
	for (i = 0; i < d.len; i++) {
		for (bit = 0; bit < 8; bit++) {
			struct list l = { .sink.push = list_push };
			struct dumpfile_report r;
			struct error err = { 0 };
			int result;

			d.space.bytes[i] ^= (char)(1 << bit);
			result = read_bytes(d.space.bytes, d.len, &everything, &l, &r, &err);
			d.space.bytes[i] ^= (char)(1 << bit);
			assert_int_equal(result < 0, err.text[0] != '\0');
			assert_true(l.count <= 3);
		}
	}
}

/* Leaves out what is not the test's own listener, and gives that another address. */
static int edit(void *context, struct sock *sk)
{
	const uint16_t *port = context;

	if (sk->local.port != *port || sk->state == STATE_ESTABLISHED)
		return 1;
	memcpy(sk->local.bytes, (const uint8_t[]){ 203, 0, 113, 9 }, 4);
	return 0;
}

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 3), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void test_write(void **state)
{
	struct collect_request q = everything;
	struct list l = { .sink.push = list_push };
	struct dumpfile_report r;
	struct error err = { 0 };
	uint16_t port;
	int fd = listen_somewhere(&port);
	const struct dumpfile_editor editor = { edit, &port };
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	q.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP);
	q.states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_ESTABLISHED);
	if (dumpfile_write(file, "x", &q, &editor, &r, &err) < 0) {
		print_message("%s\n", err.text);
		skip();
	}
	assert_int_equal(r.sockets, 1);
	rewind(file);
	assert_int_equal(dumpfile_read(file, "x", &everything, &l.sink, &r, &err), 0);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.socks[0].local.port, port);
	assert_int_equal(l.socks[0].local.bytes[0], 203);
	assert_int_equal(l.socks[0].send_queue, 3);
	assert_true(l.socks[0].has & SOCK_HAS_COOKIE);
	fclose(file);
	close(fd);
}

/* A listener on the unspecified address, which both families' listings show. */
static int listen_on(int family, int type, uint16_t *port)
{
	struct sockaddr_in6 at = { .sin6_family = (sa_family_t)family };
	socklen_t len = family == AF_INET6 ? sizeof(at) : sizeof(struct sockaddr_in);
	int fd = socket(family, type, 0);

	if (fd < 0)
		return -1;
	CHECK(bind(fd, (struct sockaddr *)&at, len) == 0);
	CHECK(type != SOCK_STREAM || listen(fd, 3) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	*port = ntohs(at.sin6_port);
	return fd;
}

/* How many lines of @command's output hold ":@port". */
static size_t count_lines(const char *command, uint16_t port)
{
	FILE *pipe = popen(command, "r");
	char line[512], wanted[16];
	size_t count = 0;

	CHECK(pipe);
	snprintf(wanted, sizeof(wanted), ":%u ", port);
	while (fgets(line, sizeof(line), pipe))
		count += strstr(line, wanted) != NULL;
	pclose(pipe);
	return count;
}

static size_t count_port(const struct list *l, uint16_t port, enum proto p)
{
	size_t count = 0, i;

	for (i = 0; i < l->count && i < sizeof(l->socks) / sizeof(l->socks[0]); i++)
		count += l->socks[i].local.port == port && l->socks[i].proto == p;
	return count;
}

static void need_ss(void)
{
	if (system("ss -V >/dev/null 2>&1") == 0)
		return;
	print_message("ss is not installed\n");
	skip();
}

static void ss_reads_it(void)
{
	static const struct collect_request q = {
		.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP),
		.families = FAMILY_V4 | FAMILY_V6,
		.states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED),
	};
	char path[] = "dumpfile.XXXXXX", command[128];
	uint16_t v4 = 0, v6 = 0, udp = 0;
	FILE *file = fdopen(mkstemp(path), "w+");
	size_t v6_count;

	CHECK(file);
	CHECK(listen_on(AF_INET, SOCK_STREAM, &v4) >= 0);
	v6_count = listen_on(AF_INET6, SOCK_STREAM, &v6) >= 0;
	CHECK(listen_on(AF_INET, SOCK_DGRAM, &udp) >= 0);
	CHECK(dumpfile_write(file, path, &q, NULL, NULL, NULL) == 0);
	fclose(file);
	snprintf(command, sizeof(command), "TCPDIAG_FILE=%s ss -tanH", path);
	CHECK(count_lines(command, v4) == 1);
	CHECK(count_lines(command, v6) == v6_count);
	CHECK(udp == v4 || udp == v6 || count_lines(command, udp) == 0);
	unlink(path);
}

static void test_ss_reads_it(void **state)
{
	(void)state;
	need_ss();
	own_netns_run(ss_reads_it);
}

static void reads_what_ss_writes(void)
{
	static const struct collect_request q = {
		.protos = PROTO_BIT(PROTO_TCP),
		.families = FAMILY_V4 | FAMILY_V6,
		.states = STATE_BIT(STATE_LISTEN),
	};
	struct list l = { .sink.push = list_push };
	char path[] = "dumpfile.XXXXXX", command[128];
	uint16_t v4 = 0, v6 = 0;
	size_t v6_count;
	FILE *file;

	CHECK(listen_on(AF_INET, SOCK_STREAM, &v4) >= 0);
	v6_count = listen_on(AF_INET6, SOCK_STREAM, &v6) >= 0;
	close(mkstemp(path));
	snprintf(command, sizeof(command), "ss -tln -D %s 2>&1", path);
	CHECK(system(command) == 0);
	file = fopen(path, "r");
	CHECK(file);
	CHECK(dumpfile_read(file, path, &q, &l.sink, NULL, NULL) == 0);
	CHECK(count_port(&l, v4, PROTO_TCP) == 1);
	CHECK(count_port(&l, v6, PROTO_TCP) == v6_count);
	CHECK(l.count == 1 + v6_count);
	fclose(file);
	unlink(path);
}

static void test_reads_what_ss_writes(void **state)
{
	(void)state;
	need_ss();
	own_netns_run(reads_what_ss_writes);
}

static void test_full_disk(void **state)
{
	FILE *file = fopen("/dev/full", "w");
	struct error err = { 0 };

	(void)state;
	assert_non_null(file);
	assert_int_equal(dumpfile_write(file, "/dev/full", &everything, NULL, NULL, &err), -1);
	assert_string_equal(err.text, "cannot write '/dev/full': No space left on device");
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_families),
		cmocka_unit_test(test_asked_for),
		cmocka_unit_test(test_kinds_of_messages),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_ss_reads_it),
		cmocka_unit_test(test_reads_what_ss_writes),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests_name("dumpfile", tests, NULL, NULL);
}
