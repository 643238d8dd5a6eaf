/*
 * The commands.  To add one: a file cmd_x.c, its declaration in commands.h, a bit in
 * options.h, a row here; then say in options.c which options it takes.
 */
#include "config.h"

#include "app/commands.h"

#include <string.h>
#include <unistd.h>

#include "app/options.h"

static const struct command commands[] = {
	{ "top", CMD_TOP, "[OPTION...] [FILTER]", "The live view (the default on a terminal).",
	  cmd_top },
	{ "list", CMD_LIST, "[OPTION...] [FILTER]", "One row a socket (the default in a pipe).",
	  cmd_list },
	{ "summary", CMD_SUMMARY, "[OPTION...] [FILTER]",
	  "How many sockets there are in each state.", cmd_summary },
	{ "watch", CMD_WATCH, "[OPTION...] [FILTER]",
	  "A line for each socket that opens, changes its state or closes, until interrupted.",
	  cmd_watch },
	{ "wait", CMD_WAIT, "[OPTION...] FILTER",
	  "Wait until a socket matches, or --count of them, or --none.", cmd_wait },
	{ "check", CMD_CHECK, "[OPTION...] [-w RANGE] [-c RANGE] [FILTER]",
	  "What is wrong, worst first, with its cause and what to do; with -w or -c: whether the "
	  "number of sockets that match is in a range. As a monitoring plugin: exit status 0 ok, "
	  "1 warning, 2 critical, 3 unknown.",
	  cmd_check },
	{ "kill", CMD_KILL, "[OPTION...] FILTER",
	  "Close matching sockets in the kernel, after showing them and asking.", cmd_kill },
	{ "record", CMD_RECORD, "FILE [OPTION...] [FILTER]",
	  "Write what happens to sockets to a file (SQLite), until interrupted.", cmd_record },
	{ "diff", CMD_DIFF, "[OPTION...] FILE --at TIME --at TIME [FILTER]",
	  "What opened, closed and changed its state between two moments of a recording.",
	  cmd_diff },
	{ "explain", CMD_EXPLAIN, "[STATE...]",
	  "What a state means, by any name that it has anywhere; without a name, the state "
	  "diagram of RFC 793.",
	  cmd_explain },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

const struct command *commands_all(size_t *count)
{
	*count = COMMAND_COUNT;
	return commands;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const struct command *command_default(const struct options *o)
{
	return command_find(isatty(STDOUT_FILENO) && o->takers & CMD_TOP ? "top" : "list");
}
