/* Have the kernel track the connections of this network namespace. */
#ifndef LIVE_TRACKING_H
#define LIVE_TRACKING_H

/* From now on each connection that has traffic is an entry.  -1 with errno set. */
int tracking_start(void);

#endif
