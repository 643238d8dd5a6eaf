/* Options for families, and words for protocols and parts of them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/columns.h"
#include "app/families.h"
#include "model/sock.h"

#define ALL (PROTO_BIT(PROTO_COUNT) - 1)

/* The options after parsing "connstate list" and these @words; @wanted is the result. */
static struct options parse(int wanted, const char *first, const char *second)
{
	char name[] = "connstate", command[] = "list", words[2][64];
	char *argv[] = { name, command, words[0], second ? words[1] : NULL, NULL };
	int argc = second ? 4 : 3;
	struct options kept;
	struct options o;
	struct error err;

	snprintf(words[0], sizeof(words[0]), "%s", first);
	snprintf(words[1], sizeof(words[1]), "%s", second ? second : "");
	assert_int_equal(options_parse(&o, argc, argv, &err), wanted);
	/* what is looked at are numbers: the memory behind the words may go */
	kept = o;
	options_fini(&o);
	kept.given = NULL;
	kept.given_count = 0;
	return kept;
}

static proto_set protos(const char *first, const char *second)
{
	struct options o = parse(0, first, second);

	return options_protos(&o);
}

static void letters_are_those_of_ss(void **unused)
{
	(void)unused;
	assert_int_equal(protos("-x", NULL), PROTO_BIT(PROTO_UNIX));
	assert_int_equal(protos("-w", NULL), PROTO_BIT(PROTO_RAW));
	assert_int_equal(protos("--raw", NULL), PROTO_BIT(PROTO_RAW));
	assert_int_equal(protos("-0", NULL), PROTO_BIT(PROTO_PACKET));
	assert_int_equal(protos("-M", NULL), PROTO_BIT(PROTO_MPTCP));
	assert_int_equal(protos("-S", NULL), PROTO_BIT(PROTO_SCTP));
	assert_int_equal(protos("-d", NULL), PROTO_BIT(PROTO_DCCP));
	assert_int_equal(protos("--vsock", "--tipc"),
			 PROTO_BIT(PROTO_VSOCK) | PROTO_BIT(PROTO_TIPC));
	assert_int_equal(protos("-tx", NULL), PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UNIX));
}

static void families(void **unused)
{
	struct options o;

	(void)unused;
	assert_int_equal(protos("-f", "link"), PROTO_BIT(PROTO_PACKET));
	assert_int_equal(protos("--family=netlink", "-x"),
			 PROTO_BIT(PROTO_NETLINK) | PROTO_BIT(PROTO_UNIX));
	o = parse(0, "-f", "inet6");
	assert_int_equal(o.families, FAMILY_V6);
	assert_int_equal(options_protos(&o), PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP));
	parse(-1, "-f", "tcp");
}

static void lists(void **unused)
{
	(void)unused;
	assert_int_equal(protos("-A", "all"), ALL);
	assert_int_equal(protos("-A", "tcp,UNIX"), PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UNIX));
	assert_int_equal(protos("-A", "!tcp"), ALL & ~PROTO_BIT(PROTO_TCP));
	assert_int_equal(protos("-A", "inet,!tcp") & PROTO_BIT(PROTO_TCP), 0);
	assert_int_equal(protos("-A", "inet,!tcp") & PROTO_BIT(PROTO_RAW),
			 PROTO_BIT(PROTO_RAW));
	assert_int_equal(protos("-A", "inet") & PROTO_BIT(PROTO_UNIX), 0);
	parse(-1, "-A", "tcp,,udp");
	parse(-1, "-A", "");
	parse(-1, "-A", "!");
	parse(-1, "-A", "tcq");
	parse(-1, "-A", "tcp,!tcp");
}

static uint16_t types(const char *list)
{
	const struct options o = parse(0, "-A", list);
	uint16_t all[PROTO_COUNT];

	families_types(&o, all);
	return all[PROTO_UNIX];
}

static void parts_of_a_protocol(void **unused)
{
	(void)unused;
	assert_int_equal(types("unix"), 0);
	assert_int_equal(types("unix_stream"), 1 << SOCK_TYPE_STREAM);
	assert_int_equal(types("u_dgr,u_seq"), 1 << SOCK_TYPE_DGRAM | 1 << SOCK_TYPE_SEQPACKET);
	assert_int_equal(types("unix_stream,unix"), 0);
	assert_false(types("unix,!u_str") & 1 << SOCK_TYPE_STREAM);
	assert_true(types("unix,!u_str") & 1 << SOCK_TYPE_DGRAM);
	assert_int_equal(protos("-A", "u_str,!u_str,tcp"), PROTO_BIT(PROTO_TCP));
}

static bool lacking(const char *list, struct error *err)
{
	const struct options o = parse(0, "-A", list);
	const struct collect_report report = {
		.missing = PROTO_BIT(PROTO_SCTP) | PROTO_BIT(PROTO_DCCP),
		.untold = PROTO_BIT(PROTO_VSOCK),
	};

	return families_lacking(&o, &report, err);
}

static void what_is_lacking_is_named_when_asked_for_by_name(void **unused)
{
	struct error err;

	(void)unused;
	assert_false(lacking("all", &err));
	assert_false(lacking("inet", &err));
	assert_false(lacking("tcp,sctp,!sctp", &err));
	assert_true(lacking("tcp,sctp", &err));
	assert_string_equal(err.text, "this kernel has no SCTP sockets (module sctp_diag)");
	assert_true(lacking("sctp,dccp,v_str", &err));
	assert_string_equal(err.text, "this kernel has no SCTP sockets (module sctp_diag); "
				      "this kernel has no DCCP sockets (module dccp_diag); "
				      "/proc/net does not tell of VSOCK sockets");
}

static const char *first_column(const char *first, const char *second)
{
	const struct options o = parse(0, first, second);
	struct column_list list;
	struct error err;

	assert_int_equal(listing_columns(&list, &o, &err), 0);
	return list.column[0]->field.name;
}

static void rows_say_of_which_kind_they_are(void **unused)
{
	(void)unused;
	assert_string_equal(first_column("-t", NULL), "state");
	assert_string_equal(first_column("-w", NULL), "state");
	assert_string_equal(first_column("-tu", NULL), "proto");
	assert_string_equal(first_column("-x", NULL), "netid");
	assert_string_equal(first_column("-tx", NULL), "netid");
}

static void sctp_has_states_of_its_own(void **unused)
{
	const struct options with = parse(0, "-S", NULL);
	const struct options without = parse(0, "-t", NULL);

	(void)unused;
	assert_true(options_states(&with) & STATE_BIT(STATE_COOKIE_WAIT));
	assert_false(options_states(&without) & STATE_BIT(STATE_COOKIE_WAIT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_those_of_ss),
		cmocka_unit_test(families),
		cmocka_unit_test(lists),
		cmocka_unit_test(parts_of_a_protocol),
		cmocka_unit_test(what_is_lacking_is_named_when_asked_for_by_name),
		cmocka_unit_test(rows_say_of_which_kind_they_are),
		cmocka_unit_test(sctp_has_states_of_its_own),
	};

	return cmocka_run_group_tests_name("app_families", tests, NULL, NULL);
}
