/*
 * Names of ports by services(5).
 */
#ifndef APP_SERVICES_H
#define APP_SERVICES_H

#include <stdint.h>

#include "model/proto.h"

struct services;

struct services *services_new(void); /* NULL without memory */
void services_free(struct services *s); /* NULL is fine */

/* The name of @port, or NULL.  Borrowed, valid until services_free(). */
const char *services_name(const struct services *s, enum proto proto, uint16_t port);

#endif
