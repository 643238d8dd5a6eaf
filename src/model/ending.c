/* How the life of a socket began and ended: see ending.h. */
#include "config.h"

#include "model/ending.h"

/* The kernel's value for a least round trip time that was never measured. */
#define NO_RTT UINT32_MAX

/* Acknowledged beyond the data: 0 nothing, 1 SYN or FIN, 2 both; more makes no sense. */
static uint64_t acknowledged_flags(const struct tcp_facts *f)
{
	return f->bytes_acked - (f->bytes_sent - f->bytes_retrans);
}

/* One of the two was acknowledged: the FIN, where a segment more than those with data was. */
static void tell_one_flag(const struct tcp_facts *f, struct ending *e)
{
	uint32_t extra = f->delivered_segments - f->data_segs_out;

	e->closing = CLOSING_UNKNOWN;
	if (f->total_retrans_segments || f->bytes_retrans || !extra || extra > 2)
		return;
	e->opening = extra == 2 ? OPENING_PEER : OPENING_HERE;
	e->closing = extra == 2 ? CLOSING_ORDERLY : CLOSING_RESET;
}

/* Of a connection whose figures are whole. */
static void tell_whole(const struct sock *sk, struct ending *e)
{
	const struct tcp_facts *f = sk->tcp;

	e->closing = CLOSING_UNKNOWN;
	e->idle_known = true;
	e->idle_ms = f->last_data_sent_ms;
	e->age_known = !f->data_segs_out;
	e->age_ms = f->last_data_sent_ms;
	if (!tcp_facts_has(sk, bytes_retrans))
		return;
	switch (acknowledged_flags(f)) {
	case 0:
		e->opening = OPENING_PEER;
		e->closing = CLOSING_RESET;
		break;
	case 1:
		tell_one_flag(f, e);
		break;
	case 2:
		e->opening = OPENING_HERE;
		e->closing = CLOSING_ORDERLY;
		break;
	default:
		break;
	}
}

static void tell_tcp(const struct sock *sk, struct ending *e)
{
	const struct tcp_facts *f = sk->tcp;

	if (!tcp_facts_has(sk, min_rtt_us))
		return;
	if (!f->rcv_mss_bytes) {
		e->closing = CLOSING_UNUSED;
	} else if (f->min_rtt_us == NO_RTT && !f->delivered_segments && !f->bytes_acked) {
		e->opening = OPENING_HERE;
		e->closing = CLOSING_FAILED;
	} else if (!sk->peer.port) {
		e->closing = CLOSING_RESET;
		e->idle_known = true;
		e->idle_ms = f->last_data_sent_ms;
	} else {
		tell_whole(sk, e);
	}
}

struct ending ending_of(const struct sock *sk)
{
	struct ending e = { .closing = CLOSING_UNKNOWN };

	if (sk->proto == PROTO_TCP)
		tell_tcp(sk, &e);
	else if (!sk->local.port)
		e.closing = CLOSING_UNUSED;
	return e;
}

enum state ending_next(enum state from, enum closing closing, enum state left)
{
	if (from == left || closing == CLOSING_FAILED || closing == CLOSING_UNTOLD)
		return from;
	if (from == STATE_SYN_SENT || from == STATE_SYN_RECEIVED)
		return STATE_ESTABLISHED;
	if (left != STATE_COUNT)
		return from == STATE_ESTABLISHED ? STATE_FIN_WAIT_1 : left;
	if (closing != CLOSING_ORDERLY)
		return from;
	if (from == STATE_ESTABLISHED)
		return STATE_CLOSE_WAIT;
	return from == STATE_CLOSE_WAIT ? STATE_LAST_ACK : from;
}
