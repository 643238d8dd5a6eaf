/* The connections that carry this very session: see own_session.h. */
#include "config.h"

#include "app/own_session.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANCESTORS_MAX 64
#define ENVIRONMENT_MAX ((size_t)256 * 1024)

static bool parse_end(struct endpoint *out, const char *address, unsigned int port)
{
	*out = (struct endpoint){ .port = (uint16_t)port };
	if (port > 65535)
		return false;
	if (inet_pton(AF_INET, address, out->bytes) == 1) {
		out->family = ADDR_V4;
		return true;
	}
	out->family = ADDR_V6;
	return inet_pton(AF_INET6, address, out->bytes) == 1;
}

/* "client-address client-port server-address server-port", as sshd(8) sets it. */
static bool parse_connection(struct own_session *own, const char *text)
{
	char client[64];
	char server[64];
	unsigned int client_port;
	unsigned int server_port;

	return text &&
	       sscanf(text, "%63s %u %63s %u", client, &client_port, server, &server_port) == 4 &&
	       parse_end(&own->client, client, client_port) &&
	       parse_end(&own->server, server, server_port);
}

/* The whole small file, NUL-terminated; how long it is. */
static size_t read_small(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && used < size - 1) {
		n = read(fd, out + used, size - 1 - used);
		used += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	out[used] = '\0';
	return used;
}

static pid_t parent_of(pid_t pid)
{
	char path[64];
	char stat[1024];
	const char *end;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	read_small(path, stat, sizeof(stat));
	end = strrchr(stat, ')');
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

static bool find_in_process(struct own_session *own, pid_t pid, char *room)
{
	static const char name[] = "SSH_CONNECTION=";
	char path[64];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	len = read_small(path, room, ENVIRONMENT_MAX);
	for (const char *at = room; at < room + len; at += strlen(at) + 1)
		if (!strncmp(at, name, sizeof(name) - 1))
			return parse_connection(own, at + sizeof(name) - 1);
	return false;
}

void own_session_find(struct own_session *own)
{
	char *room;
	pid_t pid = getppid();

	*own = (struct own_session){ .known = false };
	own->known = parse_connection(own, getenv("SSH_CONNECTION"));
	room = own->known ? NULL : malloc(ENVIRONMENT_MAX);
	for (int i = 0; room && !own->known && pid > 0 && i < ANCESTORS_MAX; i++) {
		own->known = find_in_process(own, pid, room);
		pid = parent_of(pid);
	}
	free(room);
}

static bool same_end(const struct endpoint *a, const struct endpoint *b)
{
	struct endpoint other = *a;

	if (!endpoint_compare(a, b))
		return true;
	if (a->family != ADDR_V6 || b->family != ADDR_V4 || !addr_is_mapped(ADDR_V6, a->bytes))
		return false;
	other = (struct endpoint){ .family = ADDR_V4, .port = a->port };
	memcpy(other.bytes, a->bytes + 12, 4);
	return !endpoint_compare(&other, b);
}

bool own_session_has(const struct own_session *own, const struct sock *sk)
{
	if (!own->known)
		return false;
	return (same_end(&sk->local, &own->server) && same_end(&sk->peer, &own->client)) ||
	       (same_end(&sk->local, &own->client) && same_end(&sk->peer, &own->server));
}

bool own_session_is_named(const struct own_session *own, const char *text)
{
	char port[8];
	size_t len = (size_t)snprintf(port, sizeof(port), "%u", own->client.port);

	for (const char *at = strstr(text, port); at; at = strstr(at + 1, port))
		if ((at == text || !isdigit((unsigned char)at[-1])) &&
		    !isdigit((unsigned char)at[len]))
			return true;
	return false;
}
