/* ui/theme: what lies side by side looks different, without colours too. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/theme.h"

static bool same_look(const struct look *a, const struct look *b)
{
	return a->front == b->front && a->back == b->back && a->attributes == b->attributes;
}

/* Pairs that are next to each other on the screen and must not be mistaken. */
static void test_neighbours_differ(void **state)
{
	static const enum role pairs[][2] = {
		{ ROLE_TEXT, ROLE_QUIET },	{ ROLE_TEXT, ROLE_CHANGED },
		{ ROLE_TEXT, ROLE_WARNING },	{ ROLE_TEXT, ROLE_HEADING },
		{ ROLE_TAB, ROLE_TAB_CURRENT }, { ROLE_HEADING, ROLE_HEADING_SORTED },
		{ ROLE_KEY, ROLE_KEY_LABEL },	{ ROLE_TEXT, ROLE_SELECTED },
		{ ROLE_QUIET, ROLE_STRONG },	{ ROLE_TEXT, ROLE_NEW },
		{ ROLE_NEW, ROLE_CHANGED },	{ ROLE_OPEN, ROLE_CLOSING },
		{ ROLE_OPEN, ROLE_LISTENING },	{ ROLE_OPENING, ROLE_OPEN },
		{ ROLE_OPENING, ROLE_CLOSING },
	};
	size_t count;
	const struct theme *themes = themes_all(&count);

	(void)state;
	for (size_t t = 0; t < count; t++)
		for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++)
			if (same_look(&themes[t].look[pairs[p][0]], &themes[t].look[pairs[p][1]]))
				fail_msg("theme '%s': roles %u and %u look alike", themes[t].name,
					 pairs[p][0], pairs[p][1]);
}

static void test_mono_has_no_colours(void **state)
{
	const struct theme *mono = theme_find("mono");

	(void)state;
	assert_non_null(mono);
	assert_false(mono->colours);
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		assert_int_equal(mono->look[i].front, 0);
		assert_int_equal(mono->look[i].back, 0);
	}
}

/* The terminal's own background stays, but where a theme is about it. */
static void test_default_paints_no_black(void **state)
{
	const struct theme *theme = theme_find("default");

	(void)state;
	assert_non_null(theme);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		assert_int_not_equal(theme->look[i].back, COLOUR(0));
	assert_int_equal(theme->look[ROLE_TEXT].back, 0);
}

static void test_find(void **state)
{
	size_t count;

	(void)state;
	assert_ptr_equal(theme_find("default"), themes_all(&count));
	assert_non_null(theme_find("high-contrast"));
	assert_non_null(theme_find("light"));
	assert_non_null(theme_find("colour-blind"));
	assert_null(theme_find("nonsense"));
}

static void test_every_state_has_the_role_of_its_class(void **state)
{
	(void)state;
	assert_int_equal(role_of_state(STATE_LISTEN), ROLE_LISTENING);
	assert_int_equal(role_of_state(STATE_SYN_SENT), ROLE_OPENING);
	assert_int_equal(role_of_state(STATE_ESTABLISHED), ROLE_OPEN);
	assert_int_equal(role_of_state(STATE_CLOSE_WAIT), ROLE_CLOSING);
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		assert_in_range(role_of_state((enum state)s), ROLE_LISTENING, ROLE_CLOSED);
}

static void test_nearest_colour(void **state)
{
	(void)state;
	assert_int_equal(colour_nearest(6, 8), 6);
	assert_int_equal(colour_nearest(196, 16), 9);  /* pure red of the cube */
	assert_int_equal(colour_nearest(16, 8), 0);
	assert_int_equal(colour_nearest(231, 16), 15);
	assert_int_equal(colour_nearest(244, 16), 8); /* a middle grey */
	assert_int_equal(colour_nearest(200, 256), 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_neighbours_differ),
		cmocka_unit_test(test_mono_has_no_colours),
		cmocka_unit_test(test_default_paints_no_black),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_every_state_has_the_role_of_its_class),
		cmocka_unit_test(test_nearest_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
