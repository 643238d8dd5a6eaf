/* Where a dump is cut in two: see split.h. */
#include "config.h"

#include "collect/split.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collector.h"

#define SAMPLES_MAX 1024

/* A part that is larger is hardly read sooner than the whole. */
#define PART_PERCENT_MAX 85

static int by_local_port(const void *a, const void *b)
{
	const struct split_sample *x = a;
	const struct split_sample *y = b;

	return (int)x->local_port - (int)y->local_port;
}

static int by_peer_port(const void *a, const void *b)
{
	const struct split_sample *x = a;
	const struct split_sample *y = b;

	return (int)x->peer_port - (int)y->peer_port;
}

static unsigned int larger_percent(unsigned int lower_percent)
{
	return lower_percent > 50 ? lower_percent : 100 - lower_percent;
}

/* How far a cut is from the one where the larger part is @wanted per cent of the work. */
static unsigned int distance(unsigned int lower_percent, unsigned int wanted)
{
	unsigned int larger = larger_percent(lower_percent);

	return larger > wanted ? larger - wanted : wanted - larger;
}

static uint16_t port_of(const struct split_sample *s, bool peer)
{
	return peer ? s->peer_port : s->local_port;
}

/* Look for a better cut than *@best among the ports of one end. */
static void point_improve(struct split_point *best, struct split_sample *samples, size_t count,
			  bool peer, unsigned int wanted)
{
	uint64_t total = 0;
	uint64_t lower = 0;

	qsort(samples, count, sizeof(samples[0]), peer ? by_peer_port : by_local_port);
	for (size_t i = 0; i < count; i++)
		total += samples[i].weight;
	for (size_t i = 0; i + 1 < count; i++) {
		uint16_t port = port_of(&samples[i], peer);
		unsigned int percent;

		lower += samples[i].weight;
		percent = (unsigned int)(lower * 100 / total);
		if (port_of(&samples[i + 1], peer) != port &&
		    distance(percent, wanted) < distance(best->lower_percent, wanted))
			*best = (struct split_point){ peer, port, percent };
	}
}

bool split_choose(struct split_point *out, struct split_sample *samples, size_t count,
		  unsigned int wanted)
{
	*out = (struct split_point){ 0 };
	point_improve(out, samples, count, true, wanted);
	point_improve(out, samples, count, false, wanted);
	return larger_percent(out->lower_percent) <= PART_PERCENT_MAX;
}

void split_code(const struct split_point *p, bool upper, void *code)
{
	unsigned char op = p->peer ? INET_DIAG_BC_D_LE : INET_DIAG_BC_S_LE;
	struct inet_diag_bc_op ops[2] = { { 0 }, { 0 } };

	if (upper)
		op = p->peer ? INET_DIAG_BC_D_GE : INET_DIAG_BC_S_GE;
	/* Accepted: land on the end; rejected: four bytes beyond it. */
	ops[0] = (struct inet_diag_bc_op){ op, SPLIT_CODE_BYTES, SPLIT_CODE_BYTES + 4 };
	ops[1].no = (unsigned short)(p->last + (upper ? 1 : 0));
	memcpy(code, ops, SPLIT_CODE_BYTES);
}

/* A sample being taken. */
struct sampling {
	const struct leg *leg;
	struct sock_record record;
	size_t count;
	struct split_sample samples[SAMPLES_MAX];
};

static int sample_take(void *context, const struct nlmsghdr *nlh)
{
	struct sampling *s = context;
	const struct sock *sk = &s->record.sock;

	if (!s->leg->source->netlink->decode(&s->leg->spec, nlh, &s->record))
		return 0;
	s->samples[s->count++] = (struct split_sample){
		.local_port = sk->local.port,
		.peer_port = sk->peer.port,
		.weight = sk->kind == SOCK_FULL ? SPLIT_WEIGHT_FULL : SPLIT_WEIGHT_MINI,
	};
	return s->count == SAMPLES_MAX;
}

/* Listeners and bound sockets are in other tables, and come before. */
bool split_by_sample(struct collector *c, const struct leg *leg, unsigned int wanted,
		  struct split_point *out)
{
	struct sampling *s = calloc(1, sizeof(*s));
	struct leg connections = *leg;
	struct netlink_walk walk = { .take = sample_take, .context = s };
	enum netlink_status status = NETLINK_MORE;
	bool chosen;

	if (!s)
		return false;
	connections.spec.states &= ~(STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_BOUND));
	if (!leg->source->netlink->prepare(&connections.spec)) {
		free(s);
		return false;
	}
	s->leg = &connections;
	if (leg_ask(&c->dump, &connections, NULL) == 0)
		while (status == NETLINK_MORE)
			status = netlink_step(&c->dump, &walk);
	netlink_abandon(&c->dump);
	chosen = status == NETLINK_STOPPED &&
		 split_choose(out, s->samples, s->count, wanted);
	free(s);
	return chosen;
}
