/*
 * The processes of the host and what is known of their descriptors, kept from
 * pass to pass by (pid, start time).
 */
#ifndef COLLECT_PROCESS_TABLE_H
#define COLLECT_PROCESS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/process.h"

struct process_table {
	int root; /* descriptor of /proc */
	bool ordered; /* descriptors are listed by number, and positions can be returned to */
	bool counted; /* the size of PID/fd is the number of descriptors (Linux 6.2) */
	struct process *list; /* by pid; no kernel threads */
	size_t count;
	size_t forbidden; /* listed, but not to be looked at (hidepid=1) */
	bool hidden; /* not even listed (hidepid=2): process 1 is missing */
};

/* How far to read one process. */
struct process_job {
	struct process *process;
	int32_t limit;
};

/* 0, or -1 with @err set. */
int process_table_open(struct process_table *t, const char *proc_root, struct error *err);
void process_table_close(struct process_table *t);

/*
 * See which processes there are now.  Those whose number of descriptors changed
 * are marked so.  Returns 1 when any came, went or changed, 0 when none did, -1
 * with @err set.  What pointed into @t->list is void after 1 and -1.
 */
int process_table_refresh(struct process_table *t, struct error *err);

/*
 * Read the descriptors of @count processes, on up to @threads threads where that
 * pays.  Adds the links read to @links.  0, or -1 with @err set without memory.
 */
int process_table_scan(const struct process_table *t, struct process_job *jobs, size_t count,
		       enum process_trust trust, const struct inode_index *wanted,
		       unsigned int threads, uint64_t *links, struct error *err);

#endif
