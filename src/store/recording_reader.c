/* The sockets of stays: see recording_reader.h. */
#include "config.h"

#include "store/recording_reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* The columns of QUERY_SOCKETS. */
enum {
	SOCKET_PLACE,
	SOCKET_PROTO,
	SOCKET_FAMILY,
	SOCKET_LOCAL,
	SOCKET_LOCAL_PORT,
	SOCKET_PEER,
	SOCKET_PEER_PORT,
	SOCKET_INTERFACE,
	SOCKET_COOKIE,
	SOCKET_INODE,
	SOCKET_UID,
	SOCKET_NETNS,
	SOCKET_CGROUP,
	SOCKET_REASON,
	SOCKET_OPENED,
	SOCKET_OPENED_BEFORE,
	SOCKET_CLOSED,
	SOCKET_RECV_QUEUE,
	SOCKET_SEND_QUEUE,
	SOCKET_PROCESS,
	SOCKET_FD
};

void reader_fini(struct reader *reader)
{
	shared_fini(&reader->shared);
	arena_fini(&reader->texts);
	free(reader->owners);
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

static void read_ends(struct reader *reader, struct sock *sk, sqlite3_stmt *s)
{
	int family = (int)sqlite.column_int64(s, SOCKET_FAMILY);

	sk->local = read_end(s, family, SOCKET_LOCAL, SOCKET_LOCAL_PORT);
	sk->peer = read_end(s, family, SOCKET_PEER, SOCKET_PEER_PORT);
	sk->interface = recording_keep_text(&reader->texts, s, SOCKET_INTERFACE);
	if (sk->local.family != ADDR_NONE)
		return;
	sk->local_text = recording_keep_text(&reader->texts, s, SOCKET_LOCAL);
	sk->local_text_len = sk->local_text ? (uint32_t)strlen(sk->local_text) : 0;
	sk->peer_text = recording_keep_text(&reader->texts, s, SOCKET_PEER);
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

static void read_sock(struct reader *reader, sqlite3_stmt *s, enum state state)
{
	struct sock *sk = &reader->out.sock;
	uint64_t uid = 0;

	sk->proto = (uint8_t)recording_proto(reader->r, s, SOCKET_PROTO);
	sk->state = (uint8_t)state;
	read_ends(reader, sk, s);
	read_known(sk, s, SOCKET_COOKIE, SOCK_HAS_COOKIE, &sk->cookie);
	read_known(sk, s, SOCKET_INODE, SOCK_HAS_INODE, &sk->inode);
	read_known(sk, s, SOCKET_UID, SOCK_HAS_UID, &uid);
	sk->uid = (uint32_t)uid;
	sk->kind = (uint8_t)kind_of(sk);
	if (!reader->at_end || sqlite.column_type(s, SOCKET_CLOSED) != SQLITE_NULL ||
	    sqlite.column_type(s, SOCKET_RECV_QUEUE) == SQLITE_NULL)
		return;
	sk->recv_queue = (uint32_t)recording_u64(s, SOCKET_RECV_QUEUE);
	sk->send_queue = (uint32_t)recording_u64(s, SOCKET_SEND_QUEUE);
	sk->has |= SOCK_HAS_QUEUES;
}

static uint64_t time_of(int64_t time_ms)
{
	return time_ms > 0 ? (uint64_t)time_ms : 0;
}

static void read_times(struct recorded_sock *out, sqlite3_stmt *s, const struct recording *r,
		       const struct stay *stay)
{
	out->id = (uint64_t)stay->socket;
	out->opened_ms = recording_u64(s, SOCKET_OPENED);
	out->opened_before = sqlite.column_int64(s, SOCKET_OPENED_BEFORE) != 0;
	out->closed_ms = recording_u64(s, SOCKET_CLOSED);
	out->state_since_ms = time_of(stay->since_ms);
	out->state_until_ms = time_of(stay->until_ms);
	out->previous = stay->has_previous ? recording_state_of(r, stay->previous) : STATE_COUNT;
	out->previous_since_ms = time_of(stay->previous_since_ms);
}

static int read_shared(struct reader *reader, sqlite3_stmt *s, struct error *err)
{
	struct recorded_sock *out = &reader->out;
	const struct shared_cgroup *cgroup = NULL;
	const struct shared_netns *netns = NULL;

	if (sqlite.column_type(s, SOCKET_CGROUP) != SQLITE_NULL &&
	    shared_cgroup(&reader->shared, reader->r, sqlite.column_int64(s, SOCKET_CGROUP),
			  &cgroup, err))
		return -1;
	if (sqlite.column_type(s, SOCKET_NETNS) != SQLITE_NULL &&
	    shared_netns(&reader->shared, reader->r, sqlite.column_int64(s, SOCKET_NETNS),
			 &netns, err))
		return -1;
	if (cgroup) {
		out->sock.cgroup_id = cgroup->number;
		out->sock.has |= cgroup->known ? SOCK_HAS_CGROUP : 0;
		out->cgroup_path = cgroup->path;
		out->unit = cgroup->unit;
		out->container = cgroup->container;
	}
	if (netns) {
		out->sock.netns = netns->inode;
		out->netns_name = netns->name;
	}
	return 0;
}

static int begin_socket(struct reader *reader, sqlite3_stmt *s, const struct stay *stay,
			struct error *err)
{
	arena_reset(&reader->texts);
	reader->owner_count = 0;
	reader->out = (struct recorded_sock){ .id = 0 };
	read_sock(reader, s, recording_state_of(reader->r, stay->number));
	read_times(&reader->out, s, reader->r, stay);
	reader->out.owner_reason = recording_keep_text(&reader->texts, s, SOCKET_REASON);
	return read_shared(reader, s, err);
}

/* By process, and of one that has several rows (its name changed) in their order. */
static void insert_owner(struct reader *reader, const struct owner *process, int32_t fd)
{
	size_t place = reader->owner_count++;

	for (; place && reader->owners[place - 1].pid > process->pid; place--)
		reader->owners[place] = reader->owners[place - 1];
	reader->owners[place] = *process;
	reader->owners[place].fd = fd;
}

static int add_owner(struct reader *reader, sqlite3_stmt *s, struct error *err)
{
	const struct owner *process;
	struct owner *owners;

	if (sqlite.column_type(s, SOCKET_PROCESS) == SQLITE_NULL)
		return 0;
	if (shared_process(&reader->shared, reader->r, sqlite.column_int64(s, SOCKET_PROCESS),
			   &process, err))
		return -1;
	owners = array_room(reader->owners, &reader->owner_room, reader->owner_count, 16,
			    sizeof(*owners));
	if (!owners)
		return error_set(err, ENOMEM, "cannot read '%s'", reader->r->path);
	reader->owners = owners;
	if (process)
		insert_owner(reader, process, (int32_t)sqlite.column_int64(s, SOCKET_FD));
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

static void end_socket(struct reader *reader)
{
	struct recorded_sock *out = &reader->out;

	if (out->sock.proto >= PROTO_COUNT || out->sock.state >= STATE_COUNT)
		return;
	out->owners = (struct owners){
		.reason = reason_of(out->owner_reason, reader->owner_count),
		.count = reader->owner_count,
		.list = reader->owners,
	};
	reader->ended = reader->take(reader->context, out);
}

/* A row a holder of each socket, one where there is none. */
static int read_rows(struct reader *reader, sqlite3_stmt *s, const struct stays *stays,
		     struct error *err)
{
	const struct stay *now = NULL; /* of the socket that is being read */
	int rc;

	while ((rc = recording_step(reader->r, s, err)) > 0) {
		const struct stay *next = stays_named(reader->r, stays,
						      sqlite.column_int64(s, SOCKET_PLACE), err);

		if (now && next != now)
			end_socket(reader);
		if (reader->ended)
			break;
		if (!next || (next != now && begin_socket(reader, s, next, err)))
			return -1;
		now = next;
		if (add_owner(reader, s, err))
			return -1;
	}
	if (!rc && now)
		end_socket(reader);
	return rc < 0 ? -1 : 0;
}

int reader_read(struct reader *reader, const struct stays *stays, struct error *err)
{
	sqlite3_stmt *s = recording_ask(reader->r, QUERY_SOCKETS, err);
	int rc;

	if (!s)
		return -1;
	reader->r->wanted = stays->list;
	reader->r->wanted_count = stays->count;
	rc = read_rows(reader, s, stays, err);
	sqlite.reset(s);
	return rc;
}
