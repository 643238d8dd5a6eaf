/*
 * Writes the parts of the documentation that the program's tables already say.
 *
 *     gendocs STYLE <FILE >FILE.new
 *
 * copies a file and puts what the tables say now between each line that holds
 * "BEGIN section" and the one that holds "END section".  The styles are mdoc (the
 * manual), markdown, and the three shells' completions; the sections are listed
 * below.  tools/update-docs runs it over all files that have such parts.
 *
 *     gendocs json-schema >FILE.new
 *
 * writes the schema of the JSON documents, which has no part by hand.
 *
 * To add a section: a function that hands its entries to the style, and a row in
 * sections[].  To add a style: three functions and a row in styles[].
 */
#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "model/findings.h"
#include "model/proto.h"
#include "model/state.h"
#include "output/formats.h"
#include "query/columns.h"
#include "query/filter.h"
#include "ui/keymap.h"
#include "ui/theme.h"

#include "gendocs.h"

/* Columns of the manual's source; longer lines are bad style there. */
#define MDOC_WIDTH 78

struct section {
	const char *name;
	void (*emit)(const char *section, const struct style *style);
};

/* mdoc: a text is one sentence or more, each on lines of its own. */

static bool sentence_ends(const char *text, const char *word_end)
{
	return word_end > text && strchr(".?!", word_end[-1]) && *word_end == ' ' &&
	       isupper((unsigned char)word_end[1]);
}

/* What has a macro of its own in mdoc, which text made from tables does without. */
static bool looks_like_markup(const char *at)
{
	return !strncmp(at, "()", 2) || !strncmp(at, "BSD", 3);
}

static void mdoc_word(const char *word, size_t len, bool first)
{
	if (first && (word[0] == '.' || word[0] == '\''))
		fputs("\\&", stdout);
	for (size_t i = 0; i < len; i++) {
		if (i && looks_like_markup(word + i))
			fputs("\\&", stdout);
		if (word[i] == '\\')
			fputs("\\e", stdout);
		else
			putchar(word[i]);
	}
}

static void mdoc_text(const char *text)
{
	size_t column = 0;
	size_t len = strlen(text);
	const char *stop = len && strchr(".:!?", text[len - 1]) ? "" : ".";

	while (*text) {
		bool last;

		len = strcspn(text, " ");
		last = sentence_ends(text, text + len);

		if (column && column + 1 + len > MDOC_WIDTH) {
			putchar('\n');
			column = 0;
		}
		if (column) {
			putchar(' ');
			column++;
		}
		mdoc_word(text, len, column == 0);
		column += len;
		text += len;
		if (*text == ' ')
			text++;
		if (last) {
			putchar('\n');
			column = 0;
		}
	}
	if (column)
		puts(stop);
}

/* Words as a macro's arguments, with commas between: never macros or punctuation. */
static void mdoc_arguments(const char *macro, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		printf(" %s \\&", macro);
		mdoc_word(words, len, false);
		if (ispunct((unsigned char)words[len - 1]))
			fputs("\\&", stdout);
		words += len;
		if (*words)
			fputs(" ,", stdout);
		words += strspn(words, " ");
	}
}

/* A section with headings has a list under each of them. */
static void mdoc_begin(const char *section)
{
	if (strcmp(section, "keys") != 0)
		puts(".Bl -tag -width Ds");
}

static void mdoc_option(const struct entry *e)
{
	if (e->letter)
		printf(" Fl %c", e->letter);
	if (e->letter && e->word)
		fputs(" ,", stdout);
	if (e->word)
		printf(" Fl -%s", e->word);
	if (e->argument)
		mdoc_arguments("Ar", e->argument);
}

static void mdoc_entry(const char *section, const struct entry *e)
{
	fputs(".It", stdout);
	if (!strcmp(section, "options"))
		mdoc_option(e);
	else
		mdoc_arguments("Cm", e->word);
	putchar('\n');
	mdoc_text(e->help);
	if (e->more)
		mdoc_text(e->more);
}

static void mdoc_heading(const char *text, bool first)
{
	printf("%s.Pp\n%s:\n.Bl -tag -width Ds -compact\n", first ? "" : ".El\n", text);
}

static void mdoc_end(const char *section)
{
	(void)section;
	puts(".El");
}

/* markdown: a table of two columns. */

static void markdown_begin(const char *section)
{
	printf("| %s | |\n|---|---|\n", section);
}

static void markdown_entry(const char *section, const struct entry *e)
{
	(void)section;
	fputs("| `", stdout);
	if (e->letter)
		printf("-%c%s", e->letter, e->word ? "`, `--" : "");
	printf("%s", e->word ? e->word : "");
	printf("%s%s` | %s |\n", e->argument ? " " : "", e->argument ? e->argument : "", e->help);
}

static void markdown_end(const char *section)
{
	(void)section;
}

/* bash: one variable a section, its words separated by blanks. */

static void bash_begin(const char *section)
{
	printf("\tlocal %s='", section);
}

static void bash_entry(const char *section, const struct entry *e)
{
	(void)section;
	if (!strcmp(section, "options")) {
		if (e->letter)
			printf(" -%c", e->letter);
		if (e->word)
			printf(" --%s", e->word);
		return;
	}
	printf(" %s", e->word);
}

static void bash_end(const char *section)
{
	(void)section;
	puts("'");
}

/* The help up to its first full stop, which is as much as a menu has room for. */
static void shell_help(const char *help, const char *special)
{
	const char *begin = help;

	for (; *help; help++) {
		if (*help == '.' && (!help[1] || sentence_ends(begin, help + 1)))
			break;
		if (*help == '\'')
			fputs("'\\''", stdout);
		else if (strchr(special, *help))
			printf("\\%c", *help);
		else
			putchar(*help);
	}
}

/* zsh: an array a section, "word:help", as _describe wants it; options for _arguments. */

static void zsh_begin(const char *section)
{
	printf("local -a list_%s=(\n", section);
}

static void zsh_option(const char *dashes, const char *word, const struct entry *e)
{
	printf("\t'%s%s%s[", dashes, word, e->argument && dashes[1] ? "=" : "");
	shell_help(e->help, "[]:\\");
	fputs("]", stdout);
	if (e->argument)
		printf(":%s: _connstate_values %s", e->argument, e->values ? e->values : "files");
	puts("'");
}

static void zsh_entry(const char *section, const struct entry *e)
{
	if (!strcmp(section, "options")) {
		char letter[] = { e->letter, '\0' };

		if (e->letter)
			zsh_option("-", letter, e);
		if (e->word)
			zsh_option("--", e->word, e);
		return;
	}
	printf("\t'%s:", e->word);
	shell_help(e->help, ":\\");
	puts("'");
}

static void zsh_end(const char *section)
{
	(void)section;
	puts(")");
}

/* fish: options are commands of their own, other sections functions that print a list. */

static void fish_begin(const char *section)
{
	if (strcmp(section, "options") != 0)
		printf("function __connstate_%s\n\tprintf '%%s\\t%%s\\n' \\\n", section);
}

static void fish_option(const struct entry *e)
{
	fputs("complete -c connstate", stdout);
	if (e->letter)
		printf(" -s %c", e->letter);
	if (e->word)
		printf(" -l %s", e->word);
	if (e->values)
		printf(" -x -a '(__connstate_values %s)'", e->values);
	else if (e->argument)
		fputs(" -r", stdout);
	fputs(" -d '", stdout);
	shell_help(e->help, "\\");
	puts("'");
}

static void fish_entry(const char *section, const struct entry *e)
{
	if (!strcmp(section, "options")) {
		fish_option(e);
		return;
	}
	printf("\t\t'%s' '", e->word);
	shell_help(e->help, "\\");
	puts("' \\");
}

static void fish_end(const char *section)
{
	if (strcmp(section, "options") != 0)
		puts("\t\t;\nend");
}

static const struct style styles[] = {
	{ "mdoc", mdoc_begin, mdoc_entry, mdoc_end, mdoc_heading },
	{ "markdown", markdown_begin, markdown_entry, markdown_end, NULL },
	{ "bash", bash_begin, bash_entry, bash_end, NULL },
	{ "zsh", zsh_begin, zsh_entry, zsh_end, NULL },
	{ "fish", fish_begin, fish_entry, fish_end, NULL },
};

/* The sections. */

static const char *const unit_help[] = {
	[UNIT_NONE] = "",
	[UNIT_BYTES] = " In bytes.",
	[UNIT_NANOSECONDS] = " In nanoseconds.",
	[UNIT_MICROSECONDS] = " In microseconds.",
	[UNIT_MILLISECONDS] = " In milliseconds.",
	[UNIT_BYTES_PER_SECOND] = " In bytes per second.",
	[UNIT_HEX] = "",
};

static void emit_columns(const char *section, const struct style *style)
{
	size_t count;
	const struct column *columns = columns_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct field *f = &columns[i].field;
		struct entry e = { .word = f->name, .help = f->help };

		e.more = *unit_help[f->unit] ? unit_help[f->unit] + 1 : NULL;
		style->entry(section, &e);
	}
}

static void emit_states(const char *section, const struct style *style)
{
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const struct state_info *info = state_info(s);
		struct entry e = { .word = info->name, .help = info->plain };

		if (!(STATE_BIT(s) & states_linux()))
			continue;
		style->entry(section, &e);
	}
}

/* "LISTEN, SYN-SENT, ...": what a dialect calls the states of RFC 793. */
static void dialect_names(char *out, size_t size, enum dialect d)
{
	size_t used = 0;

	out[0] = '\0';
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const char *name = state_info(s)->names[d];
		int len;

		if (!(STATE_BIT(s) & states_linux()) || !name)
			continue;
		len = snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
		used += len > 0 && (size_t)len < size - used ? (size_t)len : 0;
	}
}

static void emit_dialects(const char *section, const struct style *style)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		const struct dialect_info *info = dialect_info(d);
		struct entry e = { .word = info->name, .help = info->help };
		char names[1024];

		dialect_names(names, sizeof(names), d);
		e.more = names;
		style->entry(section, &e);
	}
}

static void emit_formats(const char *section, const struct style *style)
{
	size_t count;
	const struct format *formats = formats_all(&count);

	for (size_t i = 0; i < count; i++) {
		struct entry e = { .word = formats[i].name, .help = formats[i].help };

		style->entry(section, &e);
	}
}

static void emit_protocols(const char *section, const struct style *style)
{
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		const struct proto_info *info = proto_info(p);
		struct entry e = { .word = info->name, .help = info->help };

		style->entry(section, &e);
	}
}

static void emit_commands(const char *section, const struct style *style)
{
	size_t count;
	const struct command *commands = commands_all(&count);

	for (size_t i = 0; i < count; i++) {
		struct entry e = { .word = commands[i].name, .help = commands[i].help };

		style->entry(section, &e);
	}
}

/* "With list and summary.": the commands that an option belongs to, if not all. */
static const char *option_commands(char *out, size_t size, unsigned int bits)
{
	size_t count, used = 0, left = 0;
	const struct command *commands = commands_all(&count);

	for (size_t i = 0; i < count; i++)
		left += (commands[i].bit & bits) != 0;
	if (left == count || !left)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const char *before = !used ? "With " : left == 1 ? " and " : ", ";
		int len;

		if (!(commands[i].bit & bits))
			continue;
		left--;
		len = snprintf(out + used, size - used, "%s%s%s", before, commands[i].name,
			       left ? "" : ".");
		used += len > 0 && (size_t)len < size - used ? (size_t)len : 0;
	}
	return out;
}

static void emit_options(const char *section, const struct style *style)
{
	size_t count;
	const struct option_info *options = options_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct option_info *o = &options[i];
		char commands[256];
		struct entry e = {
			.word = o->name,
			.letter = o->letter,
			.argument = o->argument,
			.values = o->values,
			.help = o->help,
			.more = option_commands(commands, sizeof(commands), o->commands),
		};

		style->entry(section, &e);
	}
}

/* "--sort:columns", for a completion that has to look up what an option takes. */
static void emit_values(const char *section, const struct style *style)
{
	size_t count;
	const struct option_info *options = options_all(&count);

	for (size_t i = 0; i < count; i++) {
		const char *values = options[i].values ? options[i].values : "";
		char word[80];
		struct entry e = { .word = word, .help = "" };

		if (!options[i].argument)
			continue;
		snprintf(word, sizeof(word), "--%s:%s", options[i].name, values);
		style->entry(section, &e);
		snprintf(word, sizeof(word), "-%c:%s", options[i].letter, values);
		if (options[i].letter)
			style->entry(section, &e);
	}
}

/* Is @i the first binding of its group? */
static bool opens_group(const struct binding *bindings, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(bindings[j].group, bindings[i].group))
			return false;
	return true;
}

static void emit_group(const char *section, const struct style *style, const char *group)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	for (size_t i = 0; i < count; i++) {
		char keys[128];
		struct entry e = { .word = keys, .help = bindings[i].help };

		if (strcmp(bindings[i].group, group) != 0)
			continue;
		binding_keys(keys, sizeof(keys), &bindings[i]);
		style->entry(section, &e);
	}
}

static void emit_keys(const char *section, const struct style *style)
{
	size_t count;
	const struct binding *bindings = bindings_all(&count);

	for (size_t i = 0; i < count; i++) {
		if (!opens_group(bindings, i))
			continue;
		if (style->heading)
			style->heading(bindings[i].group, i == 0);
		emit_group(section, style, bindings[i].group);
	}
}

static void emit_filter_words(const char *section, const struct style *style)
{
	struct entry e = { 0 };

	for (size_t i = 0; (e.word = filter_word(i, &e.help)); i++)
		style->entry(section, &e);
}

static void emit_themes(const char *section, const struct style *style)
{
	size_t count;
	const struct theme *themes = themes_all(&count);

	for (size_t i = 0; i < count; i++) {
		struct entry e = { .word = themes[i].name, .help = themes[i].help };

		style->entry(section, &e);
	}
}

/* "close-wait.count (50), ...": the thresholds of the finding @name. */
static void finding_thresholds_text(char *out, size_t size, const char *name)
{
	size_t len = strlen(name);
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < THRESHOLD_COUNT && used < size; i++) {
		const struct threshold_info *t = threshold_info((enum threshold)i);

		if (!strncmp(t->name, name, len) && t->name[len] == '.')
			used += (size_t)snprintf(out + used, size - used, "%s%s",
						 used ? ", " : " Thresholds: ", t->name);
	}
}

static void emit_findings(const char *section, const struct style *style)
{
	size_t count;
	const struct finding_info *findings = findings_all(&count);

	for (size_t i = 0; i < count; i++) {
		const struct finding_info *info = &findings[i];
		char thresholds[512];
		char more[2048];
		const struct entry e = { .word = info->name, .help = info->rule, .more = more };

		finding_thresholds_text(thresholds, sizeof(thresholds), info->name);
		snprintf(more, sizeof(more), "%s What to do: %s What looks alike: %s%s%s%s%s",
			 info->meaning, info->remedy, info->confused_with,
			 info->sysctls ? " Settings: " : "", info->sysctls ? info->sysctls : "",
			 info->sysctls ? "." : "", thresholds);
		style->entry(section, &e);
	}
}

static void emit_thresholds(const char *section, const struct style *style)
{
	for (size_t i = 0; i < THRESHOLD_COUNT; i++) {
		const struct threshold_info *t = threshold_info((enum threshold)i);
		char value[64];
		const struct entry e = { .word = t->name, .help = t->help, .more = value };

		snprintf(value, sizeof(value), "Default: %g%s.",
			 t->unit == THRESHOLD_SHARE ? t->value * 100 : t->value,
			 t->unit == THRESHOLD_SHARE   ? "%" :
			 t->unit == THRESHOLD_SECONDS ? "s" :
							"");
		style->entry(section, &e);
	}
}

static const struct section sections[] = {
	{ "commands", emit_commands },
	{ "options", emit_options },
	{ "values", emit_values },
	{ "keys", emit_keys },
	{ "filter", emit_filter_words },
	{ "themes", emit_themes },
	{ "protocols", emit_protocols },
	{ "columns", emit_columns },
	{ "states", emit_states },
	{ "dialects", emit_dialects },
	{ "formats", emit_formats },
	{ "findings", emit_findings },
	{ "thresholds", emit_thresholds },
	{ "json-members", gendocs_members },
	{ "json-columns", gendocs_columns },
	{ "json-sockets", gendocs_document },
	{ "json-states", gendocs_document },
	{ "json-groups", gendocs_document },
	{ "json-state_moves", gendocs_document },
	{ "json-state_spans", gendocs_document },
	{ "json-group_spans", gendocs_document },
	{ "json-changes", gendocs_document },
	{ "json-events", gendocs_document },
	{ "json-checks", gendocs_document },
	{ "json-findings", gendocs_document },
	{ "json-lists", gendocs_lists },
};

static const struct style *style_find(const char *name)
{
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (!strcmp(styles[i].name, name))
			return &styles[i];
	}
	return NULL;
}

/* The section whose @mark ("BEGIN" or "END") the line is, or NULL. */
static const struct section *section_marked(const char *line, const char *mark)
{
	char wanted[64];

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const char *at;

		snprintf(wanted, sizeof(wanted), " %s %s", mark, sections[i].name);
		at = strstr(line, wanted);
		if (at && !isalpha((unsigned char)at[strlen(wanted)]))
			return &sections[i];
	}
	return NULL;
}

static int copy(const struct style *style)
{
	const struct section *inside = NULL;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) >= 0) {
		if (inside && section_marked(line, "END") == inside)
			inside = NULL;
		if (!inside)
			fputs(line, stdout);
		if (inside || !section_marked(line, "BEGIN"))
			continue;
		inside = section_marked(line, "BEGIN");
		style->begin(inside->name);
		inside->emit(inside->name, style);
		style->end(inside->name);
	}
	free(line);
	if (inside) {
		fprintf(stderr, "gendocs: section '%s' has no end\n", inside->name);
		return 1;
	}
	return ferror(stdin) || fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
	const struct style *style = argc == 2 ? style_find(argv[1]) : NULL;

	if (argc == 2 && !strcmp(argv[1], "json-schema"))
		return gendocs_schema();
	if (!style) {
		fputs("usage: gendocs mdoc|markdown|bash|zsh|fish <FILE >FILE.new\n"
		      "       gendocs json-schema >FILE.new\n",
		      stderr);
		return 2;
	}
	return copy(style);
}
