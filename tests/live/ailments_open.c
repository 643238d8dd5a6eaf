/* Ailments of listeners and of connections being opened: see ailments.h. */
#include "config.h"

#include "live/ailments.h"
#include "live/netns.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listener with backlog lab->count where @waiting connections wait. */
static int make_queue(struct lab *lab, size_t waiting, union endpoint *end)
{
	const int listener = lab_listen(lab, (int)lab->count, end);
	union endpoint client_end;

	for (size_t i = 0; i < waiting; i++)
		lab_connect(lab_bind(lab, SOCK_STREAM, &client_end), end);
	lab_await_queue(listener, (unsigned int)waiting);
	return listener;
}

void ail_queue_full(struct lab *lab)
{
	union endpoint end;

	make_queue(lab, lab->count + 1, &end);
}

void ail_queue_near_full(struct lab *lab)
{
	union endpoint end;

	make_queue(lab, lab->count - 1, &end);
}

static void knock(void *context)
{
	const union endpoint *end = context;
	const int fd = socket(end->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || (connect(fd, &end->sa, endpoint_length(end)) < 0 && errno != EINPROGRESS))
		err(1, "cannot knock");
	poll(NULL, 0, 5);
	close(fd);
}

void ail_queue_overflow(struct lab *lab)
{
	static union endpoint end;

	make_queue(lab, lab->count + 1, &end);
	ail_meanwhile(knock, &end);
}

/* The answers are dropped before they are seen. */
void ail_syn_sent(struct lab *lab)
{
	union endpoint end;

	for (size_t i = 0; i < lab->count; i++) {
		const int client = lab_bind(lab, SOCK_STREAM, &end);

		lab_drop_all(client);
		lab_connect_start(client, &lab->listener_end);
	}
}

/* The answer is a reset: these are gone at once. */
void ail_syn_refused(struct lab *lab)
{
	const union endpoint nobody = endpoint_make(AF_INET, "127.0.0.1", 9);
	union endpoint end;

	for (size_t i = 0; i < lab->count; i++) {
		const int client = lab_bind(lab, SOCK_STREAM, &end);

		if (connect(client, &nobody.sa, endpoint_length(&nobody)) == 0 ||
		    errno != ECONNREFUSED)
			err(1, "a connection is not refused");
	}
}

/* lab->count half-open connections from @sources addresses, of a backlog of 48. */
static void make_half_open(struct lab *lab, unsigned int sources)
{
	union endpoint listener_end;

	lab_listen(lab, 48, &listener_end);
	for (unsigned int i = 0; i < lab->count; i++) {
		const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		union endpoint end;
		char address[16];

		snprintf(address, sizeof(address), "127.0.%u.2", i % sources);
		end = endpoint_make(AF_INET, address, lab->next_port++);
		if (client < 0 || bind(client, &end.sa, endpoint_length(&end)) < 0)
			err(1, "cannot bind to '%s'", address);
		lab_drop_all(client);
		lab_connect_start(client, &listener_end);
	}
}

void ail_syn_flood(struct lab *lab)
{
	make_half_open(lab, 40);
}

void ail_syn_backlog(struct lab *lab)
{
	make_half_open(lab, 2);
}

/* Each connection is opened by a cookie, however much room there is. */
static void send_cookies(void)
{
	if (netns_sysctl("ipv4/tcp_syncookies", "2") < 0)
		err(77, "cannot have SYN cookies sent");
}

void ail_syn_cookies(struct lab *lab)
{
	send_cookies();
	ail_meanwhile(ail_open_and_close, lab);
}

/* A SYN whose answer is never heard. */
static void ask_in_vain(void *context)
{
	const struct lab *lab = context;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err(1, "cannot make a socket");
	lab_drop_all(fd);
	if (connect(fd, &lab->listener_end.sa, endpoint_length(&lab->listener_end)) == 0)
		err(1, "an answer was heard");
	poll(NULL, 0, 10);
	close(fd);
}

void ail_syn_cookies_unanswered(struct lab *lab)
{
	send_cookies();
	ail_meanwhile(ask_in_vain, lab);
}
