/*
 * The command line as a value.  The table of options is in options.c, its use in
 * options_parse.c, the table of commands in commands.c.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/range.h"
#include "base/error.h"
#include "model/findings.h"
#include "model/proto.h"
#include "model/state.h"
#include "output/formats.h"
#include "query/columns.h"
#include "query/query.h"
#include "ui/ui.h"

/* Which commands an option belongs to: bits, one a command (commands.c). */
enum command_bit {
	CMD_TOP = 1 << 0,
	CMD_LIST = 1 << 1,
	CMD_SUMMARY = 1 << 2,
	CMD_EXPLAIN = 1 << 3,
	CMD_WATCH = 1 << 4,
	CMD_WAIT = 1 << 5,
	CMD_CHECK = 1 << 6,
	CMD_KILL = 1 << 7,
	CMD_RECORD = 1 << 8,
	CMD_DIFF = 1 << 9,
	CMD_ANY = ~0,
	/* those that are run when none is named */
	CMD_DEFAULT = CMD_TOP | CMD_LIST,
	/* those that look at sockets, and those for which one look at a saved source is enough */
	CMD_DATA = CMD_TOP | CMD_LIST | CMD_SUMMARY | CMD_WATCH | CMD_WAIT | CMD_CHECK | CMD_KILL |
		   CMD_RECORD | CMD_DIFF,
	CMD_SAVED = CMD_TOP | CMD_LIST | CMD_SUMMARY | CMD_WATCH | CMD_WAIT | CMD_CHECK | CMD_DIFF,
	/* those for which a saved source has to be a recording */
	CMD_RECORDED = CMD_WATCH | CMD_DIFF,
	/* those that make something of a recording */
	CMD_REPLAYED = CMD_TOP | CMD_LIST | CMD_SUMMARY | CMD_WATCH | CMD_CHECK | CMD_DIFF,
};

/* Those of which a dump tells, and what is said about others. */
#define PROTOS_DUMPED (PROTO_BIT(PROTO_TCP) | PROTO_BIT(PROTO_UDP) | PROTO_BIT(PROTO_UDPLITE))
#define PROTOS_DUMPED_ONLY "a dump holds TCP, UDP and UDP-Lite sockets only"

struct options;
struct option_info;

struct command {
	const char *name;
	unsigned int bit;
	const char *arguments; /* "[OPTION...] [FILTER]" */
	const char *help;
	int (*run)(const struct options *o); /* returns the exit status */
};

/* An option as it was given, with its argument or NULL. */
struct given {
	const struct option_info *row;
	const char *argument;
	bool by_letter; /* "-t", not "--tcp" */
};

struct options {
	const struct command *command; /* NULL: none named */
	proto_set protos;	       /* 0: none asked for, the default */
	proto_set protos_named;	       /* those of them that were asked for by name */
	uint16_t types[PROTO_COUNT];   /* which of their types: bits 1 << enum sock_type */
	unsigned int families;	       /* FAMILY_V4 | FAMILY_V6; 0: both */
	bool listening;
	bool bound;
	bool extended;
	bool info;
	bool memory;
	bool timers;
	bool no_header;
	bool exact;
	bool raw;
	bool no_netlink;
	const struct format *format; /* NULL: a table */
	const char *template;	     /* of --format '{...}', or NULL */
	const char *columns; /* --columns, or NULL */
	const char *view_columns[VIEWS_MAX]; /* --columns-VIEW, by the place of the view */
	struct sort sort;
	size_t limit; /* 0: none */
	enum dialect names;
	unsigned int interval_ms; /* 0: the default */
	const char *theme;
	bool no_mouse;
	bool no_events;
	unsigned int cpu_limit; /* percent of one core; 0: the default */
	bool processes;
	bool resolve; /* names instead of numbers */
	unsigned int resolve_ms; /* how long to wait for names; 0: the default */
	bool explain_filter;
	bool total;
	const struct column *by; /* --by, --group-by; NULL: none */
	uint64_t count;	     /* of wait; 0: the default, 1 */
	bool none;	     /* wait until none matches */
	uint64_t timeout_ms; /* of wait; 0: none */
	struct range warning;
	struct range critical;
	struct finding_thresholds thresholds;
	unsigned long samples; /* of check; 0: the default */
	uint64_t keep_ms;      /* of record; 0: for ever */
	uint64_t max_bytes;    /* of record; 0: no limit */
	bool yes; /* do not ask */
	const char *from; /* a saved source to read instead of the kernel, or NULL */
	const char *at[2]; /* moments of a recording, as they were given */
	size_t at_count;
	const char *since; /* a span of a recording, or NULL */
	const char *until;
	bool short_lived;  /* list what was there at neither moment */
	const char *dump; /* where to write a dump, or NULL */
	const char *net;  /* network namespace to be in: name, pid or path; or NULL */
	int home;	  /* with it: the one to ask for names in, see home.h */
	bool all_namespaces;
	bool anonymize;
	unsigned int takers; /* commands that take all options given, enum command_bit */
	const char *filter_file; /* of -F, or NULL; read when the session opens, once */
	const char *proc_root;	 /* PROC_ROOT, or NULL */
	const char *config;	/* --config, or NULL */
	bool no_config;
	char *config_text;	/* owned; values point into it */
	struct given *given;	/* owned: the options in the order of the command line */
	size_t given_count;
	char *const *words;	/* what is neither option nor command: the filter */
	size_t word_count;
	int (*action)(const struct options *o); /* --help, --version, --list-...: instead */
};

/* One line of the table, for help, manual and completions. */
struct option_info {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* "LIST", or NULL */
	const char *values;   /* what completes the argument: "columns", "formats" ..., or NULL */
	unsigned int commands; /* enum command_bit */
	const char *help;
	int (*apply)(struct options *o, const char *argument, struct error *err);
	proto_set protos; /* without @apply: the protocols that it asks for */
	size_t flag; /* without these: the bool of struct options that it sets */
	int (*action)(const struct options *o); /* or what is done instead of the command */
	const char *command; /* or the command that it stands for */
	bool early;	     /* applied before the configuration is read */
	bool line_only;	     /* not for the configuration */
};

/* There are never more of them. */
#define OPTIONS_MAX 128

/* The table, borrowed, valid for ever. */
const struct option_info *options_all(size_t *count);

/* Do what the option says.  0, or -1 with @err set. */
int option_apply(struct options *o, const struct option_info *row, const char *argument,
		 struct error *err);

/* Is it an option of @command?  NULL: of any. */
bool option_belongs(const struct option_info *row, const struct command *command);

/* The table of commands, borrowed, valid for ever. */
const struct command *commands_all(size_t *count);
const struct command *command_find(const char *name); /* or NULL */

/* What is done when none is named: an option that the live view lacks asks for a listing. */
const struct command *command_default(const struct options *o);

/*
 * Parse the command line, and before it the configuration.  @argv is permuted and
 * must outlive @o.  0, or -1 with @err set: a wrong use, exit status 2.
 * options_fini() is due either way.
 */
int options_parse(struct options *o, int argc, char **argv, struct error *err);
void options_fini(struct options *o);

/* Is the option @name on the command line?  That of the configuration may be about others. */
bool options_given(const struct options *o, const char *name);

/* What holds before the first option is read. */
void options_defaults(struct options *o);

/*
 * Whether what @o asks for goes together in @command.  0, or -1 with @err set: a
 * wrong use.
 */
int options_check(const struct options *o, const struct command *command, struct error *err);

/* Of pairs that make no sense the first one with both at hand, told; NULL: there is none. */
const char *options_contradiction(const struct options *o);

/* The protocols, families and states that @o asks for. */
proto_set options_protos(const struct options *o);
unsigned int options_families(const struct options *o);
state_set options_states(const struct options *o);

/* Are sockets polled in a way that the kernel's events of destroyed ones can add to? */
bool options_events(const struct options *o);

#endif
