/* Back to where the program was started: see home.h. */
#include "config.h"

#include "app/home.h"

#include <stdlib.h>

#include "app/say.h"

int home_open(void)
{
	struct error err;
	int fd = netns_open("/proc/thread-self/ns/net", &err);

	return fd > 0 ? fd : 0;
}

struct netns_visit home_enter(int home)
{
	struct netns_visit visit = { 0 };
	struct error err;

	if (home)
		(void)netns_enter(&visit, home, &err);
	return visit;
}

void home_leave(struct netns_visit *visit)
{
	struct error err;

	if (netns_leave(visit, &err))
		exit(say_error(&err, EXIT_FAILED));
}
