/*
 * measure: runs commands in turn, round after round, and prints a table of what
 * they cost.
 *
 * The file names one command a line, three fields separated by tabs:
 *   label   null|pipe   command and arguments, separated by blanks
 * Its output goes to /dev/null, or through a pipe that is read to the end here.
 *
 * Interleaved rounds, and ratios taken inside a round, because the speed of a
 * shared machine changes from minute to minute: the last column is the median
 * of the ratios to the row whose label is given with --reference.
 *
 * Peak memory can't be seen below the peak of this program, about 1.5 MiB, as a
 * process starts as a copy of it.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROWS_MAX 32
#define ROUNDS_MAX 200
#define WORDS_MAX 32
#define READ_BYTES 65536
#define KIB_PER_MIB 1024.0

struct sample {
	double wall_ms;
	double cpu_ms;
};

struct row {
	char *line; /* owns label and words */
	char *label;
	bool pipe;
	char *word[WORDS_MAX + 1];
	bool missing;
	int status; /* the worst wait status */
	long peak_kib;
	unsigned long long output_bytes; /* of the last round, through a pipe only */
	struct sample sample[ROUNDS_MAX];
};

struct table {
	struct row row[ROWS_MAX];
	size_t rows;
	size_t rounds;
	const struct row *reference; /* or NULL */
};

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static unsigned long long read_to_end(int fd)
{
	static char bytes[READ_BYTES];
	unsigned long long total = 0;
	ssize_t length;

	while ((length = read(fd, bytes, sizeof(bytes))) != 0) {
		if (length > 0)
			total += (unsigned long long)length;
		else if (errno != EINTR)
			err(1, "cannot read from a command");
	}
	return total;
}

static void __attribute__((noreturn)) become(char *const *words, int output)
{
	dup2(output, STDOUT_FILENO);
	execvp(words[0], words);
	_exit(127);
}

static int open_output(bool through_pipe, int *read_end)
{
	int ends[2];

	*read_end = -1;
	if (!through_pipe)
		return open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*read_end = ends[0];
	return ends[1];
}

/* vfork(), so that the size of this program does not count. */
static pid_t start(const struct row *row, int output)
{
	const pid_t pid = vfork();

	if (pid == 0)
		become(row->word, output);
	if (pid < 0)
		err(1, "cannot start '%s'", row->label);
	return pid;
}

static void run_once(struct row *row, struct sample *sample)
{
	int read_end, status;
	const int output = open_output(row->pipe, &read_end);
	const double started_ms = now_ms();
	struct rusage usage = { 0 };
	pid_t pid;

	if (output < 0)
		err(1, "cannot open an output for '%s'", row->label);
	pid = start(row, output);
	close(output);
	if (read_end >= 0) {
		row->output_bytes = read_to_end(read_end);
		close(read_end);
	}
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		continue;
	sample->wall_ms = now_ms() - started_ms;
	sample->cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
	if (status)
		row->status = status;
	if (usage.ru_maxrss > row->peak_kib)
		row->peak_kib = usage.ru_maxrss;
}

static bool is_executable(const char *name)
{
	const char *path = getenv("PATH");
	char candidate[4096];

	if (strchr(name, '/') || !path)
		return access(name, X_OK) == 0;
	while (*path) {
		const size_t length = strcspn(path, ":");

		snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)length, path, name);
		if (access(candidate, X_OK) == 0)
			return true;
		path += length + (path[length] == ':');
	}
	return false;
}

/* "label TAB null|pipe TAB words": the line is cut up in place. */
static void parse_row(struct row *row, char *line, const char *file)
{
	char *rest = line, *output, *word;
	size_t words = 0;

	row->line = line;
	row->label = strsep(&rest, "\t");
	output = strsep(&rest, "\t");
	if (!rest || (strcmp(output, "pipe") != 0 && strcmp(output, "null") != 0))
		errx(2, "'%s': not \"label TAB null|pipe TAB command\": '%s'", file, line);
	row->pipe = strcmp(output, "pipe") == 0;
	while ((word = strsep(&rest, " \n")) != NULL) {
		if (!*word)
			continue;
		if (words == WORDS_MAX)
			errx(2, "'%s': more than %d words for '%s'", file, WORDS_MAX, row->label);
		row->word[words++] = word;
	}
	if (!words)
		errx(2, "'%s': no command for '%s'", file, row->label);
	row->missing = !is_executable(row->word[0]);
}

static void read_rows(struct table *table, const char *file)
{
	FILE *in = fopen(file, "r");
	char *line = NULL;
	size_t size = 0;

	if (!in)
		err(1, "cannot read '%s'", file);
	while (getline(&line, &size, in) > 0) {
		if (table->rows == ROWS_MAX)
			errx(2, "'%s': more than %d commands", file, ROWS_MAX);
		parse_row(&table->row[table->rows++], line, file);
		line = NULL;
		size = 0;
	}
	free(line);
	fclose(in);
}

static int compare_numbers(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *number, size_t count)
{
	qsort(number, count, sizeof(*number), compare_numbers);
	return (number[(count - 1) / 2] + number[count / 2]) / 2;
}

static double median_wall(const struct row *row, const struct row *reference, size_t rounds)
{
	double number[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++)
		number[i] = row->sample[i].wall_ms /
			    (reference ? reference->sample[i].wall_ms : 1);
	return median(number, rounds);
}

static double median_cpu(const struct row *row, size_t rounds)
{
	double number[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++)
		number[i] = row->sample[i].cpu_ms;
	return median(number, rounds);
}

static void print_row(const struct table *table, const struct row *row)
{
	if (row->missing) {
		printf("%-34s (not found: %s)\n", row->label, row->word[0]);
		return;
	}
	printf("%-34s %10.2f %10.2f %8.2f", row->label, median_wall(row, NULL, table->rounds),
	       median_cpu(row, table->rounds), (double)row->peak_kib / KIB_PER_MIB);
	if (table->reference)
		printf(" %7.2f", median_wall(row, table->reference, table->rounds));
	if (row->pipe)
		printf("  %.1f MB", (double)row->output_bytes / 1e6);
	if (WIFEXITED(row->status) && WEXITSTATUS(row->status))
		printf("  (exit status %d)", WEXITSTATUS(row->status));
	if (WIFSIGNALED(row->status))
		printf("  (killed by signal %d)", WTERMSIG(row->status));
	putchar('\n');
}

static void print_table(const struct table *table)
{
	printf("%-34s %10s %10s %8s", "", "wall ms", "CPU ms", "peak MiB");
	if (table->reference)
		printf(" %7.7s", table->reference->label);
	putchar('\n');
	for (size_t i = 0; i < table->rows; i++)
		print_row(table, &table->row[i]);
}

static void find_reference(struct table *table, const char *label)
{
	for (size_t i = 0; i < table->rows; i++)
		if (strcmp(table->row[i].label, label) == 0 && !table->row[i].missing)
			table->reference = &table->row[i];
	if (!table->reference)
		errx(2, "no command is labelled '%s'", label);
}

static size_t parse_rounds(const char *text)
{
	char *end;
	const unsigned long rounds = strtoul(text, &end, 10);

	if (end == text || *end || rounds < 1 || rounds > ROUNDS_MAX)
		errx(2, "'%s' is not a number from 1 to %d", text, ROUNDS_MAX);
	return rounds;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "rounds", required_argument, NULL, 'n' },
		{ "reference", required_argument, NULL, 'f' },
		{ 0 },
	};
	struct table *table = calloc(1, sizeof(*table));
	const char *reference = NULL;
	int option;

	if (!table)
		err(1, "cannot keep the table");
	table->rounds = 7;
	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		if (option == 'n')
			table->rounds = parse_rounds(optarg);
		if (option == 'f')
			reference = optarg;
		if (option == '?')
			break;
	}
	if (option == '?' || optind + 1 != argc)
		errx(2, "usage: measure [--rounds N] [--reference LABEL] FILE");
	read_rows(table, argv[optind]);
	if (reference)
		find_reference(table, reference);
	for (size_t round = 0; round < table->rounds; round++)
		for (size_t i = 0; i < table->rows; i++)
			if (!table->row[i].missing)
				run_once(&table->row[i], &table->row[i].sample[round]);
	print_table(table);
	for (size_t i = 0; i < table->rows; i++)
		free(table->row[i].line);
	free(table);
	return 0;
}
