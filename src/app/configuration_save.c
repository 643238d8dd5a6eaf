/* The configuration, written: see configuration.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	if (target ? text != NULL : !file_make_folders(path, 0777, err)) {
		rewrite(&r, text ? text : "");
		failed = r.out.error ? error_set(err, r.out.error, "cannot write '%s'", path) :
				       file_replace(target ? target : path, &r.out, 0644, err);
	}
	buffer_fini(&r.out);
	free(text);
	free(target);
	return failed;
}
