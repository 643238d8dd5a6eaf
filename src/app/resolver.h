/*
 * Names of addresses, by reverse DNS: many questions at a time, each address asked
 * for once, and never a wait beyond a limit.  What is not answered by then stays
 * without a name.
 *
 * Names come from strangers: they are raw bytes, as process names are.
 */
#ifndef APP_RESOLVER_H
#define APP_RESOLVER_H

#include <stdbool.h>

#include "base/error.h"
#include "model/addr.h"

/* Questions under way at most. */
#define RESOLVER_IN_FLIGHT 64

/* Addresses remembered at most; further ones get no name. */
#define RESOLVER_ADDRESSES_MAX 65536

struct resolver;

/* False: built without c-ares.  resolver_open() then fails with resolver_missing. */
bool resolver_available(void);
extern const char resolver_missing[];

/*
 * @limit_ms: how long one resolver_run() may take.  NULL with @err set, also where c-ares
 * is not installed: it is loaded here.
 */
struct resolver *resolver_open(unsigned int limit_ms, struct error *err);
void resolver_close(struct resolver *r); /* NULL is fine */

/* The name of @e's address is wanted.  0, or -1 with @err set without memory. */
int resolver_want(struct resolver *r, const struct endpoint *e, struct error *err);

/*
 * Ask for all names wanted, and wait for the answers until the limit.  Late answers
 * are taken by later runs, which do not wait for them.
 */
void resolver_run(struct resolver *r);

/*
 * Ask on and take what answers there are, without waiting.  True if something was
 * answered.
 */
bool resolver_poll(struct resolver *r);

/* Is an answer still awaited? */
bool resolver_asking(const struct resolver *r);

/*
 * The addresses of the host called @name into @out (at most @max): how many, or -1 if
 * the answer is awaited.  Each name is asked for once.
 */
int resolver_addresses(struct resolver *r, const char *name, struct endpoint *out, size_t max);

/* The name, or NULL: none, or not known yet.  Borrowed, valid until resolver_close(). */
const char *resolver_name(const struct resolver *r, const struct endpoint *e);

#endif
