/*
 * What a cgroup's path tells: systemd unit and slice, container, pod.
 *
 * Pure text.  The container runtimes known are rows of the tables in cgroup.c; to
 * add one, add its row there and a real path to tests/unit/cgroup.c.
 */
#ifndef MODEL_CGROUP_H
#define MODEL_CGROUP_H

#include <stddef.h>

/* A part of the path; text NULL: there is none. */
struct cgroup_part {
	const char *text;
	size_t len;
};

struct cgroup_names {
	struct cgroup_part unit;      /* the innermost systemd unit that is no slice */
	struct cgroup_part slice;     /* the innermost slice around it */
	struct cgroup_part container; /* the innermost container's id or name */
	struct cgroup_part pod;	      /* a Kubernetes pod's uid, with '_' or '-' as written */
	const char *runtime; /* "docker", "podman" ...; NULL without a container; lives for ever */
};

/* Take @path (of @len bytes) apart; the parts are borrowed from it. */
void cgroup_parse(const char *path, size_t len, struct cgroup_names *out);

#endif
