/* Listening sockets and their connections: see listeners.h. */
#include "config.h"

#include "ui/listeners.h"

#include <stdlib.h>
#include <string.h>

#include "query/columns.h"
#include "ui/ui.h"

#define NS_PER_S 1e9

struct listener_table *listeners_table_new(void)
{
	return calloc(1, sizeof(struct listener_table));
}

void listeners_table_free(struct listener_table *t)
{
	if (!t)
		return;
	free(t->sockets);
	free(t->rows);
	free(t->children);
	free(t);
}

/* By address; what listens on every address comes before the others of its port. */
static int compare_address(const struct sock *a, const struct sock *b)
{
	if (a->netns != b->netns)
		return a->netns < b->netns ? -1 : 1;
	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	if (a->local.port != b->local.port)
		return a->local.port < b->local.port ? -1 : 1;
	if (a->local.family != b->local.family)
		return a->local.family < b->local.family ? -1 : 1;
	return memcmp(a->local.bytes, b->local.bytes, sizeof(a->local.bytes));
}

static int compare_sockets(const void *a, const void *b)
{
	const struct sock *x = &((const struct listener_socket *)a)->sock;
	const struct sock *y = &((const struct listener_socket *)b)->sock;
	int order = compare_address(x, y);

	if (order)
		return order;
	if (x->cookie != y->cookie)
		return x->cookie < y->cookie ? -1 : 1;
	return (x->inode > y->inode) - (x->inode < y->inode);
}

static void *grown(void *array, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 64;
	void *more;

	if (count < *capacity)
		return array;
	more = reallocarray(array, wanted, size);
	if (more)
		*capacity = wanted;
	return more;
}

static int add_socket(struct listener_table *t, const struct sock *sk)
{
	struct listener_socket *sockets =
		grown(t->sockets, t->socket_count, &t->socket_capacity, sizeof(*sockets));
	struct listener_socket *s;

	if (!sockets)
		return -1;
	t->sockets = sockets;
	s = &sockets[t->socket_count++];
	*s = (struct listener_socket){ .sock = sock_alone(sk) };
	return 0;
}

/* What was known of the same sockets before: in the @same snapshot, or in the one before. */
static void carry_over(struct listener_table *t, const struct listener_socket *old,
		       size_t old_count, bool same)
{
	for (size_t i = 0; i < t->socket_count; i++) {
		struct listener_socket *s = &t->sockets[i];
		const struct listener_socket *was =
			old_count ? bsearch(s, old, old_count, sizeof(*old), compare_sockets) :
				    NULL;

		if (was && same) {
			const struct sock sk = s->sock;

			*s = *was;
			s->sock = sk;
		} else if (was) {
			s->before_known = was->drops_known;
			s->before = was->drops;
		}
	}
}

static int add_rows(struct listener_table *t)
{
	t->row_count = 0;
	for (size_t i = 0; i < t->socket_count; i++) {
		const struct sock *sk = &t->sockets[i].sock;
		struct listener_row *row;

		if (!i || compare_address(&t->sockets[i - 1].sock, sk)) {
			struct listener_row *rows =
				grown(t->rows, t->row_count, &t->row_capacity, sizeof(*rows));

			if (!rows)
				return -1;
			t->rows = rows;
			rows[t->row_count++] = (struct listener_row){ .first = i,
								      .waiting_known = true,
								      .backlog_known = true };
		}
		row = &t->rows[t->row_count - 1];
		row->count++;
		row->waiting += sk->recv_queue;
		row->backlog += sk->send_queue;
		row->waiting_known &= !!(sk->has & SOCK_HAS_QUEUES);
		row->backlog_known &= sk->has & SOCK_HAS_QUEUES && !(sk->has & SOCK_NO_BACKLOG);
	}
	return 0;
}

/* The row of exactly that address, or NULL. */
static struct listener_row *row_at(const struct listener_table *t, const struct sock *key)
{
	size_t low = 0;
	size_t high = t->row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct listener_row *row = &t->rows[middle];
		int order = compare_address(key, &t->sockets[row->first].sock);

		if (!order)
			return row;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* The listener that accepted, or will accept, @sk; or NULL. */
static struct listener_row *row_of(const struct listener_table *t, const struct sock *sk)
{
	struct sock key = { .netns = sk->netns, .proto = sk->proto, .local = sk->local };
	struct listener_row *row = row_at(t, &key);

	if (row)
		return row;
	memset(key.local.bytes, 0, sizeof(key.local.bytes));
	row = row_at(t, &key);
	if (row || sk->local.family != ADDR_V4)
		return row;
	/* one for both families */
	key.local.family = ADDR_V6;
	return row_at(t, &key);
}

void listeners_follow(struct listener_table *counted, const struct listener_table *t)
{
	counted->open_known = t->open_known;
	counted->open = t->open;
}

void listeners_begin(struct listener_table *t)
{
	t->socket_count = 0;
	t->row_count = 0;
	t->child_count = 0;
}

int listeners_gather(struct listener_table *t, const struct snapshot *s, size_t first, size_t end,
		   const struct listener_judge *judge)
{
	for (size_t i = first; i < end; i++) {
		struct sock sk;
		const struct row row = { .sock = &sk, .now_ns = snapshot_taken_ns(s) };

		snapshot_sock(s, i, &sk);
		if (sk.state == STATE_LISTEN && judge->keeps(judge->ui, &row) &&
		    add_socket(t, &sk))
			return -1;
	}
	return 0;
}

int listeners_gathered(struct listener_table *t)
{
	const struct listener_row *open;

	if (t->socket_count)
		qsort(t->sockets, t->socket_count, sizeof(*t->sockets), compare_sockets);
	if (add_rows(t))
		return -1;
	open = t->open_known ? row_at(t, &t->open) : NULL;
	t->open_row = open ? (size_t)(open - t->rows) : SIZE_MAX;
	return 0;
}

/* A connection that is shown in the open branch. */
static int add_child(struct listener_table *t, const struct sock *sk)
{
	struct sock *children;

	if (t->child_count == LISTENER_CHILDREN_MAX)
		return 0;
	children = grown(t->children, t->child_count, &t->child_capacity, sizeof(*children));
	if (!children)
		return -1;
	t->children = children;
	children[t->child_count++] = sock_alone(sk);
	return 0;
}

int listeners_count(struct listener_table *t, const struct snapshot *s, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct listener_row *row;
		struct sock sk;

		snapshot_sock(s, i, &sk);
		if (sk.state == STATE_LISTEN || !sk.peer.port)
			continue;
		row = row_of(t, &sk);
		if (!row)
			continue;
		row->children++;
		row->states[sk.state]++;
		if (t->open_row == (size_t)(row - t->rows) && add_child(t, &sk))
			return -1;
	}
	return 0;
}

void listeners_take(struct listener_table *t, struct listener_table *counted, uint64_t taken_ns)
{
	struct listener_table old = *t;
	bool same = old.taken_ns == taken_ns;

	carry_over(counted, old.sockets, old.socket_count, same);
	*t = *counted;
	t->taken_ns = taken_ns;
	t->before_ns = same ? old.before_ns : old.taken_ns;
	t->list = old.list;
	t->selected = old.selected;
	t->selected_known = old.selected_known;
	*counted = old;
}

void listeners_note(struct listener_table *t, const struct snapshot *exact)
{
	size_t count = exact && t->socket_count ? snapshot_count(exact) : 0;

	for (size_t i = 0; i < count; i++) {
		struct listener_socket key = { 0 };
		struct listener_socket *s;

		snapshot_sock(exact, i, &key.sock);
		if (!key.sock.memory || key.sock.memory_known <= MEMORY_DROPS)
			continue;
		s = bsearch(&key, t->sockets, t->socket_count, sizeof(key), compare_sockets);
		/* once a snapshot: the rate is that between two of them */
		if (!s || s->drops_known)
			continue;
		s->drops_known = true;
		s->drops = key.sock.memory[MEMORY_DROPS];
	}
}

bool listeners_own(const struct listener_table *t, const struct sock *listener,
		   const struct sock *sk)
{
	const struct listener_row *row;

	if (sk->state == STATE_LISTEN)
		return !compare_address(listener, sk);
	row = sk->peer.port ? row_of(t, sk) : NULL;
	return row && !compare_address(&t->sockets[row->first].sock, listener);
}

bool listeners_dropped(const struct listener_table *t, const struct listener_row *row,
		       uint64_t *all)
{
	*all = 0;
	for (size_t i = row->first; i < row->first + row->count; i++) {
		if (!t->sockets[i].drops_known)
			return false;
		*all += t->sockets[i].drops;
	}
	return true;
}

bool listeners_drop_rate(const struct listener_table *t, const struct listener_row *row,
			 double *rate)
{
	uint32_t dropped = 0;

	if (!t->before_ns || t->taken_ns <= t->before_ns)
		return false;
	for (size_t i = row->first; i < row->first + row->count; i++) {
		const struct listener_socket *s = &t->sockets[i];

		if (!s->drops_known || !s->before_known)
			return false;
		/* the kernel's figure may wrap around */
		dropped += s->drops - s->before;
	}
	*rate = dropped * NS_PER_S / (double)(t->taken_ns - t->before_ns);
	return true;
}

void listeners_branch(struct listener_table *t, const struct sock *listener)
{
	t->open_known = !t->open_known || compare_address(&t->open, listener);
	t->open = *listener;
}
