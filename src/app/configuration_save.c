/* The configuration, written: see configuration.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/configuration.h"
#include "app/files.h"
#include "base/buffer.h"

#define SETTINGS_MAX 32

/* The text that is being made. */
struct rewrite {
	struct buffer out;
	const char *section;
	const struct config_setting *settings;
	size_t count;
	bool written[SETTINGS_MAX];
	bool inside; /* of the section */
	bool met;    /* the section was there */
};

static void put_setting(struct rewrite *r, size_t i)
{
	buffer_puts(&r->out, r->settings[i].name);
	buffer_puts(&r->out, " = ");
	buffer_puts(&r->out, r->settings[i].value);
	buffer_putc(&r->out, '\n');
	r->written[i] = true;
}

/* What was not there yet comes at the end of the section. */
static void put_rest(struct rewrite *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (!r->written[i])
			put_setting(r, i);
}

/* Is @text (of @len bytes) a line that sets @name? */
static bool sets(const char *text, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	size_t start = strspn(text, " \t");
	size_t end;

	if (start + name_len >= len || strncmp(text + start, name, name_len) != 0)
		return false;
	end = start + name_len;
	end += strspn(text + end, " \t");
	return end < len && text[end] == '=';
}

static bool is_heading(const char *text, const char *section)
{
	size_t len = strlen(section);

	text += strspn(text, " \t");
	if (*text++ != '[')
		return false;
	text += strspn(text, " \t");
	return !strncmp(text, section, len) && strchr(" \t]", text[len]);
}

static void put_line(struct rewrite *r, const char *text, size_t len)
{
	if (text[strspn(text, " \t")] == '[') {
		if (r->inside)
			put_rest(r);
		r->inside = is_heading(text, r->section);
		r->met |= r->inside;
	}
	for (size_t i = 0; r->inside && i < r->count; i++) {
		if (!sets(text, len, r->settings[i].name))
			continue;
		if (!r->written[i])
			put_setting(r, i);
		return;
	}
	buffer_put(&r->out, text, len);
	buffer_putc(&r->out, '\n');
}

static void rewrite(struct rewrite *r, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		put_line(r, text, len);
		text += len + (text[len] == '\n');
	}
	if (!r->met) {
		buffer_printf(&r->out, "%s[%s]\n", r->out.used ? "\n" : "", r->section);
		r->inside = true;
	}
	if (r->inside)
		put_rest(r);
}

/* The folders above @path. */
static int make_folders(const char *path, struct error *err)
{
	char folder[CONFIG_PATH_MAX];

	for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		memcpy(folder, path, (size_t)(p - path));
		folder[p - path] = '\0';
		if (mkdir(folder, 0777) && errno != EEXIST)
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

/* The new text beside the old one, with its rights, then in its place. */
static int replace(const char *path, const struct buffer *text, struct error *err)
{
	char beside[CONFIG_PATH_MAX + 16];
	struct stat old;
	int failed;
	int fd;

	snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno, "cannot write beside '%s'", path);
	failed = write_file(beside, fd, text, err);
	if (!failed && fchmod(fd, stat(path, &old) ? 0644 : old.st_mode & 07777))
		failed = error_set(err, errno, "cannot set the rights of '%s'", beside);
	close(fd);
	if (!failed && rename(beside, path))
		failed = error_set(err, errno, "cannot replace '%s'", path);
	if (failed)
		unlink(beside);
	return failed;
}

int config_save(const char *path, const char *section, const struct config_setting *settings,
		size_t count, struct error *err)
{
	struct rewrite r = { .section = section, .settings = settings, .count = count };
	/* a link stays one: what it leads to is replaced */
	char *target = realpath(path, NULL);
	char *text = target ? file_text(target, err) : NULL;
	int failed = -1;

	if (count > SETTINGS_MAX)
		count = r.count = SETTINGS_MAX;
	buffer_init(&r.out, -1);
	if (target ? text != NULL : !make_folders(path, err)) {
		rewrite(&r, text ? text : "");
		failed = r.out.error ? error_set(err, r.out.error, "cannot write '%s'", path) :
				       replace(target ? target : path, &r.out, err);
	}
	buffer_fini(&r.out);
	free(text);
	free(target);
	return failed;
}
