/* What the program tells of itself: see info.h. */
#include "config.h"

#include "app/info.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/document.h"
#include "app/documents.h"
#include "app/options.h"
#include "app/say.h"
#include "output/formats.h"

#define HELP_COLUMN 28
#define HELP_WIDTH 80

/* @text from column @indent on, wrapped at HELP_WIDTH; the cursor is at @column. */
static void put_wrapped(struct buffer *out, const char *text, size_t indent, size_t column)
{
	if (indent && column >= indent) {
		buffer_putc(out, '\n');
		column = 0;
	}
	buffer_fill(out, ' ', indent - column);
	column = indent;
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + 1 + len > HELP_WIDTH) {
			buffer_putc(out, '\n');
			buffer_fill(out, ' ', indent);
			column = indent;
		} else if (column > indent) {
			buffer_putc(out, ' ');
			column++;
		}
		buffer_put(out, text, len);
		column += len;
		text += len + (text[len] == ' ');
	}
	buffer_putc(out, '\n');
}

static void put_option(struct buffer *out, const struct option_info *row)
{
	char head[80];
	int len = snprintf(head, sizeof(head), "  %c%c%c --%s%s%s", row->letter ? '-' : ' ',
			   row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name,
			   row->argument ? " " : "", row->argument ? row->argument : "");

	buffer_puts(out, head);
	put_wrapped(out, row->help, HELP_COLUMN, (size_t)len);
}

static void put_commands(struct buffer *out)
{
	size_t count;
	const struct command *all = commands_all(&count);

	buffer_puts(out, "\nCommands:\n");
	for (size_t i = 0; i < count; i++) {
		buffer_printf(out, "  %s", all[i].name);
		put_wrapped(out, all[i].help, 12, 2 + strlen(all[i].name));
	}
	buffer_puts(out, "\nWithout a command: the live view on a terminal, the listing in a "
			 "pipe.\n");
}

int info_help(const struct options *o)
{
	struct buffer out;
	size_t count;
	const struct option_info *all = options_all(&count);

	buffer_init(&out, STDOUT_FILENO);
	if (o->command) {
		buffer_printf(&out, "Usage: connstate %s %s\n\n", o->command->name,
			      o->command->arguments);
		put_wrapped(&out, o->command->help, 0, 0);
	} else {
		buffer_puts(&out, "Usage: connstate [COMMAND] [OPTION...]\n\n"
				  "Show the connection states of this host.\n");
		put_commands(&out);
	}
	buffer_puts(&out, "\nOptions:\n");
	for (size_t i = 0; i < count; i++)
		if (!o->command || all[i].commands & o->command->bit)
			put_option(&out, &all[i]);
	buffer_puts(&out, "\nMore in connstate(8).\n");
	return say_end(&out, EXIT_DONE);
}

int info_version(const struct options *o)
{
	struct buffer out;

	(void)o;
	buffer_init(&out, STDOUT_FILENO);
	buffer_puts(&out, PACKAGE_STRING "\n");
	return say_end(&out, EXIT_DONE);
}

/* A list of names with one line of help each, in any format. */
static int print_list(const struct options *o, const struct document_kind *kind,
		      void (*rows)(struct writer *w, struct error *err))
{
	const struct writer_meta schema = { .field.name = "schema",
					    .value = value_count(DOCUMENT_SCHEMA) };
	const struct writer_options options = {
		.fields = kind->fields, .count = kind->count, .header = !o->no_header,
		.rows_key = kind->rows_key, .meta = &schema, .meta_count = 1,
		.template = o->template,
	};
	struct buffer out;
	struct error err = { 0 };
	struct writer *w;
	int status = EXIT_DONE;

	if (document_check(o, kind->fields, kind->count, &err))
		return say_error(&err, EXIT_USAGE);
	buffer_init(&out, STDOUT_FILENO);
	w = writer_open(o->format ? o->format : format_find("table"), &out, &options, &err);
	if (w)
		rows(w, &err);
	if (!w || writer_end(w, &err))
		status = say_error(&err, EXIT_FAILED);
	writer_close(w);
	buffer_fini(&out);
	return status;
}

static const struct field field_name = {
	.name = "name", .title = "NAME", .kind = VALUE_TEXT, .help = "Its name."
};
static const struct field field_unit = {
	.name = "unit", .title = "UNIT", .kind = VALUE_TEXT, .help = "Unit of its numbers."
};
static const struct field field_type = {
	.name = "type", .title = "TYPE", .kind = VALUE_TEXT, .help = "Kind of its values."
};
static const struct field field_help = {
	.name = "help", .title = "MEANING", .kind = VALUE_TEXT, .help = "What it means."
};

static const struct field *const column_fields[] = { &field_name, &field_type, &field_unit,
						     &field_help };
static const struct field *const name_fields[] = { &field_name, &field_help };

const struct document_kind document_columns = {
	.rows_key = "columns", .help = "What --list-columns shows.",
	.fields = column_fields, .count = 4, .always = 4, .bare = true,
};

const struct document_kind document_formats = {
	.rows_key = "formats", .help = "What --list-formats shows.",
	.fields = name_fields, .count = 2, .always = 2, .bare = true,
};

const struct document_kind document_dialects = {
	.rows_key = "dialects", .help = "What --list-names shows.",
	.fields = name_fields, .count = 2, .always = 2, .bare = true,
};

static const char *const type_names[] = {
	[VALUE_NONE] = "none",	 [VALUE_COUNT] = "number",     [VALUE_RATIO] = "ratio",
	[VALUE_TEXT] = "text",	 [VALUE_STATE] = "state",      [VALUE_ADDRESS] = "address",
	[VALUE_BOOL] = "yes/no", [VALUE_ENDPOINT] = "endpoint",
};

static const char *const unit_names[] = {
	[UNIT_NONE] = NULL,
	[UNIT_BYTES] = "bytes",
	[UNIT_NANOSECONDS] = "ns",
	[UNIT_MICROSECONDS] = "us",
	[UNIT_MILLISECONDS] = "ms",
	[UNIT_BYTES_PER_SECOND] = "bytes/s",
	[UNIT_HEX] = "hex",
};

static void column_rows(struct writer *w, struct error *err)
{
	size_t count;
	const struct column *all = columns_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct value cells[] = {
			value_string(all[i].field.name),
			value_string(type_names[all[i].field.kind]),
			value_string(unit_names[all[i].field.unit]),
			value_string(all[i].field.help),
		};

		writer_row(w, cells, err);
	}
}

int info_columns(const struct options *o)
{
	return print_list(o, &document_columns, column_rows);
}

static void format_rows(struct writer *w, struct error *err)
{
	size_t count;
	const struct format *all = formats_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct value cells[] = { value_string(all[i].name),
					       value_string(all[i].help) };

		writer_row(w, cells, err);
	}
}

int info_formats(const struct options *o)
{
	return print_list(o, &document_formats, format_rows);
}

static void dialect_rows(struct writer *w, struct error *err)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const struct dialect_info *d = dialect_info((enum dialect)i);
		const struct value cells[] = { value_string(d->name), value_string(d->help) };

		writer_row(w, cells, err);
	}
}

int info_dialects(const struct options *o)
{
	return print_list(o, &document_dialects, dialect_rows);
}
