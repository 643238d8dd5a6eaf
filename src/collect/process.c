/* One process as /proc shows it: see process.h. */
#include "config.h"

#include "collect/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "4294967295/fd/2147483647" and the longest name of a file below it. */
#define PROC_PATH_MAX 40

/* Fields of stat behind the command, counted from 0; proc(5) counts from 1 and before it. */
enum stat_field {
	STAT_PARENT = 1,
	STAT_GROUP = 2,
	STAT_SESSION = 3,
	STAT_FLAGS = 6,
	STAT_START_TIME = 19,
	STAT_FIELDS = 20,
};

/* PF_KTHREAD of linux/sched.h, which user space does not get. */
#define FLAG_KERNEL_THREAD 0x00200000u

/* The file into @out as text.  Its length, or -1 with errno set. */
static ssize_t read_file(int root, uint32_t pid, const char *name, char *out, size_t size)
{
	char path[PROC_PATH_MAX];
	size_t used = 0;
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/%s", pid, name);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (used < size - 1) {
		ssize_t n = read(fd, out + used, size - 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int saved = errno;

			close(fd);
			errno = saved;
			return -1;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	close(fd);
	out[used] = '\0';
	return (ssize_t)used;
}

/* Blank-separated numbers from @text on into @field.  How many there were. */
static size_t parse_numbers(const char *text, uint64_t *field, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char *end;

		/* tty_nr and tpgid may be negative; nothing that is needed here is */
		field[i] = (uint64_t)strtoll(text, &end, 10);
		if (end == text)
			break;
		text = end;
	}
	return i;
}

static uint32_t to_u32(uint64_t n)
{
	return n > UINT32_MAX ? 0 : (uint32_t)n;
}

bool process_parse_stat(const char *text, size_t len, struct process *p)
{
	/* the command may hold blanks, parentheses and newlines: it ends at the last ')' */
	const char *open = memchr(text, '(', len);
	const char *close = memrchr(text, ')', len);
	uint64_t field[STAT_FIELDS] = { 0 };
	size_t command_len;
	uint64_t pid;

	if (!open || !close || close < open || text + len - close < 5)
		return false;
	if (parse_numbers(text, &pid, 1) != 1 || !pid || pid > INT32_MAX)
		return false;
	/* field[0] is the state letter */
	if (parse_numbers(close + 3, field + 1, STAT_FIELDS - 1) != STAT_FIELDS - 1)
		return false;
	command_len = (size_t)(close - open) - 1;
	if (command_len >= sizeof(p->command))
		command_len = sizeof(p->command) - 1;
	memcpy(p->command, open + 1, command_len);
	p->command[command_len] = '\0';
	p->pid = (uint32_t)pid;
	p->parent = to_u32(field[STAT_PARENT]);
	p->group = to_u32(field[STAT_GROUP]);
	p->session = to_u32(field[STAT_SESSION]);
	p->kernel_thread = field[STAT_FLAGS] & FLAG_KERNEL_THREAD;
	p->start_time = field[STAT_START_TIME];
	return true;
}

int process_read_stat(int root, uint32_t pid, struct process *p)
{
	char text[1024];
	ssize_t len = read_file(root, pid, "stat", text, sizeof(text));

	if (len < 0)
		return errno;
	if (!process_parse_stat(text, (size_t)len, p) || p->pid != pid)
		return EBADMSG;
	return 0;
}

/* The real uid of "Uid:\treal\teffective..."; false where it isn't there. */
static bool parse_uid(const char *status, uint32_t *uid)
{
	const char *line = strstr(status, "\nUid:");
	uint64_t n;

	if (!line || parse_numbers(line + 5, &n, 1) != 1 || n > UINT32_MAX)
		return false;
	*uid = (uint32_t)n;
	return true;
}

/* Arguments end in NUL; joined by blanks they end in none. */
static char *join_arguments(char *text, size_t len)
{
	size_t i;

	while (len && !text[len - 1])
		len--;
	for (i = 0; i < len; i++) {
		if (!text[i])
			text[i] = ' ';
	}
	return len ? strndup(text, len) : NULL;
}

void process_read_details(int root, struct process *p)
{
	char text[PROCESS_COMMAND_LINE_MAX + 1];
	ssize_t len;

	len = read_file(root, p->pid, "status", text, sizeof(text));
	p->uid_known = len > 0 && parse_uid(text, &p->uid);
	free(p->command_line);
	len = read_file(root, p->pid, "cmdline", text, sizeof(text));
	p->command_line = len > 0 ? join_arguments(text, (size_t)len) : NULL;
	p->detailed = true;
}

uint64_t process_count_fds(int root, uint32_t pid)
{
	char path[PROC_PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%" PRIu32 "/fd", pid);
	if (fstatat(root, path, &st, 0) < 0 || st.st_size < 0)
		return 0;
	return (uint64_t)st.st_size;
}

uint32_t process_read_fd(int root, uint32_t pid, int32_t fd)
{
	char path[PROC_PATH_MAX];

	snprintf(path, sizeof(path), "%" PRIu32 "/fd/%" PRId32, pid, fd);
	return process_read_link(root, path);
}

void process_fini(struct process *p)
{
	free(p->fds);
	free(p->command_line);
	*p = (struct process){ 0 };
}
