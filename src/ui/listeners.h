/*
 * Listening sockets and the connections accepted through them, counted once a
 * snapshot.
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

struct listener_table {
	struct listener_socket *sockets; /* in order of namespace, protocol, port, address */
	size_t socket_count;
	size_t socket_capacity;
	struct listener_row *rows;
	size_t row_count;
	size_t row_capacity;
	uint64_t taken_ns;
	uint64_t before_ns; /* 0: there is no snapshot before */
	struct list list;
	struct sock selected;
	bool selected_known;
};

struct listener_table *listeners_table_new(void); /* NULL without memory */
void listeners_table_free(struct listener_table *t); /* NULL is fine */

/*
 * Count anew.  @keeps says which listeners are shown.  0, or -1 without memory.
 */
int listeners_count(struct listener_table *t, const struct snapshot *s,
		    bool (*keeps)(const struct ui *ui, const struct row *row),
		    const struct ui *ui);

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

/* The view. */
struct list *view_listeners_list(struct ui *ui);
void view_listeners_moved(struct ui *ui);
void view_listeners_update(struct ui *ui);
void view_listeners_enter(struct ui *ui);
unsigned int view_listeners_facts(const struct ui *ui);
size_t view_listeners_shown(const struct ui *ui, struct sock *socks, size_t max);
void view_listeners_note_exact(struct ui *ui);

#endif
