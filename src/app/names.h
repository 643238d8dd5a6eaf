/*
 * Names instead of numbers: hosts by DNS, ports by services(5).
 */
#ifndef APP_NAMES_H
#define APP_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "query/columns.h"

struct names;

/*
 * @limit_ms: how long names_look_up() may take; @home: where hosts are asked for, see
 * home.h.  NULL with @err set.
 */
struct names *names_open(unsigned int limit_ms, int home, struct error *err);
void names_close(struct names *n); /* NULL is fine */

/* The names of both ends of @sk are wanted.  0, or -1 with @err set. */
int names_want(struct names *n, const struct sock *sk, struct error *err);

/* Find out what is wanted, as far as the limit allows. */
void names_look_up(struct names *n);

/*
 * The same without waiting: ask on, take what answers there are.  True if there were any.
 */
bool names_poll(struct names *n);

/* Is an answer still awaited? */
bool names_asking(const struct names *n);

/* As resolver_addresses(). */
int names_addresses(struct names *n, const char *name, struct endpoint *out, size_t max);

/* The name of the address @e alone, or NULL.  Valid until names_close(). */
const char *names_host(const struct names *n, const struct endpoint *e);

/* Set the host names of @row, valid until names_close(). */
void names_complete(const struct names *n, struct row *row);

/*
 * Make "host:service" of the addresses with ports among @count @cells, which belong
 * to @row.  The texts are valid until the next call.
 */
void names_replace(struct names *n, const struct row *row, struct value *cells, size_t count);

#endif
