/* Unit tests in a network namespace of their own: see own_netns.h. */
#include "config.h"

#include "own_netns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "live/netns.h"

#define SKIPPED 77

void own_netns_drop_privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	CHECK(syscall(SYS_capset, &header, none) == 0);
}

static void run_inside(void (*child)(void))
{
	const char *what;

	if (netns_enter_new(&what)) {
		fprintf(stderr, "# %s\n", what);
		_exit(SKIPPED);
	}
	child();
	_exit(0);
}

void own_netns_run(void (*child)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		run_inside(child);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED) {
		print_message("network namespaces can't be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}
