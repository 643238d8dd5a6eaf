/*
 * The kernel's counters and limits from /proc: see counters.h.
 *
 * Which figures there are is said by model/counters.def; here is only how a file
 * is laid out.  Figures are found by name, never by position: kernels add columns
 * in the middle.
 */
#include "config.h"

#include "collect/counters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

/* net/netstat of Linux 6.18 has 6 KiB when every figure is small, 11 KiB at most. */
enum { FILE_BYTES = 32 * 1024 };

/* A file, a line or a word. */
struct text {
	const char *at;
	const char *end;
};

/* More slots than there are rows, so that a search always comes to an empty one. */
#define ROW_SLOT_BITS 8u
#define ROW_SLOTS (1u << ROW_SLOT_BITS)

_Static_assert(COUNTER_COUNT < ROW_SLOTS, "more slots are needed");

/* The rows of counters.def that stand in one file, and where to find each by its name. */
struct rows {
	unsigned int first;
	unsigned int end;
	uint8_t slots[ROW_SLOTS]; /* row - first + 1; 0: empty */
};

/* The next word of the line into @word; false at the end of the line. */
static bool next_word(struct text *line, struct text *word)
{
	const char *p = line->at;

	while (p < line->end && (*p == ' ' || *p == '\t'))
		p++;
	word->at = p;
	while (p < line->end && *p != ' ' && *p != '\t')
		p++;
	word->end = p;
	line->at = p;
	return word->at < word->end;
}

/* The next complete line of @file into @line; a last one without newline is taken for cut. */
static bool next_line(struct text *file, struct text *line)
{
	const char *newline = memchr(file->at, '\n', (size_t)(file->end - file->at));

	if (!newline)
		return false;
	*line = (struct text){ file->at, newline };
	file->at = newline + 1;
	return true;
}

static bool same(const struct text *a, const struct text *b)
{
	size_t len = (size_t)(a->end - a->at);

	return len == (size_t)(b->end - b->at) && !memcmp(a->at, b->at, len);
}

/* A decimal number that fits into 64 bits. */
static bool parse(const struct text *word, uint64_t *value)
{
	const char *p;

	*value = 0;
	for (p = word->at; p < word->end; p++) {
		unsigned int digit = (unsigned char)*p - (unsigned int)'0';

		if (digit > 9 || __builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return false;
	}
	return word->at < word->end;
}

/* Note @word as the value of @which, if it is one. */
static void note(struct counters *out, enum counter which, const struct text *word)
{
	uint64_t value;

	if (!parse(word, &value))
		return;
	/* A gauge that was counted below zero is printed as a huge number. */
	if (counter_info(which)->type == COUNTER_GAUGE && value > INT64_MAX)
		return;
	counters_set(out, which, value);
}

static unsigned int slot_of(const struct text *group, const struct text *key)
{
	uint64_t hash = hash_bytes(0, group->at, (size_t)(group->end - group->at));

	hash = hash_bytes(hash, key->at, (size_t)(key->end - key->at));
	return (unsigned int)hash_place(hash, ROW_SLOT_BITS);
}

static struct text text_of(const char *name)
{
	return name ? (struct text){ name, name + strlen(name) } : (struct text){ "", "" };
}

/* The rows of the file that begins with row @first. */
static struct rows rows_of(unsigned int first)
{
	struct rows rows = { .first = first, .end = first };

	while (rows.end < COUNTER_COUNT &&
	       !strcmp(counter_info(rows.end)->file, counter_info(first)->file)) {
		const struct text group = text_of(counter_info(rows.end)->group);
		const struct text key = text_of(counter_info(rows.end)->key);
		unsigned int slot = slot_of(&group, &key);

		while (rows.slots[slot])
			slot = (slot + 1) % ROW_SLOTS;
		rows.slots[slot] = (uint8_t)(++rows.end - first);
	}
	return rows;
}

/* Note @value where there is a row for @key in the lines of @group. */
static void note_named(struct counters *out, const struct rows *rows, const struct text *group,
		       const struct text *key, const struct text *value)
{
	unsigned int slot = slot_of(group, key);

	for (; rows->slots[slot]; slot = (slot + 1) % ROW_SLOTS) {
		enum counter which = rows->first + rows->slots[slot] - 1;
		const struct text row_group = text_of(counter_info(which)->group);
		const struct text row_key = text_of(counter_info(which)->key);

		if (same(key, &row_key) && same(group, &row_group)) {
			note(out, which, value);
			return;
		}
	}
}

/* "Tcp: A B" and right below it "Tcp: 1 2". */
static void parse_two_lines(struct counters *out, const struct rows *rows, struct text file)
{
	struct text names = text_of(NULL), above = names, line, group, key, value;

	while (next_line(&file, &line)) {
		bool values = next_word(&line, &group) && same(&group, &above);

		above = values ? text_of(NULL) : group;
		while (values && next_word(&names, &key) && next_word(&line, &value))
			note_named(out, rows, &group, &key, &value);
		names = line;
	}
}

/* "TCP: inuse 1 orphan 0". */
static void parse_pairs(struct counters *out, const struct rows *rows, struct text file)
{
	struct text line, group, key, value;

	while (next_line(&file, &line)) {
		if (!next_word(&line, &group))
			continue;
		while (next_word(&line, &key) && next_word(&line, &value))
			note_named(out, rows, &group, &key, &value);
	}
}

/* "Udp6NoPorts    1". */
static void parse_single(struct counters *out, const struct rows *rows, struct text file)
{
	const struct text no_group = text_of(NULL);
	struct text line, key, value;

	while (next_line(&file, &line))
		if (next_word(&line, &key) && next_word(&line, &value))
			note_named(out, rows, &no_group, &key, &value);
}

/* "4096" or "9216 12288 18432". */
static void parse_numbers(struct counters *out, const struct rows *rows, struct text file)
{
	struct text line, value;
	unsigned int place, which;

	if (!next_line(&file, &line))
		return;
	for (place = 0; next_word(&line, &value); place++)
		for (which = rows->first; which < rows->end; which++) {
			const char *key = counter_info(which)->key;

			if (strtoul(key ? key : "0", NULL, 10) == place)
				note(out, which, &value);
		}
}

/* How files are laid out, by the beginning of their path. */
static const struct layout {
	const char *path;
	unsigned int set;
	void (*parse)(struct counters *out, const struct rows *rows, struct text file);
} layouts[] = {
	{ "net/snmp", COUNTERS_SNMP, parse_two_lines },
	{ "net/netstat", COUNTERS_NETSTAT, parse_two_lines },
	{ "net/sockstat", COUNTERS_SOCKSTAT, parse_pairs },
	{ "net/sockstat6", COUNTERS_SOCKSTAT, parse_pairs },
	{ "net/snmp6", COUNTERS_SNMP6, parse_single },
	{ "sys/", COUNTERS_LIMITS, parse_numbers },
};

static const struct layout *layout_of(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		size_t len = strlen(layouts[i].path);

		if (!strncmp(path, layouts[i].path, len) &&
		    (!path[len] || layouts[i].path[len - 1] == '/'))
			return &layouts[i];
	}
	return NULL;
}

/* All of file @path below @dir into @bytes.  Its length, or -1 with errno set. */
static ssize_t read_file(int dir, const char *path, char *bytes, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;
	int saved;

	if (fd < 0)
		return -1;
	while (used < size) {
		n = read(fd, bytes + used, size - used);
		if (n > 0)
			used += (size_t)n;
		else if (!n || errno != EINTR)
			break;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : (ssize_t)used;
}

/* Where to look: net/ follows the namespace of the thread where /proc can tell threads apart. */
struct place {
	int root;
	int thread; /* "thread-self" below root, or root itself */
};

static int place_open(struct place *place, const char *proc_root, struct error *err)
{
	const char *root = proc_root ? proc_root : "/proc";

	place->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place->root < 0)
		return error_set(err, errno, "cannot open '%s'", root);
	place->thread = openat(place->root, "thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

static void place_close(struct place *place)
{
	if (place->thread >= 0)
		close(place->thread);
	close(place->root);
}

static ssize_t place_read(const struct place *place, const char *path, char *bytes, size_t size)
{
	bool by_thread = place->thread >= 0 && !strncmp(path, "net/", strlen("net/"));

	return read_file(by_thread ? place->thread : place->root, path, bytes, size);
}

int counters_read_some(struct counters *out, const char *proc_root, uint64_t now_ns,
		       unsigned int sets, struct error *err)
{
	unsigned int first, files = 0;
	char bytes[FILE_BYTES];
	struct place place;
	struct rows rows;
	int failure = 0;

	*out = (struct counters){ .taken_ns = now_ns };
	if (place_open(&place, proc_root, err))
		return -1;
	for (first = 0; first < COUNTER_COUNT; first = rows.end) {
		const char *path = counter_info(first)->file;
		const struct layout *layout = layout_of(path);
		ssize_t len;

		rows = rows_of(first);
		if (!layout || !(layout->set & sets))
			continue;
		len = place_read(&place, path, bytes, sizeof(bytes));
		if (len < 0) {
			failure = failure ? failure : errno;
			continue;
		}
		files++;
		layout->parse(out, &rows, (struct text){ bytes, bytes + len });
	}
	place_close(&place);
	if (!files)
		return error_set(err, failure, "cannot read the kernel's counters in '%s'",
				 proc_root ? proc_root : "/proc");
	return 0;
}

int counters_read(struct counters *out, const char *proc_root, uint64_t now_ns, struct error *err)
{
	return counters_read_some(out, proc_root, now_ns, COUNTERS_ALL, err);
}

/* "net.ipv4.tcp_mem" as a path; an interface "eth0.1" is written "eth0/1". */
static int sysctl_path(char *out, size_t size, const char *name)
{
	int len = snprintf(out, size, "sys/%s", name);
	char *p;

	if (len < 0 || (size_t)len >= size)
		return -1;
	for (p = out + strlen("sys/"); *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	return 0;
}

/* The words of @bytes into @out, one blank between two. */
static void fold(char *out, size_t size, const char *bytes, size_t len)
{
	size_t used = 0, i;
	bool gap = false;

	for (i = 0; i < len && used + 1 < size; i++) {
		if (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\n') {
			gap = used > 0;
			continue;
		}
		if (gap && used + 2 < size)
			out[used++] = ' ';
		gap = false;
		out[used++] = bytes[i];
	}
	out[used] = '\0';
}

int sysctl_read(char *out, size_t size, const char *proc_root, const char *name,
		struct error *err)
{
	char path[256], bytes[1024];
	struct place place;
	ssize_t len;

	if (sysctl_path(path, sizeof(path), name))
		return error_set(err, 0, "the name '%s' of a sysctl is too long", name);
	if (place_open(&place, proc_root, err))
		return -1;
	len = place_read(&place, path, bytes, sizeof(bytes));
	if (len < 0)
		error_set(err, errno, "cannot read the sysctl '%s'", name);
	else
		fold(out, size, bytes, (size_t)len);
	place_close(&place);
	return len < 0 ? -1 : 0;
}
