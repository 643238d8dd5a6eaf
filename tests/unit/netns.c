/*
 * Network namespaces: found in a made-up /proc, and one of this test's own that
 * is entered and left.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/netns.h"
#include "fake_proc.h"

static void add_process(const char *root, uint32_t pid, const char *command, const char *netns,
			const char *cgroup)
{
	char name[64];

	fake_process(root, &(struct fake_process){ .pid = pid, .command = command });
	snprintf(name, sizeof(name), "%u/ns/net", pid);
	fake_link(root, name, netns);
	snprintf(name, sizeof(name), "%u/cgroup", pid);
	fake_text(root, name, cgroup);
}

static void test_found(void **state)
{
	struct netns_list *l = netns_list_new();
	const struct netns *ns;
	char root[64];
	size_t count;

	(void)state;
	fake_tree_new(root);
	fake_link(root, "self/ns/net", "net:[4026531840]");
	add_process(root, 1, "systemd", "net:[4026531840]", "0::/init.scope\n");
	add_process(root, 900, "nginx", "net:[4026530000]",
		    "0::/system.slice/docker-0123456789ab.scope\n");
	add_process(root, 801, "sh", "net:[4026530000]", "5:memory:/x\n0::/lxc.payload.web\n");
	add_process(root, 950, "old", "net:[4026539999]",
		    "3:cpu:/\n1:name=systemd:/system.slice/old.service\n0::/\n");
	add_process(root, 951, "odd", "mnt:[4026530001]", "nonsense\n::\n");
	fake_text(root, "952/stat", "no namespace at all");
	fake_text(root, "self/mountinfo",
		  "70 1 0:4 net:[4026539998] /run/netns/bl\\040ue rw shared:3 - nsfs nsfs rw\n"
		  "71 1 0:4 net:[4026530000] /run/docker/netns/0a1b2c rw - nsfs nsfs rw\n"
		  "72 1 0:4 net:[4026530000] /run/netns/second rw - nsfs nsfs rw\n"
		  "73 1 0:4 mnt:[4026530002] /run/snapd/ns/x.mnt rw - nsfs nsfs rw\n");
	assert_int_equal(netns_list_read(l, root, NULL), 0);
	ns = netns_list_items(l, &count);
	assert_int_equal(count, 4);
	assert_true(ns[0].own);
	assert_int_equal(ns[0].inode, 4026531840u);
	assert_int_equal(ns[0].pid, 1);
	assert_null(ns[0].name);
	assert_false(ns[1].own);
	assert_int_equal(ns[1].inode, 4026530000u);
	assert_int_equal(ns[1].processes, 2);
	assert_int_equal(ns[1].pid, 801);
	assert_string_equal(ns[1].command, "sh");
	assert_string_equal(ns[1].name, "0a1b2c");
	assert_string_equal(ns[1].cgroup, "/lxc.payload.web");
	assert_string_equal(ns[1].cgroup_names.runtime, "lxc");
	assert_string_equal(ns[2].name, "bl ue");
	assert_string_equal(ns[2].mount, "/run/netns/bl ue");
	assert_int_equal(ns[2].processes, 0);
	assert_int_equal(ns[2].pid, 0);
	assert_null(ns[2].command);
	assert_string_equal(ns[3].cgroup, "/system.slice/old.service");
	assert_int_equal(netns_list_denied(l), 0);
	/* again, with less */
	fake_tree_free(root);
	fake_text(root, "1/stat", "");
	assert_int_equal(netns_list_read(l, root, NULL), 0);
	netns_list_items(l, &count);
	assert_int_equal(count, 0);
	netns_list_free(l);
	fake_tree_free(root);
}

static void test_counts(void **state)
{
	const proto_set tcp = PROTO_BIT(PROTO_TCP), udp = PROTO_BIT(PROTO_UDP);
	const state_set open = STATE_BIT(STATE_ESTABLISHED);
	struct netns_counts c;
	char root[64];

	(void)state;
	fake_tree_new(root);
	netns_count(&c, root, 812);
	assert_false(c.known);
	assert_true(netns_may_hold(&c, tcp, open));
	fake_text(root, "812/net/sockstat",
		  "sockets: used 9\nTCP: inuse 0 orphan 3 tw 0 alloc 7 mem 1\n"
		  "UDP: inuse 2 mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 5 memory 0\n");
	netns_count(&c, root, 812);
	assert_true(c.known);
	assert_int_equal(c.sockets, 9);
	assert_int_equal(c.inet[PROTO_UDP], 2);
	assert_false(netns_may_hold(&c, tcp, open));
	assert_true(netns_may_hold(&c, tcp | udp, open));
	assert_true(netns_may_hold(&c, udp, open));
	assert_true(netns_may_hold(&c, tcp, open | STATE_BIT(STATE_BOUND)));
	assert_false(netns_may_hold(&c, PROTO_BIT(PROTO_RAW), open));
	assert_true(netns_may_hold(&c, PROTO_BIT(PROTO_UNIX), open));
	fake_text(root, "812/net/sockstat6", "TCP6: inuse 1\nUDP6: inuse 3\n");
	netns_count(&c, root, 812);
	assert_int_equal(c.inet[PROTO_TCP], 1);
	assert_int_equal(c.inet[PROTO_UDP], 5);
	assert_true(netns_may_hold(&c, tcp, open));
	fake_text(root, "thread-self/net/sockstat",
		  "sockets: used 0\nTCP: inuse 0 orphan 3 tw 4 alloc 7 mem 1\n");
	netns_count(&c, root, 0);
	assert_int_equal(c.time_wait, 4);
	assert_true(netns_may_hold(&c, tcp, open));
	assert_false(netns_may_hold(&c, udp, open));
	assert_false(netns_may_hold(&c, udp, STATE_BIT(STATE_BOUND)));
	fake_tree_free(root);
}

static void test_no_such(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(netns_open("no-such-name", &err), -1);
	assert_string_equal(err.text, "no network namespace 'no-such-name': neither a name below "
				      "/run/netns or /run/docker/netns, nor a pid, nor a path");
	assert_int_equal(netns_open("", &err), -1);
	assert_int_equal(netns_open("999999999", &err), -1);
	assert_string_equal(err.text,
			    "cannot open network namespace '999999999': No such file or directory");
	assert_int_equal(netns_open("/no/such/path", &err), -1);
	assert_string_equal(err.text,
			    "cannot open network namespace '/no/such/path': "
			    "No such file or directory");
	assert_int_equal(netns_open("/dev/null", &err), -1);
	assert_string_equal(err.text, "'/dev/null' is not a network namespace");
	assert_int_equal(netns_open("/proc/self/ns/mnt", &err), -1);
	assert_string_equal(err.text, "'/proc/self/ns/mnt' is not a network namespace");
}

/* A process in a network namespace of its own, with one socket; -1 where that is forbidden. */
static pid_t resident_start(void)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		bool moved = unshare(CLONE_NEWNET) == 0 ||
			     unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;

		if (!moved || socket(AF_INET, SOCK_DGRAM, 0) < 0)
			_exit(1);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

static uint64_t inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static struct netns entry_with(const struct netns_list *l, uint64_t inode)
{
	size_t count, i;
	const struct netns *ns = netns_list_items(l, &count);

	for (i = 0; i < count; i++) {
		if (ns[i].inode == inode)
			return ns[i];
	}
	fail_msg("namespace %llu is not in the list", (unsigned long long)inode);
	return (struct netns){ 0 };
}

static void visit(const char *which, uint64_t there, uint64_t home)
{
	struct netns_visit v = { 0 };
	struct error err = { 0 };
	struct netns_counts counts;
	int fd = netns_open(which, &err);

	assert_true(fd >= 0);
	if (netns_enter(&v, fd, &err) < 0) {
		/* without privilege in its user namespace */
		assert_int_equal(err.code, EPERM);
		assert_non_null(strstr(err.text, "CAP_SYS_ADMIN"));
		assert_false(v.away);
	} else {
		assert_int_equal(inode_of("/proc/thread-self/ns/net"), there);
		netns_count(&counts, NULL, 0);
		assert_true(counts.known);
		assert_true(counts.sockets >= 1);
	}
	assert_int_equal(netns_leave(&v, &err), 0);
	assert_int_equal(netns_leave(&v, &err), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), home);
	close(fd);
}

static void test_visit(void **state)
{
	struct netns_list *l;
	struct netns ns;
	size_t before = count_descriptors();
	uint64_t there, home = inode_of("/proc/self/ns/net");
	struct netns_counts counts;
	char path[64], number[16];
	pid_t pid = resident_start();

	(void)state;
	if (pid < 0) {
		print_message("network namespaces can't be made here\n");
		skip();
	}
	snprintf(number, sizeof(number), "%d", (int)pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	there = inode_of(path);
	l = netns_list_new();
	assert_int_equal(netns_list_read(l, NULL, NULL), 0);
	ns = entry_with(l, there);
	assert_int_equal(ns.pid, pid);
	assert_int_equal(ns.processes, 1);
	assert_false(ns.own);
	ns = entry_with(l, home);
	assert_true(ns.own);
	netns_count(&counts, NULL, (uint32_t)pid);
	assert_true(counts.known);
	assert_int_equal(counts.sockets, 1);
	assert_false(netns_may_hold(&counts, PROTO_BIT(PROTO_TCP), states_tcp()));
	visit(number, there, home);
	visit(path, there, home);
	netns_list_free(l);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* nothing is left open that would keep it */
	assert_int_equal(count_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_no_such),
		cmocka_unit_test(test_visit),
	};

	return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}
