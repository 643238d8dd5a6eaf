/* Packed records give back what went in: model/snapshot.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/snapshot.h"

/* A socket together with everything that it may point to. */
struct sample {
	struct sock sk;
	struct tcp_facts tcp;
	uint32_t memory[MEMORY_COUNT];
	char congestion[24];
	char interface[24];
	char name[40];
	char ends[2][24];
};

static uint64_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

static void random_bytes(void *out, size_t size, uint64_t *seed)
{
	uint8_t *p = out;

	while (size--)
		*p++ = (uint8_t)random_next(seed);
}

static void random_endpoint(struct endpoint *e, uint64_t *seed)
{
	*e = (struct endpoint){ .port = (uint16_t)random_next(seed) };
	e->family = (uint8_t)(random_next(seed) % 3);
	if (e->family == ADDR_V4)
		random_bytes(e->bytes, 4, seed);
	else if (e->family == ADDR_V6 && random_next(seed) % 3)
		random_bytes(e->bytes, 16, seed);
}

static void random_extras(struct sample *s, uint64_t *seed)
{
	uint64_t n = random_next(seed);

	random_bytes(&s->tcp, sizeof(s->tcp), seed);
	random_bytes(s->memory, sizeof(s->memory), seed);
	random_bytes(s->name, sizeof(s->name), seed);
	if (n & 1) {
		s->sk.tcp = &s->tcp;
		s->sk.tcp_bytes = (uint16_t)(random_next(seed) % (sizeof(s->tcp) + 1));
	}
	if (n & 2) {
		s->sk.memory = s->memory;
		s->sk.memory_known = (uint16_t)(random_next(seed) % (MEMORY_COUNT + 1));
	}
	if (n & 4) {
		snprintf(s->congestion, sizeof(s->congestion), "cc%u", (unsigned)(n >> 8 & 3));
		s->sk.congestion = s->congestion;
	}
	if (n & 8) {
		snprintf(s->interface, sizeof(s->interface), "eth%u", (unsigned)(n >> 10 & 15));
		s->sk.interface = s->interface;
	}
	if (n & 16) {
		s->sk.name = s->name;
		s->sk.name_len = (uint32_t)(random_next(seed) % sizeof(s->name));
	}
	if (n & 256) {
		random_bytes(s->ends, sizeof(s->ends), seed);
		s->sk.local_text = s->ends[0];
		s->sk.local_text_len = (uint32_t)(random_next(seed) % sizeof(s->ends[0]));
		s->sk.peer_text = s->ends[1];
		s->sk.peer_text_len = (uint32_t)(random_next(seed) % sizeof(s->ends[1]));
	}
	if (n & 512)
		s->sk.file_inode = (uint32_t)random_next(seed);
	if (n & 1024)
		s->sk.file_device = (uint32_t)random_next(seed);
	if (n & 32)
		s->sk.peer_inode = random_next(seed);
	if (n & 64)
		s->sk.mark = (uint32_t)random_next(seed);
	if (n & 128)
		s->sk.classid = (uint32_t)random_next(seed);
}

/* Any combination of fields, the mad ones included. */
static void random_sample(struct sample *s, uint64_t *seed)
{
	*s = (struct sample){
		.sk = {
			.has = (uint32_t)random_next(seed) & 0x7fff,
			.proto = (uint8_t)(random_next(seed) % PROTO_COUNT),
			.state = (uint8_t)(random_next(seed) % STATE_COUNT),
			.kind = (uint8_t)(random_next(seed) % 3),
			.type = (uint8_t)(random_next(seed) % SOCK_TYPE_COUNT),
			.timer = (uint8_t)(random_next(seed) % 7),
			.retransmits = (uint8_t)random_next(seed),
			.shutdown = (uint8_t)(random_next(seed) % 4),
			.v6only = (uint8_t)(random_next(seed) % 2),
			.tos = (uint8_t)random_next(seed),
			.tclass = (uint8_t)random_next(seed),
			.cookie = random_next(seed),
			.netns = random_next(seed) % 4,
			.inode = random_next(seed) >> (random_next(seed) % 2 ? 20 : 0),
			.cgroup_id = random_next(seed) % 50,
			.uid = (uint32_t)random_next(seed) % 50,
			.ifindex = (uint32_t)random_next(seed) % 3,
			.timer_ms = (uint32_t)random_next(seed),
			.recv_queue = (uint32_t)random_next(seed),
			.send_queue = (uint32_t)random_next(seed),
			.sockopt = (uint16_t)random_next(seed),
		},
	};
	random_endpoint(&s->sk.local, seed);
	random_endpoint(&s->sk.peer, seed);
	random_extras(s, seed);
}

static void assert_same_text(const char *a, const char *b)
{
	if (!b)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void assert_same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	assert_int_equal(a->family, b->family);
	assert_int_equal(a->port, b->port);
	assert_memory_equal(a->bytes, b->bytes, sizeof(a->bytes));
}

static void assert_same_extras(const struct sock *a, const struct sock *b)
{
	assert_int_equal(!a->tcp, !b->tcp);
	assert_int_equal(a->tcp_bytes, b->tcp_bytes);
	if (b->tcp_bytes)
		assert_memory_equal(a->tcp, b->tcp, b->tcp_bytes);
	assert_int_equal(!a->memory, !b->memory);
	assert_int_equal(a->memory_known, b->memory_known);
	if (b->memory_known)
		assert_memory_equal(a->memory, b->memory, b->memory_known * sizeof(*b->memory));
	assert_same_text(a->congestion, b->congestion);
	assert_same_text(a->interface, b->interface);
	assert_int_equal(!a->name, !b->name);
	assert_int_equal(a->name_len, b->name_len);
	if (b->name_len)
		assert_memory_equal(a->name, b->name, b->name_len);
	assert_int_equal(a->peer_inode, b->peer_inode);
	assert_int_equal(a->mark, b->mark);
	assert_int_equal(a->classid, b->classid);
	assert_int_equal(a->file_inode, b->file_inode);
	assert_int_equal(a->file_device, b->file_device);
	assert_int_equal(!a->local_text, !b->local_text);
	assert_int_equal(!a->peer_text, !b->peer_text);
	assert_int_equal(a->local_text_len, b->local_text_len);
	assert_int_equal(a->peer_text_len, b->peer_text_len);
	if (b->local_text_len)
		assert_memory_equal(a->local_text, b->local_text, b->local_text_len);
	if (b->peer_text_len)
		assert_memory_equal(a->peer_text, b->peer_text, b->peer_text_len);
}

static void assert_same(const struct sock *a, const struct sock *b)
{
	assert_int_equal(a->has, b->has);
	assert_int_equal(a->proto, b->proto);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->timer, b->timer);
	assert_int_equal(a->retransmits, b->retransmits);
	assert_int_equal(a->shutdown, b->shutdown);
	assert_int_equal(a->v6only, b->v6only);
	assert_int_equal(a->tos, b->tos);
	assert_int_equal(a->tclass, b->tclass);
	assert_int_equal(a->cookie, b->cookie);
	assert_int_equal(a->netns, b->netns);
	assert_int_equal(a->inode, b->inode);
	assert_int_equal(a->cgroup_id, b->cgroup_id);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->ifindex, b->ifindex);
	assert_int_equal(a->timer_ms, b->timer_ms);
	assert_int_equal(a->recv_queue, b->recv_queue);
	assert_int_equal(a->send_queue, b->send_queue);
	assert_int_equal(a->sockopt, b->sockopt);
	assert_same_endpoint(&a->local, &b->local);
	assert_same_endpoint(&a->peer, &b->peer);
	assert_same_extras(a, b);
}

static void add(struct snapshot *s, const struct sock *sk)
{
	struct error err = { 0 };

	if (snapshot_add(s, sk, &err))
		fail_msg("%s", err.text);
}

/* Fill with @count random sockets and read each back; what they pointed to is gone by then. */
static void round_trip(struct snapshot *s, size_t count, uint64_t start)
{
	uint64_t seed = start;
	struct sample *sample = malloc(sizeof(*sample));
	struct sock sk;
	size_t i;

	for (i = 0; i < count; i++) {
		random_sample(sample, &seed);
		add(s, &sample->sk);
	}
	assert_int_equal(snapshot_count(s), count);
	seed = start;
	for (i = 0; i < count; i++) {
		random_sample(sample, &seed);
		snapshot_sock(s, i, &sk);
		assert_same(&sk, &sample->sk);
	}
	free(sample);
}

static void gives_back_what_went_in(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	round_trip(s, 20000, 1);
	snapshot_free(s);
	snapshot_free(NULL);
}

static void reset_starts_over_in_the_same_memory(void **state)
{
	struct snapshot *s = snapshot_new();
	size_t held;

	(void)state;
	snapshot_stamp(s, 5, 6);
	round_trip(s, 5000, 2);
	held = snapshot_bytes(s);
	snapshot_reset(s);
	assert_int_equal(snapshot_count(s), 0);
	assert_int_equal(snapshot_taken_ns(s), 0);
	assert_int_equal(snapshot_wall_ns(s), 0);
	round_trip(s, 5000, 2);
	assert_int_equal(snapshot_bytes(s), held);
	snapshot_reset(s);
	round_trip(s, 3000, 99);
	snapshot_free(s);
}

static void counts_states_by_protocol(void **state)
{
	struct snapshot *s = snapshot_new();
	size_t i;

	(void)state;
	for (i = 0; i < 10; i++)
		add(s, &(struct sock){ .proto = PROTO_TCP,
				       .state = i < 3 ? STATE_LISTEN : STATE_TIME_WAIT });
	add(s, &(struct sock){ .proto = PROTO_UDP, .state = STATE_ESTABLISHED });
	assert_int_equal(snapshot_state_counts(s, PROTO_TCP)[STATE_LISTEN], 3);
	assert_int_equal(snapshot_state_counts(s, PROTO_TCP)[STATE_TIME_WAIT], 7);
	assert_int_equal(snapshot_state_counts(s, PROTO_TCP)[STATE_ESTABLISHED], 0);
	assert_int_equal(snapshot_state_counts(s, PROTO_UDP)[STATE_ESTABLISHED], 1);
	snapshot_reset(s);
	assert_int_equal(snapshot_state_counts(s, PROTO_TCP)[STATE_LISTEN], 0);
	snapshot_free(s);
}

static void keeps_its_stamp(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	snapshot_stamp(s, 123, 456);
	assert_int_equal(snapshot_taken_ns(s), 123);
	assert_int_equal(snapshot_wall_ns(s), 456);
	snapshot_free(s);
}

static void refuses_what_makes_no_sense(void **state)
{
	struct snapshot *s = snapshot_new();
	struct error err = { 0 };

	(void)state;
	assert_int_equal(snapshot_add(s, &(struct sock){ .proto = PROTO_COUNT }, &err), -1);
	assert_non_null(strstr(err.text, "makes no sense"));
	assert_int_equal(snapshot_add(s, &(struct sock){ .state = STATE_COUNT }, NULL), -1);
	assert_int_equal(snapshot_count(s), 0);
	snapshot_free(s);
}

/* Longer facts than are known here, as a newer kernel's, are cut; never read beyond. */
static void cuts_what_is_too_long(void **state)
{
	struct snapshot *s = snapshot_new();
	struct tcp_facts tcp;
	uint32_t memory[MEMORY_COUNT];
	struct sock sk = { .tcp = &tcp, .tcp_bytes = 1000, .memory = memory, .memory_known = 99 };

	(void)state;
	memset(&tcp, 0x5a, sizeof(tcp));
	memset(memory, 0xa5, sizeof(memory));
	add(s, &sk);
	snapshot_sock(s, 0, &sk);
	assert_int_equal(sk.tcp_bytes, sizeof(tcp));
	assert_int_equal(sk.memory_known, MEMORY_COUNT);
	assert_memory_equal(sk.tcp, &tcp, sizeof(tcp));
	assert_memory_equal(sk.memory, memory, sizeof(memory));
	snapshot_free(s);
}

static void unknown_memory_figures_are_zero(void **state)
{
	struct snapshot *s = snapshot_new();
	const uint32_t memory[1] = { 77 };
	struct sock sk = { .memory = memory, .memory_known = 1 };

	(void)state;
	add(s, &sk);
	snapshot_sock(s, 0, &sk);
	assert_int_equal(sk.memory[0], 77);
	assert_int_equal(sk.memory[MEMORY_DROPS], 0);
	snapshot_free(s);
}

static struct sock typical(uint32_t n, uint8_t family)
{
	struct sock sk = {
		.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_UID | SOCK_HAS_QUEUES |
		       SOCK_HAS_SHUTDOWN | SOCK_HAS_CGROUP | SOCK_HAS_SOCKOPT,
		.proto = PROTO_TCP,
		.state = STATE_ESTABLISHED,
		.local = { .bytes = { 10, 0, 0, 1 }, .port = 443, .family = family },
		.peer = { .port = (uint16_t)n, .family = family },
		.cookie = 4096 + n,
		.inode = 70000 + n,
		.cgroup_id = 800 + n % 20,
		.uid = n % 7,
		.sockopt = 0x10,
		.recv_queue = n,
	};

	sk.local.bytes[15] = family == ADDR_V6;
	memcpy(sk.peer.bytes + (family == ADDR_V4 ? 0 : 12), &n, sizeof(n));
	return sk;
}

static size_t bytes_each(uint8_t family, uint32_t count)
{
	struct snapshot *s = snapshot_new();
	size_t bytes;
	uint32_t n;

	for (n = 0; n < count; n++) {
		struct sock sk = typical(n, family);

		add(s, &sk);
	}
	bytes = snapshot_bytes(s);
	snapshot_free(s);
	return bytes / count;
}

static void stays_small(void **state)
{
	(void)state;
	assert_in_range(bytes_each(ADDR_V4, 100000), 48, 50);
	assert_in_range(bytes_each(ADDR_V6, 100000), 80, 82);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_went_in),
		cmocka_unit_test(reset_starts_over_in_the_same_memory),
		cmocka_unit_test(counts_states_by_protocol),
		cmocka_unit_test(keeps_its_stamp),
		cmocka_unit_test(refuses_what_makes_no_sense),
		cmocka_unit_test(cuts_what_is_too_long),
		cmocka_unit_test(unknown_memory_figures_are_zero),
		cmocka_unit_test(stays_small),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
