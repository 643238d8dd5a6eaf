/* A made-up /proc: see fake_proc.h. */
#include "config.h"

#include "fake_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	abort();
}

void fake_tree_new(char *path)
{
	snprintf(path, 64, "fake_tree.XXXXXX");
	if (!mkdtemp(path))
		die("mkdtemp");
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int unlock_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)ftw;
	(void)flag;
	return S_ISDIR(st->st_mode) ? chmod(path, 0700) : 0;
}

void fake_tree_free(const char *path)
{
	nftw(path, unlock_one, 16, FTW_PHYS);
	nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

static void make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			die(path);
		*slash = '/';
	}
}

void fake_file(const char *root, const char *name, const void *data, size_t len)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		die(path);
	close(fd);
}

void fake_text(const char *root, const char *name, const char *text)
{
	fake_file(root, name, text, strlen(text));
}

void fake_link(const char *root, const char *name, const char *target)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	make_parents(path);
	unlink(path);
	if (symlink(target, path) < 0)
		die(path);
}

void fake_process(const char *root, const struct fake_process *p)
{
	char name[64], text[512];
	size_t i;

	snprintf(name, sizeof(name), "%u/stat", p->pid);
	snprintf(text, sizeof(text),
		 "%u (%s) S %u %u %u 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 %llu 0 0\n", p->pid,
		 p->command, p->parent, p->pid, p->pid, p->flags,
		 (unsigned long long)p->start_time);
	fake_text(root, name, text);
	snprintf(name, sizeof(name), "%u/status", p->pid);
	snprintf(text, sizeof(text), "Name:\t%s\nUid:\t%u\t0\t0\t0\n", "x", p->uid);
	fake_text(root, name, text);
	snprintf(name, sizeof(name), "%u/cmdline", p->pid);
	snprintf(text, sizeof(text), "%s", p->command_line ? p->command_line : "");
	for (i = strlen(text); i-- > 0;) {
		if (text[i] == ' ')
			text[i] = '\0';
	}
	i = p->command_line ? strlen(p->command_line) + 1 : 0;
	fake_file(root, name, text, i);
	snprintf(name, sizeof(name), "%u/fd/0", p->pid);
	fake_link(root, name, "/dev/null");
}

void fake_socket(const char *root, uint32_t pid, int fd, uint64_t inode)
{
	char name[64], target[64];

	snprintf(name, sizeof(name), "%u/fd/%d", pid, fd);
	snprintf(target, sizeof(target), "socket:[%llu]", (unsigned long long)inode);
	fake_link(root, name, target);
}
