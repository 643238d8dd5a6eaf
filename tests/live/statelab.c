/*
 * statelab: the state laboratory.  Puts real sockets in every state that Linux
 * has, in a network namespace of its own, waits until the kernel shows exactly
 * these, and runs a command beside them.
 *
 * The command finds in its environment:
 *   STATELAB_EXPECT  a file, one socket a line (roster.h has the form)
 *   STATELAB_COUNTS  a file, one count a line: protocol, family, state, count
 *   STATELAB_PID     the process that holds the sockets
 *
 * Minisocks live for 60 s, and so do requests about; all else for many minutes.
 * A command that takes longer than that sees less than was promised.
 *
 * Exit status: the command's; 128 + signal when it was killed; 77 when this host
 * allows no namespace; 1 when a state could not be brought about; 2 on wrong usage.
 */
#include "config.h"

#include "live/churn.h"
#include "live/kernel.h"
#include "live/lab.h"
#include "live/netns.h"
#include "live/recipes.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define FIRST_PORT 10000
#define COUNT_MAX 150 /* the ports up to the ephemeral ones, and 20,000 descriptors */
#define NOFILE_WANTED 65536

struct options {
	unsigned int count;
	unsigned int churn_rate;
	bool only_tcp;
	bool expect;
	bool counts;
	char **command;
};

/* A temporary file that the command reads. */
struct note {
	char path[256];
	const char *variable;
	void (*write)(const struct roster *roster, FILE *out);
};

static void usage(FILE *out)
{
	fputs("usage: statelab [OPTION...] [--] [COMMAND [ARGUMENT...]]\n"
	      "  --count N      N of each kind (default 1; 0: none)\n"
	      "  --only-tcp     no UDP sockets\n"
	      "  --churn RATE   open and close RATE short connections a second meanwhile\n"
	      "  --expect       print every socket that was made\n"
	      "  --counts       print how many are in each state\n"
	      "  --help         print this, and what is made\n",
	      out);
}

static unsigned int parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || number > max)
		errx(2, "'%s' is not a number from 0 to %lu", text, max);
	return (unsigned int)number;
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "only-tcp", no_argument, NULL, 't' },
		{ "churn", required_argument, NULL, 'c' },
		{ "expect", no_argument, NULL, 'e' },
		{ "counts", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options options = { .count = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		options.only_tcp |= option == 't';
		options.expect |= option == 'e';
		options.counts |= option == 's';
		if (option == 'n')
			options.count = parse_number(optarg, COUNT_MAX);
		if (option == 'c')
			options.churn_rate = parse_number(optarg, 100000);
		if (option == 'h') {
			usage(stdout);
			recipes_list(stdout);
			exit(0);
		}
		if (option == '?') {
			usage(stderr);
			exit(2);
		}
	}
	options.command = argv + optind;
	return options;
}

/* Longer lives and no surprises.  A read-only /proc/sys leaves the defaults,
 * which are good for a minute. */
static void set_sysctls(void)
{
	static const char *const settings[][2] = {
		{ "ipv4/tcp_syn_retries", "60" },
		{ "ipv4/tcp_synack_retries", "60" },
		{ "ipv4/tcp_orphan_retries", "60" },
		{ "ipv4/tcp_retries2", "60" },
		{ "ipv4/tcp_fin_timeout", "60" },
		{ "ipv4/tcp_max_syn_backlog", "65536" },
		{ "ipv4/tcp_syncookies", "0" },
		{ "ipv4/tcp_tw_reuse", "0" },
		{ "ipv4/tcp_max_tw_buckets", "1048576" },
		{ "ipv4/tcp_abort_on_overflow", "0" },
		{ "ipv4/tcp_fastopen", "0" },
		{ "core/somaxconn", "4096" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		netns_sysctl(settings[i][0], settings[i][1]);
}

static bool has_ipv6(void)
{
	const union endpoint end = endpoint_make(AF_INET6, "::1", 0);
	const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const bool has = fd >= 0 && bind(fd, &end.sa, endpoint_length(&end)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void note_write(struct note *note, const struct roster *roster)
{
	const char *folder = getenv("TMPDIR");
	FILE *out;
	int fd;

	snprintf(note->path, sizeof(note->path), "%s/statelab.XXXXXX", folder ? folder : "/tmp");
	fd = mkostemp(note->path, O_CLOEXEC);
	if (fd < 0)
		err(1, "cannot make the file '%s'", note->path);
	/* The command may give up its privileges and still wants to read it. */
	fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
	out = fdopen(fd, "w");
	if (!out)
		err(1, "cannot write the file '%s'", note->path);
	note->write(roster, out);
	if (fclose(out) != 0)
		err(1, "cannot write the file '%s'", note->path);
}

static pid_t command_start(char **command, const sigset_t *mask, const struct note *notes)
{
	char holder[16];
	const pid_t pid = fork();

	if (pid < 0)
		err(1, "cannot start a process");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, mask, NULL);
	snprintf(holder, sizeof(holder), "%d", (int)getppid());
	setenv("STATELAB_PID", holder, 1);
	for (; notes->variable; notes++)
		setenv(notes->variable, notes->path, 1);
	execvp(command[0], command);
	warn("cannot run '%s'", command[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

/* What would end this program goes to the command instead, so that the notes
 * are removed in every case. */
static int command_wait(pid_t pid, const sigset_t *signals)
{
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		const int number = sigwaitinfo(signals, NULL);

		if (number == SIGTERM || number == SIGHUP)
			kill(pid, number);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int command_run(char **command, const struct roster *roster)
{
	struct note notes[] = {
		{ .variable = "STATELAB_EXPECT", .write = roster_write },
		{ .variable = "STATELAB_COUNTS", .write = roster_write_counts },
		{ .variable = NULL },
	};
	sigset_t signals, mask;
	int status;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	for (struct note *note = notes; note->variable; note++)
		note_write(note, roster);
	status = command_wait(command_start(command, &mask, notes), &signals);
	for (const struct note *note = notes; note->variable; note++)
		unlink(note->path);
	return status;
}

static int command_run_churned(const struct options *options, const struct lab *lab)
{
	struct churn churn;
	struct churn_report report;
	int status;

	if (!options->churn_rate)
		return command_run(options->command, &lab->roster);
	churn = churn_start(options->churn_rate, lab->has_ipv6);
	status = command_run(options->command, &lab->roster);
	report = churn_stop(&churn);
	fprintf(stderr, "statelab: churn: %llu connections, %llu failed\n",
		(unsigned long long)report.connections, (unsigned long long)report.failed);
	return status;
}

int main(int argc, char **argv)
{
	const struct options options = parse_options(argc, argv);
	struct lab lab = { .count = options.count, .next_port = FIRST_PORT };
	const char *what;
	int status = 0;

	if (netns_enter_new(&what) < 0)
		err(EXIT_SKIP, "%s", what);
	netns_raise_nofile(NOFILE_WANTED);
	set_sysctls();
	lab.has_ipv6 = has_ipv6();
	lab.bound_shown = kernel_shows_bound();
	recipes_make(&lab, options.only_tcp);
	if (lab_settle(&lab) < 0)
		errx(1, "the sockets are not in the states that were intended");
	if (options.expect)
		roster_write(&lab.roster, stdout);
	if (options.counts)
		roster_write_counts(&lab.roster, stdout);
	if (fflush(stdout) != 0)
		err(1, "cannot write to standard output");
	if (options.command[0])
		status = command_run_churned(&options, &lab);
	roster_fini(&lab.roster);
	return status;
}
