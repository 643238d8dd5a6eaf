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

/*
 * Everything about the state @s, wrapped to @width columns (at least 40).  @sysctl gives the
 * value of "net.ipv4.tcp_fin_timeout" on this host, valid until its next call, or NULL where
 * it is not known; it gets @ctx, and may itself be NULL.
 */
void explain_state(struct buffer *out, enum state s,
		   const char *(*sysctl)(void *ctx, const char *name), void *ctx,
		   unsigned int width);

/* RFC 793's state diagram (figure 6), below 80 columns; plain ASCII without @utf8. */
void explain_diagram(struct buffer *out, bool utf8);

#endif
