/* The configuration, read: see configuration.h.  configuration_save.c writes it. */
#include "config.h"

#include "app/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/configuration_lines.h"
#include "app/files.h"
#include "base/text.h"

int config_path(char *out, const struct options *o, struct error *err)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	int len;

	if (o->config)
		len = snprintf(out, CONFIG_PATH_MAX, "%s", o->config);
	else if (xdg && *xdg == '/')
		len = snprintf(out, CONFIG_PATH_MAX, "%s/connstate/config", xdg);
	else if (home && *home)
		len = snprintf(out, CONFIG_PATH_MAX, "%s/.config/connstate/config", home);
	else
		return error_set(err, 0, "there is no home folder: HOME is not set");
	if (len >= CONFIG_PATH_MAX)
		return error_set(err, ENAMETOOLONG, "cannot read the configuration");
	return 0;
}

static int unknown_option(const char *name, struct error *err)
{
	const char *names[120];
	char near[160];
	size_t known = 0;
	size_t count;
	const struct option_info *all = options_all(&count);

	for (size_t i = 0; i < count && known < 120; i++) {
		if (config_takes(&all[i]))
			names[known++] = all[i].name;
		else if (!strcmp(all[i].name, name))
			return error_set(err, 0, "'%s' is for the command line alone", name);
	}
	if (text_nearest(name, strlen(name), names, known, near, sizeof(near)))
		return error_set(err, 0, "unknown option '%s': did you mean %s?", name, near);
	return error_set(err, 0, "unknown option '%s'", name);
}

bool config_takes(const struct option_info *row)
{
	return !row->action && !row->command && !row->line_only;
}

static const struct option_info *option_named(const char *name)
{
	size_t count;
	const struct option_info *all = options_all(&count);

	for (size_t i = 0; i < count; i++)
		if (config_takes(&all[i]) && !strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

/* "yes" and "no" for an option without argument: 1, 0, or -1 with @err set. */
static int yes_or_no(const char *value, struct error *err)
{
	static const char *const words[2][4] = { { "no", "off", "false", "0" },
						 { "yes", "on", "true", "1" } };

	for (int answer = 0; answer < 2; answer++)
		for (size_t i = 0; i < 4; i++)
			if (!strcmp(value, words[answer][i]))
				return answer;
	return error_set(err, 0, "'%s' is neither yes nor no", value);
}

/* Whose lines they are, and what the command line says. */
struct reader {
	const struct command *command;
	const struct options *given;
};

/* What was typed goes before what is always wanted. */
static bool gives_way(const struct option_info *row, const char *value,
		      const struct options *given)
{
	struct options both = *given;
	struct error err;

	return !option_apply(&both, row, value, &err) && options_contradiction(&both) &&
	       !options_contradiction(given);
}

/* One line; a wrong value is wrong even where another command has the option. */
static int apply_line(struct options *o, const struct config_line *line,
		      const struct reader *reader, struct error *err)
{
	const struct option_info *row = option_named(line->name);
	struct options scratch = { 0 };
	struct error why;
	int wanted = 1;

	if (!row)
		return unknown_option(line->name, err);
	if (line->command && !option_belongs(row, line->command))
		return error_set(err, 0, "'%s' is not an option of '%s'", line->name,
				 line->command->name);
	if (!row->argument)
		wanted = yes_or_no(line->value, err);
	if (wanted < 0)
		return -1;
	if (option_apply(&scratch, row, line->value, &why))
		return error_set(err, 0, "%s: %s", line->name, why.text);
	if (!wanted || !option_belongs(row, reader->command) ||
	    (line->command && line->command != reader->command) ||
	    gives_way(row, line->value, reader->given))
		return 0;
	return option_apply(o, row, line->value, err);
}

static int apply_text(struct options *o, const char *path, const struct reader *reader,
		      struct error *err)
{
	struct config_line line = { 0 };
	char *next = o->config_text;

	while (next) {
		struct error why;
		int there = config_next(&next, &line, &why);

		if (there < 0 || (there && apply_line(o, &line, reader, &why)))
			return error_set(err, 0, "%s:%u: %s", path, line.number, why.text);
	}
	return 0;
}

int config_load(struct options *o, const struct options *given, struct error *err)
{
	const struct reader reader = { o->command ? o->command : command_default(o), given };
	char path[CONFIG_PATH_MAX];

	if (config_path(path, o, err))
		return o->config ? -1 : 0;
	if (!o->config && access(path, F_OK))
		return 0;
	o->config_text = file_text(path, err);
	return o->config_text ? apply_text(o, path, &reader, err) : -1;
}
