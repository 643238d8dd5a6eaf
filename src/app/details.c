/* What is known of a socket beyond the socket: see details.h. */
#include "config.h"

#include "app/details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/lookup.h"
#include "app/owner_job.h"
#include "app/owner_text.h"
#include "app/replay.h"
#include "app/units.h"
#include "app/users.h"
#include "base/array.h"
#include "base/buffer.h"
#include "collect/owners.h"
#include "model/listeners.h"
#include "model/owner_reason.h"
#include "model/transfers.h"

/* How long a listing waits for names, unless told. */
#define RESOLVE_MS 2000

/* So long a screen waits for owners: known processes are looked through in less. */
#define OWNERS_WAIT_MS 15

/* What a saved source tells of its sockets, or their addresses alone do. */
#define FACTS_OF_SAVED (FACT_LISTENERS | FACT_HOST_NAMES)

struct details {
	unsigned int facts;
	const struct collector *collector;
	struct replay *replay; /* tells all there is to tell; NULL: there is none */
	const char *netns; /* where all sockets are; NULL: in this namespace, or in many */
	bool saved;	   /* what this host knows is not about these sockets */
	struct owner_finder *finder; /* NULL: owners are not wanted */
	struct owner_job job;	     /* that has the finder to itself */
	bool listeners_due;	     /* once it has ended */
	struct listeners *listeners;
	struct snapshot *listening; /* what ->listeners point to */
	struct snapshot *found;	    /* listeners whose owners are looked up yet */
	struct users *users;
	struct units *units; /* NULL: control groups are not wanted */
	struct transfers *transfers; /* NULL: what holds them back is not wanted */
	struct names *names; /* NULL: names of hosts are not wanted */
	uint16_t auto_port_min; /* of ports that the kernel chooses; 0, 0: not known */
	uint16_t auto_port_max;
	uint64_t *inodes;
	size_t inode_count;
	size_t inode_capacity;
	bool listeners_known; /* there has been a pass over them */
	bool listeners_held;  /* their holders are of the finder's last answer, not of one before */
	bool homeless; /* a socket without a descriptor is wanted */
	struct owners owners; /* of the row completed last */
	struct buffer process; /* its text */
	struct buffer why;
};

static int open_listeners(struct details *d, struct error *err)
{
	d->listeners = listeners_new();
	d->listening = snapshot_new();
	d->found = snapshot_new();
	if (!d->listeners || !d->listening || !d->found)
		return error_set(err, ENOMEM, "cannot look up listeners");
	if (!d->saved)
		lookup_auto_ports(&d->auto_port_min, &d->auto_port_max);
	return 0;
}

static int open_parts(struct details *d, const struct options *o, struct error *err)
{
	if (d->facts & FACT_OWNERS) {
		d->finder = owner_finder_open(o->proc_root, 0, err);
		if (!d->finder)
			return -1;
	}
	if (d->facts & (FACT_OWNERS | FACT_LISTENERS) && open_listeners(d, err))
		return -1;
	if (d->facts & FACT_CGROUP_PATH) {
		d->units = units_open(o->proc_root, err);
		if (!d->units)
			return -1;
	}
	if (d->facts & FACT_LIMITS) {
		d->transfers = transfers_new();
		if (!d->transfers)
			return error_set(err, ENOMEM, "cannot compare two polls");
	}
	if (d->facts & FACT_HOST_NAMES) {
		d->names = names_open(o->resolve_ms ? o->resolve_ms : RESOLVE_MS, o->home, err);
		if (!d->names)
			return -1;
	}
	return 0;
}

struct details *details_open(unsigned int facts, const struct options *o,
			     const struct collector *c, struct replay *replay, struct error *err)
{
	struct details *d = calloc(1, sizeof(*d));

	if (!d) {
		error_set(err, ENOMEM, "cannot look up processes");
		return NULL;
	}
	d->saved = o->from;
	d->facts = d->saved ? facts & FACTS_OF_SAVED : facts;
	d->collector = c;
	d->replay = replay;
	d->netns = o->net;
	buffer_init(&d->process, -1);
	buffer_init(&d->why, -1);
	if (!open_parts(d, o, err))
		return d;
	details_close(d);
	return NULL;
}

void details_close(struct details *d)
{
	if (!d)
		return;
	owner_job_join(&d->job);
	owner_finder_close(d->finder);
	listeners_free(d->listeners);
	snapshot_free(d->listening);
	snapshot_free(d->found);
	users_free(d->users);
	units_close(d->units);
	transfers_free(d->transfers);
	names_close(d->names);
	buffer_fini(&d->process);
	buffer_fini(&d->why);
	free(d->inodes);
	free(d);
}

void details_reset(struct details *d)
{
	owner_job_join(&d->job);
	d->inode_count = 0;
	d->homeless = false;
	if (d->units)
		units_refresh(d->units);
}

static int want_inode(struct details *d, uint64_t inode, struct error *err)
{
	uint64_t *inodes =
		array_room(d->inodes, &d->inode_capacity, d->inode_count, 1024, sizeof(*inodes));

	if (!inodes)
		return error_set(err, ENOMEM, "cannot look up processes");
	d->inodes = inodes;
	d->inodes[d->inode_count++] = inode;
	return 0;
}

int details_want(struct details *d, const struct sock *sk, struct error *err)
{
	if (!d->finder)
		return 0;
	if (!(sk->has & SOCK_HAS_INODE)) {
		d->homeless = true;
		return 0;
	}
	return want_inode(d, sk->inode, err);
}

int details_want_names(struct details *d, const struct sock *sk, struct error *err)
{
	return d->names ? names_want(d->names, sk, err) : 0;
}

/* A sink that keeps the listeners and wants their owners as well. */
struct listener_sink {
	struct sink sink;
	struct details *d;
	struct error *err;
	bool failed;
};

static int push_listener(struct sink *sink, const struct sock *sk)
{
	struct listener_sink *l = sink_of(sink, struct listener_sink, sink);

	l->failed = snapshot_add(l->d->found, sk, l->err) ||
		    (l->d->homeless && sk->has & SOCK_HAS_INODE &&
		     want_inode(l->d, sk->inode, l->err));
	return l->failed;
}

/* Asking for LISTEN alone does not touch the table of connections: microseconds. */
static int collect_listeners(struct details *d, struct collector *c, struct error *err)
{
	const struct collect_request request = {
		.protos = PROTO_BIT(PROTO_TCP),
		.families = FAMILY_V4 | FAMILY_V6,
		.states = STATE_BIT(STATE_LISTEN),
	};
	struct listener_sink l = { .sink.push = push_listener, .d = d, .err = err };

	snapshot_reset(d->found);
	return collector_run(c, &request, &l.sink, err) || l.failed ? -1 : 0;
}

static int note_listeners(struct details *d, struct error *err)
{
	struct snapshot *old = d->listening;

	listeners_reset(d->listeners);
	d->listeners_known = true;
	d->listening = d->found;
	d->found = old;
	for (size_t i = 0; i < snapshot_count(d->listening); i++) {
		struct owners owners = { .reason = OWNER_NOT_FOUND };
		struct sock sk;

		snapshot_sock(d->listening, i, &sk);
		if (d->homeless && sk.has & SOCK_HAS_INODE &&
		    owner_finder_owners(d->finder, sk.inode, &owners, err))
			return -1;
		if (listeners_add(d->listeners, &sk, &owners, err))
			return -1;
	}
	d->listeners_held = d->homeless;
	return 0;
}

/* All but the owners. */
static int look_up_others(struct details *d, struct collector *c, struct error *err)
{
	owner_job_join(&d->job);
	/* looking anew frees what they point to */
	d->listeners_held = false;
	d->listeners_due = d->homeless || d->facts & FACT_LISTENERS;
	details_look_up_names(d);
	return d->listeners_due ? collect_listeners(d, c, err) : 0;
}

/* What needs the owners. */
static int look_up_last(struct details *d, struct error *err)
{
	bool due = d->listeners_due;

	d->listeners_due = false;
	return due ? note_listeners(d, err) : 0;
}

int details_look_up(struct details *d, struct collector *c, struct error *err)
{
	if (look_up_others(d, c, err))
		return -1;
	if (d->finder && owner_finder_find(d->finder, d->inodes, d->inode_count, OWNERS_QUICK, err))
		return -1;
	return look_up_last(d, err);
}

int details_look_up_soon(struct details *d, struct collector *c, struct error *err)
{
	if (look_up_others(d, c, err))
		return -1;
	if (d->finder && owner_job_start(&d->job, d->finder, d->inodes, d->inode_count)) {
		if (owner_job_running(&d->job, OWNERS_WAIT_MS))
			return 0;
	} else if (d->finder &&
		   owner_finder_find(d->finder, d->inodes, d->inode_count, OWNERS_QUICK, err)) {
		return -1;
	}
	return look_up_last(d, err);
}

bool details_wait(struct details *d, unsigned int wait_ms)
{
	if (!d->job.running)
		return false;
	if (owner_job_running(&d->job, wait_ms))
		return true;
	look_up_last(d, NULL);
	return false;
}

bool details_busy(struct details *d)
{
	return details_wait(d, 0);
}

void details_look_up_names(struct details *d)
{
	if (d->names)
		names_look_up(d->names);
}

int details_note_transfers(struct details *d, const struct snapshot *s, uint64_t now_ns,
			   struct error *err)
{
	if (!d->transfers || !transfers_begin(d->transfers, now_ns))
		return 0;
	for (size_t i = 0; i < snapshot_count(s); i++) {
		struct sock sk;

		snapshot_sock(s, i, &sk);
		if (transfers_note(d->transfers, &sk, err))
			return -1;
	}
	return 0;
}

bool details_lack_poll(const struct details *d)
{
	return d->transfers && !transfers_polled(d->transfers);
}

struct names *details_names(const struct details *d)
{
	return d->names;
}

bool details_owners(struct details *d, const struct sock *sk, struct owners *out)
{
	struct owners holders = { .reason = OWNER_NOT_LOOKED_UP };
	const struct owner_evidence evidence = {
		.holders = sk->has & SOCK_HAS_INODE ? &holders : NULL,
		.listeners = d->homeless && d->listeners_held ? d->listeners : NULL,
	};

	if (!d->finder)
		return false;
	if (evidence.holders && !d->job.running)
		owner_finder_owners(d->finder, sk->inode, &holders, NULL);
	*out = owner_resolve(sk, &evidence);
	return true;
}

static void complete_owners(struct details *d, struct row *row)
{
	if (!details_owners(d, row->sock, &d->owners))
		return;
	row->owners = &d->owners;
	owner_text(row, &d->process, &d->why);
}

/*
 * Who opened a connection.  Without a listener at its local end that is told by the
 * port alone: one that the kernel chooses is not one that a service had.
 */
static const char *direction_of(const struct details *d, const struct row *row)
{
	const struct sock *sk = row->sock;

	if (sk->state == STATE_LISTEN)
		return "listen";
	if (sk->proto != PROTO_TCP || !sk->peer.port || !d->listeners_known)
		return NULL;
	if (sk->state == STATE_SYN_SENT)
		return "out";
	if (row->listener || sk->kind == SOCK_REQUEST)
		return "in";
	return d->auto_port_max && sk->local.port >= d->auto_port_min &&
			       sk->local.port <= d->auto_port_max ?
		       "out" :
		       NULL;
}

static void complete_listener(struct details *d, struct row *row)
{
	/* a socket that asks for a connection has not come through a listener */
	if (row->sock->peer.port && row->sock->state != STATE_SYN_SENT)
		row->listener = listeners_end(d->listeners, row->sock);
	row->direction = direction_of(d, row);
}

void details_complete_at_once(struct details *d, struct row *row)
{
	if (d->replay) {
		replay_complete(d->replay, row);
		return;
	}
	if (d->units)
		units_complete(d->units, row);
	row->netns_name = row->sock->netns ?
				  collector_netns_name(d->collector, row->sock->netns) :
				  d->netns;
	if (d->facts & FACT_USER_NAMES && row->sock->has & SOCK_HAS_UID) {
		if (!d->users)
			d->users = users_new();
		row->user = d->users ? users_name(d->users, row->sock->uid) : NULL;
	}
}

void details_complete(void *context, struct row *row)
{
	struct details *d = context;

	complete_owners(d, row);
	if (d->saved && !d->replay)
		row->process_why = "not in the file";
	if (d->names)
		names_complete(d->names, row);
	if (d->facts & FACT_LISTENERS)
		complete_listener(d, row);
	if (d->transfers)
		row->limited_by = transfers_limit(d->transfers, row->sock);
	details_complete_at_once(d, row);
}
