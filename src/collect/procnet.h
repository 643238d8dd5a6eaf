/*
 * /proc/net/{tcp,udp,udplite,raw}{,6} and {unix,packet,netlink}: where netlink is not to be had.
 *
 * Slower than sock_diag and poorer: no cookie, no interface, no options, no
 * bound-only sockets, a listener's accept queue but not its backlog, and the
 * uid of a half-open connection is its listener's (so it is left out).
 */
#ifndef COLLECT_PROCNET_H
#define COLLECT_PROCNET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collect/source.h"

/* The kernel gives at most a page a read, and lines of about 150 bytes. */
#define PROCNET_BUFFER_BYTES 8192

/* A file being read. */
struct procnet {
	struct dump_spec spec;
	int fd;
	bool opened;
	bool headed;	  /* its heading was seen */
	bool skipping;	  /* the rest of this line is not wanted: it is too long */
	size_t used;
	uint64_t parsed;  /* lines that are sockets */
	uint64_t garbled; /* lines that made no sense */
	char path[PATH_MAX];
	char buffer[PROCNET_BUFFER_BYTES];
};

/*
 * Open the file of spec->proto and spec->family (one of them).  0, or -1 with
 * @err set: err->code is ENOENT where this kernel has no such protocol.
 */
int procnet_open(struct procnet *p, const struct dump_spec *spec, const char *proc_root,
		 struct error *err);

/* The same of a file that is named; it has a heading, and lines of spec->proto. */
int procnet_open_file(struct procnet *p, const struct dump_spec *spec, const char *path,
		      struct error *err);
void procnet_close(struct procnet *p);

enum procnet_status { PROCNET_MORE, PROCNET_END, PROCNET_STOPPED, PROCNET_FAILED };

/*
 * Read some and hand out whole lines; take() returns nonzero to stop.  @err is set
 * with PROCNET_FAILED: it cannot be read, or is no such table, as it has no heading or
 * no line that makes sense.
 */
enum procnet_status procnet_step(struct procnet *p,
				 int (*take)(void *context, const struct sock *sk), void *context,
				 struct error *err);

/* True if there is a file for sockets of @proto, on kernels that have them. */
bool procnet_tells_of(enum proto proto);

/* The states in which sockets of @proto are left out of its file. */
state_set procnet_untold(enum proto proto);

/*
 * Read one line (without its newline) of a protocol that procnet_tells_of().  False
 * when it makes no sense.  @record->sock points into @record.
 */
bool procnet_parse(const struct dump_spec *spec, const char *line, size_t len,
		   struct sock_record *record);

#endif
