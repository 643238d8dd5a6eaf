/*
 * Unit tests with real sockets, in a child with a network namespace of its own.
 */
#ifndef TESTS_UNIT_OWN_NETNS_H
#define TESTS_UNIT_OWN_NETNS_H

#include <stdio.h>
#include <unistd.h>

/* cmocka cannot fail a test out of a child: this says what was wrong and ends the child. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, #condition);          \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

/*
 * Run @child in a process and a network namespace of its own, with lo up: the test
 * passes if it returns, and is skipped where no namespace can be made.
 */
void own_netns_run(void (*child)(void));

/* From now on @child has no privileges, not even over its namespace. */
void own_netns_drop_privileges(void);

#endif
