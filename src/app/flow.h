/*
 * A text being wrapped: blanks between words become line ends where the line is full.
 */
#ifndef APP_FLOW_H
#define APP_FLOW_H

#include "base/buffer.h"
#include "model/state.h"

struct flow {
	struct buffer *out;
	unsigned int width;
	unsigned int column; /* where the next byte goes */
};

void flow_newline(struct flow *f);

/* Blanks up to @column, if it has not been reached. */
void flow_to(struct flow *f, unsigned int column);

/* Append @text as it is. */
void flow_put(struct flow *f, const char *text, size_t len);

/* Append @text, whose lines all begin at @indent. */
void flow_text(struct flow *f, unsigned int indent, const char *text);

/* The same of a text that speaks of states, named as in dialect @names. */
void flow_retold(struct flow *f, unsigned int indent, const char *text, enum dialect names);

#endif
