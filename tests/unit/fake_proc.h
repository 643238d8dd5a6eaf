/*
 * A made-up /proc below the current directory, and removing it again.
 */
#ifndef TESTS_FAKE_PROC_H
#define TESTS_FAKE_PROC_H

#include <stddef.h>
#include <stdint.h>

/* A new empty directory; its path into @path (at least 64 bytes). */
void fake_tree_new(char *path);

/* Remove @path and all below it. */
void fake_tree_free(const char *path);

/* Write @len bytes to the file @name below @root; directories are made as needed. */
void fake_file(const char *root, const char *name, const void *data, size_t len);

/* The same of a text. */
void fake_text(const char *root, const char *name, const char *text);

/* The symbolic link @name below @root, replacing one that is there. */
void fake_link(const char *root, const char *name, const char *target);

/* stat, status and cmdline of a process with an empty fd directory. */
struct fake_process {
	uint32_t pid;
	uint32_t parent;
	uint64_t start_time;
	uint32_t uid;
	uint32_t flags;
	const char *command;
	const char *command_line; /* blanks become NUL; NULL: empty */
};

void fake_process(const char *root, const struct fake_process *p);

/* Descriptor @fd of @pid is the socket @inode. */
void fake_socket(const char *root, uint32_t pid, int fd, uint64_t inode);

#endif
