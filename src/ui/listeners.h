/*
 * Listening sockets and the connections accepted through them, counted
 *
 * Sockets that share their address (SO_REUSEPORT) are one row.  A connection belongs
 * to the listener of its own local address, else to that of every address.
 */
#ifndef UI_LISTENERS_H
#define UI_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "ui/list.h"
#include "ui/work.h"

struct row;
struct ui;

/* One listening socket. */
struct listener_socket {
	struct sock sock;    /* without what it points to */
	bool drops_known;
	uint32_t drops;	     /* connections that it dropped since it was opened */
	bool before_known;
	uint32_t before;     /* at the snapshot before */
};

/* Those of one address. */
struct listener_row {
	size_t first; /* in ->sockets of the table */
	size_t count;
	uint64_t waiting; /* for accept() */
	uint64_t backlog;
	bool waiting_known;
	bool backlog_known;
	uint64_t children;
	uint64_t states[STATE_COUNT];
};

/* How many connections of a branch are shown. */
#define LISTENER_CHILDREN_MAX 4096

struct listener_table {
	struct listener_socket *sockets; /* in order of namespace, protocol, port, address */
	size_t socket_count;
	size_t socket_capacity;
	struct listener_row *rows;
	size_t row_count;
	size_t row_capacity;
	uint64_t taken_ns;
	uint64_t before_ns; /* 0: there is no snapshot before */
	/* the branch that is open: below the row of this listener are its connections */
	bool open_known;
	struct sock open;
	size_t open_row; /* SIZE_MAX: it is not there, or none is open */
	struct sock *children; /* the first of them, without what they point to */
	size_t child_count;
	size_t child_capacity;
	struct list list; /* of rows, and of the connections between them */
	struct sock selected; /* without what it points to */
	bool selected_known;
};

struct listener_table *listeners_table_new(void); /* NULL without memory */
void listeners_table_free(struct listener_table *t); /* NULL is fine */

/* Which listeners are shown. */
struct listener_judge {
	bool (*keeps)(const struct ui *ui, const struct row *row);
	const struct ui *ui;
};

/*
 * Count anew, into a table of its own: find the listeners among all sockets, then
 * count the others for them; rows @first to before @end at a time.  0, or -1 without
 * memory.
 */
void listeners_begin(struct listener_table *t);
int listeners_gather(struct listener_table *t, const struct snapshot *s, size_t first, size_t end,
		   const struct listener_judge *judge);
int listeners_gathered(struct listener_table *t);
int listeners_count(struct listener_table *t, const struct snapshot *s, size_t first, size_t end);

/* The branch to be open once @counted is taken is that of @t. */
void listeners_follow(struct listener_table *counted, const struct listener_table *t);

/*
 * What was @counted of the snapshot taken then is what @t shows from now on, with
 * what is known of the same sockets; @counted has the rest.
 */
void listeners_take(struct listener_table *t, struct listener_table *counted, uint64_t taken_ns);

/* Open the branch of @listener, or close it when it is open. */
void listeners_branch(struct listener_table *t, const struct sock *listener);

/* Take over from @exact what is known of the memory of listeners. */
void listeners_note(struct listener_table *t, const struct snapshot *exact);

/* Is @sk @listener, or was it accepted through it? */
bool listeners_own(const struct listener_table *t, const struct sock *listener,
		   const struct sock *sk);

/* Connections that @row dropped, in all and since the snapshot before; false: not known. */
bool listeners_dropped(const struct listener_table *t, const struct listener_row *row,
		       uint64_t *all);
bool listeners_drop_rate(const struct listener_table *t, const struct listener_row *row,
			 double *rate);

/* The columns of the view. */
enum listener_column {
	LISTENER_LOCAL,
	LISTENER_PROCESS,
	LISTENER_GAUGE,
	LISTENER_BACKLOG,
	LISTENER_CHILDREN,
	LISTENER_EXPOSURE,
	LISTENER_DROPS,
	LISTENER_RATE,
	LISTENER_STATES,
	LISTENER_COLUMNS,
};

/* From where an address can be reached: "loopback", "private", "public", "all". */
const char *listener_exposure(const struct endpoint *e);

/* The view. */
struct list *view_listeners_list(struct ui *ui);
void view_listeners_moved(struct ui *ui);

#define LISTENERS_SCANS 2
extern const struct scan_class listeners_scans[LISTENERS_SCANS];

void view_listeners_enter(struct ui *ui);
unsigned int view_listeners_facts(const struct ui *ui);
size_t view_listeners_shown(const struct ui *ui, struct sock *socks, size_t max);
void view_listeners_note_exact(struct ui *ui);
void view_listeners_branch(struct ui *ui);

#endif
