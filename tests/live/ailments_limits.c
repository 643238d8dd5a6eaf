/* Ailments of what runs out: see ailments.h. */
#include "config.h"

#include "live/ailments.h"
#include "live/netns.h"
#include "live/tracking.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void set(const char *name, const char *value)
{
	if (netns_sysctl(name, value) < 0)
		err(77, "cannot set '%s'", name);
}

/* lab->count connections with ports that the kernel chooses, to @destinations in turn. */
static void connect_unbound(struct lab *lab, size_t destinations)
{
	union endpoint ends[8];

	for (size_t i = 0; i < destinations; i++)
		lab_listen(lab, 512, &ends[i]);
	for (size_t i = 0; i < lab->count; i++) {
		const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			err(1, "cannot make a socket");
		lab_connect(fd, &ends[i % destinations]);
	}
}

void ail_ports(struct lab *lab)
{
	set("ipv4/ip_local_port_range", "50000 50049");
	connect_unbound(lab, 1);
}

void ail_ports_spread(struct lab *lab)
{
	set("ipv4/ip_local_port_range", "50000 50049");
	connect_unbound(lab, 3);
}

static void make_time_waits(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		lab_shutdown(lab->pairs[i].client);
		lab_await(lab->pairs[i].server, LAB_CLOSE_WAIT);
		lab_shutdown(lab->pairs[i].server);
		lab_await(lab->pairs[i].client, LAB_CLOSED);
		close(lab->pairs[i].client);
		close(lab->pairs[i].server);
	}
}

void ail_time_wait(struct lab *lab)
{
	set("ipv4/tcp_max_tw_buckets", "20");
	make_time_waits(lab);
}

void ail_time_wait_few(struct lab *lab)
{
	ail_time_wait(lab);
}

void ail_time_wait_many(struct lab *lab)
{
	make_time_waits(lab);
}

void ail_open_and_close(void *context)
{
	const struct lab *lab = context;
	const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int server;

	if (client < 0)
		err(1, "cannot make a socket");
	lab_connect(client, &lab->listener_end);
	server = accept(lab->listener, NULL, NULL);
	close(client);
	close(server);
	poll(NULL, 0, 5);
}

void ail_time_wait_overflow(struct lab *lab)
{
	set("ipv4/tcp_max_tw_buckets", "20");
	make_time_waits(lab);
	ail_meanwhile(ail_open_and_close, lab);
}

/* 40 connections have 80 sockets here; a few more descriptors are open anyhow. */
void ail_descriptors(struct lab *lab)
{
	const struct rlimit limit = { 90, 90 };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(1, "cannot set the limit of descriptors");
	lab_pairs(lab);
}

static void be_refused(void *context)
{
	const union endpoint nobody = endpoint_make(AF_INET, "127.0.0.1", 9);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)context;
	if (fd < 0 || connect(fd, &nobody.sa, endpoint_length(&nobody)) == 0)
		err(1, "a connection is not refused");
	close(fd);
	poll(NULL, 0, 10);
}

static void connect_one(void *context)
{
	const struct lab *lab = context;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "cannot make a socket");
	lab_connect(fd, &lab->listener_end);
}

static void connect_now_and_then(void *context)
{
	connect_one(context);
	poll(NULL, 0, 200);
}

/* A third of the 200 ports is used at once, and then up to 5 more each second. */
void ail_ports_soon(struct lab *lab)
{
	set("ipv4/ip_local_port_range", "50000 50199");
	for (size_t i = 0; i < lab->count; i++)
		connect_one(lab);
	ail_meanwhile(connect_now_and_then, lab);
}

/* From the first connection on. */
void ail_resets_at_once(struct lab *lab)
{
	(void)lab;
	ail_meanwhile(be_refused, NULL);
}

/* Connections that end well first: what is usual. */
void ail_resets(struct lab *lab)
{
	make_time_waits(lab);
	ail_meanwhile(be_refused, NULL);
}

/* Connections closed with data that the peer does not acknowledge. */
void ail_orphans(struct lab *lab)
{
	ail_orphans_held(lab);
	for (size_t i = 0; i < lab->count; i++)
		close(lab->pairs[i].client);
}

/* The same, and this process still has them. */
void ail_orphans_held(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++) {
		lab_drop_all(lab->pairs[i].server);
		if (send(lab->pairs[i].client, "hello", 5, 0) != 5)
			err(1, "cannot send");
		lab_shutdown(lab->pairs[i].client);
		lab_await(lab->pairs[i].client, LAB_FIN_WAIT_1);
	}
}

/* Send as much as goes into each connection.  Returns how many bytes that were. */
static size_t fill_pairs(const struct lab *lab)
{
	static const char bytes[16384];
	size_t sent = 0;

	for (size_t i = 0; i < lab->count; i++) {
		ssize_t n;

		while ((n = send(lab->pairs[i].client, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
			sent += (size_t)n;
		if (errno != EAGAIN)
			err(1, "cannot send");
	}
	return sent;
}

void ail_memory(struct lab *lab)
{
	lab_pairs(lab);
	fill_pairs(lab);
}

/* As many bytes, and they are read. */
void ail_memory_read(struct lab *lab)
{
	char bytes[65536];
	size_t unread;

	lab_pairs(lab);
	unread = fill_pairs(lab);
	for (size_t i = 0; unread; i = (i + 1) % lab->count) {
		ssize_t n = recv(lab->pairs[i].server, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n > 0)
			unread -= (size_t)n;
	}
	for (size_t i = 0; i < lab->count; i++)
		lab_await_acknowledged(lab->pairs[i].client);
}

static void track(void)
{
	if (tracking_start() < 0)
		err(77, "cannot have connections tracked");
}

void ail_tracked(struct lab *lab)
{
	track();
	lab_pairs(lab);
}

void ail_tracked_queue_full(struct lab *lab)
{
	track();
	ail_queue_full(lab);
}

void ail_tracked_busy(struct lab *lab)
{
	track();
	ail_busy(lab);
}
