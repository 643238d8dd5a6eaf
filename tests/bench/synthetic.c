/* A made-up host for recorders: see synthetic.h. */
#include "config.h"

#include "bench/synthetic.h"

#include <stdio.h>
#include <string.h>

#define SHORT_POLLS 8
#define TIME_WAIT_POLLS 3
#define LONG_EVERY 16
#define PROCESSES 100
#define CONTROL_GROUPS 20

/* How many polls connection @i of a batch is ESTABLISHED. */
static uint64_t life_of(const struct synthetic *s, uint64_t i)
{
	return s->long_polls && i % LONG_EVERY == 0 ? s->long_polls : i % SHORT_POLLS + 1;
}

static void fill_sock(struct sock *sk, struct tcp_facts *facts, uint64_t number)
{
	uint32_t peer = 0x0a000000u | (uint32_t)(number % 60000);

	*facts = (struct tcp_facts){ .rtt_us = 1000, .bytes_received = number,
				     .bytes_acked = number, .segs_in = 10 };
	*sk = (struct sock){
		.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID | SOCK_HAS_QUEUES |
		       SOCK_HAS_CGROUP,
		.proto = PROTO_TCP,
		.state = STATE_ESTABLISHED,
		.local = { .bytes = { 192, 0, 2, 1 }, .port = 443, .family = ADDR_V4 },
		.peer = { .port = (uint16_t)(number / 60000 * 7 + 1024), .family = ADDR_V4 },
		.cookie = number + 1,
		.inode = number + 1000,
		.cgroup_id = number % CONTROL_GROUPS + 1,
		.uid = 33,
		.tcp = facts,
		.tcp_bytes = sizeof(*facts),
	};
	for (int i = 0; i < 4; i++)
		sk->peer.bytes[i] = (uint8_t)(peer >> (24 - 8 * i));
}

/* Who holds it is told at each poll, all else when it is new. */
static int observe(struct recorder *r, const struct sock *sk, struct error *err)
{
	char path[64];
	const struct owner owner = {
		.pid = 1000 + (uint32_t)(sk->cookie % PROCESSES),
		.fd = 7,
		.start_time = 5000,
		.command = "server",
		.command_line = "/usr/bin/server --port 443",
		.uid = 33,
		.uid_known = true,
	};
	const struct owners owners = { .reason = OWNER_KNOWN, .count = 1, .list = &owner };
	struct recorder_details details = { .owners = &owners };

	if (recorder_wants(r, sk)) {
		snprintf(path, sizeof(path), "/system.slice/server-%u.service",
			 (unsigned int)sk->cgroup_id);
		details.cgroup_path = path;
		details.unit = "server.service";
	}
	return recorder_observe(r, sk, &details, err);
}

/* Connection @i of the batch that opened @age polls ago, if it is still there. */
static int put_one(struct synthetic *s, struct recorder *r, uint64_t age, uint64_t i,
		   struct error *err)
{
	uint64_t life = life_of(s, i);
	uint64_t number = s->stable + (s->poll - age) * s->churn + i;
	struct tcp_facts facts;
	struct sock sk;

	s->dwells += age == 0 || age == life;
	s->events += age == 0 || age == life || age == life + TIME_WAIT_POLLS;
	if (age >= life + TIME_WAIT_POLLS)
		return 0;
	fill_sock(&sk, &facts, number);
	if (age >= life) {
		sk.state = STATE_TIME_WAIT;
		sk.kind = SOCK_MINI;
		sk.has = SOCK_HAS_COOKIE;
		sk.tcp = NULL;
	}
	return observe(r, &sk, err);
}

static int put_batches(struct synthetic *s, struct recorder *r, struct error *err)
{
	uint64_t oldest = s->long_polls > SHORT_POLLS ? s->long_polls : SHORT_POLLS;

	for (uint64_t age = 0; age <= oldest + TIME_WAIT_POLLS && age <= s->poll; age++) {
		/* of the old ones only those that live long are there */
		uint64_t step = age > SHORT_POLLS + TIME_WAIT_POLLS ? LONG_EVERY : 1;

		for (uint64_t i = 0; i < s->churn; i += step)
			if (put_one(s, r, age, i, err))
				return -1;
	}
	return 0;
}

static int put_stable(struct synthetic *s, struct recorder *r, struct error *err)
{
	for (uint64_t i = 0; i < s->stable; i++) {
		struct tcp_facts facts;
		struct sock sk;

		fill_sock(&sk, &facts, i);
		if (observe(r, &sk, err))
			return -1;
	}
	if (!s->poll)
		s->dwells += s->stable;
	return 0;
}

/* Those that opened and closed since the last poll, told by events. */
static int put_unseen(struct synthetic *s, struct recorder *r, uint64_t now_ms, bool end,
		      struct error *err)
{
	for (uint64_t i = 0; i < s->unseen; i++) {
		struct tcp_facts facts;
		struct sock sk;

		fill_sock(&sk, &facts, (UINT64_C(1) << 40) + s->poll * s->unseen + i);
		sk.state = STATE_CLOSED;
		if (end ? recorder_unseen(r, &sk, err) :
			  recorder_ended(r, &sk, now_ms - 1, err) < 0)
			return -1;
	}
	s->dwells += end ? s->unseen : 0;
	s->events += end ? 2 * s->unseen : 0;
	return 0;
}

int synthetic_poll(struct synthetic *s, struct recorder *r, uint64_t now_ms, struct error *err)
{
	const struct recorder_kernel kernel = { .known = true, .opened = s->churn + s->unseen,
						.closed = s->churn + s->unseen };

	if (recorder_begin(r, now_ms, err) || put_unseen(s, r, now_ms, false, err) ||
	    put_stable(s, r, err) || put_batches(s, r, err) ||
	    put_unseen(s, r, now_ms, true, err)) {
		recorder_abandon(r, err ? err->text : "failed");
		return -1;
	}
	s->poll++;
	return recorder_end(r, true, &kernel, err);
}
