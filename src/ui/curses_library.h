/*
 * ncurses, loaded when the terminal is opened: see base/library.h.
 *
 * Functions only: a program that is not linked with curses does without its variables
 * (stdscr, LINES, COLORS, ...).
 */
#ifndef UI_CURSES_LIBRARY_H
#define UI_CURSES_LIBRARY_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1 /* they would take the place of the pointers */
#include <curses.h>

#include "base/error.h"

/* The functions that are used.  To use another one: a word here. */
#define CURSES_FUNCTIONS(F)                                                                        \
	F(clearok)                                                                                 \
	F(curs_set)                                                                                \
	F(delscreen)                                                                               \
	F(delwin)                                                                                  \
	F(endwin)                                                                                  \
	F(getmaxx)                                                                                 \
	F(getmaxy)                                                                                 \
	F(getmouse)                                                                                \
	F(has_colors)                                                                              \
	F(init_extended_pair)                                                                      \
	F(intrflush)                                                                               \
	F(keypad)                                                                                  \
	F(leaveok)                                                                                 \
	F(mouseinterval)                                                                           \
	F(mousemask)                                                                               \
	F(mvwadd_wch)                                                                              \
	F(newterm)                                                                                 \
	F(newwin)                                                                                  \
	F(nodelay)                                                                                 \
	F(noecho)                                                                                  \
	F(nonl)                                                                                    \
	F(raw)                                                                                     \
	F(resize_term)                                                                             \
	F(scrollok)                                                                                \
	F(set_escdelay)                                                                            \
	F(setcchar)                                                                                \
	F(start_color)                                                                             \
	F(tigetnum)                                                                                \
	F(tigetstr)                                                                                \
	F(use_default_colors)                                                                      \
	F(wget_wch)                                                                                \
	F(wmove)                                                                                   \
	F(wrefresh)

/* wmove() is curses.wmove(), and so on. */
struct curses_functions {
#define CURSES_MEMBER(name) __typeof__(name) *name;
	CURSES_FUNCTIONS(CURSES_MEMBER)
#undef CURSES_MEMBER
};

/* NULL throughout until curses_load() has succeeded. */
extern struct curses_functions curses;

/* Load it, as library_load() does.  Before any other call; 0, or -1 with @err set. */
int curses_load(struct error *err);

#endif
