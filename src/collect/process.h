/*
 * One process as /proc shows it: who it is, and the descriptors it has open.
 *
 * Everything here may vanish while it is read, may be forbidden, and may be
 * written by an enemy (names, command lines): nothing of that is an error.
 */
#ifndef COLLECT_PROCESS_H
#define COLLECT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/inode_index.h"

#define PROCESS_COMMAND_MAX 64		 /* comm; of kernel threads with their work queue */
#define PROCESS_COMMAND_LINE_MAX 4096	 /* the rest is cut */
#define PROCESS_ALL_FDS INT32_MAX

struct process_fd {
	int32_t fd;
	uint32_t inode; /* 0: no socket */
};

/* How @fds came about since the table of processes was last refreshed. */
enum process_freshness {
	FDS_REMEMBERED, /* not looked at */
	FDS_LISTED,	/* it changed: listed, and read as far as what was known was not trusted */
	FDS_READ,	/* all read */
};

struct process {
	uint32_t pid;
	uint32_t parent;
	uint32_t group;	  /* process group */
	uint32_t session; /* 0: of a foreign pid namespace, or none */
	uint32_t uid;	  /* real; where @uid_known */
	uint64_t start_time;
	uint64_t fd_count;  /* of the last look; 0 where the kernel does not say */
	int64_t resume;	    /* directory position behind the last of @fds */
	int32_t known_below; /* descriptors with lower numbers are in @fds */
	bool kernel_thread;
	bool changed;  /* @fds may be out of date */
	enum process_freshness freshness;
	bool denied;   /* its descriptors may not be read */
	bool detailed; /* @uid and @command_line were read */
	bool uid_known;
	bool starved;  /* no memory for its descriptors */
	struct process_fd *fds; /* by number */
	size_t fds_count;
	size_t fds_room;
	int32_t last_hit; /* highest number of a wanted socket; -1: none */
	char *command_line; /* NULL: none */
	char command[PROCESS_COMMAND_MAX];
};

/* How much of what is known about descriptors is taken for granted when a process is read anew. */
enum process_trust {
	TRUST_KNOWN,   /* all of it: only new numbers are read */
	TRUST_WANTED,  /* sockets that still exist, as their being wanted shows */
	TRUST_NOTHING,
};

struct process_scan {
	int root; /* descriptor of /proc */
	bool ordered; /* descriptors are listed by number (procfs; a copy of it isn't) */
	enum process_trust trust;
	const struct inode_index *wanted;
};

/*
 * The file "@pid/stat" into @p: pid, parent, group, session, command, start time.
 * 0, or an errno: of the system call, or EBADMSG for a text that makes no sense.
 */
int process_read_stat(int root, uint32_t pid, struct process *p);

/* The same from its text; @text is NUL-terminated at @len. */
bool process_parse_stat(const char *text, size_t len, struct process *p);

/* Real uid and command line of @p. */
void process_read_details(int root, struct process *p);

/* The number of open descriptors, 0 if the kernel does not say. */
uint64_t process_count_fds(int root, uint32_t pid);

/*
 * Read the descriptors of @p with numbers below @limit as far as they are not
 * known, or, when @p is marked changed, as far as @scan does not trust what is
 * known.  Returns how many links were read.
 */
uint64_t process_scan_fds(const struct process_scan *scan, struct process *p, int32_t limit);

/* The inode of the socket that the link @path refers to, 0 if to none. */
uint32_t process_read_link(int dir, const char *path);

/* The inode of the socket that "PID/fd/FD" refers to, 0 if none (any more). */
uint32_t process_read_fd(int root, uint32_t pid, int32_t fd);

void process_fini(struct process *p);

#endif
