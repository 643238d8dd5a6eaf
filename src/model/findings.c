/*
 * The findings.  To add one: its rule (observe and judge, see findings_rules.h) in one
 * of findings_*.c, its row here, its thresholds in thresholds.def, and two tests in
 * tests/unit/findings*.c: that it is raised, and that what looks alike does not raise it.
 *
 * Help, manual and the list of thresholds come from the tables.
 */
#include "config.h"

#include "model/findings.h"

#include <string.h>

#include "base/text.h"
#include "model/facts.h"
#include "model/findings_rules.h"

#define TCP PROTO_BIT(PROTO_TCP)
#define UDP PROTO_BIT(PROTO_UDP)

/* States in which data may wait to be sent. */
#define SENDING                                                                                    \
	(STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT) |                              \
	 STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_CLOSING) | STATE_BIT(STATE_LAST_ACK))

/* States in which data may still come in. */
#define RECEIVING                                                                                  \
	(STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_FIN_WAIT_2))

static const struct finding_info table[] = {
	{ .name = "accept-queue-overflow", .title = "accept queue overflows",
	  .marked = STATE_BIT(STATE_LISTEN),
	  .where = "state listen",
	  .protos = TCP, .states = STATE_BIT(STATE_LISTEN), .facts = FACT_MEMORY | FACT_OWNERS,
	  .two_passes = true, .host = true, .observe = queue_observe, .judge = overflow_judge,
	  .rule = "A listener dropped connections between two passes, and the kernel counted "
		  "overflows of accept queues that are its own: its queue has little room, or no "
		  "other listener's drops account for them.",
	  .meaning = "Connections arrive faster than the program accepts them, and the queue "
		     "between them is full: new ones are dropped, and clients wait or fail.",
	  .remedy = "Look at why the program does not accept: a busy or blocked thread, too few "
		    "workers. A longer backlog (in listen() and in somaxconn) only helps against "
		    "bursts.",
	  .confused_with = "A listener also drops connections for other reasons (no memory, a "
			   "bad cookie, a filter): ListenOverflows then does not grow, or by the "
			   "overflows of other listeners.",
	  .sysctls = "net.core.somaxconn net.ipv4.tcp_abort_on_overflow" },
	{ .name = "accept-queue-full", .title = "accept queue full",
	  .marked = STATE_BIT(STATE_LISTEN),
	  .where = "state listen",
	  .protos = TCP, .states = STATE_BIT(STATE_LISTEN), .facts = FACT_OWNERS,
	  .observe = queue_observe, .judge = full_judge,
	  .rule = "More connections than the backlog wait for accept(), in two passes.",
	  .meaning = "The program does not take its connections; the next one will be dropped.",
	  .remedy = "Look at what the program does instead of accept(): a stack of its threads "
		    "tells.",
	  .confused_with = "A burst that is accepted a moment later: then it is not full in the "
			   "next pass.",
	  .sysctls = "net.core.somaxconn net.ipv4.tcp_abort_on_overflow" },
	{ .name = "accept-queue-near-full", .title = "accept queue nearly full",
	  .marked = STATE_BIT(STATE_LISTEN),
	  .where = "state listen",
	  .protos = TCP, .states = STATE_BIT(STATE_LISTEN), .facts = FACT_OWNERS,
	  .observe = queue_observe, .judge = near_full_judge,
	  .rule = "A large share of the backlog waits for accept(), in two passes.",
	  .meaning = "The program accepts more slowly than connections arrive.",
	  .remedy = "Give the program more threads or workers that accept, or a longer backlog.",
	  .confused_with = "A short burst, for which the backlog is there.",
	  .sysctls = "net.core.somaxconn" },
	{ .name = "syn-flood", .title = "SYN flood",
	  .marked = STATE_BIT(STATE_SYN_RECEIVED),
	  .where = "state syn-received",
	  .protos = TCP, .states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_RECEIVED),
	  .facts = FACT_OWNERS, .host = true, .observe = syn_observe, .judge = syn_flood_judge,
	  .rule = "Half-open connections from many sources, most of which do not answer, take a "
		  "large share of the backlog while there is room in the accept queue; or SYN "
		  "cookies are sent and do not come back.",
	  .meaning = "Somebody asks for connections and does not complete them, mostly with "
		     "forged addresses.",
	  .remedy = "Keep tcp_syncookies at 1, raise tcp_max_syn_backlog and the backlog, and "
		    "filter at the border.",
	  .confused_with = "A full accept queue, which also leaves connections half open: their "
			   "last ACK is dropped. Or replies that get lost on the way (routing).",
	  .sysctls = "net.ipv4.tcp_syncookies net.ipv4.tcp_max_syn_backlog "
		     "net.ipv4.tcp_synack_retries" },
	{ .name = "syn-backlog", .title = "SYN backlog under pressure",
	  .marked = STATE_BIT(STATE_SYN_RECEIVED),
	  .where = "state syn-received",
	  .protos = TCP, .states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_SYN_RECEIVED),
	  .facts = FACT_OWNERS, .host = true, .observe = syn_observe, .judge = syn_backlog_judge,
	  .rule = "Half-open connections take a large share of the backlog without being a "
		  "flood: from few sources, or completing; or SYN cookies are sent and come back.",
	  .meaning = "Connections arrive in a burst, or the last step of the handshake does not "
		     "get here from some clients.",
	  .remedy = "For bursts raise tcp_max_syn_backlog and the backlog; for single clients "
		    "look at the way back to them.",
	  .confused_with = "A SYN flood: many sources and no completions. A slow accept: then the "
			   "accept queue is full too, and that is what is reported.",
	  .sysctls = "net.ipv4.tcp_max_syn_backlog net.core.somaxconn net.ipv4.tcp_syncookies" },
	{ .name = "ephemeral-ports", .title = "local ports run out",
	  .marked = STATE_BIT(STATE_TIME_WAIT) | STATE_BIT(STATE_ESTABLISHED),
	  .protos = TCP,
	  .states = STATE_BIT(STATE_SYN_SENT) | STATE_BIT(STATE_ESTABLISHED) |
		    STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_FIN_WAIT_2) |
		    STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_CLOSING) |
		    STATE_BIT(STATE_LAST_ACK) | STATE_BIT(STATE_TIME_WAIT),
	  .facts = FACT_OWNERS, .observe = ports_observe, .judge = ports_judge,
	  .rule = "Connections from one address to one destination, those in TIME-WAIT included, "
		  "use a large share of ip_local_port_range, or will have used it up soon.",
	  .meaning = "Each connection to the same destination needs a local port of its own; "
		     "without one connect() fails with EADDRNOTAVAIL.",
	  .remedy = "Keep connections open and use them again; let the other side close "
		    "first, which then has the TIME-WAIT; use more addresses on either side, or "
		    "a wider ip_local_port_range.",
	  .confused_with = "A program that binds before it connects takes ports from all "
			   "destinations together, unless it sets IP_BIND_ADDRESS_NO_PORT.",
	  .sysctls = "net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports "
		     "net.ipv4.tcp_tw_reuse" },
	{ .name = "close-wait", .title = "CLOSE-WAIT leak",
	  .marked = STATE_BIT(STATE_CLOSE_WAIT),
	  .where = "state close-wait",
	  .protos = TCP, .states = STATE_BIT(STATE_CLOSE_WAIT), .facts = FACT_TCP | FACT_OWNERS,
	  .observe = close_wait_observe, .judge = close_wait_judge,
	  .rule = "A process holds many idle sockets in CLOSE-WAIT, or a very old one.",
	  .meaning = "The peer has closed; this process has not called close(). Nothing but the "
		     "process ends this state.",
	  .remedy = "It is a fault of the program: find the path on which it forgets the "
		    "connection after read() returned 0. Restarting it frees the sockets.",
	  .confused_with = "A connection that its peer has only half closed and that still sends "
			   "(it is not idle), and one that was never accepted (it has no "
			   "descriptor).",
	  .sysctls = NULL },
	{ .name = "close-wait-unaccepted", .title = "peers gone before accept()",
	  .marked = STATE_BIT(STATE_CLOSE_WAIT),
	  .where = "state close-wait",
	  .protos = TCP, .states = STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_LISTEN),
	  .facts = FACT_TCP | FACT_OWNERS,
	  .observe = unaccepted_observe, .judge = unaccepted_judge,
	  .rule = "Connections in CLOSE-WAIT without a descriptor wait in an accept queue.",
	  .meaning = "Clients gave up while they waited: the program does not call accept().",
	  .remedy = "Look at why the program does not accept; the connections go once it does.",
	  .confused_with = "A leak of accepted connections: those have a descriptor.",
	  .sysctls = "net.core.somaxconn" },
	{ .name = "descriptors", .title = "descriptors run out",
	  .owners_of_all = true,
	  .protos = TCP | UDP, .states = ~(state_set)0, .facts = FACT_OWNERS,
	  .observe = descriptors_observe, .judge = descriptors_judge,
	  .rule = "A process with many sockets has most of the descriptors that it may have.",
	  .meaning = "At the limit accept(), socket() and open() fail with EMFILE.",
	  .remedy = "Find out whether it leaks (CLOSE-WAIT) or just serves many; then raise "
		    "its limit (LimitNOFILE, ulimit -n).",
	  .confused_with = "The host's limit, fs.file-max, which is another.",
	  .sysctls = "fs.nr_open" },
	{ .name = "conntrack", .title = "connection tracking is full",
	  .protos = TCP | UDP, .host = true, .judge = conntrack_judge,
	  .rule = "The table of connection tracking is nearly full.",
	  .meaning = "When it is full new connections are dropped, whatever they are.",
	  .remedy = "Raise nf_conntrack_max, shorten the timeouts, or do not track what needs no "
		    "tracking.",
	  .confused_with = "A full backlog: that concerns one listener.",
	  .sysctls = "net.netfilter.nf_conntrack_max" },
	{ .name = "orphans", .title = "too many orphans",
	  .marked = STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_LAST_ACK) |
		    STATE_BIT(STATE_CLOSING),
	  .where = "state fin-wait-1,last-ack,closing",
	  .protos = TCP, .host = true, .judge = orphans_judge,
	  .rule = "TCP sockets that no process holds take a large share of tcp_max_orphans, on "
		  "the whole host.",
	  .meaning = "Above the limit the kernel resets connections that their programs have "
		     "closed, with data that was not delivered.",
	  .remedy = "Look at FIN-WAIT-1 and LAST-ACK by peer: who does not acknowledge? Lower "
		    "tcp_orphan_retries, or raise the limit if there is memory.",
	  .confused_with = "TIME-WAIT, which is no orphan and has a limit of its own.",
	  .sysctls = "net.ipv4.tcp_max_orphans net.ipv4.tcp_orphan_retries" },
	{ .name = "tcp-memory", .title = "TCP memory pressure",
	  .where = "tcp and (recv_queue_bytes > 0 or send_queue_bytes > 0)",
	  .protos = TCP, .host = true, .judge = memory_judge,
	  .rule = "The buffers of all TCP sockets of the host come near the limits in tcp_mem.",
	  .meaning = "Under pressure the kernel shrinks buffers and windows; at the limit it "
		     "drops and resets.",
	  .remedy = "Find the sockets with large queues (--sort -recv_q,-send_q); raise tcp_mem "
		    "if the host has the memory.",
	  .confused_with = "The limits of one socket: tcp_rmem and tcp_wmem.",
	  .sysctls = "net.ipv4.tcp_mem net.ipv4.tcp_rmem net.ipv4.tcp_wmem" },
	{ .name = "time-wait-buckets", .title = "TIME-WAIT near its limit",
	  .marked = STATE_BIT(STATE_TIME_WAIT),
	  .where = "state time-wait",
	  .protos = TCP, .host = true, .judge = buckets_judge,
	  .rule = "Sockets in TIME-WAIT take most of tcp_max_tw_buckets, or the kernel had to do "
		  "without the state.",
	  .meaning = "Above the limit connections end without TIME-WAIT: late segments may then "
		     "meet a new connection, and a lost last ACK is answered with a reset.",
	  .remedy = "Keep connections open and use them again; raise tcp_max_tw_buckets, which "
		    "costs little memory.",
	  .confused_with = "Running out of local ports, which counts one destination.",
	  .sysctls = "net.ipv4.tcp_max_tw_buckets" },
	{ .name = "syn-sent-unanswered", .title = "nobody answers",
	  .marked = STATE_BIT(STATE_SYN_SENT),
	  .where = "state syn-sent",
	  .protos = TCP, .states = STATE_BIT(STATE_SYN_SENT), .facts = FACT_TCP | FACT_OWNERS,
	  .observe = syn_sent_observe, .judge = syn_sent_judge,
	  .rule = "Several connection attempts to one destination had to send their SYN again.",
	  .meaning = "The destination is down, drops what it gets (a firewall, a full accept "
		     "queue), or its answers do not get here.",
	  .remedy = "See whether the host answers at all and on another port, and whether its "
		    "accept queue overflows.",
	  .confused_with = "A destination that refuses: its reset ends SYN-SENT at once.",
	  .sysctls = "net.ipv4.tcp_syn_retries" },
	{ .name = "no-answer", .title = "peer stopped answering",
	  .marked = STATE_BIT(STATE_ESTABLISHED),
	  .where = "tcp and timer = on and timer_retrans > 0",
	  .protos = TCP, .states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT),
	  .facts = FACT_TCP | FACT_OWNERS,
	  .observe = no_answer_observe, .judge = no_answer_judge,
	  .rule = "Open connections send the same data again and again.",
	  .meaning = "The peer is gone without a word, or the way to it is cut. The program "
		     "learns of it when the kernel gives up (tcp_retries2, about 15 minutes).",
	  .remedy = "See whether the peer can be reached. TCP_USER_TIMEOUT makes the kernel give "
		    "up earlier.",
	  .confused_with = "A peer that does not read: it answers, with a closed window.",
	  .sysctls = "net.ipv4.tcp_retries2" },
	{ .name = "fin-unacknowledged", .title = "FIN is not acknowledged",
	  .marked = STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_CLOSING) |
		    STATE_BIT(STATE_LAST_ACK),
	  .where = "state fin-wait-1,closing,last-ack",
	  .protos = TCP,
	  .states = STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_CLOSING) |
		    STATE_BIT(STATE_LAST_ACK),
	  .facts = FACT_TCP | FACT_OWNERS, .observe = fin_observe, .judge = fin_judge,
	  .rule = "Connections in FIN-WAIT-1, CLOSING or LAST-ACK have waited long for the "
		  "peer's acknowledgment, or sent their FIN again many times.",
	  .meaning = "The peer vanished before the connection was closed. The kernel goes on "
		     "trying by itself.",
	  .remedy = "See whether the peer can be reached; lower tcp_orphan_retries when there are "
		    "many.",
	  .confused_with = "A peer that does not read: the FIN then waits behind a closed window.",
	  .sysctls = "net.ipv4.tcp_orphan_retries net.ipv4.tcp_retries2" },
	{ .name = "fin-wait-2-held", .title = "half-closed connections are held",
	  .marked = STATE_BIT(STATE_FIN_WAIT_2),
	  .where = "state fin-wait-2",
	  .protos = TCP, .states = STATE_BIT(STATE_FIN_WAIT_2), .facts = FACT_TCP | FACT_OWNERS,
	  .observe = fin_wait_2_observe, .judge = fin_wait_2_judge,
	  .rule = "A process keeps connections in FIN-WAIT-2 on which nothing comes.",
	  .meaning = "This process has said that it will send no more (shutdown), and waits for "
		     "the peer to close; the peer does not. No timer ends this.",
	  .remedy = "close() the descriptor, or put a time limit on the wait; look at the peer's "
		    "CLOSE-WAIT.",
	  .confused_with = "FIN-WAIT-2 after close(), which the kernel ends after "
			   "tcp_fin_timeout, and a half-closed connection that still receives.",
	  .sysctls = "net.ipv4.tcp_fin_timeout" },
	{ .name = "peer-not-reading", .title = "peer does not read",
	  .marked = STATE_BIT(STATE_ESTABLISHED),
	  .where = "tcp and timer = persist",
	  .protos = TCP, .states = SENDING, .facts = FACT_TCP | FACT_OWNERS,
	  .observe = peer_reads_observe, .judge = peer_reads_judge,
	  .rule = "Data waits behind a window that the peer keeps closed.",
	  .meaning = "The program at the other end does not read what it gets, so its buffer is "
		     "full. This can last for ever: the kernel only probes.",
	  .remedy = "Look at the program at the other end; put a time limit on writing.",
	  .confused_with = "A network that loses or delays: then segments are sent again. A "
			   "program here that does not read is another finding.",
	  .sysctls = NULL },
	{ .name = "not-reading", .title = "process does not read",
	  .marked = STATE_BIT(STATE_ESTABLISHED),
	  .where = "tcp and recv_queue_bytes > 0",
	  .protos = TCP, .states = RECEIVING, .facts = FACT_TCP | FACT_MEMORY | FACT_OWNERS,
	  .observe = not_reading_observe, .judge = not_reading_judge,
	  .rule = "The receive buffer of a connection is full, and nothing moves.",
	  .meaning = "This process does not read what it has got; its peers have to wait.",
	  .remedy = "Look at what the process does instead of read(): a stack of its threads "
		    "tells.",
	  .confused_with = "A process that reads slowly: data still comes in. Connections that "
			   "were not accepted yet belong to a full accept queue.",
	  .sysctls = "net.ipv4.tcp_rmem" },
	{ .name = "retransmission", .title = "data is sent again",
	  .marked = STATE_BIT(STATE_ESTABLISHED),
	  .where = "tcp and bytes_retrans > 0",
	  .protos = TCP, .states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT),
	  .facts = FACT_TCP | FACT_OWNERS,
	  .observe = retransmission_observe, .judge = retransmission_judge,
	  .rule = "Connections to one destination had to send a large share of their bytes again.",
	  .meaning = "Segments get lost on the way there, or their acknowledgments on the way "
		     "back.",
	  .remedy = "Compare destinations: a single one points to its network, all of them to "
		    "this host's (cable, duplex, queue, MTU).",
	  .confused_with = "Segments that only arrived late: then dsack_dups grows as well.",
	  .sysctls = NULL },
	{ .name = "half-open", .title = "silent connections without keepalive",
	  .marked = STATE_BIT(STATE_ESTABLISHED),
	  .where = "tcp and state established and timer = off",
	  .protos = TCP, .states = STATE_BIT(STATE_ESTABLISHED), .facts = FACT_TCP | FACT_OWNERS,
	  .observe = half_open_observe, .judge = half_open_judge,
	  .rule = "A process holds connections to other hosts on which nothing has come for "
		  "hours and no timer runs.",
	  .meaning = "If the peer went away without a word, nobody here would ever notice.",
	  .remedy = "Set SO_KEEPALIVE, or let the protocol ask from time to time.",
	  .confused_with = "A pool of idle connections to a peer that is well: only asking "
			   "tells.",
	  .sysctls = "net.ipv4.tcp_keepalive_time" },
	{ .name = "udp-drops", .title = "datagrams are dropped",
	  .marked = STATE_BIT(STATE_UNCONNECTED),
	  .where = "udp",
	  .protos = UDP, .states = STATE_BIT(STATE_UNCONNECTED) | STATE_BIT(STATE_ESTABLISHED),
	  .facts = FACT_MEMORY | FACT_OWNERS, .host = true,
	  .observe = udp_observe, .judge = udp_judge,
	  .rule = "A UDP socket dropped datagrams between two passes; or it has dropped some "
		  "before, and its buffer is full now.",
	  .meaning = "The program reads more slowly than datagrams arrive; what does not fit is "
		     "lost.",
	  .remedy = "Read faster or in more threads; a larger SO_RCVBUF (up to rmem_max) helps "
		    "against bursts.",
	  .confused_with = "Datagrams for a port where nobody listens (udp_no_ports).",
	  .sysctls = "net.core.rmem_max net.core.rmem_default" },
	{ .name = "resets", .title = "more resets than usual",
	  .protos = TCP, .two_passes = true, .host = true, .judge = resets_judge,
	  .rule = "Connections are reset, refused or answered with a reset many times more often "
		  "than usual. What is usual is known of a host since it started, and of a "
		  "network namespace after a minute of looking.",
	  .meaning = "A service has gone away or refuses, a program ends connections hard, or "
		     "somebody scans ports.",
	  .remedy = "See which listener is missing and who asks for it (watch, or a packet "
		    "capture of resets).",
	  .confused_with = "Programs that end every connection with a reset on purpose: then it "
			   "is the usual rate.",
	  .sysctls = NULL },
};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

/* struct findings has a bit for each */
_Static_assert(TABLE_COUNT <= 64, "more findings than bits");

static const struct threshold_info thresholds[] = {
#define THRESHOLD(symbol, name, value, unit, help) { name, value, THRESHOLD_##unit, help },
#include "model/thresholds.def"
#undef THRESHOLD
};

const struct finding_info *findings_all(size_t *count)
{
	*count = TABLE_COUNT;
	return table;
}

const struct finding_info *finding_find(const char *name)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct threshold_info *threshold_info(enum threshold t)
{
	return &thresholds[t];
}

enum threshold threshold_find(const char *name, size_t len)
{
	for (size_t i = 0; i < THRESHOLD_COUNT; i++)
		if (text_same(name, len, thresholds[i].name))
			return (enum threshold)i;
	return THRESHOLD_COUNT;
}

void finding_thresholds_init(struct finding_thresholds *t)
{
	for (size_t i = 0; i < THRESHOLD_COUNT; i++)
		t->value[i] = thresholds[i].value;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = {
		[SEVERITY_NONE] = "ok",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_CRITICAL] = "critical",
	};

	return names[s];
}

unsigned int findings_facts(void)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < TABLE_COUNT; i++)
		facts |= table[i].facts;
	return facts;
}
