/*
 * The terminal: shows a canvas, gives keys.  The only part that knows curses.
 *
 * It is restored on every way out: term_close(), exit(), a fatal signal.  The
 * caller blocks SIGINT, SIGTERM, SIGHUP, SIGTSTP and SIGWINCH before term_open()
 * and takes them as events, so that curses' own handlers never run.
 */
#ifndef UI_TERM_CURSES_H
#define UI_TERM_CURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ui/canvas.h"
#include "ui/theme.h"

struct terminal;

/* Take over the terminal; one at a time.  NULL with @err set if there is none or it can't do it. */
struct terminal *term_open(struct error *err);

/* Give it back.  NULL is fine. */
void term_close(struct terminal *t);

/* The descriptor that keys arrive on. */
int term_fd(const struct terminal *t);

/* The next key that was pressed (ui/keymap.h), or 0 when there is none. */
uint32_t term_key(struct terminal *t);

/* Let the mouse be reported as keys, from PRESS_CLICK on. */
void term_mouse(struct terminal *t);

/* Where the mouse was when term_key() reported it last. */
void term_mouse_at(const struct terminal *t, int *row, int *col);

/* True when the terminal has gone away. */
bool term_gone(const struct terminal *t);

void term_size(const struct terminal *t, int *rows, int *cols);

/* The window has another size: call it after SIGWINCH. */
void term_resize(struct terminal *t);

/* True when the terminal can show no colours, or NO_COLOR forbids them. */
bool term_mono(const struct terminal *t);

/* Looks of the roles from now on; @theme must live as long as @t. */
void term_set_theme(struct terminal *t, const struct theme *theme);

/* Show @c, sending only what differs from the screen. */
void term_show(struct terminal *t, const struct canvas *c);

/* Send everything with the next term_show(). */
void term_repaint(struct terminal *t);

/*
 * Put @len bytes into the clipboard of whoever sits at the terminal (OSC 52).  A
 * terminal that does not know it, or may not, ignores it: nobody can tell.
 */
void term_copy(struct terminal *t, const char *text, size_t len);

/* Why nothing would stop this process, in a few words; NULL: it can be stopped. */
const char *term_unstoppable(const struct terminal *t);

/*
 * Stop this process, with @whole_job all of its job, as Ctrl-Z does; returns when it goes on,
 * with the terminal taken again.
 */
void term_suspend(struct terminal *t, bool whole_job);

#endif
