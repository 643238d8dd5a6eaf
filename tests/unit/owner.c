/* Words for why an owner is known or not: model/owner.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/owner.h"

static void every_reason_has_its_own_words(void **state)
{
	int a, b;

	(void)state;
	for (a = OWNER_KNOWN; a <= OWNER_NOT_FOUND; a++) {
		const char *text = owner_reason_text((enum owner_reason)a);

		assert_non_null(text);
		assert_in_range(strlen(text), 4, 60);
		for (b = OWNER_KNOWN; b < a; b++)
			assert_string_not_equal(text, owner_reason_text((enum owner_reason)b));
	}
}

static void reasons_with_a_list_want_a_name_after_them(void **state)
{
	(void)state;
	assert_string_equal(owner_reason_text(OWNER_ACCEPT_QUEUE), "in the accept queue of");
	assert_string_equal(owner_reason_text(OWNER_LAST_SEEN), "closed, last held by");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_own_words),
		cmocka_unit_test(reasons_with_a_list_want_a_name_after_them),
	};

	return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
