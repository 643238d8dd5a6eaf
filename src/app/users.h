/*
 * Names of user ids, each asked for once.
 */
#ifndef APP_USERS_H
#define APP_USERS_H

#include <stdint.h>

struct users;

struct users *users_new(void); /* NULL without memory */
void users_free(struct users *u); /* NULL is fine */

/* The login name of @uid, or NULL.  Borrowed, valid until users_free(). */
const char *users_name(struct users *u, uint32_t uid);

#endif
