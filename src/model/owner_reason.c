/* Why a socket has no process to show: see owner_reason.h. */
#include "config.h"

#include "model/owner_reason.h"

#include <stdbool.h>

#define SHUTDOWN_SEND 2

/* States that a socket without a descriptor has only while it waits for accept(). */
#define STATES_QUEUED                                                                              \
	(STATE_BIT(STATE_SYN_RECEIVED) | STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT))

/* States that it reaches only by close(). */
#define STATES_CLOSED                                                                              \
	(STATE_BIT(STATE_FIN_WAIT_1) | STATE_BIT(STATE_FIN_WAIT_2) | STATE_BIT(STATE_CLOSING) |    \
	 STATE_BIT(STATE_LAST_ACK) | STATE_BIT(STATE_TIME_WAIT))

static struct owners because(enum owner_reason reason)
{
	return (struct owners){ .reason = reason };
}

/* The owner of the listener that @sk came from, as @reason; else why it is not known. */
static struct owners of_listener(const struct sock *sk, const struct owner_evidence *evidence,
				 enum owner_reason reason)
{
	const struct owners *listener = NULL;

	if (!evidence->listeners)
		return because(OWNER_NOT_LOOKED_UP);
	listener = listeners_find(evidence->listeners, sk);
	if (!listener)
		return because(OWNER_NOT_FOUND);
	if (!listener->count)
		return because(listener->reason);
	return (struct owners){
		.reason = reason,
		.count = listener->count,
		.list = listener->list,
	};
}

/* Its process has closed it, and the kernel carries it to its end. */
static struct owners of_closed(const struct sock *sk, const struct owner_evidence *evidence)
{
	struct owners owners;

	if (evidence->last_seen && evidence->last_seen->count) {
		owners = *evidence->last_seen;
		owners.reason = OWNER_LAST_SEEN;
		return owners;
	}
	owners = of_listener(sk, evidence, OWNER_SERVER_SIDE);
	if (owners.count)
		return owners;
	return (struct owners){
		.reason = OWNER_ORPHANED,
		.hidden = owners.reason == OWNER_NOT_PERMITTED,
	};
}

static struct owners of_full(const struct sock *sk, const struct owner_evidence *evidence)
{
	bool finished = sk->has & SOCK_HAS_SHUTDOWN && sk->shutdown & SHUTDOWN_SEND;

	if (STATES_CLOSED & STATE_BIT(sk->state))
		return of_closed(sk, evidence);
	if (!(STATES_QUEUED & STATE_BIT(sk->state)))
		return because(OWNER_KERNEL);
	return finished ? of_closed(sk, evidence) : of_listener(sk, evidence, OWNER_ACCEPT_QUEUE);
}

/* UDP and the like: connected is no phase of a life, and nothing waits for accept(). */
static bool has_accept_queue(const struct sock *sk)
{
	return proto_info(sk->proto)->states & STATE_BIT(STATE_LISTEN);
}

struct owners owner_resolve(const struct sock *sk, const struct owner_evidence *evidence)
{
	if (sk->kind == SOCK_REQUEST)
		return of_listener(sk, evidence, OWNER_HALF_OPEN);
	if (sk->kind == SOCK_MINI)
		return of_closed(sk, evidence);
	if (sk->has & SOCK_HAS_INODE)
		return evidence->holders ? *evidence->holders : because(OWNER_NOT_LOOKED_UP);
	if (!has_accept_queue(sk))
		return because(OWNER_KERNEL);
	return of_full(sk, evidence);
}
