/* Whole files as text: see files.h. */
#include "config.h"

#include "app/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
