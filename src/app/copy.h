/*
 * What leaves the live view for the clipboard: the selected row, or the command line that
 * lists the same.  Files are in saving.h.
 */
#ifndef APP_COPY_H
#define APP_COPY_H

#include "app/feed.h"
#include "app/session.h"
#include "base/buffer.h"
#include "base/error.h"
#include "ui/ui.h"

/* Where it comes from; all borrowed. */
struct copy {
	struct ui *ui;
	struct canvas *canvas; /* the screen is drawn on it once more */
	struct session *session;
	const struct feed *feed;
};

/* The selected row as text, appended to @out.  0, or -1 with @err set. */
int copy_row(const struct copy *copy, struct buffer *out, struct error *err);

/* A command line for a shell that lists what the table shows, appended to @out. */
void copy_command(const struct copy *copy, struct buffer *out);

#endif
