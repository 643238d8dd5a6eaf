/*
 * The columns: what can be said of a socket, each by one row of a table.
 */
#ifndef QUERY_COLUMNS_H
#define QUERY_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/facts.h"
#include "model/listeners.h"
#include "model/owner.h"
#include "model/sock.h"
#include "model/tracker.h"
#include "query/value.h"

/*
 * All that getters may look at.  Pointers but @sock may be NULL: not known here.
 * Texts are raw bytes chosen by others; each format makes them harmless.
 */
struct row {
	const struct sock *sock;
	const struct track *track;
	const struct owners *owners;
	const char *process;	 /* all holders, "nginx[812], nginx[813]"; or NULL */
	const char *process_why; /* why @process is NULL: "orphaned" */
	const char *user;	 /* login name of sock->uid */
	const char *cgroup_path; /* of sock->cgroup_id */
	const char *unit;	 /* systemd unit of the cgroup */
	const char *slice;	 /* systemd slice around it */
	const char *container;	 /* container id of the cgroup */
	const char *pod;	 /* Kubernetes pod of the cgroup */
	const char *netns_name;	 /* of sock->netns */
	const char *local_host;	 /* resolved names */
	const char *peer_host;
	const struct listener_end *listener; /* that a connection came through */
	const char *direction;		     /* "in", "out", "listen" */
	const char *limited_by;		     /* what holds the transfer back */
	uint64_t now_ns; /* the snapshot's time */
};

/* What a column out of tcp_info tells of. */
enum column_part {
	PART_NONE,
	PART_ROUND_TRIP,
	PART_WINDOW,
	PART_LOSS,
	PART_RATE,
	PART_TIME,
};

struct column {
	struct field field;
	unsigned int facts; /* enum fact: what must have been collected */
	proto_set untold;   /* protocols of which /proc/net does not tell it; those that @facts
			     * need are not here */
	uint8_t priority;   /* on a narrow screen the highest number is dropped first; 0: never */
	const char *brief;  /* title where room is scarce; NULL: there is none */
	uint8_t part;	    /* enum column_part */
	bool adds_up;	    /* a sum of it over sockets means something */
	uint16_t offset;    /* for getters that serve many columns: where in its record */
	uint16_t size;	    /* and how large */
	/* Into @out and not returned: a copied cell costs more than what it holds. */
	void (*get)(const struct row *row, const struct column *self, struct value *out);
};

static inline struct value column_value(const struct column *c, const struct row *row)
{
	struct value v;

	c->get(row, c, &v);
	return v;
}

/* The table, borrowed, valid for ever. */
const struct column *columns_all(size_t *count);

/* The column of that name ('-' and '_' are the same, any case), or NULL. */
const struct column *column_find(const char *name, size_t len);

/* Set @err to "unknown column ..." with the nearest names.  Returns -1. */
int column_unknown(const char *word, size_t len, struct error *err);

#define COLUMNS_MAX 160

/* A list of columns to show, in order. */
struct column_list {
	const struct column *column[COLUMNS_MAX];
	size_t count;
};

/*
 * Parse "state,local,peer" (the list anew), "+rtt,+uid" (added to @list as it is) or
 * "-peer" (taken away); "all" is every column.  0, or -1 with @err naming the
 * unknown word and the nearest ones.
 */
int column_list_parse(struct column_list *list, const char *text, struct error *err);

/* Append the column called @name, which must exist, unless it is there already. */
void column_list_add(struct column_list *list, const char *name);

/* The facts that the columns of @list need. */
unsigned int column_list_facts(const struct column_list *list);

#endif
