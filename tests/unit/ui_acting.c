/* Tags, closing, following, and the keys that hide rows. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/views.h"
#include "ui_golden.h"
#include "ui_world.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	world_run(&world, 30);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static void test_golden_close(void **state)
{
	(void)state;
	world_draw(&world, 24, 80);
	world_press(&world, "Down Space Space Down Space F9");
	golden_check_sizes(&world, "close");
	world_press(&world, "Esc");
	golden_check(&world, "tagged", 24, 80);
}

static void test_golden_states_menu(void **state)
{
	(void)state;
	world.ui.data.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP);
	world_press(&world, "S Down Down Space Space");
	golden_check_sizes(&world, "states");
}

static void test_states_nobody_counted_have_no_count(void **state)
{
	(void)state;
	world.data.uncounted = STATE_BIT(STATE_BOUND);
	world_run(&world, 1);
	world_press(&world, "S");
	world_draw(&world, 24, 80);
	assert_true(world_find(&world, "b  BOUND                     -   A TCP") > 0);
	world.data.uncounted = 0;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_true(world_find(&world, "b  BOUND                     0   A TCP") > 0);
}

static void test_tags_follow_their_sockets(void **state)
{
	char line[512];
	int row;

	(void)state;
	world_draw(&world, 24, 80);
	world_press(&world, "/ 8 0 8 0 Enter Space");
	assert_int_equal(world.ui.tag_count, 1);
	world_press(&world, "I");
	world_press(&world, "G");
	world_draw(&world, 24, 80);
	row = world_find(&world, "0.0.0.0:8080");
	assert_int_not_equal(row, -1);
	world_row(&world, row, line, sizeof(line));
	assert_int_equal(line[1], '#');
	assert_int_not_equal(world_find(&world, "1 tagged"), -1);
	world_press(&world, "U");
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "#"), -1);
}

static void test_tag_again_untags(void **state)
{
	(void)state;
	world_press(&world, "Space Up Space");
	assert_int_equal(world.ui.tag_count, 0);
	assert_false(world.ui.paused);
}

static void test_tags_of_gone_sockets_go(void **state)
{
	(void)state;
	world_press(&world, "/ 5 0 0 2 9 Enter Space");
	assert_int_equal(world.ui.tag_count, 1);
	world.clients = 20;
	world_run(&world, 1);
	assert_int_equal(world.ui.tag_count, 0);
}

static void test_tags_are_limited(void **state)
{
	(void)state;
	world.clients = TAGS_MAX + 100;
	world_run(&world, 1);
	for (int i = 0; i < TAGS_MAX + 50; i++)
		world_press(&world, "Space");
	assert_int_equal(world.ui.tag_count, TAGS_MAX);
	world_draw(&world, 24, 80);
}

static void test_close_asks_first(void **state)
{
	const struct sock *victims;
	size_t count;

	(void)state;
	world_press(&world, "/ 4 0 0 0 4 Enter F9");
	assert_ptr_equal(world.ui.mode, &mode_close);
	world_press(&world, "j x Enter Space F9");
	assert_false(world.ui.request.close);
	world_press(&world, "n");
	assert_false(world.ui.request.close);
	assert_ptr_equal(world.ui.mode, &mode_view);
	world_press(&world, "F9 Esc");
	assert_false(world.ui.request.close);
	world_press(&world, "F9 y");
	assert_true(world.ui.request.close);
	victims = ui_victims(&world.ui, &count);
	assert_int_equal(count, 1);
	assert_int_equal(victims[0].cookie, 5004);
	assert_int_equal(victims[0].peer.port, 40004);
}

/* What happens between question and answer does not change what is closed. */
static void test_close_keeps_to_what_was_shown(void **state)
{
	const struct sock *victims;
	size_t count;

	(void)state;
	world_press(&world, "/ 4 0 0 0 4 Enter Space Space F9");
	world_run(&world, 9);
	world_press(&world, "y");
	victims = ui_victims(&world.ui, &count);
	assert_int_equal(count, 2);
	assert_int_equal(victims[0].cookie, 5004);
	assert_int_equal(victims[1].cookie, 5005);
}

static void test_close_without_a_socket(void **state)
{
	(void)state;
	world.ui.only = STATE_BIT(STATE_CLOSING);
	world_run(&world, 1);
	world_press(&world, "F9");
	assert_ptr_equal(world.ui.mode, &mode_view);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "no socket is selected"), -1);
}

static void test_follow_says_what_became_of_it(void **state)
{
	(void)state;
	world_press(&world, "/ 5 0 0 2 9 Enter F");
	assert_true(world.ui.follow);
	world_run(&world, 1);
	assert_true(world.ui.follow);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "following"), -1);
	world.clients = 20;
	world_run(&world, 1);
	assert_false(world.ui.follow);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "the followed socket is gone"), -1);
	world_press(&world, "F j");
	assert_false(world.ui.follow);
}

static size_t shown(void)
{
	return result_count(world.ui.result);
}

static void test_letters_of_states(void **state)
{
	(void)state;
	world_press(&world, "S c");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(shown(), 10);
	world_press(&world, "S l");
	assert_int_equal(shown(), 3);
	world_press(&world, "S a");
	assert_int_equal(world.ui.only, 0);
	/* several, from another view */
	world_press(&world, "2 S Space Home Down Down Down Space Enter");
	assert_int_equal(world.ui.only, STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_ESTABLISHED));
	assert_int_equal(shown(), 33);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "only LISTEN, ESTABLISHED"), -1);
	/* Enter takes the state under the cursor when none was added */
	world_press(&world, "S Home Down Enter");
	assert_int_equal(world.ui.only, STATE_BIT(STATE_SYN_SENT));
}

/* The menu has them only where there can be any, and says which ones. */
static void test_others_are_offered_where_they_can_be(void **state)
{
	const proto_set tcp = PROTO_BIT(PROTO_TCP);
	const proto_set udp = PROTO_BIT(PROTO_UDP);

	(void)state;
	world.datagrams = 6;
	for (int i = 0; i < 2; i++) {
		world.data.protos = i ? udp : tcp;
		world_run(&world, 1);
		world_press(&world, "S");
		world_draw(&world, 40, 100);
		assert_int_equal(world_find(&world, "Not TCP"), -1);
		world_press(&world, "o");
		assert_int_equal(world.ui.only, 0);
		world_press(&world, "End");
		world_draw(&world, 40, 100);
		world_press(&world, "Enter");
		assert_int_equal(world.ui.only, STATE_BIT(STATE_UNCONNECTED));
		world_press(&world, "a");
	}
	world.data.protos = tcp | udp;
	world_run(&world, 1);
	world_press(&world, "S");
	world_draw(&world, 40, 100);
	assert_int_not_equal(world_find(&world, "Not TCP: UDP with a peer"), -1);
	world_press(&world, "Esc");
	world.data.protos = tcp | udp | PROTO_BIT(PROTO_RAW);
	world_run(&world, 1);
	world_press(&world, "S");
	world_draw(&world, 40, 100);
	assert_int_not_equal(world_find(&world, "Not TCP, in a state that is"), -1);
	world_press(&world, "Esc");
	/* nobody looked for them */
	world.data.protos = tcp | udp;
	world.datagrams = 0;
	world.data.uncounted = STATE_BIT(STATE_ESTABLISHED);
	world_run(&world, 1);
	world_press(&world, "S");
	world_draw(&world, 40, 100);
	assert_int_not_equal(world_find(&world, "UDP-ESTAB                 -"), -1);
}

/* Names of another dialect are shorter: that of the last entry has room as well. */
static void test_the_name_of_others_is_whole(void **state)
{
	(void)state;
	world.ui.names = DIALECT_PROC;
	world.data.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP);
	world.datagrams = 6;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "UDP-ESTAB "), -1);
}

/* What the panel counts in a state is what is listed of it: connected UDP is none of TCP's. */
static void test_udp_is_told_from_tcp(void **state)
{
	(void)state;
	world.data.protos = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP);
	world.datagrams = 6;
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "ESTABLISHED     30"), -1);
	assert_int_not_equal(world_find(&world, "UDP-ESTAB        6"), -1);
	world_press(&world, "S e");
	assert_int_equal(shown(), 30);
	world_press(&world, "S o");
	assert_int_equal(shown(), 6);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "only UDP-ESTAB"), -1);
	/* charts, boxes and recordings know states alone */
	assert_int_equal(ui_state_at_hand(&world.ui), STATE_ESTABLISHED);
	world_press(&world, "S e S End");
	world_draw(&world, 40, 80);
	world_press(&world, "Space Enter");
	assert_int_equal(shown(), 36);
	/* of UDP alone it is a state as any other */
	world.data.protos = PROTO_BIT(PROTO_UDP);
	world_press(&world, "a");
	world_run(&world, 1);
	world_press(&world, "S e");
	assert_int_equal(shown(), 36);
	assert_int_equal(world.ui.data.counts[STATE_ESTABLISHED], 36);
}

/* What was not asked for is not there zero times. */
static void test_states_that_were_not_asked_for(void **state)
{
	(void)state;
	world.clients = 0;
	world.data.uncounted = ~STATE_BIT(STATE_LISTEN);
	world_run(&world, 1);
	world_draw(&world, 24, 80);
	assert_int_not_equal(world_find(&world, "LISTEN           3"), -1);
	assert_int_not_equal(world_find(&world, "ESTABLISHED      -"), -1);
	world_press(&world, "S");
	world_draw(&world, 40, 80);
	assert_int_not_equal(world_find(&world, "ESTABLISHED               -"), -1);
	world_press(&world, "Esc 2");
	world_draw(&world, 40, 100);
	assert_int_equal(world_find(&world, "ESTABLISHED     0"), -1);
	world_press(&world, "c");
	world_draw(&world, 40, 100);
	assert_int_not_equal(world_find(&world, "ESTABLISHED  now -  min -  max -"), -1);
}

static void test_hiding(void **state)
{
	size_t all = shown();

	(void)state;
	world_press(&world, "o");
	assert_int_equal(shown(), all - 1);
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "127.0.0.1:9000"), -1);
	assert_int_not_equal(world_find(&world, "no loopback"), -1);
	world_press(&world, "o v v");
	assert_int_equal(shown(), 1);
	world_press(&world, "v l");
	assert_int_equal(shown(), 4);
	world_press(&world, "l");
	assert_int_equal(shown(), all - 4);
	world_press(&world, "o v a");
	assert_int_equal(shown(), all);
	/* in other views too */
	world_press(&world, "o 3");
	world_draw(&world, 24, 80);
	assert_int_equal(world_find(&world, "127.0.0.1:9000"), -1);
}

static void test_every_size(void **state)
{
	static const char *const keys[] = { "S", "Esc", "Space", "Space", "F9" };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		world_press(&world, keys[i]);
		for (int rows = 1; rows <= 45; rows += rows < 14 ? 1 : 7)
			for (int cols = 1; cols <= 150; cols += cols < 45 ? 3 : 17)
				world_draw(&world, rows, cols);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_golden_close),
		CASE(test_golden_states_menu),
		CASE(test_states_nobody_counted_have_no_count),
		CASE(test_tags_follow_their_sockets),
		CASE(test_tag_again_untags),
		CASE(test_tags_of_gone_sockets_go),
		CASE(test_tags_are_limited),
		CASE(test_close_asks_first),
		CASE(test_close_keeps_to_what_was_shown),
		CASE(test_close_without_a_socket),
		CASE(test_follow_says_what_became_of_it),
		CASE(test_letters_of_states),
		CASE(test_udp_is_told_from_tcp),
		CASE(test_others_are_offered_where_they_can_be),
		CASE(test_the_name_of_others_is_whole),
		CASE(test_states_that_were_not_asked_for),
		CASE(test_hiding),
		CASE(test_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
