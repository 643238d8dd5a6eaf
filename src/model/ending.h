/*
 * How the life of a socket began and ended, as told by what the kernel knew of it last:
 * the figures of a socket that has just been destroyed.
 *
 * In them the SYN and the FIN leave their traces: bytes_acked counts an acknowledged
 * SYN (sent by the side that opened) and FIN as a byte each, bytes_sent does not;
 * delivered counts segments, the SYN or SYN,ACK among them.  A socket that was aborted or
 * refused has forgotten all that, and its peer, but keeps the least round trip time and
 * the estimated segment size of the peer (Linux: tcp_disconnect()).
 */
#ifndef MODEL_ENDING_H
#define MODEL_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "model/sock.h"

/* Who opened the connection. */
enum opening {
	OPENING_UNKNOWN,
	OPENING_HERE, /* this end: its SYN */
	OPENING_PEER,
};

enum closing {
	CLOSING_UNTOLD,	 /* nothing was told */
	CLOSING_UNKNOWN, /* the figures leave it open */
	CLOSING_UNUSED,	 /* there was no connection: the socket was never connected */
	CLOSING_FAILED,	 /* the attempt to connect failed */
	CLOSING_RESET,	 /* without this end's FIN acknowledged: reset, aborted, given up */
	CLOSING_ORDERLY, /* this end's FIN was acknowledged */
};

struct ending {
	enum opening opening;
	enum closing closing;
	bool age_known;
	bool idle_known;
	uint32_t age_ms;  /* from the handshake to the end, if nothing was ever sent */
	uint32_t idle_ms; /* since data was sent, or since the handshake */
};

/* What the destroyed socket @sk tells. */
struct ending ending_of(const struct sock *sk);

/*
 * The state that certainly followed @from in a life that ended like @closing, or @from
 * when none did.  @left is the minisock's state if there is one (TIME-WAIT, or FIN-WAIT-2),
 * else STATE_COUNT.
 */
enum state ending_next(enum state from, enum closing closing, enum state left);

#endif
