/*
 * The columns of a listing: see columns.h.
 *
 * The default order is ss's, so that pipelines written for ss go on working: the
 * protocol comes first (in ss's words, where others than IP's are asked for), but
 * where one protocol was asked for, it is left out, as ss does.  What is shown
 * depends on the options alone, never on the sockets found.
 */
#include "config.h"

#include "app/columns.h"

#include <string.h>
#include <sys/socket.h>

#include "app/document.h"

static const char machine_columns[] =
	"proto,state,recv_q,send_q,local,peer,local_address,local_port,peer_address,peer_port,"
	"recv_queue_bytes,send_queue_bytes,backlog,backlog_max";

/* One row an option: the columns that it adds. */
struct addition {
	bool (*asked)(const struct options *o);
	const char *columns;
};

static bool asked_timers(const struct options *o)
{
	return o->timers;
}

static bool asked_extended(const struct options *o)
{
	return o->extended;
}

static bool asked_info(const struct options *o)
{
	return o->info;
}

static bool asked_memory(const struct options *o)
{
	return o->memory;
}

static bool asked_processes(const struct options *o)
{
	return o->processes;
}

static bool asked_names(const struct options *o)
{
	return o->resolve && o->format && o->format->machine;
}

static bool asked_namespaces(const struct options *o)
{
	return o->all_namespaces;
}

static const struct addition additions[] = {
	{ asked_namespaces, "+netns" },
	{ asked_names, "+local_host,peer_host" },
	{ asked_processes, "+process" },
	{ asked_timers, "+timer,timer_expires,timer_retrans" },
	{ asked_extended, "+uid,inode,cookie" },
	{ asked_info, "+congestion,rto,rtt,rttvar,min_rtt,snd_mss,pmtu,cwnd,ssthresh,bytes_sent,"
		      "bytes_acked,bytes_received,segs_out,segs_in,retrans,total_retrans,unacked,"
		      "lost,notsent,pacing_rate,delivery_rate,busy_time,rwnd_limited,"
		      "sndbuf_limited,last_sent,last_received" },
	{ asked_memory, "+rmem,rcvbuf,wmem,sndbuf,fwd_alloc,wmem_queued,optmem,sk_backlog,drops" },
};

/* True when a row need not say of which protocol and type it is. */
static bool one_kind(const struct options *o)
{
	proto_set protos = options_protos(o);

	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (protos == PROTO_BIT(p))
			return !proto_has_types(p);
	return false;
}

/* True when sockets without IP addresses are asked for. */
static bool beyond_ip(const struct options *o)
{
	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (options_protos(o) & PROTO_BIT(p) && proto_info(p)->family != AF_INET)
			return true;
	return false;
}

/* The columns that a template names. */
static void template_columns(struct column_list *list, const char *text)
{
	while (*text) {
		const struct template_part part = template_next(&text);
		char name[64];

		if (!part.is_field || part.len >= sizeof(name))
			continue;
		memcpy(name, part.text, part.len);
		name[part.len] = '\0';
		column_list_add(list, name);
	}
}

int listing_check(const struct options *o, const struct field *const *others, size_t count,
		  struct error *err)
{
	const struct field *fields[COLUMNS_MAX + LISTING_OTHERS_MAX];
	size_t used;
	const struct column *all = columns_all(&used);

	for (size_t i = 0; i < used; i++)
		fields[i] = &all[i].field;
	for (size_t i = 0; i < count; i++)
		fields[used++] = others[i];
	return document_check(o, fields, used, err);
}

int listing_columns(struct column_list *list, const struct options *o, struct error *err)
{
	const char *defaults = "proto,state,recv_q,send_q,local,peer";

	list->count = 0;
	if (o->template) {
		template_columns(list, o->template);
		return 0;
	}
	if (o->by)
		defaults = "recv_queue_bytes,send_queue_bytes";
	else if (o->format && o->format->machine)
		defaults = machine_columns;
	else if (one_kind(o))
		defaults = "state,recv_q,send_q,local,peer";
	else if (beyond_ip(o))
		defaults = "netid,state,recv_q,send_q,local,peer";
	if (column_list_parse(list, defaults, err))
		return -1;
	if (o->format && o->format->machine && beyond_ip(o) &&
	    column_list_parse(list, "+netid,type,name,inode,peer_inode", err))
		return -1;
	for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]); i++)
		if (additions[i].asked(o) && column_list_parse(list, additions[i].columns, err))
			return -1;
	return o->columns ? column_list_parse(list, o->columns, err) : 0;
}
