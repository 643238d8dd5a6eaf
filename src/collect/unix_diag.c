/* sock_diag for UNIX domain sockets. */
#include "config.h"

#include "collect/unix_diag.h"

#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/diag.h"

static const struct diag_state states[] = {
	{ KERNEL_ESTABLISHED, STATE_ESTABLISHED },
	{ KERNEL_CLOSE, STATE_UNCONNECTED },
	{ KERNEL_LISTEN, STATE_LISTEN },
};

static bool unix_prepare(struct dump_spec *spec)
{
	return diag_prepare(spec, states, sizeof(states) / sizeof(states[0]));
}

static void unix_request(const struct dump_spec *spec, struct nlmsghdr *request)
{
	struct unix_diag_req *req = diag_request(request, sizeof(*req));

	req->sdiag_family = AF_UNIX;
	req->udiag_states = spec->kernel_states;
	req->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN |
			  UDIAG_SHOW_UID;
	if (spec->facts & FACT_MEMORY)
		req->udiag_show |= UDIAG_SHOW_MEMINFO;
}

/*
 * A path ends with its NUL.  An abstract name begins with one and may have more,
 * which are written "@", as in /proc/net/unix.
 */
static void take_name(struct sock_record *r, const char *data, size_t len)
{
	if (len > sizeof(r->name))
		len = sizeof(r->name);
	if (len && data[0])
		len = strnlen(data, len);
	for (size_t i = 0; i < len; i++)
		r->name[i] = data[i] ? data[i] : '@';
	r->sock.name = len ? r->name : NULL;
	r->sock.name_len = (uint32_t)len;
}

static bool take_file(struct sock *sk, const void *data, size_t len)
{
	struct unix_diag_vfs file;

	if (len < sizeof(file))
		return false;
	memcpy(&file, data, sizeof(file));
	sk->file_inode = file.udiag_vfs_ino;
	sk->file_device = file.udiag_vfs_dev;
	sk->has |= SOCK_HAS_FILE;
	return true;
}

static bool take_queues(struct sock *sk, const void *data, size_t len)
{
	struct unix_diag_rqlen queues;

	if (len < sizeof(queues))
		return false;
	memcpy(&queues, data, sizeof(queues));
	sk->recv_queue = queues.udiag_rqueue;
	sk->send_queue = queues.udiag_wqueue;
	sk->has |= SOCK_HAS_QUEUES;
	return true;
}

/* A peer that is gone, or not accepted yet, has the inode 0. */
static bool take_peer(struct sock *sk, const void *data, size_t len)
{
	uint32_t inode;

	if (!diag_u32(data, len, &inode))
		return false;
	sk->peer_inode = inode;
	if (inode)
		sk->has |= SOCK_HAS_PEER_INODE;
	return true;
}

/* Up to Linux 6.16 the uid of a socket without a descriptor is 0, whoever made it. */
static bool take_uid(struct sock *sk, const void *data, size_t len)
{
	if (!diag_u32(data, len, &sk->uid))
		return false;
	if (sk->uid || sk->has & SOCK_HAS_INODE)
		sk->has |= SOCK_HAS_UID;
	return true;
}

static bool take_shutdown(struct sock *sk, const void *data, size_t len)
{
	if (len < sizeof(sk->shutdown))
		return false;
	memcpy(&sk->shutdown, data, sizeof(sk->shutdown));
	sk->has |= SOCK_HAS_SHUTDOWN;
	return true;
}

static bool take(struct sock_record *r, unsigned int type, const void *data, size_t len)
{
	switch (type) {
	case UNIX_DIAG_NAME:
		take_name(r, data, len);
		break;
	case UNIX_DIAG_VFS:
		return take_file(&r->sock, data, len);
	case UNIX_DIAG_PEER:
		return take_peer(&r->sock, data, len);
	case UNIX_DIAG_RQLEN:
		return take_queues(&r->sock, data, len);
	case UNIX_DIAG_MEMINFO:
		diag_memory(r, data, len);
		break;
	case UNIX_DIAG_SHUTDOWN:
		return take_shutdown(&r->sock, data, len);
	case UNIX_DIAG_UID:
		return take_uid(&r->sock, data, len);
	}
	return true;
}

/* As ss does: the name or "*", and the inode where others have a port. */
void unix_diag_ends(struct sock_record *r)
{
	const struct sock *sk = &r->sock;

	if (sk->name)
		diag_local(r, "%.*s %llu", (int)sk->name_len, sk->name,
			   (unsigned long long)sk->inode);
	else
		diag_local(r, "* %llu", (unsigned long long)sk->inode);
	if (sk->has & SOCK_HAS_PEER_INODE || sk->has & SOCK_HAS_COOKIE)
		diag_peer(r, "* %llu", (unsigned long long)sk->peer_inode);
	else
		diag_peer(r, "*");
}

static bool unix_decode(const struct dump_spec *spec, const struct nlmsghdr *nlh,
			struct sock_record *record)
{
	struct unix_diag_msg msg;
	struct sock *sk = &record->sock;

	if (!diag_header(nlh, &msg, sizeof(msg)))
		return false;
	if (msg.udiag_family != AF_UNIX || msg.udiag_state >= KERNEL_STATES ||
	    spec->state_of[msg.udiag_state] >= STATE_COUNT)
		return false;
	diag_sock(spec, msg.udiag_cookie, sk);
	sk->state = spec->state_of[msg.udiag_state];
	sk->type = diag_type(msg.udiag_type);
	diag_inode(sk, msg.udiag_ino);
	if (!diag_attributes(nlh, sizeof(msg), take, record))
		return false;
	unix_diag_ends(record);
	return true;
}

const struct netlink_source unix_diag_source = {
	.prepare = unix_prepare,
	.request = unix_request,
	.decode = unix_decode,
};
