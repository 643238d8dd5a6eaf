/*
 * Who holds a socket, in words.
 */
#ifndef APP_OWNER_TEXT_H
#define APP_OWNER_TEXT_H

#include "base/buffer.h"
#include "query/columns.h"

/*
 * Set @row->process from @row->owners, or @row->process_why where there are none.  The
 * texts are in @process and @why, which lose what they held.
 */
void owner_text(struct row *row, struct buffer *process, struct buffer *why);

#endif
