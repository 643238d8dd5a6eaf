/* What a cgroup's path tells: see cgroup.h. */
#include "config.h"

#include "model/cgroup.h"

#include <stdbool.h>
#include <string.h>

/* Ids are 64 hexadecimal digits; some runtimes shorten them. */
#define ID_SHORTEST 12
#define ID_FULL 64

/* Components that name a container: prefix, then an id or any name. */
static const struct {
	const char *prefix;
	const char *runtime;
	bool any_name; /* what follows need not be an id */
} prefixes[] = {
	{ "docker-", "docker", false },
	{ "libpod-", "podman", false },
	{ "libpod-payload-", "podman", false },
	{ "cri-containerd-", "containerd", false },
	{ "crio-", "cri-o", false },
	{ "nerdctl-", "containerd", false },
	{ "lxc.payload.", "lxc", true },
	{ "systemd-nspawn@", "nspawn", true },
	{ "machine-", "machine", true },
};

/* Components whose child is a container. */
static const struct {
	const char *parent;
	const char *runtime;
	bool any_name;
} parents[] = {
	{ "docker", "docker", false },
	{ "libpod_parent", "podman", false },
	{ "k8s.io", "containerd", false },
	{ "lxc", "lxc", true },
	{ "lxc.payload", "lxc", true },
};

static const char *const unit_suffixes[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

static bool equals(struct cgroup_part p, const char *text)
{
	return p.len == strlen(text) && !memcmp(p.text, text, p.len);
}

static bool starts_with(struct cgroup_part p, const char *prefix)
{
	size_t len = strlen(prefix);

	return p.len > len && !memcmp(p.text, prefix, len);
}

static bool ends_with(struct cgroup_part p, const char *suffix)
{
	size_t len = strlen(suffix);

	return p.len > len && !memcmp(p.text + p.len - len, suffix, len);
}

static struct cgroup_part after(struct cgroup_part p, size_t count)
{
	return (struct cgroup_part){ p.text + count, p.len - count };
}

static bool is_unit(struct cgroup_part p)
{
	size_t i;

	for (i = 0; i < sizeof(unit_suffixes) / sizeof(unit_suffixes[0]); i++) {
		if (ends_with(p, unit_suffixes[i]))
			return true;
	}
	return false;
}

/* Without ".scope" or ".service". */
static struct cgroup_part stem(struct cgroup_part p)
{
	if (ends_with(p, ".scope"))
		p.len -= strlen(".scope");
	else if (ends_with(p, ".service"))
		p.len -= strlen(".service");
	return p;
}

static bool is_id(struct cgroup_part p, size_t shortest)
{
	size_t i;

	for (i = 0; i < p.len; i++) {
		if (!memchr("0123456789abcdef", p.text[i], 16))
			return false;
	}
	return p.len >= shortest && p.len <= ID_FULL;
}

/* "kubepods-burstable-pod0f1e....slice", or "pod0f1e..." below kubepods. */
static void note_pod(struct cgroup_names *n, struct cgroup_part p, bool below_kubepods)
{
	static const char mark[] = "-pod";
	const char *at;

	if (ends_with(p, ".slice")) {
		p.len -= strlen(".slice");
		at = memmem(p.text, p.len, "kubepods", strlen("kubepods")) ?
			     memmem(p.text, p.len, mark, strlen(mark)) :
			     NULL;
		/* "kubepods-pod..." holds the mark once, at the uid: the uid itself has no 'p' */
		if (at)
			n->pod = after(p, (size_t)(at - p.text) + strlen(mark));
	} else if (below_kubepods && starts_with(p, "pod")) {
		n->pod = after(p, strlen("pod"));
	}
}

/* The container that component @p names by itself. */
static bool note_prefixed(struct cgroup_names *n, struct cgroup_part p)
{
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct cgroup_part name;

		if (!starts_with(p, prefixes[i].prefix))
			continue;
		name = stem(after(p, strlen(prefixes[i].prefix)));
		if (!prefixes[i].any_name && !is_id(name, ID_SHORTEST))
			continue;
		n->container = name;
		n->runtime = prefixes[i].runtime;
		return true;
	}
	return false;
}

/* The container that component @p is as the child of @parent. */
static void note_child(struct cgroup_names *n, struct cgroup_part p, struct cgroup_part parent)
{
	size_t i;

	for (i = 0; parent.text && i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (!equals(parent, parents[i].parent))
			continue;
		if (!parents[i].any_name && !is_id(p, ID_SHORTEST))
			continue;
		n->container = p;
		n->runtime = parents[i].runtime;
		return;
	}
	/* nothing but containers has such names */
	if (is_id(p, ID_FULL)) {
		n->container = p;
		n->runtime = n->pod.text ? "kubernetes" : "container";
	}
}

static void note_unit(struct cgroup_names *n, struct cgroup_part p, struct cgroup_part *slice)
{
	if (ends_with(p, ".slice")) {
		*slice = p;
	} else if (is_unit(p)) {
		/* systemd writes an underscore before names that cgroupfs reserves */
		n->unit = p.text[0] == '_' ? after(p, 1) : p;
		n->slice = *slice;
	}
}

void cgroup_parse(const char *path, size_t len, struct cgroup_names *out)
{
	struct cgroup_part parent = { 0 }, slice = { 0 };
	bool below_kubepods = false;
	const char *end = path + len;

	*out = (struct cgroup_names){ 0 };
	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		struct cgroup_part p = { path, (size_t)((slash ? slash : end) - path) };

		path += p.len + 1;
		/* a path above the root of a cgroup namespace begins with /.. */
		if (!p.len || equals(p, ".."))
			continue;
		note_pod(out, p, below_kubepods);
		if (!note_prefixed(out, p))
			note_child(out, p, parent);
		note_unit(out, p, &slice);
		below_kubepods |= equals(p, "kubepods");
		parent = p;
	}
	if (!out->unit.text)
		out->slice = slice;
}
