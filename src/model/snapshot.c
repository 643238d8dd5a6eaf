/*
 * All sockets of one pass, packed: see snapshot.h.
 *
 * A record has a core of fixed size; what many sockets share word for word
 * (owner's uid, cgroup, options, presence bits ...) is kept once as a profile;
 * what few have (IPv6 addresses, tcp_info, memory, marks, names) follows in a
 * tail of its own length.  A field that was added to struct sock goes into
 * whichever of the three suits it, in both directions.
 */
#include "config.h"

#include "model/snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/chunks.h"
#include "base/intern.h"

enum {
	CORE_SHIFT = 10, /* a chunk of cores: 48 KiB */
	TAIL_SHIFT = 13, /* a chunk of tails: 64 KiB */
	TAIL_UNIT = 8,	 /* bytes; the alignment of struct tcp_facts */
	HIGH_BYTES = 12, /* of an IPv6 address, after the four in the core */
};

#define CORE_CHUNK ((size_t)1 << CORE_SHIFT)
#define TAIL_CHUNK ((size_t)1 << TAIL_SHIFT)

struct core {
	uint64_t cookie;
	uint8_t local[4]; /* the first four bytes, whatever the family */
	uint8_t peer[4];
	uint16_t local_port;
	uint16_t peer_port;
	uint32_t inode; /* the lower half: the upper one is never used by Linux, but may be */
	uint32_t recv_queue;
	uint32_t send_queue;
	uint32_t timer_ms;
	uint32_t profile;
	uint32_t tail; /* its place in units, plus 1; 0: none */
	uint8_t state;
	uint8_t timer;
	uint8_t retransmits;
	uint8_t spare;
};

_Static_assert(sizeof(struct core) == 48, "the record has grown");

/* Compared byte by byte, so there must be no padding. */
struct profile {
	uint64_t netns;
	uint64_t cgroup_id;
	uint32_t has;
	uint32_t uid;
	uint32_t ifindex;
	uint32_t congestion; /* a number in texts, plus 1; 0: none */
	uint32_t interface;
	uint16_t sockopt;
	uint8_t proto;
	uint8_t kind;
	uint8_t v6only;
	uint8_t tos;
	uint8_t tclass;
	uint8_t shutdown;
	uint8_t local_family;
	uint8_t peer_family;
	uint8_t type;
	uint8_t spare;
};

_Static_assert(sizeof(struct profile) == 48, "the profile has padding");

/* What may be in a tail, in this order, those that need alignment first. */
enum part {
	PART_TCP,
	PART_INODE,
	PART_PEER_INODE,
	PART_LOCAL_HIGH,
	PART_PEER_HIGH,
	PART_MEMORY,
	PART_RARE,
	PART_NAME,
	PART_ENDS,
	PART_COUNT
};

#define PART_BIT(part) (1u << (part))

/* The head of a tail. */
struct tail {
	uint16_t parts; /* PART_BIT()s */
	uint16_t tcp_bytes;
	uint16_t memory_known;
	uint16_t units; /* of the whole tail */
};

_Static_assert(sizeof(struct tail) == TAIL_UNIT, "the parts must stay aligned");

struct rare {
	uint32_t mark;
	uint32_t classid;
	uint32_t file_inode;
	uint32_t file_device;
};

/* What stands for the ends of a socket without IP addresses: numbers in texts. */
struct ends {
	uint32_t local;
	uint32_t peer;
};

struct snapshot {
	uint64_t taken_ns;
	uint64_t wall_ns;
	size_t count;
	struct chunks cores;
	struct chunks tails;
	size_t tail_units; /* used, the rest of full chunks included */
	struct intern profiles;
	struct intern texts;
	struct profile last_profile; /* neighbours in a dump often share one */
	uint32_t last_number;
	uint32_t counts[PROTO_COUNT][STATE_COUNT];
};

struct snapshot *snapshot_new(void)
{
	return calloc(1, sizeof(struct snapshot));
}

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	chunks_fini(&s->cores);
	chunks_fini(&s->tails);
	intern_fini(&s->profiles);
	intern_fini(&s->texts);
	free(s);
}

void snapshot_reset(struct snapshot *s)
{
	s->taken_ns = 0;
	s->wall_ns = 0;
	s->count = 0;
	s->tail_units = 0;
	memset(s->counts, 0, sizeof(s->counts));
	intern_reset(&s->profiles);
	intern_reset(&s->texts);
}

static struct core *core_at(const struct snapshot *s, size_t index)
{
	struct core *chunk = s->cores.list[index >> CORE_SHIFT];

	return &chunk[index & (CORE_CHUNK - 1)];
}

static unsigned char *tail_at(const struct snapshot *s, size_t unit)
{
	unsigned char *chunk = s->tails.list[unit >> TAIL_SHIFT];

	return chunk + (unit & (TAIL_CHUNK - 1)) * TAIL_UNIT;
}

static bool high_part(const struct endpoint *e)
{
	static const uint8_t zero[HIGH_BYTES];

	return e->family != ADDR_V4 && memcmp(e->bytes + 4, zero, sizeof(zero)) != 0;
}

/* Which parts @sk needs; 0 for most sockets. */
static unsigned int parts_needed(const struct sock *sk)
{
	unsigned int parts = 0;

	if (sk->tcp)
		parts |= PART_BIT(PART_TCP);
	if (sk->inode >> 32)
		parts |= PART_BIT(PART_INODE);
	if (sk->peer_inode)
		parts |= PART_BIT(PART_PEER_INODE);
	if (high_part(&sk->local))
		parts |= PART_BIT(PART_LOCAL_HIGH);
	if (high_part(&sk->peer))
		parts |= PART_BIT(PART_PEER_HIGH);
	if (sk->memory)
		parts |= PART_BIT(PART_MEMORY);
	if (sk->mark || sk->classid || sk->file_inode || sk->file_device)
		parts |= PART_BIT(PART_RARE);
	if (sk->name)
		parts |= PART_BIT(PART_NAME);
	if (sk->local_text && sk->peer_text)
		parts |= PART_BIT(PART_ENDS);
	return parts;
}

static size_t round_up(size_t size)
{
	return (size + TAIL_UNIT - 1) / TAIL_UNIT * TAIL_UNIT;
}

/* How many bytes @part takes; the same when it is written and when it is read. */
static size_t part_size(const struct tail *head, enum part part)
{
	static const uint8_t sizes[PART_COUNT] = {
		[PART_INODE] = sizeof(uint64_t),
		[PART_PEER_INODE] = sizeof(uint64_t),
		[PART_LOCAL_HIGH] = HIGH_BYTES,
		[PART_PEER_HIGH] = HIGH_BYTES,
		[PART_MEMORY] = MEMORY_COUNT * sizeof(uint32_t),
		[PART_RARE] = sizeof(struct rare),
		[PART_NAME] = sizeof(uint32_t),
		[PART_ENDS] = sizeof(struct ends),
	};

	if (!(head->parts & PART_BIT(part)))
		return 0;
	return part == PART_TCP ? round_up(head->tcp_bytes) : sizes[part];
}

static struct tail tail_plan(const struct sock *sk, unsigned int parts)
{
	struct tail head = { .parts = (uint16_t)parts };
	size_t size = sizeof(head);
	int part;

	if (sk->tcp)
		head.tcp_bytes = sk->tcp_bytes < sizeof(*sk->tcp) ? sk->tcp_bytes :
								    sizeof(*sk->tcp);
	if (sk->memory)
		head.memory_known = sk->memory_known < MEMORY_COUNT ? sk->memory_known :
								      MEMORY_COUNT;
	for (part = 0; part < PART_COUNT; part++)
		size += part_size(&head, part);
	head.units = (uint16_t)(round_up(size) / TAIL_UNIT);
	return head;
}

/* Room for @units in a row; its place into @unit. */
static int tail_reserve(struct snapshot *s, size_t units, size_t *unit)
{
	size_t left = -s->tail_units & (TAIL_CHUNK - 1);
	size_t start = s->tail_units + (left < units ? left : 0);

	if (start + units > UINT32_MAX)
		return -1;
	if (start + units > s->tails.count << TAIL_SHIFT &&
	    chunks_add(&s->tails, TAIL_CHUNK * TAIL_UNIT))
		return -1;
	*unit = start;
	s->tail_units = start + units;
	return 0;
}

/* Append @size bytes of @from at *@p, unless the tail goes without. */
static void put(unsigned char **p, size_t size, const void *from)
{
	if (size)
		memcpy(*p, from, size);
	*p += size;
}

/* Write the parts of @sk behind @head, at @p. */
static void tail_write(unsigned char *p, const struct tail *head, const struct sock *sk,
		       uint32_t name, const struct ends *ends)
{
	const struct rare rare = {
		.mark = sk->mark,
		.classid = sk->classid,
		.file_inode = sk->file_inode,
		.file_device = sk->file_device,
	};
	uint32_t memory[MEMORY_COUNT] = { 0 };
	size_t padding = part_size(head, PART_TCP) - head->tcp_bytes;

	memcpy(p, head, sizeof(*head));
	p += sizeof(*head);
	put(&p, head->tcp_bytes, sk->tcp);
	memset(p, 0, padding);
	p += padding;
	put(&p, part_size(head, PART_INODE), &sk->inode);
	put(&p, part_size(head, PART_PEER_INODE), &sk->peer_inode);
	put(&p, part_size(head, PART_LOCAL_HIGH), sk->local.bytes + 4);
	put(&p, part_size(head, PART_PEER_HIGH), sk->peer.bytes + 4);
	if (sk->memory)
		memcpy(memory, sk->memory, head->memory_known * sizeof(*memory));
	put(&p, part_size(head, PART_MEMORY), memory);
	put(&p, part_size(head, PART_RARE), &rare);
	put(&p, part_size(head, PART_NAME), &name);
	put(&p, part_size(head, PART_ENDS), ends);
}

/* Keep the tail of @sk; what struct core.tail says of it into @place. */
static int tail_add(struct snapshot *s, const struct sock *sk, unsigned int parts, uint32_t *place)
{
	const struct tail head = tail_plan(sk, parts);
	struct ends ends = { 0, 0 };
	uint32_t name = 0;
	size_t unit;

	if (sk->name && intern_add(&s->texts, sk->name, sk->name_len, &name))
		return -1;
	if (parts & PART_BIT(PART_ENDS) &&
	    (intern_add(&s->texts, sk->local_text, sk->local_text_len, &ends.local) ||
	     intern_add(&s->texts, sk->peer_text, sk->peer_text_len, &ends.peer)))
		return -1;
	if (tail_reserve(s, head.units, &unit))
		return -1;
	tail_write(tail_at(s, unit), &head, sk, name, &ends);
	*place = (uint32_t)unit + 1;
	return 0;
}

static int text_add(struct snapshot *s, const char *text, uint32_t *number)
{
	*number = 0;
	if (!text)
		return 0;
	if (intern_add(&s->texts, text, strlen(text), number))
		return -1;
	++*number;
	return 0;
}

static int profile_add(struct snapshot *s, const struct sock *sk, uint32_t *number)
{
	struct profile p = {
		.netns = sk->netns,
		.cgroup_id = sk->cgroup_id,
		.has = sk->has,
		.uid = sk->uid,
		.ifindex = sk->ifindex,
		.sockopt = sk->sockopt,
		.proto = sk->proto,
		.kind = sk->kind,
		.v6only = sk->v6only,
		.tos = sk->tos,
		.tclass = sk->tclass,
		.shutdown = sk->shutdown,
		.type = sk->type,
		.local_family = sk->local.family,
		.peer_family = sk->peer.family,
	};

	if (text_add(s, sk->congestion, &p.congestion) || text_add(s, sk->interface, &p.interface))
		return -1;
	if (!s->profiles.count || memcmp(&p, &s->last_profile, sizeof(p)) != 0) {
		if (intern_add(&s->profiles, &p, sizeof(p), &s->last_number))
			return -1;
		s->last_profile = p;
	}
	*number = s->last_number;
	return 0;
}

static int no_memory(const struct snapshot *s, struct error *err)
{
	return error_set(err, ENOMEM, "cannot keep more than %zu sockets", s->count);
}

int snapshot_add(struct snapshot *s, const struct sock *sk, struct error *err)
{
	unsigned int parts = parts_needed(sk);
	uint32_t profile, tail = 0;

	if (sk->proto >= PROTO_COUNT || sk->state >= STATE_COUNT)
		return error_set(err, 0, "a socket of protocol %u in state %u makes no sense",
				 sk->proto, sk->state);
	if (s->count >> CORE_SHIFT >= s->cores.count &&
	    chunks_add(&s->cores, CORE_CHUNK * sizeof(struct core)))
		return no_memory(s, err);
	if (profile_add(s, sk, &profile) || (parts && tail_add(s, sk, parts, &tail)))
		return no_memory(s, err);
	*core_at(s, s->count) = (struct core){
		.cookie = sk->cookie,
		.local = { sk->local.bytes[0], sk->local.bytes[1], sk->local.bytes[2],
			   sk->local.bytes[3] },
		.peer = { sk->peer.bytes[0], sk->peer.bytes[1], sk->peer.bytes[2],
			  sk->peer.bytes[3] },
		.local_port = sk->local.port,
		.peer_port = sk->peer.port,
		.inode = (uint32_t)sk->inode,
		.recv_queue = sk->recv_queue,
		.send_queue = sk->send_queue,
		.timer_ms = sk->timer_ms,
		.profile = profile,
		.tail = tail,
		.state = sk->state,
		.timer = sk->timer,
		.retransmits = sk->retransmits,
	};
	s->count++;
	s->counts[sk->proto][sk->state]++;
	return 0;
}

void snapshot_stamp(struct snapshot *s, uint64_t taken_ns, uint64_t wall_ns)
{
	s->taken_ns = taken_ns;
	s->wall_ns = wall_ns;
}

uint64_t snapshot_taken_ns(const struct snapshot *s)
{
	return s->taken_ns;
}

uint64_t snapshot_wall_ns(const struct snapshot *s)
{
	return s->wall_ns;
}

size_t snapshot_count(const struct snapshot *s)
{
	return s->count;
}

const uint32_t *snapshot_state_counts(const struct snapshot *s, unsigned int proto)
{
	return s->counts[proto];
}

/* The text of a number plus 1, or NULL for 0. */
static const char *text_at(const struct snapshot *s, uint32_t number)
{
	return number ? intern_entry(&s->texts, number - 1)->bytes : NULL;
}

/* The text of @number, which may have zero bytes. */
static const char *bytes_at(const struct snapshot *s, uint32_t number, uint32_t *len)
{
	const struct intern_entry *entry = intern_entry(&s->texts, number);

	*len = (uint32_t)entry->len;
	return entry->bytes;
}

/* Copy a part of @size bytes at *@p into @to, unless the tail goes without. */
static void get(const unsigned char **p, size_t size, void *to)
{
	if (size)
		memcpy(to, *p, size);
	*p += size;
}

static void tail_read(const struct snapshot *s, size_t unit, struct sock *sk)
{
	const unsigned char *p = tail_at(s, unit);
	struct rare rare = { 0 };
	struct ends ends;
	struct tail head;
	uint32_t name;

	memcpy(&head, p, sizeof(head));
	p += sizeof(head);
	if (head.parts & PART_BIT(PART_TCP)) {
		sk->tcp = (const void *)p;
		sk->tcp_bytes = head.tcp_bytes;
		p += part_size(&head, PART_TCP);
	}
	get(&p, part_size(&head, PART_INODE), &sk->inode);
	get(&p, part_size(&head, PART_PEER_INODE), &sk->peer_inode);
	get(&p, part_size(&head, PART_LOCAL_HIGH), sk->local.bytes + 4);
	get(&p, part_size(&head, PART_PEER_HIGH), sk->peer.bytes + 4);
	if (head.parts & PART_BIT(PART_MEMORY)) {
		sk->memory = (const void *)p;
		sk->memory_known = head.memory_known;
		p += part_size(&head, PART_MEMORY);
	}
	get(&p, part_size(&head, PART_RARE), &rare);
	sk->mark = rare.mark;
	sk->classid = rare.classid;
	sk->file_inode = rare.file_inode;
	sk->file_device = rare.file_device;
	if (head.parts & PART_BIT(PART_NAME)) {
		get(&p, sizeof(name), &name);
		sk->name = bytes_at(s, name, &sk->name_len);
	}
	if (head.parts & PART_BIT(PART_ENDS)) {
		get(&p, sizeof(ends), &ends);
		sk->local_text = bytes_at(s, ends.local, &sk->local_text_len);
		sk->peer_text = bytes_at(s, ends.peer, &sk->peer_text_len);
	}
}

void snapshot_sock(const struct snapshot *s, size_t index, struct sock *sk)
{
	const struct core *c = core_at(s, index);
	const struct profile *p = intern_entry(&s->profiles, c->profile)->bytes;

	*sk = (struct sock){
		.has = p->has,
		.proto = p->proto,
		.state = c->state,
		.kind = p->kind,
		.type = p->type,
		.timer = c->timer,
		.retransmits = c->retransmits,
		.shutdown = p->shutdown,
		.v6only = p->v6only,
		.tos = p->tos,
		.tclass = p->tclass,
		.local = { .port = c->local_port, .family = p->local_family },
		.peer = { .port = c->peer_port, .family = p->peer_family },
		.cookie = c->cookie,
		.netns = p->netns,
		.inode = c->inode,
		.cgroup_id = p->cgroup_id,
		.uid = p->uid,
		.ifindex = p->ifindex,
		.timer_ms = c->timer_ms,
		.recv_queue = c->recv_queue,
		.send_queue = c->send_queue,
		.sockopt = p->sockopt,
		.congestion = text_at(s, p->congestion),
		.interface = text_at(s, p->interface),
	};
	memcpy(sk->local.bytes, c->local, sizeof(c->local));
	memcpy(sk->peer.bytes, c->peer, sizeof(c->peer));
	if (c->tail)
		tail_read(s, c->tail - 1, sk);
}

uint64_t snapshot_cookie(const struct snapshot *s, size_t index)
{
	return core_at(s, index)->cookie;
}

size_t snapshot_bytes(const struct snapshot *s)
{
	return sizeof(*s) + chunks_total_bytes(&s->cores) + chunks_total_bytes(&s->tails) +
	       intern_total_bytes(&s->profiles) + intern_total_bytes(&s->texts);
}
