/* Sockets grouped by process or by peer: see groups.h. */
#include "config.h"

#include "ui/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/views.h"

#define NS_PER_S 1e9

/* One network for the hosts of a site: /24 of IPv4, /64 of IPv6. */
static void only_network(struct sock *sk)
{
	size_t kept = sk->peer.family == ADDR_V6 &&
				      !addr_is_mapped(ADDR_V6, sk->peer.bytes) ? 8 : 3;

	if (sk->peer.family == ADDR_V6 && kept == 3)
		kept = 15;
	memset(sk->peer.bytes + kept, 0, sizeof(sk->peer.bytes) - kept);
}

static const struct group_class process_classes[] = {
	{ "process", "PROCESS", "process", NULL, false },
	{ "command", "COMMAND", "command", NULL, false },
	{ "user", "USER", "user", NULL, false },
	{ "unit", "UNIT", "unit", NULL, false },
	{ "container", "CONTAINER", "container", NULL, false },
};

static const struct group_class peer_classes[] = {
	{ "host", "HOST", "peer_address", NULL, true },
	{ "network", "NETWORK", "peer_address", only_network, true },
	{ "port", "PORT", "peer_port", NULL, true },
};

static void get_born(const struct row *row, const struct column *self, struct value *out)
{
	(void)self;
	*out = row->track ? value_count(row->track->born) : value_none();
}

static const struct column born = { .field = { .name = "born", .title = "BORN", .help = "",
					       .kind = VALUE_COUNT },
				    .get = get_born };

static const struct column *class_column(const struct group_class *class)
{
	return column_find(class->column, strlen(class->column));
}

static struct groups *groups_new(const struct group_class *classes, size_t count)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->classes = classes;
	g->class_count = count;
	g->by = class_column(&classes[0]);
	g->sums[GROUP_BORN] = &born;
	g->sums[GROUP_RECV] = column_find("recv_queue_bytes", strlen("recv_queue_bytes"));
	g->sums[GROUP_SEND] = column_find("send_queue_bytes", strlen("send_queue_bytes"));
	return g;
}

struct groups *groups_new_processes(void)
{
	return groups_new(process_classes, sizeof(process_classes) / sizeof(process_classes[0]));
}

struct groups *groups_new_peers(void)
{
	return groups_new(peer_classes, sizeof(peer_classes) / sizeof(peer_classes[0]));
}

void groups_forget(struct groups *g)
{
	grouping_free(g->now);
	grouping_free(g->next);
	grouping_free(g->before);
	g->now = NULL;
	g->next = NULL;
	g->before = NULL;
	g->taken_ns = 0;
	g->before_ns = 0;
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	groups_forget(g);
	kept_value_fini(&g->selected);
	free(g);
}

void groups_next_class(struct groups *g)
{
	g->class = (g->class + 1) % g->class_count;
	g->by = class_column(&g->classes[g->class]);
	g->selected_known = false;
	g->list = (struct list){ .page = g->list.page };
	groups_forget(g);
}

unsigned int groups_facts(const struct groups *g)
{
	return g->by->facts;
}

static int count_row(struct groups *g, struct row *row)
{
	const struct group_class *class = &g->classes[g->class];
	struct sock sk = *row->sock;

	if (class->prepare)
		class->prepare(&sk);
	row->sock = &sk;
	g->next_states[sk.state]++;
	g->next_total++;
	return grouping_add(g->next, row, NULL);
}

int groups_begin(struct groups *g)
{
	grouping_free(g->next);
	g->next = grouping_new(g->by, g->sums, GROUP_SUMS);
	g->next_total = 0;
	memset(g->next_states, 0, sizeof(g->next_states));
	return g->next ? 0 : -1;
}

int groups_count(struct groups *g, const struct ui *ui, const struct snapshot *s, size_t first,
		 size_t end)
{
	const struct ui_data *d = &ui->data;
	unsigned int facts = groups_facts(g) | connections_facts_kept(ui);
	bool completed = d->source && facts & ~(unsigned int)(FACTS_OF_DUMP | FACT_TRACK);

	for (size_t i = first; i < end; i++) {
		struct track track;
		struct sock sk;
		struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(s) };

		snapshot_sock(s, i, &sk);
		if (g->classes[g->class].peers && !sk.peer.port)
			continue;
		if (d->tracker && tracker_find(d->tracker, &sk, &track))
			row.track = &track;
		if (completed)
			d->source->complete(d->source->context, &row);
		if (connections_keeps(ui, &row) && count_row(g, &row))
			return -1;
	}
	return 0;
}

void groups_take(struct groups *g, uint64_t taken_ns)
{
	if (g->taken_ns != taken_ns) {
		grouping_free(g->before);
		g->before = g->now;
		g->before_ns = g->taken_ns;
		g->taken_ns = taken_ns;
	} else {
		grouping_free(g->now);
	}
	g->now = g->next;
	g->next = NULL;
	g->total = g->next_total;
	memcpy(g->states, g->next_states, sizeof(g->states));
	grouping_sort(g->now);
}

size_t groups_selected(const struct groups *g)
{
	const struct group *selected =
		g->selected_known ? grouping_find(g->now, &g->selected.value) : NULL;

	return selected ? (size_t)(selected - grouping_at(g->now, 0)) : LIST_GONE;
}

bool groups_rates(const struct groups *g, const struct group *group, double *in, double *out)
{
	double span = (double)(g->taken_ns - g->before_ns) / NS_PER_S;
	const struct group *was;
	uint64_t came = group->sums[GROUP_BORN];
	uint64_t had;

	if (!g->before || span <= 0)
		return false;
	was = grouping_find(g->before, &group->key);
	had = (was ? was->count : 0) + came;
	*in = (double)came / span;
	*out = had > group->count ? (double)(had - group->count) / span : 0;
	return true;
}

size_t groups_text(const struct groups *g, const struct group *group, char *out, size_t size)
{
	const struct value_style style = { .names = DIALECT_RFC };
	const char *prefix = "";
	size_t len;

	/* room for the length of a prefix and the NUL */
	len = value_format(out, size - 4, &group->key, &g->by->field, &style);
	if (group->key.kind == VALUE_NONE && group->key.text)
		len = (size_t)snprintf(out, size - 4, "%s", group->key.text);
	if (len > size - 4)
		len = size - 4;
	if (g->classes[g->class].prepare == only_network && group->key.kind == VALUE_ADDRESS)
		prefix = group->key.endpoint->family == ADDR_V6 &&
					 !addr_is_mapped(ADDR_V6, group->key.endpoint->bytes) ?
				 "/64" : "/24";
	return len + (size_t)snprintf(out + len, size - len, "%s", prefix);
}
