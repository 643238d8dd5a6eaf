/*
 * Connections narrowed to those that one row of another view stands for: a
 * listener, a process, a peer.
 */
#ifndef UI_WITHIN_H
#define UI_WITHIN_H

#include <stdbool.h>

#include "model/sock.h"
#include "query/columns.h"

struct ui;

/* A value that outlives what it was taken from. */
struct kept_value {
	struct value value;
	char *text;
	struct endpoint endpoint;
};

/* 0, or -1 without memory: @k is then unknown for no reason. */
int kept_value_set(struct kept_value *k, const struct value *v);
void kept_value_fini(struct kept_value *k);

/* A way to group sockets. */
struct group_class {
	const char *name;   /* "process" */
	const char *title;  /* of its column on the screen */
	const char *column; /* whose values are grouped by */
	/* make sockets of one group alike; NULL: they are */
	void (*prepare)(struct sock *sk);
	bool peers; /* only sockets that have a peer */
};

enum within_kind { WITHIN_ALL, WITHIN_GROUP, WITHIN_LISTENER };

struct within {
	enum within_kind kind;
	const struct group_class *by;
	const struct column *column;
	struct kept_value key;
	struct sock listener; /* without what it points to */
	char name[96];	      /* for the screen, as raw bytes */
};

void within_fini(struct within *w);

/* All connections again. */
void within_reset(struct ui *ui);

/* Show the connections of that row, in their view. */
void within_group(struct ui *ui, const struct group_class *by, const struct column *column,
		  const struct value *key, const char *name);
void within_listener(struct ui *ui, const struct sock *listener, const char *name);

bool within_has(const struct ui *ui, const struct row *row);

#endif
