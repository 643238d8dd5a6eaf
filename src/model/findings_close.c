/* Rules about connections on the way to their end: see findings_rules.h. */
#include "config.h"

#include "model/findings_rules.h"

#include "model/state.h"

/* Of CLOSE-WAIT. */
enum { CLOSE_WAIT_OLDER };

/* Of an accept queue. */
enum { WAITING, BACKLOG };

/* Of closing connections: how many in each state, and how often the FIN was sent again. */
enum { IN_FIN_WAIT_1, IN_CLOSING, IN_LAST_ACK, FIN_SENT_AGAIN };

static bool has_descriptor(const struct sock *sk)
{
	return sk->kind == SOCK_FULL && sk->has & SOCK_HAS_INODE;
}

/* A peer that said FIN may still be sent to: that is a use of the state, no leak. */
static bool still_sends(const struct findings *f, const struct sock *sk)
{
	return tcp_facts_has(sk, last_data_sent_ms) &&
	       !findings_lasted(f, sk->tcp->last_data_sent_ms, THRESHOLD_CLOSE_WAIT_AGE);
}

void close_wait_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row)
{
	struct tally *t;

	if (!has_descriptor(row->sock) || still_sends(f, row->sock) ||
	    !row_older(f, self, row, THRESHOLD_CLOSE_WAIT_AGE))
		return;
	t = tally_row(f, self, row, SUBJECT_PROCESS);
	if (t && row_older(f, self, row, THRESHOLD_CLOSE_WAIT_OLD))
		t->figure[CLOSE_WAIT_OLDER]++;
}

static bool is_many_of_limit(const struct findings *f, const struct tally *t,
			     struct finding_limit *limit)
{
	uint32_t pid = (uint32_t)t->key.number[0];

	return pid && f->input->limit && f->input->limit(f->input->context, pid, limit) &&
	       (double)t->count >=
		       findings_threshold(f, THRESHOLD_CLOSE_WAIT_CRITICAL) * (double)limit->limit;
}

static void put_growth(struct buffer *out, const struct findings *f, const struct tally *t)
{
	if (!t->before || t->before->count >= t->count)
		return;
	buffer_puts(out, "; ");
	buffer_put_u64(out, t->count - t->before->count);
	buffer_puts(out, " more than ");
	evidence_duration(out, f->now->at_ns - f->before->at_ns);
	buffer_puts(out, " ago");
}

void close_wait_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);
	struct finding_limit limit;
	bool critical = is_many_of_limit(f, t, &limit);

	if ((double)t->count < findings_threshold(f, THRESHOLD_CLOSE_WAIT_COUNT) &&
	    !t->figure[CLOSE_WAIT_OLDER] && !critical)
		return;
	evidence_count(out, t->count, "idle socket");
	buffer_puts(out, " in CLOSE-WAIT");
	evidence_oldest(out, t);
	put_growth(out, f, t);
	if (critical) {
		buffer_puts(out, "; its descriptor limit is ");
		buffer_put_u64(out, limit.limit);
	}
	findings_raise(f, t, critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, (double)t->count);
}

void unaccepted_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	if (sk->state == STATE_LISTEN) {
		t = tally_of(f, self, row, SUBJECT_PORT);
		if (t && sk->has & SOCK_HAS_QUEUES) {
			t->figure[WAITING] += sk->recv_queue;
			t->figure[BACKLOG] += sk->has & SOCK_NO_BACKLOG ? 0 : sk->send_queue;
		}
		return;
	}
	if (sk->kind == SOCK_FULL && !(sk->has & SOCK_HAS_INODE) &&
	    row_older(f, self, row, THRESHOLD_UNACCEPTED_AGE))
		tally_row(f, self, row, SUBJECT_PORT);
}

void unaccepted_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if (!t->count || (double)t->count < findings_threshold(f, THRESHOLD_UNACCEPTED_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " in the accept queue, closed by the peer");
	evidence_oldest(out, t);
	buffer_puts(out, "; ");
	buffer_put_u64(out, t->figure[WAITING]);
	buffer_puts(out, " wait in all");
	if (t->figure[BACKLOG]) {
		buffer_puts(out, ", the backlog is ");
		buffer_put_u64(out, t->figure[BACKLOG]);
	}
	findings_raise(f, t, SEVERITY_WARNING, (double)t->count);
}

static size_t figure_of_state(const struct sock *sk)
{
	if (sk->state == STATE_FIN_WAIT_1)
		return IN_FIN_WAIT_1;
	return sk->state == STATE_CLOSING ? IN_CLOSING : IN_LAST_ACK;
}

void fin_observe(struct findings *f, const struct finding_info *self,
		 const struct finding_row *row)
{
	const struct sock *sk = row->sock;
	struct tally *t;

	/* behind a closed window the timer probes */
	if (!(sk->has & SOCK_HAS_TIMER) || sk->timer != TIMER_RETRANSMIT || !sk->retransmits)
		return;
	if ((double)sk->retransmits < findings_threshold(f, THRESHOLD_FIN_RETRANSMITS) &&
	    !row_older(f, self, row, THRESHOLD_FIN_AGE))
		return;
	t = tally_row(f, self, row, SUBJECT_PEER_ADDRESS);
	if (!t)
		return;
	t->figure[figure_of_state(sk)]++;
	tally_most(t, FIN_SENT_AGAIN, sk->retransmits);
}

static void put_states(struct buffer *out, const struct tally *t)
{
	static const enum state states[] = {
		[IN_FIN_WAIT_1] = STATE_FIN_WAIT_1,
		[IN_CLOSING] = STATE_CLOSING,
		[IN_LAST_ACK] = STATE_LAST_ACK,
	};
	const char *before = " (";

	for (size_t i = IN_FIN_WAIT_1; i <= IN_LAST_ACK; i++) {
		if (!t->figure[i])
			continue;
		buffer_puts(out, before);
		buffer_put_u64(out, t->figure[i]);
		buffer_puts(out, " in ");
		buffer_puts(out, state_info(states[i])->name);
		before = ", ";
	}
	buffer_putc(out, ')');
}

void fin_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_FIN_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	put_states(out, t);
	evidence_oldest(out, t);
	buffer_puts(out, "; sent again up to ");
	evidence_count(out, t->figure[FIN_SENT_AGAIN], "time");
	findings_raise(f, t, SEVERITY_WARNING, (double)t->count);
}

/* Data that still comes in carries an ACK as well. */
static bool still_receives(const struct findings *f, const struct sock *sk)
{
	return tcp_facts_has(sk, last_ack_received_ms) &&
	       !findings_lasted(f, sk->tcp->last_ack_received_ms, THRESHOLD_FIN_WAIT_2_AGE);
}

void fin_wait_2_observe(struct findings *f, const struct finding_info *self,
			const struct finding_row *row)
{
	if (has_descriptor(row->sock) && !still_receives(f, row->sock) &&
	    row_older(f, self, row, THRESHOLD_FIN_WAIT_2_AGE))
		tally_row(f, self, row, SUBJECT_PROCESS);
}

void fin_wait_2_judge(struct findings *f, struct tally *t)
{
	struct buffer *out = findings_evidence(f);

	if ((double)t->count < findings_threshold(f, THRESHOLD_FIN_WAIT_2_COUNT))
		return;
	evidence_count(out, t->count, "connection");
	buffer_puts(out, " in FIN-WAIT-2 with a descriptor");
	evidence_oldest(out, t);
	findings_raise(f, t, SEVERITY_WARNING, (double)t->count);
}
