/* What the decoders of sock_diag's families have in common: see diag.h. */
#include "config.h"

#include "collect/diag.h"

#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

bool diag_prepare(struct dump_spec *spec, const struct diag_state *states, size_t count)
{
	spec->kernel_states = 0;
	spec->filter.len = 0;
	memset(spec->state_of, STATE_COUNT, sizeof(spec->state_of));
	for (size_t i = 0; i < count; i++) {
		spec->state_of[states[i].number] = states[i].state;
		if (spec->states & STATE_BIT(states[i].state))
			spec->kernel_states |= 1u << states[i].number;
	}
	return spec->kernel_states != 0;
}

void *diag_request(struct nlmsghdr *request, size_t size)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	return mnl_nlmsg_put_extra_header(nlh, size);
}

static bool attributes_take(const struct nlattr *attr, const char *end, diag_take *take,
			    struct sock_record *r)
{
	for (; mnl_attr_ok(attr, (int)(end - (const char *)attr)); attr = mnl_attr_next(attr))
		if (!take(r, mnl_attr_get_type(attr), mnl_attr_get_payload(attr),
			  mnl_attr_get_payload_len(attr)))
			return false;
	return (const char *)attr >= end;
}

bool diag_attributes(const struct nlmsghdr *nlh, size_t header, diag_take *take,
		     struct sock_record *r)
{
	/* Not mnl_nlmsg_get_payload_tail(), which rounds up, beyond what was received. */
	const char *end = (const char *)nlh + nlh->nlmsg_len;

	return attributes_take(mnl_nlmsg_get_payload_offset(nlh, header), end, take, r);
}

bool diag_nest(const void *data, size_t len, diag_take *take, struct sock_record *r)
{
	return attributes_take(data, (const char *)data + len, take, r);
}

bool diag_header(const struct nlmsghdr *nlh, void *out, size_t size)
{
	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + size)
		return false;
	memcpy(out, mnl_nlmsg_get_payload(nlh), size);
	return true;
}

bool diag_u32(const void *data, size_t len, uint32_t *out)
{
	if (len < sizeof(*out))
		return false;
	memcpy(out, data, sizeof(*out));
	return true;
}

void diag_memory(struct sock_record *r, const void *data, size_t len)
{
	size_t known = len / sizeof(r->memory[0]);

	if (known > MEMORY_COUNT)
		known = MEMORY_COUNT;
	memset(r->memory, 0, sizeof(r->memory));
	memcpy(r->memory, data, known * sizeof(r->memory[0]));
	r->sock.memory = r->memory;
	r->sock.memory_known = (uint16_t)known;
	if (known == MEMORY_COUNT)
		r->sock.has |= SOCK_HAS_MEMORY;
}

void diag_memory_as_queues(struct sock_record *r, const void *data, size_t len)
{
	diag_memory(r, data, len);
	if (r->sock.memory_known <= MEMORY_WMEM_ALLOC)
		return;
	r->sock.recv_queue = r->memory[MEMORY_RMEM_ALLOC];
	r->sock.send_queue = r->memory[MEMORY_WMEM_ALLOC];
	r->sock.has |= SOCK_HAS_QUEUES;
}

void diag_memory_unasked(const struct dump_spec *spec, struct sock_record *r)
{
	if (spec->facts & FACT_MEMORY)
		return;
	r->sock.memory = NULL;
	r->sock.memory_known = 0;
	r->sock.has &= ~(uint32_t)SOCK_HAS_MEMORY;
}

void diag_sock(const struct dump_spec *spec, const uint32_t *cookie, struct sock *sk)
{
	*sk = (struct sock){
		.has = SOCK_HAS_COOKIE,
		.proto = (uint8_t)spec->proto,
		.state = STATE_UNCONNECTED,
		.kind = SOCK_FULL,
		.cookie = cookie[0] | (uint64_t)cookie[1] << 32,
	};
}

void diag_inode(struct sock *sk, uint32_t inode)
{
	sk->inode = inode;
	if (inode)
		sk->has |= SOCK_HAS_INODE;
}

uint8_t diag_type(unsigned int number)
{
	static const uint8_t types[] = {
		[SOCK_STREAM] = SOCK_TYPE_STREAM,
		[SOCK_DGRAM] = SOCK_TYPE_DGRAM,
		[SOCK_RAW] = SOCK_TYPE_RAW,
		[SOCK_RDM] = SOCK_TYPE_RDM,
		[SOCK_SEQPACKET] = SOCK_TYPE_SEQPACKET,
		[SOCK_PACKET] = SOCK_TYPE_PACKET,
	};

	return number < sizeof(types) ? types[number] : (uint8_t)SOCK_TYPE_UNKNOWN;
}

/* Returns the length of the text, which was cut at @size. */
__attribute__((format(printf, 3, 0)))
static uint32_t print(char *out, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(out, size, format, args);

	if (len < 0)
		return 0;
	return (size_t)len < size ? (uint32_t)len : (uint32_t)size - 1;
}

void diag_name(struct sock_record *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r->sock.name_len = print(r->name, sizeof(r->name), format, args);
	va_end(args);
	r->sock.name = r->name;
}

void diag_local(struct sock_record *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r->sock.local_text_len = print(r->local_text, sizeof(r->local_text), format, args);
	va_end(args);
	r->sock.local_text = r->local_text;
}

void diag_peer(struct sock_record *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	r->sock.peer_text_len = print(r->peer_text, sizeof(r->peer_text), format, args);
	va_end(args);
	r->sock.peer_text = r->peer_text;
}
