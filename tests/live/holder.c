/*
 * Holds sockets for the tests of names and owners, until its standard input ends.
 *
 *     holder [--hostile] [ADDRESS...]
 *
 * A listener on 127.0.0.1 with an accepted connection, one that waits in its accept
 * queue and one in TIME-WAIT; a listener on 0.0.0.0 with a connection to 127.0.0.1
 * and to each ADDRESS.  Says the two listeners' ports in one line.  With --hostile the
 * process has a name and arguments that would do harm on a terminal.
 */
#include "config.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clear the screen, a new line, no UTF-8, right to left, the end of /proc/PID/stat's name. */
static const char hostile[] = "\033[2J\n\xff\xe2\x80\xae) R";

static int listen_on(const char *address, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	if (fd < 0 || inet_pton(AF_INET, address, &at->sin_addr) != 1 ||
	    bind(fd, (const struct sockaddr *)at, sizeof(*at)) || listen(fd, 512) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		err(1, "listen on %s", address);
	return fd;
}

static int connect_to(const char *address, const struct sockaddr_in *at)
{
	struct sockaddr_in to = *at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(1, "'%s' is no address", address);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		err(1, "connect to %s", address);
	return fd;
}

static int accept_from(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		err(1, "accept");
	return fd;
}

/* This end closes first and stays behind in TIME-WAIT once the other has closed too. */
static void leave_time_wait(int listener, const struct sockaddr_in *at)
{
	int client = connect_to("127.0.0.1", at);
	int server = accept_from(listener);
	char byte;

	shutdown(client, SHUT_WR);
	if (read(server, &byte, 1) != 0)
		errx(1, "no end of the connection");
	close(server);
	if (read(client, &byte, 1) != 0)
		errx(1, "no end of the connection");
	close(client);
}

/* The arguments are the process's own memory, for anyone to overwrite. */
static void become_hostile(char *argument)
{
	prctl(PR_SET_NAME, hostile);
	memcpy(argument, hostile, strlen(argument));
}

int main(int argc, char **argv)
{
	struct sockaddr_in own, any;
	int own_fd = listen_on("127.0.0.1", &own);
	int any_fd = listen_on("0.0.0.0", &any);
	int first = 1;
	char byte;

	if (argc > 1 && !strcmp(argv[1], "--hostile")) {
		become_hostile(argv[1]);
		first = 2;
	}
	connect_to("127.0.0.1", &own);
	accept_from(own_fd);
	leave_time_wait(own_fd, &own);
	connect_to("127.0.0.1", &own);
	connect_to("127.0.0.1", &any);
	accept_from(any_fd);
	for (int i = first; i < argc; i++)
		connect_to(argv[i], &any);
	printf("%d %d\n", ntohs(own.sin_port), ntohs(any.sin_port));
	if (fflush(stdout))
		err(1, "standard output");
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
