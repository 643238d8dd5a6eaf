/* Entering network namespaces, and what they hold: see netns.h. */
#include "config.h"

#include "collect/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const mount_directories[] = { "/run/netns", "/var/run/netns",
						 "/run/docker/netns" };

/* @fd if it is a network namespace; otherwise it is closed, and -1 with @err set. */
static int check_type(int fd, const char *which, struct error *err)
{
	if (ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd;
	close(fd);
	return error_set(err, 0, "'%s' is not a network namespace", which);
}

static int open_path(const char *path, const char *which, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, errno, "cannot open network namespace '%s'", which);
	return check_type(fd, which, err);
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

int netns_open(const char *which, struct error *err)
{
	char path[PATH_MAX];
	size_t i;

	if (strchr(which, '/'))
		return open_path(which, which, err);
	for (i = 0; *which && i < sizeof(mount_directories) / sizeof(mount_directories[0]); i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%s", mount_directories[i], which);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return check_type(fd, which, err);
		if (errno != ENOENT && errno != ENOTDIR)
			return error_set(err, errno, "cannot open network namespace '%s'", which);
	}
	if (!is_number(which))
		return error_set(err, 0,
				 "no network namespace '%s': neither a name below /run/netns or "
				 "/run/docker/netns, nor a pid, nor a path", which);
	snprintf(path, sizeof(path), "/proc/%s/ns/net", which);
	return open_path(path, which, err);
}

int netns_open_entry(const struct netns *ns, struct error *err)
{
	char path[PATH_MAX];

	if (ns->mount)
		return open_path(ns->mount, ns->mount, err);
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/net", ns->pid);
	return open_path(path, path, err);
}

int netns_enter(struct netns_visit *visit, int ns, struct error *err)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (home < 0)
		return error_set(err, errno, "cannot open this thread's network namespace");
	if (setns(ns, CLONE_NEWNET) < 0) {
		int code = errno;

		close(home);
		if (code == EPERM)
			return error_set(err, code, "cannot enter the network namespace without "
						    "CAP_SYS_ADMIN (run as root)");
		return error_set(err, code, "cannot enter the network namespace");
	}
	*visit = (struct netns_visit){ .home = home, .away = true };
	return 0;
}

int netns_leave(struct netns_visit *visit, struct error *err)
{
	if (!visit->away)
		return 0;
	if (setns(visit->home, CLONE_NEWNET) < 0)
		return error_set(err, errno, "cannot return to the network namespace");
	close(visit->home);
	*visit = (struct netns_visit){ 0 };
	return 0;
}

/* Lines of sockstat and sockstat6 that count what a protocol has in use. */
static const struct {
	const char *line;
	enum proto proto;
} sockstat_lines[] = {
	{ "TCP:", PROTO_TCP },	 { "TCP6:", PROTO_TCP },
	{ "UDP:", PROTO_UDP },	 { "UDP6:", PROTO_UDP },
	{ "UDPLITE:", PROTO_UDPLITE }, { "UDPLITE6:", PROTO_UDPLITE },
	{ "RAW:", PROTO_RAW },	 { "RAW6:", PROTO_RAW },
};

/* The number behind the word @key in @line, or 0. */
static uint64_t number_after(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static void count_line(struct netns_counts *c, const char *line)
{
	size_t i;

	if (!strncmp(line, "sockets:", strlen("sockets:")))
		c->sockets = number_after(line, " used ");
	for (i = 0; i < sizeof(sockstat_lines) / sizeof(sockstat_lines[0]); i++) {
		const char *name = sockstat_lines[i].line;

		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		c->inet[sockstat_lines[i].proto] += number_after(line, " inuse ");
		c->time_wait += number_after(line, " tw ");
	}
}

static bool count_file(struct netns_counts *c, const char *proc_root, uint32_t pid,
		       const char *name)
{
	char path[PATH_MAX], line[256];
	FILE *file;

	if (pid)
		snprintf(path, sizeof(path), "%s/%" PRIu32 "/net/%s", proc_root, pid, name);
	else
		snprintf(path, sizeof(path), "%s/thread-self/net/%s", proc_root, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		count_line(c, line);
	fclose(file);
	return true;
}

void netns_count(struct netns_counts *out, const char *proc_root, uint32_t pid)
{
	*out = (struct netns_counts){ 0 };
	if (!proc_root)
		proc_root = "/proc";
	out->known = count_file(out, proc_root, pid, "sockstat");
	/* a kernel without IPv6 has no second file */
	count_file(out, proc_root, pid, "sockstat6");
}

bool netns_may_hold(const struct netns_counts *counts, proto_set protos, state_set states)
{
	proto_set counted = 0;
	size_t i;

	if (!counts->known)
		return true;
	if (protos & PROTO_BIT(PROTO_TCP) && counts->time_wait)
		return true;
	for (i = 0; i < sizeof(sockstat_lines) / sizeof(sockstat_lines[0]); i++) {
		enum proto p = sockstat_lines[i].proto;

		if (protos & PROTO_BIT(p) && counts->inet[p])
			return true;
		counted |= PROTO_BIT(p);
	}
	/* what is only bound is in no count but that of all; other families have none */
	if (protos & ~counted || states & STATE_BIT(STATE_BOUND))
		return counts->sockets > 0;
	return false;
}
