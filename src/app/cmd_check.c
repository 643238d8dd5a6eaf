/*
 * connstate check: a threshold on a filter, by the convention of monitoring plugins:
 * one line with performance data, exit status 0 ok, 1 warning, 2 critical, 3 unknown.
 */
#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/count.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/options.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"

enum check_status {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
};

static const char *const status_names[] = { "OK", "WARNING", "CRITICAL" };

static enum check_status judge(const struct options *o, uint64_t count)
{
	if (range_alarms(&o->critical, (double)count))
		return CHECK_CRITICAL;
	return range_alarms(&o->warning, (double)count) ? CHECK_WARNING : CHECK_OK;
}

/* Which sockets were counted, in the user's words. '|' would begin the performance data. */
static void put_filter(struct buffer *out, const struct options *o, uint64_t count)
{
	if (o->filter_file || o->word_count)
		buffer_puts(out, count == 1 ? " matches " : " match ");
	if (o->filter_file)
		buffer_puts(out, o->word_count ? "the filter file and " : "the filter file");
	for (size_t i = 0; i < o->word_count; i++) {
		buffer_putc(out, i ? ' ' : '\'');
		for (const char *c = o->words[i]; *c; c++)
			buffer_putc(out, *c == '|' || (unsigned char)*c < ' ' ? ' ' : *c);
	}
	if (o->word_count)
		buffer_putc(out, '\'');
}

static int print_line(const struct options *o, enum check_status status, uint64_t count)
{
	struct buffer out;

	buffer_init(&out, STDOUT_FILENO);
	buffer_printf(&out, "CONNSTATE %s - %" PRIu64 " socket%s", status_names[status], count,
		      count == 1 ? "" : "s");
	put_filter(&out, o, count);
	buffer_printf(&out, " | sockets=%" PRIu64 ";%s;%s;0\n", count,
		      o->warning.set ? o->warning.text : "",
		      o->critical.set ? o->critical.text : "");
	if (say_end(&out, EXIT_DONE))
		return EXIT_UNKNOWN;
	return status;
}

static const struct field field_status = {
	.name = "status", .title = "STATUS", .kind = VALUE_TEXT,
	.help = "OK, WARNING, CRITICAL or UNKNOWN."
};
static const struct field field_sockets = {
	.name = "sockets", .title = "SOCKETS", .kind = VALUE_COUNT, .align = ALIGN_RIGHT,
	.help = "Sockets that match the filter."
};
static const struct field field_warning = {
	.name = "warning", .title = "WARNING", .kind = VALUE_TEXT,
	.help = "Range outside of which it is a warning, as -w gave it."
};
static const struct field field_critical = {
	.name = "critical", .title = "CRITICAL", .kind = VALUE_TEXT,
	.help = "Range outside of which it is critical, as -c gave it."
};

static const struct field *const fields[] = { &field_status, &field_sockets, &field_warning,
					      &field_critical };

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

const struct document_kind document_checks = {
	.rows_key = "checks",
	.help = "What check found: one row.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

static int print_document(const struct options *o, enum check_status status, uint64_t count)
{
	const struct value cells[FIELD_COUNT] = {
		value_string(status_names[status]),
		value_count(count),
		value_string(o->warning.text),
		value_string(o->critical.text),
	};
	struct document document;
	struct error err = { 0 };
	struct writer *w;
	int failed = -1;

	document_init(&document);
	w = document_open(&document, o, fields, FIELD_COUNT, document_checks.rows_key, &err);
	if (w)
		failed = writer_row(w, cells, &err) || writer_end(w, &err);
	document_close(&document, w);
	return failed ? say_error(&err, EXIT_UNKNOWN) : (int)status;
}

static int check_run(struct session *s)
{
	uint64_t count = 0;
	struct error err = { 0 };
	enum check_status status;

	if (count_matching(s, &count, &err))
		return say_error(&err, EXIT_UNKNOWN);
	status = judge(s->o, count);
	source_say_gaps(s->collector, EXIT_DONE, EXIT_UNKNOWN);
	return s->o->format ? print_document(s->o, status, count) :
			      print_line(s->o, status, count);
}

int cmd_check(const struct options *o)
{
	struct session s;
	struct error err;
	int status;

	if (!o->warning.set && !o->critical.set) {
		error_set(&err, 0, "check against what? -w RANGE or -c RANGE is missing");
		return say_error(&err, EXIT_UNKNOWN);
	}
	if (document_check(o, fields, 4, &err))
		return say_error(&err, EXIT_UNKNOWN);
	status = session_open(&s, o, 0) ? EXIT_UNKNOWN : check_run(&s);
	session_close(&s);
	return status;
}
