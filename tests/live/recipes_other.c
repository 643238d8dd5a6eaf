/*
 * Recipes for UDP, and for what exists once: wildcards, a dual-stack server, a
 * device.
 */
#include "config.h"

#include "live/recipes.h"

#include <err.h>
#include <unistd.h>

#define BACKLOG 16

static void set_int(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		err(1, "cannot set option %d of a socket", option);
}

/* A socket of @type on the wildcard address of @family. */
static int bind_wildcard(struct lab *lab, int family, int type, bool v6only, union endpoint *end)
{
	const int fd = socket(family, type | SOCK_CLOEXEC, 0);

	*end = endpoint_make(family, family == AF_INET ? "0.0.0.0" : "::", lab->next_port++);
	if (fd < 0)
		err(1, "cannot make a socket for '%s'", lab->recipe);
	if (family == AF_INET6)
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only);
	if (bind(fd, &end->sa, endpoint_length(end)) < 0)
		err(1, "cannot bind to the wildcard address");
	return fd;
}

static void start_listening(struct lab *lab, int fd, const union endpoint *end)
{
	const union endpoint any = endpoint_any(end->sa.sa_family);

	if (listen(fd, BACKLOG) < 0)
		err(1, "cannot listen for '%s'", lab->recipe);
	lab_promise(lab, LAB_LISTEN, end, &any);
}

void make_wildcards(struct lab *lab)
{
	union endpoint end;
	int fd = bind_wildcard(lab, AF_INET, SOCK_STREAM, false, &end);

	start_listening(lab, fd, &end);
	if (!lab->has_ipv6)
		return;
	fd = bind_wildcard(lab, AF_INET6, SOCK_STREAM, true, &end);
	start_listening(lab, fd, &end);
}

/* The two ends of such a connection are in different families: 127.0.0.1 at the
 * client is ::ffff:127.0.0.1 at the server. */
void make_dual_stack(struct lab *lab)
{
	const uint16_t client_port = lab->next_port++;
	const union endpoint client4 = endpoint_make(AF_INET, "127.0.0.1", client_port);
	const union endpoint client6 = endpoint_make(AF_INET6, "::ffff:127.0.0.1", client_port);
	union endpoint end, server4, server6;
	int listener, client;

	if (!lab->has_ipv6)
		return;
	listener = bind_wildcard(lab, AF_INET6, SOCK_STREAM, false, &end);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server4 = endpoint_make(AF_INET, "127.0.0.1", endpoint_port(&end));
	server6 = endpoint_make(AF_INET6, "::ffff:127.0.0.1", endpoint_port(&end));
	start_listening(lab, listener, &end);
	if (client < 0 || bind(client, &client4.sa, endpoint_length(&client4)) < 0)
		err(1, "cannot bind a client");
	lab_connect(client, &server4);
	if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
		err(1, "cannot accept for '%s'", lab->recipe);
	lab_promise(lab, LAB_ESTABLISHED, &client4, &server4);
	lab_promise(lab, LAB_ESTABLISHED, &server6, &client6);
}

void make_device(struct lab *lab)
{
	static const char device[] = "lo";
	const union endpoint end = endpoint_make(AF_INET, "127.0.0.1", lab->next_port++);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, sizeof(device)) < 0)
		err(1, "cannot bind a socket to lo");
	if (bind(fd, &end.sa, endpoint_length(&end)) < 0)
		err(1, "cannot bind to an address on lo");
	start_listening(lab, fd, &end);
}

static void make_waiting_datagram(struct lab *lab)
{
	const union endpoint any = endpoint_any(lab->flavour->family);
	union endpoint end, sender_end;
	static const char datagram[] = "abc";
	const int sender = lab_bind(lab, SOCK_DGRAM, &sender_end);

	lab_bind(lab, SOCK_DGRAM, &end);
	if (sendto(sender, datagram, sizeof(datagram), 0, &end.sa, endpoint_length(&end)) < 0)
		err(1, "cannot send a datagram");
	close(sender);
	lab_promise_udp(lab, LAB_CLOSED, &end, &any);
}

void make_udp(struct lab *lab)
{
	for (size_t i = 0; i < lab->count; i++) {
		const union endpoint any = endpoint_any(lab->flavour->family);
		union endpoint alone, first, second;
		int first_fd, second_fd;

		lab_bind(lab, SOCK_DGRAM, &alone);
		lab_promise_udp(lab, LAB_CLOSED, &alone, &any);
		first_fd = lab_bind(lab, SOCK_DGRAM, &first);
		second_fd = lab_bind(lab, SOCK_DGRAM, &second);
		lab_connect(first_fd, &second);
		lab_connect(second_fd, &first);
		lab_promise_udp(lab, LAB_ESTABLISHED, &first, &second);
		lab_promise_udp(lab, LAB_ESTABLISHED, &second, &first);
		make_waiting_datagram(lab);
	}
}

static void make_udp_wildcard(struct lab *lab, int family, bool v6only)
{
	const union endpoint any = endpoint_any(family);
	union endpoint end;

	bind_wildcard(lab, family, SOCK_DGRAM, v6only, &end);
	lab_promise_udp(lab, LAB_CLOSED, &end, &any);
}

void make_udp_wildcards(struct lab *lab)
{
	make_udp_wildcard(lab, AF_INET, false);
	if (!lab->has_ipv6)
		return;
	make_udp_wildcard(lab, AF_INET6, false);
	make_udp_wildcard(lab, AF_INET6, true);
}
