/* The table of columns holds together, and lists of columns parse. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "query/columns.h"
#include "query/filter.h"

static struct value read_column(const char *name, const struct sock *sk)
{
	const struct column *c = column_find(name, strlen(name));
	const struct row row = { .sock = sk };

	assert_non_null(c);
	return column_value(c, &row);
}

static void test_rows_are_complete(void **state)
{
	size_t count;
	const struct column *all = columns_all(&count);

	(void)state;
	assert_true(count > 90 && count <= COLUMNS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &all[i].field;

		assert_non_null(all[i].get);
		assert_true(strspn(f->name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
			    strlen(f->name));
		assert_true(f->help[strlen(f->help) - 1] == '.');
		assert_non_null(f->title);
		assert_ptr_equal(column_find(f->name, strlen(f->name)), &all[i]);
	}
}

/* A socket of which nothing is known has no figure in any column, and no getter crashes. */
static void test_nothing_known(void **state)
{
	const struct sock sk = { .proto = PROTO_TCP, .state = STATE_ESTABLISHED };
	size_t count;
	const struct column *all = columns_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct row row = { .sock = &sk };
		struct value v = column_value(&all[i], &row);

		assert_true(v.kind == VALUE_NONE || v.kind == VALUE_TEXT || v.kind == VALUE_STATE);
	}
}

static void test_listener_queues_are_backlog(void **state)
{
	struct sock sk = { .state = STATE_LISTEN, .has = SOCK_HAS_QUEUES, .recv_queue = 3,
			   .send_queue = 128 };

	(void)state;
	assert_int_equal(read_column("backlog", &sk).count, 3);
	assert_int_equal(read_column("backlog_max", &sk).count, 128);
	assert_int_equal(read_column("recv_queue_bytes", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("send_queue_bytes", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("recv_q", &sk).count, 3);
	sk.has |= SOCK_NO_BACKLOG;
	assert_int_equal(read_column("backlog", &sk).count, 3);
	assert_int_equal(read_column("backlog_max", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("send_q", &sk).kind, VALUE_NONE);
	sk.has &= ~SOCK_NO_BACKLOG;
	sk.state = STATE_ESTABLISHED;
	assert_int_equal(read_column("backlog", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("recv_queue_bytes", &sk).count, 3);
}

/* A field of tcp_info that this kernel did not deliver is unknown. */
static void test_short_tcp_info(void **state)
{
	const struct tcp_facts facts = { .rtt_us = 1500, .total_rto = 7, .snd_ssthresh_segments =
									       INT32_MAX };
	struct sock sk = { .state = STATE_ESTABLISHED, .tcp = &facts, .tcp_bytes = 224 };

	(void)state;
	assert_int_equal(read_column("rtt", &sk).count, 1500);
	assert_int_equal(read_column("total_rto", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("ssthresh", &sk).kind, VALUE_NONE);
	sk.tcp_bytes = sizeof(facts);
	assert_int_equal(read_column("total_rto", &sk).count, 7);
	sk.state = STATE_LISTEN;
	assert_int_equal(read_column("rtt", &sk).kind, VALUE_NONE);
}

/* Before the first round trip the kernel has what it begins with, and that is no measure. */
static void test_unmeasured(void **state)
{
	struct tcp_facts facts = { .rttvar_us = 250000, .min_rtt_us = UINT32_MAX };
	struct sock sk = { .state = STATE_SYN_SENT, .tcp = &facts, .tcp_bytes = sizeof(facts) };
	static const char *const measured[] = { "rtt", "rttvar", "min_rtt", "rcv_rtt" };

	(void)state;
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++)
		assert_int_equal(read_column(measured[i], &sk).kind, VALUE_NONE);
	facts.rtt_us = 12;
	assert_int_equal(read_column("rttvar", &sk).count, 250000);
	assert_int_equal(read_column("min_rtt", &sk).kind, VALUE_NONE);
	facts.min_rtt_us = 11;
	assert_int_equal(read_column("min_rtt", &sk).count, 11);
}

static void test_memory(void **state)
{
	const uint32_t memory[MEMORY_COUNT] = { [MEMORY_RCVBUF] = 131072, [MEMORY_DROPS] = 5 };
	struct sock sk = { .memory = memory, .memory_known = MEMORY_COUNT };

	(void)state;
	assert_int_equal(read_column("rcvbuf", &sk).count, 131072);
	assert_int_equal(read_column("drops", &sk).count, 5);
	sk.memory_known = MEMORY_DROPS;
	assert_int_equal(read_column("drops", &sk).kind, VALUE_NONE);
}

static void assert_reads(const char *name, const struct sock *sk, const char *wanted)
{
	struct value v = read_column(name, sk);

	assert_int_equal(v.kind, VALUE_TEXT);
	assert_int_equal(v.len, strlen(wanted));
	assert_memory_equal(v.text, wanted, v.len);
}

/* What stands for the ends where they are no IP addresses. */
static void test_ends_beyond_ip(void **state)
{
	struct sock sk = { .proto = PROTO_UNIX, .type = SOCK_TYPE_SEQPACKET,
			   .local_text = "/run/x 5", .local_text_len = 8,
			   .peer_text = "* 6", .peer_text_len = 3, .file_inode = 9 };

	(void)state;
	assert_reads("local", &sk, "/run/x 5");
	assert_reads("peer", &sk, "* 6");
	assert_reads("type", &sk, "seqpacket");
	assert_int_equal(read_column("local_port", &sk).kind, VALUE_NONE);
	assert_int_equal(read_column("file_inode", &sk).kind, VALUE_NONE);
	sk.has = SOCK_HAS_FILE;
	assert_int_equal(read_column("file_inode", &sk).count, 9);
	sk.peer_text = NULL;
	assert_int_equal(read_column("peer", &sk).kind, VALUE_NONE);
}

static void test_netids_are_those_of_ss(void **state)
{
	struct sock sk = { .proto = PROTO_UNIX, .type = SOCK_TYPE_STREAM };

	(void)state;
	assert_reads("netid", &sk, "u_str");
	sk.type = SOCK_TYPE_SEQPACKET;
	assert_reads("netid", &sk, "u_seq");
	sk.proto = PROTO_PACKET;
	assert_reads("netid", &sk, "packet");
	sk.type = SOCK_TYPE_RAW;
	assert_reads("netid", &sk, "p_raw");
	sk.proto = PROTO_NETLINK;
	assert_reads("netid", &sk, "nl");
	sk.proto = PROTO_RAW;
	assert_reads("netid", &sk, "raw");
	sk.local = (struct endpoint){ .family = ADDR_V6, .port = 58 };
	assert_reads("netid", &sk, "icmp6");
}

static void test_lists(void **state)
{
	struct column_list list = { .count = 0 };
	struct error err;

	(void)state;
	assert_int_equal(column_list_parse(&list, "state,Recv-Q,LOCAL", &err), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.column[1]->field.name, "recv_q");
	assert_int_equal(column_list_parse(&list, "+rtt,+uid", &err), 0);
	assert_int_equal(list.count, 5);
	assert_int_equal(column_list_facts(&list), FACT_TCP);
	assert_int_equal(column_list_parse(&list, "-recv_q", &err), 0);
	assert_int_equal(list.count, 4);
	assert_string_equal(list.column[1]->field.name, "local");
	assert_int_equal(column_list_parse(&list, "all", &err), 0);
	assert_true(list.count > 90);
}

static void test_unknown_names(void **state)
{
	struct column_list list = { .count = 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(column_list_parse(&list, "state,procces", &err), -1);
	assert_non_null(strstr(err.text, "'procces'"));
	assert_non_null(strstr(err.text, "process"));
	assert_int_equal(column_list_parse(&list, "state,,local", &err), -1);
	assert_int_equal(column_list_parse(&list, "", &err), -1);
}

/* What /proc/net leaves out of which sockets, as a filter that asks for it tells. */
static void test_untold(void **unused)
{
	static const struct {
		const char *text;
		proto_set has, lacks;
	} cases[] = {
		{ "state established and process = nginx", 0, ~0u },
		{ "rtt < 5ms", PROTO_BIT(PROTO_TCP), PROTO_BIT(PROTO_RAW) | PROTO_BIT(PROTO_UDP) },
		{ "backlog_max > 0", PROTO_BIT(PROTO_TCP), PROTO_BIT(PROTO_UDP) },
		{ "limited_by = idle", PROTO_BIT(PROTO_TCP), PROTO_BIT(PROTO_RAW) },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].text;
		struct filter *f = filter_parse(text, strlen(text), NULL, NULL);

		assert_int_equal(filter_untold(f) & cases[i].has, cases[i].has);
		assert_int_equal(filter_untold(f) & cases[i].lacks, 0);
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_listener_queues_are_backlog),
		cmocka_unit_test(test_short_tcp_info),
		cmocka_unit_test(test_unmeasured),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_ends_beyond_ip),
		cmocka_unit_test(test_netids_are_those_of_ss),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_untold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
