/*
 * connstate check: findings, or a threshold on a filter, by the convention of monitoring
 * plugins: one line with performance data (findings go on below it), exit status 0 ok,
 * 1 warning, 2 critical, 3 unknown.
 */
#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/count.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/evidence.h"
#include "app/findings_report.h"
#include "app/health.h"
#include "app/options.h"
#include "app/recorded_findings.h"
#include "app/say.h"
#include "app/session.h"
#include "app/source.h"
#include "app/ticker.h"
#include "base/loop.h"

#define INTERVAL_MS 1000

/* Growth and rates need two. */
#define SAMPLES 2

enum check_status {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
	CHECK_UNKNOWN,
};

static const char *const status_names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

static enum check_status judge(const struct options *o, const struct tally *t)
{
	double count = (double)t->count;

	if (*t->gap.text) {
		if (range_alarms_from(&o->critical, count))
			return CHECK_CRITICAL;
		return range_alarms_from(&o->warning, count) ? CHECK_WARNING : CHECK_UNKNOWN;
	}
	if (range_alarms(&o->critical, count))
		return CHECK_CRITICAL;
	return range_alarms(&o->warning, count) ? CHECK_WARNING : CHECK_OK;
}

/* '|' would begin the performance data. */
static void put_harmless(struct buffer *out, const char *text)
{
	for (const char *c = text; *c; c++)
		buffer_putc(out, *c == '|' || (unsigned char)*c < ' ' ? ' ' : *c);
}

/* Which sockets were counted, in the user's words. */
static void put_filter(struct buffer *out, const struct options *o, uint64_t count)
{
	if (o->filter_file || o->word_count)
		buffer_puts(out, count == 1 ? " matches " : " match ");
	if (o->filter_file)
		buffer_puts(out, o->word_count ? "the filter file and " : "the filter file");
	for (size_t i = 0; i < o->word_count; i++) {
		buffer_putc(out, i ? ' ' : '\'');
		put_harmless(out, o->words[i]);
	}
	if (o->word_count)
		buffer_putc(out, '\'');
}

/* A count that may be too small is no performance data: "U" is what is not known. */
static void put_count(struct buffer *out, const struct tally *t)
{
	if (*t->gap.text)
		buffer_puts(out, "U");
	else
		buffer_put_u64(out, t->count);
}

static int print_line(const struct options *o, enum check_status status, const struct tally *t)
{
	struct buffer out;

	buffer_init(&out, STDOUT_FILENO);
	buffer_printf(&out, "CONNSTATE %s - %s%" PRIu64 " socket%s", status_names[status],
		      *t->gap.text ? "at least " : "", t->count, t->count == 1 ? "" : "s");
	put_filter(&out, o, t->count);
	if (*t->gap.text) {
		buffer_puts(&out, "; ");
		put_harmless(&out, t->gap.text);
	}
	buffer_puts(&out, " | sockets=");
	put_count(&out, t);
	buffer_printf(&out, ";%s;%s;0\n", o->warning.set ? o->warning.text : "",
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

static int print_document(const struct session *s, enum check_status status,
			  const struct tally *t)
{
	const struct options *o = s->o;
	const struct value cells[FIELD_COUNT] = {
		value_string(status_names[status]),
		*t->gap.text ? value_none() : value_count(t->count),
		value_string(o->warning.text),
		value_string(o->critical.text),
	};
	struct document document;
	struct error err = { 0 };
	struct writer *w;
	int failed = -1;

	document_init(&document);
	document.origin = session_origin(s);
	document_source(&document, session_source(s));
	w = document_open(&document, o, fields, FIELD_COUNT, document_checks.rows_key, &err);
	if (w)
		failed = writer_row(w, cells, &err) || writer_end(w, &err);
	document_close(&document, w);
	return failed ? say_error(&err, EXIT_UNKNOWN) : (int)status;
}

static int check_run(struct session *s)
{
	struct tally t;
	struct error err = { 0 };
	enum check_status status;

	if (count_matching(s, &t, &err))
		return say_error(&err, EXIT_UNKNOWN);
	status = judge(s->o, &t);
	source_say_lacking(s->o, collector_report(s->collector));
	source_say_gaps(s->collector, EXIT_DONE, EXIT_UNKNOWN);
	return s->o->format ? print_document(s, status, &t) : print_line(s->o, status, &t);
}

static int check_threshold(const struct options *o)
{
	struct session s;
	struct error err;
	int status;

	if (document_check(o, fields, FIELD_COUNT, &err))
		return say_error(&err, EXIT_UNKNOWN);
	status = session_open(&s, o, 0) ? EXIT_UNKNOWN : check_run(&s);
	session_close(&s);
	return status;
}

/* The value of a sysctl here. */
struct host {
	const struct options *o;
	char value[256];
};

static const char *host_sysctl(void *context, const char *name)
{
	struct host *h = context;

	return evidence_sysctl(h->o, name, h->value, sizeof(h->value)) ? h->value : NULL;
}

/* Rows have no place for it. */
static void say_unjudged(const struct findings_report *report)
{
	struct error what;

	if (!report->unjudged)
		return;
	error_set(&what, 0, "not judged, as the source tells too little of sockets: %s",
		  report->unjudged);
	say_error(&what, EXIT_DONE);
}

static int print_report(const struct options *o, const struct findings_report *report)
{
	struct error err = { 0 };
	struct buffer out;

	if (o->format) {
		if (findings_report_rows(report, o, &err))
			return say_error(&err, EXIT_UNKNOWN);
		say_unjudged(report);
	} else {
		buffer_init(&out, STDOUT_FILENO);
		findings_report_text(&out, report);
		if (say_end(&out, EXIT_DONE))
			return EXIT_UNKNOWN;
	}
	return findings_report_status(report);
}

static int print_findings(const struct options *o, const struct health *h)
{
	const struct collect_report *read = collector_report(health_session(h)->collector);
	struct host host = { .o = o };
	char unjudged[512];
	struct findings_report report = {
		.names = o->names,
		.left_out = findings_left_out(health_findings(h)),
		.at_ns = health_at_ns(h),
		.wall_ns = health_wall_ns(h),
		.source = read->source,
		.why = read->why,
		.origin = session_origin(health_session(h)),
		.incomplete = read->incomplete,
		.trouble = health_without_counters(h),
		.unjudged = evidence_unjudged(health_findings(h), unjudged, sizeof(unjudged)),
		.no_counters = health_without_counters(h) && !o->from,
		.sysctl = o->from ? NULL : host_sysctl,
		.context = &host,
	};

	report.list = findings_list(health_findings(h), &report.count);
	return print_report(o, &report);
}

static int check_recorded(const struct options *o, struct replay *replay)
{
	struct recorded_findings found;
	struct error err = { 0 };
	int status;

	if (o->word_count || o->filter_file) {
		error_set(&err, 0, "the findings of a recording are of all its sockets: a filter "
			  "goes with -w or -c");
		return say_error(&err, EXIT_UNKNOWN);
	}
	if (recorded_findings_read(&found, replay, &err))
		status = say_error(&err, EXIT_UNKNOWN);
	else {
		found.report.names = o->names;
		status = print_report(o, &found.report);
	}
	recorded_findings_fini(&found);
	return status;
}

static int look(const struct options *o, struct health *h, struct ticker *t)
{
	/* what was saved stays as it was */
	unsigned long samples = o->from ? 1 : o->samples ? o->samples : SAMPLES;
	struct error err = { 0 };

	for (unsigned long i = 0; i < samples; i++) {
		if (!ticker_wait(t, LOOP_FOREVER)) {
			error_set(&err, 0, "interrupted");
			return say_error(&err, EXIT_UNKNOWN);
		}
		if (health_look(h, &err))
			return say_error(&err, EXIT_UNKNOWN);
	}
	health_say_gaps(h);
	return print_findings(o, h);
}

static int check_findings(const struct options *o)
{
	int status;
	struct error err = { 0 };
	struct replay *replay;
	struct health *h;
	struct ticker *t;

	if (findings_report_check(o, &err))
		return say_error(&err, EXIT_UNKNOWN);
	if (replay_open(&replay, o, &err))
		return say_error(&err, EXIT_UNKNOWN);
	if (replay) {
		status = check_recorded(o, replay);
		replay_close(replay);
		return status;
	}
	h = health_open(o, 0, &status);
	if (!h)
		return EXIT_UNKNOWN;
	t = ticker_new(o->interval_ms ? o->interval_ms : INTERVAL_MS, &err);
	status = t ? look(o, h, t) : say_error(&err, EXIT_UNKNOWN);
	ticker_free(t);
	health_close(h);
	return status;
}

int cmd_check(const struct options *o)
{
	return o->warning.set || o->critical.set ? check_threshold(o) : check_findings(o);
}
