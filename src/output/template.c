/*
 * Rows by a template: '{state} {peer}'.
 *
 * {name} stands for a cell, {name:20} for one padded to 20 cells on the side that its
 * field is aligned to; {{ and }} for braces; \n, \t and \\ for what they are in C.
 * Every row ends with a newline.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "output/format_list.h"
#include "output/writer.h"

/* The width in the @len bytes behind ':'. */
static void parse_width(struct template_part *part, const char *digits, size_t len)
{
	for (size_t i = 0; i < len && !part->misshapen; i++) {
		part->misshapen = digits[i] < '0' || digits[i] > '9';
		part->width = part->width * 10 + (unsigned int)(digits[i] - '0');
		part->misshapen |= part->width > TEMPLATE_WIDTH_MAX;
	}
	part->misshapen |= !len;
}

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
			parse_width(&part, part.text + part.len + 1, len - part.len - 1);
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

/* Which of the @count @fields is meant; @count: none. */
static size_t field_place(const struct template_part *part, const struct field *const *fields,
			  size_t count)
{
	size_t i = 0;

	while (i < count && !text_same(part->text, part->len, fields[i]->name))
		i++;
	return i;
}

static int unknown_field(const struct template_part *part, const struct field *const *fields,
			 size_t count, struct error *err)
{
	struct text_nearest nearest = { 0 };
	char near[160];

	for (size_t i = 0; i < count; i++)
		text_nearest_offer(&nearest, part->text, part->len, fields[i]->name,
				   strlen(fields[i]->name), fields[i]->name);
	if (text_nearest_list(&nearest, near, sizeof(near)))
		return error_set(err, 0, "unknown column '%.*s' in the template: did you mean %s?",
				 (int)part->len, part->text, near);
	return error_set(err, 0, "unknown column '%.*s' in the template", (int)part->len,
			 part->text);
}

int template_check(const char *text, const struct field *const *fields, size_t count,
		   struct error *err)
{
	while (*text) {
		const struct template_part part = template_next(&text);

		if (part.unfinished)
			return error_set(err, 0, "a '}' is missing after '{%.*s'", (int)part.len,
					 part.text);
		if (part.misshapen)
			return error_set(err, 0, "the width of '{%.*s:' is no number up to %d",
					 (int)part.len, part.text, TEMPLATE_WIDTH_MAX);
		if (part.is_field && field_place(&part, fields, count) == count)
			return unknown_field(&part, fields, count, err);
	}
	return 0;
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
		size_t place;

		if (!part.is_field) {
			put_literal(w->out, &part);
			continue;
		}
		place = field_place(&part, w->options.fields, w->options.count);
		if (place < w->options.count)
			put_padded(w, &cells[place], w->options.fields[place], part.width);
	}
	buffer_putc(w->out, '\n');
}

void template_end(struct writer *w)
{
	(void)w;
}
