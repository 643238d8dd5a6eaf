/* Units and containers from cgroup paths as hosts have them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "model/cgroup.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define UID_ "0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0"
#define USER "/user.slice/user-1000.slice/user@1000.service"

static const struct {
	const char *path, *unit, *slice, *runtime, *container, *pod;
} rows[] = {
	{ "", NULL, NULL, NULL, NULL, NULL },
	{ "/", NULL, NULL, NULL, NULL, NULL },
	{ "//", NULL, NULL, NULL, NULL, NULL },
	{ "/init.scope", "init.scope", NULL, NULL, NULL, NULL },
	{ "/system.slice", NULL, "system.slice", NULL, NULL, NULL },
	{ "/system.slice/nginx.service", "nginx.service", "system.slice", NULL, NULL, NULL },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service",
	  "system-getty.slice", NULL, NULL, NULL },
	{ "/system.slice/_cpu.service", "cpu.service", "system.slice", NULL, NULL, NULL },
	{ "/system.slice/dev-disk-by\\x2duuid.swap", "dev-disk-by\\x2duuid.swap", "system.slice",
	  NULL, NULL, NULL },
	{ "/system.slice/ssh.socket", "ssh.socket", "system.slice", NULL, NULL, NULL },
	{ "/system.slice/containerd.service", "containerd.service", "system.slice", NULL, NULL,
	  NULL },
	{ "/user.slice/user-1000.slice/session-2.scope", "session-2.scope", "user-1000.slice", NULL,
	  NULL, NULL },
	{ USER "/init.scope", "init.scope", "user-1000.slice", NULL, NULL, NULL },
	{ USER "/app.slice/app-gnome-firefox-4242.scope", "app-gnome-firefox-4242.scope",
	  "app.slice", NULL, NULL, NULL },
	{ USER "/app.slice/snap.firefox.firefox-" UID ".scope",
	  "snap.firefox.firefox-" UID ".scope", "app.slice", NULL, NULL, NULL },
	/* docker: systemd driver, cgroupfs driver, rootless, in docker, systemd inside */
	{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "system.slice", "docker", ID,
	  NULL },
	{ "/docker/" ID, NULL, NULL, "docker", ID, NULL },
	{ "/docker/" ID "/docker/" ID2, NULL, NULL, "docker", ID2, NULL },
	{ "/docker/buildkit", NULL, NULL, NULL, NULL, NULL },
	{ USER "/user.slice/docker-" ID ".scope", "docker-" ID ".scope", "user.slice", "docker", ID,
	  NULL },
	{ "/system.slice/docker-" ID ".scope/system.slice/nginx.service", "nginx.service",
	  "system.slice", "docker", ID, NULL },
	{ "/system.slice/docker-volume.service", "docker-volume.service", "system.slice", NULL,
	  NULL, NULL },
	{ "/../../docker/" ID, NULL, NULL, "docker", ID, NULL },
	/* podman: rootful, rootless, as a unit, its monitor */
	{ "/machine.slice/libpod-" ID ".scope", "libpod-" ID ".scope", "machine.slice", "podman",
	  ID, NULL },
	{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "machine.slice",
	  "podman", ID, NULL },
	{ USER "/user.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "user.slice",
	  "podman", ID, NULL },
	{ "/system.slice/web.service/libpod-payload-" ID, "web.service", "system.slice", "podman",
	  ID, NULL },
	{ "/libpod_parent/libpod-" ID, NULL, NULL, "podman", ID, NULL },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope",
	  "machine.slice", NULL, NULL, NULL },
	/* Kubernetes: both drivers, each runtime, the qualities of service */
	{ "/kubepods/besteffort/pod" UID "/" ID, NULL, NULL, "kubernetes", ID, UID },
	{ "/kubepods/pod" UID "/" ID, NULL, NULL, "kubernetes", ID, UID },
	{ "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID, NULL, NULL, "kubernetes",
	  ID, "0123456789abcdef0123456789abcdef" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  "cri-containerd-" ID ".scope", "kubepods-burstable-pod" UID_ ".slice", "containerd", ID,
	  UID_ },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope", "crio-" ID ".scope",
	  "kubepods-pod" UID_ ".slice", "cri-o", ID, UID_ },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-conmon-" ID ".scope",
	  "crio-conmon-" ID ".scope", "kubepods-pod" UID_ ".slice", NULL, NULL, UID_ },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_
	  ".slice/docker-" ID ".scope",
	  "docker-" ID ".scope", "kubepods-besteffort-pod" UID_ ".slice", "docker", ID, UID_ },
	{ "/system.slice/docker-" ID2 ".scope/kubelet.slice/kubelet-kubepods.slice/"
	  "kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  "cri-containerd-" ID ".scope", "kubelet-kubepods-burstable-pod" UID_ ".slice",
	  "containerd", ID, UID_ },
	{ "/k8s.io/" ID, NULL, NULL, "containerd", ID, NULL },
	{ "/system.slice/nerdctl-" ID ".scope", "nerdctl-" ID ".scope", "system.slice",
	  "containerd", ID, NULL },
	{ "/default/" ID, NULL, NULL, "container", ID, NULL },
	{ "/ecs/0123456789abcdef0123456789abcdef/" ID, NULL, NULL, "container", ID, NULL },
	/* LXC, LXD, Incus, Proxmox; with a unit inside */
	{ "/lxc.payload.web", NULL, NULL, "lxc", "web", NULL },
	{ "/lxc.payload.web/system.slice/nginx.service", "nginx.service", "system.slice", "lxc",
	  "web", NULL },
	{ "/lxc.payload/web", NULL, NULL, "lxc", "web", NULL },
	{ "/lxc/101/ns/init.scope", "init.scope", NULL, "lxc", "101", NULL },
	{ "/lxc.monitor.web", NULL, NULL, NULL, NULL, NULL },
	/* machines */
	{ "/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn@web.service",
	  "machine.slice", "nspawn", "web", NULL },
	{ "/machine.slice/machine-qemu\\x2d1\\x2ddb.scope/libvirt/emulator",
	  "machine-qemu\\x2d1\\x2ddb.scope", "machine.slice", "machine", "qemu\\x2d1\\x2ddb",
	  NULL },
	/* hostile */
	{ "/.service", NULL, NULL, NULL, NULL, NULL },
	{ "/docker-.scope", "docker-.scope", NULL, NULL, NULL, NULL },
	{ "/a/pod" UID, NULL, NULL, NULL, NULL, NULL },
	{ "/\033[31m/x.service", "x.service", NULL, NULL, NULL, NULL },
};

static void check(const char *path, const char *what, struct cgroup_part got, const char *wanted)
{
	size_t len = wanted ? strlen(wanted) : 0;

	if (!got.text != !wanted || got.len != len || (len && memcmp(got.text, wanted, len) != 0))
		fail_msg("'%s': %s is '%.*s', not '%s'", path, what, (int)got.len,
			 got.text ? got.text : "", wanted ? wanted : "(none)");
}

static void test_paths(void **state)
{
	struct cgroup_names n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cgroup_parse(rows[i].path, strlen(rows[i].path), &n);
		check(rows[i].path, "unit", n.unit, rows[i].unit);
		check(rows[i].path, "slice", n.slice, rows[i].slice);
		check(rows[i].path, "container", n.container, rows[i].container);
		check(rows[i].path, "pod", n.pod, rows[i].pod);
		if (!rows[i].runtime)
			assert_null(n.runtime);
		else
			assert_string_equal(n.runtime, rows[i].runtime);
	}
}

static void test_not_terminated(void **state)
{
	const char path[] = "/system.slice/nginx.service-and-more";
	struct cgroup_names n;

	(void)state;
	cgroup_parse(path, strlen("/system.slice/nginx.service"), &n);
	check(path, "unit", n.unit, "nginx.service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_not_terminated),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
