/*
 * Rows that many sockets of a recording share: processes, control groups, namespaces.
 * Each is read once.  For recording*.c only.
 */
#ifndef STORE_RECORDING_SHARED_H
#define STORE_RECORDING_SHARED_H

#include "base/arena.h"
#include "base/intern.h"
#include "model/owner.h"
#include "store/recording_db.h"

struct shared_cgroup {
	bool known; /* .number is */
	uint64_t number;
	const char *path;
	const char *unit;
	const char *container;
};

struct shared_netns {
	uint64_t inode;
	const char *name;
};

/*
 * For as long as one moment of writing is read: numbers of rows are used again later.  A
 * zero-filled one is a valid empty one.
 */
struct shared {
	struct arena texts;
	struct intern keys;
	void **rows; /* by the number of the key; NULL: there is no such row */
	size_t room;
};

void shared_fini(struct shared *shared);

/*
 * The row number @id into @out, NULL where there is none: valid until shared_fini().  0,
 * or -1 with @err set.  Of an owner the descriptor is left out.
 */
int shared_process(struct shared *shared, struct recording *r, int64_t id,
		   const struct owner **out, struct error *err);
int shared_cgroup(struct shared *shared, struct recording *r, int64_t id,
		  const struct shared_cgroup **out, struct error *err);
int shared_netns(struct shared *shared, struct recording *r, int64_t id,
		 const struct shared_netns **out, struct error *err);

#endif
