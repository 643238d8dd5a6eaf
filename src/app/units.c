/* What the control group of a socket is called: see units.h. */
#include "config.h"

#include "app/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "collect/cgroups.h"
#include "model/cgroup.h"

enum part { PART_UNIT, PART_SLICE, PART_CONTAINER, PART_POD, PART_COUNT };

struct units {
	struct cgroups *cgroups;
	uint64_t id;	  /* of the texts below: sockets of one group come in runs */
	const char *path; /* NULL: not known */
	struct buffer text;
	const char *part[PART_COUNT]; /* into text, or NULL */
};

struct units *units_open(const char *proc_root, struct error *err)
{
	struct units *u = calloc(1, sizeof(*u));

	if (!u) {
		error_set(err, ENOMEM, "cannot look up control groups");
		return NULL;
	}
	buffer_init(&u->text, -1);
	u->cgroups = cgroups_open(proc_root, err);
	if (u->cgroups)
		return u;
	units_close(u);
	return NULL;
}

void units_close(struct units *u)
{
	if (!u)
		return;
	cgroups_close(u->cgroups);
	buffer_fini(&u->text);
	free(u);
}

void units_refresh(struct units *u)
{
	cgroups_refresh(u->cgroups);
	u->id = 0;
}

/* Pointers come last: the buffer moves while it grows. */
static void take_apart(struct units *u)
{
	struct cgroup_names names;
	const struct cgroup_part *const parts[PART_COUNT] = {
		[PART_UNIT] = &names.unit,
		[PART_SLICE] = &names.slice,
		[PART_CONTAINER] = &names.container,
		[PART_POD] = &names.pod,
	};
	size_t at = 0;

	cgroup_parse(u->path, strlen(u->path), &names);
	u->text.used = 0;
	for (size_t i = 0; i < PART_COUNT; i++) {
		buffer_put(&u->text, parts[i]->text ? parts[i]->text : "", parts[i]->len);
		buffer_putc(&u->text, '\0');
	}
	if (u->text.error)
		return;
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (parts[i]->text)
			u->part[i] = u->text.data + at;
		at += parts[i]->len + 1;
	}
}

static void look_up(struct units *u, uint64_t id)
{
	memset(u->part, 0, sizeof(u->part));
	u->id = id;
	u->path = cgroups_path(u->cgroups, id);
	if (u->path)
		take_apart(u);
}

void units_complete(struct units *u, struct row *row)
{
	const struct sock *sk = row->sock;

	if (!(sk->has & SOCK_HAS_CGROUP) || !sk->cgroup_id)
		return;
	if (sk->cgroup_id != u->id)
		look_up(u, sk->cgroup_id);
	row->cgroup_path = u->path;
	row->unit = u->part[PART_UNIT];
	row->slice = u->part[PART_SLICE];
	row->container = u->part[PART_CONTAINER];
	row->pod = u->part[PART_POD];
}
