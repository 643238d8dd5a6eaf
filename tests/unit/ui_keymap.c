/* ui/keymap: every key has one meaning and one help line. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keymap.h"

/* What htop's and vi's users press without looking. */
static void test_habits(void **state)
{
	static const struct {
		const char *key;
		const char *same;
	} habits[] = {
		{ "q", "F10" }, { "?", "F1" }, { "h", "F1" }, { "j", "Down" }, { "k", "Up" },
		{ "g", "Home" }, { "G", "End" }, { "C-f", "PgDn" }, { "C-b", "PgUp" },
		{ "/", "F3" },
		{ ".", "F6" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		const struct binding *b =
			keymap_find(habits[i].key, KEYS_TABLE | KEYS_EVERYWHERE);

		assert_non_null(b);
		assert_ptr_equal(b, keymap_find(habits[i].same, KEYS_TABLE | KEYS_EVERYWHERE));
	}
	assert_null(keymap_find("x", KEYS_TABLE | KEYS_EVERYWHERE));
}

static void test_names_are_keys_and_back(void **state)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_non_null(bindings[i].keys[0]);
		for (size_t k = 0; k < BINDING_KEYS_MAX && bindings[i].keys[k]; k++) {
			uint32_t key = key_of_name(bindings[i].keys[k]);
			char name[32];

			assert_int_not_equal(key, PRESS_NONE);
			key_text(name, sizeof(name), key);
			assert_int_equal(key_of_name(name), key);
		}
	}
	assert_int_equal(key_of_name("F13"), PRESS_NONE);
	assert_int_equal(key_of_name("Nonsense"), PRESS_NONE);
	assert_int_equal(key_of_name(""), PRESS_NONE);
	assert_int_equal(key_of_name("F12"), PRESS_F12);
	assert_int_equal(key_of_name("F"), 'F');
}

static void test_every_binding_says_what_it_does(void **state)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(bindings[i].places);
		assert_non_null(bindings[i].run);
		assert_true(strlen(bindings[i].help) > 3);
		assert_true(strlen(bindings[i].group) > 3);
		assert_int_not_equal(bindings[i].help[strlen(bindings[i].help) - 1], '.');
	}
}

static bool share_key(const struct binding *a, const struct binding *b)
{
	for (size_t i = 0; i < BINDING_KEYS_MAX && a->keys[i]; i++)
		for (size_t k = 0; k < BINDING_KEYS_MAX && b->keys[k]; k++)
			if (key_of_name(a->keys[i]) == key_of_name(b->keys[k]))
				return true;
	return false;
}

static void test_no_key_means_two_things(void **state)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			if (bindings[i].places & bindings[j].places &&
			    share_key(&bindings[i], &bindings[j]))
				fail_msg("'%s' and '%s' share a key", bindings[i].help,
					 bindings[j].help);
}

static void test_keys_of_a_binding(void **state)
{
	char text[64];

	(void)state;
	binding_keys(text, sizeof(text), keymap_find("F1", KEYS_EVERYWHERE));
	assert_string_equal(text, "F1 ? h");
	assert_int_equal(binding_keys(text, 4, keymap_find("F1", KEYS_EVERYWHERE)), 3);
	assert_string_equal(text, "F1 ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_habits),
		cmocka_unit_test(test_names_are_keys_and_back),
		cmocka_unit_test(test_every_binding_says_what_it_does),
		cmocka_unit_test(test_no_key_means_two_things),
		cmocka_unit_test(test_keys_of_a_binding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
