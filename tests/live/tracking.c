/*
 * Connection tracking, see tracking.h.  The kernel tracks in a namespace once a rule
 * there asks for the state of a connection: that is the rule made here, and it does
 * nothing else.
 */
#include "config.h"

#include "live/tracking.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define TABLE "tracking"
#define CHAIN "output"
#define REQUEST_BYTES 4096

/* One request of messages that take effect together. */
struct request {
	struct mnl_nlmsg_batch *batch;
	unsigned int messages;
};

static struct nlmsghdr *message(const struct request *request, unsigned int type,
				unsigned int flags, unsigned int family, unsigned int subsystem)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(mnl_nlmsg_batch_current(request->batch));
	struct nfgenmsg *body;

	header->nlmsg_type = (uint16_t)type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	header->nlmsg_seq = request->messages;
	body = mnl_nlmsg_put_extra_header(header, sizeof(*body));
	*body = (struct nfgenmsg){ .nfgen_family = (uint8_t)family,
				   .version = NFNETLINK_V0,
				   .res_id = htons((uint16_t)subsystem) };
	return header;
}

static struct nlmsghdr *table_message(const struct request *request, unsigned int type)
{
	return message(request, NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_CREATE | NLM_F_ACK,
		       NFPROTO_IPV4, 0);
}

static void end_message(struct request *request)
{
	mnl_nlmsg_batch_next(request->batch);
	request->messages++;
}

static void put_chain(struct nlmsghdr *header)
{
	struct nlattr *hook;

	mnl_attr_put_strz(header, NFTA_CHAIN_TABLE, TABLE);
	mnl_attr_put_strz(header, NFTA_CHAIN_NAME, CHAIN);
	mnl_attr_put_strz(header, NFTA_CHAIN_TYPE, "filter");
	hook = mnl_attr_nest_start(header, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(header, NFTA_HOOK_HOOKNUM, htonl(NF_INET_LOCAL_OUT));
	mnl_attr_put_u32(header, NFTA_HOOK_PRIORITY, 0);
	mnl_attr_nest_end(header, hook);
}

/* "ct state" into a register that nothing reads. */
static void put_rule(struct nlmsghdr *header)
{
	struct nlattr *list;
	struct nlattr *item;
	struct nlattr *data;

	mnl_attr_put_strz(header, NFTA_RULE_TABLE, TABLE);
	mnl_attr_put_strz(header, NFTA_RULE_CHAIN, CHAIN);
	list = mnl_attr_nest_start(header, NFTA_RULE_EXPRESSIONS);
	item = mnl_attr_nest_start(header, NFTA_LIST_ELEM);
	mnl_attr_put_strz(header, NFTA_EXPR_NAME, "ct");
	data = mnl_attr_nest_start(header, NFTA_EXPR_DATA);
	mnl_attr_put_u32(header, NFTA_CT_KEY, htonl(NFT_CT_STATE));
	mnl_attr_put_u32(header, NFTA_CT_DREG, htonl(NFT_REG_1));
	mnl_attr_nest_end(header, data);
	mnl_attr_nest_end(header, item);
	mnl_attr_nest_end(header, list);
}

static void put_all(struct request *request)
{
	struct nlmsghdr *header;

	message(request, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	end_message(request);
	header = table_message(request, NFT_MSG_NEWTABLE);
	mnl_attr_put_strz(header, NFTA_TABLE_NAME, TABLE);
	end_message(request);
	put_chain(table_message(request, NFT_MSG_NEWCHAIN));
	end_message(request);
	header = table_message(request, NFT_MSG_NEWRULE);
	header->nlmsg_flags |= NLM_F_APPEND;
	put_rule(header);
	end_message(request);
	message(request, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	end_message(request);
}

/* The answers to all but the marks of the batch: 0, or -1 with the errno of the first refusal. */
static int await_answers(struct mnl_socket *nl, unsigned int answers)
{
	char bytes[8192];

	while (answers > 0) {
		ssize_t length = mnl_socket_recvfrom(nl, bytes, sizeof(bytes));
		int done;

		if (length < 0)
			return -1;
		done = mnl_cb_run(bytes, (size_t)length, 0, 0, NULL, NULL);
		if (done < 0)
			return -1;
		answers--;
	}
	return 0;
}

int tracking_start(void)
{
	char bytes[REQUEST_BYTES];
	struct request request = { mnl_nlmsg_batch_start(bytes, sizeof(bytes)), 0 };
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	int result = -1;
	int saved;

	if (nl && request.batch && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0) {
		put_all(&request);
		if (mnl_socket_sendto(nl, bytes, mnl_nlmsg_batch_size(request.batch)) >= 0)
			result = await_answers(nl, request.messages - 2);
	}
	saved = errno;
	if (request.batch)
		mnl_nlmsg_batch_stop(request.batch);
	if (nl)
		mnl_socket_close(nl);
	errno = saved;
	return result;
}
