/* Names of user ids: see users.h. */
#include "config.h"

#include "app/users.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"

struct user {
	uint32_t uid;
	const char *name; /* NULL: it has none */
};

struct users {
	struct arena names;
	struct user *list;
	size_t count;
	size_t capacity;
	size_t latest; /* sockets of one user come in runs */
};

struct users *users_new(void)
{
	struct users *u = calloc(1, sizeof(*u));

	if (u)
		u->names.block_bytes = 4096;
	return u;
}

void users_free(struct users *u)
{
	if (!u)
		return;
	arena_fini(&u->names);
	free(u->list);
	free(u);
}

static const char *ask(struct users *u, uint32_t uid)
{
	const struct passwd *entry = getpwuid(uid);

	return entry ? arena_strndup(&u->names, entry->pw_name, strlen(entry->pw_name)) : NULL;
}

const char *users_name(struct users *u, uint32_t uid)
{
	struct user *list;

	if (u->count && u->list[u->latest].uid == uid)
		return u->list[u->latest].name;
	for (size_t i = 0; i < u->count; i++) {
		if (u->list[i].uid == uid) {
			u->latest = i;
			return u->list[i].name;
		}
	}
	list = array_room(u->list, &u->capacity, u->count, 16, sizeof(*list));
	if (!list)
		return NULL;
	u->list = list;
	u->latest = u->count++;
	u->list[u->latest] = (struct user){ uid, ask(u, uid) };
	return u->list[u->latest].name;
}
