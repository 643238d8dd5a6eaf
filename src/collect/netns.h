/*
 * The network namespaces of this host: which there are, whether they hold
 * sockets, and entering one for as long as it takes to open a socket there.
 *
 * Found are those that a process is in and those that are mounted somewhere
 * (ip netns, docker, CNI).  One that is kept only by a descriptor or a socket can't
 * be found.  A netlink socket stays in the namespace it was opened in, and keeps
 * that namespace alive, as an open file below /proc/PID/net does: so open what is
 * needed in each pass and close it again.
 */
#ifndef COLLECT_NETNS_H
#define COLLECT_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/cgroup.h"
#include "model/proto.h"
#include "model/state.h"

struct netns {
	uint64_t inode;	     /* its identity; struct sock.netns */
	const char *name;    /* of its mount: "blue" for /run/netns/blue; NULL: not mounted */
	const char *mount;   /* where; NULL: not mounted */
	size_t processes;    /* in it, as far as that may be seen */
	uint32_t pid;	     /* the lowest of them; 0: none */
	const char *command; /* of @pid, raw bytes; NULL without */
	const char *cgroup;  /* path of the cgroup of @pid; NULL: not known */
	struct cgroup_names cgroup_names; /* parts of @cgroup: container, unit */
	bool own; /* the one of this process */
};

struct netns_list;

struct netns_list *netns_list_new(void); /* NULL without memory */
void netns_list_free(struct netns_list *l); /* NULL is fine */

/*
 * See which there are, this process's own first, then by inode.  @proc_root: NULL
 * for "/proc".  0, or -1 with @err set.
 */
int netns_list_read(struct netns_list *l, const char *proc_root, struct error *err);

/* Borrowed, valid until the next netns_list_read() or netns_list_free(). */
const struct netns *netns_list_items(const struct netns_list *l, size_t *count);

/* Processes whose namespace may not be seen: there may be namespaces that were not found. */
size_t netns_list_denied(const struct netns_list *l);

/*
 * A descriptor of the namespace that @which means: a path when it has a '/', a name
 * below /run/netns or /run/docker/netns, or a pid.  The caller closes it.  -1 with
 * @err set.
 */
int netns_open(const char *which, struct error *err);

/* The same of an entry of the list; its process may be gone by now. */
int netns_open_entry(const struct netns *ns, struct error *err);

/* Where this thread came from.  Zero-filled: nowhere. */
struct netns_visit {
	int home;
	bool away;
};

/*
 * Move this thread into the namespace of descriptor @ns.  0, or -1 with @err set:
 * its code is EPERM where CAP_SYS_ADMIN is missing here or in the user namespace
 * that owns @ns.
 */
int netns_enter(struct netns_visit *visit, int ns, struct error *err);

/*
 * Move it back; nothing if it is not away.  -1 with @err set leaves the thread
 * where it should not be: end the program.
 */
int netns_leave(struct netns_visit *visit, struct error *err);

/* What a namespace's own counters say it holds. */
struct netns_counts {
	bool known;
	uint64_t sockets; /* of all families */
	uint64_t inet[PROTO_COUNT]; /* in use, both address families: TCP, UDP, UDPLITE, RAW */
	uint64_t time_wait;	    /* minisocks */
};

/*
 * Read them through process @pid of the namespace, for which no privilege is
 * needed; 0: of the namespace that this thread is in.  Where they can't be read
 * @out->known is false.
 */
void netns_count(struct netns_counts *out, const char *proc_root, uint32_t pid);

/*
 * False when no socket of @protos in one of @states can be there, so that the
 * dump, which walks the sockets of all namespaces, can be spared.
 */
bool netns_may_hold(const struct netns_counts *counts, proto_set protos, state_set states);

#endif
