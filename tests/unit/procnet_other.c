/* Lines of /proc/net/{unix,packet,netlink,raw}: whole, odd, cut short. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/procnet.h"

/* In memory of its own, without a NUL, so that reading on would be noticed. */
static bool parse_bytes(enum proto proto, const char *line, size_t len, struct sock_record *r)
{
	const struct dump_spec spec = { .proto = proto, .family = FAMILY_V4 };
	char *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, line, len);
	memset(r, 0xa5, sizeof(*r));
	good = procnet_parse(&spec, copy, len, r);
	free(copy);
	return good;
}

static bool parse(enum proto proto, const char *line, struct sock_record *r)
{
	return parse_bytes(proto, line, strlen(line), r);
}

static void assert_text(const char *text, uint32_t len, const char *wanted)
{
	assert_non_null(text);
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(text, wanted, len);
}

static void unix_listener(void **unused)
{
	struct sock_record r;

	(void)unused;
	assert_true(parse(PROTO_UNIX,
			  "00000000b02e581c: 00000002 00000000 00010000 0001 01 1579215 /run/x y",
			  &r));
	assert_int_equal(r.sock.state, STATE_LISTEN);
	assert_int_equal(r.sock.type, SOCK_TYPE_STREAM);
	assert_int_equal(r.sock.inode, 1579215);
	assert_int_equal(r.sock.has, SOCK_HAS_INODE);
	assert_text(r.sock.name, r.sock.name_len, "/run/x y");
	assert_text(r.sock.local_text, r.sock.local_text_len, "/run/x y 1579215");
	/* /proc/net does not tell of the peer */
	assert_text(r.sock.peer_text, r.sock.peer_text_len, "*");
}

static void unix_others(void **unused)
{
	struct sock_record r;

	(void)unused;
	assert_true(parse(PROTO_UNIX, "fc6bcd08: 00000003 00000000 00000000 0005 03  1057", &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_int_equal(r.sock.type, SOCK_TYPE_SEQPACKET);
	assert_null(r.sock.name);
	assert_true(parse(PROTO_UNIX,
			  "(____ptrval____): 00000003 00000000 00000000 0001 02     0 @a@", &r));
	assert_int_equal(r.sock.state, STATE_ESTABLISHED);
	assert_int_equal(r.sock.has, 0);
	assert_text(r.sock.name, r.sock.name_len, "@a@");
	assert_true(parse(PROTO_UNIX, "0: 00000003 00000000 00000000 0002 01 77", &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_false(parse(PROTO_UNIX, "0: 00000003 00000000 00000000 0002 09 77", &r));
}

static void packet_socket(void **unused)
{
	struct sock_record r;

	(void)unused;
	assert_true(parse(PROTO_PACKET,
			  "00000000a1b2c3d4 3      3    86dd   2     1 0      1000   98765 ", &r));
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_int_equal(r.sock.type, SOCK_TYPE_RAW);
	assert_int_equal(r.sock.ifindex, 2);
	assert_int_equal(r.sock.uid, 1000);
	assert_int_equal(r.sock.inode, 98765);
	assert_int_equal(r.sock.has, SOCK_HAS_INODE | SOCK_HAS_UID);
	assert_text(r.sock.name, r.sock.name_len, "ipv6");
}

static void netlink_socket(void **unused)
{
	struct sock_record r;

	(void)unused;
	assert_true(parse(PROTO_NETLINK,
			  "00000000d04ade77 4   21667      00000000 832      16       0     "
			  "2        0        1579251 ", &r));
	assert_int_equal(r.sock.recv_queue, 832);
	assert_int_equal(r.sock.send_queue, 16);
	assert_int_equal(r.sock.inode, 1579251);
	assert_text(r.sock.local_text, r.sock.local_text_len, "tcpdiag:21667");
	assert_text(r.sock.peer_text, r.sock.peer_text_len, "*");
}

static void raw_socket(void **unused)
{
	struct sock_record r;

	(void)unused;
	assert_true(parse(PROTO_RAW,
			  "   1: 0100007F:0001 00000000:0000 07 00000000:00000040 00:00000000 "
			  "00000000     0        0 4711 2 0000000000000000 0", &r));
	assert_int_equal(r.sock.proto, PROTO_RAW);
	assert_int_equal(r.sock.state, STATE_UNCONNECTED);
	assert_int_equal(r.sock.local.port, 1);
	assert_int_equal(r.sock.recv_queue, 0x40);
	assert_false(r.sock.has & SOCK_HAS_TIMER);
}

/* A line is whole from the first digit of its inode on. */
static void assert_cut(enum proto proto, const char *line, size_t tail)
{
	size_t whole = strlen(line);
	struct sock_record r;

	for (size_t len = 0; len <= whole; len++)
		assert_int_equal(parse_bytes(proto, line, len, &r), len > whole - tail);
}

static void lines_may_be_cut(void **unused)
{
	(void)unused;
	assert_cut(PROTO_UNIX, "b02e581c: 00000002 00000000 00010000 0001 01 1579215 /run/x", 14);
	assert_cut(PROTO_PACKET, "a1b2c3d4 3 3 86dd 2 1 0 1000 98765", 5);
	assert_cut(PROTO_NETLINK, "d04ade77 4 21667 00000000 0 0 0 2 0 1579251", 7);
}

static void a_path_is_cut_rather_than_refused(void **unused)
{
	struct sock_record r;
	char line[400] = "b02e581c: 00000002 00000000 00010000 0001 01 1579215 ";
	size_t len = strlen(line);

	(void)unused;
	memset(line + len, 'x', sizeof(line) - len);
	assert_true(parse_bytes(PROTO_UNIX, line, sizeof(line), &r));
	assert_int_equal(r.sock.name_len, SOCK_NAME_MAX);
}

static void protocols_without_a_file_are_known(void **unused)
{
	(void)unused;
	assert_true(procnet_tells_of(PROTO_UDPLITE));
	assert_true(procnet_tells_of(PROTO_UNIX));
	assert_false(procnet_tells_of(PROTO_SCTP));
	assert_false(procnet_tells_of(PROTO_VSOCK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unix_listener),
		cmocka_unit_test(unix_others),
		cmocka_unit_test(packet_socket),
		cmocka_unit_test(netlink_socket),
		cmocka_unit_test(raw_socket),
		cmocka_unit_test(lines_may_be_cut),
		cmocka_unit_test(a_path_is_cut_rather_than_refused),
		cmocka_unit_test(protocols_without_a_file_are_known),
	};

	return cmocka_run_group_tests_name("procnet_other", tests, NULL, NULL);
}
