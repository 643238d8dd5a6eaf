/*
 * Connections on 127.0.0.1 that take a step when told, for tests that follow them.
 *
 *     stepper PORT
 *
 * Listens on PORT, then does what the lines of its standard input say, and answers each
 * with a line:
 *
 *     connect   a connection that waits to be accepted; says the client's port
 *     accept    it is accepted
 *     pass      the server's end is passed on to a child alone; says its pid
 *     drop      the child ends, and the connection with it
 *     open      a connection, accepted; says the client's port
 *     half      the client of the last one sends its FIN: the server is in CLOSE-WAIT
 *     finish    the server closes: the client, still held, goes to TIME-WAIT
 *     brief N   N connections one after the other, each reset at once
 */
#include "config.h"

#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct stepper {
	struct sockaddr_in at;
	int listener;
	int client;
	int server;
	int child_end; /* a pipe: the child ends with it */
	pid_t child;
};

static void stepper_listen(struct stepper *s, unsigned long port)
{
	const int on = 1;

	s->at = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 ||
	    setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(s->listener, (const struct sockaddr *)&s->at, sizeof(s->at)) ||
	    listen(s->listener, 16))
		err(1, "listen");
}

static unsigned int connect_one(struct stepper *s)
{
	struct sockaddr_in own;
	socklen_t len = sizeof(own);

	s->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->client < 0 ||
	    connect(s->client, (const struct sockaddr *)&s->at, sizeof(s->at)) ||
	    getsockname(s->client, (struct sockaddr *)&own, &len))
		err(1, "connect");
	return ntohs(own.sin_port);
}

static void accept_one(struct stepper *s)
{
	s->server = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (s->server < 0)
		err(1, "accept");
}

static unsigned int open_one(struct stepper *s)
{
	unsigned int port = connect_one(s);

	accept_one(s);
	return port;
}

static void hold_until_ended(const struct stepper *s, const int *pipe_ends)
{
	char byte;

	close(s->client);
	close(s->listener);
	close(pipe_ends[1]);
	while (read(pipe_ends[0], &byte, 1) > 0)
		continue;
	_exit(0);
}

static int pass_on(struct stepper *s)
{
	int ends[2];

	if (pipe(ends))
		err(1, "pipe");
	s->child = fork();
	if (s->child < 0)
		err(1, "fork");
	if (!s->child)
		hold_until_ended(s, ends);
	close(ends[0]);
	close(s->server);
	s->child_end = ends[1];
	return (int)s->child;
}

static void drop(const struct stepper *s)
{
	close(s->child_end);
	waitpid(s->child, NULL, 0);
	close(s->client);
}

static void reset_one(const struct stepper *s)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(s->client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(s->client);
	close(s->server);
}

/* The client's end must have arrived: the state of the server follows at once. */
static void half_close(const struct stepper *s)
{
	char byte;

	if (shutdown(s->client, SHUT_WR) || read(s->server, &byte, 1))
		err(1, "half");
}

static void finish(const struct stepper *s)
{
	char byte;

	close(s->server);
	if (read(s->client, &byte, 1))
		err(1, "finish");
}

int main(int argc, char **argv)
{
	struct stepper s = { .client = -1 };
	char line[64];

	if (argc != 2)
		errx(2, "usage: stepper PORT");
	stepper_listen(&s, strtoul(argv[1], NULL, 10));
	puts("listening");
	while (!fflush(stdout) && fgets(line, sizeof(line), stdin)) {
		unsigned long count = strtoul(line + strcspn(line, " \n"), NULL, 10);

		if (!strncmp(line, "open", 4)) {
			printf("%u\n", open_one(&s));
			continue;
		}
		if (!strncmp(line, "connect", 7)) {
			printf("%u\n", connect_one(&s));
			continue;
		}
		if (!strncmp(line, "pass", 4)) {
			printf("%d\n", pass_on(&s));
			continue;
		}
		if (!strncmp(line, "accept", 6))
			accept_one(&s);
		else if (!strncmp(line, "drop", 4))
			drop(&s);
		else if (!strncmp(line, "half", 4))
			half_close(&s);
		else if (!strncmp(line, "finish", 6))
			finish(&s);
		else
			for (; count; count--) {
				struct stepper brief = s;

				open_one(&brief);
				reset_one(&brief);
			}
		puts("done");
	}
	return 0;
}
