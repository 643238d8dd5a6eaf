/* The lines of the configuration: see configuration_lines.h. */
#include "config.h"

#include "app/configuration_lines.h"

#include <string.h>

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

/* "[top]" */
static int read_heading(char *text, struct config_line *line, struct error *err)
{
	size_t len = strlen(text);

	if (text[len - 1] != ']')
		return error_set(err, 0, "a ']' is missing");
	text[len - 1] = '\0';
	text = trim(text + 1);
	line->command = command_find(text);
	return line->command ? 0 : error_set(err, 0, "'%s' is no command", text);
}

int config_next(char **text, struct config_line *line, struct error *err)
{
	char *start = *text;
	char *end = strchr(start, '\n');
	char *equals;

	*text = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	line->number++;
	start = trim(start);
	if (!*start || *start == '#')
		return 0;
	if (*start == '[')
		return read_heading(start, line, err);
	equals = strchr(start, '=');
	if (!equals)
		return error_set(err, 0, "'%s' is not of the form 'name = value'", start);
	*equals = '\0';
	line->name = trim(start);
	line->value = trim(equals + 1);
	return 1;
}
