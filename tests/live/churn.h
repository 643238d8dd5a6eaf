/*
 * Churn: a process that opens and closes short connections, so that a test can
 * look at sockets that change while they are being listed.
 */
#ifndef LIVE_CHURN_H
#define LIVE_CHURN_H

#include <stdint.h>
#include <sys/types.h>

struct churn {
	pid_t pid;
	int stop_fd;   /* closing it ends the child */
	int report_fd; /* where the child writes its struct churn_report */
};

struct churn_report {
	uint64_t connections;
	uint64_t failed;
};

/* Start @rate connections a second over 127.0.0.1, and ::1 where there is one.
 * Returns when the first one has been opened.  Ends by itself after ten minutes.
 * Ends the program when it cannot start. */
struct churn churn_start(unsigned int rate, int has_ipv6);

/* Stop it, and say what it did. */
struct churn_report churn_stop(struct churn *churn);

#endif
