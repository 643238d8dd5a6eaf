/*
 * How many descriptors a process may have, and has.
 */
#ifndef COLLECT_PROCESS_LIMITS_H
#define COLLECT_PROCESS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

struct process_limits {
	uint64_t descriptors; /* the soft limit (RLIMIT_NOFILE) */
	uint64_t open;	      /* how many it has, where @open_known */
	bool open_known;      /* Linux 6.2 and later */
};

/*
 * Of process @pid; @proc_root: NULL for "/proc".  False where it may not be read, is
 * gone, or has no limit.
 */
bool process_limits_read(struct process_limits *out, const char *proc_root, uint32_t pid);

/* The same from the text of /proc/PID/limits, without what is open. */
bool process_limits_parse(struct process_limits *out, const char *text);

#endif
