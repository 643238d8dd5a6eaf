/*
 * sock_diag answers built by hand, for tests.
 */
#ifndef TESTS_DIAG_BUILD_H
#define TESTS_DIAG_BUILD_H

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/inet_diag.h"

/* Room for messages, aligned as a receive buffer is. */
union diag_space {
	char bytes[32768];
	uint64_t align;
	struct nlmsghdr header;
};

static inline struct nlmsghdr *diag_header(void *at, uint16_t type, uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = seq;
	return nlh;
}

/* An answer without attributes: 127.0.0.1:80 to 127.0.0.1:40000, kernel state @state. */
static inline struct inet_diag_msg *diag_begin(void *at, uint8_t family, uint8_t state,
					       uint32_t cookie)
{
	struct nlmsghdr *nlh = diag_header(at, SOCK_DIAG_BY_FAMILY, 1);
	struct inet_diag_msg *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	msg->idiag_family = family;
	msg->idiag_state = state;
	msg->id.idiag_sport = htons(80);
	msg->id.idiag_dport = htons(40000);
	if (family == AF_INET) {
		msg->id.idiag_src[0] = htonl(0x7f000001);
		msg->id.idiag_dst[0] = htonl(0x7f000001);
	} else {
		msg->id.idiag_src[3] = htonl(1);
		msg->id.idiag_dst[3] = htonl(1);
	}
	msg->id.idiag_cookie[0] = cookie;
	return msg;
}

/* What the kernel adds to every full socket. */
static inline void diag_full(void *at)
{
	mnl_attr_put_u8(at, INET_DIAG_SHUTDOWN, 0);
	mnl_attr_put_u64(at, INET_DIAG_CGROUP_ID, 77);
	mnl_attr_put_u16(at, INET_DIAG_SOCKOPT, 0x1234);
}

static inline void diag_end(void *at, uint16_t type, uint32_t seq, int code)
{
	struct nlmsghdr *nlh = diag_header(at, type, seq);

	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(code)), &code, sizeof(code));
}

#endif
