/* Looking for holders in a thread: see owner_job.h. */
#include "config.h"

#include "app/owner_job.h"

#include <signal.h>
#include <time.h>

#define NS_PER_MS 1000000L
#define NS_PER_S 1000000000L

static void *look(void *context)
{
	struct owner_job *job = context;

	job->failed = owner_finder_find(job->finder, job->inodes, job->count, OWNERS_QUICK,
					&job->error);
	return NULL;
}

bool owner_job_start(struct owner_job *job, struct owner_finder *finder, const uint64_t *inodes,
		     size_t count)
{
	sigset_t all;
	sigset_t before;

	*job = (struct owner_job){ .finder = finder, .inodes = inodes, .count = count };
	/* signals are for the thread that waits for them */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	job->running = !pthread_create(&job->thread, NULL, look, job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return job->running;
}

bool owner_job_running(struct owner_job *job, unsigned int wait_ms)
{
	struct timespec until;

	if (!job->running)
		return false;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)wait_ms * NS_PER_MS;
	until.tv_sec += until.tv_nsec / NS_PER_S;
	until.tv_nsec %= NS_PER_S;
	job->running = pthread_timedjoin_np(job->thread, NULL, &until) != 0;
	return job->running;
}

void owner_job_join(struct owner_job *job)
{
	if (job->running)
		pthread_join(job->thread, NULL);
	job->running = false;
}
