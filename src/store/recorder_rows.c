/* The rows that a recorder writes: see recorder_state.h. */
#include "config.h"

#include <string.h>

#include "store/recorder_state.h"
#include "store/schema.h"

/* A listener that a thousand workers share has a thousand holders; so many are kept. */
#define HOLDERS_MAX 64

/* The row with these values, made when there is none.  @id is its number. */
static int find_or_add(struct recorder *r, enum recorder_statement find,
		       enum recorder_statement add, const struct cell *cells, uint64_t *id,
		       struct error *err)
{
	int found = recorder_db_ask(&r->db, find, cells, id, err);

	if (found)
		return found < 0 ? -1 : 0;
	if (recorder_db_run(&r->db, add, cells, err))
		return -1;
	*id = recorder_db_last_id(&r->db);
	return 0;
}

static int add_holders(struct recorder *r, uint64_t socket, const struct owners *owners,
		       struct error *err)
{
	for (size_t i = 0; i < owners->count && i < HOLDERS_MAX; i++) {
		const struct owner *o = &owners->list[i];
		const struct cell process[] = {
			cell_int(o->pid),
			cell_int(o->start_time),
			cell_text(o->command),
			cell_text(o->command_line),
			cell_known(o->uid_known, o->uid),
		};
		uint64_t id;

		if (find_or_add(r, PROCESS_ID, PROCESS_ADD, process, &id, err))
			return -1;
		if (recorder_db_run(&r->db, HOLDER_ADD,
				    (const struct cell[]){ cell_int(socket), cell_int(id),
							   cell_known(o->fd >= 0,
								      (uint64_t)o->fd) },
				    err))
			return -1;
		r->rows++;
	}
	return 0;
}

int rows_delete_holders(struct recorder *r, uint64_t socket, struct error *err)
{
	const struct cell id = cell_int(socket);
	uint64_t processes[HOLDERS_MAX];
	size_t count = 0;
	sqlite3_stmt *s = recorder_db_rows(&r->db, HOLDERS_OF, &id);
	int more;

	while ((more = recorder_db_step(&r->db, s, err)) > 0) {
		if (count < HOLDERS_MAX)
			processes[count++] = (uint64_t)sqlite.column_int64(s, 0);
	}
	if (more < 0 || recorder_db_run(&r->db, HOLDERS_DELETE, &id, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct cell process = cell_int(processes[i]);

		if (recorder_db_run(&r->db, PROCESS_DELETE, &process, err))
			return -1;
	}
	return 0;
}

int rows_is_holder(struct recorder *r, uint64_t socket, const struct owner *owner,
		   struct error *err)
{
	const struct cell cells[] = {
		cell_int(socket), cell_int(owner->pid), cell_int(owner->start_time),
	};
	uint64_t one;

	return recorder_db_ask(&r->db, HOLDER_IS, cells, &one, err);
}

int rows_set_owners(struct recorder *r, uint64_t socket, const struct recorder_details *details,
		    struct error *err)
{
	const struct cell cells[] = { cell_int(socket), cell_text(details->owner_reason) };

	r->rows++;
	return rows_delete_holders(r, socket, err) ||
	       add_holders(r, socket, details->owners, err) ||
	       recorder_db_run(&r->db, SOCKET_REASON, cells, err);
}

/* The own namespace has a row where it has a name. */
static int netns_cell(struct recorder *r, const struct sock *sk, const char *name,
		      struct cell *out, struct error *err)
{
	const struct cell cells[] = { cell_known(sk->netns, sk->netns), cell_text(name) };
	uint64_t id = 0;

	*out = (struct cell){ .number = false };
	if (!sk->netns && !name)
		return 0;
	if (find_or_add(r, NETNS_ID, NETNS_ADD, cells, &id, err))
		return -1;
	*out = cell_int(id);
	return 0;
}

static int cgroup_cell(struct recorder *r, const struct sock *sk,
		       const struct recorder_details *details, struct cell *out,
		       struct error *err)
{
	const struct cell cells[] = {
		cell_int(sk->cgroup_id),
		cell_text(details->cgroup_path),
		cell_text(details->unit),
		cell_text(details->container),
	};
	uint64_t id = 0;

	*out = (struct cell){ .number = false };
	if (!(sk->has & SOCK_HAS_CGROUP) || !details->cgroup_path)
		return 0;
	if (find_or_add(r, CGROUP_ID, CGROUP_ADD, cells, &id, err))
		return -1;
	*out = cell_int(id);
	return 0;
}

/* An address as text in @room, or what stands for it. */
static struct cell address_cell(const struct endpoint *e, const char *text, uint32_t text_len,
				char *room)
{
	if (e->family == ADDR_NONE)
		return (struct cell){ .text = text, .len = text_len };
	return (struct cell){ .text = room, .len = addr_text(room, e->family, e->bytes) };
}

static uint64_t family_number(const struct sock *sk)
{
	return sk->local.family == ADDR_V4 ? 4 : sk->local.family == ADDR_V6 ? 6 : 0;
}

int rows_add_socket(struct recorder *r, const struct sock *sk,
		    const struct recorder_details *details, uint64_t opened_ms, bool before,
		    uint64_t *id, struct error *err)
{
	static const struct recorder_details nothing = { 0 };
	const struct recorder_details *d = details ? details : &nothing;
	bool ip = sk->local.family != ADDR_NONE;
	/* an event tells no port of an end that the kernel had forgotten */
	bool ended = sk->state == STATE_CLOSED;
	char local[ADDR_TEXT_MAX];
	char peer[ADDR_TEXT_MAX];
	struct cell netns;
	struct cell cgroup;

	if (netns_cell(r, sk, d->netns_name, &netns, err) ||
	    cgroup_cell(r, sk, d, &cgroup, err))
		return -1;
	const struct cell cells[] = {
		cell_int(r->proto_id[sk->proto]),
		cell_int(family_number(sk)),
		address_cell(&sk->local, sk->local_text, sk->local_text_len, local),
		cell_known(ip && (sk->local.port || !ended), sk->local.port),
		address_cell(&sk->peer, sk->peer_text, sk->peer_text_len, peer),
		cell_known(ip && (sk->peer.port || !ended), sk->peer.port),
		cell_text(sk->interface),
		cell_known(sk->has & SOCK_HAS_COOKIE, sk->cookie),
		cell_known(sk->has & SOCK_HAS_INODE, sk->inode),
		cell_known(sk->has & SOCK_HAS_UID, sk->uid),
		netns,
		cgroup,
		cell_text(d->owner_reason),
		cell_int(opened_ms),
		cell_int(before),
	};
	if (recorder_db_run(&r->db, SOCKET_ADD, cells, err))
		return -1;
	*id = recorder_db_last_id(&r->db);
	r->rows++;
	return d->owners ? add_holders(r, *id, d->owners, err) : 0;
}

int rows_add_dwell(struct recorder *r, const struct live_state *state, struct error *err)
{
	const struct cell cells[] = {
		cell_int(state->row),
		cell_int(state->since_ms),
		cell_int(r->state_id[state->state]),
		cell_known(false, 0),
		cell_int(LEVEL_OPEN),
	};

	r->rows++;
	return recorder_db_run(&r->db, DWELL_ADD, cells, err);
}

int rows_end_dwell(struct recorder *r, const struct live_state *state, uint64_t until_ms,
		   struct error *err)
{
	const struct cell cells[] = {
		cell_int(state->row),
		cell_int(state->since_ms),
		cell_int(r->state_id[state->state]),
		cell_int(until_ms),
		cell_int((uint64_t)level_of(until_ms - state->since_ms)),
	};

	r->rows++;
	return recorder_db_run(&r->db, DWELL_END, cells, err);
}

/* With a @cookie only the row of that socket: rows are numbered anew after pruning. */
static int close_row(struct recorder *r, uint64_t row, struct cell closed, struct cell by,
		     const struct figures *figures, struct cell cookie, struct error *err)
{
	struct cell cells[3 + FIGURE_COUNT + 1] = { cell_int(row), closed, by };

	for (unsigned int i = 0; i < FIGURE_COUNT; i++) {
		uint64_t value = 0;

		cells[3 + i] = cell_known(figures_value(figures, i, &value), value);
		cells[3 + i].value = value;
	}
	cells[3 + FIGURE_COUNT] = cookie;
	r->rows++;
	return recorder_db_run(&r->db, SOCKET_CLOSE, cells, err);
}

int rows_close_socket(struct recorder *r, const struct live_socket *s, uint64_t closed_ms,
		      const char *by, struct error *err)
{
	return close_row(r, s->now.row, cell_int(closed_ms), cell_text(by), &s->figures,
			 cell_known(false, 0), err);
}

int rows_add_figures(struct recorder *r, uint64_t socket, const struct sock *sk,
		     struct error *err)
{
	struct figures figures = { 0 };

	figures_take(&figures, sk);
	return close_row(r, socket, cell_known(false, 0), cell_text(NULL), &figures,
			 cell_known(sk->has & SOCK_HAS_COOKIE, sk->cookie), err);
}

static int add_count(struct recorder *r, size_t proto, size_t state, size_t family,
		     struct error *err)
{
	static const uint64_t numbers[FAMILIES] = { 0, 4, 6 };
	const struct cell cells[] = {
		cell_int(r->now_ms),
		cell_int(r->proto_id[proto]),
		cell_int(r->state_id[state]),
		cell_int(numbers[family]),
		cell_int(r->counts.sockets[proto][state][family]),
	};

	return cells[4].value ? recorder_db_run(&r->db, COUNT_ADD, cells, err) : 0;
}

static int add_counts(struct recorder *r, struct error *err)
{
	for (size_t p = 0; p < PROTO_COUNT; p++)
		for (size_t s = 0; s < STATE_COUNT; s++)
			for (size_t f = 0; f < FAMILIES; f++)
				if (add_count(r, p, s, f, err))
					return -1;
	return 0;
}

int rows_add_poll(struct recorder *r, const struct recorder_kernel *kernel, struct error *err)
{
	static const struct recorder_kernel unknown = { .known = false };
	const struct recorder_kernel *k = kernel ? kernel : &unknown;
	bool after = r->last_ms && !r->gap_ms;
	const struct cell cells[] = {
		cell_int(r->now_ms),
		cell_known(after, r->last_ms),
		cell_int(r->counts.all),
		cell_known(after, r->counts.opened),
		cell_known(after, r->counts.closed),
		cell_known(after, r->counts.short_lived),
		cell_known(after && k->known, k->opened),
		cell_known(after && k->known, k->closed),
		cell_known(after && k->known,
			   k->opened > r->counts.opened ? k->opened - r->counts.opened : 0),
	};

	if (recorder_db_run(&r->db, POLL_ADD, cells, err))
		return -1;
	return add_counts(r, err);
}

int rows_add_gap(struct recorder *r, uint64_t since_ms, uint64_t until_ms, const char *reason,
		 uint64_t events, struct error *err)
{
	return recorder_db_run(&r->db, GAP_ADD,
			       (const struct cell[]){ cell_int(since_ms), cell_int(until_ms),
						      cell_text(reason),
						      cell_known(events, events) },
			       err);
}

int rows_set_info(struct recorder *r, const char *name, const char *text, struct error *err)
{
	return recorder_db_run(&r->db, INFO_SET,
			       (const struct cell[]){ cell_text(name), cell_text(text) }, err);
}

int rows_set_number(struct recorder *r, const char *name, uint64_t number, struct error *err)
{
	return recorder_db_run(&r->db, INFO_SET,
			       (const struct cell[]){ cell_text(name),
						      cell_known(number, number) },
			       err);
}
