/*
 * The command line as words: getopt, the command that they name, the configuration
 * that goes before them.
 */
#include "config.h"

#include "app/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/configuration.h"
#include "app/families.h"
#include "app/home.h"
#include "base/text.h"
#include "collect/collect.h"

/* getopt's two tables, made from ours; a long option's val is its row + LONG_BASE. */
#define LONG_BASE 1000

struct getopt_tables {
	char letters[3 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
};

int option_apply(struct options *o, const struct option_info *row, const char *argument,
		 struct error *err)
{
	if (row->apply)
		return row->apply(o, argument, err);
	if (row->protos)
		families_add(o, row->protos);
	else if (row->action)
		o->action = row->action;
	else if (!row->command)
		memcpy((char *)o + row->flag, &(bool){ true }, sizeof(bool));
	return 0;
}

bool option_belongs(const struct option_info *row, const struct command *command)
{
	return !command || row->commands & command->bit;
}

void options_defaults(struct options *o)
{
	const char *from = getenv("TCPDIAG_FILE");

	*o = (struct options){
		.proc_root = getenv("PROC_ROOT"),
		.from = from && *from ? from : NULL,
		.takers = (unsigned int)CMD_ANY,
	};
	if (o->from)
		o->takers = CMD_SAVED;
	finding_thresholds_init(&o->thresholds);
}

static void tables_fill(struct getopt_tables *t, const struct command *command)
{
	size_t option_count;
	const struct option_info *options = options_all(&option_count);
	size_t used = 0;
	size_t count = 0;

	memset(t, 0, sizeof(*t));
	t->letters[used++] = ':';
	for (size_t i = 0; i < option_count && i < OPTIONS_MAX; i++) {
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
	size_t count;
	const struct option_info *options = options_all(&count);

	if (value >= LONG_BASE)
		return &options[value - LONG_BASE];
	for (size_t i = 0; i < count; i++)
		if (options[i].letter == value && option_belongs(&options[i], command))
			return &options[i];
	return NULL;
}

/* "list", "summary or watch": the commands that take the option @row, into @out. */
static void name_takers(const struct option_info *row, char *out, size_t size)
{
	size_t count;
	const struct command *all = commands_all(&count);
	unsigned int left = 0;
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < count; i++)
		left += !!(row->commands & all[i].bit);
	for (size_t i = 0; i < count && used < size; i++) {
		if (!(row->commands & all[i].bit))
			continue;
		left--;
		used += (size_t)snprintf(out + used, size - used, "%s%s", all[i].name,
					 left > 1 ? ", " : left ? " or " : "");
	}
}

/* The option @word of other commands, given to @command, or without one. */
static int refuse_foreign(const struct option_info *row, const char *word,
			  const struct command *command, struct error *err)
{
	char takers[160];

	name_takers(row, takers, sizeof(takers));
	if (command)
		return error_set(err, 0, "'%s' is not an option of '%s' but of %s (--help)", word,
				 command->name, takers);
	return error_set(err, 0, "'%s' is an option of %s, and no command is named (--help)", word,
			 takers);
}

/* Why getopt refused @word: unknown, ambiguous, or not an option of this command. */
static int wrong_option(const char *word, const struct command *command, struct error *err)
{
	size_t count;
	const struct option_info *options = options_all(&count);
	const char *names[OPTIONS_MAX];
	char near[160];
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < count; i++) {
		names[i] = options[i].name;
		if (command && len > 2 && strlen(names[i]) == len - 2 &&
		    !strncmp(word + 2, names[i], len - 2))
			return refuse_foreign(&options[i], word, command, err);
	}
	if (word[0] == '-' && word[1] == '-' &&
	    text_nearest(word + 2, len - 2, names, count, near, sizeof(near)))
		return error_set(err, 0, "unknown option '%s': did you mean %s? (--help)", word,
				 near);
	return error_set(err, 0, "unknown option '%s' (--help shows all)", word);
}

static int wrong_letter(int letter, const struct command *command, struct error *err)
{
	size_t count;
	const struct option_info *options = options_all(&count);
	char word[3] = { '-', (char)letter, '\0' };

	for (size_t i = 0; i < count && command; i++)
		if (options[i].letter == letter)
			return refuse_foreign(&options[i], word, command, err);
	return wrong_option(word, command, err);
}

/* What getopt says in @value that is no option. */
static int refuse(int value, char **argv, const struct command *command, struct error *err)
{
	size_t count;
	const struct option_info *options = options_all(&count);

	if (value == ':')
		return error_set(err, 0, "option '%s' needs an argument", argv[optind - 1]);
	if (optopt > 0 && optopt < LONG_BASE)
		return wrong_letter(optopt, command, err);
	if (optopt >= LONG_BASE)
		return error_set(err, 0, "option '--%s' takes no argument",
				 options[optopt - LONG_BASE].name);
	return wrong_option(argv[optind - 1], command, err);
}

/* Note the options that are there; nothing is applied yet.  -1 when one is wrong. */
static int read_words(struct options *o, int argc, char **argv, const struct command *command,
		      struct error *err)
{
	struct getopt_tables tables;
	int failed = 0;
	int value;

	tables_fill(&tables, command);
	opterr = 0;
	optind = 0;
	o->given_count = 0;
	while ((value = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		if (value == ':' || value == '?') {
			failed = failed ? failed : refuse(value, argv, command, err);
			continue;
		}
		o->given[o->given_count++] = (struct given){
			.row = option_row(value, command),
			.argument = optarg,
			.by_letter = value < LONG_BASE,
		};
	}
	o->words = argv + optind;
	o->word_count = (size_t)(argc - optind);
	return failed;
}

/*
 * The command that an option ("-s"), or else the first word ("-t summary"), stands for.
 * Which word is the first depends on it: in "-w 10 check" only check has an argument for -w,
 * so each command named there is tried.  @copy has room for @argv, which stays as it is.
 */
static const struct command *find_command(struct options *o, int argc, char **argv, char **copy)
{
	struct error err;

	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	read_words(o, argc, copy, NULL, &err);
	for (size_t i = 0; i < o->given_count; i++)
		if (o->given[i].row->command)
			return command_find(o->given[i].row->command);
	if (o->word_count && command_find(o->words[0]))
		return command_find(o->words[0]);
	for (int i = 1; i < argc; i++) {
		const struct command *command = command_find(argv[i]);

		memcpy(copy, argv, (size_t)argc * sizeof(*copy));
		if (command && !read_words(o, argc, copy, command, &err) && o->word_count &&
		    command_find(o->words[0]) == command)
			return command;
	}
	return NULL;
}

static int two_commands(const struct options *o, const char *other, struct error *err)
{
	return error_set(err, 0, "two commands: %s and %s (--help)", o->command->name, other);
}

/* An option that is a command ("-K") goes with no other one. */
static int one_command(const struct options *o, struct error *err)
{
	bool by_option = false;

	for (size_t i = 0; i < o->given_count; i++) {
		const char *name = o->given[i].row->command;

		if (name && command_find(name) != o->command)
			return two_commands(o, name, err);
		by_option |= name != NULL;
	}
	if (by_option && o->word_count && command_find(o->words[0]))
		return two_commands(o, o->words[0], err);
	return 0;
}

/*
 * Without a command options of top and of list are taken, whichever of the two it will
 * be: a line does not depend on where its output goes.
 */
static int check_defaults(const struct options *o, struct error *err)
{
	for (size_t i = 0; i < o->given_count; i++) {
		const struct option_info *row = o->given[i].row;
		char word[64];

		if (row->commands & CMD_DEFAULT)
			continue;
		if (o->given[i].by_letter)
			snprintf(word, sizeof(word), "-%c", row->letter);
		else
			snprintf(word, sizeof(word), "--%s", row->name);
		return refuse_foreign(row, word, NULL, err);
	}
	return 0;
}

/* Find the command, and read the words as it understands them. */
static int read_command(struct options *o, int argc, char **argv, struct error *err)
{
	bool is_first = argc > 1 && command_find(argv[1]);
	char **copy = calloc((size_t)argc + 1, sizeof(*copy));

	if (!copy)
		return error_set(err, ENOMEM, "cannot read the command line");
	/* with a wrong option too: what its exit status is depends on the command */
	o->command = is_first ? command_find(argv[1]) : find_command(o, argc, argv, copy);
	free(copy);
	if (is_first)
		argv[1] = argv[0];
	if (read_words(o, argc - is_first, argv + is_first, o->command, err))
		return -1;
	if (!o->command)
		return check_defaults(o, err);
	if (!is_first && o->word_count && command_find(o->words[0]) == o->command) {
		o->words++;
		o->word_count--;
	}
	return one_command(o, err);
}

static int apply_given(struct options *o, bool early, struct error *err)
{
	for (size_t i = 0; i < o->given_count; i++) {
		const struct given *g = &o->given[i];
		struct error why;

		if (g->row->early == early && option_apply(o, g->row, g->argument, &why))
			return error_set(err, 0, "--%s: %s", g->row->name, why.text);
	}
	return 0;
}

static bool action_given(const struct options *o)
{
	for (size_t i = 0; i < o->given_count; i++)
		if (o->given[i].row->action)
			return true;
	return false;
}

/* What the command line says by itself decides which lines of the configuration hold. */
static int configure(struct options *o, struct error *err)
{
	struct options alone = *o;

	return apply_given(&alone, false, err) ? -1 : config_load(o, &alone, err);
}

int options_parse(struct options *o, int argc, char **argv, struct error *err)
{
	options_defaults(o);
	/* one letter each is the most that a word can be */
	for (int i = 0; i < argc; i++)
		o->given_count += strlen(argv[i]) + 1;
	o->given = calloc(o->given_count, sizeof(*o->given));
	if (!o->given)
		return error_set(err, ENOMEM, "cannot read the command line");
	if (read_command(o, argc, argv, err) || apply_given(o, true, err))
		return -1;
	for (size_t i = 0; i < o->given_count; i++)
		o->takers &= o->given[i].row->commands;
	/* help is there even where the configuration is broken */
	if (!action_given(o) && !o->no_config && configure(o, err))
		return -1;
	if (apply_given(o, false, err))
		return -1;
	if (o->net)
		o->home = home_open();
	return 0;
}

bool options_given(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->given_count; i++)
		if (!strcmp(o->given[i].row->name, name))
			return true;
	return false;
}

void options_fini(struct options *o)
{
	if (o->home)
		close(o->home);
	free(o->given);
	free(o->config_text);
	*o = (struct options){ 0 };
}

const char *options_contradiction(const struct options *o)
{
	if (o->from && (o->net || o->all_namespaces))
		return "a saved source knows no network namespaces: --from goes with neither --net "
		       "nor --all-namespaces";
	if (o->dump && o->protos_named & ~PROTOS_DUMPED)
		return PROTOS_DUMPED_ONLY;
	if (o->at_count && (o->since || o->until))
		return "either a moment, --at, or a span, --since and --until";
	if (o->from && o->dump)
		return "--dump saves what the kernel tells: it does not go with --from";
	if (o->dump && o->limit)
		return "--dump shows no rows: it does not go with --limit";
	if (o->anonymize && o->by)
		return "--anonymize goes with rows of sockets, not with groups of them";
	if (o->total && o->format && strcmp(o->format->name, "table"))
		return "--total is for tables: the rows of other formats are to be added up by "
		       "whoever reads them";
	if (o->net && o->all_namespaces)
		return "either --net or --all-namespaces";
	if (o->dump && (o->all_namespaces || o->no_netlink || o->proc_root))
		return "--dump saves netlink messages of one network namespace: it goes with "
		       "neither --all-namespaces nor --no-netlink nor PROC_ROOT";
	if (o->all_namespaces && o->proc_root)
		return "--all-namespaces looks at this host: it does not go with PROC_ROOT";
	return NULL;
}

int options_check(const struct options *o, const struct command *command, struct error *err)
{
	const char *wrong = options_contradiction(o);

	/* diff names its recording by itself, as its first word */
	if (!wrong && !(command->bit & CMD_DIFF)) {
		if (!o->from && (o->at_count || o->since || o->until))
			wrong = "--at, --since and --until are about a recording: name it with "
				"--from FILE";
		else if (o->at_count > 1)
			wrong = "--at is given twice: two moments are for diff";
	}
	if (wrong)
		return error_set(err, 0, "%s", wrong);
	if (o->from && command->bit & CMD_DATA && !(command->bit & CMD_SAVED))
		return error_set(err, 0, "'%s' needs the kernel, not a saved source: unset "
				 "TCPDIAG_FILE", command->name);
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

	if (options_protos(o) & PROTO_BIT(PROTO_SCTP))
		states |= proto_info(PROTO_SCTP)->states;
	if (o->listening)
		states = STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_UNCONNECTED);
	if (o->bound)
		return o->listening ? states | STATE_BIT(STATE_BOUND) : states;
	return states & ~STATE_BIT(STATE_BOUND);
}

/* Events tell of this network namespace alone, and of sockets by their cookies. */
bool options_events(const struct options *o)
{
	return !o->no_events && !o->no_netlink && !o->from && !o->all_namespaces;
}
