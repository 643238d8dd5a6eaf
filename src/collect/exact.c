/* Asking the kernel for single sockets: collector_exact() of collect.h. */
#include "config.h"

#include <errno.h>
#include <libmnl/libmnl.h>

#include "collect/collect.h"
#include "collect/collector.h"
#include "collect/inet_diag.h"

/* Single answers on their way in. */
struct exact_pass {
	struct collector *c;
	const struct sock *socks;
	unsigned int facts;
	uint32_t first_seq;
	size_t left;
	int stopped;
	struct sink *sink;
	const struct sock *spec_of; /* @spec is for this one and others like it */
	struct dump_spec spec;
};

static void exact_spec(struct exact_pass *pass, const struct sock *sk)
{
	const struct sock *like = pass->spec_of;

	if (!like || like->proto != sk->proto || like->state != sk->state)
		inet_diag_exact_spec(sk, pass->facts, &pass->spec);
	pass->spec_of = sk;
}

static int exact_take(void *context, const struct nlmsghdr *nlh)
{
	struct exact_pass *pass = context;
	const struct sock *asked = &pass->socks[nlh->nlmsg_seq - pass->first_seq];
	struct sock_record *record = &pass->c->record;

	pass->left--;
	exact_spec(pass, asked);
	if (nlh->nlmsg_type != NLMSG_ERROR && inet_diag_source.decode(&pass->spec, nlh, record)) {
		record->sock.interface = ifnames_find(&pass->c->interfaces, record->sock.ifindex);
		pass->stopped = sink_push(pass->sink, &record->sock);
	}
	return pass->stopped || !pass->left;
}

static int exact_ask(struct collector *c, const struct sock *socks, size_t count,
		     unsigned int facts, uint32_t *first_seq, struct error *err)
{
	uint64_t requests[COLLECT_EXACT_MAX * INET_DIAG_EXACT_BYTES / sizeof(uint64_t)];

	for (size_t i = 0; i < count; i++)
		inet_diag_exact(&socks[i], facts,
				(void *)((char *)requests + i * INET_DIAG_EXACT_BYTES));
	if (netlink_ready(&c->exact, facts & FACT_MARK, err) < 0)
		return -1;
	return netlink_ask_many(&c->exact, (struct nlmsghdr *)requests,
				count * INET_DIAG_EXACT_BYTES, first_seq, err);
}

int collector_exact(struct collector *c, const struct sock *socks, size_t count,
		    unsigned int facts, struct sink *sink, struct error *err)
{
	struct exact_pass pass = {
		.c = c, .socks = socks, .facts = facts, .left = count, .sink = sink,
	};
	struct netlink_walk walk = { .take = exact_take, .context = &pass, .single = true };

	if (c->no_netlink || c->kind)
		return error_set(err, 0, "single sockets can be asked for through netlink only");
	if (count > COLLECT_EXACT_MAX)
		return error_set(err, EINVAL, "cannot ask for %zu sockets at once", count);
	for (size_t i = 0; i < count; i++)
		if (!inet_diag_knows_exact(&socks[i]))
			return error_set(err, EINVAL, "cannot ask for single sockets of %s",
					 proto_info(socks[i].proto)->name);
	if (!count)
		return 0;
	if (exact_ask(c, socks, count, facts, &pass.first_seq, err) < 0)
		return -1;
	walk.seq = pass.first_seq;
	walk.seq_more = (uint32_t)count - 1;
	while (pass.left && !pass.stopped) {
		enum netlink_status status = netlink_step(&c->exact, &walk);

		if (status == NETLINK_LOST || status == NETLINK_DONE) {
			netlink_close(&c->exact);
			return error_set(err, walk.code, "the kernel did not answer for %zu of %zu "
					 "sockets", pass.left, count);
		}
	}
	return 0;
}
