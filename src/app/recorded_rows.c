/* What a recording knows beyond the sockets: see recorded_rows.h. */
#include "config.h"

#include "app/recorded_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/owner_text.h"
#include "base/arena.h"
#include "base/hash.h"
#include "model/listeners.h"
#include "ui/ui.h"

#define BUCKETS_MIN 1024

struct entry {
	struct row_id id;
	uint64_t number;
	struct owners owners;
	const char *owner_reason;
	const char *cgroup_path;
	const char *unit;
	const char *container;
	const char *netns_name;
	size_t next; /* in its bucket: its place plus 1, or 0 */
	uint8_t proto;
};

struct recorded_rows {
	struct arena texts;
	struct entry *entries;
	size_t count;
	size_t capacity;
	size_t *buckets; /* as many as there is room for entries: a power of 2 */
	struct listeners *listeners;
	struct buffer process; /* of the row completed last */
	struct buffer why;
};

struct recorded_rows *recorded_rows_new(void)
{
	struct recorded_rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	buffer_init(&r->process, -1);
	buffer_init(&r->why, -1);
	r->listeners = listeners_new();
	if (r->listeners)
		return r;
	recorded_rows_free(r);
	return NULL;
}

void recorded_rows_free(struct recorded_rows *r)
{
	if (!r)
		return;
	arena_fini(&r->texts);
	free(r->entries);
	free(r->buckets);
	listeners_free(r->listeners);
	buffer_fini(&r->process);
	buffer_fini(&r->why);
	free(r);
}

void recorded_rows_reset(struct recorded_rows *r)
{
	arena_reset(&r->texts);
	listeners_reset(r->listeners);
	r->count = 0;
	if (r->buckets)
		memset(r->buckets, 0, r->capacity * sizeof(*r->buckets));
}

static uint64_t hash_end(uint64_t hash, const struct endpoint *e)
{
	return hash_word(hash_bytes(hash, e->bytes, sizeof(e->bytes)),
			 (uint64_t)e->port << 8 | e->family);
}

static size_t *bucket_of(const struct recorded_rows *r, const struct row_id *id)
{
	uint64_t hash = hash_word(id->cookie ^ id->inode, id->netns);

	hash = hash_end(hash_end(hash, &id->local), &id->peer);
	return &r->buckets[hash & (r->capacity - 1)];
}

static void link_entry(struct recorded_rows *r, size_t i)
{
	size_t *bucket = bucket_of(r, &r->entries[i].id);

	r->entries[i].next = *bucket;
	*bucket = i + 1;
}

static int grow(struct recorded_rows *r)
{
	size_t capacity = r->capacity ? r->capacity * 2 : BUCKETS_MIN;
	struct entry *entries = reallocarray(r->entries, capacity, sizeof(*entries));
	size_t *buckets;

	if (!entries)
		return -1;
	r->entries = entries;
	buckets = calloc(capacity, sizeof(*buckets));
	if (!buckets)
		return -1;
	free(r->buckets);
	r->buckets = buckets;
	r->capacity = capacity;
	for (size_t i = 0; i < r->count; i++)
		link_entry(r, i);
	return 0;
}

/* A copy of @text; what cannot be copied is not known. */
static const char *keep(struct recorded_rows *r, const char *text)
{
	return text ? arena_strndup(&r->texts, text, strlen(text)) : NULL;
}

static int keep_owners(struct recorded_rows *r, struct owners *out, const struct owners *from)
{
	struct owner *list;

	*out = (struct owners){ .reason = from->reason };
	if (!from->count)
		return 0;
	list = arena_alloc(&r->texts, from->count * sizeof(*list));
	if (!list)
		return -1;
	for (size_t i = 0; i < from->count; i++) {
		list[i] = from->list[i];
		list[i].command = keep(r, from->list[i].command);
		list[i].command_line = keep(r, from->list[i].command_line);
	}
	out->count = from->count;
	out->list = list;
	return 0;
}

int recorded_rows_add(struct recorded_rows *r, const struct recorded_sock *what,
		      struct error *err)
{
	struct entry *e;

	if (r->count == r->capacity && grow(r))
		return error_set(err, ENOMEM, "cannot keep what is recorded of sockets");
	e = &r->entries[r->count];
	*e = (struct entry){
		.id = row_id_of(&what->sock),
		.proto = what->sock.proto,
		.number = what->id,
		.owner_reason = keep(r, what->owner_reason),
		.cgroup_path = keep(r, what->cgroup_path),
		.unit = keep(r, what->unit),
		.container = keep(r, what->container),
		.netns_name = keep(r, what->netns_name),
	};
	if (keep_owners(r, &e->owners, &what->owners))
		return error_set(err, ENOMEM, "cannot keep what is recorded of sockets");
	link_entry(r, r->count++);
	return listeners_add(r->listeners, &what->sock, &e->owners, err);
}

static const struct entry *find(const struct recorded_rows *r, const struct sock *sk)
{
	const struct row_id id = row_id_of(sk);
	size_t place = r->count ? *bucket_of(r, &id) : 0;

	while (place) {
		const struct entry *e = &r->entries[place - 1];

		if (e->proto == sk->proto && row_id_equal(&e->id, &id))
			return e;
		place = e->next;
	}
	return NULL;
}

uint64_t recorded_rows_id(const struct recorded_rows *r, const struct sock *sk)
{
	const struct entry *e = find(r, sk);

	return e ? e->number : 0;
}

/* Without a listener nothing is said: which ports the kernel chose there is not recorded. */
static const char *direction_of(const struct row *row)
{
	const struct sock *sk = row->sock;

	if (sk->state == STATE_LISTEN)
		return "listen";
	if (sk->proto != PROTO_TCP || !sk->peer.port)
		return NULL;
	if (sk->state == STATE_SYN_SENT)
		return "out";
	return row->listener || sk->kind == SOCK_REQUEST ? "in" : NULL;
}

void recorded_rows_complete(void *context, struct row *row)
{
	struct recorded_rows *r = context;
	const struct entry *e = find(r, row->sock);

	if (row->sock->peer.port && row->sock->state != STATE_SYN_SENT)
		row->listener = listeners_end(r->listeners, row->sock);
	row->direction = direction_of(row);
	if (!e)
		return;
	row->owners = &e->owners;
	owner_text(row, &r->process, &r->why);
	if (e->owners.reason == OWNER_NOT_LOOKED_UP && e->owner_reason)
		row->process_why = e->owner_reason;
	row->cgroup_path = e->cgroup_path;
	row->unit = e->unit;
	row->container = e->container;
	row->netns_name = e->netns_name;
}
