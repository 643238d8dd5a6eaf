/* Findings for people and for programs: see findings_report.h. */
#include "config.h"

#include "app/findings_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app/document.h"
#include "app/documents.h"
#include "app/flow.h"
#include "app/say.h"
#include "base/text.h"
#include "base/utf8.h"

#define WIDTH 80
#define INDENT 2
#define TEXT_INDENT 12
#define NS_PER_S UINT64_C(1000000000)

static const char *const status_names[] = {
	[SEVERITY_NONE] = "OK",
	[SEVERITY_WARNING] = "WARNING",
	[SEVERITY_CRITICAL] = "CRITICAL",
	[EXIT_UNKNOWN] = "UNKNOWN",
};

/* @text without what acts on a terminal, and without '|', which begins performance data. */
static const char *harmless(char *room, size_t size, const char *text)
{
	size_t len = utf8_sanitise(room, size - 1, text, strlen(text));

	room[len] = '\0';
	for (char *c = room; *c; c++)
		if (*c == '|')
			*c = ' ';
	return room;
}

static size_t count_of(const struct findings_report *r, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->list[i].severity == severity;
	return n;
}

static enum severity worst_of(const struct findings_report *r)
{
	return r->count ? r->list[0].severity : SEVERITY_NONE;
}

int findings_report_status(const struct findings_report *r)
{
	if (!r->count && (r->unjudged || r->left_out || r->no_counters || r->incomplete))
		return EXIT_UNKNOWN;
	return (int)worst_of(r);
}

/* How many names there are in a list with commas. */
static size_t count_names(const char *list)
{
	size_t count = list != NULL;

	for (; list && *list; list++)
		count += *list == ',';
	return count;
}

/* Only the worst few: the line goes into tables and messages. */
#define NAMED_MAX 3

static void put_line(struct buffer *out, const struct findings_report *r)
{
	const struct finding *list = r->list;
	size_t count = r->count;
	char room[256];

	buffer_printf(out, "CONNSTATE %s - %zu finding%s",
		      status_names[findings_report_status(r)], count, count == 1 ? "" : "s");
	for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
		buffer_puts(out, i ? ", " : ": ");
		state_retell(out, list[i].info->title, r->names);
		buffer_printf(out, " (%s)", harmless(room, sizeof(room), list[i].subject));
	}
	if (count > NAMED_MAX)
		buffer_printf(out, " and %zu more", count - NAMED_MAX);
	if (r->unjudged)
		buffer_printf(out, "; not judged: %zu", count_names(r->unjudged));
	if (r->incomplete)
		buffer_printf(out, "; %s", harmless(room, sizeof(room), r->incomplete));
	buffer_printf(out, " | findings=%zu;;;0 critical=%zu;;;0 warning=%zu;;;0\n", count,
		      count_of(r, SEVERITY_CRITICAL), count_of(r, SEVERITY_WARNING));
}

static void put_part(struct flow *f, const char *heading, const char *text)
{
	flow_to(f, INDENT);
	flow_put(f, heading, strlen(heading));
	flow_to(f, TEXT_INDENT);
	flow_text(f, TEXT_INDENT, text);
	flow_newline(f);
}

/* The same of a text that speaks of states. */
static void put_prose(struct flow *f, const char *heading, const char *text, enum dialect names)
{
	flow_to(f, INDENT);
	flow_put(f, heading, strlen(heading));
	flow_to(f, TEXT_INDENT);
	flow_retold(f, TEXT_INDENT, text, names);
	flow_newline(f);
}

static void put_foreign(struct flow *f, const char *heading, const char *text)
{
	char room[2048];

	if (text)
		put_part(f, heading, harmless(room, sizeof(room), text));
}

/* For programs in UTC, for people as their clock shows it. */
static void format_time(char *out, size_t size, uint64_t wall_ns, bool machine)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	size_t len;

	if (machine) {
		gmtime_r(&seconds, &tm);
		len = strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
	} else {
		localtime_r(&seconds, &tm);
		len = strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm);
	}
	out[len] = '\0';
}

static uint64_t since_wall_ns(const struct findings_report *r, const struct finding *finding)
{
	return r->wall_ns - (r->at_ns - finding->since_ns);
}

static void put_since(struct flow *f, const struct findings_report *r,
		      const struct finding *finding)
{
	char at[32];
	char text[64];

	format_time(at, sizeof(at), since_wall_ns(r, finding), false);
	snprintf(text, sizeof(text), "%s%s", at, finding->at_least ? ", or earlier" : "");
	put_part(f, "since", text);
}

static void put_sysctls(struct flow *f, const struct findings_report *r, const char *list)
{
	const char *heading = "sysctl";
	const char *word;
	size_t len;

	while ((word = text_next_word(&list, &len))) {
		char name[96];
		char text[256];
		char room[128];
		const char *value;

		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		value = r->sysctl ? r->sysctl(r->context, name) : NULL;
		snprintf(text, sizeof(text), "%s = %s", name,
			 value ? harmless(room, sizeof(room), value) : "(not known here)");
		put_part(f, heading, text);
		heading = "";
	}
}

static void put_block(struct buffer *out, const struct findings_report *r,
		      const struct finding *finding)
{
	struct flow f = { .out = out, .width = WIDTH };
	const struct finding_info *info = finding->info;
	char room[2048];

	buffer_printf(out, "\n%s: ", status_names[finding->severity]);
	state_retell(out, info->title, r->names);
	buffer_printf(out, ": %s\n", harmless(room, 256, finding->subject));
	put_part(&f, "finding", info->name);
	if (finding->evidence)
		put_prose(&f, "seen", harmless(room, sizeof(room), finding->evidence), r->names);
	put_since(&f, r, finding);
	put_foreign(&f, "owner", finding->owner);
	put_prose(&f, "means", info->meaning, r->names);
	put_prose(&f, "do", info->remedy, r->names);
	put_prose(&f, "or is it", info->confused_with, r->names);
	put_sysctls(&f, r, info->sysctls);
	put_foreign(&f, "sockets", finding->filter);
}

void findings_report_text(struct buffer *out, const struct findings_report *r)
{
	put_line(out, r);
	for (size_t i = 0; i < r->count; i++)
		put_block(out, r, &r->list[i]);
	if (r->unjudged)
		buffer_printf(out, "\nNot judged, as the source tells too little of sockets: %s"
			      "%s%s%s\n", r->unjudged, r->why ? " (" : "", r->why ? r->why : "",
			      r->why ? ")" : "");
	if (r->trouble)
		buffer_printf(out, "\nNot judged, for want of the kernel's counters: %s\n",
			      r->trouble);
	if (r->left_out)
		buffer_printf(out, "\nNot judged: %" PRIu64 " sockets, of too many groups\n",
			      r->left_out);
}

#define TEXT_FIELD(symbol, title_text, help_text)                                                  \
	static const struct field field_##symbol = {                                               \
		.name = #symbol, .title = title_text, .kind = VALUE_TEXT, .help = help_text        \
	}

TEXT_FIELD(severity, "SEVERITY", "How bad it is: warning or critical.");
TEXT_FIELD(name, "NAME", "The finding, as --list-findings has it.");
TEXT_FIELD(subject, "SUBJECT", "What it is about: a process, a listener, a destination.");
TEXT_FIELD(evidence, "EVIDENCE", "What was seen, with figures.");
TEXT_FIELD(since, "SINCE", "Since when, in UTC: 2026-03-01T12:00:00Z.");
TEXT_FIELD(owner, "OWNER", "The processes that hold the sockets, or why there are none.");
TEXT_FIELD(title, "TITLE", "The finding in a few words.");
TEXT_FIELD(meaning, "MEANING", "What it means.");
TEXT_FIELD(remedy, "REMEDY", "What to do.");
TEXT_FIELD(confused_with, "CONFUSED WITH", "What looks alike and is something else.");
TEXT_FIELD(sysctls, "SYSCTLS", "Settings of the kernel that have to do with it.");

TEXT_FIELD(filter, "FILTER", "Its sockets in the filter language; null where there is no saying.");

static const struct field field_since_earlier = {
	.name = "since_earlier", .title = "EARLIER", .kind = VALUE_BOOL,
	.help = "It may have begun before that."
};
static const struct field field_sockets = {
	.name = "sockets", .title = "SOCKETS", .kind = VALUE_COUNT, .align = ALIGN_RIGHT,
	.help = "How many sockets it is about; null where it is about the host."
};

static const struct field *const fields[] = {
	&field_severity, &field_name,	 &field_subject, &field_evidence, &field_since,
	&field_since_earlier, &field_owner, &field_sockets, &field_title, &field_meaning,
	&field_remedy, &field_confused_with, &field_sysctls, &field_filter,
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* What a table has room for; the texts are in the plain report. */
#define FIELD_COUNT_TABLE 7

const struct document_kind document_findings = {
	.rows_key = "findings",
	.help = "What check found without -w and -c: one row a finding, worst first.",
	.fields = fields,
	.count = FIELD_COUNT,
	.always = FIELD_COUNT,
};

int findings_report_check(const struct options *o, struct error *err)
{
	return document_check(o, fields, FIELD_COUNT, err);
}

/* Texts of a row with the states in them named as was asked for. */
struct retold {
	struct buffer text[5];
	size_t count;
};

static struct value retell(struct retold *t, const char *text, enum dialect names)
{
	struct buffer *b = &t->text[t->count++];

	buffer_init(b, -1);
	if (text && names != DIALECT_RFC) {
		state_retell(b, text, names);
		buffer_putc(b, '\0');
	}
	return value_string(b->used && !b->error ? b->data : text);
}

static void retold_fini(struct retold *t)
{
	while (t->count)
		buffer_fini(&t->text[--t->count]);
}

static int put_row(struct writer *w, const struct findings_report *r,
		   const struct finding *finding, struct error *err)
{
	const struct finding_info *info = finding->info;
	char since[32];
	struct value cells[FIELD_COUNT];
	struct retold retold = { .count = 0 };
	int failed;

	format_time(since, sizeof(since), since_wall_ns(r, finding), true);
	cells[0] = value_string(severity_name(finding->severity));
	cells[1] = value_string(info->name);
	cells[2] = value_string(finding->subject);
	cells[3] = retell(&retold, finding->evidence, r->names);
	cells[4] = value_string(since);
	cells[5] = value_bool(finding->at_least);
	cells[6] = value_string(finding->owner);
	cells[7] = finding->sockets ? value_count(finding->sockets) : value_none();
	cells[8] = retell(&retold, info->title, r->names);
	cells[9] = retell(&retold, info->meaning, r->names);
	cells[10] = retell(&retold, info->remedy, r->names);
	cells[11] = retell(&retold, info->confused_with, r->names);
	cells[12] = value_string(info->sysctls);
	cells[13] = value_string(finding->filter);
	failed = writer_row(w, cells, err);
	retold_fini(&retold);
	return failed;
}

/* A template may name them all. */
static size_t field_count(const struct options *o)
{
	return o->format->machine || o->template ? FIELD_COUNT : FIELD_COUNT_TABLE;
}

int findings_report_rows(const struct findings_report *r, const struct options *o,
			 struct error *err)
{
	struct document document;
	struct writer *w;
	int failed;

	document_init(&document);
	document.origin = r->origin;
	document_source(&document, r->source);
	document_add(&document, "status", value_string(status_names[findings_report_status(r)]));
	document_add(&document, "not_judged", value_string(r->unjudged));
	document_add(&document, "counters_missing", value_string(r->trouble));
	document_add(&document, "sockets_left_out", value_count(r->left_out));
	w = document_open(&document, o, fields, field_count(o), document_findings.rows_key, err);
	failed = !w;
	for (size_t i = 0; w && i < r->count && !failed; i++)
		failed = put_row(w, r, &r->list[i], err);
	if (w && !failed)
		failed = writer_end(w, err);
	document_close(&document, w);
	return failed ? -1 : 0;
}
