/* The filters of before: see past_filters.h. */
#include "config.h"

#include "app/past_filters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/files.h"
#include "base/buffer.h"

#define PATH_MAX_BYTES 4096

/* False: there is no place for it. */
static bool path_of(char *out)
{
	const char *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int len = -1;

	if (xdg && *xdg == '/')
		len = snprintf(out, PATH_MAX_BYTES, "%s/connstate/filters", xdg);
	else if (home && *home == '/')
		len = snprintf(out, PATH_MAX_BYTES, "%s/.local/state/connstate/filters", home);
	return len >= 0 && len < PATH_MAX_BYTES;
}

bool past_filters_load(struct ui *ui)
{
	char path[PATH_MAX_BYTES];
	struct error err;
	char *text;

	if (!path_of(path))
		return false;
	if (access(path, F_OK) && errno == ENOENT)
		return !past_filters_save(ui, &err);
	text = file_text(path, &err);
	for (const char *line = text; line && *line && ui->past_count < PAST_FILTERS;) {
		size_t len = strcspn(line, "\n");

		if (len && len < INPUT_MAX) {
			memcpy(ui->past[ui->past_count], line, len);
			ui->past[ui->past_count++][len] = '\0';
		}
		line += len + (line[len] == '\n');
	}
	free(text);
	return false;
}

int past_filters_save(const struct ui *ui, struct error *err)
{
	char path[PATH_MAX_BYTES];
	struct buffer text;
	int failed;

	if (!path_of(path))
		return error_set(err, 0, "there is no home folder: HOME is not set");
	buffer_init(&text, -1);
	for (size_t i = 0; i < ui->past_count; i++) {
		buffer_puts(&text, ui->past[i]);
		buffer_putc(&text, '\n');
	}
	failed = text.error ? error_set(err, text.error, "cannot write '%s'", path) :
			      file_make_folders(path, 0700, err) ||
				      file_replace(path, &text, 0600, err);
	buffer_fini(&text);
	return failed ? -1 : 0;
}
