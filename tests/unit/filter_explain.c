/* What --explain-filter says of who evaluates what. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "query/filter.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct explained {
	const char *text;
	const char *expected;
};

/* Asked for everything. */
static void assert_explained(const struct explained *e)
{
	static const struct filter_asked asked = {
		.protos = PROTO_BIT(PROTO_COUNT) - 1,
		.families = 1u << ADDR_V4 | 1u << ADDR_V6,
		.states = STATE_BIT(STATE_COUNT) - 1,
	};
	struct filter_error err;
	struct filter *f = filter_parse(e->text, strlen(e->text), NULL, &err);
	struct buffer out;

	assert_non_null(f);
	buffer_init(&out, -1);
	filter_explain(f, &asked, &out);
	buffer_putc(&out, '\0');
	assert_string_equal(out.data, e->expected);
	buffer_fini(&out);
	filter_free(f);
}

static void test_explain(void **unused)
{
	static const struct explained cases[] = {
		{ "state close-wait and (sport = 80 or dst 10/8) and rtt > 1ms tcp",
		  "states:      CLOSE-WAIT\n"
		  "protocols:   tcp\n"
		  "the kernel:  local port 80 or peer in 10.0.0.0/8\n"
		  "here:        rtt > 1ms\n"
		  "needs:       tcp details\n" },
		{ "not (sport = 22 or src [::1])",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  not local port 22 and not local in ::1/128\n"
		  "here:        nothing\n" },
		{ "fwmark = 1/3 or process = nginx",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        fwmark = 1/3 or process = nginx\n"
		  "needs:       mark, processes\n" },
		{ "not (process = nginx or not rtt > 5ms) and (not pid = 7 or sport = :1)",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        rtt > 5ms\n"
		  "here:        not pid = 7 or sport = :1\n"
		  "here:        not (process = nginx)\n"
		  "needs:       tcp details, processes\n" },
		{ "not (process = nginx and rtt > 5ms)",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        not (process = nginx and rtt > 5ms)\n"
		  "needs:       tcp details, processes\n" },
		{ "not (pid = 1 or pid = 2)",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        not (pid = 1 or pid = 2)\n"
		  "needs:       processes\n" },
		{ "(pid = 7 and rtt > 5ms) or pid = 8",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        (pid = 7 and rtt > 5ms) or pid = 8\n"
		  "needs:       tcp details, processes\n" },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_explained(&cases[i]);
}

/* What stands in parentheses is the inverse of its text, or is not, by itself. */
static void test_explain_parentheses(void **unused)
{
	static const struct explained cases[] = {
		{ "(not pid = 3) and sport = 22",
		  "states:      all\n"
		  "protocols:   tcp udp udplite raw mptcp sctp dccp\n"
		  "the kernel:  local port 22\n"
		  "here:        not (pid = 3)\n"
		  "needs:       processes\n" },
		{ "not (not pid = 3)",
		  "states:      all\n"
		  "protocols:   all\n"
		  "the kernel:  every socket in these states\n"
		  "here:        pid = 3\n"
		  "needs:       processes\n" },
		{ "sport = 22 and (not (pid = 3 or pid = 4))",
		  "states:      all\n"
		  "protocols:   tcp udp udplite raw mptcp sctp dccp\n"
		  "the kernel:  local port 22\n"
		  "here:        not (pid = 3 or pid = 4)\n"
		  "needs:       processes\n" },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_explained(&cases[i]);
}

/* What is read is told, not what the filter alone would let through. */
static void test_explain_what_is_asked(void **unused)
{
	static const struct filter_asked tcp4 = {
		.protos = PROTO_BIT(PROTO_TCP), .families = 1u << ADDR_V4,
		.states = ~STATE_BIT(STATE_BOUND),
	};
	static const struct filter_asked listening = {
		.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP),
		.families = 1u << ADDR_V4 | 1u << ADDR_V6,
		.states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED),
		.names = DIALECT_SS,
		.instead = "/proc/net",
	};
	static const struct {
		const char *text;
		const struct filter_asked *asked;
		const char *expected;
	} cases[] = {
		{ "sport = :1", &tcp4,
		  "states:      all\nprotocols:   tcp\nfamilies:    ipv4\n"
		  "the kernel:  local port 1\nhere:        nothing\n" },
		{ "sport = :1 and not state time-wait", &listening,
		  "states:      LISTEN UNCONN\nprotocols:   tcp udp\n"
		  "the kernel:  nothing, /proc/net is read\n"
		  "here:        sport = :1\nhere:        not (state time-wait)\n" },
		{ "sport = :1", &listening,
		  "states:      LISTEN UNCONN\nprotocols:   tcp udp\n"
		  "the kernel:  nothing, /proc/net is read\nhere:        sport = :1\n" },
		{ NULL, &tcp4,
		  "filter:      none\nstates:      all\nprotocols:   tcp\nfamilies:    ipv4\n"
		  "the kernel:  every socket in these states\nhere:        nothing\n" },
		{ NULL, &listening,
		  "filter:      none\nstates:      LISTEN UNCONN\nprotocols:   tcp udp\n"
		  "the kernel:  nothing, /proc/net is read\nhere:        nothing\n" },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *text = cases[i].text;
		struct filter *f = text ? filter_parse(text, strlen(text), NULL, NULL) : NULL;
		struct buffer out;

		assert_true(!text == !f);
		buffer_init(&out, -1);
		filter_explain(f, cases[i].asked, &out);
		buffer_putc(&out, '\0');
		assert_string_equal(out.data, cases[i].expected);
		buffer_fini(&out);
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_explain_parentheses),
		cmocka_unit_test(test_explain_what_is_asked),
	};

	return cmocka_run_group_tests_name("filter_explain", tests, NULL, NULL);
}
