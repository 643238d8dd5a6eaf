/* Closing sockets in the kernel: see destroy.h. */
#include "config.h"

#include "collect/destroy.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>

#include "collect/inet_diag.h"

/* What the kernel's answer to a request means. */
struct answer {
	int code;  /* errno, 0 for done */
	bool came;
};

struct verdict {
	int code; /* errno of the answer */
	enum destroy_result result;
	const char *text; /* the error's; NULL: none */
};

static const struct verdict verdicts[] = {
	{ 0, DESTROY_DONE, NULL },
	{ EPERM, DESTROY_NOT_PERMITTED,
	  "not permitted: closing a socket needs CAP_NET_ADMIN in its network namespace" },
	{ EACCES, DESTROY_NOT_PERMITTED,
	  "not permitted: a security module forbids closing sockets of others" },
	{ EOPNOTSUPP, DESTROY_NOT_BUILT,
	  "this kernel can't close sockets: it was built without CONFIG_INET_DIAG_DESTROY" },
	{ ENOENT, DESTROY_GONE, "it had gone already" },
	{ ESTALE, DESTROY_GONE, "it had gone already" },
};

/* Protocols whose sock_diag handler can close. */
static const proto_set closable = PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP) |
				  PROTO_BIT(PROTO_UDPLITE) | PROTO_BIT(PROTO_RAW);

/* Why there is no use in asking, or NULL. */
static const char *obstacle(const struct sock *sk)
{
	if (sk->proto == PROTO_MPTCP)
		return "the kernel can't close MPTCP connections as a whole: close their subflows";
	if (!(closable & PROTO_BIT(sk->proto)))
		return "the kernel can close internet sockets only";
	if (!(sk->has & SOCK_HAS_COOKIE))
		return "without a cookie it can't be told from another one with the same addresses";
	if (sk->state == STATE_BOUND)
		return "the kernel can't find a socket that is only bound";
	return NULL;
}

static int take_answer(void *context, const struct nlmsghdr *nlh)
{
	struct answer *a = context;
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != NLMSG_ERROR)
		return 0;
	a->came = true;
	a->code = EPROTO;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(e->error))
		memcpy(&a->code, &e->error, sizeof(e->error));
	/* negative in the message; INT_MIN can't be turned round */
	a->code = a->code <= 0 && a->code > -4096 ? -a->code : EPROTO;
	return 1;
}

/* The request for the one socket.  Destroying never swaps the ends, asking for UDP does. */
static void build(const struct sock *sk, struct nlmsghdr *nlh)
{
	struct inet_diag_req_v2 *req;

	inet_diag_exact(sk, 0, nlh);
	nlh->nlmsg_type = SOCK_DESTROY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	req = mnl_nlmsg_get_payload(nlh);
	memset(req->id.idiag_src, 0, sizeof(req->id.idiag_src));
	memset(req->id.idiag_dst, 0, sizeof(req->id.idiag_dst));
	req->id.idiag_sport = htons(sk->local.port);
	req->id.idiag_dport = htons(sk->peer.port);
	memcpy(req->id.idiag_src, sk->local.bytes, sizeof(req->id.idiag_src));
	memcpy(req->id.idiag_dst, sk->peer.bytes, sizeof(req->id.idiag_dst));
}

static int ask(struct netlink *nl, const struct sock *sk, struct answer *answer, struct error *err)
{
	uint64_t request[INET_DIAG_EXACT_BYTES / sizeof(uint64_t)];
	struct netlink_walk walk = { .take = take_answer, .context = answer, .single = true };

	build(sk, (struct nlmsghdr *)request);
	if (netlink_ready(nl, true, err) < 0 ||
	    netlink_ask_many(nl, (struct nlmsghdr *)request, sizeof(request), &walk.seq, err) < 0)
		return -1;
	while (!answer->came) {
		if (netlink_step(nl, &walk) != NETLINK_LOST)
			continue;
		netlink_close(nl);
		return error_set(err, walk.code, "the kernel did not answer");
	}
	return 0;
}

enum destroy_result destroyer_destroy(struct destroyer *d, const struct sock *sk,
				      struct error *err)
{
	const char *why = obstacle(sk);
	struct answer answer = { 0 };
	size_t i;

	if (why) {
		error_set(err, 0, "%s", why);
		return DESTROY_IMPOSSIBLE;
	}
	if (ask(&d->netlink, sk, &answer, err) < 0)
		return DESTROY_FAILED;
	if (answer.code == ENOENT && sk->state == STATE_LISTEN) {
		/* it is looked up by address: one with another cookie may have been found */
		error_set(err, 0, "it had gone already, or is one of several listeners that share "
				  "its address (SO_REUSEPORT), which the kernel can't tell apart");
		return DESTROY_GONE;
	}
	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i].code != answer.code)
			continue;
		if (verdicts[i].text)
			error_set(err, 0, "%s", verdicts[i].text);
		return verdicts[i].result;
	}
	error_set(err, answer.code, "the kernel refuses");
	return DESTROY_FAILED;
}

void destroyer_fini(struct destroyer *d)
{
	netlink_fini(&d->netlink);
}
