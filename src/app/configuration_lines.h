/*
 * The lines of the configuration.
 */
#ifndef APP_CONFIGURATION_LINES_H
#define APP_CONFIGURATION_LINES_H

#include <stdbool.h>

#include "app/options.h"
#include "base/error.h"

struct config_line {
	const struct command *command; /* of the heading above; NULL: every one */
	unsigned int number;	       /* from 1 */
	const char *name;
	const char *value;
};

/*
 * Read the line at *@text, which is moved behind it (NULL after the last) and cut
 * into words in place.  1 for "name = value", 0 for nothing (@line then tells of the
 * heading), -1 with @err set.
 */
int config_next(char **text, struct config_line *line, struct error *err);

/* Can the option stand in a configuration? */
bool config_takes(const struct option_info *row);

#endif
