/*
 * Columns aligned with blanks, for people and for awk.
 *
 * A table does not know its widths before it has seen its rows, and must not keep a
 * million of them: it looks at the first TABLE_LOOKAHEAD rows, settles the widths and
 * streams from then on.  A later cell that is wider makes its column wider from
 * there on; nothing is ever cut.  Every cell is written, so that the Nth word of a
 * line is always the same column.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/format_list.h"
#include "output/writer.h"

#define GAP 2
/* Blanks copied at once, and room for a cell that is wider than its column so far. */
#define BLANKS 32
#define WIDEST (2 * VALUE_TEXT_MAX + 2 * BLANKS)

static bool is_last(const struct writer *w, size_t i)
{
	return i + 1 == w->options.count;
}

static void widen(struct writer *w, size_t i, size_t cells)
{
	if (cells > w->widths[i])
		w->widths[i] = cells < UINT16_MAX ? (uint16_t)cells : UINT16_MAX;
}

/* Blanks before (right-aligned) or after a cell, and the gap to the next one. */
static void pad_before(struct writer *w, size_t i, size_t cells)
{
	if (w->options.fields[i]->align == ALIGN_RIGHT && cells < w->widths[i])
		buffer_fill(w->out, ' ', w->widths[i] - cells);
}

static void pad_after(struct writer *w, size_t i, size_t cells)
{
	if (is_last(w, i)) {
		buffer_putc(w->out, '\n');
		return;
	}
	if (w->options.fields[i]->align == ALIGN_LEFT && cells < w->widths[i])
		buffer_fill(w->out, ' ', w->widths[i] - cells);
	buffer_fill(w->out, ' ', GAP);
}

static void put_cell(struct writer *w, size_t i, const char *text, struct cell_size size)
{
	widen(w, i, size.cells);
	pad_before(w, i, size.cells);
	buffer_put(w->out, text, size.bytes);
	pad_after(w, i, size.cells);
}

static void put_heading(struct writer *w)
{
	for (size_t i = 0; w->options.header && i < w->options.count; i++) {
		const char *title = w->options.fields[i]->title;
		uint32_t len = (uint32_t)strlen(title);

		put_cell(w, i, title, (struct cell_size){ len, len });
	}
}

/* The rows looked at go out, in the widths that they need. */
static void settle(struct writer *w)
{
	const char *text = w->pending.data;
	size_t cells = (size_t)w->rows * w->options.count;

	w->settled = true;
	put_heading(w);
	for (size_t i = 0; i < cells && !w->pending.error; i++) {
		put_cell(w, i % w->options.count, text, w->sizes[i]);
		text += w->sizes[i].bytes;
	}
	if (w->pending.error)
		w->out->error = w->pending.error;
	buffer_fini(&w->pending);
	free(w->sizes);
	w->sizes = NULL;
}

static void look_at_row(struct writer *w, const struct value *cells)
{
	struct cell_size *sizes = w->sizes + (w->rows - 1) * w->options.count;

	for (size_t i = 0; i < w->options.count; i++) {
		sizes[i] = output_format_cell(&w->pending, &cells[i], w->options.fields[i],
					      &w->options.style);
		widen(w, i, sizes[i].cells);
	}
	if (w->rows == TABLE_LOOKAHEAD)
		settle(w);
}

/* @count blanks at @p; BLANKS more bytes may be written over.  Returns the place behind them. */
static char *put_blanks(char *p, size_t count)
{
	static const char blanks[BLANKS] = "                                ";

	for (; count > BLANKS; count -= BLANKS) {
		memcpy(p, blanks, BLANKS);
		p += BLANKS;
	}
	memcpy(p, blanks, BLANKS); /* of a fixed size: no call */
	return p + count;
}

/* What a cell of the column may need at most, blanks included. */
static size_t cell_room(const struct writer *w, size_t i)
{
	return w->widths[i] + (size_t)WIDEST;
}

/* One cell without text at @p, where cell_room() is; the place behind it. */
static char *stream_cell(struct writer *w, size_t i, const struct value *v, char *p)
{
	const struct field *f = w->options.fields[i];
	char text[VALUE_TEXT_MAX];
	bool right = f->align == ALIGN_RIGHT;
	size_t len = value_format(right ? text : p, VALUE_TEXT_MAX, v, f, &w->options.style);
	size_t pad;

	widen(w, i, len);
	pad = w->widths[i] - len;
	if (right) {
		p = put_blanks(p, pad);
		if (len <= BLANKS)
			memcpy(p, text, BLANKS);
		else
			memcpy(p, text, len);
		pad = 0;
	}
	p += len;
	if (!is_last(w, i))
		return put_blanks(p, pad + GAP);
	*p = '\n';
	return p + 1;
}

/* A cell with text of any length at @p, which may move. */
static char *stream_text(struct writer *w, size_t i, const struct value *v, char *p)
{
	struct cell_size size;

	buffer_commit_to(w->out, p);
	w->pending.used = 0;
	size = output_format_cell(&w->pending, v, w->options.fields[i], &w->options.style);
	if (w->pending.error) {
		w->out->error = w->pending.error;
		return NULL;
	}
	put_cell(w, i, w->pending.data, size);
	return buffer_reserve(w->out, WIDEST);
}

static void stream_row(struct writer *w, const struct value *cells)
{
	char *p = buffer_reserve(w->out, WIDEST);

	for (size_t i = 0; p && i < w->options.count; i++) {
		const struct value *v = &cells[i];

		if (v->text && (v->kind == VALUE_TEXT || v->kind == VALUE_NONE)) {
			p = stream_text(w, i, v, p);
			continue;
		}
		p = buffer_more(w->out, p, cell_room(w, i));
		if (p)
			p = stream_cell(w, i, v, p);
	}
	buffer_commit_to(w->out, p);
}

void table_begin(struct writer *w)
{
	size_t count = w->options.count;

	buffer_init(&w->pending, -1);
	w->widths = calloc(count, sizeof(*w->widths));
	w->sizes = calloc(count * TABLE_LOOKAHEAD, sizeof(*w->sizes));
	if (!w->widths || !w->sizes) {
		w->out->error = ENOMEM;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		widen(w, i, w->options.fields[i]->width);
		widen(w, i, strlen(w->options.fields[i]->title));
	}
	if (w->options.live)
		settle(w);
}

void table_row(struct writer *w, const struct value *cells)
{
	if (w->settled)
		stream_row(w, cells);
	else
		look_at_row(w, cells);
}

void table_end(struct writer *w)
{
	if (!w->settled)
		settle(w);
}
