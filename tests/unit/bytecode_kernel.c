/* What the kernel makes of sock_diag bytecode: see bytecode_kernel.h. */
#include "config.h"

#include "unit/bytecode_kernel.h"

#include <linux/inet_diag.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

static struct inet_diag_bc_op op_at(const unsigned char *code, size_t at)
{
	struct inet_diag_bc_op op;

	memcpy(&op, code + at, sizeof(op));
	return op;
}

/* Bytes that an instruction needs at least, 0 for one that is unknown or does not fit. */
static size_t op_bytes(const unsigned char *code, size_t len, size_t at)
{
	size_t need = 4;
	struct inet_diag_bc_op op;

	if (len - at < need)
		return 0;
	op = op_at(code, at);
	if (op.code >= INET_DIAG_BC_S_GE && op.code <= INET_DIAG_BC_D_LE)
		need = 8;
	else if (op.code == 11 || op.code == 12 || op.code == INET_DIAG_BC_DEV_COND)
		need = 8;
	else if (op.code == INET_DIAG_BC_MARK_COND || op.code == 13)
		need = 12;
	else if (op.code > 13)
		return 0;
	if (op.code == INET_DIAG_BC_S_COND || op.code == INET_DIAG_BC_D_COND) {
		unsigned int bytes;

		if (len - at < 12)
			return 0;
		bytes = code[at + 4] == AF_INET ? 4 : code[at + 4] == AF_INET6 ? 16 : 0;
		if (code[at + 5] > bytes * 8)
			return 0;
		need = 12 + bytes;
	}
	return len - at < need ? 0 : need;
}

/* True if an instruction starts at @target, or the program ends there. */
static bool is_start(const unsigned char *code, size_t len, size_t target)
{
	size_t at = 0;

	while (at < target && at < len)
		at += op_at(code, at).yes;
	return at == target;
}

bool kernel_accepts(const unsigned char *code, size_t len)
{
	size_t at = 0;

	if (len < 4)
		return false;
	while (at < len) {
		size_t need = op_bytes(code, len, at);
		struct inet_diag_bc_op op;

		if (!need)
			return false;
		op = op_at(code, at);
		if (op.yes < need || op.yes % 4 || op.yes > len - at + 4)
			return false;
		if (op.code != INET_DIAG_BC_NOP &&
		    (op.no < need || op.no % 4 || op.no > len - at + 4 ||
		     (op.no < len - at && !is_start(code, len, at + op.no))))
			return false;
		at += op.yes;
	}
	return at == len;
}

static bool prefix_matches(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - bits % 8) == 0;
}

static bool net_matches(const struct endpoint *e, enum addr_family family, const uint8_t *net,
			unsigned int bits)
{
	if (e->family == family)
		return prefix_matches(e->bytes, net, bits);
	return e->family == ADDR_V6 && family == ADDR_V4 && addr_is_mapped(ADDR_V6, e->bytes) &&
	       prefix_matches(e->bytes + 12, net, bits);
}

static bool host_cond(const unsigned char *op, const struct endpoint *e)
{
	struct inet_diag_hostcond cond;

	memcpy(&cond, op + 4, sizeof(cond));
	if (cond.port != -1 && cond.port != e->port)
		return false;
	return net_matches(e, cond.family == AF_INET ? ADDR_V4 : ADDR_V6, op + 12,
			   cond.prefix_len);
}

static uint32_t mark_of(const struct sock *sk)
{
	return sk->has & SOCK_HAS_MARK ? sk->mark : 0;
}

static uint64_t cgroup_of(const struct sock *sk)
{
	return sk->has & SOCK_HAS_CGROUP ? sk->cgroup_id : 0;
}

static bool test_op(const unsigned char *op, const struct sock *sk, bool autobound)
{
	uint16_t port = op_at(op, 4).no;
	uint32_t words[2];
	uint64_t id;

	switch (op[0]) {
	case INET_DIAG_BC_NOP:
		return true;
	case INET_DIAG_BC_S_GE:
		return sk->local.port >= port;
	case INET_DIAG_BC_S_LE:
		return sk->local.port <= port;
	case INET_DIAG_BC_D_GE:
		return sk->peer.port >= port;
	case INET_DIAG_BC_D_LE:
		return sk->peer.port <= port;
	case 11:
		return sk->local.port == port;
	case 12:
		return sk->peer.port == port;
	case INET_DIAG_BC_AUTO:
		return autobound;
	case INET_DIAG_BC_S_COND:
		return host_cond(op, &sk->local);
	case INET_DIAG_BC_D_COND:
		return host_cond(op, &sk->peer);
	case INET_DIAG_BC_DEV_COND:
		memcpy(words, op + 4, 4);
		return words[0] == sk->ifindex;
	case INET_DIAG_BC_MARK_COND:
		memcpy(words, op + 4, 8);
		return (mark_of(sk) & words[1]) == words[0];
	case 13:
		memcpy(&id, op + 4, 8);
		return id == cgroup_of(sk);
	default:
		return false;
	}
}

bool kernel_passes(const unsigned char *code, size_t len, const struct sock *sk, bool autobound)
{
	unsigned char copy[32] = { 0 };
	size_t at = 0;

	while (at < len) {
		struct inet_diag_bc_op op = op_at(code, at);
		size_t bytes = len - at < sizeof(copy) ? len - at : sizeof(copy);

		memcpy(copy, code + at, bytes);
		at += test_op(copy, sk, autobound) ? op.yes : op.no;
	}
	return at == len;
}

bool tree_passes(const struct match *m, const struct sock *sk, bool autobound)
{
	if (!m)
		return true;
	switch (m->op) {
	case MATCH_ALL:
		return true;
	case MATCH_AND:
		return tree_passes(m->left, sk, autobound) && tree_passes(m->right, sk, autobound);
	case MATCH_OR:
		return tree_passes(m->left, sk, autobound) || tree_passes(m->right, sk, autobound);
	case MATCH_NOT:
		return !tree_passes(m->left, sk, autobound);
	case MATCH_LOCAL_PORT:
		return sk->local.port >= m->port_min && sk->local.port <= m->port_max;
	case MATCH_PEER_PORT:
		return sk->peer.port >= m->port_min && sk->peer.port <= m->port_max;
	case MATCH_LOCAL_NET:
		return net_matches(&sk->local, m->net.family, m->net.bytes, m->prefix_bits);
	case MATCH_PEER_NET:
		return net_matches(&sk->peer, m->net.family, m->net.bytes, m->prefix_bits);
	case MATCH_INTERFACE:
		return sk->ifindex == m->ifindex;
	case MATCH_MARK:
		return (mark_of(sk) & m->mark_mask) == m->mark_value;
	case MATCH_CGROUP:
		return cgroup_of(sk) == m->cgroup_id;
	case MATCH_AUTOBOUND:
		return autobound;
	}
	return false;
}
