/*
 * A small world for the rules of findings: sockets, counters and owners by hand, one
 * pass a second.
 */
#ifndef UNIT_FINDINGS_WORLD_H
#define UNIT_FINDINGS_WORLD_H

#include "model/findings.h"

#define PID_JAVA 31
#define PID_NGINX 80

struct world {
	struct snapshot *snapshot;
	struct tracker *tracker;
	struct findings *findings;
	struct finding_thresholds thresholds; /* of the next world_run(), if it is the first */
	struct finding_input input;
	struct counters counters;
	struct finding_limit limit; /* of every process; 0: not known */
	uint64_t now_ns;
	uint64_t cookie; /* of the next socket */
};

/* A socket with room for what it points to. */
struct body {
	struct sock sock;
	struct tcp_facts tcp;
	uint32_t memory[MEMORY_COUNT];
};

void world_init(struct world *w);
void world_fini(struct world *w);

/* For cmocka: *@state is a world of the test's own. */
int world_set_up(void **state);
int world_tear_down(void **state);

/* A TCP socket of java on 10.0.0.1:@port with 10.0.0.@peer:@peer_port, in all fullness. */
struct body world_tcp(struct world *w, enum state state, uint16_t port, uint8_t peer,
		      uint16_t peer_port);

/* A listener of nginx with @waiting of @backlog. */
struct body world_listener(struct world *w, uint16_t port, uint32_t waiting, uint32_t backlog);

/* A half-open connection of port @port, its SYN,ACK sent again @times. */
struct body world_request(struct world *w, uint16_t port, uint8_t network, uint8_t peer,
			  uint8_t times);

/* A UDP socket of java. */
struct body world_udp(struct world *w, uint16_t port, uint32_t drops);

/* Take away the descriptor. */
void body_orphan(struct body *b);

void world_add(struct world *w, const struct body *b);

/* Judge what was added, and begin the next pass, @seconds later. */
void world_run(struct world *w, double seconds);

/* The finding called @name of the last run, which must be there; or must not. */
const struct finding *world_found(const struct world *w, const char *name);
void world_silent(const struct world *w, const char *name);

/* Whether @text is part of the evidence of @name. */
void world_evidence(const struct world *w, const char *name, const char *text);

#endif
