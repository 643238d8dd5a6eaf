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

/*
 * A row is written piece by piece at a place that is kept in a variable; what every piece
 * has room for is known beforehand.
 */
#define KEY_PIECE 32
#define PIECE_MAX (KEY_PIECE + VALUE_TEXT_MAX + 2)

/* A short text that needs no call to be copied. */
static char *put_word(char *p, const char *word, size_t len)
{
	memcpy(p, word, len);
	return p + len;
}

static char *put_ratio(char *p, double ratio)
{
	if (!isfinite(ratio))
		return put_word(p, "null", 4);
	return p + snprintf(p, VALUE_TEXT_MAX, "%.6g", ratio);
}

/* A value whose readable form is ASCII without anything to escape. */
static char *put_quoted(const struct writer *w, char *p, const struct value *v,
			const struct field *f)
{
	*p++ = '"';
	p += value_format(p, VALUE_TEXT_MAX, v, f, &w->options.style);
	*p++ = '"';
	return p;
}

/* A text of any length at @p, which may move. */
static char *put_text(struct buffer *out, char *p, const struct value *v)
{
	if (v->len < VALUE_TEXT_MAX && output_is_plain(v->text, v->len)) {
		*p++ = '"';
		p = put_word(p, v->text, v->len);
		*p++ = '"';
		return p;
	}
	buffer_commit_to(out, p);
	put_string(out, v->text, v->len);
	return buffer_reserve(out, PIECE_MAX);
}

/* The value at @p, where PIECE_MAX bytes are free; returns the place behind it, or NULL. */
static char *put_value(struct writer *w, char *p, const struct value *v, const struct field *f)
{
	switch ((enum value_kind)v->kind) {
	case VALUE_COUNT:
		return f->unit == UNIT_HEX ? put_quoted(w, p, v, f) : p + text_u64(p, v->count);
	case VALUE_RATIO:
		return put_ratio(p, v->ratio);
	case VALUE_TEXT:
		return put_text(w->out, p, v);
	case VALUE_BOOL:
		return v->truth ? put_word(p, "true", 4) : put_word(p, "false", 5);
	case VALUE_STATE:
	case VALUE_ADDRESS:
	case VALUE_ENDPOINT:
		return put_quoted(w, p, v, f);
	case VALUE_NONE:
		break;
	}
	return put_word(p, "null", 4);
}

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
	/* put_key() copies more than there may be */
	buffer_reserve(&w->keys, KEY_PIECE);
	if (w->keys.error)
		w->out->error = w->keys.error;
}

/* The key at @p, where PIECE_MAX bytes are free; so they are at the place behind it. */
static char *put_key(struct buffer *out, char *p, const char *key, size_t len)
{
	if (len <= KEY_PIECE) {
		memcpy(p, key, KEY_PIECE); /* of a fixed size: no call */
		return p + len;
	}
	buffer_commit_to(out, p);
	buffer_put(out, key, len);
	return buffer_reserve(out, PIECE_MAX);
}

static void put_object(struct writer *w, const struct value *cells)
{
	/* once, or the compiler reads them again after every byte that is written */
	const struct field *const *fields = w->options.fields;
	const uint16_t *ends = w->key_ends;
	const size_t count = w->options.count;
	const char *key = w->keys.data;
	struct buffer *out = w->out;
	char *p = buffer_reserve(out, PIECE_MAX);

	for (size_t i = 0; p && i < count; i++) {
		const char *end = w->keys.data + ends[i];

		p = put_key(out, p, key, (size_t)(end - key));
		key = end;
		if (p)
			p = put_value(w, p, &cells[i], fields[i]);
		if (p)
			p = buffer_more(out, p, PIECE_MAX);
	}
	if (p)
		*p++ = '}';
	buffer_commit_to(out, p);
}

/* A member beside the rows. */
static void put_member(struct writer *w, const struct writer_meta *m)
{
	char *p;

	put_string(w->out, m->field.name, strlen(m->field.name));
	buffer_putc(w->out, ':');
	p = buffer_reserve(w->out, PIECE_MAX);
	if (p)
		buffer_commit_to(w->out, put_value(w, p, &m->value, &m->field));
}

void json_begin(struct writer *w)
{
	prepare_keys(w);
	buffer_putc(w->out, '{');
	for (size_t i = 0; i < w->options.meta_count; i++) {
		put_member(w, &w->options.meta[i]);
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
	buffer_puts(w->out, w->rows ? "\n]" : "]");
	if (w->options.last) {
		buffer_putc(w->out, ',');
		put_member(w, w->options.last);
	}
	buffer_puts(w->out, "}\n");
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
