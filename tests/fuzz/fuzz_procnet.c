/*
 * Fuzz target: lines of /proc/net/{tcp,tcp6,udp,udp6}.
 *
 * The first byte chooses the file.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/procnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void line_check(const struct dump_spec *spec, const uint8_t *text, size_t len)
{
	char *line = malloc(len ? len : 1);
	struct sock_record record;
	const struct sock *sk = &record.sock;

	if (!line)
		abort();
	memcpy(line, text, len);
	if (procnet_parse(spec, line, len, &record) &&
	    (sk->state >= STATE_COUNT || sk->has & SOCK_HAS_COOKIE ||
	     (sk->kind != SOCK_FULL && sk->has & SOCK_HAS_UID)))
		abort();
	free(line);
}

static const enum proto protos[8] = {
	PROTO_TCP, PROTO_UNIX, PROTO_PACKET, PROTO_NETLINK,
	PROTO_RAW, PROTO_TCP,  PROTO_TCP,    PROTO_TCP,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dump_spec spec = { .proto = PROTO_TCP, .family = FAMILY_V4, .states = ~0u };
	const uint8_t *end = data + size;

	if (!size)
		return 0;
	spec.proto = protos[*data >> 2 & 7];
	if (spec.proto == PROTO_TCP && *data & 1)
		spec.proto = PROTO_UDP;
	if (*data & 2)
		spec.family = FAMILY_V6;
	data++;
	while (data < end) {
		const uint8_t *newline = memchr(data, '\n', (size_t)(end - data));
		const uint8_t *stop = newline ? newline : end;

		line_check(&spec, data, (size_t)(stop - data));
		data = stop + 1;
	}
	return 0;
}
