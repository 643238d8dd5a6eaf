/*
 * Recipes for the states on the way to the end of a connection.
 *
 * Where a descriptor is kept, shutdown() is used and not close(): the state then
 * lasts for many minutes, as nothing but retransmission bounds it.
 */
#include "config.h"

#include "live/recipes.h"

#include <err.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* Longer than the 60 s that a minisock may live: the kernel then keeps the full
 * socket for the difference. */
#define ORPHAN_LINGER_S 120

static void promise_client(struct lab *lab, enum lab_state state, enum lab_kind kind,
			   const struct pair *pair)
{
	lab_promise_kind(lab, state, kind, &pair->client_end, &pair->server_end);
}

static void promise_server(struct lab *lab, enum lab_state state, enum lab_kind kind,
			   const struct pair *pair)
{
	lab_promise_kind(lab, state, kind, &pair->server_end, &pair->client_end);
}

void make_fin_wait_1(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_drop_all(pair->client);
		lab_shutdown(pair->client);
		promise_client(lab, LAB_FIN_WAIT_1, LAB_HELD, pair);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, pair);
	}
}

void make_fin_wait_2(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		promise_client(lab, LAB_FIN_WAIT_2, LAB_HELD, &lab->pairs[i]);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, &lab->pairs[i]);
	}
}

/* Neither hears the other's FIN; then the client does, at the retransmission. */
void make_closing(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_drop_all(pair->client);
		lab_drop_all(pair->server);
		lab_shutdown(pair->client);
		lab_shutdown(pair->server);
		lab_drop_nothing(pair->client);
		promise_client(lab, LAB_CLOSING, LAB_HELD, pair);
		promise_server(lab, LAB_FIN_WAIT_1, LAB_HELD, pair);
	}
}

void make_close_wait(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];
		char byte;

		if (read(pair->server, &byte, sizeof(byte)) != 0)
			errx(1, "no end of file from a peer that closed");
		promise_client(lab, LAB_FIN_WAIT_2, LAB_HELD, pair);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, pair);
	}
}

/* The client never hears the server's FIN, so it stays where it is. */
void make_last_ack(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_drop_all(pair->client);
		lab_shutdown(pair->server);
		promise_client(lab, LAB_FIN_WAIT_2, LAB_HELD, pair);
		promise_server(lab, LAB_LAST_ACK, LAB_HELD, pair);
	}
}

void make_orphan_fin_wait_1(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_drop_all(pair->client);
		close(pair->client);
		promise_client(lab, LAB_FIN_WAIT_1, LAB_ORPHAN, pair);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, pair);
	}
}

void make_orphan_last_ack(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_drop_all(pair->client);
		close(pair->server);
		promise_client(lab, LAB_FIN_WAIT_2, LAB_HELD, pair);
		promise_server(lab, LAB_LAST_ACK, LAB_ORPHAN, pair);
	}
}

static void set_linger(int fd, int seconds)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_LINGER2, &seconds, sizeof(seconds)) < 0)
		err(1, "cannot set how long FIN-WAIT-2 may last");
}

void make_orphan_fin_wait_2(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		set_linger(pair->client, ORPHAN_LINGER_S);
		close(pair->client);
		promise_client(lab, LAB_FIN_WAIT_2, LAB_ORPHAN, pair);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, pair);
	}
}

void make_minisock_fin_wait_2(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		close(lab->pairs[i].client);
		promise_client(lab, LAB_FIN_WAIT_2, LAB_MINISOCK, &lab->pairs[i]);
		promise_server(lab, LAB_CLOSE_WAIT, LAB_HELD, &lab->pairs[i]);
	}
}

/* The descriptors are closed only when the handshake is over, so that no end
 * becomes an orphan on the way. */
void make_time_wait(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++)
		lab_shutdown(lab->pairs[i].server);
	for (size_t i = 0; i < lab->count; i++) {
		const struct pair *pair = &lab->pairs[i];

		lab_await(pair->client, LAB_CLOSED);
		lab_await(pair->server, LAB_CLOSED);
		close(pair->client);
		close(pair->server);
		promise_client(lab, LAB_TIME_WAIT, LAB_MINISOCK, pair);
	}
}
