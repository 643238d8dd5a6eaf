/*
 * The sockets of a recording, at a moment and over time: see recording.h.
 *
 * Stays are found through their level, see schema.h, then each one's socket is read.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/recording_db.h"

/* No stay of a level above this one ends before the clock does. */
#define LEVEL_MAX 44

/* A stay of a socket in a state. */
struct stay {
	int64_t socket;
	int64_t since_ms;
	int64_t until_ms; /* 0: it went on */
	enum state state;
	int level;
	int number; /* of the state, in this file */
};

/* Reads sockets one after the other; what it gives is valid until the next one. */
struct reader {
	struct recording *r;
	struct arena texts;
	struct owner *owners;
	size_t owner_room;
	struct recorded_sock out;
	recorded_sock_function *take;
	void *context;
	bool ended; /* by the one who takes */
};

static void reader_fini(struct reader *reader)
{
	arena_fini(&reader->texts);
	free(reader->owners);
}

static const char *keep_text(struct reader *reader, sqlite3_stmt *s, int column)
{
	const char *text = recording_text(s, column);

	return text ? arena_strndup(&reader->texts, text, strlen(text)) : NULL;
}

static struct endpoint read_end(sqlite3_stmt *s, int family, int address, int port)
{
	struct endpoint end = { .family = ADDR_NONE, .port = (uint16_t)recording_u64(s, port) };
	const char *text = recording_text(s, address);

	if (family == 4)
		end.family = ADDR_V4;
	else if (family == 6)
		end.family = ADDR_V6;
	else
		return end;
	if (text)
		inet_pton(family == 4 ? AF_INET : AF_INET6, text, end.bytes);
	return end;
}

static void read_ends(struct sock *sk, sqlite3_stmt *s)
{
	int family = (int)sqlite.column_int64(s, 1);

	sk->local = read_end(s, family, 2, 3);
	sk->peer = read_end(s, family, 4, 5);
	sk->interface = recording_text(s, 6);
	if (sk->local.family != ADDR_NONE)
		return;
	sk->local_text = recording_text(s, 2);
	sk->local_text_len = sk->local_text ? (uint32_t)strlen(sk->local_text) : 0;
	sk->peer_text = recording_text(s, 4);
	sk->peer_text_len = sk->peer_text ? (uint32_t)strlen(sk->peer_text) : 0;
}

/* The number of @column into @out where there is one: then @bit is set as well. */
static void read_known(struct sock *sk, sqlite3_stmt *s, int column, enum sock_has bit,
		       uint64_t *out)
{
	if (sqlite.column_type(s, column) == SQLITE_NULL)
		return;
	/* a cookie may have any bits */
	*out = (uint64_t)sqlite.column_int64(s, column);
	sk->has |= bit;
}

/* What the kernel kept of a connection in that state. */
static enum sock_kind kind_of(const struct sock *sk)
{
	if (sk->proto != PROTO_TCP || sk->has & SOCK_HAS_INODE)
		return SOCK_FULL;
	if (sk->state == STATE_SYN_RECEIVED)
		return SOCK_REQUEST;
	return sk->state == STATE_TIME_WAIT ? SOCK_MINI : SOCK_FULL;
}

static void read_sock(struct sock *sk, sqlite3_stmt *s, enum proto proto, enum state state)
{
	uint64_t uid = 0;

	*sk = (struct sock){ .proto = (uint8_t)proto, .state = (uint8_t)state };
	read_ends(sk, s);
	read_known(sk, s, 7, SOCK_HAS_COOKIE, &sk->cookie);
	read_known(sk, s, 8, SOCK_HAS_INODE, &sk->inode);
	read_known(sk, s, 9, SOCK_HAS_UID, &uid);
	read_known(sk, s, 12, SOCK_HAS_CGROUP, &sk->cgroup_id);
	sk->uid = (uint32_t)uid;
	sk->netns = recording_u64(s, 10);
	sk->kind = (uint8_t)kind_of(sk);
}

/* The queues as the last look found them. */
static void read_queues(struct sock *sk, sqlite3_stmt *s)
{
	if (sqlite.column_type(s, 20) == SQLITE_NULL)
		return;
	sk->recv_queue = (uint32_t)recording_u64(s, 20);
	sk->send_queue = (uint32_t)recording_u64(s, 21);
	sk->has |= SOCK_HAS_QUEUES;
}

static int add_owner(struct reader *reader, size_t count, sqlite3_stmt *s, struct error *err)
{
	if (count == reader->owner_room) {
		size_t room = count ? 2 * count : 16;
		struct owner *owners = reallocarray(reader->owners, room, sizeof(*owners));

		if (!owners)
			return error_set(err, ENOMEM, "cannot read '%s'", reader->r->path);
		reader->owners = owners;
		reader->owner_room = room;
	}
	reader->owners[count] = (struct owner){
		.pid = (uint32_t)recording_u64(s, 0),
		.fd = (int32_t)sqlite.column_int64(s, 1),
		.start_time = recording_u64(s, 2),
		.command = keep_text(reader, s, 3),
		.command_line = keep_text(reader, s, 4),
		.uid = (uint32_t)recording_u64(s, 5),
		.uid_known = sqlite.column_type(s, 5) != SQLITE_NULL,
	};
	return 0;
}

/* What was said instead of a holder, or of whom is named. */
static enum owner_reason reason_of(const char *text, size_t holders)
{
	for (int i = OWNER_KNOWN; text && i <= OWNER_NOT_FOUND; i++)
		if (!strcmp(owner_reason_text((enum owner_reason)i), text))
			return (enum owner_reason)i;
	return holders ? OWNER_KNOWN : OWNER_NOT_LOOKED_UP;
}

static int read_owners(struct reader *reader, int64_t socket, const char *reason,
		       struct error *err)
{
	sqlite3_stmt *s = recording_ask(reader->r, QUERY_HOLDERS, err);
	size_t count = 0;
	int rc = -1;

	if (s)
		sqlite.bind_int64(s, 1, socket);
	while (s && (rc = recording_step(reader->r, s, err)) > 0)
		if (add_owner(reader, count++, s, err))
			return -1;
	reader->out.owner_reason = reason;
	reader->out.owners = (struct owners){
		.reason = reason_of(reason, count), .count = count, .list = reader->owners,
	};
	return rc;
}

static int read_previous(struct reader *reader, const struct stay *stay, struct error *err)
{
	sqlite3_stmt *s = recording_ask(reader->r, QUERY_PREVIOUS, err);
	int rc;

	reader->out.previous = STATE_COUNT;
	if (!s)
		return -1;
	sqlite.bind_int64(s, 1, stay->socket);
	sqlite.bind_int64(s, 2, stay->since_ms);
	sqlite.bind_int(s, 3, stay->level);
	sqlite.bind_int(s, 4, stay->number);
	rc = recording_step(reader->r, s, err);
	if (rc > 0) {
		reader->out.previous = recording_state(reader->r, s, 0);
		reader->out.previous_since_ms = recording_u64(s, 1);
		sqlite.reset(s);
	}
	return rc < 0 ? -1 : 0;
}

static void read_times(struct recorded_sock *out, sqlite3_stmt *s, const struct stay *stay)
{
	out->id = (uint64_t)stay->socket;
	out->opened_ms = recording_u64(s, 17);
	out->opened_before = sqlite.column_int64(s, 18) != 0;
	out->closed_ms = recording_u64(s, 19);
	out->state_since_ms = (uint64_t)stay->since_ms;
	out->state_until_ms = (uint64_t)stay->until_ms;
	out->netns_name = recording_text(s, 11);
	out->cgroup_path = recording_text(s, 13);
	out->unit = recording_text(s, 14);
	out->container = recording_text(s, 15);
}

/*
 * Read the socket of @stay and hand it on; @at_end: as of the last poll.  What this
 * program has no name for is left out.  0, or -1 with @err set.
 */
static int read_stay(struct reader *reader, const struct stay *stay, bool at_end,
		     struct error *err)
{
	sqlite3_stmt *s = recording_ask(reader->r, QUERY_SOCKET, err);
	enum proto proto;
	int rc;

	if (!s)
		return -1;
	sqlite.bind_int64(s, 1, stay->socket);
	rc = recording_step(reader->r, s, err);
	if (rc <= 0)
		return rc;
	proto = recording_proto(reader->r, s, 0);
	if (proto == PROTO_COUNT || stay->state == STATE_COUNT)
		return 0;
	arena_reset(&reader->texts);
	reader->out = (struct recorded_sock){ .id = 0 };
	read_sock(&reader->out.sock, s, proto, stay->state);
	if (at_end && sqlite.column_type(s, 19) == SQLITE_NULL)
		read_queues(&reader->out.sock, s);
	read_times(&reader->out, s, stay);
	if (read_owners(reader, stay->socket, recording_text(s, 16), err) ||
	    read_previous(reader, stay, err))
		return -1;
	reader->ended = reader->take(reader->context, &reader->out);
	return 0;
}

static struct stay stay_of(const struct recording *r, sqlite3_stmt *s, int level)
{
	return (struct stay){
		.socket = sqlite.column_int64(s, 0),
		.since_ms = (int64_t)recording_u64(s, 1),
		.state = recording_state(r, s, 2),
		.number = (int)sqlite.column_int64(s, 2),
		.until_ms = (int64_t)recording_u64(s, 3),
		.level = level,
	};
}

struct stays {
	struct stay *list;
	size_t count;
	size_t room;
};

static int add_stay(struct stays *stays, const struct stay *stay, struct error *err)
{
	if (stays->count == stays->room) {
		size_t room = stays->room ? 2 * stays->room : 1024;
		struct stay *list = reallocarray(stays->list, room, sizeof(*list));

		if (!list)
			return error_set(err, ENOMEM, "cannot read a recording");
		stays->list = list;
		stays->room = room;
	}
	stays->list[stays->count++] = *stay;
	return 0;
}

/* By socket, and of one socket the latest first. */
static int compare_stays(const void *a, const void *b)
{
	const struct stay *x = a;
	const struct stay *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	if (x->since_ms != y->since_ms)
		return x->since_ms > y->since_ms ? -1 : 1;
	return x->number - y->number;
}

static int64_t clamp(uint64_t time_ms)
{
	return time_ms > INT64_MAX ? INT64_MAX : (int64_t)time_ms;
}

/* Those of one level that were going on at @time_ms. */
static int stab_level(struct recording *r, int level, int64_t time_ms, struct stays *out,
		      struct error *err)
{
	sqlite3_stmt *s = recording_ask(r, QUERY_STAB, err);
	int64_t since = level == LEVEL_OPEN ? -1 : time_ms - ((int64_t)1 << level);
	int rc;

	if (!s)
		return -1;
	sqlite.bind_int(s, 1, level);
	sqlite.bind_int64(s, 2, since);
	sqlite.bind_int64(s, 3, time_ms);
	while ((rc = recording_step(r, s, err)) > 0) {
		struct stay stay = stay_of(r, s, level);

		if (add_stay(out, &stay, err))
			return -1;
	}
	return rc;
}

static int stab(struct recording *r, int64_t time_ms, struct stays *out, struct error *err)
{
	/* what lasted no time at all was at no moment: level 0 is left out */
	for (int level = 1; level <= LEVEL_MAX; level++)
		if (stab_level(r, level, time_ms, out, err))
			return -1;
	if (stab_level(r, LEVEL_OPEN, time_ms, out, err))
		return -1;
	if (out->count)
		qsort(out->list, out->count, sizeof(*out->list), compare_stays);
	return 0;
}

static int read_stays(struct reader *reader, const struct stays *stays, bool at_end,
		      struct error *err)
{
	for (size_t i = 0; i < stays->count && !reader->ended; i++) {
		/* only a damaged file has a socket in two states at once */
		if (i && stays->list[i].socket == stays->list[i - 1].socket)
			continue;
		if (read_stay(reader, &stays->list[i], at_end, err))
			return -1;
	}
	return 0;
}

int recording_sockets(struct recording *r, uint64_t time_ms, recorded_sock_function *take,
		      void *context, struct error *err)
{
	struct reader reader = { .r = r, .take = take, .context = context };
	struct stays stays = { .count = 0 };
	struct recorded_poll next;
	int later = 0;
	int rc;

	if (recording_begin(r, err))
		return -1;
	rc = stab(r, clamp(time_ms), &stays, err);
	if (!rc)
		later = recording_poll_after(r, time_ms + 1, &next, err);
	if (!rc && later >= 0)
		rc = read_stays(&reader, &stays, !later, err);
	free(stays.list);
	reader_fini(&reader);
	return recording_end(r, rc || later < 0 ? -1 : 0);
}

/* The stays of each level in order, of which the earliest is the next one of all. */
struct merge {
	sqlite3_stmt *statements[LEVEL_MAX + 2];
	struct stay heads[LEVEL_MAX + 2];
	size_t count; /* of levels that have more */
};

static const char stays_of_level[] =
	"SELECT socket, since_ms, state, until_ms FROM dwell"
	" WHERE level = ?1 AND since_ms > ?2 AND since_ms <= ?3"
	" ORDER BY since_ms, socket, state";

/* Go on to the next stay of level number @i; one that has no more is left out. */
static int merge_step(struct merge *m, struct recording *r, size_t i, struct error *err)
{
	int rc = recording_step(r, m->statements[i], err);

	if (rc > 0) {
		m->heads[i] = stay_of(r, m->statements[i], m->heads[i].level);
		return 0;
	}
	sqlite.finalize(m->statements[i]);
	m->count--;
	m->statements[i] = m->statements[m->count];
	m->heads[i] = m->heads[m->count];
	return rc;
}

static int merge_add(struct merge *m, struct recording *r, int level, int64_t since_ms,
		     int64_t until_ms, struct error *err)
{
	sqlite3_stmt *s;

	if (sqlite.prepare_v2(r->db, stays_of_level, -1, &s, NULL) != SQLITE_OK)
		return recording_wrong(r, err);
	sqlite.bind_int(s, 1, level);
	sqlite.bind_int64(s, 2, since_ms);
	sqlite.bind_int64(s, 3, until_ms);
	m->statements[m->count] = s;
	m->heads[m->count].level = level;
	m->count++;
	return merge_step(m, r, m->count - 1, err);
}

static int merge_begin(struct merge *m, struct recording *r, uint64_t since_ms,
		       uint64_t until_ms, struct error *err)
{
	for (int level = 0; level <= LEVEL_MAX; level++)
		if (merge_add(m, r, level, clamp(since_ms), clamp(until_ms), err))
			return -1;
	return merge_add(m, r, LEVEL_OPEN, clamp(since_ms), clamp(until_ms), err);
}

static void merge_end(struct merge *m)
{
	for (size_t i = 0; i < m->count; i++)
		sqlite.finalize(m->statements[i]);
}

/* Of stays that begin together in one socket the shorter one was the first. */
static bool is_before(const struct stay *a, const struct stay *b)
{
	if (a->since_ms != b->since_ms)
		return a->since_ms < b->since_ms;
	if (a->socket != b->socket)
		return a->socket < b->socket;
	return a->level < b->level;
}

static size_t merge_first(const struct merge *m)
{
	size_t first = 0;

	for (size_t i = 1; i < m->count; i++)
		if (is_before(&m->heads[i], &m->heads[first]))
			first = i;
	return first;
}

int recording_dwells(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     recorded_sock_function *take, void *context, struct error *err)
{
	struct reader reader = { .r = r, .take = take, .context = context };
	struct merge m = { .count = 0 };
	int rc;

	if (recording_begin(r, err))
		return -1;
	rc = merge_begin(&m, r, since_ms, until_ms, err);
	while (!rc && m.count && !reader.ended) {
		size_t first = merge_first(&m);

		rc = read_stay(&reader, &m.heads[first], false, err) ||
		     merge_step(&m, r, first, err);
	}
	merge_end(&m);
	reader_fini(&reader);
	return recording_end(r, rc ? -1 : 0);
}
