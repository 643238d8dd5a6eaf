/*
 * The output formats.  To add one: three functions in a file of its own, their
 * declarations in format_list.h, a row here.  A format gets fields and values; it
 * knows nothing of sockets.
 */
#include "config.h"

#include "output/formats.h"

#include <stdlib.h>
#include <string.h>

#include "output/format_list.h"
#include "output/writer.h"

static const struct format formats[] = {
	{ .name = "table",
	  .help = "Aligned columns with a heading (the default).",
	  .begin = table_begin,
	  .row = table_row,
	  .end = table_end },
	{ .name = "json",
	  .help = "One JSON document.",
	  .machine = true,
	  .meta = true,
	  .begin = json_begin,
	  .row = json_row,
	  .end = json_end },
	{ .name = "jsonl",
	  .help = "JSON lines: one object a row.",
	  .machine = true,
	  .begin = jsonl_begin,
	  .row = jsonl_row,
	  .end = jsonl_end },
	{ .name = "csv",
	  .help = "Comma-separated values (RFC 4180).",
	  .machine = true,
	  .begin = csv_begin,
	  .row = csv_row,
	  .end = csv_end },
	{ .name = "tsv",
	  .help = "Tab-separated values.",
	  .machine = true,
	  .begin = tsv_begin,
	  .row = tsv_row,
	  .end = tsv_end },
};

static const struct format by_template = {
	.name = "template",
	.help = "What a text with {column} in it says.",
	.begin = template_begin,
	.row = template_row,
	.end = template_end,
};

const struct format *format_template(void)
{
	return &by_template;
}

const struct format *formats_all(size_t *count)
{
	*count = sizeof(formats) / sizeof(formats[0]);
	return formats;
}

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* Streamed rows of a live table and of a machine format leave at once. */
static int writer_check(struct writer *w, struct error *err)
{
	if (w->options.live)
		return buffer_flush(w->out, err);
	if (w->out->error)
		return error_set(err, w->out->error, "cannot write the output");
	return 0;
}

struct writer *writer_open(const struct format *format, struct buffer *out,
			   const struct writer_options *options, struct error *err)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w) {
		error_set(err, 0, "out of memory");
		return NULL;
	}
	w->format = format;
	w->out = out;
	w->options = *options;
	w->options.style.raw |= format->machine;
	format->begin(w);
	if (writer_check(w, err)) {
		writer_close(w);
		return NULL;
	}
	return w;
}

int writer_row(struct writer *w, const struct value *cells, struct error *err)
{
	w->rows++;
	w->format->row(w, cells);
	return writer_check(w, err);
}

int writer_end(struct writer *w, struct error *err)
{
	w->format->end(w);
	return buffer_flush(w->out, err);
}

void writer_close(struct writer *w)
{
	if (!w)
		return;
	buffer_fini(&w->pending);
	buffer_fini(&w->keys);
	free(w->widths);
	free(w->sizes);
	free(w->key_ends);
	free(w);
}
