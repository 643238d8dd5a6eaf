/*
 * connstate: the connection states of a Linux host.
 *
 * What the command line asks for is a value (options.c); what it names is run
 * (commands.c).
 */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "app/options.h"
#include "app/say.h"

/* An option that the live view does not have asks for a listing. */
static const struct command *default_command(const struct options *o)
{
	return command_find(isatty(STDOUT_FILENO) && o->takers & CMD_TOP ? "top" : "list");
}

static int run(const struct options *o)
{
	const struct command *command = o->command;
	struct error err;

	if (o->action)
		return o->action(o);
	if (!command)
		command = default_command(o);
	if (options_check(o, command, &err))
		return say_error(&err, EXIT_USAGE);
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
