/* Words as people type them: base/text.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void fold_drops_separators_and_case(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(text_fold(out, sizeof(out), "Cl_o-s e", 8), 5);
	assert_memory_equal(out, "CLOSE", 5);
	assert_int_equal(text_fold(out, sizeof(out), "123456789", 9), 0);
	assert_int_equal(text_fold(out, sizeof(out), "- _", 3), 0);
}

static void same_ignores_spelling_only(void **state)
{
	(void)state;
	assert_true(text_same("recv-q", 6, "recv_q"));
	assert_true(text_same("RecvQ!", 5, "recv_q"));
	assert_false(text_same("recv", 4, "recv_q"));
	assert_false(text_same("", 0, ""));
	assert_false(text_same("-", 1, "_"));
}

static void lists_are_read_word_by_word(void **state)
{
	const char *list = " one two_b  three ";
	size_t len;

	(void)state;
	assert_true(text_in_list("TWO-B", 5, list));
	assert_false(text_in_list("one two_b", 9, list));
	assert_false(text_in_list("four", 4, list));
	assert_false(text_in_list("x", 1, NULL));
	assert_memory_equal(text_next_word(&list, &len), "one", 3);
	assert_int_equal(len, 3);
	assert_memory_equal(text_next_word(&list, &len), "two_b", 5);
	assert_memory_equal(text_next_word(&list, &len), "three", 5);
	assert_null(text_next_word(&list, &len));
}

static size_t apart(const char *a, const char *b)
{
	size_t there = text_distance(a, strlen(a), b, strlen(b));

	assert_int_equal(there, text_distance(b, strlen(b), a, strlen(a)));
	return there;
}

static void distance_counts_edits(void **state)
{
	char tall[TEXT_WORD_MAX + 1];

	(void)state;
	assert_int_equal(apart("state", "STATE"), 0);
	assert_int_equal(apart("state", "stat"), 1);
	assert_int_equal(apart("state", "staate"), 1);
	assert_int_equal(apart("state", "stale"), 1);
	assert_int_equal(apart("state", "satte"), 1);
	assert_int_equal(apart("kitten", "sitting"), 3);
	assert_int_equal(apart("", "abc"), 3);
	memset(tall, 'x', sizeof(tall));
	assert_int_equal(text_distance(tall, sizeof(tall), "x", 1), TEXT_WORD_MAX);
	assert_int_equal(text_distance(tall, sizeof(tall) - 1, "x", 1), TEXT_WORD_MAX - 1);
}

static const char *const names[] = { "state", "recv_q", "send_q", "local",   "local_port",
				     "peer",  "rtt",	"uid",	  "process", "process_count" };

static const char *nearest(const char *word)
{
	static char out[128];
	size_t count = sizeof(names) / sizeof(names[0]);
	size_t found = text_nearest(word, strlen(word), names, count, out, sizeof(out));

	assert_int_equal(found == 0, out[0] == '\0');
	return out;
}

static void nearest_names_are_suggested(void **state)
{
	(void)state;
	assert_string_equal(nearest("sate"), "state");
	assert_string_equal(nearest("rcv-q"), "recv_q");
	assert_string_equal(nearest("recv q"), "recv_q");
	assert_string_equal(nearest("proc"), "process or process_count");
	assert_string_equal(nearest("port"), "local_port");
	assert_string_equal(nearest("locl"), "local");
	assert_string_equal(nearest("rrt"), "rtt");
}

static void far_words_suggest_nothing(void **state)
{
	char tall[3 * TEXT_WORD_MAX];

	(void)state;
	memset(tall, 'p', sizeof(tall));
	tall[sizeof(tall) - 1] = '\0';
	assert_string_equal(nearest("banana"), "");
	assert_string_equal(nearest("x"), "");
	assert_string_equal(nearest("zzz"), "");
	assert_string_equal(nearest(""), "");
	assert_string_equal(nearest(tall), "");
}

static void best_comes_first_and_three_are_enough(void **state)
{
	static const char *const many[] = { "aaaabb", "aaaaab", "aaaaaaa", "aaaaba", "aaaaaa" };
	char out[64];

	(void)state;
	assert_int_equal(text_nearest("aaaaaa", 6, many, 5, out, sizeof(out)), 3);
	assert_string_equal(out, "aaaaaa, aaaaab or aaaaaaa");
}

static void a_name_is_suggested_once(void **state)
{
	struct text_nearest n = { 0 };
	char out[64];

	(void)state;
	text_nearest_offer(&n, "syn_rcdx", 8, "syn_rcv", 7, "SYN-RECEIVED");
	text_nearest_offer(&n, "syn_rcdx", 8, "syn_recd", 8, "SYN-RECORD");
	text_nearest_offer(&n, "syn_rcdx", 8, "syn_rcdv", 8, "SYN-RECEIVED");
	assert_int_equal(text_nearest_list(&n, out, sizeof(out)), 2);
	assert_string_equal(out, "SYN-RECEIVED or SYN-RECORD");
}

static void names_that_do_not_fit_are_left_out(void **state)
{
	static const char *const pair[] = { "abcd", "abce" };
	char out[12] = "unchanged";

	(void)state;
	assert_int_equal(text_nearest("abcd", 4, pair, 2, out, 12), 1);
	assert_string_equal(out, "abcd");
	assert_int_equal(text_nearest("abcd", 4, pair, 2, out, 4), 0);
	assert_string_equal(out, "");
	out[0] = 'x';
	assert_int_equal(text_nearest("abcd", 4, pair, 2, out, 0), 0);
	assert_int_equal(out[0], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold_drops_separators_and_case),
		cmocka_unit_test(same_ignores_spelling_only),
		cmocka_unit_test(lists_are_read_word_by_word),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(nearest_names_are_suggested),
		cmocka_unit_test(far_words_suggest_nothing),
		cmocka_unit_test(best_comes_first_and_three_are_enough),
		cmocka_unit_test(a_name_is_suggested_once),
		cmocka_unit_test(names_that_do_not_fit_are_left_out),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
