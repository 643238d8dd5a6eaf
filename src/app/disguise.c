/*
 * Addresses and names replaced on their way out: see disguise.h.
 *
 * Numbers that are meaningless elsewhere (pids, inodes, cookies, uids) and ports stay.
 */
#include "config.h"

#include "app/disguise.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "app/owner_text.h"
#include "base/buffer.h"
#include "model/anonymize.h"

/* The texts of a row, and the word that stands for each. */
static const struct {
	size_t offset;
	const char *kind;
} texts[] = {
	{ offsetof(struct row, user), "user" },
	{ offsetof(struct row, cgroup_path), "cgroup" },
	{ offsetof(struct row, unit), "unit" },
	{ offsetof(struct row, slice), "slice" },
	{ offsetof(struct row, container), "container" },
	{ offsetof(struct row, pod), "pod" },
	{ offsetof(struct row, netns_name), "netns" },
	{ offsetof(struct row, local_host), "host" },
	{ offsetof(struct row, peer_host), "host" },
};

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

/* The names of one owner. */
struct owner_names {
	char command[ANONYMIZED_NAME_MAX];
	char command_line[ANONYMIZED_NAME_MAX];
};

struct disguise {
	struct anonymizer anonymizer;
	struct sock sock;
	struct anonymized of_sock;
	char text[TEXT_COUNT][ANONYMIZED_NAME_MAX];
	char host[ANONYMIZED_NAME_MAX]; /* this one */
	struct listener_end listener;
	struct sock of_listener; /* its end, as that of a socket */
	struct anonymized text_of_listener;
	struct owners owners;
	struct owner *owner; /* of @owners */
	struct owner_names *names; /* of each of them */
	size_t room;
	struct buffer process;
	struct buffer why;
};

struct disguise *disguise_new(struct error *err)
{
	const char *secret = getenv("CONNSTATE_ANONYMIZE_KEY");
	struct disguise *d = calloc(1, sizeof(*d));
	char bytes[16];

	if (!d) {
		error_set(err, ENOMEM, "cannot anonymize");
		return NULL;
	}
	buffer_init(&d->process, -1);
	buffer_init(&d->why, -1);
	if (secret && *secret) {
		anonymizer_init(&d->anonymizer, secret, strlen(secret));
		return d;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		error_set(err, errno, "cannot make a random key");
		disguise_free(d);
		return NULL;
	}
	anonymizer_init(&d->anonymizer, bytes, sizeof(bytes));
	return d;
}

void disguise_free(struct disguise *d)
{
	if (!d)
		return;
	buffer_fini(&d->process);
	buffer_fini(&d->why);
	free(d->owner);
	free(d->names);
	free(d);
}

void disguise_ends(struct disguise *d, struct sock *sk)
{
	anonymize_endpoint(&d->anonymizer, &sk->local);
	anonymize_endpoint(&d->anonymizer, &sk->peer);
}

static const char *rename_to(struct disguise *d, const char *kind, const char *name, char *out)
{
	if (!name)
		return NULL;
	anonymize_name(&d->anonymizer, kind, name, strlen(name), out);
	return out;
}

const char *disguise_host(struct disguise *d, const char *host)
{
	return rename_to(d, "host", host, d->host);
}

/* Room for @count owners; without memory those that have none are left out. */
static size_t reserve_owners(struct disguise *d, size_t count)
{
	struct owner *owner;
	struct owner_names *names;

	if (count <= d->room)
		return count;
	owner = reallocarray(d->owner, count, sizeof(*owner));
	if (owner)
		d->owner = owner;
	names = reallocarray(d->names, count, sizeof(*names));
	if (names)
		d->names = names;
	if (owner && names)
		d->room = count;
	return d->room;
}

static void disguise_owners(struct disguise *d, struct row *row)
{
	d->owners = *row->owners;
	d->owners.count = reserve_owners(d, row->owners->count);
	for (size_t i = 0; i < d->owners.count; i++) {
		struct owner *o = &d->owner[i];

		*o = row->owners->list[i];
		o->command = rename_to(d, "process", o->command, d->names[i].command);
		o->command_line = rename_to(d, "arguments", o->command_line,
					    d->names[i].command_line);
	}
	d->owners.list = d->owner;
	row->owners = &d->owners;
}

static void disguise_listener(struct disguise *d, struct row *row)
{
	d->listener = *row->listener;
	d->of_listener = (struct sock){
		.proto = row->sock->proto,
		.local = d->listener.local,
		.interface = d->listener.interface,
	};
	anonymize_sock(&d->anonymizer, &d->of_listener, &d->text_of_listener);
	d->listener.local = d->of_listener.local;
	d->listener.interface = d->of_listener.interface;
	row->listener = &d->listener;
}

void disguise_row(struct disguise *d, struct row *row)
{
	d->sock = *row->sock;
	anonymize_sock(&d->anonymizer, &d->sock, &d->of_sock);
	row->sock = &d->sock;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *name;

		memcpy(&name, (const char *)row + texts[i].offset, sizeof(name));
		name = rename_to(d, texts[i].kind, name, d->text[i]);
		memcpy((char *)row + texts[i].offset, &name, sizeof(name));
	}
	if (row->listener)
		disguise_listener(d, row);
	if (!row->owners)
		return;
	disguise_owners(d, row);
	owner_text(row, &d->process, &d->why);
}
