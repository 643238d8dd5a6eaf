/*
 * Filter expressions from hostile hands: an error message or a filter, whose parts for
 * the kernel never leave out what it matches.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/bytecode.h"
#include "query/filter.h"
#include "unit/bytecode_kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define V4(a, b, c, d, p) { .family = ADDR_V4, .bytes = { a, b, c, d }, .port = p }

static const struct tcp_facts facts = { .rtt_us = 1500, .total_retrans_segments = 3 };
static const struct owner holders[] = {
	{ .pid = 812, .fd = 7, .command = "nginx", .command_line = "nginx -g x" },
	{ .pid = 813, .fd = -1, .command = "a\nb" },
};
static const struct owners owners = { .reason = OWNER_KNOWN, .count = 2, .list = holders };

static const struct sock socks[] = {
	{ .proto = PROTO_TCP, .state = STATE_ESTABLISHED, .has = UINT32_MAX & ~SOCK_HAS_MEMORY,
	  .local = V4(10, 0, 0, 1, 22), .peer = V4(192, 0, 2, 1, 40000), .mark = 1,
	  .cgroup_id = 7, .recv_queue = 5, .tcp = &facts, .tcp_bytes = sizeof(facts) },
	{ .proto = PROTO_TCP, .state = STATE_LISTEN, .ifindex = 2,
	  .local = { .family = ADDR_V6, .port = 80 }, .peer = { .family = ADDR_V6 } },
	{ .proto = PROTO_UDP, .state = STATE_UNCONNECTED,
	  .local = { .family = ADDR_V6, .bytes = { [10] = 0xff, 0xff, 10, 1, 2, 3 } },
	  .peer = { .family = ADDR_V6, .bytes = { [15] = 1 }, .port = 65535 } },
	{ .proto = PROTO_UNIX, .state = STATE_LISTEN, .name = "/tmp/.X11-unix/X0", .name_len = 17 },
};

static int any_service(void *context, const char *name, uint16_t *port)
{
	(void)context;
	*port = (uint16_t)(strlen(name) * 11);
	return name[0] == 'z' ? -1 : 0;
}

static size_t any_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	(void)context;
	(void)max;
	out[0] = socks[0].peer;
	out[1] = socks[2].peer;
	return strlen(name) % 3;
}

static int any_interface(void *context, const char *name, uint32_t *ifindex)
{
	(void)context;
	*ifindex = (uint32_t)strlen(name);
	return 0;
}

static int any_cgroup(void *context, const char *path, uint64_t *id)
{
	(void)context;
	*id = strlen(path);
	return 0;
}

static void require(bool b)
{
	if (!b)
		abort();
}

static void check_socks(struct filter *f, const struct bytecode *b)
{
	for (size_t i = 0; i < sizeof(socks) / sizeof(socks[0]); i++) {
		const struct sock *sk = &socks[i];
		const struct row row = { .sock = sk, .owners = i ? NULL : &owners,
					 .now_ns = UINT64_C(1) << 40 };

		if (!filter_match(f, &row))
			continue;
		require(filter_states(f) >> sk->state & 1);
		require(filter_protos(f) >> sk->proto & 1);
		if (sk->local.family)
			require(filter_families(f) >> sk->local.family & 1);
		/* no local port is in the range of automatic ones: the kernel agrees */
		if (sk->local.family)
			require(kernel_passes(b->code, b->len, sk, false));
	}
}

static void use(struct filter *f, struct buffer *out)
{
	static const struct filter_asked asked = {
		.protos = PROTO_BIT(PROTO_COUNT) - 1, .states = STATE_BIT(STATE_COUNT) - 1,
	};
	struct bytecode b;

	filter_explain(f, &asked, out);
	if (bytecode_compile(&b, filter_match_tree(f), NULL, NULL) == 0) {
		require(!b.len || kernel_accepts(b.code, b.len));
		check_socks(f, &b);
	}
	bytecode_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter_options options = {
		.service = any_service, .host = any_host, .interface = any_interface,
		.cgroup = any_cgroup, .comments = size && data[0] == '#',
	};
	struct filter_error err = { .len = 0 };
	char *text = malloc(size + 1);
	struct filter *f;
	struct buffer out;

	if (!text)
		return 0;
	memcpy(text, data, size);
	buffer_init(&out, -1);
	f = filter_parse(text, size, &options, &err);
	if (f) {
		use(f, &out);
	} else {
		require(err.message[0] && err.offset <= size && err.len <= size - err.offset + 1);
		filter_error_write(&err, text, size, &out);
	}
	filter_free(f);
	buffer_fini(&out);
	free(text);
	return 0;
}
