/*
 * Recipes for the states before and during an open connection.
 */
#include "config.h"

#include "live/recipes.h"

#include <err.h>
#include <unistd.h>

#define QUEUED_BYTES 100

static void promise_established(struct lab *lab, const struct pair *pair)
{
	lab_promise(lab, LAB_ESTABLISHED, &pair->client_end, &pair->server_end);
	lab_promise(lab, LAB_ESTABLISHED, &pair->server_end, &pair->client_end);
}

void make_established(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++)
		promise_established(lab, &lab->pairs[i]);
}

static void send_bytes(int fd)
{
	static const char bytes[QUEUED_BYTES];

	if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) != (ssize_t)sizeof(bytes))
		err(1, "cannot send %d bytes", QUEUED_BYTES);
}

/* The client's bytes arrive and stay unread; the server's own never arrive. */
void make_queued(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		send_bytes(pair->client);
		lab_await_acknowledged(pair->client);
		lab_drop_all(pair->client);
		send_bytes(pair->server);
		promise_established(lab, pair);
	}
}

/* A queue of backlog N takes N + 1 connections; the next SYN is dropped. */
void make_unaccepted(struct lab *lab)
{
	union endpoint listener_end, client_end;
	const int listener = lab_listen(lab, (int)lab->count, &listener_end);

	for (size_t i = 0; i <= lab->count; i++) {
		const int client = lab_bind(lab, SOCK_STREAM, &client_end);

		lab_connect(client, &listener_end);
		lab_promise(lab, LAB_ESTABLISHED, &client_end, &listener_end);
		lab_promise_kind(lab, LAB_ESTABLISHED, LAB_UNACCEPTED, &listener_end, &client_end);
	}
	lab_await_queue(listener, (unsigned int)lab->count + 1);
	lab_connect_start(lab_bind(lab, SOCK_STREAM, &client_end), &listener_end);
	lab_promise(lab, LAB_SYN_SENT, &client_end, &listener_end);
}

void make_half_open(struct lab *lab)
{
	for (size_t i = 0; i < lab->count; i++) {
		union endpoint end;
		const int client = lab_bind(lab, SOCK_STREAM, &end);

		lab_drop_all(client);
		lab_connect_start(client, &lab->listener_end);
		lab_promise(lab, LAB_SYN_SENT, &end, &lab->listener_end);
		lab_promise_kind(lab, LAB_SYN_RECEIVED, LAB_REQUEST, &lab->listener_end, &end);
	}
}

/* The answer to the first SYN is RST+ACK, as nobody listens: the filter that
 * waits for the other's bare SYN keeps it out. */
void make_simultaneous(struct lab *lab)
{
	for (size_t i = 0; i < lab->count; i++) {
		union endpoint first_end, second_end;
		const int first = lab_bind(lab, SOCK_STREAM, &first_end);
		const int second = lab_bind(lab, SOCK_STREAM, &second_end);

		lab_drop_acks(first);
		lab_drop_all(second);
		lab_connect_start(first, &second_end);
		lab_connect_start(second, &first_end);
		lab_await(first, LAB_SYN_RECEIVED);
		lab_promise(lab, LAB_SYN_RECEIVED, &first_end, &second_end);
		lab_promise(lab, LAB_SYN_SENT, &second_end, &first_end);
	}
}

static void promise_bound(struct lab *lab, const union endpoint *local, const union endpoint *peer)
{
	if (lab->bound_shown)
		lab_promise(lab, LAB_BOUND, local, peer);
}

static void make_former_listener(struct lab *lab)
{
	const union endpoint any = endpoint_any(lab->flavour->family);
	union endpoint end;
	const int fd = lab_bind(lab, SOCK_STREAM, &end);

	if (listen(fd, 1) < 0 || shutdown(fd, SHUT_RD) < 0)
		err(1, "cannot end a listener");
	promise_bound(lab, &end, &any);
}

/* The kernel forgets the peer's port and keeps its address. */
static void disconnect(struct lab *lab, const struct pair *pair)
{
	const struct sockaddr unspecified = { .sa_family = AF_UNSPEC };
	const struct flavour *flavour = lab->flavour;
	const union endpoint former = endpoint_make(flavour->family, flavour->address, 0);

	if (connect(pair->client, &unspecified, sizeof(unspecified)) < 0)
		err(1, "cannot disconnect");
	close(pair->server);
	promise_bound(lab, &pair->client_end, &former);
}

void make_bound(struct lab *lab)
{
	const union endpoint any = endpoint_any(lab->flavour->family);

	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		union endpoint end;

		lab_bind(lab, SOCK_STREAM, &end);
		promise_bound(lab, &end, &any);
		make_former_listener(lab);
		disconnect(lab, &lab->pairs[i]);
	}
}
