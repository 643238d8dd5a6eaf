/*
 * The laboratory: what every recipe works with.
 *
 * Ports are handed out one after the other, so the same options give the same
 * sockets on every run.  Anything that fails ends the program with a message.
 */
#ifndef LIVE_LAB_H
#define LIVE_LAB_H

#include "live/endpoint.h"
#include "live/roster.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The addresses in which each recipe is made. */
struct flavour {
	const char *name;
	int family;
	const char *address;
};

struct lab {
	struct roster roster;
	size_t count; /* how many of each, per flavour */
	bool has_ipv6;
	bool bound_shown; /* the kernel reports sockets that are only bound */
	uint16_t next_port;

	/* What is being made just now. */
	const char *recipe;
	const struct flavour *flavour;
	int listener;
	union endpoint listener_end;
	struct pair *pairs; /* room for count */
};

/* A connection of which this program holds both ends. */
struct pair {
	int client;
	int server;
	union endpoint client_end;
	union endpoint server_end;
};

/* The next free endpoint of the current flavour. */
union endpoint lab_endpoint(struct lab *lab);

/* A socket of @type that is bound to the next endpoint, stored in @end. */
int lab_bind(struct lab *lab, int type, union endpoint *end);

/* A listener at the next endpoint, in the roster already. */
int lab_listen(struct lab *lab, int backlog, union endpoint *end);

/* lab->count established connections, in lab->pairs; not in the roster. */
void lab_pairs(struct lab *lab);

/* Start to connect without waiting for the answer. */
void lab_connect_start(int fd, const union endpoint *to);
void lab_connect(int fd, const union endpoint *to);

/* Promise a TCP socket that holds its descriptor; the second form of any kind. */
void lab_promise(struct lab *lab, enum lab_state state, const union endpoint *local,
		 const union endpoint *peer);
void lab_promise_kind(struct lab *lab, enum lab_state state, enum lab_kind kind,
		      const union endpoint *local, const union endpoint *peer);
void lab_promise_udp(struct lab *lab, enum lab_state state, const union endpoint *local,
		     const union endpoint *peer);

/* Throw away what @fd receives from now on, before TCP sees it: everything, or
 * only segments with the ACK flag; or let all in again. */
void lab_drop_all(int fd);
void lab_drop_acks(int fd);
void lab_drop_nothing(int fd);

/* Say FIN and keep the descriptor. */
void lab_shutdown(int fd);

/* Connections in lab->pairs whose client has said FIN and knows that it arrived. */
void lab_half_close(struct lab *lab);

/* Wait until @fd is in @state. */
void lab_await(int fd, enum lab_state state);

/* Wait until the accept queue of the listener @fd holds @length connections. */
void lab_await_queue(int fd, unsigned int length);

/* Wait until the peer has acknowledged all that @fd has sent. */
void lab_await_acknowledged(int fd);

/* Wait until the kernel shows exactly the roster.  Prints what differs to
 * standard error and returns -1 when it does not come about in time. */
int lab_settle(const struct lab *lab);

#endif
