/* Cgroup ids to paths: in a made-up hierarchy and in the kernel's. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/cgroups.h"
#include "collect/mountinfo.h"
#include "fake_proc.h"

static uint64_t id_of(const char *root, const char *name)
{
	char path[600];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void test_walk(void **state)
{
	char root[64], here[256], text[1024];
	struct cgroups *c;
	uint64_t late;

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	fake_tree_new(root);
	fake_text(root, "cg roup/system.slice/nginx.service/cgroup.procs", "");
	fake_text(root, "cg roup/cgroup.procs", "");
	snprintf(text, sizeof(text),
		 "30 1 0:9 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu\n"
		 "short line\n"
		 "31 1 0:1 / /no/such/directory rw shared:1 - cgroup2 cgroup2 rw\n"
		 "32 1 0:2 / %s/%s/cg\\040roup rw shared:1 master:2 - cgroup2 cgroup2 rw\n",
		 here, root);
	fake_text(root, "self/mountinfo", text);
	c = cgroups_open(root, NULL);
	assert_non_null(c);
	assert_string_equal(cgroups_path(c, id_of(root, "cg roup")), "/");
	assert_string_equal(cgroups_path(c, id_of(root, "cg roup/system.slice/nginx.service")),
			    "/system.slice/nginx.service");
	assert_null(cgroups_path(c, 0));
	assert_null(cgroups_path(c, UINT64_MAX));
	/* one that comes later is found after the next refresh, one that goes stays known */
	fake_text(root, "cg roup/late.slice/cgroup.procs", "");
	late = id_of(root, "cg roup/late.slice");
	assert_null(cgroups_path(c, late));
	cgroups_refresh(c);
	assert_string_equal(cgroups_path(c, late), "/late.slice");
	fake_tree_free(root);
	cgroups_refresh(c);
	assert_string_equal(cgroups_path(c, late), "/late.slice");
	cgroups_close(c);
}

static void test_nothing_mounted(void **state)
{
	struct cgroups *c = cgroups_open("no/such/directory", NULL);

	(void)state;
	assert_non_null(c);
	assert_null(cgroups_path(c, 1));
	cgroups_refresh(c);
	assert_null(cgroups_path(c, 1));
	cgroups_close(c);
}

static int note_point(void *context, const struct mount_entry *m)
{
	snprintf(context, 256, "%s", m->point);
	return 1;
}

static void test_kernel(void **state)
{
	char point[256] = "", path[400];
	int proc = open("/proc", O_RDONLY | O_DIRECTORY);
	struct cgroups *c;
	uint64_t id;

	(void)state;
	mountinfo_walk(proc, "cgroup2", note_point, point);
	close(proc);
	snprintf(path, sizeof(path), "%s/connstate-test-%d", point, (int)getpid());
	if (!*point || mkdir(path, 0755) < 0) {
		print_message("cannot make a cgroup below '%s'\n", point);
		skip();
	}
	id = id_of(path, ".");
	c = cgroups_open(NULL, NULL);
	assert_string_equal(cgroups_path(c, id), path + strlen(point));
	assert_string_equal(cgroups_path(c, id_of(point, ".")), "/");
	assert_int_equal(rmdir(path), 0);
	assert_string_equal(cgroups_path(c, id), path + strlen(point));
	cgroups_close(c);
	c = cgroups_open(NULL, NULL);
	assert_null(cgroups_path(c, id));
	cgroups_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_nothing_mounted),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests_name("cgroups", tests, NULL, NULL);
}
