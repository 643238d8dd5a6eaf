/*
 * Fuzz target: sock_diag answers of the families beyond TCP and UDP, decoded and
 * described.
 *
 * The first byte chooses the protocol, the second whether memory was asked for and
 * the interface's name is known; the rest is what the kernel is supposed to have sent.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inet_diag.h"
#include "collect/netlink.h"
#include "collect/netlink_diag.h"
#include "collect/packet_diag.h"
#include "collect/tipc_diag.h"
#include "collect/unix_diag.h"
#include "collect/vsock_diag.h"
#include "collect/xdp_diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	enum proto proto;
	const struct netlink_source *source;
} sources[] = {
	{ PROTO_UNIX, &unix_diag_source },   { PROTO_PACKET, &packet_diag_source },
	{ PROTO_NETLINK, &netlink_diag_source }, { PROTO_VSOCK, &vsock_diag_source },
	{ PROTO_TIPC, &tipc_diag_source },   { PROTO_XDP, &xdp_diag_source },
	{ PROTO_RAW, &inet_diag_source },    { PROTO_MPTCP, &inet_diag_source },
	{ PROTO_SCTP, &inet_diag_source },   { PROTO_DCCP, &inet_diag_source },
	{ PROTO_UDPLITE, &inet_diag_source },
};

#define SOURCE_COUNT (sizeof(sources) / sizeof(sources[0]))

struct fuzz {
	const struct netlink_source *source;
	struct dump_spec spec;
	struct sock_record record;
	bool named;
	volatile uint64_t sum; /* of all that was delivered: it must be readable */
};

static uint64_t sum_of(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint64_t sum = 0;

	while (len--)
		sum += bytes[len];
	return sum;
}

/* Texts are there together with their length, and both ends or none. */
static void check(const struct sock *sk)
{
	if (sk->state >= STATE_COUNT || sk->type >= SOCK_TYPE_COUNT || sk->tcp ||
	    sk->memory_known > MEMORY_COUNT || sk->name_len > SOCK_NAME_MAX ||
	    (sk->local.family == ADDR_NONE) != (sk->local_text && sk->local_text_len) ||
	    (sk->local.family == ADDR_NONE) != (sk->peer_text && sk->peer_text_len))
		abort();
}

static int take(void *context, const struct nlmsghdr *nlh)
{
	struct fuzz *f = context;
	struct sock *sk = &f->record.sock;

	if (!f->source->decode(&f->spec, nlh, &f->record))
		return 0;
	if (f->named && sk->ifindex)
		sk->interface = "eth0";
	if (f->source->describe)
		f->source->describe(&f->record);
	check(sk);
	f->sum += sum_of(sk, sizeof(*sk));
	if (sk->name)
		f->sum += sum_of(sk->name, sk->name_len);
	if (sk->local_text)
		f->sum += sum_of(sk->local_text, sk->local_text_len) +
			  sum_of(sk->peer_text, sk->peer_text_len);
	if (sk->memory)
		f->sum += sum_of(sk->memory, sk->memory_known * sizeof(sk->memory[0]));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netlink_walk walk = { .take = take, .single = true, .seq_more = UINT32_MAX };
	struct fuzz *f;
	char *copy;

	if (size < 2)
		return 0;
	f = calloc(1, sizeof(*f));
	/* Exactly as long as the input, and aligned. */
	copy = malloc(size - 2 ? size - 2 : 1);
	if (!f || !copy)
		abort();
	f->source = sources[data[0] % SOURCE_COUNT].source;
	f->named = data[1] & 1;
	f->spec.proto = sources[data[0] % SOURCE_COUNT].proto;
	f->spec.family = proto_info(f->spec.proto)->number ? FAMILY_V4 : 0;
	f->spec.states = ~0u;
	f->spec.facts = data[1] & 2 ? FACT_MEMORY : 0;
	f->source->prepare(&f->spec);
	memcpy(copy, data + 2, size - 2);
	walk.context = f;
	netlink_walk(copy, size - 2, &walk);
	free(copy);
	free(f);
	return 0;
}
