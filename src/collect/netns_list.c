/* Which network namespaces there are: see netns.h. */
#include "config.h"

#include "base/array.h"
#include "collect/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "collect/mountinfo.h"
#include "collect/process.h"

#define PATH_BYTES 64 /* of "PID/ns/net" */

struct netns_list {
	struct netns *items;
	size_t count;
	size_t room;
	size_t denied;
	size_t last; /* of the last process: the next one is most likely in it too */
	bool starved;
	struct arena texts;
};

struct netns_list *netns_list_new(void)
{
	struct netns_list *l = calloc(1, sizeof(*l));

	if (l)
		l->texts.block_bytes = 16384;
	return l;
}

void netns_list_free(struct netns_list *l)
{
	if (!l)
		return;
	arena_fini(&l->texts);
	free(l->items);
	free(l);
}

const struct netns *netns_list_items(const struct netns_list *l, size_t *count)
{
	*count = l->count;
	return l->items;
}

size_t netns_list_denied(const struct netns_list *l)
{
	return l->denied;
}

static const char *copy(struct netns_list *l, const char *text)
{
	const char *made = arena_strndup(&l->texts, text, strlen(text));

	l->starved |= !made;
	return made;
}

/* The entry of @inode, made if there is none.  NULL without memory. */
static struct netns *entry_of(struct netns_list *l, uint64_t inode)
{
	struct netns *items;
	size_t i;

	if (l->last < l->count && l->items[l->last].inode == inode)
		return &l->items[l->last];
	for (i = 0; i < l->count && l->items[i].inode != inode; i++)
		;
	items = array_room(l->items, &l->room, i, 16, sizeof(*items));
	if (!items) {
		l->starved = true;
		return NULL;
	}
	l->items = items;
	if (i == l->count)
		l->items[l->count++] = (struct netns){ .inode = inode };
	l->last = i;
	return &l->items[i];
}

/* The inode of "net:[4026531840]", 0 for anything else. */
static uint64_t inode_of_text(const char *text)
{
	char *end;
	uint64_t inode;

	if (strncmp(text, "net:[", 5) != 0)
		return 0;
	inode = strtoull(text + 5, &end, 10);
	return strcmp(end, "]") ? 0 : inode;
}

/* That of the link "@who/ns/net"; 0 with errno set. */
static uint64_t inode_of_process(int root, const char *who)
{
	char path[PATH_BYTES], target[64];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/ns/net", who);
	len = readlinkat(root, path, target, sizeof(target) - 1);
	if (len < 0)
		return 0;
	target[len] = '\0';
	errno = 0;
	return inode_of_text(target);
}

static int note_mount(void *context, const struct mount_entry *m)
{
	struct netns_list *l = context;
	uint64_t inode = inode_of_text(m->root);
	struct netns *ns = inode ? entry_of(l, inode) : NULL;

	if (ns && !ns->mount) {
		const char *slash = strrchr(m->point, '/');

		ns->mount = copy(l, m->point);
		ns->name = copy(l, slash ? slash + 1 : m->point);
	}
	return 0;
}

static void note_process(struct netns_list *l, int root, const char *name)
{
	uint32_t pid = (uint32_t)strtoul(name, NULL, 10);
	uint64_t inode = inode_of_process(root, name);
	struct netns *ns;

	if (!inode) {
		l->denied += errno == EACCES || errno == EPERM;
		return;
	}
	ns = entry_of(l, inode);
	if (!ns)
		return;
	ns->processes++;
	if (!ns->pid || pid < ns->pid)
		ns->pid = pid;
}

static int read_processes(struct netns_list *l, int root, struct error *err)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		return error_set(err, code, "cannot list the processes");
	}
	while ((e = readdir(dir))) {
		size_t digits = strspn(e->d_name, "0123456789");

		if (digits && digits <= 10 && !e->d_name[digits])
			note_process(l, root, e->d_name);
	}
	closedir(dir);
	return 0;
}

/* The path on the line of @file that says most: cgroup v2's, else another that is not the root. */
static char *cgroup_line(FILE *file)
{
	char *line = NULL, *best = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) >= 0) {
		char *path = strchr(line, ':');

		path = path ? strchr(path + 1, ':') : NULL;
		if (!path || path[1] != '/')
			continue;
		path[strcspn(path, "\n")] = '\0';
		if (best && strcmp(path + 1, "/") == 0)
			continue;
		if (!best || !strcmp(best, "/") || !strncmp(line, "0:", 2)) {
			free(best);
			best = strdup(path + 1);
		}
	}
	free(line);
	return best;
}

/* Who the process is that stands for the namespace. */
static void describe(struct netns_list *l, int root, struct netns *ns)
{
	char path[PATH_BYTES];
	struct process p = { 0 };
	char *cgroup;
	FILE *file;
	int fd;

	if (!process_read_stat(root, ns->pid, &p))
		ns->command = copy(l, p.command);
	snprintf(path, sizeof(path), "%" PRIu32 "/cgroup", ns->pid);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return;
	}
	cgroup = cgroup_line(file);
	fclose(file);
	if (!cgroup)
		return;
	ns->cgroup = copy(l, cgroup);
	if (ns->cgroup)
		cgroup_parse(ns->cgroup, strlen(ns->cgroup), &ns->cgroup_names);
	free(cgroup);
}

static int compare(const void *a, const void *b)
{
	const struct netns *x = a, *y = b;

	if (x->own != y->own)
		return x->own ? -1 : 1;
	return (x->inode > y->inode) - (x->inode < y->inode);
}

static int read_all(struct netns_list *l, int root, struct error *err)
{
	uint64_t own = inode_of_process(root, "self");
	size_t i;

	mountinfo_walk(root, "nsfs", note_mount, l);
	if (read_processes(l, root, err) < 0)
		return -1;
	for (i = 0; i < l->count; i++) {
		l->items[i].own = l->items[i].inode == own;
		if (l->items[i].pid)
			describe(l, root, &l->items[i]);
	}
	if (l->starved)
		return error_set(err, ENOMEM, "cannot hold the network namespaces");
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), compare);
	return 0;
}

int netns_list_read(struct netns_list *l, const char *proc_root, struct error *err)
{
	const char *path = proc_root ? proc_root : "/proc";
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (root < 0)
		return error_set(err, errno, "cannot open '%s'", path);
	arena_reset(&l->texts);
	l->count = l->denied = l->last = 0;
	l->starved = false;
	result = read_all(l, root, err);
	close(root);
	return result;
}
