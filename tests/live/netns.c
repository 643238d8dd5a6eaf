/*
 * Entering a fresh network namespace, see netns.h.
 */
#include "config.h"

#include "live/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int write_file(const char *path, const char *text)
{
	const size_t length = strlen(text);
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, length);
	close(fd);
	if (written == (ssize_t)length)
		return 0;
	if (written >= 0)
		errno = EIO;
	return -1;
}

/* A process may map only itself, and the group only once setgroups is denied. */
static int map_to_root(uid_t uid, gid_t gid)
{
	char line[64];

	if (write_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		return -1;
	snprintf(line, sizeof(line), "0 %u 1", (unsigned int)uid);
	if (write_file("/proc/self/uid_map", line) < 0)
		return -1;
	snprintf(line, sizeof(line), "0 %u 1", (unsigned int)gid);
	return write_file("/proc/self/gid_map", line);
}

/* By a socket that no event tells of: those of UDP are freed, and told of, some time later. */
static int bring_up_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

	if (fd < 0)
		return -1;
	result = ioctl(fd, SIOCGIFFLAGS, &request);
	if (result == 0) {
		request.ifr_flags |= IFF_UP;
		result = ioctl(fd, SIOCSIFFLAGS, &request);
	}
	close(fd);
	return result;
}

int netns_enter_new(const char **what)
{
	const uid_t uid = geteuid();
	const gid_t gid = getegid();

	/* Root inside a container may lack CAP_SYS_ADMIN: then try as a user. */
	if (uid != 0 || unshare(CLONE_NEWNET) < 0) {
		*what = "cannot make a user and network namespace";
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			return -1;
		*what = "cannot map the user in the new namespace";
		if (map_to_root(uid, gid) < 0)
			return -1;
	}
	*what = "cannot bring up lo in the new namespace";
	return bring_up_loopback();
}

int netns_sysctl(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	return write_file(path, value);
}

unsigned long netns_raise_nofile(unsigned long wanted)
{
	struct rlimit limit = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	if (limit.rlim_max < wanted) {
		const struct rlimit raised = { wanted, wanted };

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			return wanted;
	}
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max;
}
