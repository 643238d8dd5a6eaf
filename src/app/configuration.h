/*
 * The configuration: lines "name = value" with the names of the long options, which
 * go before those of the command line.
 *
 * What stands before any heading is for every command that has the option, what
 * stands below "[top]" for that command alone.
 */
#ifndef APP_CONFIGURATION_H
#define APP_CONFIGURATION_H

#include <stddef.h>

#include "app/options.h"
#include "base/error.h"

#define CONFIG_PATH_MAX 4096

/*
 * Apply the file that o->config names, or the user's own if there is one, without the
 * lines that contradict @given: what the command line says by itself.  0, or -1 with @err
 * set to "FILE:LINE: what is wrong".
 */
int config_load(struct options *o, const struct options *given, struct error *err);

/* The path of that file into @out (CONFIG_PATH_MAX bytes).  0, or -1 with @err set. */
int config_path(char *out, const struct options *o, struct error *err);

struct config_setting {
	const char *name;
	const char *value;
};

/*
 * Put @count settings into the section [@section] of the file at @path, keeping all
 * else in it, at once: the file is the old one or the new one.  0, or -1 with @err set.
 */
int config_save(const char *path, const char *section, const struct config_setting *settings,
		size_t count, struct error *err);

#endif
