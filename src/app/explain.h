/*
 * What a state means, in words and as the diagram: the texts of `connstate explain`.
 *
 * Pure: the words come from model/states.def, the values of this host through a function.
 * A program reads the same fields from state_info() and state_arrows().
 */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "model/state.h"

/* How it is told. */
struct explaining {
	unsigned int width; /* columns of the screen; less than 40 count as 40 */
	bool utf8;	    /* lines may be drawn */
	enum dialect names; /* of the states */
	/*
	 * The value of "net.ipv4.tcp_fin_timeout" on this host, valid until the next call, or
	 * NULL where it is not known.  May itself be NULL.
	 */
	const char *(*sysctl)(void *context, const char *name);
	void *context;
};

/* Everything about the state @s. */
void explain_state(struct buffer *out, enum state s, const struct explaining *how);

/*
 * RFC 793's state diagram (figure 6), or a list of its arrows where the screen is too narrow
 * for it; then the names of the states that are not in it.
 */
void explain_diagram(struct buffer *out, const struct explaining *how);

#endif
