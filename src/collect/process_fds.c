/*
 * Listing and reading the descriptors of a process, part by part.
 *
 * On procfs the listing goes by number and its positions can be returned to, so
 * that a window of numbers costs only itself.  The links are read, never
 * followed: following one may hang on a dead network file system.
 */
#include "config.h"

#include "base/array.h"
#include "collect/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the kernel writes; glibc offers a call for it only since 2.30. */
struct listing_entry {
	uint64_t inode;
	int64_t next_position;
	uint16_t length;
	uint8_t type;
	char name[];
};

#define LISTING_BYTES 32768
#define LISTING_ENTRY_BYTES 24 /* of a number of at most four digits */

struct reading {
	const struct process_scan *scan;
	struct process *process;
	int dir;
	int32_t limit;
	const struct process_fd *old; /* what was known of a process that changed */
	size_t old_count;
	uint64_t links;
};

uint32_t process_read_link(int dir, const char *path)
{
	char target[40];
	ssize_t len = readlinkat(dir, path, target, sizeof(target) - 1);
	unsigned long long inode;
	char *end;

	if (len <= 8 || memcmp(target, "socket:[", 8) != 0)
		return 0;
	target[len] = '\0';
	inode = strtoull(target + 8, &end, 10);
	return *end == ']' && inode <= UINT32_MAX ? (uint32_t)inode : 0;
}

/* The number that a descriptor's name is, or -1. */
static int32_t fd_of_name(const char *name)
{
	int64_t n = 0;

	if (!*name)
		return -1;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return -1;
		n = n * 10 + (*name - '0');
		if (n >= PROCESS_ALL_FDS)
			return -1;
	}
	return (int32_t)n;
}

static int compare_fds(const void *a, const void *b)
{
	const struct process_fd *x = a, *y = b;

	return (x->fd > y->fd) - (x->fd < y->fd);
}

static bool is_trusted(const struct process_scan *scan, const struct process_fd *known)
{
	if (scan->trust == TRUST_KNOWN)
		return true;
	return scan->trust == TRUST_WANTED &&
	       inode_index_find(scan->wanted, known->inode) != INODE_INDEX_NONE;
}

static uint32_t inode_of(struct reading *r, int32_t fd, const char *name)
{
	const struct process_fd wanted = { .fd = fd };
	const struct process_fd *known = NULL;

	if (r->old_count)
		known = bsearch(&wanted, r->old, r->old_count, sizeof(wanted), compare_fds);
	if (known && is_trusted(r->scan, known))
		return known->inode;
	r->links++;
	return process_read_link(r->dir, name);
}

static bool append(struct process *p, int32_t fd, uint32_t inode)
{
	struct process_fd *fds = array_room(p->fds, &p->fds_room, p->fds_count, 16, sizeof(*fds));

	if (!fds) {
		p->starved = true;
		return false;
	}
	p->fds = fds;
	p->fds[p->fds_count++] = (struct process_fd){ .fd = fd, .inode = inode };
	return true;
}

/* Take one entry of the listing.  False when the window or memory is at its end. */
static bool read_entry(struct reading *r, const struct listing_entry *e)
{
	struct process *p = r->process;
	int32_t fd = fd_of_name(e->name);

	if (fd >= r->limit)
		return false;
	if (fd >= 0 && !append(p, fd, inode_of(r, fd, e->name)))
		return false;
	p->resume = e->next_position;
	return true;
}

/* True when the listing came to its end. */
static bool read_listing(struct reading *r)
{
	_Alignas(struct listing_entry) char data[LISTING_BYTES];
	size_t size = sizeof(data);
	long len;

	/* the kernel makes an inode of all that it lists: ask for no more than the window holds */
	if (r->limit < LISTING_BYTES / LISTING_ENTRY_BYTES - 4)
		size = (size_t)(r->limit - r->process->known_below + 4) * LISTING_ENTRY_BYTES;
	for (;;) {
		long at = 0;

		len = syscall(SYS_getdents64, r->dir, data, size);
		if (len <= 0)
			return len == 0;
		while (at < len) {
			const struct listing_entry *e = (const void *)(data + at);

			if (!read_entry(r, e))
				return false;
			at += e->length;
		}
	}
}

static int open_listing(const struct process_scan *scan, const struct process *p)
{
	char path[32];
	int dir;

	snprintf(path, sizeof(path), "%" PRIu32 "/fd", p->pid);
	dir = openat(scan->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && p->known_below > 0 && lseek(dir, p->resume, SEEK_SET) < 0) {
		close(dir);
		return -1;
	}
	return dir;
}

/* Nothing can be read: it is gone, a zombie, or not ours to look at. */
static void note_unreadable(struct process *p, int code)
{
	p->denied = code == EACCES || code == EPERM;
	p->fds_count = 0;
	p->known_below = PROCESS_ALL_FDS;
}

uint64_t process_scan_fds(const struct process_scan *scan, struct process *p, int32_t limit)
{
	struct reading r = { .scan = scan, .process = p, .limit = limit };
	struct process_fd *old = NULL;
	bool ended;

	if (!scan->ordered)
		r.limit = PROCESS_ALL_FDS;
	if (!p->changed && p->known_below == 0)
		p->freshness = FDS_READ;
	if (p->changed) {
		p->freshness = scan->trust == TRUST_NOTHING ? FDS_READ : FDS_LISTED;
		old = p->fds;
		r.old = old;
		r.old_count = p->fds_count;
		p->fds = NULL;
		p->fds_count = p->fds_room = 0;
		p->known_below = 0;
		p->changed = false;
	}
	p->denied = false;
	r.dir = open_listing(scan, p);
	if (r.dir < 0) {
		note_unreadable(p, errno);
	} else {
		ended = read_listing(&r);
		close(r.dir);
		p->known_below = ended ? PROCESS_ALL_FDS : r.limit;
		if (!scan->ordered && p->fds_count)
			qsort(p->fds, p->fds_count, sizeof(*p->fds), compare_fds);
	}
	free(old);
	return r.links;
}
