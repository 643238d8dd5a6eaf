/*
 * The network namespace that this program was started in: there names of hosts are
 * asked for, however far --net takes it, for that is where a name server can be reached.
 */
#ifndef APP_HOME_H
#define APP_HOME_H

#include "collect/netns.h"

/* A descriptor of it, for home_enter(); 0 where it can't be had.  The caller closes it. */
int home_open(void);

/* Be there for a while.  With @home 0, or where the way is barred, nothing happens. */
struct netns_visit home_enter(int home);

/* Ends the program where there is no way back: all else would be told of the wrong place. */
void home_leave(struct netns_visit *visit);

#endif
