/* Columns out of tcp_info: see columns_tcp.h; which there are is in columns_tcp.def. */
#include "config.h"

#include "query/columns_tcp.h"

#include <string.h>

/* The number at @self->offset of @record, @self->size bytes large. */
static uint64_t number_at(const void *record, const struct column *self)
{
	const char *p = (const char *)record + self->offset;
	uint64_t n64;
	uint32_t n32;
	uint16_t n16;

	switch (self->size) {
	case sizeof(n64):
		memcpy(&n64, p, sizeof(n64));
		return n64;
	case sizeof(n32):
		memcpy(&n32, p, sizeof(n32));
		return n32;
	case sizeof(n16):
		memcpy(&n16, p, sizeof(n16));
		return n16;
	default:
		return (unsigned char)*p;
	}
}

/* One field of tcp_info; a listener's means something else (see tcp_facts.h). */
void column_tcp(const struct row *row, const struct column *self, struct value *out)
{
	const struct sock *sk = row->sock;

	if (!sk->tcp || sk->state == STATE_LISTEN || sk->tcp_bytes < self->offset + self->size) {
		*out = value_none();
		return;
	}
	*out = value_count(number_at(sk->tcp, self));
}

/* The same for a limit, which the kernel gives as its largest number when there is none. */
void column_tcp_limit(const struct row *row, const struct column *self, struct value *out)
{
	uint64_t none = self->size == sizeof(uint64_t) ? UINT64_MAX : INT32_MAX;

	column_tcp(row, self, out);
	if (out->kind == VALUE_COUNT && out->count >= none)
		*out = value_none();
}

/*
 * The same for a time that is measured: 0, and of a minimum the largest number, until it
 * has been.  Before the first round trip the deviation is just what the kernel begins with.
 */
void column_tcp_measured(const struct row *row, const struct column *self, struct value *out)
{
	column_tcp_limit(row, self, out);
	if (out->kind == VALUE_COUNT && (!out->count || !row->sock->tcp->rtt_us))
		*out = value_none();
}
