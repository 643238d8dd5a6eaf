/*
 * keylat: runs a program in a pseudo-terminal, presses keys at random moments,
 * and measures how long it takes until the screen answers.
 *
 *   keylat [--seconds S] [--first TEXT] [--keys KEYS] [--until TEXT] [--quit KEY]
 *          [--rows N] [--columns N] -- COMMAND [ARGUMENT...]
 *
 * The keys are pressed in turn, one every 100 to 700 ms, never before the last
 * was answered.  An answer is the first output after the key, or, with --until,
 * the first in which TEXT has come since: output of a refresh that happens to
 * follow a key then counts for nothing.  With --until only the first key is
 * waited for, and the others take the screen back.  Without --keys none is
 * pressed, which leaves the CPU time of the command.  With --first is also
 * measured how long after its start the command has shown TEXT.
 *
 * Prints: the start, keys, unanswered, median, p95 and maximum in ms, CPU seconds.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES_MAX 10000
#define HEARD_BYTES 262144
#define ANSWER_TIMEOUT_MS 3000.0
#define QUIT_TRIES 5
#define QUIT_PAUSE_MS 500.0
#define SETTLE_MS 2000.0
#define PAUSE_MIN_MS 100
#define PAUSE_SPREAD_MS 600

struct options {
	double seconds;
	const char *first; /* or NULL */
	const char *keys;
	const char *until; /* or NULL */
	const char *quit;
	struct winsize size;
	char **command;
};

struct session {
	int terminal;
	pid_t pid;
	bool ended;
	char heard[HEARD_BYTES + 1]; /* since the last key; the end is cut off */
	size_t heard_bytes;
};

struct report {
	double latency_ms[SAMPLES_MAX];
	size_t answered;
	size_t unanswered;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void keep(struct session *session, const char *bytes, size_t length)
{
	const size_t room = HEARD_BYTES - session->heard_bytes;
	const size_t kept = length < room ? length : room;

	memcpy(session->heard + session->heard_bytes, bytes, kept);
	session->heard_bytes += kept;
}

/* Takes in what comes until @due_ms; returns at the first output. */
static bool listen_until(struct session *session, double due_ms)
{
	struct pollfd terminal = { .fd = session->terminal, .events = POLLIN };
	const double wait_ms = due_ms - now_ms();
	const long wait_us = wait_ms > 0 ? (long)(wait_ms * 1e3) : 0;
	const struct timespec wait = { wait_us / 1000000, wait_us % 1000000 * 1000 };
	char bytes[16384];
	ssize_t length;

	if (session->ended || ppoll(&terminal, 1, &wait, NULL) <= 0)
		return false;
	length = read(session->terminal, bytes, sizeof(bytes));
	/* A terminal whose program has ended reads as an error. */
	if (length <= 0) {
		session->ended = true;
		return false;
	}
	keep(session, bytes, (size_t)length);
	return true;
}

static void pause_listening(struct session *session, double pause_ms)
{
	const double due_ms = now_ms() + pause_ms;

	while (!session->ended && now_ms() < due_ms)
		listen_until(session, due_ms);
}

static void press(struct session *session, char key)
{
	session->heard_bytes = 0;
	if (write(session->terminal, &key, 1) != 1)
		session->ended = true;
}

static bool answers(const struct session *session, const char *until)
{
	if (!until)
		return session->heard_bytes > 0;
	return memmem(session->heard, session->heard_bytes, until, strlen(until)) != NULL;
}

static void press_and_measure(struct session *session, char key, const char *until,
			      struct report *report)
{
	const double pressed_ms = now_ms();
	const double due_ms = pressed_ms + ANSWER_TIMEOUT_MS;

	press(session, key);
	while (!session->ended && now_ms() < due_ms) {
		if (!listen_until(session, due_ms) || !answers(session, until))
			continue;
		if (report->answered < SAMPLES_MAX)
			report->latency_ms[report->answered++] = now_ms() - pressed_ms;
		return;
	}
	report->unanswered++;
}

static void measure_start(struct session *session, const char *text, double started_ms)
{
	const double due_ms = started_ms + ANSWER_TIMEOUT_MS;

	while (!session->ended && now_ms() < due_ms) {
		if (!listen_until(session, due_ms) || !answers(session, text))
			continue;
		printf("start ms: %.1f\n", now_ms() - started_ms);
		return;
	}
	printf("start ms: more than %.1f\n", ANSWER_TIMEOUT_MS);
}

/* The same sequence on every run. */
static double random_pause_ms(unsigned int *seed)
{
	return PAUSE_MIN_MS + rand_r(seed) % PAUSE_SPREAD_MS;
}

static void converse(struct session *session, const struct options *options,
		     struct report *report)
{
	const double end_ms = now_ms() + options->seconds * 1e3;
	const size_t keys = options->keys ? strlen(options->keys) : 0;
	unsigned int seed = 1;

	if (!keys) {
		pause_listening(session, options->seconds * 1e3);
		return;
	}
	pause_listening(session, SETTLE_MS);
	for (size_t i = 0; !session->ended && now_ms() < end_ms; i++) {
		const char key = options->keys[i % keys];

		pause_listening(session, random_pause_ms(&seed));
		if (options->until && i % keys)
			press(session, key);
		else
			press_and_measure(session, key, options->until, report);
	}
}

/* Returns the CPU seconds of the whole life of the command. */
static double finish(struct session *session, const char *quit)
{
	struct rusage usage = { 0 };
	int status;

	/* More than once: the first may only have closed a page of help. */
	for (int i = 0; i < QUIT_TRIES && !session->ended; i++) {
		press(session, *quit);
		pause_listening(session, QUIT_PAUSE_MS);
	}
	if (!session->ended)
		kill(session->pid, SIGTERM);
	close(session->terminal);
	while (wait4(session->pid, &status, 0, &usage) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		warnx("the command ended with wait status 0x%x", (unsigned int)status);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int compare_numbers(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_report(struct report *report, double cpu_s)
{
	const size_t count = report->answered;

	qsort(report->latency_ms, count, sizeof(*report->latency_ms), compare_numbers);
	if (count || report->unanswered)
		printf("keys %zu, unanswered %zu\n", count + report->unanswered,
		       report->unanswered);
	if (count)
		printf("latency ms: median %.1f, p95 %.1f, max %.1f\n",
		       report->latency_ms[count / 2], report->latency_ms[count * 95 / 100],
		       report->latency_ms[count - 1]);
	printf("CPU s: %.2f\n", cpu_s);
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "keys", required_argument, NULL, 'k' },
		{ "until", required_argument, NULL, 'u' },
		{ "quit", required_argument, NULL, 'q' },
		{ "rows", required_argument, NULL, 'r' },
		{ "columns", required_argument, NULL, 'c' },
		{ 0 },
	};
	struct options options = { .seconds = 20, .quit = "q", .size = { 50, 160, 0, 0 } };
	int option;

	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		if (option == 's')
			options.seconds = strtod(optarg, NULL);
		if (option == 'f')
			options.first = optarg;
		if (option == 'k')
			options.keys = optarg;
		if (option == 'u')
			options.until = optarg;
		if (option == 'q')
			options.quit = optarg;
		if (option == 'r')
			options.size.ws_row = (unsigned short)strtoul(optarg, NULL, 10);
		if (option == 'c')
			options.size.ws_col = (unsigned short)strtoul(optarg, NULL, 10);
		if (option == '?')
			break;
	}
	options.command = argv + optind;
	if (option == '?' || !options.command[0])
		errx(2, "usage: keylat [--seconds S] [--first TEXT] [--keys KEYS] [--until TEXT] "
			"[--quit KEY] [--rows N] [--columns N] -- COMMAND [ARGUMENT...]");
	return options;
}

int main(int argc, char **argv)
{
	const struct options options = parse_options(argc, argv);
	struct session *session = calloc(1, sizeof(*session));
	struct report *report = calloc(1, sizeof(*report));

	double started_ms;

	if (!session || !report)
		err(1, "cannot keep the measurements");
	started_ms = now_ms();
	session->pid = forkpty(&session->terminal, NULL, NULL, &options.size);
	if (session->pid < 0)
		err(1, "cannot make a pseudo-terminal");
	if (session->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(options.command[0], options.command);
		err(127, "cannot run '%s'", options.command[0]);
	}
	if (options.first)
		measure_start(session, options.first, started_ms);
	converse(session, &options, report);
	print_report(report, finish(session, options.quit));
	free(report);
	free(session);
	return 0;
}
