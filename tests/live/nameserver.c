/*
 * A name server for the tests of -r, on 127.0.0.1 port 53 of a namespace of its own.
 *
 *     nameserver HOLD TOTAL
 *
 * What it says to a question for the name of 127.0.X.Y depends on X:
 *     1  host-Y.example.net
 *     2  there is no such name
 *     3  a name with bytes that do harm on a terminal
 *     4  nothing, ever
 *     5  host-Y.example.net, but only when HOLD questions are waiting, or all that are
 *        still to come of the TOTAL
 * Says "ready", then one line a question: its name, number and how many are waiting.
 */
#include "config.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER 12
#define WAITING_MAX 256

static const char hostile[] = "\033[2J\n\xff\xe2\x80\xae<b>";

struct question {
	struct sockaddr_in from;
	unsigned char bytes[512];
	size_t len;
	char name[256];
};

struct waiting {
	struct question list[WAITING_MAX];
	size_t count;
};

/* The name asked for, as text.  The length of its form in the question, or 0. */
static size_t read_name(const struct question *q, char *out, size_t size)
{
	size_t at = HEADER, used = 0;

	while (at < q->len && q->bytes[at]) {
		size_t label = q->bytes[at++];

		if (label > 63 || at + label >= q->len || used + label + 2 > size)
			return 0;
		memcpy(out + used, q->bytes + at, label);
		used += label;
		out[used++] = '.';
		at += label;
	}
	out[used] = '\0';
	return at + 1 - HEADER;
}

static size_t put_label(unsigned char *out, const char *text, size_t len)
{
	*out = (unsigned char)len;
	memcpy(out + 1, text, len);
	return len + 1;
}

/* "host-Y.example.net", or its hostile cousin. */
static size_t put_host(unsigned char *out, unsigned int x, unsigned int y)
{
	char host[32];
	size_t used = 0;

	snprintf(host, sizeof(host), "host-%u", y);
	if (x == 3)
		used += put_label(out, hostile, strlen(hostile));
	used += put_label(out + used, host, strlen(host));
	used += put_label(out + used, "example", 7);
	used += put_label(out + used, "net", 3);
	out[used++] = 0;
	return used;
}

static void answer(int fd, const struct question *q, unsigned int x, unsigned int y)
{
	static const unsigned char pointer[] = { 0xc0, HEADER, 0, 12, 0, 1, 0, 0, 0, 60 };
	char name[256];
	unsigned char out[1024];
	size_t len = HEADER + read_name(q, name, sizeof(name)) + 4;
	size_t host;

	memcpy(out, q->bytes, len);
	out[2] = 0x85; /* an answer with authority */
	out[3] = x == 2 ? 3 : 0;
	memset(out + 4, 0, HEADER - 4);
	out[5] = 1;
	if (x != 2) {
		out[7] = 1;
		memcpy(out + len, pointer, sizeof(pointer));
		len += sizeof(pointer);
		host = put_host(out + len + 2, x, y);
		out[len] = 0;
		out[len + 1] = (unsigned char)host;
		len += 2 + host;
	}
	sendto(fd, out, len, 0, (const struct sockaddr *)&q->from, sizeof(q->from));
}

static void address_of(const struct question *q, unsigned int *x, unsigned int *y)
{
	*x = 2;
	*y = 0;
	if (sscanf(q->name, "%u.%u.0.127.in-addr.arpa.", y, x) != 2)
		*x = 2;
}

static void release(int fd, struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++) {
		unsigned int x, y;

		address_of(&w->list[i], &x, &y);
		answer(fd, &w->list[i], x, y);
	}
	w->count = 0;
}

/* A question asked once more is no other question. */
static void hold(struct waiting *w, const struct question *q)
{
	size_t i = 0;

	while (i < w->count && strcmp(w->list[i].name, q->name) != 0)
		i++;
	if (i == w->count && w->count < WAITING_MAX)
		w->list[w->count++] = *q;
}

int main(int argc, char **argv)
{
	static struct waiting waiting;
	const struct sockaddr_in at = { .sin_family = AF_INET,
					.sin_port = htons(53),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	size_t left = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		err(1, "port 53");
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	for (;;) {
		struct question q = { .len = 0 };
		socklen_t len = sizeof(q.from);
		ssize_t got = recvfrom(fd, q.bytes, sizeof(q.bytes), 0,
				       (struct sockaddr *)&q.from, &len);
		unsigned int x, y;

		q.len = got > 0 ? (size_t)got : 0;
		if (q.len < HEADER + 5 || !read_name(&q, q.name, sizeof(q.name)))
			continue;
		address_of(&q, &x, &y);
		if (x == 5)
			hold(&waiting, &q);
		else if (x != 4)
			answer(fd, &q, x, y);
		printf("%s %u %zu\n", q.name, q.bytes[0] << 8 | q.bytes[1], waiting.count);
		if (waiting.count && (waiting.count == most || waiting.count == left)) {
			left -= waiting.count;
			release(fd, &waiting);
		}
	}
}
