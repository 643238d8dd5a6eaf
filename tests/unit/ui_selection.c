/* The row that is marked is the one that keys act on, whatever comes in between. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/groups.h"
#include "ui/keymap.h"
#include "ui/listeners.h"
#include "ui/views.h"
#include "ui_world.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	world_init(&world, NULL);
	world_run(&world, 30);
	world_draw(&world, 40, 100);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

/* The row of the last drawing that is marked, or -1. */
static int marked_row(void)
{
	const struct canvas *c = &world.canvas;

	for (int row = 0; row < c->rows; row++) {
		const struct cell *first = &c->cells[(size_t)row * (size_t)c->cols];

		if (first->code == '>' && first->selected)
			return row;
	}
	return -1;
}

/* The line of the table of connections that is marked. */
static const struct shown *marked(void)
{
	int row;

	world_draw(&world, 40, 100);
	row = marked_row();
	assert_int_not_equal(row, -1);
	return &world.ui.shown[row - world_find(&world, "LOCAL") - 1];
}

static void assert_keys_act_on_nothing(const char *keys)
{
	struct track track;
	struct sock sk;
	bool tracked;

	if (world.ui.shown_count || connections_selected(&world.ui, &sk, &track, &tracked))
		fail_msg("%s: no row is marked", keys);
	world_press(&world, "F9");
	assert_ptr_equal(world.ui.mode, &mode_view);
	world_press(&world, "Space");
	assert_int_equal(world.ui.tag_count, 0);
}

/* F9 lists what is marked, and so do the details, the clipboard and the tags. */
static void assert_keys_act_on_the_mark(const char *keys)
{
	const struct sock *victims;
	struct row_id acted;
	struct row_id id;
	struct track track;
	struct sock sk;
	size_t count;
	bool tracked;

	world_draw(&world, 40, 100);
	if (marked_row() < 0) {
		assert_keys_act_on_nothing(keys);
		return;
	}
	id = marked()->id;
	assert_true(connections_selected(&world.ui, &sk, &track, &tracked));
	acted = row_id_of(&sk);
	if (!row_id_equal(&id, &acted))
		fail_msg("%s: what 'y' copies is not the marked row", keys);
	world_press(&world, "F9");
	victims = ui_victims(&world.ui, &count);
	assert_int_equal(count, 1);
	acted = row_id_of(&victims[0]);
	if (!row_id_equal(&id, &acted))
		fail_msg("%s: what F9 closes is not the marked row", keys);
	world_press(&world, "n Enter");
	assert_true(connections_selected(&world.ui, &sk, &track, &tracked));
	acted = row_id_of(&sk);
	if (!row_id_equal(&id, &acted))
		fail_msg("%s: what Enter shows is not the marked row", keys);
	world_press(&world, "Esc Space");
	acted = row_id_of(&world.ui.tags[0]);
	if (!row_id_equal(&id, &acted))
		fail_msg("%s: what Space tags is not the marked row", keys);
	world_press(&world, "U");
}

static void test_after_every_way_to_narrow(void **state)
{
	static const char *const scripts[] = {
		"S c Down S t", "S c Down l", "S c l l", "S c Down S t l l l", "Enter Esc S c",
		"Enter Esc I", "G I", "g I", "F9 n I", "G o", "End S c", "Down Down l", "End v",
		"G v v", "Down \\ s t a t e Space c l o s e - w a i t Enter", "F S c", "G F S l",
		"Z Enter Esc S c", "Z Down S t I", "Down S c a", "S c Enter Esc a I",
		"G / 8 0 8 0 Enter S t", "/ 8 0 8 0 Esc S c", "S Space Down Space Enter",
		"3 Enter Down a", "3 Down Enter I", "5 Down Enter S c",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (i)
			set_up(NULL);
		world_press(&world, scripts[i]);
		world_settle(&world);
		assert_keys_act_on_the_mark(scripts[i]);
		if (i + 1 < sizeof(scripts) / sizeof(scripts[0]))
			tear_down(NULL);
	}
}

/* A view of processes waits for their owners. */
static void test_among_those_of_a_process(void **state)
{
	(void)state;
	world_press(&world, "Down 4");
	world_run(&world, 1);
	world_press(&world, "Down Enter");
	assert_int_equal(world.ui.within.kind, WITHIN_GROUP);
	assert_keys_act_on_the_mark("4 Down Enter");
	world_press(&world, "End a");
	assert_keys_act_on_the_mark("4 Down Enter End a");
}

/* Without another drawing in between as well: keys may come faster than the screen. */
static void test_at_once(void **state)
{
	struct track track;
	struct sock sk;
	bool tracked;

	(void)state;
	world_press(&world, "S c Down S t");
	assert_true(connections_selected(&world.ui, &sk, &track, &tracked));
	assert_int_equal(sk.state, STATE_TIME_WAIT);
}

static void test_nothing_is_selected_where_nothing_is_listed(void **state)
{
	(void)state;
	world_press(&world, "S c Down S g");
	world_draw(&world, 40, 100);
	assert_int_equal(marked_row(), -1);
	assert_keys_act_on_nothing("S c Down S g");
}

/* Somebody binds a port that sorts above the row on top. */
static void test_a_row_above_the_top(void **state)
{
	static const char *const asked[] = { "g F9 n", "g Enter Esc", "g y", "g", "g Space Up" };

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (i)
			set_up(NULL);
		world_press(&world, asked[i]);
		world.ui.tag_count = 0;
		world.newcomer = true;
		world_run(&world, 1);
		assert_keys_act_on_the_mark(asked[i]);
		if (i + 1 < sizeof(asked) / sizeof(asked[0]))
			tear_down(NULL);
	}
}

static void test_who_was_asked_about_is_followed(void **state)
{
	(void)state;
	world_press(&world, "g F9 n");
	world.newcomer = true;
	world_run(&world, 1);
	assert_int_equal(marked()->sock.local.port, 443);
	/* the first row is the first row where nobody asked */
	world_press(&world, "g");
	world.newcomer = false;
	world_run(&world, 1);
	world.newcomer = true;
	world_run(&world, 1);
	assert_int_equal(marked()->sock.local.port, 22);
}

/* It goes: it stays for a tick, and nothing is done to another one in its place. */
static void test_a_selected_socket_that_goes(void **state)
{
	(void)state;
	world_press(&world, "/ 5 0 0 2 1 Enter Esc");
	world_draw(&world, 40, 100);
	world.clients = 20;
	world_run(&world, 1);
	assert_true(marked()->gone);
	world_press(&world, "F9");
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_string_equal(world.ui.message, "the selected socket is gone");
	/* other rows go all the time */
	for (int i = 0; i < 4; i++) {
		world.clients--;
		world_run(&world, 1);
		assert_false(marked()->gone);
		assert_keys_act_on_the_mark("another one went");
	}
}

/* The row that is searched for has gone, and is still to be seen: it is marked. */
static void let_it_go(const char *search, unsigned int clients)
{
	world.clients = 15;
	world_run(&world, 1);
	world_press(&world, search);
	world_draw(&world, 40, 100);
	world.clients = clients;
	world_run(&world, 1);
	assert_true(marked()->gone);
}

static unsigned int marked_port(void)
{
	const struct shown *s = marked();

	assert_false(s->gone);
	return s->sock.peer.port;
}

/* From it every key goes to the row that is beside it on the screen. */
static void test_a_step_from_a_row_that_went(void **state)
{
	static const struct {
		const char *keys;
		int lines; /* from the marked one, of those that have not gone */
	} steps[] = { { "Down", 1 }, { "Up", -1 }, { "Down Down", 2 }, { "Down Up Up", -2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const int by = steps[i].lines > 0 ? 1 : -1;
		const struct shown *s;
		unsigned int port;

		if (i)
			set_up(NULL);
		let_it_go("/ 5 0 0 1 1 Enter Esc", 10);
		s = marked();
		for (int left = steps[i].lines * by; left; left -= !s->gone)
			s += by;
		port = s->sock.peer.port;
		world_press(&world, steps[i].keys);
		if (marked_port() != port)
			fail_msg("%s: not the row beside the one that went", steps[i].keys);
		if (i + 1 < sizeof(steps) / sizeof(steps[0]))
			tear_down(NULL);
	}
}

/* At the end of the list there is nothing below it: the row above is the next one. */
static void test_a_step_from_the_last_row_that_went(void **state)
{
	(void)state;
	world.clients = 10;
	world_run(&world, 2);
	world_press(&world, "S e G");
	assert_int_equal(marked_port(), 50009);
	world.clients = 9;
	world_run(&world, 1);
	assert_true(marked()->gone);
	world_press(&world, "Up");
	assert_int_equal(marked_port(), 50008);
}

/* A press on the row below it selects that; the next one shows its details. */
static void test_a_press_beside_a_row_that_went(void **state)
{
	const struct shown *below;
	unsigned int port;
	int row;

	(void)state;
	let_it_go("/ 5 0 0 1 4 Enter Esc", 14);
	row = marked_row();
	below = marked();
	for (; below->gone; below++)
		row++;
	row--;
	port = below->sock.peer.port;
	ui_mouse(&world.ui, PRESS_CLICK, row + 1, 3);
	assert_ptr_equal(world.ui.mode, &mode_view);
	assert_int_equal(marked_port(), port);
	ui_mouse(&world.ui, PRESS_CLICK, marked_row(), 3);
	assert_ptr_equal(world.ui.mode, &mode_detail);
}

/* What is looked into stays, also when the filter leaves it out by now. */
static void test_details_stay_with_their_socket(void **state)
{
	struct track track;
	struct sock sk;
	bool tracked;

	(void)state;
	world_press(&world, "/ 5 0 0 2 5 Enter Esc Enter");
	world.ui.only = STATE_BIT(STATE_LISTEN);
	world_run(&world, 2);
	assert_true(connections_selected(&world.ui, &sk, &track, &tracked));
	assert_int_equal(sk.peer.port, 50025);
	world_press(&world, "Esc");
	assert_keys_act_on_the_mark("left the details");
	assert_int_equal(marked()->sock.state, STATE_LISTEN);
}

static void test_following_ends_where_it_is_hidden(void **state)
{
	(void)state;
	world_press(&world, "/ 5 0 0 2 5 Enter Esc F");
	assert_true(world.ui.follow);
	world_run(&world, 1);
	assert_true(world.ui.follow);
	world_press(&world, "S c");
	assert_false(world.ui.follow);
	assert_string_equal(world.ui.message, "the followed socket is not in this list; "
					      "only CLOSE-WAIT; press a for all states");
	world_run(&world, 1);
	assert_keys_act_on_the_mark("F S c");
}

/* Whatever else is said of the key that hides it. */
static void test_the_end_of_following_is_told(void **state)
{
	static const char *const scripts[] = { "S c", "o", "v v", "l", "6" };

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (i)
			set_up(NULL);
		world_press(&world, i == 1 ? "/ 9 0 0 0 Enter Esc F" : "/ 5 0 0 2 5 Enter Esc F");
		world_press(&world, scripts[i]);
		if (!strcmp(scripts[i], "6"))
			ui_filter_by(&world.ui, "state listen");
		world_settle(&world);
		if (!strstr(world.ui.message, "the followed socket is not in this list; "))
			fail_msg("%s: '%s'", scripts[i], world.ui.message);
		if (i + 1 < sizeof(scripts) / sizeof(scripts[0]))
			tear_down(NULL);
	}
}

/* A screen that has no room for a row that went selects another one; a search goes on. */
static void test_a_drawing_ends_no_search(void **state)
{
	(void)state;
	world.clients = 4000;
	world_run(&world, 1);
	world_press(&world, "/ f i n - w Enter Esc");
	assert_int_equal(marked()->sock.state, STATE_FIN_WAIT_2);
	world.tick += 10;
	world_run(&world, 1);
	assert_int_equal(world.ui.selected_index, SIZE_MAX);
	ui_key(&world.ui, '/');
	ui_key(&world.ui, 'z');
	assert_true(world.ui.work.searching);
	world_draw(&world, 40, 100);
	assert_int_not_equal(world.ui.selected_index, SIZE_MAX);
	assert_true(world.ui.work.searching);
	world_settle(&world);
	assert_string_equal(world.ui.message, "no row has 'z'");
}

/* In other views it is the row under the cursor; it is followed from then on. */
static void test_a_listener_that_goes(void **state)
{
	struct listener_table *t = world.ui.listeners;

	(void)state;
	world.newcomer = true;
	world_run(&world, 1);
	world_press(&world, "3 Home Down Up");
	assert_int_equal(t->selected.local.port, 22);
	world.newcomer = false;
	world_run(&world, 1);
	assert_int_equal(t->selected.local.port, 443);
	world.newcomer = true;
	world_run(&world, 1);
	assert_int_equal(t->list.cursor, 1);
	world_press(&world, "Enter");
	assert_int_equal(world.ui.within.listener.local.port, 443);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(test_after_every_way_to_narrow),
		CASE(test_among_those_of_a_process),
		CASE(test_at_once),
		CASE(test_nothing_is_selected_where_nothing_is_listed),
		CASE(test_a_row_above_the_top),
		CASE(test_who_was_asked_about_is_followed),
		CASE(test_a_selected_socket_that_goes),
		CASE(test_a_step_from_a_row_that_went),
		CASE(test_a_step_from_the_last_row_that_went),
		CASE(test_a_press_beside_a_row_that_went),
		CASE(test_details_stay_with_their_socket),
		CASE(test_following_ends_where_it_is_hidden),
		CASE(test_the_end_of_following_is_told),
		CASE(test_a_drawing_ends_no_search),
		CASE(test_a_listener_that_goes),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
