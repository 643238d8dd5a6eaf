/* Writing dumps that ss reads: see dumpfile.h. */
#include "config.h"

#include "collect/dumpfile.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inet_diag.h"
#include "collect/netlink.h"

/* An attribute with the protocol's number behind the message. */
#define PROTOCOL_BYTES 8

struct writer {
	FILE *file;
	const char *name;
	const struct collect_request *request;
	const struct dumpfile_editor *editor;
	struct dumpfile_report *report;
	struct netlink netlink;
	struct dump_spec spec; /* of the dump under way */
	struct sock_record record;
	char message[NETLINK_BUFFER_BYTES + PROTOCOL_BYTES];
	bool failed; /* to write */
};

/* Protocols in the order of the file: TCP has to come first. */
static const enum proto written[] = { PROTO_TCP, PROTO_UDP, PROTO_UDPLITE };

static void put_end(const struct endpoint *e, __be16 *port, __be32 *address)
{
	*port = htons(e->port);
	memcpy(address, e->bytes, e->family == ADDR_V6 ? 16 : 4);
}

/* The message as it is to be written, into @w->message. */
static const struct nlmsghdr *compose(struct writer *w, const struct nlmsghdr *from)
{
	struct nlmsghdr *to = mnl_nlmsg_put_header(w->message);
	const char *end = mnl_nlmsg_get_payload_tail(from);
	const struct nlattr *attr;
	struct inet_diag_msg *msg;

	to->nlmsg_type = from->nlmsg_type;
	to->nlmsg_flags = from->nlmsg_flags;
	to->nlmsg_seq = from->nlmsg_seq;
	to->nlmsg_pid = from->nlmsg_pid;
	msg = mnl_nlmsg_put_extra_header(to, sizeof(*msg));
	memcpy(msg, mnl_nlmsg_get_payload(from), sizeof(*msg));
	put_end(&w->record.sock.local, &msg->id.idiag_sport, msg->id.idiag_src);
	put_end(&w->record.sock.peer, &msg->id.idiag_dport, msg->id.idiag_dst);
	attr = mnl_nlmsg_get_payload_offset(from, sizeof(*msg));
	for (; mnl_attr_ok(attr, (int)(end - (const char *)attr)); attr = mnl_attr_next(attr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type != INET_DIAG_MD5SIG)
			mnl_attr_put(to, type, mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	if (w->spec.proto != PROTO_TCP)
		mnl_attr_put_u8(to, INET_DIAG_PROTOCOL,
				(uint8_t)proto_info(w->spec.proto)->number);
	return to;
}

static int put(struct writer *w, const struct nlmsghdr *nlh)
{
	w->failed = fwrite(nlh, 1, MNL_ALIGN(nlh->nlmsg_len), w->file) < MNL_ALIGN(nlh->nlmsg_len);
	return w->failed;
}

static int take(void *context, const struct nlmsghdr *nlh)
{
	struct writer *w = context;

	w->report->messages++;
	if (!inet_diag_source.decode(&w->spec, nlh, &w->record)) {
		w->report->malformed++;
		return 0;
	}
	if (!(w->request->states & STATE_BIT(w->record.sock.state)) ||
	    (w->editor && w->editor->edit(w->editor->context, &w->record.sock))) {
		w->report->outside++;
		return 0;
	}
	w->report->sockets++;
	return put(w, compose(w, nlh));
}

static int write_error(const struct writer *w, struct error *err)
{
	return error_set(err, errno, "cannot write '%s'", w->name);
}

/* One dump, without its end mark. */
static int write_dump(struct writer *w, enum proto p, unsigned int family, struct error *err)
{
	uint64_t request[DUMP_REQUEST_BYTES / sizeof(uint64_t)];
	struct netlink_walk walk = { .take = take, .context = w };
	enum netlink_status status;

	w->spec = (struct dump_spec){
		.proto = p,
		.family = family,
		.states = w->request->states,
		.facts = w->request->facts & FACTS_OF_DUMP,
	};
	if (!inet_diag_source.prepare(&w->spec))
		return 0;
	inet_diag_source.request(&w->spec, (struct nlmsghdr *)request);
	if (netlink_ask(&w->netlink, (struct nlmsghdr *)request, err) < 0)
		return -1;
	do
		status = netlink_step(&w->netlink, &walk);
	while (status == NETLINK_MORE);
	w->report->malformed += walk.malformed;
	if (status == NETLINK_STOPPED)
		return write_error(w, err);
	if (status == NETLINK_LOST)
		return error_set(err, walk.code, "messages were lost while writing '%s'", w->name);
	/* a protocol that this kernel does not have has no sockets */
	if (walk.code && walk.code != ENOENT)
		return error_set(err, walk.code, "the kernel refuses a dump of %s sockets",
				 proto_info(p)->name);
	return 0;
}

static int write_end(struct writer *w, struct error *err)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(w->message);
	int *code = mnl_nlmsg_put_extra_header(nlh, sizeof(*code));

	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI;
	*code = 0;
	return put(w, nlh) ? write_error(w, err) : 0;
}

static int write_protocol(struct writer *w, enum proto p, struct error *err)
{
	static const unsigned int families[] = { FAMILY_V4, FAMILY_V6 };
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (w->request->families & families[i] &&
		    write_dump(w, p, families[i], err) < 0)
			return -1;
	}
	return write_end(w, err);
}

static int write_all(struct writer *w, struct error *err)
{
	size_t i;

	if (netlink_ready(&w->netlink, w->request->facts & FACT_MARK, err) < 0)
		return -1;
	for (i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		bool asked = w->request->protos & PROTO_BIT(written[i]);

		/* without TCP the first end mark keeps ss from taking others for it */
		if (!asked && written[i] == PROTO_TCP && write_end(w, err) < 0)
			return -1;
		if (asked && write_protocol(w, written[i], err) < 0)
			return -1;
	}
	return fflush(w->file) ? write_error(w, err) : 0;
}

int dumpfile_write(FILE *file, const char *name, const struct collect_request *request,
		   const struct dumpfile_editor *editor, struct dumpfile_report *report,
		   struct error *err)
{
	struct dumpfile_report own;
	struct writer *w = calloc(1, sizeof(*w));
	int result;

	if (!w)
		return error_set(err, ENOMEM, "cannot write '%s'", name);
	w->file = file;
	w->name = name;
	w->request = request;
	w->editor = editor;
	w->report = report ? report : &own;
	*w->report = (struct dumpfile_report){ 0 };
	result = write_all(w, err);
	netlink_fini(&w->netlink);
	free(w);
	return result;
}
