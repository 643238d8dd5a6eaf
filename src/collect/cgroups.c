/* From cgroup ids to paths: see cgroups.h. */
#include "config.h"

#include "collect/cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "collect/mountinfo.h"

/* FILEID_KERNFS of linux/exportfs.h, which user space does not get. */
#define HANDLE_KERNFS 0xfe
#define DEPTH_MAX 64	   /* of directories; the kernel's own default limit is far above use */
#define REMEMBERED_MAX 65536 /* then all is forgotten */

struct entry {
	uint64_t id; /* 0: free */
	const char *path;
};

struct cgroups {
	struct arena paths;
	struct entry *table; /* open addressing */
	size_t slots;	     /* a power of two, or 0 */
	size_t count;
	char *point;	/* where cgroup v2 is mounted; NULL: nowhere */
	int mount;	/* a descriptor of it, or -1 */
	bool handles;	/* the kernel may be asked for one id */
	bool walked;	/* since the last refresh */
};

static int take_mount(void *context, const struct mount_entry *m)
{
	struct cgroups *c = context;

	c->mount = open(m->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->mount < 0)
		return 0; /* the next one may be reachable */
	c->point = strdup(m->point);
	return 1;
}

struct cgroups *cgroups_open(const char *proc_root, struct error *err)
{
	struct cgroups *c = calloc(1, sizeof(*c));
	struct statfs fs;
	int root;

	if (!c) {
		error_set(err, ENOMEM, "cannot hold the cgroups");
		return NULL;
	}
	c->paths.block_bytes = 16384;
	c->mount = -1;
	root = open(proc_root ? proc_root : "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root >= 0) {
		mountinfo_walk(root, "cgroup2", take_mount, c);
		close(root);
	}
	c->handles = c->mount >= 0 && fstatfs(c->mount, &fs) == 0 &&
		     fs.f_type == CGROUP2_SUPER_MAGIC;
	return c;
}

void cgroups_close(struct cgroups *c)
{
	if (!c)
		return;
	arena_fini(&c->paths);
	free(c->table);
	free(c->point);
	if (c->mount >= 0)
		close(c->mount);
	free(c);
}

void cgroups_refresh(struct cgroups *c)
{
	c->walked = false;
	if (c->count > REMEMBERED_MAX) {
		memset(c->table, 0, c->slots * sizeof(*c->table));
		c->count = 0;
		arena_reset(&c->paths);
	}
}

static struct entry *probe(struct entry *table, size_t slots, uint64_t id)
{
	size_t slot = (size_t)(id * 0x9e3779b97f4a7c15u >> 32) & (slots - 1);

	while (table[slot].id && table[slot].id != id)
		slot = (slot + 1) & (slots - 1);
	return &table[slot];
}

static bool grow(struct cgroups *c)
{
	size_t slots = c->slots ? c->slots * 2 : 256, i;
	struct entry *table = calloc(slots, sizeof(*table));

	if (!table)
		return false;
	for (i = 0; i < c->slots; i++) {
		if (c->table[i].id)
			*probe(table, slots, c->table[i].id) = c->table[i];
	}
	free(c->table);
	c->table = table;
	c->slots = slots;
	return true;
}

/* Remember @path for @id.  NULL without memory: it is then as good as not found. */
static const char *remember(struct cgroups *c, uint64_t id, const char *path)
{
	struct entry *e;

	if (!id || ((c->count + 1) * 2 > c->slots && !grow(c)))
		return NULL;
	e = probe(c->table, c->slots, id);
	if (!e->id) {
		const char *copy = arena_strndup(&c->paths, path, strlen(path));

		if (!copy)
			return NULL;
		*e = (struct entry){ .id = id, .path = copy };
		c->count++;
	}
	return e->path;
}

/* A walk through the hierarchy; @path is the directory's, to be restored. */
struct walk {
	struct cgroups *cgroups;
	char path[4096];
	size_t len;
};

static void walk_directory(struct walk *w, int fd, unsigned int depth);

static void walk_child(struct walk *w, int parent, const char *name, unsigned int depth)
{
	size_t before = w->len, len = strlen(name);
	int fd;

	if (before + len + 2 > sizeof(w->path))
		return;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return; /* removed meanwhile, or no directory */
	w->path[w->len++] = '/';
	memcpy(w->path + w->len, name, len + 1);
	w->len += len;
	walk_directory(w, fd, depth + 1);
	w->len = before;
	w->path[before] = '\0';
}

/* Closes @fd. */
static void walk_directory(struct walk *w, int fd, unsigned int depth)
{
	struct stat st;
	struct dirent *e;
	DIR *dir;

	if (fstat(fd, &st) == 0)
		remember(w->cgroups, st.st_ino, w->len ? w->path : "/");
	dir = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	if (!dir) {
		close(fd);
		return;
	}
	while ((e = readdir(dir))) {
		bool directory = e->d_type == DT_DIR || e->d_type == DT_UNKNOWN;

		if (directory && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			walk_child(w, fd, e->d_name, depth);
	}
	closedir(dir);
}

static void walk_all(struct cgroups *c)
{
	struct walk w = { .cgroups = c };
	int fd = c->mount < 0 ? -1 : openat(c->mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		walk_directory(&w, fd, 0);
}

/* The path of the open directory @fd below the mount point. */
static const char *path_of_descriptor(struct cgroups *c, int fd, uint64_t id)
{
	char name[40], path[4096];
	size_t skip = c->point && strcmp(c->point, "/") != 0 ? strlen(c->point) : 0;
	ssize_t len;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, path, sizeof(path) - 1);
	if (len < 0 || (size_t)len < skip || (c->point && strncmp(path, c->point, skip) != 0))
		return NULL;
	path[len] = '\0';
	return remember(c, id, path[skip] ? path + skip : "/");
}

/* Ask the kernel for the directory with this id. */
static const char *ask(struct cgroups *c, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} u;
	const char *path;
	int fd;

	u.handle.handle_bytes = sizeof(id);
	u.handle.handle_type = HANDLE_KERNFS;
	memcpy(u.room + offsetof(struct file_handle, f_handle), &id, sizeof(id));
	fd = open_by_handle_at(c->mount, &u.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		/* ESTALE: there is no such cgroup; all else: there is no asking */
		c->handles = errno == ESTALE;
		return NULL;
	}
	path = path_of_descriptor(c, fd, id);
	close(fd);
	return path;
}

const char *cgroups_path(struct cgroups *c, uint64_t id)
{
	const struct entry *known = c->slots ? probe(c->table, c->slots, id) : NULL;

	if (!id)
		return NULL;
	if (known && known->id)
		return known->path;
	if (c->handles) {
		const char *path = ask(c, id);

		if (path || c->handles)
			return path;
	}
	if (c->walked)
		return NULL;
	walk_all(c);
	c->walked = true;
	known = c->slots ? probe(c->table, c->slots, id) : NULL;
	return known ? known->path : NULL;
}
