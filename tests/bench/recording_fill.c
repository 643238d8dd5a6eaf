/*
 * recording_fill: a recording of a given number of dwells, written by the recorder from
 * polls that are made up, as fast as it can.
 *
 * usage: recording_fill FILE DWELLS
 *
 * The polls are a second apart and end at about 2026-03-01 00:00 UTC; 1000 connections open
 * and close at each, most live for seconds, one in 16 for 25 minutes: some 9,000 sockets are
 * there after 20 seconds, 40,000 after 8 minutes, 100,000 from 25 minutes on.
 */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/synthetic.h"

#define END_MS UINT64_C(1772323200000)
#define CHURN 1000
#define STABLE 1000
#define LONG_POLLS 1475
#define DWELLS_PER_POLL (2 * CHURN)

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct synthetic s = { .stable = STABLE, .churn = CHURN, .long_polls = LONG_POLLS };
	struct recorder_options options = {
		.host = "bench", .kernel = "6.18.0", .program = "recording_fill",
		.interval_ms = 1000,
	};
	uint64_t dwells = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t now_ms = END_MS - dwells / DWELLS_PER_POLL * 1000;
	struct recorder *r;
	struct error error;
	struct stat status;

	if (!dwells)
		errx(2, "usage: recording_fill FILE DWELLS");
	options.path = argv[1];
	r = recorder_open(&options, now_ms, &error);
	if (!r)
		errx(1, "%s", error.text);
	for (; s.dwells < dwells; now_ms += 1000)
		if (synthetic_poll(&s, r, now_ms, &error))
			errx(1, "%s", error.text);
	recorder_close(r);
	if (stat(argv[1], &status))
		err(1, "%s", argv[1]);
	printf("%" PRIu64 " dwells in %" PRIu64 " polls, %.1f s CPU, %.1f MB, %.0f bytes a dwell\n",
	       s.dwells, s.poll, seconds_of(CLOCK_PROCESS_CPUTIME_ID), (double)status.st_size / 1e6,
	       (double)status.st_size / (double)s.dwells);
	return 0;
}
