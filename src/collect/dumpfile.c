/* Reading saved dumps: see dumpfile.h. */
#include "config.h"

#include "collect/dumpfile.h"

#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/inet_diag.h"

/* The kernel sends no longer messages; attributes are of 64 KiB at most. */
#define MESSAGE_BYTES_MAX ((uint32_t)1024 * 1024)

struct reader {
	FILE *file;
	const char *name;
	const struct collect_request *request;
	struct sink *sink;
	struct dumpfile_report *report;
	struct dump_spec specs[PROTO_COUNT]; /* prepared when first needed */
	struct sock_record record;
	char interface[16];
	char *message;	/* the whole of it, aligned */
	size_t room;
	uint64_t offset; /* of the message in the file */
	bool ended;	 /* the last message was an end mark */
	bool stopped;	 /* the sink has enough */
};

enum got { GOT_MESSAGE, GOT_END, GOT_ERROR };

/* Up to @len bytes.  How many there were; fewer only at the end, or with ferror(). */
static size_t read_bytes(struct reader *r, void *out, size_t len)
{
	return fread(out, 1, len, r->file);
}

static bool reserve(struct reader *r, size_t size)
{
	char *grown;

	if (size <= r->room)
		return true;
	grown = realloc(r->message, size);
	if (!grown)
		return false;
	r->message = grown;
	r->room = size;
	return true;
}

static enum got failed(struct reader *r, struct error *err)
{
	if (ferror(r->file))
		error_set(err, errno, "cannot read '%s'", r->name);
	else
		error_set(err, 0, "'%s' ends in the middle of a message, after %" PRIu64 " sockets",
			  r->name, r->report->sockets);
	return GOT_ERROR;
}

static bool is_plausible(const struct nlmsghdr *h)
{
	return h->nlmsg_len >= MNL_NLMSG_HDRLEN && h->nlmsg_len <= MESSAGE_BYTES_MAX;
}

static enum got implausible(struct reader *r, const struct nlmsghdr *h, struct error *err)
{
	const struct nlmsghdr turned = { .nlmsg_len = __builtin_bswap32(h->nlmsg_len) };
	const uint16_t type = __builtin_bswap16(h->nlmsg_type);

	if (r->offset)
		error_set(err, 0, "'%s' is damaged at byte %" PRIu64 ", after %" PRIu64 " sockets",
			  r->name, r->offset, r->report->sockets);
	else if (is_plausible(&turned) && (type == SOCK_DIAG_BY_FAMILY || type == TCPDIAG_GETSOCK))
		error_set(err, 0, "'%s' was written on a machine of the other byte order", r->name);
	else
		error_set(err, 0, "'%s' is no dump of sock_diag messages", r->name);
	return GOT_ERROR;
}

/* The next message into @r->message. */
static enum got next(struct reader *r, struct error *err)
{
	struct nlmsghdr head;
	size_t got = read_bytes(r, &head, sizeof(head)), rest;

	if (!got && !ferror(r->file))
		return GOT_END;
	if (got < sizeof(head))
		return failed(r, err);
	if (!is_plausible(&head))
		return implausible(r, &head, err);
	rest = head.nlmsg_len - sizeof(head);
	if (!reserve(r, MNL_ALIGN(head.nlmsg_len))) {
		error_set(err, ENOMEM, "cannot read '%s'", r->name);
		return GOT_ERROR;
	}
	memcpy(r->message, &head, sizeof(head));
	if (read_bytes(r, r->message + sizeof(head), rest) < rest)
		return failed(r, err);
	/* the padding may be missing behind the last one */
	read_bytes(r, r->message + head.nlmsg_len, MNL_ALIGN(head.nlmsg_len) - head.nlmsg_len);
	return GOT_MESSAGE;
}

static enum proto proto_of_number(unsigned int number)
{
	enum proto p;

	for (p = 0; p < PROTO_COUNT; p++) {
		if (proto_info(p)->family == AF_INET && proto_info(p)->number == number)
			return p;
	}
	return PROTO_TCP;
}

/* The protocol that the message says it is of; TCP when it says nothing. */
static enum proto proto_of(const struct nlmsghdr *h)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(h, sizeof(struct inet_diag_msg));
	const char *end = mnl_nlmsg_get_payload_tail(h);

	if (h->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_msg))
		return PROTO_TCP; /* the decoder will refuse it */
	for (; mnl_attr_ok(attr, (int)(end - (const char *)attr)); attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) == INET_DIAG_PROTOCOL &&
		    mnl_attr_get_payload_len(attr) >= 1)
			return proto_of_number(mnl_attr_get_u8(attr));
	}
	return PROTO_TCP;
}

static const struct dump_spec *spec_of(struct reader *r, enum proto p)
{
	struct dump_spec *spec = &r->specs[p];

	if (!spec->kernel_states) {
		*spec = (struct dump_spec){
			.proto = p,
			.family = FAMILY_V4 | FAMILY_V6,
			.states = proto_info(p)->states,
			.facts = FACTS_OF_DUMP,
		};
		inet_diag_source.prepare(spec);
	}
	return spec;
}

static bool is_asked_for(const struct collect_request *q, const struct sock *sk)
{
	unsigned int family = sk->local.family == ADDR_V6 ? FAMILY_V6 : FAMILY_V4;

	return q->protos & PROTO_BIT(sk->proto) && q->families & family &&
	       q->states & STATE_BIT(sk->state);
}

/*
 * What interface has which number is known on the host of the dump alone, but the
 * first one is the same everywhere.
 */
static const char *interface_name(struct reader *r, uint32_t ifindex)
{
	if (!ifindex)
		return NULL;
	if (ifindex == 1)
		return "lo";
	snprintf(r->interface, sizeof(r->interface), "if%" PRIu32, ifindex);
	return r->interface;
}

static void take_socket(struct reader *r, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(h);
	enum proto p;

	if (h->nlmsg_len > MNL_NLMSG_HDRLEN && msg->idiag_family != AF_INET &&
	    msg->idiag_family != AF_INET6) {
		r->report->foreign++;
		return;
	}
	p = proto_of(h);
	if (!inet_diag_source.decode(spec_of(r, p), h, &r->record)) {
		r->report->malformed++;
	} else if (!is_asked_for(r->request, &r->record.sock)) {
		r->report->outside++;
	} else {
		r->report->sockets++;
		r->record.sock.interface = interface_name(r, r->record.sock.ifindex);
		r->stopped = sink_push(r->sink, &r->record.sock) != 0;
	}
}

/* True when there can be no more to read. */
static bool take_message(struct reader *r)
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)(void *)r->message;

	r->report->messages++;
	r->ended = h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR;
	r->report->errors += h->nlmsg_type == NLMSG_ERROR;
	if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY || h->nlmsg_type == TCPDIAG_GETSOCK)
		take_socket(r, h);
	else if (!r->ended && h->nlmsg_type != NLMSG_NOOP)
		r->report->malformed++;
	return r->stopped;
}

/* A text file may have a plausible length at its start, but hardly a type. */
static bool is_dump(const struct nlmsghdr *h)
{
	return h->nlmsg_type == SOCK_DIAG_BY_FAMILY || h->nlmsg_type == TCPDIAG_GETSOCK ||
	       h->nlmsg_type <= NLMSG_OVERRUN;
}

static int read_all(struct reader *r, struct error *err)
{
	enum got got;

	while ((got = next(r, err)) == GOT_MESSAGE) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)(void *)r->message;

		if (!r->offset && !is_dump(h))
			return error_set(err, 0, "'%s' is no dump of sock_diag messages", r->name);
		if (take_message(r))
			return 0;
		r->offset += MNL_ALIGN(h->nlmsg_len);
	}
	if (got == GOT_ERROR)
		return -1;
	if (!r->offset)
		return error_set(err, 0, "'%s' is empty", r->name);
	if (!r->ended)
		return error_set(err, 0, "'%s' has no end mark: it is cut off after %" PRIu64
				 " sockets", r->name, r->report->sockets);
	return 0;
}

int dumpfile_read(FILE *file, const char *name, const struct collect_request *request,
		  struct sink *sink, struct dumpfile_report *report, struct error *err)
{
	struct dumpfile_report own;
	struct reader *r = calloc(1, sizeof(*r));
	int result;

	if (!r)
		return error_set(err, ENOMEM, "cannot read '%s'", name);
	r->file = file;
	r->name = name;
	r->request = request;
	r->sink = sink;
	r->report = report ? report : &own;
	*r->report = (struct dumpfile_report){ 0 };
	result = read_all(r, err);
	free(r->message);
	free(r);
	return result;
}
