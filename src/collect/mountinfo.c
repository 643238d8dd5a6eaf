/* The mounts of this process: see mountinfo.h. */
#include "config.h"

#include "collect/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* proc(5): id, parent, device, root, mount point, options, optional fields, "-", type ... */
#define FIELD_ROOT 3
#define FIELD_POINT 4
#define FIELDS_BEFORE_OPTIONAL 6

static bool is_octal(const char *p)
{
	return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' &&
	       p[2] <= '7';
}

/* Blanks and backslashes in names are written as \040. */
static void unescape(char *text)
{
	char *out = text;

	while (*text) {
		if (text[0] == '\\' && is_octal(text + 1)) {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
					(text[3] - '0'));
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

/* Take @line apart in place.  False when it is no mount. */
static bool parse_line(char *line, struct mount_entry *m)
{
	char *field[FIELDS_BEFORE_OPTIONAL], *rest = line, *word;
	size_t i;

	for (i = 0; i < FIELDS_BEFORE_OPTIONAL; i++) {
		field[i] = strsep(&rest, " ");
		if (!rest)
			return false;
	}
	do {
		word = strsep(&rest, " ");
	} while (word && strcmp(word, "-") != 0);
	word = strsep(&rest, " \n");
	if (!word || !*word)
		return false;
	unescape(field[FIELD_ROOT]);
	unescape(field[FIELD_POINT]);
	*m = (struct mount_entry){
		.root = field[FIELD_ROOT],
		.point = field[FIELD_POINT],
		.type = word,
	};
	return true;
}

int mountinfo_walk(int root, const char *type,
		   int (*visit)(void *context, const struct mount_entry *mount), void *context)
{
	int fd = openat(root, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	struct mount_entry m;
	char *line = NULL;
	size_t size = 0;
	int result = 0;

	if (!file) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		errno = code;
		return -1;
	}
	while (!result && getline(&line, &size, file) >= 0) {
		if (parse_line(line, &m) && !strcmp(m.type, type))
			result = visit(context, &m);
	}
	free(line);
	fclose(file);
	return result;
}
