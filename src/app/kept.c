/* Copies of recorded sockets: see kept.h. */
#include "config.h"

#include "app/kept.h"

#include <stdlib.h>
#include <string.h>

/* Counts what is needed, then hands it out. */
struct room {
	char *at; /* NULL: counting */
	size_t size;
};

static const char *keep_text(struct room *room, const char *text)
{
	size_t len = text ? strlen(text) + 1 : 0;
	char *copy = room->at;

	room->size += len;
	if (!room->at || !text)
		return NULL;
	room->at += len;
	return memcpy(copy, text, len);
}

/* Texts come last: they have no alignment. */
static void keep_texts(struct room *room, const struct recorded_sock *from,
		       struct recorded_sock *to, struct owner *owners)
{
	to->sock.interface = keep_text(room, from->sock.interface);
	to->sock.local_text = keep_text(room, from->sock.local_text);
	to->sock.peer_text = keep_text(room, from->sock.peer_text);
	to->owner_reason = keep_text(room, from->owner_reason);
	to->cgroup_path = keep_text(room, from->cgroup_path);
	to->unit = keep_text(room, from->unit);
	to->container = keep_text(room, from->container);
	to->netns_name = keep_text(room, from->netns_name);
	for (size_t i = 0; i < from->owners.count; i++) {
		const char *command = keep_text(room, from->owners.list[i].command);
		const char *line = keep_text(room, from->owners.list[i].command_line);

		if (owners) {
			owners[i].command = command;
			owners[i].command_line = line;
		}
	}
}

struct recorded_sock *kept_new(const struct recorded_sock *what)
{
	struct room room = { .at = NULL };
	struct recorded_sock scratch = *what;
	struct recorded_sock *kept;
	struct owner *owners;

	keep_texts(&room, what, &scratch, NULL);
	kept = malloc(sizeof(*kept) + what->owners.count * sizeof(*owners) + room.size);
	if (!kept)
		return NULL;
	*kept = *what;
	owners = (struct owner *)(kept + 1);
	if (what->owners.count)
		memcpy(owners, what->owners.list, what->owners.count * sizeof(*owners));
	kept->owners.list = owners;
	room.at = (char *)(owners + what->owners.count);
	keep_texts(&room, what, kept, owners);
	return kept;
}
