/* Rows that sockets share: see recording_shared.h. */
#include "config.h"

#include "store/recording_shared.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

void shared_fini(struct shared *shared)
{
	arena_fini(&shared->texts);
	intern_fini(&shared->keys);
	free(shared->rows);
}

static void *make_process(struct shared *shared, sqlite3_stmt *s)
{
	struct owner *process = arena_alloc(&shared->texts, sizeof(*process));

	if (process)
		*process = (struct owner){
			.pid = (uint32_t)recording_u64(s, 0),
			.fd = -1,
			.start_time = recording_u64(s, 1),
			.command = recording_keep_text(&shared->texts, s, 2),
			.command_line = recording_keep_text(&shared->texts, s, 3),
			.uid = (uint32_t)recording_u64(s, 4),
			.uid_known = sqlite.column_type(s, 4) != SQLITE_NULL,
		};
	return process;
}

static void *make_cgroup(struct shared *shared, sqlite3_stmt *s)
{
	struct shared_cgroup *cgroup = arena_alloc(&shared->texts, sizeof(*cgroup));

	if (cgroup)
		*cgroup = (struct shared_cgroup){
			.known = sqlite.column_type(s, 0) != SQLITE_NULL,
			.number = (uint64_t)sqlite.column_int64(s, 0),
			.path = recording_keep_text(&shared->texts, s, 1),
			.unit = recording_keep_text(&shared->texts, s, 2),
			.container = recording_keep_text(&shared->texts, s, 3),
		};
	return cgroup;
}

static void *make_netns(struct shared *shared, sqlite3_stmt *s)
{
	struct shared_netns *netns = arena_alloc(&shared->texts, sizeof(*netns));

	if (netns)
		*netns = (struct shared_netns){
			.inode = recording_u64(s, 0),
			.name = recording_keep_text(&shared->texts, s, 1),
		};
	return netns;
}

typedef void *make_function(struct shared *shared, sqlite3_stmt *s);

static int out_of_memory(const struct recording *r, struct error *err)
{
	return error_set(err, ENOMEM, "cannot read '%s'", r->path);
}

static int grow(struct shared *shared, const struct recording *r, struct error *err)
{
	void **rows = array_room(shared->rows, &shared->room, shared->keys.count, 64,
				 sizeof(*rows));

	if (!rows)
		return out_of_memory(r, err);
	shared->rows = rows;
	return 0;
}

/* The row number @id of what @query reads, into @out. */
static int find(struct shared *shared, struct recording *r, enum recording_query query,
		make_function *make, int64_t id, void **out, struct error *err)
{
	const int64_t key[] = { query, id };
	sqlite3_stmt *s;
	uint32_t number;
	int rc;

	if (intern_find(&shared->keys, key, sizeof(key), &number)) {
		*out = shared->rows[number];
		return 0;
	}
	s = recording_ask(r, query, err);
	if (!s || grow(shared, r, err))
		return -1;
	sqlite.bind_int64(s, 1, id);
	rc = recording_step(r, s, err);
	*out = rc > 0 ? make(shared, s) : NULL;
	sqlite.reset(s);
	if (rc < 0)
		return -1;
	if ((rc && !*out) || intern_add(&shared->keys, key, sizeof(key), &number))
		return out_of_memory(r, err);
	shared->rows[number] = *out;
	return 0;
}

int shared_process(struct shared *shared, struct recording *r, int64_t id,
		   const struct owner **out, struct error *err)
{
	void *row;

	if (find(shared, r, QUERY_PROCESS, make_process, id, &row, err))
		return -1;
	*out = row;
	return 0;
}

int shared_cgroup(struct shared *shared, struct recording *r, int64_t id,
		  const struct shared_cgroup **out, struct error *err)
{
	void *row;

	if (find(shared, r, QUERY_CGROUP, make_cgroup, id, &row, err))
		return -1;
	*out = row;
	return 0;
}

int shared_netns(struct shared *shared, struct recording *r, int64_t id,
		 const struct shared_netns **out, struct error *err)
{
	void *row;

	if (find(shared, r, QUERY_NETNS, make_netns, id, &row, err))
		return -1;
	*out = row;
	return 0;
}
