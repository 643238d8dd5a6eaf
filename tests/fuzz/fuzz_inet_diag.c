/*
 * Fuzz target: a datagram of sock_diag answers, walked and decoded.
 *
 * The first byte chooses protocol and states, so that every meaning of a number
 * is reached; the rest is what the kernel is supposed to have sent.
 */
#include "config.h"

#include <libmnl/libmnl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inet_diag.h"
#include "collect/netlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	struct dump_spec spec;
	struct sock_record record;
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

static int take(void *context, const struct nlmsghdr *nlh)
{
	struct fuzz *f = context;
	const struct sock *sk = &f->record.sock;

	if (!inet_diag_source.decode(&f->spec, nlh, &f->record))
		return 0;
	if (sk->state >= STATE_COUNT || sk->tcp_bytes > TCP_FACTS_BYTES ||
	    sk->memory_known > MEMORY_COUNT || (sk->kind != SOCK_FULL && sk->has & SOCK_HAS_UID))
		abort();
	f->sum += sum_of(sk, sizeof(*sk));
	if (sk->tcp)
		f->sum += sum_of(sk->tcp, sk->tcp_bytes);
	if (sk->memory)
		f->sum += sum_of(sk->memory, sk->memory_known * sizeof(sk->memory[0]));
	if (sk->congestion)
		f->sum += strlen(sk->congestion);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *f;
	struct netlink_walk walk = { .take = take };
	char *copy;

	if (!size)
		return 0;
	f = calloc(1, sizeof(*f));
	/* Exactly as long as the input, and aligned. */
	copy = malloc(size);
	if (!f || !copy)
		abort();
	f->spec.proto = data[0] & 1 ? PROTO_UDP : PROTO_TCP;
	f->spec.states = data[0] & 2 ? ~0u : states_tcp();
	inet_diag_source.prepare(&f->spec);
	memcpy(copy, data + 1, size - 1);
	walk.context = f;
	walk.single = data[0] & 4;
	walk.seq_more = UINT32_MAX;
	netlink_walk(copy, size - 1, &walk);
	free(copy);
	free(f);
	return 0;
}
