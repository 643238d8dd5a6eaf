/* Ailments on the way to the end of a connection: see ailments.h. */
#include "config.h"

#include "live/ailments.h"

#include <err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void ail_close_wait(struct lab *lab)
{
	lab_half_close(lab);
}

static void send_some(void *context)
{
	const struct lab *lab = context;
	char bytes[4096];

	for (size_t i = 0; i < lab->count; i++) {
		if (send(lab->pairs[i].server, "x", 1, MSG_DONTWAIT) < 0)
			err(1, "cannot send to a half-closed connection");
		while (recv(lab->pairs[i].client, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	}
	poll(NULL, 0, 20);
}

/* The same, and the server goes on sending. */
void ail_close_wait_busy(struct lab *lab)
{
	lab_half_close(lab);
	send_some(lab);
	ail_meanwhile(send_some, lab);
}

void ail_close_wait_unaccepted(struct lab *lab)
{
	union endpoint end;

	for (size_t i = 0; i < lab->count; i++) {
		const int client = lab_bind(lab, SOCK_STREAM, &end);

		lab_connect(client, &lab->listener_end);
		lab_shutdown(client);
		lab_await(client, LAB_FIN_WAIT_2);
	}
	lab_await_queue(lab->listener, (unsigned int)lab->count);
}

/* Several processes on one machine: the server's end stays with this one as well. */
void ail_fin_wait_2(struct lab *lab)
{
	lab_half_close(lab);
}

void ail_fin_wait_2_closed(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++)
		close(lab->pairs[i].client);
}

void ail_fin_unacknowledged(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		lab_drop_all(lab->pairs[i].client);
		close(lab->pairs[i].client);
	}
}

void ail_fin_acknowledged(struct lab *lab)
{
	lab_half_close(lab);
	for (size_t i = 0; i < lab->count; i++) {
		close(lab->pairs[i].server);
		lab_await(lab->pairs[i].client, LAB_CLOSED);
		close(lab->pairs[i].client);
	}
}
