/*
 * connstate -D FILE: sockets saved as the kernel tells them.
 */
#ifndef APP_DUMP_H
#define APP_DUMP_H

#include "app/options.h"

/* Save what @o asks for to o->dump.  Returns the exit status. */
int dump_save(const struct options *o);

#endif
