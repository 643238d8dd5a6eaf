/*
 * The kernel as what the live view shows: a monitor, who holds the sockets, what holds
 * transfers back, what is wrong.
 *
 * Also a dump as ss -D writes it: one pass, of which nothing is known but the sockets.
 */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/feed.h"
#include "app/monitor.h"
#include "app/session.h"
#include "base/error.h"

/*
 * @session must live as long as the feed.  0, or -1 with @err set; then, too,
 * feed->class->close() is due where feed->class is set.
 */
int live_open(struct feed *feed, struct session *session, const struct monitor_options *options,
	      struct error *err);

#endif
