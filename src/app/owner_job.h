/*
 * Looking for the holders of sockets beside everything else: reading a million
 * descriptors takes seconds, and no key shall wait for them.
 */
#ifndef APP_OWNER_JOB_H
#define APP_OWNER_JOB_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/owners.h"

/* Zero-filled: nothing is under way.  All is borrowed while it is. */
struct owner_job {
	bool running;
	pthread_t thread;
	struct owner_finder *finder; /* nobody else may use it meanwhile */
	const uint64_t *inodes;
	size_t count;
	int failed;
	struct error error;
};

/* Begin to look; false where there can be no thread. */
bool owner_job_start(struct owner_job *job, struct owner_finder *finder, const uint64_t *inodes,
		     size_t count);

/* Is it still under way, after waiting for at most @wait_ms? */
bool owner_job_running(struct owner_job *job, unsigned int wait_ms);

/* Wait for its end, if there is any under way. */
void owner_job_join(struct owner_job *job);

#endif
