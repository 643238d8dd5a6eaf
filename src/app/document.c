/* Standard output as a document: see document.h. */
#include "config.h"

#include "app/document.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

void document_add(struct document *d, const char *name, struct value value)
{
	if (d->meta_count < DOCUMENT_META_MAX)
		d->meta[d->meta_count++] =
			(struct writer_meta){ .field.name = name, .value = value };
}

void document_init(struct document *d)
{
	d->meta_count = 0;
	d->live = false;
	d->disguise = NULL;
	d->origin = NULL;
	buffer_init(&d->out, STDOUT_FILENO);
	document_add(d, "schema", value_count(DOCUMENT_SCHEMA));
	document_add(d, "time", value_none());
	document_add(d, "host", value_none());
	d->source = (struct writer_meta){ .field.name = "source", .value = value_none() };
}

void document_source(struct document *d, const char *source)
{
	d->source.value = value_string(source);
}

static void fill_time(struct document *d, time_t when)
{
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(d->time, sizeof(d->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	d->meta[1].value = value_string(d->time);
}

/* Looking at the time zone and the host's name takes a while: only where they are shown. */
static void fill_meta(struct document *d)
{
	const struct document_origin *origin = d->origin;

	if (!origin || origin->time_ms)
		fill_time(d, origin ? (time_t)(origin->time_ms / 1000) : time(NULL));
	if (origin && !origin->host)
		return;
	if (origin)
		snprintf(d->host, sizeof(d->host), "%s", origin->host);
	else if (gethostname(d->host, sizeof(d->host) - 1))
		d->host[0] = '\0';
	d->host[sizeof(d->host) - 1] = '\0';
	d->meta[2].value = value_string(d->disguise ? disguise_host(d->disguise, d->host) :
						      d->host);
}

int document_check(const struct options *o, const struct field *const *fields, size_t count,
		   struct error *err)
{
	struct error why;

	if (!o->template || !template_check(o->template, fields, count, &why))
		return 0;
	return error_set(err, 0, "--format: %s", why.text);
}

struct writer *document_open(struct document *d, const struct options *o,
			     const struct field *const *fields, size_t count,
			     const char *rows_key, struct error *err)
{
	const struct writer_options options = {
		.fields = fields,
		.count = count,
		.header = !o->no_header,
		.live = d->live,
		.template = o->template,
		.rows_key = rows_key,
		.meta = d->meta,
		.meta_count = d->meta_count,
		.last = &d->source,
		.style = { .names = o->names, .raw = o->raw },
	};

	const struct format *format = o->format ? o->format : format_find("table");

	if (format->meta)
		fill_meta(d);
	return writer_open(format, &d->out, &options, err);
}

void document_close(struct document *d, struct writer *w)
{
	writer_close(w);
	buffer_fini(&d->out);
}
