/*
 * Lines of /proc/net/{unix,packet,netlink}: see procnet.h.
 *
 * They begin with the address of the socket in the kernel, or with what the kernel
 * shows in its place ("(____ptrval____)"): one word that says nothing.
 */
#include "config.h"

#include "collect/procnet_other.h"

#include <string.h>

#include "collect/diag.h"
#include "collect/netlink_diag.h"
#include "collect/packet_diag.h"
#include "collect/scan.h"
#include "collect/unix_diag.h"

/* enum socket_state of linux/net.h, as told by /proc/net/unix. */
enum unix_state {
	UNIX_UNCONNECTED = 1,
	UNIX_CONNECTING,    /* connected, without a descriptor: not accepted yet */
	UNIX_CONNECTED,
	UNIX_DISCONNECTING, /* not connected, without a descriptor */
};

/* __SO_ACCEPTCON of linux/net.h. */
#define UNIX_FLAG_LISTENING (1u << 16)

static bool scan_word(struct cursor *c)
{
	const char *start = c->at;

	while (c->at < c->end && *c->at != ' ')
		c->at++;
	return c->at > start && scan_blanks(c);
}

/* A decimal number and the blanks behind it, where there are any. */
static bool scan_field(struct cursor *c, uint64_t *out)
{
	if (!scan_decimal(c, out))
		return false;
	scan_blanks(c);
	return true;
}

static void sock_begin(const struct dump_spec *spec, struct sock *sk)
{
	*sk = (struct sock){ .proto = (uint8_t)spec->proto, .state = STATE_UNCONNECTED };
}

/* Inodes beyond 32 bits are none of a socket's. */
static void take_inode(struct sock *sk, uint64_t inode)
{
	sk->inode = inode;
	if (inode)
		sk->has |= SOCK_HAS_INODE;
}

static enum state unix_state(uint64_t flags, uint64_t state)
{
	switch (state) {
	case UNIX_UNCONNECTED:
	case UNIX_DISCONNECTING:
		return flags & UNIX_FLAG_LISTENING ? STATE_LISTEN : STATE_UNCONNECTED;
	case UNIX_CONNECTING:
	case UNIX_CONNECTED:
		return STATE_ESTABLISHED;
	}
	return STATE_COUNT;
}

static void take_path(struct sock_record *r, const struct cursor *c)
{
	size_t len = (size_t)(c->end - c->at);

	if (len > sizeof(r->name))
		len = sizeof(r->name);
	memcpy(r->name, c->at, len);
	r->sock.name = r->name;
	r->sock.name_len = (uint32_t)len;
}

bool procnet_parse_unix(const struct dump_spec *spec, const char *line, size_t len,
			struct sock_record *record)
{
	struct cursor c = { line, line + len };
	struct sock *sk = &record->sock;
	uint64_t references, protocol, flags, type, number, inode;
	enum state state;

	sock_begin(spec, sk);
	if (!scan_word(&c) || !scan_hex(&c, 8, &references) || !scan_blanks(&c) ||
	    !scan_hex(&c, 8, &protocol) || !scan_blanks(&c) ||
	    !scan_hex(&c, 8, &flags) || !scan_blanks(&c) ||
	    !scan_hex(&c, 4, &type) || !scan_blanks(&c) ||
	    !scan_hex(&c, 2, &number) || !scan_blanks(&c) || !scan_decimal(&c, &inode))
		return false;
	state = unix_state(flags, number);
	if (state >= STATE_COUNT)
		return false;
	sk->state = (uint8_t)state;
	sk->type = diag_type((unsigned int)type);
	take_inode(sk, inode);
	/* The path may itself begin with blanks. */
	if (scan_char(&c, ' ') && c.at < c.end)
		take_path(record, &c);
	unix_diag_ends(record);
	return true;
}

bool procnet_parse_packet(const struct dump_spec *spec, const char *line, size_t len,
			  struct sock_record *record)
{
	struct cursor c = { line, line + len };
	struct sock *sk = &record->sock;
	uint64_t references, type, protocol, ifindex, running, memory, user, inode;

	sock_begin(spec, sk);
	if (!scan_word(&c) || !scan_field(&c, &references) || !scan_field(&c, &type) ||
	    !scan_hex(&c, 4, &protocol) || !scan_blanks(&c) || !scan_field(&c, &ifindex) ||
	    !scan_field(&c, &running) || !scan_field(&c, &memory) || !scan_field(&c, &user) ||
	    !scan_field(&c, &inode))
		return false;
	sk->type = diag_type((unsigned int)type);
	sk->ifindex = (uint32_t)ifindex;
	sk->uid = (uint32_t)user;
	sk->has |= SOCK_HAS_UID;
	take_inode(sk, inode);
	packet_diag_name(record, (unsigned int)protocol);
	return true;
}

bool procnet_parse_netlink(const struct dump_spec *spec, const char *line, size_t len,
			   struct sock_record *record)
{
	struct cursor c = { line, line + len };
	struct sock *sk = &record->sock;
	uint64_t protocol, port, groups, received, sent, dump, locks, drops, inode;

	sock_begin(spec, sk);
	if (!scan_word(&c) || !scan_field(&c, &protocol) || !scan_field(&c, &port) ||
	    !scan_hex(&c, 8, &groups) || !scan_blanks(&c) || !scan_field(&c, &received) ||
	    !scan_field(&c, &sent) || !scan_field(&c, &dump) || !scan_field(&c, &locks) ||
	    !scan_field(&c, &drops) || !scan_field(&c, &inode))
		return false;
	sk->recv_queue = (uint32_t)received;
	sk->send_queue = (uint32_t)sent;
	sk->has |= SOCK_HAS_QUEUES;
	take_inode(sk, inode);
	netlink_diag_local(record, (unsigned int)protocol, (uint32_t)port);
	diag_peer(record, "*");
	return true;
}
