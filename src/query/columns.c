/*
 * The columns.  To add one: write its getter, add its row.  Nothing else in the
 * tree names a column, except default lists, which tests/unit/columns.c checks.
 *
 * Fields of tcp_info and of socket memory are lines in columns_tcp.def, a part of
 * the same table.
 *
 * A name is a promise for ever (JSON key, CSV header, filter word); titles,
 * widths and default lists are not.
 */
#include "config.h"

#include "query/columns.h"

#include <netinet/in.h>
#include <string.h>

#include "query/columns_tcp.h"

static bool is_listener(const struct sock *sk)
{
	return sk->state == STATE_LISTEN;
}

static struct value count_if(const struct sock *sk, enum sock_has bit, uint64_t count)
{
	return sk->has & bit ? value_count(count) : value_none();
}

static struct value bytes_value(const char *text, uint32_t len)
{
	return text ? value_text(text, len) : value_none();
}

static struct value endpoint_value(const struct sock *sk, const struct endpoint *e)
{
	if (e->family == ADDR_NONE)
		return e == &sk->local ? bytes_value(sk->local_text, sk->local_text_len) :
					 bytes_value(sk->peer_text, sk->peer_text_len);
	return (struct value){
		.kind = VALUE_ENDPOINT,
		.endpoint = e,
		.dual_stack = !(sk->has & SOCK_HAS_V6ONLY && sk->v6only),
		.interface = e == &sk->local ? sk->interface : NULL,
	};
}

static struct value address_value(const struct endpoint *e)
{
	return e->family == ADDR_NONE ? value_none() :
					(struct value){ .kind = VALUE_ADDRESS, .endpoint = e };
}

static struct value port_value(const struct endpoint *e)
{
	return e->family == ADDR_NONE ? value_none() : value_count(e->port);
}

static const struct owner *first_owner(const struct row *row)
{
	return row->owners && row->owners->reason == OWNER_KNOWN && row->owners->count ?
		       row->owners->list :
		       NULL;
}

/* What has been found out about the socket elsewhere. */
static void get_row_text(const struct row *row, const struct column *self, struct value *out)
{
	const char *text;

	memcpy(&text, (const char *)row + self->offset, sizeof(text));
	*out = value_string(text);
}

#define ROW(member) .offset = offsetof(struct row, member)

static void get_proto(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_string(proto_info(row->sock->proto)->name);
}

/* A raw socket's protocol stands where others have a port. */
static bool is_icmp6(const struct sock *sk)
{
	return sk->proto == PROTO_RAW && sk->local.family == ADDR_V6 &&
	       sk->local.port == IPPROTO_ICMPV6;
}

static void get_netid(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_string(is_icmp6(row->sock) ?
				    "icmp6" :
				    proto_netid(row->sock->proto, row->sock->type));
}

static void get_type(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_string(proto_type_name(row->sock->type));
}

static void get_family(const struct row *row, const struct column *self, struct value *out)
{
	static const char *const names[] = {
		[ADDR_V4] = "ipv4",
		[ADDR_V6] = "ipv6",
	};

	(void)self;
	*out = value_string(row->sock->local.family <= ADDR_V6 ?
				    names[row->sock->local.family] :
				    NULL);
}

static void get_state(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_state(row->sock->state);
}

static void get_recv_q(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_QUEUES, row->sock->recv_queue);
}

static void get_send_q(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->sock->has & SOCK_NO_BACKLOG ?
		       value_none() :
		       count_if(row->sock, SOCK_HAS_QUEUES, row->sock->send_queue);
}

static void get_local(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = endpoint_value(row->sock, &row->sock->local);
}

static void get_peer(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = endpoint_value(row->sock, &row->sock->peer);
}

static void get_local_address(const struct row *row, const struct column *self,
			      struct value *out)
{
	(void)self;
	*out = address_value(&row->sock->local);
}

static void get_local_port(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = port_value(&row->sock->local);
}

static void get_peer_address(const struct row *row, const struct column *self,
			     struct value *out)
{
	(void)self;
	*out = address_value(&row->sock->peer);
}

static void get_peer_port(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = port_value(&row->sock->peer);
}

static void get_interface(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_string(row->sock->interface);
}

static void get_listener(const struct row *row, const struct column *self, struct value *out)
{
	const struct listener_end *end = row->listener;

	(void)self;
	if (is_listener(row->sock))
		*out = endpoint_value(row->sock, &row->sock->local);
	else if (!end || end->local.family == ADDR_NONE)
		*out = value_none();
	else
		*out = (struct value){
			.kind = VALUE_ENDPOINT,
			.endpoint = &end->local,
			.dual_stack = end->dual_stack,
			.interface = end->interface,
		};
}

static void get_recv_queue_bytes(const struct row *row, const struct column *self,
				 struct value *out)
{
	(void)self;
	*out = is_listener(row->sock) ?
		       value_none() :
		       count_if(row->sock, SOCK_HAS_QUEUES, row->sock->recv_queue);
}

static void get_send_queue_bytes(const struct row *row, const struct column *self,
				 struct value *out)
{
	(void)self;
	*out = is_listener(row->sock) ?
		       value_none() :
		       count_if(row->sock, SOCK_HAS_QUEUES, row->sock->send_queue);
}

static void get_backlog(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = is_listener(row->sock) ?
		       count_if(row->sock, SOCK_HAS_QUEUES, row->sock->recv_queue) :
		       value_none();
}

static void get_backlog_max(const struct row *row, const struct column *self, struct value *out)
{
	if (is_listener(row->sock))
		get_send_q(row, self, out);
	else
		*out = value_none();
}

static void get_age(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->track && row->now_ns >= row->track->state_since_ns ?
		       value_count(row->now_ns - row->track->state_since_ns) :
		       value_none();
}

static void get_seen(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->track && row->now_ns >= row->track->first_seen_ns ?
		       value_count(row->now_ns - row->track->first_seen_ns) :
		       value_none();
}

static void get_previous(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->track && row->track->previous < STATE_COUNT ?
		       value_state(row->track->previous) :
		       value_none();
}

static void get_kind(const struct row *row, const struct column *self, struct value *out)
{
	static const char *const names[] = {
		[SOCK_FULL] = "full",
		[SOCK_REQUEST] = "request",
		[SOCK_MINI] = "mini",
	};

	(void)self;
	*out = value_string(row->sock->kind <= SOCK_MINI ? names[row->sock->kind] : NULL);
}

static void get_timer(const struct row *row, const struct column *self, struct value *out)
{
	static const char *const names[] = {
		[TIMER_NONE] = "off",		 [TIMER_RETRANSMIT] = "on",
		[TIMER_KEEPALIVE] = "keepalive", [TIMER_TIMEWAIT] = "timewait",
		[TIMER_PROBE] = "persist",	 [TIMER_DELAYED_ACK] = "delack",
		[TIMER_OTHER] = "other",
	};

	(void)self;
	*out = row->sock->has & SOCK_HAS_TIMER && row->sock->timer <= TIMER_OTHER ?
		       value_string(names[row->sock->timer]) :
		       value_none();
}

static void get_timer_expires(const struct row *row, const struct column *self,
			      struct value *out)
{
	(void)self;
	*out = row->sock->timer == TIMER_NONE ?
		       value_none() :
		       count_if(row->sock, SOCK_HAS_TIMER, row->sock->timer_ms);
}

static void get_timer_retrans(const struct row *row, const struct column *self,
			      struct value *out)
{
	(void)self;
	*out = row->sock->timer == TIMER_NONE ?
		       value_none() :
		       count_if(row->sock, SOCK_HAS_TIMER, row->sock->retransmits);
}

static void get_process(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->process ? value_string(row->process) : value_none_because(row->process_why);
}

static void get_pid(const struct row *row, const struct column *self, struct value *out)
{
	const struct owner *o = first_owner(row);

	(void)self;
	*out = o ? value_count(o->pid) : value_none();
}

static void get_fd(const struct row *row, const struct column *self, struct value *out)
{
	const struct owner *o = first_owner(row);

	(void)self;
	*out = o && o->fd >= 0 ? value_count((uint64_t)o->fd) : value_none();
}

static void get_command(const struct row *row, const struct column *self, struct value *out)
{
	const struct owner *o = first_owner(row);

	(void)self;
	*out = value_string(o ? o->command : NULL);
}

static void get_command_line(const struct row *row, const struct column *self,
			     struct value *out)
{
	const struct owner *o = first_owner(row);

	(void)self;
	*out = value_string(o ? o->command_line : NULL);
}

static void get_uid(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_UID, row->sock->uid);
}

static void get_inode(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_INODE, row->sock->inode);
}

static void get_cookie(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_COOKIE, row->sock->cookie);
}

static void get_mark(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_MARK, row->sock->mark);
}

static void get_shutdown(const struct row *row, const struct column *self, struct value *out)
{
	static const char *const names[] = { "none", "receive", "send", "both" };

	(void)self;
	*out = row->sock->has & SOCK_HAS_SHUTDOWN ?
		       value_string(names[row->sock->shutdown & 3]) :
		       value_none();
}

static void get_v6only(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->sock->has & SOCK_HAS_V6ONLY ? value_bool(row->sock->v6only) : value_none();
}

static void get_tos(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_TOS, row->sock->tos);
}

static void get_tclass(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_TCLASS, row->sock->tclass);
}

static void get_classid(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_CLASSID, row->sock->classid);
}

static void get_congestion(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = value_string(row->sock->congestion);
}

static void get_name(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = bytes_value(row->sock->name, row->sock->name_len);
}

static void get_file_inode(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_FILE, row->sock->file_inode);
}

static void get_file_device(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_FILE, row->sock->file_device);
}

static void get_peer_inode(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = count_if(row->sock, SOCK_HAS_PEER_INODE, row->sock->peer_inode);
}

static void get_memory(const struct row *row, const struct column *self, struct value *out)
{
	const struct sock *sk = row->sock;

	*out = sk->memory && self->offset < sk->memory_known ?
		       value_count(sk->memory[self->offset]) :
		       value_none();
}

/* What /proc/net leaves out. */
#define UNTOLD_ALL (PROTO_BIT(PROTO_COUNT) - 1)
#define UNTOLD_UNIX PROTO_BIT(PROTO_UNIX)
#define UNTOLD_BACKLOG (PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UNIX))
#define UNTOLD_SHUTDOWN (PROTOS_IP | PROTO_BIT(PROTO_UNIX))

/* clang-format off */

static const struct column columns[] = {
	{ .field = { .name = "proto", .title = "PROTO", .kind = VALUE_TEXT, .width = 5,
		     .help = "Protocol: tcp, udp, unix ..." },
	  .get = get_proto, .priority = 5 },
	{ .field = { .name = "netid", .title = "NETID", .kind = VALUE_TEXT, .width = 5,
		     .help = "What ss calls the protocol: tcp, u_str, p_raw, nl ..." },
	  .get = get_netid, .priority = 90 },
	{ .field = { .name = "type", .title = "TYPE", .kind = VALUE_TEXT, .width = 6,
		     .help = "Type of a socket that is no IP socket: stream, dgram, raw ..." },
	  .get = get_type, .priority = 91 },
	{ .field = { .name = "family", .title = "FAMILY", .kind = VALUE_TEXT, .width = 6,
		     .help = "Address family of the socket: ipv4 or ipv6." },
	  .get = get_family, .priority = 60 },
	{ .field = { .name = "state", .title = "STATE", .kind = VALUE_STATE, .width = 12,
		     .help = "State of the connection, RFC 793 name unless --names says "
		     	"otherwise." },
	  .get = get_state },
	{ .field = { .name = "recv_q", .title = "RECV-Q", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "What ss shows: bytes not read yet; for a listener, connections "
		     	"waiting for accept()." },
	  .get = get_recv_q, .priority = 1, .brief = "R-Q",
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "send_q", .title = "SEND-Q", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "What ss shows: bytes not acknowledged yet; for a listener, the "
		     	"backlog." },
	  .get = get_send_q, .priority = 1, .brief = "S-Q",
	  .untold = UNTOLD_BACKLOG },
	{ .field = { .name = "local", .title = "LOCAL", .kind = VALUE_ENDPOINT, .width = 21,
		     .help = "Local address and port." },
	  .get = get_local },
	{ .field = { .name = "peer", .title = "PEER", .kind = VALUE_ENDPOINT, .width = 21,
		     .help = "Address and port of the peer." },
	  .get = get_peer },
	{ .field = { .name = "local_address", .title = "LOCAL-ADDRESS", .kind = VALUE_ADDRESS,
		     .width = 15,
		     .help = "Local address." },
	  .get = get_local_address, .priority = 70 },
	{ .field = { .name = "local_port", .title = "LPORT", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 5,
		     .help = "Local port." },
	  .get = get_local_port, .priority = 70 },
	{ .field = { .name = "peer_address", .title = "PEER-ADDRESS", .kind = VALUE_ADDRESS,
		     .width = 15,
		     .help = "Address of the peer." },
	  .get = get_peer_address, .priority = 70 },
	{ .field = { .name = "peer_port", .title = "PPORT", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 5,
		     .help = "Port of the peer." },
	  .get = get_peer_port, .priority = 70 },
	{ .field = { .name = "local_host", .title = "LOCAL-HOST", .kind = VALUE_TEXT, .width = 20,
		     .help = "Name of the local address, where it could be resolved." },
	  .get = get_row_text, ROW(local_host), .priority = 80, .facts = FACT_HOST_NAMES },
	{ .field = { .name = "peer_host", .title = "PEER-HOST", .kind = VALUE_TEXT, .width = 20,
		     .help = "Name of the peer's address, where it could be resolved." },
	  .get = get_row_text, ROW(peer_host), .priority = 80, .facts = FACT_HOST_NAMES },
	{ .field = { .name = "listener", .title = "LISTENER", .kind = VALUE_ENDPOINT,
		     .help = "Local end of the listener that a connection came through." },
	  .get = get_listener, .priority = 53, .facts = FACT_LISTENERS },
	{ .field = { .name = "direction", .title = "DIRECTION", .kind = VALUE_TEXT, .width = 6,
		     .help = "Who connected: in (a listener has the local port), out, or listen." },
	  .get = get_row_text, ROW(direction), .priority = 53, .facts = FACT_LISTENERS },
	{ .field = { .name = "interface", .title = "INTERFACE", .kind = VALUE_TEXT, .width = 9,
		     .help = "Interface that the socket is bound to." },
	  .get = get_interface, .priority = 60,
	  .untold = PROTOS_IP },
	{ .field = { .name = "recv_queue_bytes", .title = "RECV-BYTES", .kind = VALUE_COUNT,
		     .unit = UNIT_BYTES,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Bytes received and not yet read by the program." },
	  .get = get_recv_queue_bytes, .adds_up = true, .priority = 71,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "send_queue_bytes", .title = "SEND-BYTES", .kind = VALUE_COUNT,
		     .unit = UNIT_BYTES,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Bytes written and not yet acknowledged by the peer." },
	  .get = get_send_queue_bytes, .adds_up = true, .priority = 71,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "backlog", .title = "BACKLOG", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 7,
		     .help = "Connections of a listener waiting for accept()." },
	  .get = get_backlog, .adds_up = true, .priority = 72,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "backlog_max", .title = "BACKLOG-MAX", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 7,
		     .help = "Limit of a listener's accept queue; it is full when the "
		     	"backlog exceeds it." },
	  .get = get_backlog_max, .priority = 72,
	  .untold = UNTOLD_BACKLOG },
	{ .field = { .name = "age", .title = "AGE", .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Time in the present state, as far as it was observed." },
	  .get = get_age, .priority = 3, .facts = FACT_TRACK },
	{ .field = { .name = "seen", .title = "SEEN", .kind = VALUE_COUNT, .unit = UNIT_NANOSECONDS,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Time since the socket was first observed." },
	  .get = get_seen, .priority = 81, .facts = FACT_TRACK },
	{ .field = { .name = "previous", .title = "PREVIOUS", .kind = VALUE_STATE, .width = 12,
		     .help = "State that was observed before the present one." },
	  .get = get_previous, .priority = 82, .facts = FACT_TRACK },
	{ .field = { .name = "limited_by", .title = "LIMITED-BY", .kind = VALUE_TEXT, .width = 11,
		     .help = "What held sending back between two polls: application (it gave "
			     "nothing to send), send-buffer (too small), receiver (its window), "
			     "network, loss, or idle (nothing was sent)." },
	  .get = get_row_text, ROW(limited_by), .priority = 54,
	  .facts = FACT_TCP | FACT_MEMORY | FACT_LIMITS },
	{ .field = { .name = "kind", .title = "KIND", .kind = VALUE_TEXT, .width = 7,
		     .help = "What the kernel keeps: full socket, request (half-open), mini "
		     	"(after close)." },
	  .get = get_kind, .priority = 83 },
	{ .field = { .name = "timer", .title = "TIMER", .kind = VALUE_TEXT, .width = 9,
		     .help = "Running timer, in the words of ss: on (retransmission), "
		     	"keepalive, timewait, persist, off." },
	  .get = get_timer, .priority = 30 },
	{ .field = { .name = "timer_expires", .title = "EXPIRES", .kind = VALUE_COUNT,
		     .unit = UNIT_MILLISECONDS,
		     .align = ALIGN_RIGHT, .width = 7,
		     .help = "Time until the timer expires." },
	  .get = get_timer_expires, .priority = 31 },
	{ .field = { .name = "timer_retrans", .title = "TIMER-RETRANS", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 3,
		     .help = "How often the running timer has expired already." },
	  .get = get_timer_retrans, .priority = 84 },
	{ .field = { .name = "process", .title = "PROCESS", .kind = VALUE_TEXT, .width = 7,
		     .help = "All processes that hold the socket, as command[pid], or why "
		     	"none is known." },
	  .get = get_process, .priority = 2, .facts = FACT_OWNERS },
	{ .field = { .name = "pid", .title = "PID", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 7,
		     .help = "Process that holds the socket; the lowest one of several." },
	  .get = get_pid, .priority = 73, .facts = FACT_OWNERS },
	{ .field = { .name = "fd", .title = "FD", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 4,
		     .help = "Its descriptor in that process." },
	  .get = get_fd, .priority = 85, .facts = FACT_OWNERS },
	{ .field = { .name = "command", .title = "COMMAND", .kind = VALUE_TEXT, .width = 12,
		     .help = "Name of the process that holds the socket." },
	  .get = get_command, .priority = 74, .facts = FACT_OWNERS },
	{ .field = { .name = "command_line", .title = "COMMAND-LINE", .kind = VALUE_TEXT,
		     .width = 20,
		     .help = "Its arguments." },
	  .get = get_command_line, .priority = 86, .facts = FACT_OWNERS },
	{ .field = { .name = "uid", .title = "UID", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 5,
		     .help = "User id of the socket, where the kernel keeps one." },
	  .get = get_uid, .priority = 40,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "user", .title = "USER", .kind = VALUE_TEXT, .width = 8,
		     .help = "User name of the socket." },
	  .get = get_row_text, ROW(user), .priority = 41, .facts = FACT_USER_NAMES,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "inode", .title = "INODE", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 8,
		     .help = "Inode of the socket, as in /proc/PID/fd." },
	  .get = get_inode, .priority = 87 },
	{ .field = { .name = "cookie", .title = "COOKIE", .kind = VALUE_COUNT, .unit = UNIT_HEX,
		     .align = ALIGN_RIGHT, .width = 8,
		     .help = "Number that the kernel gives a socket for its whole life." },
	  .get = get_cookie, .priority = 88,
	  .untold = UNTOLD_ALL },
	{ .field = { .name = "cgroup", .title = "CGROUP", .kind = VALUE_TEXT, .width = 20,
		     .help = "Path of the control group (version 2) that the socket was "
		     	"created in." },
	  .get = get_row_text, ROW(cgroup_path), .priority = 89, .facts = FACT_CGROUP_PATH },
	{ .field = { .name = "unit", .title = "UNIT", .kind = VALUE_TEXT, .width = 16,
		     .help = "Systemd unit of the control group." },
	  .get = get_row_text, ROW(unit), .priority = 50, .facts = FACT_CGROUP_PATH },
	{ .field = { .name = "slice", .title = "SLICE", .kind = VALUE_TEXT, .width = 12,
		     .help = "Systemd slice around the unit." },
	  .get = get_row_text, ROW(slice), .priority = 89, .facts = FACT_CGROUP_PATH },
	{ .field = { .name = "container", .title = "CONTAINER", .kind = VALUE_TEXT, .width = 12,
		     .help = "Container id of the control group." },
	  .get = get_row_text, ROW(container), .priority = 51, .facts = FACT_CGROUP_PATH },
	{ .field = { .name = "pod", .title = "POD", .kind = VALUE_TEXT, .width = 12,
		     .help = "Kubernetes pod of the control group, by its uid." },
	  .get = get_row_text, ROW(pod), .priority = 89, .facts = FACT_CGROUP_PATH },
	{ .field = { .name = "netns", .title = "NETNS", .kind = VALUE_TEXT, .width = 8,
		     .help = "Network namespace of the socket: its name, else its container, "
			     "service, or a process in it." },
	  .get = get_row_text, ROW(netns_name), .priority = 52, .facts = FACT_NETNS },
	{ .field = { .name = "mark", .title = "MARK", .kind = VALUE_COUNT, .unit = UNIT_HEX,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Firewall mark; needs CAP_NET_ADMIN." },
	  .get = get_mark, .priority = 91, .facts = FACT_MARK },
	{ .field = { .name = "shutdown", .title = "SHUTDOWN", .kind = VALUE_TEXT, .width = 8,
		     .help = "Directions that were closed: none, receive, send, both." },
	  .get = get_shutdown, .priority = 92,
	  .untold = UNTOLD_SHUTDOWN },
	{ .field = { .name = "v6only", .title = "V6ONLY", .kind = VALUE_BOOL, .width = 6,
		     .help = "Whether an IPv6 listener refuses IPv4." },
	  .get = get_v6only, .priority = 93,
	  .untold = PROTOS_IP },
	{ .field = { .name = "tos", .title = "TOS", .kind = VALUE_COUNT, .unit = UNIT_HEX,
		     .align = ALIGN_RIGHT, .width = 4,
		     .help = "Type of service byte (IPv4)." },
	  .get = get_tos, .priority = 94, .facts = FACT_TOS },
	{ .field = { .name = "tclass", .title = "TCLASS", .kind = VALUE_COUNT, .unit = UNIT_HEX,
		     .align = ALIGN_RIGHT, .width = 4,
		     .help = "Traffic class byte (IPv6)." },
	  .get = get_tclass, .priority = 94, .facts = FACT_TOS },
	{ .field = { .name = "classid", .title = "CLASSID", .kind = VALUE_COUNT, .unit = UNIT_HEX,
		     .align = ALIGN_RIGHT, .width = 6,
		     .help = "Class id of the net_cls controller, or the priority of the socket." },
	  .get = get_classid, .priority = 94, .facts = FACT_TOS },
	{ .field = { .name = "congestion", .title = "CONGESTION", .kind = VALUE_TEXT, .width = 10,
		     .help = "Congestion control algorithm." },
	  .get = get_congestion, .priority = 95, .facts = FACT_CONGESTION },
	{ .field = { .name = "name", .title = "NAME", .kind = VALUE_TEXT, .width = 20,
		     .help = "Path of a UNIX socket, or what else a socket without IP "
		     	"address is known by." },
	  .get = get_name, .priority = 6 },
	{ .field = { .name = "peer_inode", .title = "PEER-INODE", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 8,
		     .help = "Inode of the UNIX socket at the other end." },
	  .get = get_peer_inode, .priority = 96,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "file_inode", .title = "FILE-INODE", .kind = VALUE_COUNT,
		     .align = ALIGN_RIGHT, .width = 8,
		     .help = "Inode of the path that a UNIX socket is bound to." },
	  .get = get_file_inode, .priority = 97,
	  .untold = UNTOLD_UNIX },
	{ .field = { .name = "file_device", .title = "FILE-DEVICE", .kind = VALUE_COUNT,
		     .unit = UNIT_HEX, .align = ALIGN_RIGHT, .width = 8,
		     .help = "Device of that inode, as the kernel numbers it." },
	  .get = get_file_device, .priority = 97,
	  .untold = UNTOLD_UNIX },
#include "query/columns_tcp.def"
};

/* clang-format on */

const struct column *columns_all(size_t *count)
{
	*count = sizeof(columns) / sizeof(columns[0]);
	return columns;
}
