/*
 * Which processes hold a socket: a walk over /proc/PID/fd for the inodes that
 * are wanted, and no more of it than needed.
 *
 * Reading a descriptor's link costs 3.3 microseconds; all else is noise.  So:
 *
 * OWNERS_ALL reads every descriptor of every process, on two threads, and finds
 * every holder of every wanted socket.
 *
 * OWNERS_QUICK reads descriptors by number, low ones first, in windows that grow
 * (16, 64, 256 ...), each window in all processes before the next, and stops
 * after the window in which the last wanted socket was found.  A process in which
 * one was found is read ahead of the others, for what is opened together has
 * numbers close together; and its relatives (session, process group, parent,
 * children) are then read as far as it was.  Found are thus: at least one holder
 * of each socket, as in OWNERS_ALL; all holders that have it since fork(), under
 * the number they share; all holders with a number below the last window, related
 * or not; and the init process (socket activation) up to 1024.  Missed may be one
 * that was passed the descriptor by SCM_RIGHTS or dup() and keeps it under a
 * higher number.  Where a socket can't be found this is OWNERS_ALL.
 *
 * A finder that is asked again remembers each process by (pid, start time).
 * Linux 6.2 and later give the number of descriptors as the size of /proc/PID/fd:
 * only processes in which it changed are listed, and only numbers unknown so far
 * are read.  If that leaves a wanted socket without an owner, the numbers whose
 * sockets have vanished are read again, in all processes.  A change that leaves
 * the count alike and hides behind another holder is found by re-reading some
 * known descriptors at each pass, in turn.  Without st_size the rule of the
 * sockets without an owner alone decides.  Sockets that nobody holds are looked
 * for again at growing distances.
 */
#ifndef COLLECT_OWNERS_H
#define COLLECT_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/owner.h"

enum owner_search {
	OWNERS_QUICK, /* at least one holder, and those that share it since fork() */
	OWNERS_ALL,   /* every holder that may be looked at */
};

/* What the last pass was like: partial results are counts, not errors. */
struct owner_report {
	size_t processes;     /* seen, kernel threads left out */
	size_t denied;	      /* whose descriptors may not be read */
	size_t scanned;	      /* whose descriptors were read in this pass, some of them twice */
	uint64_t descriptors; /* links read in this pass */
	size_t wanted;	      /* different sockets asked for */
	size_t found;	      /* of these, with at least one holder */
	bool hidden;	      /* processes of others are not even listed (hidepid) */
};

struct owner_finder;

/*
 * @proc_root: NULL for "/proc".  @threads: at most so many, 0 for two.  NULL with
 * @err set when the directory can't be opened or without memory.
 */
struct owner_finder *owner_finder_open(const char *proc_root, unsigned int threads,
				       struct error *err);
void owner_finder_close(struct owner_finder *f); /* NULL is fine */

/*
 * Find the holders of the @count sockets with these inodes; 0 and repetitions are
 * fine.  0, or -1 with @err set (no memory, /proc unreadable).
 */
int owner_finder_find(struct owner_finder *f, const uint64_t *inodes, size_t count,
		      enum owner_search search, struct error *err);

/*
 * What the last pass found out about @inode: OWNER_KNOWN with all holders, or
 * OWNER_NOT_PERMITTED (there are processes that may not be looked into),
 * OWNER_NOT_FOUND, OWNER_NOT_LOOKED_UP (was not asked for).  The list is borrowed
 * and valid until the next owner_finder_find().  0, or -1 with @err set without
 * memory.
 */
int owner_finder_owners(struct owner_finder *f, uint64_t inode, struct owners *out,
			struct error *err);

/* Borrowed, valid until owner_finder_close(); describes the last pass. */
const struct owner_report *owner_finder_report(const struct owner_finder *f);

#endif
