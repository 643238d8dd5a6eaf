/* Transfers that are held back, each by something else: see ailments.h. */
#include "config.h"

#include "live/ailments.h"

#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_much(void *context)
{
	static const char bytes[65536];
	const struct lab *lab = context;

	if (send(lab->pairs[0].client, bytes, sizeof(bytes), 0) < 0)
		_exit(0);
}

static void send_little(void *context)
{
	const struct lab *lab = context;

	if (send(lab->pairs[0].client, "hello", 5, 0) != 5)
		_exit(0);
	poll(NULL, 0, 20);
}

static void receive(void *context)
{
	static char bytes[65536];
	const struct lab *lab = context;

	if (recv(lab->pairs[0].server, bytes, sizeof(bytes), 0) <= 0)
		_exit(0);
}

static void set_buffer(int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) < 0)
		err(1, "cannot set a send buffer");
}

static void send_at_once(int fd)
{
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		err(1, "cannot set a socket option");
}

void ail_limited_application(struct lab *lab)
{
	lab_pairs(lab);
	ail_meanwhile(receive, lab);
	ail_meanwhile(send_little, lab);
}

/* What fits is sent at once; then the program waits for its acknowledgment. */
void ail_limited_send_buffer(struct lab *lab)
{
	lab_pairs(lab);
	set_buffer(lab->pairs[0].client, 1);
	send_at_once(lab->pairs[0].client);
	ail_meanwhile(receive, lab);
	ail_meanwhile(send_much, lab);
}

/* Room for more than the network takes in some round trips. */
void ail_limited_network(struct lab *lab)
{
	lab_pairs(lab);
	set_buffer(lab->pairs[0].client, 1 << 20);
	ail_meanwhile(receive, lab);
	ail_meanwhile(send_much, lab);
}
