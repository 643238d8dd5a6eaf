/* The descriptor limit of a process: see process_limits.h. */
#include "config.h"

#include "collect/process_limits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/process.h"

#define LIMITS_MAX 4096

bool process_limits_parse(struct process_limits *out, const char *text)
{
	static const char name[] = "\nMax open files";
	const char *line = strstr(text, name);
	char *end;

	*out = (struct process_limits){ 0 };
	if (!line)
		return false;
	line += sizeof(name) - 1;
	out->descriptors = strtoull(line, &end, 10);
	return end != line && out->descriptors;
}

static bool read_limits(struct process_limits *out, int root, uint32_t pid)
{
	char path[32];
	char text[LIMITS_MAX];
	size_t used = 0;
	ssize_t n = 1;
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/limits", pid);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (n > 0 && used < sizeof(text) - 1) {
		n = read(fd, text + used, sizeof(text) - 1 - used);
		used += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	text[used] = '\0';
	return process_limits_parse(out, text);
}

bool process_limits_read(struct process_limits *out, const char *proc_root, uint32_t pid)
{
	int root = open(proc_root ? proc_root : "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool known;

	if (root < 0)
		return false;
	known = read_limits(out, root, pid);
	if (known) {
		out->open = process_count_fds(root, pid);
		out->open_known = out->open;
	}
	close(root);
	return known;
}
