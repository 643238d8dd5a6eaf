/* procnet: lines of /proc/net/{tcp,tcp6,udp,udp6} as struct sock. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "collect/procnet.h"

/* Addresses in the file are words of the host's byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOOPBACK "0100007F"
#define LOOPBACK6 "00000000000000000000000001000000"
#else
#define LOOPBACK "7F000001"
#define LOOPBACK6 "00000000000000000000000000000001"
#endif

#define TAIL " 1 0000000000000000 100 0 0 10 0"

static bool parse(enum proto proto, unsigned int family, const char *line, struct sock *sk)
{
	struct dump_spec spec = { .proto = proto, .family = family, .states = ~0u };
	/* Without the terminating NUL, so that reading on would be noticed. */
	size_t len = strlen(line);
	char *copy = malloc(len ? len : 1);
	struct sock_record record;
	bool good;

	memcpy(copy, line, len);
	good = procnet_parse(&spec, copy, len, &record);
	*sk = record.sock;
	free(copy);
	return good;
}

static void an_established_socket(void **unused)
{
	struct sock sk;

	(void)unused;
	assert_true(parse(PROTO_TCP, FAMILY_V4,
			  "   0: " LOOPBACK ":1F90 " LOOPBACK ":E6D4 01 00000010:00000003 "
			  "01:00000014 00000002  1000        0 4711" TAIL, &sk));
	assert_int_equal(sk.state, STATE_ESTABLISHED);
	assert_int_equal(sk.kind, SOCK_FULL);
	assert_int_equal(sk.local.family, ADDR_V4);
	assert_int_equal(sk.local.bytes[0], 127);
	assert_int_equal(sk.local.bytes[3], 1);
	assert_int_equal(sk.local.port, 8080);
	assert_int_equal(sk.peer.port, 0xe6d4);
	assert_int_equal(sk.send_queue, 16);
	assert_int_equal(sk.recv_queue, 3);
	assert_int_equal(sk.timer, TIMER_RETRANSMIT);
	assert_int_equal(sk.timer_ms, 200);
	assert_int_equal(sk.retransmits, 2);
	assert_int_equal(sk.uid, 1000);
	assert_int_equal(sk.inode, 4711);
	assert_int_equal(sk.has, SOCK_HAS_INODE | SOCK_HAS_UID | SOCK_HAS_QUEUES | SOCK_HAS_TIMER);
}

static void a_listener_has_no_backlog_to_tell(void **unused)
{
	struct sock sk;

	(void)unused;
	assert_true(parse(PROTO_TCP, FAMILY_V6,
			  " 123: " LOOPBACK6 ":0016 00000000000000000000000000000000:0000 0A "
			  "00000000:00000002 00:00000000 00000000     0        0 640" TAIL, &sk));
	assert_int_equal(sk.state, STATE_LISTEN);
	assert_int_equal(sk.local.family, ADDR_V6);
	assert_int_equal(sk.local.bytes[15], 1);
	assert_int_equal(sk.local.bytes[0], 0);
	assert_int_equal(sk.recv_queue, 2);
	assert_true(sk.has & SOCK_NO_BACKLOG);
	assert_true(sk.has & SOCK_HAS_UID);
	assert_int_equal(sk.uid, 0);
}

static void minisocks_and_request_socks_have_no_owner(void **unused)
{
	static const struct {
		const char *state;
		const char *timer;
		enum sock_kind kind;
	} cases[] = {
		{ "06", "03", SOCK_MINI },
		{ "05", "03", SOCK_MINI },
		{ "03", "01", SOCK_REQUEST },
	};
	char line[256];
	struct sock sk;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line),
			 "1: " LOOPBACK ":0050 " LOOPBACK ":E6D4 %s 00000000:00000000 "
			 "%s:00001703 00000000  33 0 0" TAIL, cases[i].state, cases[i].timer);
		assert_true(parse(PROTO_TCP, FAMILY_V4, line, &sk));
		assert_int_equal(sk.kind, cases[i].kind);
		assert_false(sk.has & (SOCK_HAS_UID | SOCK_HAS_INODE));
		assert_int_equal(sk.timer_ms, 0x1703 * 10);
	}
}

static void datagram_sockets(void **unused)
{
	struct sock sk;

	(void)unused;
	assert_true(parse(PROTO_UDP, FAMILY_V4,
			  "18223: " LOOPBACK ":14E9 00000000:0000 07 00000000:00000340 "
			  "00:00000000 00000000   101        0 1234 2 0000000000000000 5", &sk));
	assert_int_equal(sk.state, STATE_UNCONNECTED);
	assert_int_equal(sk.recv_queue, 832);
	assert_false(sk.has & SOCK_HAS_TIMER);
	assert_false(parse(PROTO_UDP, FAMILY_V4,
			   "1: " LOOPBACK ":14E9 00000000:0000 0A 00000000:00000340 "
			   "00:00000000 00000000   101        0 1234 2 0000000000000000 5", &sk));
}

static void numbers_too_large_for_their_field_are_cut(void **unused)
{
	struct sock sk;

	(void)unused;
	assert_true(parse(PROTO_TCP, FAMILY_V4,
			  "1: " LOOPBACK ":0050 " LOOPBACK ":E6D4 01 FFFFFFFF:FFFFFFFF "
			  "99:FFFFFFFFFFFF FFFFFFFF 4294967295 0 18446744073" TAIL, &sk));
	assert_int_equal(sk.timer, TIMER_OTHER);
	assert_true(sk.timer_ms == UINT32_MAX);
	assert_int_equal(sk.retransmits, 255);
	assert_true(sk.inode == UINT64_C(18446744073));
}

static void a_line_cut_at_every_byte_is_garbled_until_its_inode(void **unused)
{
	static const char line[] = "   0: " LOOPBACK ":1F90 " LOOPBACK ":E6D4 01 00000010:00000003 "
				   "01:00000014 00000002  1000        0 4711";
	struct dump_spec spec = { .proto = PROTO_TCP, .family = FAMILY_V4 };
	struct sock_record record;

	(void)unused;
	for (size_t len = 0; len < sizeof(line); len++) {
		char *copy = malloc(len ? len : 1);

		memcpy(copy, line, len);
		assert_int_equal(procnet_parse(&spec, copy, len, &record),
				 len >= sizeof(line) - 4);
		free(copy);
	}
}

/* A /proc of the test's own below the build directory. */
static char root[] = "procnet-test-XXXXXX";

static int root_make(void **unused)
{
	char path[64];

	(void)unused;
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/net", root);
	return mkdir(path, 0700);
}

static int root_remove(void **unused)
{
	char path[64];

	(void)unused;
	snprintf(path, sizeof(path), "%s/net/tcp", root);
	unlink(path);
	snprintf(path, sizeof(path), "%s/net", root);
	rmdir(path);
	return rmdir(root);
}

#define GOOD_LINE                                                                                  \
	"   0: " LOOPBACK ":1F90 " LOOPBACK ":E6D4 01 00000010:00000003 "                          \
	"01:00000014 00000002  1000        0 4711" TAIL

struct seen {
	unsigned int socks;
	unsigned int stop_after;
};

static int take(void *context, const struct sock *sk)
{
	struct seen *seen = context;

	assert_int_equal(sk->inode, 4711);
	return ++seen->socks == seen->stop_after;
}

#define HEADING "  sl  local_address rem_address   st ...\n"

static enum procnet_status read_whole(const char *heading, const char *text, size_t times,
				      struct seen *seen, uint64_t *garbled)
{
	struct dump_spec spec = { .proto = PROTO_TCP, .family = FAMILY_V4 };
	struct procnet *p = calloc(1, sizeof(*p));
	enum procnet_status status = PROCNET_MORE;
	struct error err = { 0 };
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/net/tcp", root);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(heading, file);
	while (times--)
		fputs(text, file);
	fclose(file);
	assert_int_equal(procnet_open(p, &spec, root, &err), 0);
	while (status == PROCNET_MORE)
		status = procnet_step(p, take, seen, &err);
	*garbled = p->garbled;
	if (status == PROCNET_FAILED) {
		assert_non_null(strstr(err.text, path));
		assert_non_null(strstr(err.text, "is no table of sockets like /proc/net/tcp"));
	}
	procnet_close(p);
	procnet_close(p);
	free(p);
	return status;
}

static enum procnet_status file_read(const char *text, size_t times, struct seen *seen,
				     uint64_t *garbled)
{
	return read_whole(HEADING, text, times, seen, garbled);
}

static void lines_across_reads(void **unused)
{
	struct seen seen = { 0 };
	uint64_t garbled;

	(void)unused;
	assert_int_equal(file_read(GOOD_LINE "\n", 1000, &seen, &garbled), PROCNET_END);
	assert_int_equal(seen.socks, 1000);
	assert_int_equal(garbled, 0);
}

static void reading_can_be_stopped(void **unused)
{
	struct seen seen = { .stop_after = 7 };
	uint64_t garbled;

	(void)unused;
	assert_int_equal(file_read(GOOD_LINE "\n", 1000, &seen, &garbled), PROCNET_STOPPED);
	assert_int_equal(seen.socks, 7);
}

static void garbled_lines_are_counted(void **unused)
{
	struct seen seen = { 0 };
	uint64_t garbled;

	(void)unused;
	assert_int_equal(file_read(GOOD_LINE "\nwhat is this?\n\n", 100, &seen, &garbled),
			 PROCNET_END);
	assert_int_equal(seen.socks, 100);
	assert_int_equal(garbled, 200);
}

static void a_line_without_end_is_counted_once(void **unused)
{
	char *lines = malloc(20001 + sizeof(GOOD_LINE) + 1);
	struct seen seen = { 0 };
	uint64_t garbled;

	(void)unused;
	memset(lines, 'x', 20000);
	strcpy(lines + 20000, "\n" GOOD_LINE "\n");
	assert_int_equal(file_read(lines, 3, &seen, &garbled), PROCNET_END);
	assert_int_equal(seen.socks, 3);
	assert_int_equal(garbled, 3);
	/* all there is */
	lines[20000] = '\0';
	seen.socks = 0;
	assert_int_equal(file_read(lines, 1, &seen, &garbled), PROCNET_FAILED);
	assert_int_equal(garbled, 1);
	free(lines);
}

static void what_is_no_table_is_an_error(void **unused)
{
	static const char *const headings[] = {
		"", "\n", "root:x:0:0:root:/root:/bin/sh\n", "\177ELF\2\1\1 \n", "slope  x\n",
		"sl\n", GOOD_LINE "\n",
		/* of another protocol's table */
		"Num       RefCount Protocol Flags    Type St Inode Path\n",
	};
	struct seen seen = { 0 };
	uint64_t garbled;

	(void)unused;
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		assert_int_equal(read_whole(headings[i], "garbage\n", 3, &seen, &garbled),
				 PROCNET_FAILED);
	/* no newline to come */
	assert_int_equal(read_whole("", "garbage", 20000, &seen, &garbled), PROCNET_FAILED);
	assert_int_equal(read_whole(HEADING, "garbage\n", 3, &seen, &garbled), PROCNET_FAILED);
	assert_int_equal(read_whole(HEADING, "garbage", 1, &seen, &garbled), PROCNET_FAILED);
	assert_int_equal(seen.socks, 0);
}

static void an_empty_table_is_none(void **unused)
{
	struct seen seen = { 0 };
	uint64_t garbled;

	(void)unused;
	assert_int_equal(read_whole(HEADING, "", 0, &seen, &garbled), PROCNET_END);
	assert_int_equal(read_whole("", "", 0, &seen, &garbled), PROCNET_END);
	assert_int_equal(seen.socks + garbled, 0);
}

/* It is read no further than it takes to see what it is. */
static void an_endless_line_is_given_up(void **unused)
{
	struct dump_spec spec = { .proto = PROTO_TCP, .family = FAMILY_V4 };
	struct procnet *p = calloc(1, sizeof(*p));
	enum procnet_status status = PROCNET_MORE;
	struct seen seen = { 0 };
	struct error err;
	int reads = 0;

	(void)unused;
	assert_int_equal(procnet_open_file(p, &spec, "/dev/zero", &err), 0);
	while (status == PROCNET_MORE && reads++ < 10)
		status = procnet_step(p, take, &seen, &err);
	assert_int_equal(status, PROCNET_FAILED);
	procnet_close(p);
	free(p);
}

static void a_missing_file_is_named(void **unused)
{
	struct dump_spec spec = { .proto = PROTO_UDP, .family = FAMILY_V6 };
	struct procnet *p = calloc(1, sizeof(*p));
	struct error err;

	(void)unused;
	assert_int_equal(procnet_open(p, &spec, root, &err), -1);
	assert_int_equal(err.code, ENOENT);
	assert_non_null(strstr(err.text, "net/udp6"));
	free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_established_socket),
		cmocka_unit_test(a_listener_has_no_backlog_to_tell),
		cmocka_unit_test(minisocks_and_request_socks_have_no_owner),
		cmocka_unit_test(datagram_sockets),
		cmocka_unit_test(numbers_too_large_for_their_field_are_cut),
		cmocka_unit_test(a_line_cut_at_every_byte_is_garbled_until_its_inode),
		cmocka_unit_test(lines_across_reads),
		cmocka_unit_test(reading_can_be_stopped),
		cmocka_unit_test(garbled_lines_are_counted),
		cmocka_unit_test(a_line_without_end_is_counted_once),
		cmocka_unit_test(what_is_no_table_is_an_error),
		cmocka_unit_test(an_empty_table_is_none),
		cmocka_unit_test(an_endless_line_is_given_up),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, root_make, root_remove);
}
