/* Sockets grouped by process or by peer: see groups.h. */
#include "config.h"

#include "ui/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/traffic.h"
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
	{ "control group", "CGROUP", "cgroup", NULL, false },
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
	g->total = (struct group){ .sums = g->total_sums, .known = g->total_known };
	g->next_total = (struct group){ .sums = g->next_sums, .known = g->next_known };
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

/* Somebody may hold it yet. */
static void let_go(const struct groups *g, struct grouping *counted)
{
	if (counted != g->held_now && counted != g->held_before)
		grouping_free(counted);
}

struct groups *groups_hold(struct groups *g)
{
	struct groups *held = g->held_now ? NULL : malloc(sizeof(*held));

	if (!held)
		return NULL;
	*held = *g;
	held->rows = calloc(groups_rows(g) + 1, sizeof(*held->rows));
	if (!held->rows) {
		free(held);
		return NULL;
	}
	if (groups_rows(g))
		memcpy(held->rows, g->rows, groups_rows(g) * sizeof(*held->rows));
	held->total.sums = held->total_sums;
	held->total.known = held->total_known;
	g->held_now = g->now;
	g->held_before = g->before;
	return held;
}

void groups_release(struct groups *g, struct groups *held)
{
	g->held_now = NULL;
	g->held_before = NULL;
	if (held->now != g->now && held->now != g->before)
		grouping_free(held->now);
	if (held->before != g->before)
		grouping_free(held->before);
	free(held->rows);
	free(held);
}

void groups_forget(struct groups *g)
{
	let_go(g, g->now);
	let_go(g, g->before);
	free(g->rows);
	g->rows = NULL;
	g->now = NULL;
	g->before = NULL;
	g->taken_ns = 0;
	g->before_ns = 0;
	groups_leave(g);
}

void groups_leave(struct groups *g)
{
	traffic_free(g->traffic);
	g->traffic = NULL;
	grouping_free(g->next);
	g->next = NULL;
	sorting_fini(&g->sorting);
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
	return g->by->facts | FACT_TCP;
}

static void add_sum(struct group *group, enum group_sum which, uint64_t n)
{
	group->sums[which] += n;
	group->known[which]++;
}

static void add_worst(struct group *group, enum group_sum which, uint64_t n)
{
	if (n > group->sums[which])
		group->sums[which] = n;
	group->known[which]++;
}

/* What tcp_info tells of @row goes into @group.  0, or -1 without memory. */
static int count_traffic(struct groups *g, struct group *group, const struct row *row)
{
	const struct sock *sk = row->sock;
	struct traffic_delta delta;
	int known = traffic_note(g->traffic, sk, row->track && row->track->born, &delta);

	if (known > 0) {
		add_sum(group, GROUP_RECEIVED, delta.received_bytes);
		add_sum(group, GROUP_SENT, delta.sent_bytes);
		add_sum(group, GROUP_RETRANSMITTED, delta.retransmitted);
	}
	if (sk->state != STATE_LISTEN && tcp_facts_has(sk, rtt_us) && sk->tcp->rtt_us)
		add_worst(group, GROUP_RTT, sk->tcp->rtt_us);
	return known < 0 ? -1 : 0;
}

static int count_row(struct groups *g, struct row *row)
{
	const struct group_class *class = &g->classes[g->class];
	const struct sock *whole = row->sock;
	struct group *group;
	struct sock sk;

	if (class->prepare) {
		sk = *whole;
		class->prepare(&sk);
		row->sock = &sk;
	}
	group = grouping_count_in(g->next, row, NULL);
	row->sock = whole;
	return group ? count_traffic(g, group, row) : -1;
}

/* Of a round trip the worst counts. */
static void add_sums(struct group *total, const struct group *group)
{
	for (size_t which = 0; which < GROUP_SUMS; which++) {
		if (which != GROUP_RTT)
			total->sums[which] += group->sums[which];
		else if (group->sums[which] > total->sums[which])
			total->sums[which] = group->sums[which];
		total->known[which] += group->known[which];
	}
}

static void add_up(struct groups *g, const struct group *group)
{
	struct group *total = &g->next_total;

	total->count += group->count;
	for (size_t s = 0; s < STATE_COUNT; s++)
		total->states[s] += group->states[s];
	add_sums(total, group);
}

/* Rates compare with the snapshot right before; with an older one they would be wrong. */
static bool follows(const struct groups *g, const struct ui *ui, const struct snapshot *s)
{
	const struct tracker_pass *pass =
		ui->data.tracker ? tracker_last_pass(ui->data.tracker) : NULL;

	return pass && g->now && pass->at_ns == snapshot_taken_ns(s) &&
	       pass->since_ns == g->taken_ns;
}

int groups_begin(struct groups *g, const struct ui *ui, const struct snapshot *s)
{
	g->next_follows = follows(g, ui, s);
	grouping_free(g->next);
	g->next = grouping_new(g->by, g->sums, GROUP_SUMS);
	sorting_fini(&g->sorting);
	g->next_added = 0;
	memset(g->next_sums, 0, sizeof(g->next_sums));
	memset(g->next_known, 0, sizeof(g->next_known));
	g->next_total = (struct group){ .sums = g->next_sums, .known = g->next_known };
	if (g->traffic && !g->next_follows)
		traffic_reset(g->traffic);
	else if (!g->traffic)
		g->traffic = traffic_new();
	if (!g->next || !g->traffic)
		return -1;
	traffic_begin(g->traffic);
	return 0;
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

static int compare(const void *context, size_t a, size_t b)
{
	const struct grouping *counted = context;

	return group_compare(grouping_at(counted, a), grouping_at(counted, b));
}

int groups_end(struct groups *g, size_t rows)
{
	size_t count = grouping_count(g->next);

	if (!g->sorting.order && sorting_begin(&g->sorting, count))
		return -1;
	for (; rows && g->next_added < count; rows--)
		add_up(g, grouping_at(g->next, g->next_added++));
	return rows ? sorting_step(&g->sorting, rows, compare, g->next) : 1;
}

struct groups groups_coming(const struct groups *g, uint64_t taken_ns)
{
	struct groups coming = *g;

	coming.now = g->next;
	coming.rows = g->sorting.order;
	coming.before = g->next_follows ? g->now : NULL;
	coming.before_ns = g->taken_ns;
	coming.taken_ns = taken_ns;
	coming.total.count = g->next_total.count;
	return coming;
}

static void take_total(struct groups *g)
{
	g->total_before = g->total.count;
	memcpy(g->total_sums, g->next_sums, sizeof(g->total_sums));
	memcpy(g->total_known, g->next_known, sizeof(g->total_known));
	g->total.count = g->next_total.count;
	memcpy(g->total.states, g->next_total.states, sizeof(g->total.states));
}

/* What was shown is compared with from now on, or thrown away. */
void groups_take(struct groups *g, uint64_t taken_ns)
{
	let_go(g, g->before);
	g->before = NULL;
	if (g->next_follows)
		g->before = g->now;
	else
		let_go(g, g->now);
	g->before_ns = g->taken_ns;
	g->now = g->next;
	g->taken_ns = taken_ns;
	g->next = NULL;
	free(g->rows);
	g->rows = g->sorting.order;
	g->sorting.order = NULL;
	sorting_fini(&g->sorting);
	traffic_end(g->traffic);
	take_total(g);
}

size_t groups_rows(const struct groups *g)
{
	return g->now ? grouping_count(g->now) : 0;
}

const struct group *groups_at(const struct groups *g, size_t row)
{
	return grouping_at(g->now, g->rows[row]);
}

size_t groups_selected(const struct groups *g)
{
	const struct group *selected =
		g->selected_known ? grouping_find(g->now, &g->selected.value) : NULL;
	size_t place = selected ? (size_t)(selected - grouping_at(g->now, 0)) : 0;

	for (size_t row = 0; selected && row < groups_rows(g); row++)
		if (g->rows[row] == place)
			return row;
	return LIST_GONE;
}

bool groups_rates(const struct groups *g, const struct group *group, double *in, double *out)
{
	double span = (double)(g->taken_ns - g->before_ns) / NS_PER_S;
	uint64_t came = group->sums[GROUP_BORN];
	uint64_t had = came;

	if (!g->before || span <= 0)
		return false;
	if (group == &g->total) {
		had += g->total_before;
	} else {
		const struct group *was = grouping_find(g->before, &group->key);

		had += was ? was->count : 0;
	}
	*in = (double)came / span;
	*out = had > group->count ? (double)(had - group->count) / span : 0;
	return true;
}

bool groups_sum_rate(const struct groups *g, const struct group *group, enum group_sum which,
		     double *rate)
{
	double span = (double)(g->taken_ns - g->before_ns) / NS_PER_S;

	if (!g->before || span <= 0 || !group->known[which])
		return false;
	*rate = (double)group->sums[which] / span;
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
