/* Ailments of open connections, and of datagrams: see ailments.h. */
#include "config.h"

#include "live/ailments.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LOSSY_BYTES 1000000

/* One of so many segments is lost. */
#define LOSS_ONE_IN 8

static void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		err(1, "cannot set a socket option");
}

/* Send until nothing more goes, for half a second. */
static void fill(int fd)
{
	static const char bytes[16384];
	struct pollfd ready = { .fd = fd, .events = POLLOUT };

	do {
		while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	} while (poll(&ready, 1, 500) > 0);
}

void ail_unread(struct lab *lab)
{
	lab_pairs(lab);
	fill(lab->pairs[0].client);
}

static void pass_on(void *context)
{
	const struct lab *lab = context;
	char bytes[65536];

	for (size_t i = 0; i < lab->count; i++) {
		while (send(lab->pairs[i].client, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
		recv(lab->pairs[i].server, bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	poll(NULL, 0, 5);
}

/* The buffers are full all the time, and yet it moves. */
void ail_read_slowly(struct lab *lab)
{
	lab_pairs(lab);
	fill(lab->pairs[0].client);
	ail_meanwhile(pass_on, lab);
}

void ail_peer_gone(struct lab *lab)
{
	lab_pairs(lab);
	lab_drop_all(lab->pairs[0].server);
	if (send(lab->pairs[0].client, "hello", 5, 0) != 5)
		err(1, "cannot send");
}

static void lose_some(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + SKF_AD_RANDOM)),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, LOSS_ONE_IN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		err(1, "cannot attach a filter to a socket");
}

static void read_all(void *context)
{
	const struct lab *lab = context;
	char bytes[65536];

	if (recv(lab->pairs[0].server, bytes, sizeof(bytes), 0) <= 0)
		_exit(0);
}

/* Small segments, for otherwise the loopback sends 64 KiB in one. */
void ail_lossy(struct lab *lab)
{
	static const char bytes[1000];

	lab_pairs(lab);
	set_option(lab->pairs[0].client, IPPROTO_TCP, TCP_NODELAY, 1);
	lose_some(lab->pairs[0].server);
	ail_meanwhile(read_all, lab);
	for (size_t sent = 0; sent < LOSSY_BYTES; sent += sizeof(bytes)) {
		if (send(lab->pairs[0].client, bytes, sizeof(bytes), 0) < 0)
			err(1, "cannot send");
		if (sent % 20000 == 0)
			lab_await_acknowledged(lab->pairs[0].client);
	}
}

static void add_address(const char *name, const char *address)
{
	const union endpoint end = endpoint_make(AF_INET, address, 0);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };

	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	memcpy(&request.ifr_addr, &end.in, sizeof(end.in));
	if (fd < 0 || ioctl(fd, SIOCSIFADDR, &request) < 0)
		err(1, "cannot set the address '%s'", address);
	close(fd);
}

/* Connections between two addresses that look like two hosts'. */
static void make_remote(struct lab *lab)
{
	static const struct flavour near = { "near", AF_INET, "10.11.0.1" };
	static const struct flavour far = { "far", AF_INET, "10.11.0.2" };

	add_address("lo:1", near.address);
	add_address("lo:2", far.address);
	lab->flavour = &far;
	lab->listener = lab_listen(lab, 16, &lab->listener_end);
	lab->flavour = &near;
	lab_pairs(lab);
}

void ail_silent(struct lab *lab)
{
	make_remote(lab);
}

void ail_kept_alive(struct lab *lab)
{
	make_remote(lab);
	for (size_t i = 0; i < lab->count; i++) {
		set_option(lab->pairs[i].client, SOL_SOCKET, SO_KEEPALIVE, 1);
		set_option(lab->pairs[i].server, SOL_SOCKET, SO_KEEPALIVE, 1);
	}
}

/* Two ends of datagrams. */
struct mail {
	int from;
	int to;
};

static struct mail *open_mail(struct lab *lab)
{
	static struct mail mail;
	union endpoint to;
	union endpoint from;

	mail.to = lab_bind(lab, SOCK_DGRAM, &to);
	mail.from = lab_bind(lab, SOCK_DGRAM, &from);
	lab_connect(mail.from, &to);
	return &mail;
}

static void post(void *context)
{
	static const char bytes[1000];
	const struct mail *mail = context;

	for (size_t i = 0; i < 20; i++)
		send(mail->from, bytes, sizeof(bytes), MSG_DONTWAIT);
	poll(NULL, 0, 5);
}

void ail_udp_drops(struct lab *lab)
{
	struct mail *mail = open_mail(lab);

	set_option(mail->to, SOL_SOCKET, SO_RCVBUF, 4096);
	ail_meanwhile(post, mail);
}

static void post_and_read(void *context)
{
	const struct mail *mail = context;
	char bytes[2000];

	post(context);
	while (recv(mail->to, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

void ail_udp_read(struct lab *lab)
{
	ail_meanwhile(post_and_read, open_mail(lab));
}

static void chat(void *context)
{
	const struct lab *lab = context;
	char bytes[8192] = { 0 };

	for (size_t i = 0; i < lab->count; i++) {
		send(lab->pairs[i].client, bytes, sizeof(bytes), MSG_DONTWAIT);
		while (recv(lab->pairs[i].server, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			send(lab->pairs[i].server, bytes, 100, MSG_DONTWAIT);
		while (recv(lab->pairs[i].client, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	}
	poll(NULL, 0, 2);
}

/* A server that is well: data flows, connections come and go, datagrams are read. */
void ail_busy(struct lab *lab)
{
	lab_pairs(lab);
	ail_meanwhile(chat, lab);
	ail_meanwhile(ail_open_and_close, lab);
	ail_udp_read(lab);
}
