/*
 * Addresses and names replaced on their way out (--anonymize).
 *
 * The key is random, or made from CONNSTATE_ANONYMIZE_KEY so that several reports go
 * together.
 */
#ifndef APP_DISGUISE_H
#define APP_DISGUISE_H

#include <stddef.h>

#include "base/error.h"
#include "query/columns.h"

struct disguise;

struct disguise *disguise_new(struct error *err); /* NULL with @err set */
void disguise_free(struct disguise *d); /* NULL is fine */

/* Replace both ends of @sk in place. */
void disguise_ends(struct disguise *d, struct sock *sk);

/* What stands for this @host; borrowed, valid until disguise_free(). */
const char *disguise_host(struct disguise *d, const char *host);

/*
 * Replace all that names somebody or something in @row.  What it points to afterwards
 * is valid until the next call.
 */
void disguise_row(struct disguise *d, struct row *row);

#endif
