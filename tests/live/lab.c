/*
 * Tools for the recipes, see lab.h.
 */
#include "config.h"

#include "live/lab.h"
#include "live/kernel.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_S 20
#define TCP_FLAGS_OFFSET 13
#define TCP_ACK_FLAG 0x10

union endpoint lab_endpoint(struct lab *lab)
{
	return endpoint_make(lab->flavour->family, lab->flavour->address, lab->next_port++);
}

int lab_bind(struct lab *lab, int type, union endpoint *end)
{
	const int fd = socket(lab->flavour->family, type | SOCK_CLOEXEC, 0);
	char text[ENDPOINT_TEXT_MAX];

	*end = lab_endpoint(lab);
	if (fd < 0)
		err(1, "cannot make a socket for '%s'", lab->recipe);
	if (bind(fd, &end->sa, endpoint_length(end)) < 0)
		err(1, "cannot bind to '%s'", endpoint_format(end, text));
	return fd;
}

int lab_listen(struct lab *lab, int backlog, union endpoint *end)
{
	const union endpoint any = endpoint_any(lab->flavour->family);
	const int fd = lab_bind(lab, SOCK_STREAM, end);

	if (listen(fd, backlog) < 0)
		err(1, "cannot listen for '%s'", lab->recipe);
	lab_promise(lab, LAB_LISTEN, end, &any);
	return fd;
}

void lab_connect(int fd, const union endpoint *to)
{
	char text[ENDPOINT_TEXT_MAX];

	if (connect(fd, &to->sa, endpoint_length(to)) < 0)
		err(1, "cannot connect to '%s'", endpoint_format(to, text));
}

void lab_connect_start(int fd, const union endpoint *to)
{
	char text[ENDPOINT_TEXT_MAX];

	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		err(1, "cannot make a socket non-blocking");
	if (connect(fd, &to->sa, endpoint_length(to)) < 0 && errno != EINPROGRESS)
		err(1, "cannot connect to '%s'", endpoint_format(to, text));
}

void lab_pairs(struct lab *lab)
{
	for (size_t i = 0; i < lab->count; i++) {
		struct pair *pair = &lab->pairs[i];

		pair->client = lab_bind(lab, SOCK_STREAM, &pair->client_end);
		pair->server_end = lab->listener_end;
		lab_connect(pair->client, &pair->server_end);
		pair->server = accept4(lab->listener, NULL, NULL, SOCK_CLOEXEC);
		if (pair->server < 0)
			err(1, "cannot accept for '%s'", lab->recipe);
	}
}

void lab_promise_kind(struct lab *lab, enum lab_state state, enum lab_kind kind,
		      const union endpoint *local, const union endpoint *peer)
{
	const struct roster_entry entry = {
		.protocol = IPPROTO_TCP,
		.state = state,
		.kind = kind,
		.local = *local,
		.peer = *peer,
		.recipe = lab->recipe,
	};

	roster_add(&lab->roster, &entry);
}

void lab_promise(struct lab *lab, enum lab_state state, const union endpoint *local,
		 const union endpoint *peer)
{
	lab_promise_kind(lab, state, LAB_HELD, local, peer);
}

void lab_promise_udp(struct lab *lab, enum lab_state state, const union endpoint *local,
		     const union endpoint *peer)
{
	lab_promise(lab, state, local, peer);
	lab->roster.entry[lab->roster.count - 1].protocol = IPPROTO_UDP;
}

static void attach(int fd, struct sock_filter *code, unsigned short length)
{
	const struct sock_fprog program = { .len = length, .filter = code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		err(1, "cannot attach a filter to a socket");
}

void lab_drop_all(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	attach(fd, code, sizeof(code) / sizeof(code[0]));
}

void lab_drop_acks(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS_OFFSET),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TCP_ACK_FLAG, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
	};

	attach(fd, code, sizeof(code) / sizeof(code[0]));
}

void lab_drop_nothing(int fd)
{
	const int unused = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) < 0)
		err(1, "cannot detach a filter from a socket");
}

void lab_shutdown(int fd)
{
	if (shutdown(fd, SHUT_WR) < 0)
		err(1, "cannot shut a connection down");
}

static bool expired(time_t deadline)
{
	return time(NULL) > deadline;
}

static void breathe(void)
{
	poll(NULL, 0, 2);
}

void lab_await(int fd, enum lab_state state)
{
	const time_t deadline = time(NULL) + DEADLINE_S;

	while (kernel_state(fd) != state) {
		if (expired(deadline))
			errx(1, "a socket stays in state %d, wanted %d", kernel_state(fd), state);
		breathe();
	}
}

void lab_half_close(struct lab *lab)
{
	lab_pairs(lab);
	for (size_t i = 0; i < lab->count; i++)
		lab_shutdown(lab->pairs[i].client);
	for (size_t i = 0; i < lab->count; i++) {
		lab_await(lab->pairs[i].client, LAB_FIN_WAIT_2);
		lab_await(lab->pairs[i].server, LAB_CLOSE_WAIT);
	}
}

void lab_await_queue(int fd, unsigned int length)
{
	const time_t deadline = time(NULL) + DEADLINE_S;
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	/* For a listener tcpi_unacked is the length of its accept queue. */
	while (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
	       info.tcpi_unacked != length) {
		if (expired(deadline))
			errx(1, "an accept queue stays at %u, wanted %u", info.tcpi_unacked,
			     length);
		breathe();
	}
}

void lab_await_acknowledged(int fd)
{
	const time_t deadline = time(NULL) + DEADLINE_S;
	int unacknowledged = 0;

	while (ioctl(fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged) {
		if (expired(deadline))
			errx(1, "%d bytes stay unacknowledged", unacknowledged);
		breathe();
	}
}

/* Returns how many lines differ now. */
static size_t compare_now(const struct lines *wanted, FILE *out)
{
	struct lines found = { 0 };
	size_t differences;

	if (kernel_lines(&found) < 0)
		err(1, "cannot read the sockets through sock_diag");
	differences = lines_differ(wanted, &found, out);
	lines_fini(&found);
	return differences;
}

int lab_settle(const struct lab *lab)
{
	const time_t deadline = time(NULL) + DEADLINE_S;
	struct lines wanted = { 0 };
	size_t differences;

	roster_lines(&lab->roster, &wanted);
	while ((differences = compare_now(&wanted, NULL)) && !expired(deadline))
		breathe();
	if (differences)
		compare_now(&wanted, stderr);
	lines_fini(&wanted);
	return differences ? -1 : 0;
}
