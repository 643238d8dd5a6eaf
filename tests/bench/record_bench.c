/*
 * record_bench: what a recorder costs a poll, fed with polls that are made up.
 *
 * usage: record_bench FILE SOCKETS CHURN UNSEEN POLLS
 *
 * SOCKETS in all, of which CHURN open and CHURN close at each poll, and UNSEEN more that
 * only events tell of.
 */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/synthetic.h"

#define BEGIN_MS UINT64_C(1772323200000)

/* Of the connections that open at each poll so many are there on average (synthetic.c). */
#define LIFE_TENTHS 75

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *path, const struct synthetic *s, double *cost, uint64_t polls)
{
	struct stat status;
	double sum = 0;

	if (stat(path, &status))
		err(1, "%s", path);
	for (uint64_t i = 0; i < polls; i++)
		sum += cost[i];
	qsort(cost, polls, sizeof(*cost), compare);
	printf("%" PRIu64 " polls, %" PRIu64 " events\n", polls, s->events);
	printf("CPU a poll: mean %.1f ms, median %.1f ms, 99 %% %.1f ms, most %.1f ms\n",
	       sum / (double)polls, cost[polls / 2], cost[polls * 99 / 100], cost[polls - 1]);
	printf("file: %.1f MB, %.0f bytes a poll, %.1f bytes an event\n",
	       (double)status.st_size / 1e6, (double)status.st_size / (double)polls,
	       (double)status.st_size / (double)s->events);
}

int main(int argc, char **argv)
{
	struct recorder_options options = { .program = "record_bench", .interval_ms = 1000 };
	struct synthetic s = { .stable = 0 };
	struct recorder *r;
	struct error error;
	uint64_t polls;
	double *cost;

	if (argc != 6)
		errx(2, "usage: record_bench FILE SOCKETS CHURN UNSEEN POLLS");
	options.path = argv[1];
	s.churn = number(argv[3]);
	s.unseen = number(argv[4]);
	s.stable = number(argv[2]) > s.churn * LIFE_TENTHS / 10 ?
			   number(argv[2]) - s.churn * LIFE_TENTHS / 10 :
			   0;
	polls = number(argv[5]);
	cost = calloc(polls ? polls : 1, sizeof(*cost));
	r = cost ? recorder_open(&options, BEGIN_MS, &error) : NULL;
	if (!r || !polls)
		errx(1, "%s", r || !cost ? "no polls" : error.text);
	for (uint64_t i = 0; i < polls; i++) {
		double before = cpu_ms();

		if (synthetic_poll(&s, r, BEGIN_MS + i * 1000, &error))
			errx(1, "%s", error.text);
		cost[i] = cpu_ms() - before;
	}
	recorder_close(r);
	report(options.path, &s, cost, polls);
	free(cost);
	return 0;
}
