/*
 * JSON: one document, or one object a line.
 *
 * Keys are the fields' names, numbers are raw in the field's base unit, unknown is
 * null.  Hexadecimal fields are text ("0x2a"), since a cookie does not fit into the
 * doubles that most readers use.  Bytes that are not UTF-8 appear as \\xNN.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/format_list.h"
#include "output/writer.h"

static void escape_byte(struct buffer *out, unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		buffer_printf(out, "\\%c", byte);
	else if (byte == '\n')
		buffer_puts(out, "\\n");
	else if (byte == '\t')
		buffer_puts(out, "\\t");
	else if (byte < 0x80)
		buffer_printf(out, "\\u%04x", byte);
	else
		buffer_printf(out, "\\\\x%02x", byte);
}

static void put_string(struct buffer *out, const char *text, size_t len)
{
	buffer_putc(out, '"');
	if (output_is_plain(text, len))
		buffer_put(out, text, len);
	else
		output_put_escaped(out, text, len, escape_byte);
	buffer_putc(out, '"');
}

/* A value whose readable form is ASCII without anything to escape. */
static void put_quoted(struct writer *w, const struct value *v, const struct field *f)
{
	char *p = buffer_reserve(w->out, VALUE_TEXT_MAX + 2);
	size_t len;

	if (!p)
		return;
	*p = '"';
	len = value_format(p + 1, VALUE_TEXT_MAX, v, f, &w->options.style);
	p[len + 1] = '"';
	buffer_commit(w->out, len + 2);
}

static void put_value(struct writer *w, const struct value *v, const struct field *f)
{
	switch ((enum value_kind)v->kind) {
	case VALUE_COUNT:
		if (f->unit == UNIT_HEX)
			put_quoted(w, v, f);
		else
			buffer_put_u64(w->out, v->count);
		break;
	case VALUE_RATIO:
		if (isfinite(v->ratio))
			buffer_printf(w->out, "%.6g", v->ratio);
		else
			buffer_puts(w->out, "null");
		break;
	case VALUE_TEXT:
		put_string(w->out, v->text, v->len);
		break;
	case VALUE_BOOL:
		buffer_puts(w->out, v->truth ? "true" : "false");
		break;
	case VALUE_STATE:
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		put_quoted(w, v, f);
		break;
	case VALUE_NONE:
		buffer_put(w->out, "null", 4);
		break;
	}
}

/* Keys are copied in pieces of this size; prepare_keys() leaves room behind the last. */
#define KEY_PIECE 32

/* All keys once, ready to be copied: {"a": then ,"b": ... */
static void prepare_keys(struct writer *w)
{
	buffer_init(&w->keys, -1);
	w->key_ends = calloc(w->options.count, sizeof(*w->key_ends));
	if (!w->key_ends) {
		w->out->error = ENOMEM;
		return;
	}
	for (size_t i = 0; i < w->options.count; i++) {
		buffer_putc(&w->keys, i ? ',' : '{');
		put_string(&w->keys, w->options.fields[i]->name,
			   strlen(w->options.fields[i]->name));
		buffer_putc(&w->keys, ':');
		w->key_ends[i] = (uint16_t)w->keys.used;
	}
	buffer_reserve(&w->keys, KEY_PIECE);
	if (w->keys.error)
		w->out->error = w->keys.error;
}

static void put_key(struct buffer *out, const char *key, size_t len)
{
	char *p = buffer_reserve(out, len + KEY_PIECE);

	if (!p)
		return;
	if (len <= KEY_PIECE)
		memcpy(p, key, KEY_PIECE); /* of a fixed size: no call */
	else
		memcpy(p, key, len);
	buffer_commit(out, len);
}

static void put_object(struct writer *w, const struct value *cells)
{
	size_t start = 0;

	for (size_t i = 0; i < w->options.count; i++) {
		put_key(w->out, w->keys.data + start, w->key_ends[i] - start);
		put_value(w, &cells[i], w->options.fields[i]);
		start = w->key_ends[i];
	}
	buffer_putc(w->out, '}');
}

void json_begin(struct writer *w)
{
	prepare_keys(w);
	buffer_putc(w->out, '{');
	for (size_t i = 0; i < w->options.meta_count; i++) {
		const struct writer_meta *m = &w->options.meta[i];

		put_string(w->out, m->field.name, strlen(m->field.name));
		buffer_putc(w->out, ':');
		put_value(w, &m->value, &m->field);
		buffer_putc(w->out, ',');
	}
	put_string(w->out, w->options.rows_key, strlen(w->options.rows_key));
	buffer_puts(w->out, ":[");
}

void json_row(struct writer *w, const struct value *cells)
{
	buffer_puts(w->out, w->rows > 1 ? ",\n" : "\n");
	put_object(w, cells);
}

void json_end(struct writer *w)
{
	buffer_puts(w->out, w->rows ? "\n]}\n" : "]}\n");
}

void jsonl_begin(struct writer *w)
{
	prepare_keys(w);
}

void jsonl_row(struct writer *w, const struct value *cells)
{
	put_object(w, cells);
	buffer_putc(w->out, '\n');
}

void jsonl_end(struct writer *w)
{
	(void)w;
}
