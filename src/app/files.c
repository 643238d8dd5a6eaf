/* Whole files as text: see files.h. */
#include "config.h"

#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(FILE *f, const char *path, struct error *err)
{
	char *text = NULL;
	size_t size = 0;
	size_t used = 0;

	do {
		char *grown;

		size = size ? size * 2 : 4096;
		grown = size > FILE_TEXT_MAX ? NULL : realloc(text, size);
		if (!grown) {
			free(text);
			error_set(err, size > FILE_TEXT_MAX ? EFBIG : ENOMEM, "cannot read '%s'",
				  path);
			return NULL;
		}
		text = grown;
		used += fread(text + used, 1, size - used - 1, f);
	} while (used == size - 1);
	text[used] = '\0';
	if (!ferror(f) && !memchr(text, '\0', used))
		return text;
	if (ferror(f))
		error_set(err, errno, "cannot read '%s'", path);
	else
		error_set(err, 0, "'%s' is not a text: it has NUL bytes", path);
	free(text);
	return NULL;
}

char *file_text(const char *path, struct error *err)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text;

	if (!f) {
		error_set(err, errno, "cannot open '%s'", path);
		return NULL;
	}
	text = read_all(f, path, err);
	if (f != stdin)
		fclose(f);
	return text;
}

int file_make_folders(const char *path, mode_t mode, struct error *err)
{
	char folder[PATH_MAX];

	for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		if ((size_t)(p - path) >= sizeof(folder))
			return error_set(err, ENAMETOOLONG, "cannot make the folder of '%s'", path);
		memcpy(folder, path, (size_t)(p - path));
		folder[p - path] = '\0';
		if (mkdir(folder, mode) && errno != EEXIST)
			return error_set(err, errno, "cannot make the folder '%s'", folder);
	}
	return 0;
}

static int write_file(const char *path, int fd, const struct buffer *text, struct error *err)
{
	struct buffer out;
	int failed;

	buffer_init(&out, fd);
	buffer_put(&out, text->data, text->used);
	failed = buffer_flush(&out, err);
	buffer_fini(&out);
	if (failed)
		return -1;
	if (fsync(fd))
		return error_set(err, errno, "cannot write '%s'", path);
	return 0;
}

int file_replace(const char *path, const struct buffer *text, mode_t mode, struct error *err)
{
	char beside[PATH_MAX + 16];
	struct stat old;
	int failed;
	int fd;

	snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno, "cannot write beside '%s'", path);
	failed = write_file(beside, fd, text, err);
	if (!failed && fchmod(fd, stat(path, &old) ? mode : old.st_mode & 07777))
		failed = error_set(err, errno, "cannot set the rights of '%s'", beside);
	close(fd);
	if (!failed && rename(beside, path))
		failed = error_set(err, errno, "cannot replace '%s'", path);
	if (failed)
		unlink(beside);
	return failed;
}
