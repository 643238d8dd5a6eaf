/* base/loop: descriptors, timers and signals arrive as events. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"

struct seen {
	struct loop *loop;
	int fds[2];
	int readable;
	int expired;
	int signo;
};

static int set_up(void **state)
{
	static struct seen seen;

	seen = (struct seen){ .loop = loop_new(NULL) };
	assert_non_null(seen.loop);
	assert_int_equal(pipe(seen.fds), 0);
	*state = &seen;
	return 0;
}

static int tear_down(void **state)
{
	struct seen *seen = *state;

	loop_free(seen->loop);
	close(seen->fds[0]);
	close(seen->fds[1]);
	return 0;
}

static void on_readable(void *context)
{
	struct seen *seen = context;
	char byte;

	assert_int_equal(read(seen->fds[0], &byte, 1), 1);
	seen->readable++;
}

static void on_expired(void *context)
{
	((struct seen *)context)->expired++;
}

static void on_signal(void *context, int signo)
{
	((struct seen *)context)->signo = signo;
}

static void test_descriptor(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_watch(seen->loop, seen->fds[0], on_readable, seen, NULL), 0);
	assert_int_equal(loop_turn(seen->loop, 0, NULL), 0);
	assert_int_equal(write(seen->fds[1], "x", 1), 1);
	assert_int_equal(loop_turn(seen->loop, LOOP_FOREVER, NULL), 1);
	assert_int_equal(seen->readable, 1);
	assert_int_equal(write(seen->fds[1], "x", 1), 1);
	loop_unwatch(seen->loop, seen->fds[0]);
	assert_int_equal(loop_turn(seen->loop, 0, NULL), 0);
	assert_int_equal(seen->readable, 1);
}

static void test_timer_fires_once(void **state)
{
	struct seen *seen = *state;
	uint64_t at_ns = loop_now_ns() + 2000000;

	assert_int_equal(loop_timer(seen->loop, at_ns, on_expired, seen, NULL), 0);
	while (!seen->expired)
		assert_true(loop_turn(seen->loop, LOOP_FOREVER, NULL) >= 0);
	assert_true(loop_now_ns() >= at_ns);
	assert_int_equal(loop_turn(seen->loop, 0, NULL), 0);
	assert_int_equal(seen->expired, 1);
}

static void test_timer_moves(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_timer(seen->loop, 1, on_expired, seen, NULL), 0);
	assert_int_equal(loop_timer(seen->loop, loop_now_ns() + 3600000000000u, on_expired, seen,
				    NULL),
			 0);
	assert_int_equal(loop_turn(seen->loop, 0, NULL), 0);
	assert_int_equal(loop_timer(seen->loop, 1, on_expired, seen, NULL), 0);
	assert_int_equal(loop_turn(seen->loop, LOOP_FOREVER, NULL), 1);
	assert_int_equal(loop_timer(seen->loop, 1, on_expired, seen, NULL), 0);
	assert_int_equal(loop_timer(seen->loop, UINT64_MAX, on_expired, seen, NULL), 0);
	assert_int_equal(loop_turn(seen->loop, 0, NULL), 0);
	assert_int_equal(seen->expired, 1);
}

static void test_limits_are_reported(void **state)
{
	struct seen *seen = *state;
	struct error err = { 0 };

	for (int i = 0; i < LOOP_SOURCES_MAX; i++)
		assert_int_equal(loop_watch(seen->loop, seen->fds[0], on_readable, seen, &err), 0);
	assert_int_equal(loop_watch(seen->loop, seen->fds[0], on_readable, seen, &err), -1);
	assert_string_not_equal(err.text, "");
}

static void test_signal(void **state)
{
	struct seen *seen = *state;
	sigset_t signals;
	sigset_t mask;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	assert_int_equal(loop_signals(seen->loop, &signals, on_signal, seen, NULL), 0);
	raise(SIGUSR1);
	assert_int_equal(seen->signo, 0);
	assert_int_equal(loop_turn(seen->loop, LOOP_FOREVER, NULL), 1);
	assert_int_equal(seen->signo, SIGUSR1);
	loop_free(seen->loop);
	seen->loop = NULL;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGUSR1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_descriptor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timer_fires_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timer_moves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits_are_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signal, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
