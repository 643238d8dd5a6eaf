/* A world by hand: see findings_world.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "findings_world.h"

#define SECOND UINT64_C(1000000000)

static const struct owner java = { .pid = PID_JAVA, .fd = 7, .command = "java" };
static const struct owner nginx = { .pid = PID_NGINX, .fd = 6, .command = "nginx" };

static const struct owners *owners_of(void *context, const struct sock *sk)
{
	static const struct owners of_java = { .reason = OWNER_KNOWN, .count = 1, .list = &java };
	static const struct owners of_nginx = { .reason = OWNER_KNOWN, .count = 1, .list = &nginx };
	static const struct owners orphaned = { .reason = OWNER_ORPHANED };

	(void)context;
	if (sk->state == STATE_LISTEN)
		return &of_nginx;
	return sk->has & SOCK_HAS_INODE ? &of_java : &orphaned;
}

static bool limit_of(void *context, uint32_t pid, struct finding_limit *out)
{
	const struct world *w = context;

	assert_int_equal(pid, PID_JAVA);
	*out = w->limit;
	return w->limit.limit;
}

void world_init(struct world *w)
{
	*w = (struct world){ .now_ns = 1000 * SECOND, .cookie = 1 };
	w->snapshot = snapshot_new();
	w->tracker = tracker_new();
	assert_non_null(w->snapshot);
	assert_non_null(w->tracker);
	finding_thresholds_init(&w->thresholds);
	tracker_begin(w->tracker, w->now_ns);
	w->input = (struct finding_input){ .snapshot = w->snapshot,
					   .tracker = w->tracker,
					   .counters = &w->counters,
					   .owners = owners_of,
					   .limit = limit_of,
					   .context = w };
	counters_set(&w->counters, COUNTER_LOCAL_PORT_MIN, 32768);
	counters_set(&w->counters, COUNTER_LOCAL_PORT_MAX, 60999);
	counters_set(&w->counters, COUNTER_SOMAXCONN, 4096);
	counters_set(&w->counters, COUNTER_LISTEN_OVERFLOWS, 0);
	counters_set(&w->counters, COUNTER_PASSIVE_OPENS, 0);
}

void world_fini(struct world *w)
{
	findings_free(w->findings);
	tracker_free(w->tracker);
	snapshot_free(w->snapshot);
}

int world_set_up(void **state)
{
	static struct world w;

	world_init(&w);
	*state = &w;
	return 0;
}

int world_tear_down(void **state)
{
	world_fini(*state);
	return 0;
}

static struct endpoint end(uint8_t network, uint8_t host, uint16_t port)
{
	return (struct endpoint){ .bytes = { 10, 0, network, host },
				  .port = port,
				  .family = ADDR_V4 };
}

struct body world_tcp(struct world *w, enum state state, uint16_t port, uint8_t peer,
		      uint16_t peer_port)
{
	return (struct body){
		.sock = {
			.has = SOCK_HAS_COOKIE | SOCK_HAS_INODE | SOCK_HAS_QUEUES |
			       SOCK_HAS_TIMER | SOCK_HAS_MEMORY,
			.proto = PROTO_TCP,
			.state = (uint8_t)state,
			.kind = SOCK_FULL,
			.cookie = w->cookie++,
			.inode = 1000 + w->cookie,
			.local = end(0, 1, port),
			.peer = end(0, peer, peer_port),
			.memory_known = MEMORY_COUNT,
			.tcp_bytes = TCP_FACTS_BYTES,
		},
		.tcp = { .snd_wnd_bytes = 65535, .rcv_wnd_bytes = 65535 },
		.memory = { [MEMORY_RCVBUF] = 131072, [MEMORY_SNDBUF] = 16384 },
	};
}

struct body world_listener(struct world *w, uint16_t port, uint32_t waiting, uint32_t backlog)
{
	struct body b = world_tcp(w, STATE_LISTEN, port, 0, 0);

	b.sock.recv_queue = waiting;
	b.sock.send_queue = backlog;
	return b;
}

struct body world_request(struct world *w, uint16_t port, uint8_t network, uint8_t peer,
			  uint8_t times)
{
	struct body b = world_tcp(w, STATE_SYN_RECEIVED, port, peer, 40000);

	b.sock.has = SOCK_HAS_COOKIE | SOCK_HAS_TIMER;
	b.sock.kind = SOCK_REQUEST;
	b.sock.timer = TIMER_RETRANSMIT;
	b.sock.retransmits = times;
	b.sock.peer = end(network, peer, 40000);
	b.sock.tcp_bytes = 0;
	b.sock.memory_known = 0;
	return b;
}

struct body world_udp(struct world *w, uint16_t port, uint32_t drops)
{
	struct body b = world_tcp(w, STATE_UNCONNECTED, port, 0, 0);

	b.sock.proto = PROTO_UDP;
	b.sock.tcp_bytes = 0;
	b.memory[MEMORY_DROPS] = drops;
	return b;
}

void body_orphan(struct body *b)
{
	b->sock.has &= ~(uint32_t)SOCK_HAS_INODE;
	b->sock.inode = 0;
}

void world_add(struct world *w, const struct body *b)
{
	struct sock sk = b->sock;

	sk.tcp = sk.tcp_bytes ? &b->tcp : NULL;
	sk.memory = sk.memory_known ? b->memory : NULL;
	assert_int_equal(tracker_observe(w->tracker, &sk, NULL, NULL), 0);
	assert_int_equal(snapshot_add(w->snapshot, &sk, NULL), 0);
}

void world_run(struct world *w, double seconds)
{
	if (!w->findings)
		w->findings = findings_new(&w->thresholds);
	assert_non_null(w->findings);
	tracker_end(w->tracker, true, NULL, NULL);
	snapshot_stamp(w->snapshot, w->now_ns, w->now_ns);
	assert_int_equal(findings_run(w->findings, &w->input, NULL), 0);
	w->now_ns += (uint64_t)(seconds * (double)SECOND);
	snapshot_reset(w->snapshot);
	tracker_begin(w->tracker, w->now_ns);
}

static const struct finding *find(const struct world *w, const char *name)
{
	size_t count;
	const struct finding *list = findings_list(w->findings, &count);

	assert_non_null(finding_find(name));
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].info->name, name))
			return &list[i];
	return NULL;
}

const struct finding *world_found(const struct world *w, const char *name)
{
	const struct finding *finding = find(w, name);

	if (!finding)
		fail_msg("'%s' is not raised", name);
	return finding;
}

void world_silent(const struct world *w, const char *name)
{
	const struct finding *finding = find(w, name);

	if (finding)
		fail_msg("'%s' is raised: %s", name, finding->evidence);
}

void world_evidence(const struct world *w, const char *name, const char *text)
{
	const struct finding *finding = world_found(w, name);

	if (!strstr(finding->evidence, text))
		fail_msg("'%s' is not in '%s'", text, finding->evidence);
}
