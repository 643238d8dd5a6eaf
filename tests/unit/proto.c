/* The protocols: model/proto.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "model/proto.h"

static enum proto find(const char *word)
{
	return proto_find(word, strlen(word));
}

static void every_row_is_complete(void **state)
{
	(void)state;
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		const struct proto_info *info = proto_info(p);

		assert_true(info->name && *info->name);
		assert_true(info->netid && *info->netid);
		assert_true(info->help && *info->help);
		assert_true(info->module && *info->module);
		assert_true(info->family != 0);
		assert_true(info->states != 0);
		assert_int_equal(info->states >> STATE_COUNT, 0);
		assert_int_equal(info->family == AF_INET, info->number != 0);
	}
}

static void every_name_finds_its_row_alone(void **state)
{
	(void)state;
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		assert_int_equal(find(proto_info(p)->name), p);
		assert_int_equal(find(proto_info(p)->netid), p);
	}
}

static void words_of_ss_are_known(void **state)
{
	(void)state;
	assert_int_equal(find("TCP"), PROTO_TCP);
	assert_int_equal(find("link"), PROTO_PACKET);
	assert_int_equal(find("nl"), PROTO_NETLINK);
	assert_int_equal(find("udp-lite"), PROTO_UDPLITE);
	assert_int_equal(proto_find("tcp,udp", 3), PROTO_TCP);
}

/* Words for more or less than one protocol must not be taken for one. */
static void other_words_are_not(void **state)
{
	static const char *const words[] = { "inet", "inet6", "all", "unix_stream", "u_str", "",
					     "tcp6", "sct" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(find(words[i]), PROTO_COUNT);
}

static void parts_of_protocols_are_found_by_name_and_netid(void **state)
{
	const struct proto_type *type = proto_type_find("unix_stream", 11);

	(void)state;
	assert_non_null(type);
	assert_int_equal(type->proto, PROTO_UNIX);
	assert_string_equal(type->netid, "u_str");
	assert_ptr_equal(proto_type_find("U_STR", 5), type);
	assert_null(proto_type_find("unix", 4));
	assert_null(proto_type_find("tcp", 3));
	assert_true(proto_has_types(PROTO_VSOCK));
	assert_false(proto_has_types(PROTO_RAW));
	assert_string_equal(proto_netid(PROTO_TCP, 1), "tcp");
}

static void states_fit_the_protocol(void **state)
{
	(void)state;
	assert_int_equal(proto_info(PROTO_TCP)->states,
			 states_tcp() | STATE_BIT(STATE_BOUND));
	assert_int_equal(proto_info(PROTO_UDP)->states,
			 STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_UNCONNECTED));
	for (enum state s = 0; s < STATE_COUNT; s++)
		if (state_info(s)->scope == SCOPE_SCTP)
			assert_true(proto_info(PROTO_SCTP)->states & STATE_BIT(s));
}

static void no_protocol_has_states_of_other_systems(void **state)
{
	(void)state;
	for (enum proto p = 0; p < PROTO_COUNT; p++)
		for (enum state s = 0; s < STATE_COUNT; s++)
			if (proto_info(p)->states & STATE_BIT(s))
				assert_int_not_equal(state_info(s)->scope, SCOPE_ELSEWHERE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(every_name_finds_its_row_alone),
		cmocka_unit_test(words_of_ss_are_known),
		cmocka_unit_test(other_words_are_not),
		cmocka_unit_test(parts_of_protocols_are_found_by_name_and_netid),
		cmocka_unit_test(states_fit_the_protocol),
		cmocka_unit_test(no_protocol_has_states_of_other_systems),
	};

	return cmocka_run_group_tests_name("proto", tests, NULL, NULL);
}
