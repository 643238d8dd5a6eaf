/* The states, their names in every dialect and the arrows between them: model/state.h. */
#include "config.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/state.h"

static state_set parse(const char *word)
{
	return state_parse(word, strlen(word));
}

#define BIT(symbol) STATE_BIT(STATE_##symbol)

static bool filled(const char *text)
{
	return text && *text;
}

static void every_row_is_complete(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const struct state_info *info = state_info(s);

		assert_int_equal(info->state, s);
		assert_true(filled(info->name));
		assert_true(filled(info->plain));
		assert_true(filled(info->acts));
		assert_true(filled(info->bound));
		assert_true(filled(info->pileup));
		assert_true(filled(info->remedy));
		assert_int_equal(filled(info->rfc), info->scope == SCOPE_TCP);
		assert_int_equal(filled(info->names[DIALECT_RFC]), info->scope == SCOPE_TCP);
		if (info->scope == SCOPE_TCP)
			assert_string_equal(info->names[DIALECT_RFC], info->name);
	}
}

static void symbols_are_the_names_in_lower_case(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const struct state_info *info = state_info(s);
		size_t len = strlen(info->name);

		assert_int_equal(strlen(info->symbol), len);
		for (size_t i = 0; i < len; i++) {
			char c = info->name[i];

			assert_int_equal(info->symbol[i], c == '-' ? '_' : tolower(c));
		}
	}
}

static void texts_are_plain_ascii_sentences(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const struct state_info *i = state_info(s);
		const char *texts[] = { i->plain, i->acts, i->bound, i->pileup, i->remedy };

		for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
			assert_int_equal(texts[t][strlen(texts[t]) - 1], '.');
			assert_null(strstr(texts[t], "  "));
			for (const char *p = texts[t]; *p; p++)
				assert_true(*p >= ' ' && *p <= '~');
		}
	}
}

static void sysctls_are_named_in_full(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const char *list = state_info(s)->sysctls;

		for (; list && *list; list += strcspn(list, " ")) {
			list += strspn(list, " ");
			assert_true(!strncmp(list, "net.", 4));
		}
	}
}

static void every_name_parses_back(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		assert_true(parse(state_info(s)->name) & STATE_BIT(s));
		assert_true(parse(state_info(s)->symbol) & STATE_BIT(s));
		for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
			if (state_info(s)->names[d])
				assert_true(parse(state_name(s, d)) & STATE_BIT(s));
		}
	}
}

static void canonical_names_are_unambiguous(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++)
		if (s != STATE_CLOSED && s != STATE_IDLE)
			assert_int_equal(parse(state_info(s)->name), STATE_BIT(s));
}

static void spelling_does_not_matter(void **state)
{
	static const char *const words[] = { "close_wait", "CLOSE-WAIT", "Close Wait", "closewait",
					     "CloseWait",  "cLoSe__wAiT", "ClosWt", "ClosWait",
					     "08", "8", "0x08", "TCP_CLOSE_WAIT" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(parse(words[i]), BIT(CLOSE_WAIT));
	assert_int_equal(state_parse("close-waiting", 10), BIT(CLOSE_WAIT));
}

static void spellings_of_the_wild(void **state)
{
	static const struct {
		const char *word;
		state_set set;
	} cases[] = {
		{ "SYN_RCDV", BIT(SYN_RECEIVED) },
		{ "TCP_NEW_SYN_RECV", BIT(SYN_RECEIVED) },
		{ "Unbound", BIT(IDLE) },
		{ "syn-rcv", BIT(SYN_RECEIVED) },
		{ "SYNRECV", BIT(SYN_RECEIVED) },
		{ "SYN RCVD", BIT(SYN_RECEIVED) },
		{ "LISTENING", BIT(LISTEN) },
		{ "ESTAB", BIT(ESTABLISHED) },
		{ "FINWAIT-1", BIT(FIN_WAIT_1) },
		{ "FWAIT2", BIT(FIN_WAIT_2) },
		{ "FIN_WAIT", BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) },
		{ "TIMED_WAIT", BIT(TIME_WAIT) },
		{ "bound-inactive", BIT(BOUND) },
		{ "unconn", BIT(CLOSED) | BIT(BOUND) | BIT(UNCONNECTED) },
		{ "closed", BIT(CLOSED) | BIT(UNCONNECTED) },
		{ "idle", BIT(IDLE) | BIT(UNCONNECTED) },
		{ "ack_sent", BIT(SHUTDOWN_ACK_SENT) },
		{ "deleteTcb", BIT(DELETE_TCB) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i].word), cases[i].set);
}

static void numbers_are_hexadecimal_with_a_leading_zero(void **state)
{
	(void)state;
	assert_int_equal(parse("0A"), BIT(LISTEN));
	assert_int_equal(parse("0a"), BIT(LISTEN));
	assert_int_equal(parse("0x0a"), BIT(LISTEN));
	assert_int_equal(parse("10"), BIT(LISTEN));
	assert_int_equal(parse("1"), BIT(ESTABLISHED));
	assert_int_equal(parse("01"), BIT(ESTABLISHED));
	assert_int_equal(parse("0C"), BIT(SYN_RECEIVED));
	assert_int_equal(parse("12"), BIT(SYN_RECEIVED));
	assert_int_equal(parse("13"), BIT(BOUND));
	assert_int_equal(parse("07"), BIT(CLOSED) | BIT(UNCONNECTED));
}

static void what_is_no_state_gives_none(void **state)
{
	static const char *const words[] = { "", "-", "foo", "0", "00", "14", "255", "0xff", "0x",
					     "A", "0A0", "established!" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(parse(words[i]), 0);
}

static void kernel_numbers_round_trip(void **state)
{
	static const enum state expected[] = {
		[1] = STATE_ESTABLISHED, [2] = STATE_SYN_SENT,	[3] = STATE_SYN_RECEIVED,
		[4] = STATE_FIN_WAIT_1,	 [5] = STATE_FIN_WAIT_2, [6] = STATE_TIME_WAIT,
		[7] = STATE_CLOSED,	 [8] = STATE_CLOSE_WAIT, [9] = STATE_LAST_ACK,
		[10] = STATE_LISTEN,	 [11] = STATE_CLOSING,	[12] = STATE_SYN_RECEIVED,
		[13] = STATE_BOUND,
	};

	(void)state;
	for (unsigned int n = 1; n <= 13; n++) {
		assert_int_equal(state_of_kernel(n), expected[n]);
		if (n != 12)
			assert_int_equal(state_info(expected[n])->kernel, n);
	}
	assert_int_equal(state_of_kernel(0), STATE_COUNT);
	assert_int_equal(state_of_kernel(14), STATE_COUNT);
	assert_int_equal(state_of_kernel(STATE_NO_KERNEL), STATE_COUNT);
	assert_int_equal(state_of_kernel(256 + 10), STATE_COUNT);
}

static void names_fall_back_to_the_canonical(void **state)
{
	(void)state;
	assert_string_equal(state_name(STATE_ESTABLISHED, DIALECT_SS), "ESTAB");
	assert_string_equal(state_name(STATE_FIN_WAIT_1, DIALECT_SOCKSTAT), "FWAIT1");
	assert_string_equal(state_name(STATE_BOUND, DIALECT_NETSTAT), "BOUND");
	assert_string_equal(state_name(STATE_CLOSING, DIALECT_CONNTRACK), "CLOSING");
}

static void dialects_are_found_by_name(void **state)
{
	(void)state;
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		assert_int_equal(dialect_info(d)->dialect, d);
		assert_true(filled(dialect_info(d)->help));
		assert_int_equal(dialect_find(dialect_info(d)->name), d);
	}
	assert_int_equal(dialect_find("BSD"), DIALECT_BSD);
	assert_int_equal(dialect_find("klingon"), DIALECT_COUNT);
}

static const char *suggest(const char *word)
{
	static char out[128];

	state_suggest(word, strlen(word), out, sizeof(out));
	return out;
}

static void unknown_words_suggest(void **state)
{
	(void)state;
	assert_string_equal(suggest("close_wiat"), "CLOSE-WAIT");
	assert_string_equal(suggest("ESTABLISHD"), "ESTABLISHED");
	assert_string_equal(suggest("lisen"), "LISTEN");
	assert_string_equal(suggest("syn_rcxd"), "SYN-RECEIVED");
	assert_string_equal(suggest("fin-wait-3"), "FIN-WAIT-1 or FIN-WAIT-2");
	assert_string_equal(suggest("time"), "TIME-WAIT");
	assert_string_equal(suggest("banana"), "");
	assert_string_equal(suggest("tcp"), "");
}

static void sets_follow_the_scope(void **state)
{
	(void)state;
	assert_int_equal(__builtin_popcount(states_tcp()), 11);
	assert_int_equal(states_linux(), states_tcp() | BIT(BOUND) | BIT(UNCONNECTED));
}

static bool has_arrow(enum state from, enum state to, const char *event)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);

	for (size_t i = 0; i < count; i++)
		if (arrows[i].from == from && arrows[i].to == to)
			return !strcmp(arrows[i].event, event);
	return false;
}

/* A connection can be led through the figure: opened and closed in all three ways. */
static void arrows_make_whole_lives(void **state)
{
	size_t count;

	(void)state;
	state_arrows(&count);
	assert_int_equal(count, 19);
	assert_true(has_arrow(STATE_CLOSED, STATE_SYN_SENT, "active OPEN"));
	assert_true(has_arrow(STATE_SYN_SENT, STATE_ESTABLISHED, "rcv SYN,ACK"));
	assert_true(has_arrow(STATE_ESTABLISHED, STATE_FIN_WAIT_1, "CLOSE"));
	assert_true(has_arrow(STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, "rcv ACK of FIN"));
	assert_true(has_arrow(STATE_FIN_WAIT_2, STATE_TIME_WAIT, "rcv FIN"));
	assert_true(has_arrow(STATE_TIME_WAIT, STATE_CLOSED, "timeout = 2 MSL"));
	assert_true(has_arrow(STATE_CLOSE_WAIT, STATE_LAST_ACK, "CLOSE"));
	assert_true(has_arrow(STATE_FIN_WAIT_1, STATE_CLOSING, "rcv FIN"));
	assert_false(has_arrow(STATE_CLOSE_WAIT, STATE_TIME_WAIT, "CLOSE"));
}

static void every_rfc_state_has_a_way_in_and_out(void **state)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);
	state_set in = 0, out = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		in |= STATE_BIT(arrows[i].to);
		out |= STATE_BIT(arrows[i].from);
		assert_true(filled(arrows[i].event));
		assert_non_null(arrows[i].action);
	}
	assert_int_equal(in, states_tcp());
	assert_int_equal(out, states_tcp());
}

static void texts_are_retold_in_a_dialect(void **unused)
{
	static const struct {
		const char *text, *bsd;
	} cases[] = {
		{ "18 idle sockets in CLOSE-WAIT", "18 idle sockets in CLOSE_WAIT" },
		{ "TIME-WAIT.", "TIME_WAIT." },
		{ "FIN-WAIT-1, CLOSING or SYN-RECEIVED:", "FIN_WAIT_1, CLOSING or SYN_RCVD:" },
		{ "a LAST-ACK", "a LAST_ACK" },
		{ "TCP_TIME-WAIT, xTIME-WAIT", "TCP_TIME-WAIT, xTIME-WAIT" },
		{ "TIME-WAIT-2", "TIME-WAIT-2" },
		{ "time-wait, FIN, ACK", "time-wait, FIN, ACK" },
		{ "", "" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int bsd = 0; bsd < 2; bsd++) {
			struct buffer out;

			buffer_init(&out, -1);
			state_retell(&out, cases[i].text, bsd ? DIALECT_BSD : DIALECT_RFC);
			buffer_putc(&out, '\0');
			assert_string_equal(out.data, bsd ? cases[i].bsd : cases[i].text);
			buffer_fini(&out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(symbols_are_the_names_in_lower_case),
		cmocka_unit_test(texts_are_plain_ascii_sentences),
		cmocka_unit_test(sysctls_are_named_in_full),
		cmocka_unit_test(every_name_parses_back),
		cmocka_unit_test(canonical_names_are_unambiguous),
		cmocka_unit_test(spelling_does_not_matter),
		cmocka_unit_test(spellings_of_the_wild),
		cmocka_unit_test(numbers_are_hexadecimal_with_a_leading_zero),
		cmocka_unit_test(what_is_no_state_gives_none),
		cmocka_unit_test(kernel_numbers_round_trip),
		cmocka_unit_test(names_fall_back_to_the_canonical),
		cmocka_unit_test(texts_are_retold_in_a_dialect),
		cmocka_unit_test(dialects_are_found_by_name),
		cmocka_unit_test(unknown_words_suggest),
		cmocka_unit_test(sets_follow_the_scope),
		cmocka_unit_test(arrows_make_whole_lives),
		cmocka_unit_test(every_rfc_state_has_a_way_in_and_out),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
