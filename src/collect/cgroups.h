/*
 * From the cgroup id that sock_diag gives to the cgroup's path.
 *
 * The id is the inode number of a directory of the cgroup v2 hierarchy, wherever
 * that is mounted.  Where allowed (CAP_DAC_READ_SEARCH) the kernel is asked for
 * the one id; otherwise the hierarchy is walked, at most once between two calls
 * of cgroups_refresh().  Ids are not used twice, so paths are remembered, also
 * those of cgroups that are gone while their sockets live on.
 */
#ifndef COLLECT_CGROUPS_H
#define COLLECT_CGROUPS_H

#include <stdint.h>

#include "base/error.h"

struct cgroups;

/* @proc_root: NULL for "/proc".  NULL with @err set without memory. */
struct cgroups *cgroups_open(const char *proc_root, struct error *err);
void cgroups_close(struct cgroups *c); /* NULL is fine */

/* A new pass: what was not found may be looked for again. */
void cgroups_refresh(struct cgroups *c);

/*
 * The path of cgroup @id below the mount point, "/" for its root; NULL when it is
 * not known (removed, of another hierarchy, or no cgroup v2 mounted).  Borrowed,
 * valid until cgroups_refresh() or cgroups_close().
 */
const char *cgroups_path(struct cgroups *c, uint64_t id);

#endif
