/*
 * Rows by a template: '{state} {peer}'.
 *
 * {name} stands for a cell, {name:20} for one padded to 20 cells on the side that its
 * field is aligned to; {{ and }} for braces; \n, \t and \\ for what they are in C.
 * Every row ends with a newline.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/format_list.h"
#include "output/writer.h"

struct template_part template_next(const char **text)
{
	struct template_part part = { .text = *text };
	size_t len;

	if (part.text[0] == '{' && part.text[1] != '{') {
		part.text++;
		len = strcspn(part.text, "}");
		part.len = strcspn(part.text, ":}");
		part.is_field = true;
		part.unfinished = part.text[len] != '}';
		if (part.len < len)
			part.width = (unsigned int)strtoul(part.text + part.len + 1, NULL, 10);
		*text = part.text + len + !part.unfinished;
		return part;
	}
	if ((part.text[0] == '{' || part.text[0] == '}') && part.text[1] == part.text[0])
		part.text++;
	else if (part.text[0] == '\\' && part.text[1])
		part.escape = *++part.text;
	part.len = 1;
	if (!part.escape && part.text == *text)
		part.len += strcspn(part.text + 1, "{}\\");
	*text = part.text + part.len;
	return part;
}

static size_t field_place(const struct writer *w, const struct template_part *part)
{
	size_t i = 0;

	while (i < w->options.count && !(strlen(w->options.fields[i]->name) == part->len &&
					 !memcmp(w->options.fields[i]->name, part->text,
						 part->len)))
		i++;
	return i;
}

static void put_literal(struct buffer *out, const struct template_part *part)
{
	static const char from[] = "nt";
	static const char to[] = "\n\t";
	const char *known = part->escape ? strchr(from, part->escape) : NULL;

	if (known)
		buffer_putc(out, to[known - from]);
	else
		buffer_put(out, part->text, part->len);
}

static void put_padded(struct writer *w, const struct value *v, const struct field *f,
		       unsigned int width)
{
	struct cell_size size;

	w->pending.used = 0;
	size = output_format_cell(&w->pending, v, f, &w->options.style);
	if (f->align == ALIGN_RIGHT && size.cells < width)
		buffer_fill(w->out, ' ', width - size.cells);
	buffer_put(w->out, w->pending.data, size.bytes);
	if (f->align == ALIGN_LEFT && size.cells < width)
		buffer_fill(w->out, ' ', width - size.cells);
}

void template_begin(struct writer *w)
{
	buffer_init(&w->pending, -1);
}

void template_row(struct writer *w, const struct value *cells)
{
	const char *text = w->options.template;

	while (*text) {
		struct template_part part = template_next(&text);
		size_t place = part.is_field ? field_place(w, &part) : w->options.count;

		if (!part.is_field)
			put_literal(w->out, &part);
		else if (place < w->options.count)
			put_padded(w, &cells[place], w->options.fields[place], part.width);
	}
	buffer_putc(w->out, '\n');
}

void template_end(struct writer *w)
{
	(void)w;
}
