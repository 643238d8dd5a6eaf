/*
 * What a recording knows of its sockets beyond the sockets: who held them, their units
 * and namespaces, the listeners that they came through.
 */
#ifndef APP_RECORDED_ROWS_H
#define APP_RECORDED_ROWS_H

#include "base/error.h"
#include "query/columns.h"
#include "store/recording.h"

struct recorded_rows;

struct recorded_rows *recorded_rows_new(void); /* NULL without memory */
void recorded_rows_free(struct recorded_rows *r); /* NULL is fine */

/* Forget all, for another moment. */
void recorded_rows_reset(struct recorded_rows *r);

/* Copy what @what tells.  0, or -1 with @err set without memory. */
int recorded_rows_add(struct recorded_rows *r, const struct recorded_sock *what,
		      struct error *err);

/* The number in the recording of a socket that was added; 0: it was not. */
uint64_t recorded_rows_id(const struct recorded_rows *r, const struct sock *sk);

/*
 * Complete @row (a row_source's function): what it points to is valid until the next
 * call or recorded_rows_reset().
 */
void recorded_rows_complete(void *context, struct row *row);

#endif
