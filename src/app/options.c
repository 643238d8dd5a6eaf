/*
 * The options.  To add one: a function that applies it, a row in the table.  Help,
 * manual and completions come from the table.
 *
 * The letters mean what they mean in ss and netstat; none is ever given another
 * meaning.
 */
#include "config.h"

#include "app/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "app/info.h"
#include "base/text.h"
#include "collect/collect.h"

#define DATA (CMD_TOP | CMD_LIST | CMD_SUMMARY)

static int apply_tcp(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->protos |= PROTO_BIT(PROTO_TCP);
	return 0;
}

static int apply_udp(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->protos |= PROTO_BIT(PROTO_UDP);
	return 0;
}

static int apply_v4(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->families |= FAMILY_V4;
	return 0;
}

static int apply_v6(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->families |= FAMILY_V6;
	return 0;
}

static int apply_listening(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->listening = true;
	return 0;
}

static int apply_all(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->all = true;
	return 0;
}

static int apply_bound(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->bound = true;
	return 0;
}

/* Numbers are the default, and a row is one line always: accepted for the fingers' sake. */
static int apply_nothing(struct options *o, const char *argument, struct error *err)
{
	(void)o, (void)argument, (void)err;
	return 0;
}

static int apply_extended(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->extended = true;
	o->timers = true;
	return 0;
}

static int apply_info(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->info = true;
	return 0;
}

static int apply_memory(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->memory = true;
	return 0;
}

static int apply_timers(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->timers = true;
	return 0;
}

static int apply_processes(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->processes = true;
	return 0;
}

static int apply_explain_filter(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->explain_filter = true;
	return 0;
}

static int apply_filter_file(struct options *o, const char *argument, struct error *err)
{
	o->filter_file = file_text(argument, err);
	return o->filter_file ? 0 : -1;
}

static int apply_no_header(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->no_header = true;
	return 0;
}

static int apply_exact(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->exact = true;
	return 0;
}

static int apply_raw(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->raw = true;
	return 0;
}

static int apply_no_netlink(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->no_netlink = true;
	return 0;
}

/* "unknown WHAT 'WORD': did you mean ...?", with all names where they are few. */
static int unknown_name(const char *what, const char *word, const char *const *names,
			size_t count, const char *where, struct error *err)
{
	char near[160];

	if (text_nearest(word, strlen(word), names, count, near, sizeof(near)))
		return error_set(err, 0, "unknown %s '%s': did you mean %s? (%s)", what, word,
				 near, where);
	return error_set(err, 0, "unknown %s '%s' (%s)", what, word, where);
}

/* A template: all columns that it names must exist. */
static int apply_template(struct options *o, const char *argument, struct error *err)
{
	const char *text = argument;

	o->format = format_template();
	o->template = argument;
	while (*text) {
		const struct template_part part = template_next(&text);

		if (part.unfinished)
			return error_set(err, 0, "a '}' is missing after '{%.*s'", (int)part.len,
					 part.text);
		if (part.is_field && !column_find(part.text, part.len))
			return column_unknown(part.text, part.len, err);
	}
	return 0;
}

static int apply_format(struct options *o, const char *argument, struct error *err)
{
	const char *names[16];
	size_t count;
	const struct format *all = formats_all(&count);

	if (strchr(argument, '{'))
		return apply_template(o, argument, err);
	o->format = format_find(argument);
	if (o->format)
		return 0;
	for (size_t i = 0; i < count && i < 16; i++)
		names[i] = all[i].name;
	return unknown_name("format", argument, names, count,
			    "--list-formats shows all", err);
}

static int apply_json(struct options *o, const char *argument, struct error *err)
{
	(void)argument;
	return apply_format(o, "json", err);
}

static int apply_columns(struct options *o, const char *argument, struct error *err)
{
	struct column_list list = { .count = 0 };

	o->columns = argument;
	if (*argument == '+' || *argument == '-')
		column_list_add(&list, "state");
	return *argument == '-' ? 0 : column_list_parse(&list, argument, err);
}

static int apply_sort(struct options *o, const char *argument, struct error *err)
{
	return sort_parse(&o->sort, argument, err);
}

/* A whole number from @least on. */
static int parse_number(const char *argument, unsigned long least, unsigned long *out,
			struct error *err)
{
	char *end;

	errno = 0;
	*out = strtoul(argument, &end, 10);
	if (errno || *end || end == argument || *argument == '-' || *out < least)
		return error_set(err, 0, "'%s' is not a whole number from %lu on", argument, least);
	return 0;
}

static int apply_limit(struct options *o, const char *argument, struct error *err)
{
	unsigned long n;

	if (parse_number(argument, 1, &n, err))
		return -1;
	o->limit = n;
	return 0;
}

static int apply_names(struct options *o, const char *argument, struct error *err)
{
	const char *names[DIALECT_COUNT];

	o->names = dialect_find(argument);
	if (o->names != DIALECT_COUNT)
		return 0;
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		names[i] = dialect_info((enum dialect)i)->name;
	return unknown_name("dialect", argument, names, DIALECT_COUNT, "--list-names shows all",
			    err);
}

static int apply_interval(struct options *o, const char *argument, struct error *err)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(argument, &end);
	if (*end == 's')
		end++;
	if (errno || *end || end == argument || !(seconds >= 0.1 && seconds <= 3600))
		return error_set(err, 0, "the interval '%s' is not between 0.1 and 3600 seconds",
				 argument);
	o->interval_ms = (unsigned int)(seconds * 1000 + 0.5);
	return 0;
}

static int apply_theme(struct options *o, const char *argument, struct error *err)
{
	(void)err;
	o->theme = argument;
	return 0;
}

static int apply_cpu_limit(struct options *o, const char *argument, struct error *err)
{
	unsigned long n;

	if (parse_number(argument, 1, &n, err))
		return -1;
	o->cpu_limit = n > 100 ? 100 : (unsigned int)n;
	return 0;
}

static int apply_list_columns(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->action = info_columns;
	return 0;
}

static int apply_list_names(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->action = info_dialects;
	return 0;
}

static int apply_list_formats(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->action = info_formats;
	return 0;
}

static int apply_help(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->action = info_help;
	return 0;
}

static int apply_version(struct options *o, const char *argument, struct error *err)
{
	(void)argument, (void)err;
	o->action = info_version;
	return 0;
}

static const struct option_info options[] = {
	{ 't', "tcp", NULL, NULL, DATA, "TCP sockets.", apply_tcp },
	{ 'u', "udp", NULL, NULL, DATA, "UDP sockets.", apply_udp },
	{ '4', "ipv4", NULL, NULL, DATA, "IPv4 sockets only.", apply_v4 },
	{ '6', "ipv6", NULL, NULL, DATA, "IPv6 sockets only.", apply_v6 },
	{ 'l', "listening", NULL, NULL, DATA,
	  "Listening sockets only, and UDP sockets without a peer.", apply_listening },
	{ 'a', "all", NULL, NULL, DATA, "Sockets in all states (the default).", apply_all },
	{ 'B', "bound-inactive", NULL, NULL, DATA,
	  "Also TCP sockets that are bound, neither listening nor connected (BOUND; Linux 6.8 "
	  "and later). Costs a second walk over the tables.",
	  apply_bound },
	{ 'n', "numeric", NULL, NULL, DATA, "Numbers instead of names (the default).",
	  apply_nothing },
	{ 'p', "processes", NULL, NULL, CMD_LIST, "Add the processes that hold each socket.",
	  apply_processes },
	{ 'e', "extended", NULL, NULL, CMD_LIST,
	  "Add user id, inode and cookie, and the timer as -o does.", apply_extended },
	{ 'i', "info", NULL, NULL, CMD_LIST,
	  "Add what the kernel knows of each connection: round trip, window, loss, rates.",
	  apply_info },
	{ 'm', "memory", NULL, NULL, CMD_LIST, "Add the memory that each socket takes.",
	  apply_memory },
	{ 'o', "options", NULL, NULL, CMD_LIST, "Add the running timer.", apply_timers },
	{ 'H', "no-header", NULL, NULL, CMD_LIST | CMD_SUMMARY, "Leave out the heading line.",
	  apply_no_header },
	{ 'O', "oneline", NULL, NULL, CMD_LIST, "One line a socket (always so).", apply_nothing },
	{ 'j', "json", NULL, NULL, CMD_LIST | CMD_SUMMARY, "Short for --format json.", apply_json },
	{ 0, "format", "FORMAT", "formats", CMD_LIST | CMD_SUMMARY,
	  "How to write: table, json, jsonl, csv, tsv, or a template like '{state} {peer}'.",
	  apply_format },
	{ 0, "columns", "LIST", "columns", CMD_LIST,
	  "Columns to show, in order, separated by commas; with + or - before a name: added "
	  "to or taken from the default ones.",
	  apply_columns },
	{ 0, "sort", "LIST", "columns", CMD_LIST,
	  "Columns to sort by, most important first; with - before a name: descending.",
	  apply_sort },
	{ 0, "limit", "N", NULL, CMD_LIST, "Show the first N rows only.", apply_limit },
	{ 0, "names", "DIALECT", "dialects", DATA,
	  "Name the states as another system does (--list-names).", apply_names },
	{ 0, "raw", NULL, NULL, CMD_LIST, "Numbers in base units: 4194304, not 4.0M.",
	  apply_raw },
	{ 0, "exact", NULL, NULL, CMD_SUMMARY,
	  "Count every socket, instead of taking the counts of ESTABLISHED and TIME-WAIT from "
	  "the kernel's counters.",
	  apply_exact },
	{ 'F', "filter", "FILE", "files", DATA,
	  "Read the filter from FILE (- is standard input); lines that start with # are skipped.",
	  apply_filter_file },
	{ 0, "explain-filter", NULL, NULL, CMD_LIST,
	  "Show what of the filter the kernel evaluates and what is evaluated here, and end.",
	  apply_explain_filter },
	{ 0, "interval", "SECONDS", NULL, CMD_TOP, "Time between two polls (default 1).",
	  apply_interval },
	{ 0, "cpu-limit", "PERCENT", NULL, CMD_TOP,
	  "Poll less often rather than take more of one core than this (default 10).",
	  apply_cpu_limit },
	{ 0, "theme", "NAME", "themes", CMD_TOP, "Colours of the live view.", apply_theme },
	{ 0, "no-netlink", NULL, NULL, DATA, "Read /proc/net instead of asking through netlink.",
	  apply_no_netlink },
	{ 0, "list-columns", NULL, NULL, CMD_ANY, "Show all columns.", apply_list_columns },
	{ 0, "list-formats", NULL, NULL, CMD_ANY, "Show all formats.", apply_list_formats },
	{ 0, "list-names", NULL, NULL, CMD_ANY, "Show all dialects of state names.",
	  apply_list_names },
	{ 'h', "help", NULL, NULL, CMD_ANY, "Show this help.", apply_help },
	{ 'V', "version", NULL, NULL, CMD_ANY, "Show the version.", apply_version },
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

const struct option_info *options_all(size_t *count)
{
	*count = OPTION_COUNT;
	return options;
}

/* getopt's two tables, made from ours; a long option's val is its row + LONG_BASE. */
#define LONG_BASE 1000

struct getopt_tables {
	char letters[3 * OPTION_COUNT + 2];
	struct option longs[OPTION_COUNT + 1];
};

static bool option_belongs(const struct option_info *row, const struct command *command)
{
	return !command || row->commands & command->bit;
}

static void tables_fill(struct getopt_tables *t, const struct command *command)
{
	size_t used = 0;
	size_t count = 0;

	memset(t, 0, sizeof(*t));
	t->letters[used++] = ':';
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!option_belongs(&options[i], command))
			continue;
		if (options[i].letter)
			t->letters[used++] = options[i].letter;
		if (options[i].letter && options[i].argument)
			t->letters[used++] = ':';
		t->longs[count++] = (struct option){
			.name = options[i].name,
			.has_arg = options[i].argument ? required_argument : no_argument,
			.val = (int)i + LONG_BASE,
		};
	}
}

static const struct option_info *option_row(int value, const struct command *command)
{
	if (value >= LONG_BASE)
		return &options[value - LONG_BASE];
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (options[i].letter == value && option_belongs(&options[i], command))
			return &options[i];
	return NULL;
}

/* Why getopt refused @word: unknown, ambiguous, or not an option of this command. */
static int wrong_option(const char *word, const struct command *command, struct error *err)
{
	const char *names[OPTION_COUNT];
	char near[160];
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		names[i] = options[i].name;
		if (command && len > 2 && strlen(names[i]) == len - 2 &&
		    !strncmp(word + 2, names[i], len - 2))
			return error_set(err, 0, "'%s' is not an option of '%s' (--help)", word,
					 command->name);
	}
	if (word[0] == '-' && word[1] == '-' &&
	    text_nearest(word + 2, len - 2, names, OPTION_COUNT, near, sizeof(near)))
		return error_set(err, 0, "unknown option '%s': did you mean %s? (--help)", word,
				 near);
	return error_set(err, 0, "unknown option '%s' (--help shows all)", word);
}

static int wrong_letter(int letter, const struct command *command, struct error *err)
{
	char word[3] = { '-', (char)letter, '\0' };

	for (size_t i = 0; i < OPTION_COUNT && command; i++)
		if (options[i].letter == letter)
			return error_set(err, 0, "'%s' is not an option of '%s' (--help)", word,
					 command->name);
	return wrong_option(word, command, err);
}

static int parse_with(struct options *o, int argc, char **argv, const struct command *command,
		      struct error *err)
{
	struct getopt_tables tables;
	int value;

	tables_fill(&tables, command);
	opterr = 0;
	optind = 0;
	while ((value = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		const struct option_info *row;
		struct error why;

		if (value == ':')
			return error_set(err, 0, "option '%s' needs an argument",
					 argv[optind - 1]);
		if (value == '?' && optopt > 0 && optopt < LONG_BASE)
			return wrong_letter(optopt, command, err);
		if (value == '?' && optopt >= LONG_BASE)
			return error_set(err, 0, "option '--%s' takes no argument",
					 options[optopt - LONG_BASE].name);
		if (value == '?')
			return wrong_option(argv[optind - 1], command, err);
		row = option_row(value, command);
		if (row && row->apply(o, optarg, &why))
			return error_set(err, 0, "--%s: %s", row->name, why.text);
	}
	o->words = argv + optind;
	o->word_count = (size_t)(argc - optind);
	return 0;
}

static void options_defaults(struct options *o)
{
	*o = (struct options){ .proc_root = getenv("PROC_ROOT") };
}

int options_parse(struct options *o, int argc, char **argv, struct error *err)
{
	const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;

	options_defaults(o);
	if (command) {
		argv[1] = argv[0];
		o->command = command;
		return parse_with(o, argc - 1, argv + 1, command, err);
	}
	if (parse_with(o, argc, argv, NULL, err))
		return -1;
	/* "connstate -t summary": the first word names the command after all */
	command = o->word_count ? command_find(o->words[0]) : NULL;
	if (!command)
		return 0;
	options_defaults(o);
	if (parse_with(o, argc, argv, command, err))
		return -1;
	o->command = command;
	o->words++;
	o->word_count--;
	return 0;
}

proto_set options_protos(const struct options *o)
{
	return o->protos ? o->protos : PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP);
}

unsigned int options_families(const struct options *o)
{
	return o->families ? o->families : FAMILY_V4 | FAMILY_V6;
}

state_set options_states(const struct options *o)
{
	state_set states = states_linux();

	if (o->listening && !o->all)
		states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED);
	if (o->bound)
		return o->listening ? states | STATE_BIT(STATE_BOUND) : states;
	return states & ~STATE_BIT(STATE_BOUND);
}
