/*
 * The mounts of this process: /proc/self/mountinfo, taken apart.
 */
#ifndef COLLECT_MOUNTINFO_H
#define COLLECT_MOUNTINFO_H

#include <stddef.h>

struct mount_entry {
	const char *root;  /* what of the file system is mounted: "net:[4026532001]" for an nsfs */
	const char *point; /* where */
	const char *type;  /* "cgroup2", "nsfs" ... */
};

/*
 * Call @visit for each mount with a file system of type @type; the texts are
 * unescaped and valid during the call.  It returns nonzero to end the walk.
 * Returns what the last call did, 0 without any, or -1 with errno set when the
 * file "self/mountinfo" below the directory @root can't be read.
 */
int mountinfo_walk(int root, const char *type,
		   int (*visit)(void *context, const struct mount_entry *mount), void *context);

#endif
