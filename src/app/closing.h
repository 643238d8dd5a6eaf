/*
 * Closing sockets that the live view has confirmed.
 */
#ifndef APP_CLOSING_H
#define APP_CLOSING_H

#include <stddef.h>

#include "collect/destroy.h"
#include "model/sock.h"

/* "closed", "gone already" ... */
const char *closing_result_name(enum destroy_result result);

/*
 * Close @count sockets at @socks, but for those that carry this very session, and
 * say in one line how that went, into @out (@size bytes, with NUL).
 */
void closing_run(const struct sock *socks, size_t count, char *out, size_t size);

#endif
