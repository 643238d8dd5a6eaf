/* Rows that sockets share: see recording_shared.h. */
#include "config.h"

#include "store/recording_shared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void shared_fini(struct shared *shared)
{
	arena_fini(&shared->texts);
	intern_fini(&shared->keys);
	free(shared->rows);
}

static const char *keep_text(struct shared *shared, sqlite3_stmt *s, int column)
{
	const char *text = recording_text(s, column);

	return text ? arena_strndup(&shared->texts, text, strlen(text)) : NULL;
}

static void *make_process(struct shared *shared, sqlite3_stmt *s)
{
	struct owner *process = arena_alloc(&shared->texts, sizeof(*process));

	if (process)
		*process = (struct owner){
			.pid = (uint32_t)recording_u64(s, 0),
			.fd = -1,
			.start_time = recording_u64(s, 1),
			.command = keep_text(shared, s, 2),
			.command_line = keep_text(shared, s, 3),
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
			.path = keep_text(shared, s, 1),
			.unit = keep_text(shared, s, 2),
			.container = keep_text(shared, s, 3),
		};
	return cgroup;
}

static void *make_netns(struct shared *shared, sqlite3_stmt *s)
{
	struct shared_netns *netns = arena_alloc(&shared->texts, sizeof(*netns));

	if (netns)
		*netns = (struct shared_netns){
			.inode = recording_u64(s, 0),
			.name = keep_text(shared, s, 1),
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
	size_t room = shared->room ? 2 * shared->room : 64;
	void **rows = reallocarray(shared->rows, room, sizeof(*rows));

	if (!rows)
		return out_of_memory(r, err);
	shared->rows = rows;
	shared->room = room;
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
	if (!s || (shared->keys.count == shared->room && grow(shared, r, err)))
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
