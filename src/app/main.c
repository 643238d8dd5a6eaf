/*
 * connstate: the connection states of a Linux host.
 *
 * What the command line asks for is a value (options.c); what it names is run
 * (commands.c).
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "app/options.h"
#include "app/say.h"

static int wrong_use(const struct command *command, const struct error *err)
{
	return say_error(err, command && command->bit == CMD_CHECK ? EXIT_UNKNOWN : EXIT_USAGE);
}

static int run(const struct options *o)
{
	const struct command *command = o->command;
	struct error err;

	if (o->action)
		return o->action(o);
	if (!command)
		command = command_default(o);
	if (options_check(o, command, &err))
		return wrong_use(command, &err);
	return command->run(o);
}

/*
 * A closed standard output must not become the number of a netlink socket: its
 * place is taken by something that refuses to be written to.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	struct options o;
	struct error err;
	int status;

	fill_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(&o, argc, argv, &err))
		status = wrong_use(o.command, &err);
	else
		status = run(&o);
	options_fini(&o);
	return status;
}
