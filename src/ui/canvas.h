/*
 * A screen in memory: cells with a role, and nothing outside of its edges.
 *
 * Views draw here and know no terminal; ui/term_curses.c shows a canvas, tests
 * compare it as text.  Every function clips: coordinates may lie anywhere.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum role {
#define ROLE(symbol, help) ROLE_##symbol,
#include "ui/roles.def"
#undef ROLE
	ROLE_COUNT
};

#define CELL_MARKS_MAX 2

struct cell {
	uint32_t code;			/* what is shown, ' ' if nothing */
	uint32_t marks[CELL_MARKS_MAX]; /* combining marks on it, 0: none */
	uint8_t cells;			/* 1; 2: the next cell is its right half; 0: that half */
	uint8_t role;			/* enum role */
	bool selected;			/* ROLE_SELECTED in the place of the role */
};

struct canvas {
	int rows;
	int cols;
	bool ascii; /* no UTF-8: blocks and lines become ASCII, other text '?' */
	struct cell *cells;
};

/* Empty, @rows x @cols.  0, or -1 with @err set without memory. */
int canvas_init(struct canvas *c, int rows, int cols, bool ascii, struct error *err);
void canvas_fini(struct canvas *c);

/* All blank. */
void canvas_clear(struct canvas *c);

/*
 * Write UTF-8 @text at @row, @col into at most @width cells, padding with
 * blanks.  Control bytes, malformed UTF-8 and bidirectional controls become
 * U+FFFD, so that nothing that a process names itself can reach the terminal as
 * an escape sequence.  Of a text that does not fit, into @width cells or before the
 * right edge, the last cell says so: canvas_cut_mark().  Returns the cells used by
 * the text itself, the mark included.
 */
int canvas_text(struct canvas *c, int row, int col, int width, enum role role, const char *text);

/* The same for @len bytes without a terminating NUL. */
int canvas_bytes(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len);

/* The same, not padded: what lies beyond the text stays. */
int canvas_write(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len);

/*
 * A name in @width cells, not padded.  Of one that does not fit the middle goes: its ends
 * tell FIN_WAIT_1 from FIN_WAIT_2.
 */
int canvas_name(struct canvas *c, int row, int col, int width, enum role role, const char *name);

/*
 * The same as canvas_bytes(), ending at the right edge of the @width cells, padded with
 * plain blanks.
 */
int canvas_right(struct canvas *c, int row, int col, int width, enum role role,
		 const char *text, size_t len);

/* "…" (ASCII: "~"): something is missing here. */
void canvas_cut_mark(struct canvas *c, int row, int col, enum role role);

/* Formatted text (at most 512 bytes), not padded.  Returns the cells used. */
int canvas_printf(struct canvas *c, int row, int col, int width, enum role role,
		  const char *format, ...) __attribute__((format(printf, 6, 7)));

/*
 * Bytes of @text that go into a line of @width cells, cut between words where
 * there are any; never 0 for a text that is not empty.
 */
size_t canvas_wrap(const struct canvas *c, const char *text, int width);

/* @width cells of @code (one cell wide). */
void canvas_fill(struct canvas *c, int row, int col, int width, enum role role, uint32_t code);

/* Lines of a diagram, with UTF-8 from the box-drawing block. */
enum line {
	LINE_HORIZONTAL,
	LINE_VERTICAL,
	LINE_TOP_LEFT, /* round corners, named by where they are in a box */
	LINE_TOP_RIGHT,
	LINE_BOTTOM_LEFT,
	LINE_BOTTOM_RIGHT,
	LINE_TEE_LEFT, /* a vertical line with an arm to the left */
	LINE_TEE_RIGHT,
	LINE_TEE_UP,
	LINE_TEE_DOWN,
	LINE_ARROW_LEFT,
	LINE_ARROW_RIGHT,
	LINE_ARROW_UP,
	LINE_ARROW_DOWN,
	LINE_DOTTED, /* a vertical dotted line */
	LINE_COUNT
};

void canvas_line(struct canvas *c, int row, int col, enum role role, enum line line);

/* A frame around @rows x @cols cells, drawn inside of them. */
void canvas_box(struct canvas *c, int row, int col, int rows, int cols, enum role role);

/* No sample in that cell of a sparkline: a gap, not a zero. */
#define SPARK_GAP UINT32_MAX

/*
 * A sparkline of @width cells from @values (oldest first) on a scale from 0 to
 * @top; a value that is not 0 always shows.
 */
void canvas_spark(struct canvas *c, int row, int col, int width, enum role role,
		  const uint32_t *values, uint32_t top);

/* A bar of @width cells, @part of @whole full.  Nothing is drawn for @whole 0. */
void canvas_gauge(struct canvas *c, int row, int col, int width, enum role role, uint64_t part,
		  uint64_t whole);

/* A chart @rows high: the columns of canvas_spark() stacked. */
void canvas_chart(struct canvas *c, int row, int col, int rows, int width, enum role role,
		  const uint32_t *values, uint32_t top);

/* Mark @width cells as selected, whatever their roles. */
void canvas_select(struct canvas *c, int row, int col, int width);

/* Give @width cells another role, keeping what they show. */
void canvas_role(struct canvas *c, int row, int col, int width, enum role role);

/*
 * Row @row as UTF-8 without blanks at its end, into @out (@size bytes, with NUL).
 * Returns its length.  canvas_row_max() bytes are always enough.
 */
size_t canvas_row(const struct canvas *c, int row, char *out, size_t size);
size_t canvas_row_max(const struct canvas *c);

#endif
