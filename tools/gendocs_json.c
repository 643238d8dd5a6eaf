/*
 * The contract of the JSON documents, from the tables: sections of connstate-json(5)
 * and the JSON Schema.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "app/document.h"
#include "app/documents.h"
#include "model/proto.h"
#include "model/state.h"
#include "query/columns.h"

#include "gendocs.h"

/* How a field of each kind appears: in words, and as the keywords of a schema. */
struct json_type {
	const char *words;
	const char *keywords;
};

static const struct json_type types[] = {
	[VALUE_NONE] = { "Null", "\"type\":\"null\"" },
	[VALUE_COUNT] = { "Integer", "\"type\":[\"integer\",\"null\"],\"minimum\":0" },
	[VALUE_RATIO] = { "Number", "\"type\":[\"number\",\"null\"]" },
	[VALUE_TEXT] = { "Text", "\"type\":[\"string\",\"null\"]" },
	[VALUE_STATE] = { "Text: the name of a state", "\"$ref\":\"#/definitions/state\"" },
	[VALUE_ADDRESS] = { "Text: an address", "\"type\":[\"string\",\"null\"]" },
	[VALUE_ENDPOINT] = { "Text: an address and a port", "\"type\":[\"string\",\"null\"]" },
	[VALUE_BOOL] = { "Boolean", "\"type\":[\"boolean\",\"null\"]" },
};

static const struct json_type type_hex = {
	"Text: a hexadecimal number that begins with 0x",
	"\"type\":[\"string\",\"null\"],\"pattern\":\"^0x[0-9a-f]+$\""
};

static const char *const units[] = {
	[UNIT_NONE] = NULL,
	[UNIT_BYTES] = "bytes",
	[UNIT_NANOSECONDS] = "nanoseconds",
	[UNIT_MICROSECONDS] = "microseconds",
	[UNIT_MILLISECONDS] = "milliseconds",
	[UNIT_BYTES_PER_SECOND] = "bytes per second",
	[UNIT_HEX] = NULL,
};

static const struct json_type *type_of(const struct field *f)
{
	return f->unit == UNIT_HEX ? &type_hex : &types[f->kind];
}

/* The manual. */

static void emit_field(const char *section, const struct style *style, const struct field *f)
{
	char type[120];
	const struct entry e = { .word = f->name, .help = f->help, .more = type };

	snprintf(type, sizeof(type), "%s%s%s.", type_of(f)->words,
		 units[f->unit] ? ", in " : "", units[f->unit] ? units[f->unit] : "");
	style->entry(section, &e);
}

void gendocs_members(const char *section, const struct style *style)
{
	size_t count;
	const struct field *members = documents_members(&count);

	for (size_t i = 0; i < count; i++)
		emit_field(section, style, &members[i]);
}

void gendocs_columns(const char *section, const struct style *style)
{
	size_t count;
	const struct column *columns = columns_all(&count);

	for (size_t i = 0; i < count; i++)
		emit_field(section, style, &columns[i].field);
}

void gendocs_document(const char *section, const struct style *style)
{
	size_t count;
	const struct document_kind *const *kinds = documents_all(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(section + strlen("json-"), kinds[i]->rows_key) != 0)
			continue;
		for (size_t k = 0; k < kinds[i]->count; k++)
			emit_field(section, style, kinds[i]->fields[k]);
	}
}

void gendocs_lists(const char *section, const struct style *style)
{
	size_t count;
	const struct document_kind *const *kinds = documents_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct entry e = { .word = kinds[i]->rows_key, .help = kinds[i]->help };

		style->entry(section, &e);
	}
}

/* The schema. */

static void put_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void put_field(const struct field *f, bool first)
{
	printf("%s\n        ", first ? "" : ",");
	put_text(f->name);
	printf(": { %s, \"description\": ", type_of(f)->keywords);
	put_text(f->help);
	if (units[f->unit])
		printf(", \"$comment\": \"in %s\"", units[f->unit]);
	fputs(" }", stdout);
}

static void put_columns(void)
{
	size_t count;
	const struct column *columns = columns_all(&count);

	for (size_t i = 0; i < count; i++)
		put_field(&columns[i].field, false);
}

/* A group has counts, each under a state's name for programs. */
static void put_state_counts(void)
{
	for (enum state s = 0; s < STATE_COUNT; s++)
		printf(",\n        \"%s\": { \"type\": \"integer\", \"minimum\": 0, "
		       "\"description\": \"Sockets in %s.\" }",
		       state_info(s)->symbol, state_info(s)->name);
}

static void put_required(const struct document_kind *kind)
{
	fputs("      \"required\": [", stdout);
	for (size_t i = 0; i < kind->always; i++)
		printf("%s\"%s\"", i ? ", " : "", kind->fields[i]->name);
	fputs("],\n", stdout);
}

static void put_row(const struct document_kind *kind)
{
	printf(",\n    \"row_of_%s\": {\n      \"description\": ", kind->rows_key);
	put_text(kind->help);
	fputs(",\n      \"type\": \"object\",\n", stdout);
	if (kind->always)
		put_required(kind);
	fputs("      \"properties\": {", stdout);
	for (size_t i = 0; i < kind->count; i++)
		put_field(kind->fields[i], i == 0);
	if (kind->rows != DOCUMENT_FIXED)
		put_columns();
	if (kind->rows == DOCUMENT_GROUPS)
		put_state_counts();
	fputs("\n      }\n    }", stdout);
}

/* Names as they are without --names. */
static void put_states(void)
{
	fputs("    \"state\": {\n      \"enum\": [", stdout);
	for (enum state s = 0; s < STATE_COUNT; s++)
		printf("\"%s\", ", state_info(s)->name);
	fputs("null]\n    }", stdout);
}

static void put_members(void)
{
	size_t count;
	const struct field *members = documents_members(&count);

	printf("    \"%s\": { \"const\": %d }", members[0].name, DOCUMENT_SCHEMA);
	/* the last one is null where nothing was read */
	for (size_t i = 1; i < count; i++) {
		printf(",\n    \"%s\": { \"type\": %s, \"description\": ", members[i].name,
		       i + 1 < count ? "\"string\"" : "[\"string\", \"null\"]");
		put_text(members[i].help);
		fputs(" }", stdout);
	}
	fputs(",\n    \"exact\": { \"type\": \"boolean\" }"
	      ",\n    \"status\": { \"enum\": [\"OK\", \"WARNING\", \"CRITICAL\", \"UNKNOWN\"] }"
	      ",\n    \"not_judged\": { \"type\": [\"string\", \"null\"] }"
	      ",\n    \"counters_missing\": { \"type\": [\"string\", \"null\"] }"
	      ",\n    \"sockets_left_out\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"since\": { \"type\": \"string\" }"
	      ",\n    \"until\": { \"type\": \"string\" }"
	      ",\n    \"polls\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"seconds\": { \"type\": \"number\", \"minimum\": 0 }"
	      ",\n    \"losses\": { \"type\": [\"integer\", \"null\"], \"minimum\": 0 }"
	      ",\n    \"opened\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"closed\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"changed\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"unchanged\": { \"type\": \"integer\", \"minimum\": 0 }"
	      ",\n    \"short_lived\": { \"type\": \"integer\", \"minimum\": 0 }",
	      stdout);
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		const struct proto_info *info = proto_info(p);

		printf(",\n    \"%s\": { \"type\": [\"integer\", \"null\"], \"minimum\": 0 }",
		       info->name);
		for (int version = 4; version <= 6 && info->family == AF_INET; version += 2)
			printf(",\n    \"%s_ipv%d\": "
			       "{ \"type\": [\"integer\", \"null\"], \"minimum\": 0 }",
			       info->name, version);
	}
}

static void put_kind(const struct document_kind *kind)
{
	printf(",\n    \"%s\": {\n      \"type\": \"array\",\n"
	       "      \"items\": { \"$ref\": \"#/definitions/row_of_%s\" }\n    }",
	       kind->rows_key, kind->rows_key);
}

/* A document has the rows of one kind, and the members that go with it. */
static void put_choice(const struct document_kind *kind, bool first)
{
	printf("%s\n    { \"required\": [\"%s\"%s] }", first ? "" : ",", kind->rows_key,
	       kind->bare ? "" : ", \"time\", \"host\", \"source\"");
}

int gendocs_schema(void)
{
	size_t count;
	const struct document_kind *const *kinds = documents_all(&count);

	fputs("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
	      "  \"title\": \"connstate\",\n"
	      "  \"description\": \"The JSON documents of connstate: see connstate-json(5).\",\n"
	      "  \"type\": \"object\",\n  \"required\": [\"schema\"],\n  \"oneOf\": [",
	      stdout);
	for (size_t i = 0; i < count; i++)
		put_choice(kinds[i], i == 0);
	fputs("\n  ],\n  \"properties\": {\n", stdout);
	put_members();
	for (size_t i = 0; i < count; i++)
		put_kind(kinds[i]);
	fputs("\n  },\n  \"definitions\": {\n", stdout);
	put_states();
	for (size_t i = 0; i < count; i++)
		put_row(kinds[i]);
	fputs("\n  }\n}\n", stdout);
	return ferror(stdout) || fflush(stdout) != 0;
}
