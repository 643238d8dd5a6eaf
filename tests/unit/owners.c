/*
 * Finding the holders of sockets: in made-up trees below /proc's rules, and with
 * processes and sockets of this test's own.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/owners.h"
#include "collect/process.h"
#include "fake_proc.h"

static struct owner_finder *finder_open(const char *root)
{
	struct error err = { 0 };
	struct owner_finder *f = owner_finder_open(root, 0, &err);

	if (!f)
		fail_msg("%s", err.text);
	return f;
}

static void find(struct owner_finder *f, const uint64_t *inodes, size_t count,
		 enum owner_search how)
{
	struct error err = { 0 };

	if (owner_finder_find(f, inodes, count, how, &err) < 0)
		fail_msg("%s", err.text);
}

static struct owners owners_of(struct owner_finder *f, uint64_t inode)
{
	struct owners o;

	assert_int_equal(owner_finder_owners(f, inode, &o, NULL), 0);
	return o;
}

/* An init process, so that nothing counts as hidden. */
static void fake_init(const char *root)
{
	fake_process(root, &(struct fake_process){ .pid = 1, .start_time = 1, .command = "init" });
}

static void test_stat_line(void **state)
{
	static const char hostile[] = "812 (a) R (b\n)) S 1 812 811 0 -1 4194304 0 0 0 0 0 0 0 0 "
				      "20 0 1 0 98765 1 2 3\n";
	static const char thread[] =
		"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 7 0\n";
	static const char *const broken[] = {
		"", "812", "812 (x", "812 (x)", "812 (x) S", "812 )x( S 1 2 3", "(x) S 1 2 3",
		"812 (x) S 1 812 811 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0", "0 (x) S 1",
	};
	struct process p = { 0 };
	size_t i;

	(void)state;
	assert_true(process_parse_stat(hostile, strlen(hostile), &p));
	assert_int_equal(p.pid, 812);
	assert_string_equal(p.command, "a) R (b\n)");
	assert_int_equal(p.parent, 1);
	assert_int_equal(p.group, 812);
	assert_int_equal(p.session, 811);
	assert_int_equal(p.start_time, 98765);
	assert_false(p.kernel_thread);
	assert_true(process_parse_stat(thread, strlen(thread), &p));
	assert_true(p.kernel_thread);
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_false(process_parse_stat(broken[i], strlen(broken[i]), &p));
}

static void test_all_holders(void **state)
{
	const uint64_t wanted[] = { 5001, 5002, 0, 5001, 1ull << 40 };
	struct owner_finder *f;
	struct owners o;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 90, .parent = 80, .start_time = 9,
						   .uid = 33, .command = "nginx",
						   .command_line = "nginx: worker -x" });
	fake_process(root, &(struct fake_process){ .pid = 80, .parent = 1, .start_time = 8,
						   .command = "nginx" });
	fake_socket(root, 80, 6, 5001);
	fake_socket(root, 90, 6, 5001);
	fake_socket(root, 90, 17, 5002);
	fake_socket(root, 90, 5, 5002);
	f = finder_open(root);
	find(f, wanted, 5, OWNERS_QUICK);
	o = owners_of(f, 5001);
	assert_int_equal(o.reason, OWNER_KNOWN);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.list[0].pid, 80);
	assert_null(o.list[0].command_line);
	assert_int_equal(o.list[1].pid, 90);
	assert_int_equal(o.list[1].fd, 6);
	assert_int_equal(o.list[1].start_time, 9);
	assert_true(o.list[1].uid_known);
	assert_int_equal(o.list[1].uid, 33);
	assert_string_equal(o.list[1].command, "nginx");
	assert_string_equal(o.list[1].command_line, "nginx: worker -x");
	o = owners_of(f, 5002);
	assert_int_equal(o.count, 2);
	assert_int_equal(o.list[0].fd, 5);
	assert_int_equal(o.list[1].fd, 17);
	assert_ptr_equal(owners_of(f, 5002).list, o.list);
	assert_int_equal(owner_finder_report(f)->wanted, 2);
	assert_int_equal(owner_finder_report(f)->found, 2);
	assert_int_equal(owners_of(f, 77).reason, OWNER_NOT_LOOKED_UP);
	assert_int_equal(owners_of(f, 0).reason, OWNER_NOT_LOOKED_UP);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_odd_entries(void **state)
{
	const uint64_t wanted[] = { 700, 12 };
	struct owner_finder *f;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	/* gone after being listed; a zombie; no sense; a kernel thread with descriptors */
	fake_text(root, "20/comm", "gone");
	fake_process(root, &(struct fake_process){ .pid = 21, .command = "zombie" });
	fake_process(root, &(struct fake_process){ .pid = 22, .command = "odd" });
	fake_text(root, "23/stat", "nonsense");
	fake_process(root, &(struct fake_process){ .pid = 24, .flags = 0x00200000,
						   .command = "kworker/0:1" });
	fake_socket(root, 24, 3, 700);
	fake_text(root, "self/stat", "not a pid");
	fake_text(root, "99999999999999999999/stat", "no pid either");
	fake_link(root, "22/fd/3", "socket:[12");
	fake_link(root, "22/fd/4", "socket:[]12]");
	fake_link(root, "22/fd/5", "pipe:[12]");
	fake_link(root, "22/fd/6x", "socket:[12]");
	fake_link(root, "22/fd/7", "socket:[4294967308]"); /* 12 beyond 32 bits */
	fake_link(root, "22/fd/8", "/tmp/a very long name of a file, longer than a socket's");
	fake_link(root, "22/fd/2147483648", "socket:[12]");
	fake_text(root, "22/fd/9", "no link at all");
	f = finder_open(root);
	find(f, wanted, 2, OWNERS_ALL);
	assert_int_equal(owners_of(f, 700).reason, OWNER_NOT_FOUND);
	assert_int_equal(owners_of(f, 12).reason, OWNER_NOT_FOUND);
	assert_int_equal(owner_finder_report(f)->processes, 3);
	assert_int_equal(owner_finder_report(f)->denied, 0);
	assert_int_equal(owner_finder_report(f)->found, 0);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_not_permitted(void **state)
{
	const uint64_t wanted[] = { 31, 32 };
	struct owner_finder *f;
	char root[64], path[96];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "mine" });
	fake_process(root, &(struct fake_process){ .pid = 40, .command = "theirs" });
	fake_process(root, &(struct fake_process){ .pid = 41, .command = "hidepid=1" });
	fake_socket(root, 30, 3, 31);
	fake_socket(root, 40, 3, 32);
	f = finder_open(root);
	chmod(root, 0755);
	snprintf(path, sizeof(path), "%s/40/fd", root);
	chmod(path, 0);
	snprintf(path, sizeof(path), "%s/41", root);
	chmod(path, 0);
	if (!geteuid())
		assert_int_equal(seteuid(65534), 0);
	find(f, wanted, 2, OWNERS_QUICK);
	if (!getuid())
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(owners_of(f, 31).reason, OWNER_KNOWN);
	assert_int_equal(owners_of(f, 32).reason, OWNER_NOT_PERMITTED);
	assert_int_equal(owner_finder_report(f)->denied, 2);
	assert_int_equal(owner_finder_report(f)->processes, 4);
	assert_false(owner_finder_report(f)->hidden);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_hidden(void **state)
{
	const uint64_t wanted[] = { 31, 32 };
	struct owner_finder *f;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "mine" });
	fake_socket(root, 30, 3, 31);
	f = finder_open(root);
	find(f, wanted, 2, OWNERS_QUICK);
	assert_true(owner_finder_report(f)->hidden);
	assert_int_equal(owners_of(f, 31).reason, OWNER_KNOWN);
	assert_int_equal(owners_of(f, 32).reason, OWNER_NOT_PERMITTED);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_pid_reused(void **state)
{
	const uint64_t wanted[] = { 31 };
	struct owner_finder *f;
	struct owners o;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .start_time = 5, .command = "old",
						   .command_line = "old" });
	fake_socket(root, 30, 3, 31);
	f = finder_open(root);
	find(f, wanted, 1, OWNERS_QUICK);
	assert_string_equal(owners_of(f, 31).list[0].command_line, "old");
	fake_process(root, &(struct fake_process){ .pid = 30, .start_time = 6, .command = "old",
						   .command_line = "new" });
	find(f, wanted, 1, OWNERS_QUICK);
	o = owners_of(f, 31);
	assert_int_equal(o.reason, OWNER_KNOWN);
	assert_int_equal(o.list[0].start_time, 6);
	assert_string_equal(o.list[0].command_line, "new");
	fake_link(root, "30/fd/3", "/dev/null");
	fake_process(root, &(struct fake_process){ .pid = 30, .start_time = 7, .command = "old" });
	find(f, wanted, 1, OWNERS_QUICK);
	assert_int_equal(owners_of(f, 31).reason, OWNER_NOT_FOUND);
	owner_finder_close(f);
	fake_tree_free(root);
}

/* Where the kernel gives no count, sockets without an owner make the processes be read again. */
static void test_cache_without_counts(void **state)
{
	const uint64_t first[] = { 31, 32 }, second[] = { 31, 32, 33 };
	struct owner_finder *f;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "server" });
	fake_socket(root, 30, 3, 31);
	fake_socket(root, 30, 4, 32);
	f = finder_open(root);
	find(f, first, 2, OWNERS_ALL);
	assert_int_equal(owner_finder_report(f)->scanned, 2);
	assert_int_equal(owner_finder_report(f)->descriptors, 4);
	find(f, first, 2, OWNERS_ALL);
	assert_int_equal(owner_finder_report(f)->scanned, 0);
	assert_int_equal(owner_finder_report(f)->descriptors, 2); /* verified */
	fake_socket(root, 30, 5, 33);
	find(f, second, 3, OWNERS_ALL);
	assert_int_equal(owners_of(f, 33).reason, OWNER_KNOWN);
	assert_int_equal(owners_of(f, 33).list[0].fd, 5);
	assert_int_equal(owners_of(f, 31).list[0].fd, 3);
	/* two verified, then what is no wanted socket: 0 of both, and 5 */
	assert_int_equal(owner_finder_report(f)->descriptors, 5);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_missing_is_looked_for_rarely(void **state)
{
	const uint64_t wanted[] = { 31, 666 };
	struct owner_finder *f;
	unsigned int searches = 0, i;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "server" });
	fake_socket(root, 30, 3, 31);
	f = finder_open(root);
	for (i = 0; i < 40; i++) {
		find(f, wanted, 2, OWNERS_QUICK);
		searches += owner_finder_report(f)->scanned > 0;
		assert_int_equal(owners_of(f, 666).reason, OWNER_NOT_FOUND);
	}
	assert_in_range(searches, 2, 7);
	fake_socket(root, 30, 4, 666);
	for (i = 0; i < 64 && owners_of(f, 666).reason != OWNER_KNOWN; i++)
		find(f, wanted, 2, OWNERS_QUICK);
	assert_int_equal(owners_of(f, 666).reason, OWNER_KNOWN);
	owner_finder_close(f);
	fake_tree_free(root);
}

static void test_no_such_root(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_null(owner_finder_open("no/such/directory", 0, &err));
	assert_string_equal(err.text, "cannot open 'no/such/directory': No such file or directory");
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static int socket_at(int fd)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(s >= 0);
	if (s != fd) {
		assert_int_equal(dup2(s, fd), fd);
		close(s);
	}
	return fd;
}

/* A child that runs @body (may be NULL), says that it is ready, and waits to be ended. */
static pid_t child_start(void (*body)(int), int argument)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (body)
			body(argument);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static bool holds(const struct owners *o, pid_t pid, int fd)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		if (o->list[i].pid == (uint32_t)pid && o->list[i].fd == fd)
			return true;
	}
	return false;
}

static void test_fork_shared(void **state)
{
	static const int numbers[] = { 9, 30, 900 };
	size_t n, i;

	(void)state;
	for (n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
		int fd = socket_at(numbers[n]);
		uint64_t wanted[] = { inode_of(fd) };
		struct owner_finder *f = finder_open(NULL);
		struct owners o;
		pid_t child[3];

		for (i = 0; i < 3; i++)
			child[i] = child_start(NULL, 0);
		find(f, wanted, 1, OWNERS_QUICK);
		o = owners_of(f, wanted[0]);
		assert_int_equal(o.count, 4);
		assert_true(holds(&o, getpid(), fd));
		assert_true(o.list[0].uid_known);
		assert_int_equal(o.list[0].uid, getuid());
		for (i = 0; i < 3; i++) {
			assert_true(holds(&o, child[i], fd));
			child_end(child[i]);
		}
		find(f, wanted, 1, OWNERS_QUICK);
		assert_int_equal(owners_of(f, wanted[0]).count, 1);
		owner_finder_close(f);
		close(fd);
	}
}

/* In a session of its own, under another number. */
static void move_to_session(int fd)
{
	setsid();
	dup2(fd, 1500);
	close(fd);
}

static void test_all_finds_the_far_one(void **state)
{
	struct rlimit limit;
	int fd = socket_at(20);
	uint64_t wanted[] = { inode_of(fd) };
	struct owner_finder *f;
	pid_t child;
	struct owners o;

	(void)state;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= 1500) {
		close(fd);
		print_message("fewer than 1500 descriptors allowed");
		skip();
	}
	f = finder_open(NULL);
	child = child_start(move_to_session, fd);
	find(f, wanted, 1, OWNERS_ALL);
	o = owners_of(f, wanted[0]);
	assert_int_equal(o.count, 2);
	assert_true(holds(&o, getpid(), fd));
	assert_true(holds(&o, child, 1500));
	child_end(child);
	owner_finder_close(f);
	close(fd);
}

static void test_new_descriptors(void **state)
{
	enum { COUNT = 400 };
	struct owner_finder *f = finder_open(NULL);
	uint64_t wanted[COUNT + 1];
	int fds[COUNT + 1], i;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		wanted[i] = inode_of(fds[i]);
	}
	find(f, wanted, COUNT, OWNERS_ALL);
	assert_int_equal(owner_finder_report(f)->found, COUNT);
	/* one more */
	fds[COUNT] = socket(AF_UNIX, SOCK_STREAM, 0);
	wanted[COUNT] = inode_of(fds[COUNT]);
	find(f, wanted, COUNT + 1, OWNERS_ALL);
	assert_int_equal(owner_finder_report(f)->found, COUNT + 1);
	assert_int_equal(owners_of(f, wanted[COUNT]).list[0].fd, fds[COUNT]);
	/* another one under the same number: the count is as before */
	close(fds[7]);
	fds[7] = socket(AF_UNIX, SOCK_STREAM, 0);
	wanted[7] = inode_of(fds[7]);
	find(f, wanted, COUNT + 1, OWNERS_ALL);
	assert_int_equal(owner_finder_report(f)->found, COUNT + 1);
	assert_int_equal(owners_of(f, wanted[7]).list[0].fd, fds[7]);
	for (i = 0; i <= COUNT; i++)
		close(fds[i]);
	owner_finder_close(f);
}

/* Of a process that changed only what is not known or not trusted is read. */
static void test_links_read(void **state)
{
	const int proc = open("/proc", O_RDONLY | O_DIRECTORY);
	struct inode_index wanted = { 0 };
	struct process_scan scan = { .root = proc, .ordered = true, .wanted = &wanted };
	struct process p = { .pid = (uint32_t)getpid() };
	int fds[3] = { socket_at(40), socket_at(41), socket_at(300) };
	const uint64_t alive[] = { inode_of(fds[0]), inode_of(fds[2]) };
	uint64_t first, others;

	(void)state;
	/* by windows: nothing is read twice */
	first = process_scan_fds(&scan, &p, 41);
	assert_int_equal(process_scan_fds(&scan, &p, 42), 1);
	assert_int_equal(p.fds[p.fds_count - 1].fd, 41);
	assert_int_equal(p.fds[p.fds_count - 1].inode, inode_of(fds[1]));
	/* there may be inherited ones; that of the listing has the lowest free number */
	others = first + process_scan_fds(&scan, &p, PROCESS_ALL_FDS) - 2;
	assert_int_equal(p.known_below, PROCESS_ALL_FDS);
	assert_int_equal(p.fds_count, others + 3);
	/* a new one */
	assert_int_equal(socket_at(302), 302);
	p.changed = true;
	assert_int_equal(process_scan_fds(&scan, &p, PROCESS_ALL_FDS), 1);
	/* vanished sockets and what is no socket are read again when asked for */
	assert_int_equal(inode_index_build(&wanted, alive, 2), 0);
	scan.trust = TRUST_WANTED;
	p.changed = true;
	assert_int_equal(process_scan_fds(&scan, &p, PROCESS_ALL_FDS), others + 2);
	scan.trust = TRUST_NOTHING;
	p.changed = true;
	assert_int_equal(process_scan_fds(&scan, &p, PROCESS_ALL_FDS), others + 4);
	process_fini(&p);
	inode_index_fini(&wanted);
	close(302);
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
	close(proc);
}

/* A holder that put something else under the number is found out, though its count stays. */
static void test_stale_holder(void **state)
{
	const uint64_t wanted[] = { 31 };
	struct owner_finder *f;
	char root[64];

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "server" });
	fake_socket(root, 30, 3, 31);
	fake_socket(root, 30, 4, 31);
	f = finder_open(root);
	find(f, wanted, 1, OWNERS_ALL);
	assert_int_equal(owners_of(f, 31).count, 2);
	fake_link(root, "30/fd/3", "/dev/null");
	find(f, wanted, 1, OWNERS_ALL);
	assert_int_equal(owners_of(f, 31).count, 1);
	assert_int_equal(owners_of(f, 31).list[0].fd, 4);
	owner_finder_close(f);
	fake_tree_free(root);
}

/* A few descriptors are verified in each pass, and all in turn. */
static void test_verified_in_turn(void **state)
{
	enum { COUNT = 300 };
	uint64_t wanted[COUNT];
	struct owner_finder *f;
	unsigned int passes = 0;
	char root[64];
	int i;

	(void)state;
	fake_tree_new(root);
	fake_init(root);
	fake_process(root, &(struct fake_process){ .pid = 30, .command = "server" });
	fake_process(root, &(struct fake_process){ .pid = 40, .command = "holder" });
	for (i = 0; i < COUNT; i++) {
		wanted[i] = 1000 + (uint64_t)i;
		fake_socket(root, 30, 10 + i, wanted[i]);
	}
	fake_socket(root, 40, 9, wanted[COUNT - 1]);
	f = finder_open(root);
	find(f, wanted, COUNT, OWNERS_ALL);
	assert_int_equal(owners_of(f, wanted[COUNT - 1]).count, 2);
	fake_link(root, "30/fd/309", "/dev/null");
	while (owners_of(f, wanted[COUNT - 1]).count == 2) {
		find(f, wanted, COUNT, OWNERS_ALL);
		assert_true(++passes <= 3);
		/* at most 128, but for the pass that finds the change */
		if (owners_of(f, wanted[COUNT - 1]).count == 2)
			assert_in_range(owner_finder_report(f)->descriptors, 1, 128);
	}
	assert_int_equal(passes, 3);
	assert_int_equal(owners_of(f, wanted[COUNT - 1]).list[0].pid, 40);
	owner_finder_close(f);
	fake_tree_free(root);
}

/* Start and end processes with sockets for ever. */
static void churn(int unused)
{
	(void)unused;
	if (fork() != 0)
		return;
	while (getppid() != 1) {
		pid_t pid = fork();

		if (!pid) {
			int i;

			for (i = 0; i < 20; i++)
				(void)!socket(AF_UNIX, SOCK_STREAM, 0);
			_exit(0);
		}
		if (waitpid(pid, NULL, 0) < 0 || getppid() == 1)
			_exit(0);
	}
	_exit(0);
}

static void test_vanishing_processes(void **state)
{
	int fd = socket_at(12), i;
	uint64_t wanted[] = { inode_of(fd), 4294967295u };
	struct owner_finder *f;
	pid_t churner = fork();

	(void)state;
	if (!churner) {
		setpgid(0, 0);
		churn(0);
		for (;;)
			pause();
	}
	f = finder_open(NULL);
	for (i = 0; i < 60; i++) {
		find(f, wanted, 2, i & 1 ? OWNERS_ALL : OWNERS_QUICK);
		assert_int_equal(owners_of(f, wanted[0]).reason, OWNER_KNOWN);
	}
	kill(-churner, SIGKILL);
	kill(churner, SIGKILL);
	waitpid(churner, NULL, 0);
	close(fd);
	owner_finder_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat_line),
		cmocka_unit_test(test_all_holders),
		cmocka_unit_test(test_odd_entries),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_pid_reused),
		cmocka_unit_test(test_cache_without_counts),
		cmocka_unit_test(test_missing_is_looked_for_rarely),
		cmocka_unit_test(test_no_such_root),
		cmocka_unit_test(test_fork_shared),
		cmocka_unit_test(test_all_finds_the_far_one),
		cmocka_unit_test(test_new_descriptors),
		cmocka_unit_test(test_links_read),
		cmocka_unit_test(test_stale_holder),
		cmocka_unit_test(test_verified_in_turn),
		cmocka_unit_test(test_vanishing_processes),
	};

	return cmocka_run_group_tests_name("owners", tests, NULL, NULL);
}
