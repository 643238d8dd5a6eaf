/* Rules about open connections, and datagrams: see findings_rules.h. */
#include "config.h"

#include "model/findings_rules.h"

/* Of data that waits. */
enum { BYTES, STILL_MS, TRIES };

/* Of what was sent again. */
enum { BYTES_AGAIN, BYTES_SENT, WORST_PER_MILLION };

/* Of a UDP socket. */
enum { DROPS, BORN, FULL };

/* A client has one destination with a port, a server's peers have ports of no meaning. */
static enum subject destination(const struct findings *f, const struct sock *sk)
{
	uint64_t min;
	uint64_t max;

	if (!findings_counter(f, COUNTER_LOCAL_PORT_MIN, &min) ||
	    !findings_counter(f, COUNTER_LOCAL_PORT_MAX, &max))
		return SUBJECT_PEER_ADDRESS;
	return sk->local.port >= min && sk->local.port <= max ? SUBJECT_PEER :
								SUBJECT_PEER_ADDRESS;
}

static void put_still(struct buffer *out, const struct tally *t, const char *what)
{
	if (!t->figure[STILL_MS])
		return;
	buffer_puts(out, what);
	evidence_duration(out, t->figure[STILL_MS] * NS_PER_MS);
}

/* How long nothing could be sent: by the clock of the last data, else by the probes. */
static bool is_held_up(const struct findings *f, const struct sock *sk)
{
	if (tcp_facts_has(sk, snd_wnd_bytes) && sk->tcp->snd_wnd_bytes && !sk->retransmits)
		return false;
	if (!tcp_facts_has(sk, last_data_sent_ms))
		return sk->retransmits >= 3;
	return findings_lasted(f, sk->tcp->last_data_sent_ms, THRESHOLD_PEER_READS_AGE);
}

void peer_reads_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_TIMER) || sk->timer != TIMER_PROBE ||
	    !(sk->has & SOCK_HAS_QUEUES) || !sk->send_queue || !is_held_up(f, sk))
		return;
	t = tally_row(f, self, row, destination(f, sk));
	if (!t)
		return;
	t->oldest_known = false; /* the age of the state says nothing of the window's */
	t->figure[BYTES] += sk->send_queue;
	tally_most(t, TRIES, sk->retransmits);
	if (tcp_facts_has(sk, last_data_sent_ms))
		tally_most(t, STILL_MS, sk->tcp->last_data_sent_ms);
}

void peer_reads_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_PEER_READS_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " behind a closed window, ");
	evidence_bytes(out, t->figure[BYTES]);
	buffer_puts(out, " waiting");
	put_still(out, t, ", nothing sent for ");
	if (t->figure[TRIES]) {
		buffer_puts(out, "; up to ");
		evidence_count(out, t->figure[TRIES], "probe");
	}
	tally_since(t, t->figure[STILL_MS]);
	findings_raise(f, t, SEVERITY_WARNING, (double)t->figure[BYTES]);
}

static bool buffer_is_full(const struct findings *f, const struct sock *sk, enum threshold share)
{
	return sk->has & SOCK_HAS_MEMORY && sk->memory_known > MEMORY_RCVBUF &&
	       sk->memory[MEMORY_RCVBUF] &&
	       (double)sk->memory[MEMORY_RMEM_ALLOC] >=
		       findings_threshold(f, share) * (double)sk->memory[MEMORY_RCVBUF];
}

static bool window_is_closed(const struct findings *f, const struct sock *sk)
{
	if (tcp_facts_has(sk, rcv_wnd_bytes) && !sk->tcp->rcv_wnd_bytes)
		return true;
	return buffer_is_full(f, sk, THRESHOLD_NOT_READING_SHARE);
}

void not_reading_observe(struct findings *f, const struct finding_info *self,
			 const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_INODE) || !(sk->has & SOCK_HAS_QUEUES) || !sk->recv_queue)
		return;
	if (!tcp_facts_has(sk, last_data_received_ms))
		findings_cannot_judge(f, self);
	if (!window_is_closed(f, sk) || !tcp_facts_has(sk, last_data_received_ms) ||
	    !findings_lasted(f, sk->tcp->last_data_received_ms, THRESHOLD_NOT_READING_AGE))
		return;
	t = tally_row(f, self, row, SUBJECT_PROCESS);
	if (!t)
		return;
	t->oldest_known = false;
	t->figure[BYTES] += sk->recv_queue;
	tally_most(t, STILL_MS, sk->tcp->last_data_received_ms);
}

void not_reading_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_NOT_READING_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " with a full receive buffer, ");
	evidence_bytes(out, t->figure[BYTES]);
	buffer_puts(out, " unread");
	put_still(out, t, ", nothing came in for ");
	tally_since(t, t->figure[STILL_MS]);
	findings_raise(f, t, SEVERITY_WARNING, (double)t->figure[BYTES]);
}

void no_answer_observe(struct findings *f, const struct finding_info *self,
		       const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_TIMER) || sk->timer != TIMER_RETRANSMIT ||
	    (double)sk->retransmits < findings_threshold(f, THRESHOLD_NO_ANSWER_RETRANSMITS))
		return;
	t = tally_row(f, self, row, destination(f, sk));
	if (!t)
		return;
	t->oldest_known = false;
	t->figure[BYTES] += sk->has & SOCK_HAS_QUEUES ? sk->send_queue : 0;
	tally_most(t, TRIES, sk->retransmits);
	if (tcp_facts_has(sk, last_ack_received_ms))
		tally_most(t, STILL_MS, sk->tcp->last_ack_received_ms);
}

void no_answer_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_NO_ANSWER_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " with ");
	evidence_bytes(out, t->figure[BYTES]);
	buffer_puts(out, " not acknowledged; sent again up to ");
	evidence_count(out, t->figure[TRIES], "time");
	put_still(out, t, ", the last answer came before ");
	findings_raise(f, t, SEVERITY_WARNING, (double)t->count);
}

static bool is_judged(const struct findings *f, const struct sock *sk)
{
	return tcp_facts_has(sk, bytes_retrans) && sk->tcp->bytes_sent &&
	       (double)sk->tcp->data_segs_out >=
		       findings_threshold(f, THRESHOLD_RETRANSMISSION_SEGMENTS) &&
	       (double)sk->tcp->last_data_sent_ms <=
		       findings_threshold(f, THRESHOLD_RETRANSMISSION_RECENT) * 1000;
}

void retransmission_observe(struct findings *f, const struct finding_info *self,
			    const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	double share;
	struct tally *t;

	if (sk->kind == SOCK_FULL && !tcp_facts_has(sk, bytes_retrans))
		findings_cannot_judge(f, self);
	if (!is_judged(f, sk))
		return;
	share = (double)sk->tcp->bytes_retrans / (double)sk->tcp->bytes_sent;
	if (share < findings_threshold(f, THRESHOLD_RETRANSMISSION_WARNING))
		return;
	t = tally_row(f, self, row, destination(f, sk));
	if (!t)
		return;
	t->oldest_known = false;
	t->figure[BYTES_AGAIN] += sk->tcp->bytes_retrans;
	t->figure[BYTES_SENT] += sk->tcp->bytes_sent;
	tally_most(t, WORST_PER_MILLION, (uint64_t)(share * 1e6));
}

void retransmission_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	double worst = (double)t->figure[WORST_PER_MILLION] / 1e6;
	bool critical = worst >= findings_threshold(f, THRESHOLD_RETRANSMISSION_CRITICAL);

	evidence_count(out, t->count, "connection");
	buffer_puts(out, ": ");
	evidence_bytes(out, t->figure[BYTES_AGAIN]);
	buffer_puts(out, " of ");
	evidence_bytes(out, t->figure[BYTES_SENT]);
	buffer_puts(out, " sent again");
	if (t->count > 1) {
		buffer_puts(out, ", in the worst ");
		evidence_share(out, worst);
	}
	findings_raise(f, t, critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, worst);
}

/* A peer on this host can't go away without the kernel knowing. */
static bool is_local(const struct sock *sk)
{
	struct endpoint local = sk->local;
	struct endpoint peer = sk->peer;

	local.port = 0;
	peer.port = 0;
	return addr_is_loopback((enum addr_family)peer.family, peer.bytes) ||
	       !endpoint_compare(&local, &peer);
}

void half_open_observe(struct findings *f, const struct finding_info *self,
		       const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_INODE) || !(sk->has & SOCK_HAS_TIMER) ||
	    sk->timer != TIMER_NONE || is_local(sk))
		return;
	if (!tcp_facts_has(sk, last_ack_received_ms)) {
		findings_cannot_judge(f, self);
		return;
	}
	if (!findings_lasted(f, sk->tcp->last_data_received_ms, THRESHOLD_HALF_OPEN_AGE) ||
	    !findings_lasted(f, sk->tcp->last_ack_received_ms, THRESHOLD_HALF_OPEN_AGE))
		return;
	t = tally_row(f, self, row, SUBJECT_PROCESS);
	if (!t)
		return;
	t->oldest_known = false;
	tally_most(t, STILL_MS, sk->tcp->last_ack_received_ms);
}

void half_open_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_HALF_OPEN_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " without keepalive");
	put_still(out, t, ", silent for up to ");
	tally_since(t, t->figure[STILL_MS]);
	findings_raise(f, t, SEVERITY_WARNING, (double)t->count);
}

void udp_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	uint64_t drops;
	struct tally *t;

	if (!(sk->has & SOCK_HAS_MEMORY) || sk->memory_known <= MEMORY_DROPS) {
		/* what the kernel counts in all tells as well, from the second pass on */
		if (sk->recv_queue && !findings_growth(f, COUNTER_UDP_RCVBUF_ERRORS, &drops))
			findings_cannot_judge(f, self);
		return;
	}
	t = tally_of(f, self, row, SUBJECT_SOCKET);
	if (!t)
		return;
	t->count = 1;
	t->dual_stack = sk->local.family == ADDR_V6 && !(sk->has & SOCK_HAS_V6ONLY && sk->v6only);
	t->figure[DROPS] = sk->memory[MEMORY_DROPS];
	t->figure[BORN] = row_born(f, row);
	t->figure[FULL] = buffer_is_full(f, sk, THRESHOLD_UDP_DROPS_SHARE);
	if (t->figure[DROPS])
		tally_own(f, t, row);
}

static void judge_udp_host(struct findings *f, struct tally *host)
{
	struct buffer *out = findings_evidence(f);
	uint64_t v4 = 0;
	uint64_t v6 = 0;
	bool known = findings_growth(f, COUNTER_UDP_RCVBUF_ERRORS, &v4);

	known |= findings_growth(f, COUNTER_UDP6_RCVBUF_ERRORS, &v6);
	if (!known || !(v4 + v6) || findings_raised(f, host->info) ||
	    (double)(v4 + v6) < findings_threshold(f, THRESHOLD_UDP_DROPS_COUNT))
		return;
	evidence_count(out, v4 + v6, "datagram");
	buffer_puts(out, " dropped in ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
	buffer_puts(out, "; by which socket is not known");
	findings_raise(f, host, SEVERITY_WARNING, (double)(v4 + v6));
}

/* How many it dropped since the pass before. */
static uint64_t dropped(const struct findings *f, const struct tally *t)
{
	uint64_t before = t->before ? t->before->figure[DROPS] : 0;

	if (f->passes < 2 || (!t->before && !t->figure[BORN]))
		return 0;
	return t->figure[DROPS] > before ? t->figure[DROPS] - before : 0;
}

void udp_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	uint64_t drops = dropped(f, t);

	if (t->key.subject == SUBJECT_HOST) {
		judge_udp_host(f, t);
		return;
	}
	if (drops && (double)drops >= findings_threshold(f, THRESHOLD_UDP_DROPS_COUNT)) {
		evidence_count(out, drops, "datagram");
		buffer_puts(out, " dropped in ");
		evidence_duration(out, f->now->at_ns - f->before->at_ns);
		buffer_puts(out, t->figure[FULL] ? "; its receive buffer is full" : "");
		findings_raise(f, t, SEVERITY_WARNING, (double)drops);
	} else if (f->passes == 1 && t->figure[DROPS] && t->figure[FULL]) {
		evidence_count(out, t->figure[DROPS], "datagram");
		buffer_puts(out, " dropped since it was opened; its receive buffer is full");
		findings_raise(f, t, SEVERITY_WARNING, (double)t->figure[DROPS]);
	}
}
