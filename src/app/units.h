/*
 * What the control group of a socket is called: path, systemd unit and slice,
 * container, pod.
 */
#ifndef APP_UNITS_H
#define APP_UNITS_H

#include "base/error.h"
#include "query/columns.h"

struct units;

/* @proc_root: NULL for "/proc".  NULL with @err set without memory. */
struct units *units_open(const char *proc_root, struct error *err);
void units_close(struct units *u); /* NULL is fine */

/* A new pass: control groups that were not found may exist by now. */
void units_refresh(struct units *u);

/*
 * Fill in what is known of the control group of @row's socket.  A socket that the
 * kernel gives none for (half-open, TIME-WAIT) gets nothing, not the root.  The texts
 * are valid until the next call.
 */
void units_complete(struct units *u, struct row *row);

#endif
