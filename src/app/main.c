/*
 * connstate: the connection states of a Linux host.
 *
 * The commands.  To add one: a file cmd_x.c, its declaration in commands.h, a bit in
 * options.h, a row here; then say in options.c which options it takes.
 */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/options.h"
#include "app/say.h"

static const struct command commands[] = {
	{ "list", CMD_LIST, "[OPTION...]", "One row a socket (the default in a pipe).", cmd_list },
	{ "summary", CMD_SUMMARY, "[OPTION...]", "How many sockets there are in each state.",
	  cmd_summary },
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

static int run(const struct options *o)
{
	const struct command *command = o->command;

	if (o->action)
		return o->action(o);
	if (!command)
		command = command_find("list");
	return command->run(o);
}

int main(int argc, char **argv)
{
	struct options o;
	struct error err;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(&o, argc, argv, &err))
		return say_error(&err, EXIT_USAGE);
	return run(&o);
}
